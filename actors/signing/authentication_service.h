// The authentication service (STI-AS) of a provider: builds the PASSporT of a call and has the key
// store sign it (RFC 8224 §6.1, ATIS-1000074 §5.2).
//
// Belongs to one actor; sign() suspends and may run many times at once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/signing/key_store.h"
#include "crypto/x509/certificate.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/passport/authentication.h"
#include "stir/passport/passport.h"

namespace shakedown::actors {

// What a provider signs with: a key in custody and the published certificate that names its public
// half. Immutable; a renewal replaces the whole.
struct SigningIdentity {
  HeldKeyPtr key;
  std::string x5u;
  crypto::CertificatePtr certificate;
};

using SigningIdentityPtr = std::shared_ptr<const SigningIdentity>;

struct SignedIdentity {
  std::string header;       // The value of the Identity header field.
  sim::Time date;           // The Date that the request must carry.
  sim::Duration latency{};  // Request to answer.
};

// Whether it looks at its own certificate before it signs (RFC 8224 §6.1 step 3). Enterprises and
// thieves do not, and verifiers have to notice.
enum class OwnValidity : bool { kChecked, kIgnored };

class AuthenticationService {
 public:
  // `identity`: what to sign with now; null while there is no certificate yet.
  // `other_claims` stand in every PASSporT of a call, as in stir::Passport.
  AuthenticationService(sim::Env& env,
                        KeyStore& keys,
                        std::function<SigningIdentityPtr()> identity,
                        OwnValidity own_validity = OwnValidity::kChecked,
                        std::vector<std::pair<std::string, std::string>> other_claims = {});

  // * A shaken PASSporT with `attest` and `origid`, or a base PASSporT when both are empty. Errors:
  // kRefused (the rules of RFC 8224 §6.1 say no, or no certificate yet), those of the key store.
  Result<SignedIdentity> sign(const stir::SipCall& call,
                              std::string_view attest,
                              std::string_view origid);
  // * The Identity header field for a div PASSporT of a call that this provider forwards (RFC 8946
  // §4.1); x5u is filled in. Errors: kRefused (no certificate yet), those of the key store.
  Result<std::string> sign_diversion(stir::Passport diversion);

 private:
  // * The Identity header field of `passport`, whose x5u is the identity's.
  Result<std::string> write_signed(const SigningIdentity& identity, const stir::Passport& passport);

  sim::Env& env_;
  KeyStore& keys_;
  std::function<SigningIdentityPtr()> identity_;
  OwnValidity own_validity_;
  std::vector<std::pair<std::string, std::string>> other_claims_;
};

// A UUID of version 4 from the stream, in the text form of RFC 4122.
std::string make_uuid(sim::Random& random);

}  // namespace shakedown::actors
