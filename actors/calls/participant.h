// What providers and enterprises have in common for those who direct a story: they hold a
// certificate, call with it, and may delegate. Methods marked * suspend; everything but env() and
// delegate_ca() is called from activities of the participant's own actor.
#pragma once

#include "actors/calls/call_origination.h"
#include "actors/signing/certificate_management.h"
#include "actors/signing/key_store.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"

namespace shakedown::actors {

class Participant {
 public:
  virtual ~Participant() = default;

  virtual sim::Env& env() = 0;
  // Gets and renews its certificate, and whatever else it needs. Call once.
  virtual void start() = 0;
  // * Until it can sign (and verify, if it does that); false at `deadline`.
  virtual bool wait_until_ready(sim::Time deadline) = 0;

  // * One call of a subscriber, from the authentication service to the record.
  virtual void call(const CallRequest& request) = 0;

  virtual KeyStore& keys() = 0;
  virtual CertificateManagement& certificates() = 0;
  virtual CertificateSource& certificate_source() = 0;

  // * Has its delegate CA certificate revoked: all that it issued falls with it. Errors: kRefused
  // if it does not delegate, kNotFound if it has none yet, those of the way there.
  virtual Status revoke_delegate_ca(crypto::CrlReason reason) = 0;
  // From anywhere: null if it has none.
  virtual crypto::CertificatePtr delegate_ca() const = 0;
};

}  // namespace shakedown::actors
