// Somebody who places calls under another's name: with a stolen key, under certificates of a CA
// that nobody listed, by replaying what was overheard, or without any Identity.
//
// One actor. Methods marked * suspend; call everything but env() from activities of that actor.
// Stolen keys stay in its memory and are never recorded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/acme/acme_order.h"
#include "actors/calls/call_origination.h"
#include "actors/signing/authentication_service.h"
#include "actors/signing/key_store.h"
#include "sim/site.h"

namespace shakedown::actors {

struct AdversaryOptions {
  std::string name;  // "mallory"
  std::string host;  // "mallory.test"; its repository answers there too.
  std::string region = "local";
};

class Adversary {
 public:
  Adversary(sim::Site& site, AdversaryOptions options);

  sim::Env& env() { return env_; }

  // Keeps what was stolen from `victim`: its calls can be signed as long as the certificate behind
  // `x5u` is believed.
  void keep_stolen(const std::string& victim,
                   crypto::PrivateKeyPtr key,
                   std::string x5u,
                   crypto::CertificatePtr certificate);
  // Null if nothing was stolen from `victim`.
  SigningIdentityPtr stolen_from(const std::string& victim) const;

  // * A key of its own for a certificate in `victim`'s name: its SubjectPublicKeyInfo.
  Result<crypto::Bytes> make_key_in_name_of(const std::string& victim);
  // Publishes the chain that somebody issued for that key in its own repository, and keeps both as
  // if they were stolen.
  void keep_mis_issued(const std::string& victim, const IssuedChain& chain);

  // * Makes its own root and a certificate for the service provider code `spc`, publishes the chain
  // in its own repository. Once for each code.
  Status set_up_own_ca(const std::string& spc);

  // * One call each. They record a CallEvent like honest calls.
  void call_with_stolen_key(const CallRequest& request, const std::string& victim);
  void call_under_own_ca(const CallRequest& request, const std::string& spc);
  void call_unsigned(const CallRequest& request);
  // Calls with the numbers of `overheard` instead of the request's.
  void replay(CallRequest request, const SignedCall& overheard);

 private:
  void call_signed_by(const CallRequest& request, const SigningIdentityPtr& identity);
  sim::Response on_get(const sim::Request& request) const;

  AdversaryOptions options_;
  sim::Env& env_;
  std::string base_url_;
  std::unique_ptr<KeyStore> keys_;
  std::map<std::string, crypto::PrivateKeyPtr> in_name_of_;    // By victim, not certified yet.
  std::map<std::string, SigningIdentityPtr> stolen_;           // By victim.
  std::map<std::string, SigningIdentityPtr> forged_;           // By service provider code.
  std::map<std::string, std::string, std::less<>> published_;  // By path.
};

}  // namespace shakedown::actors
