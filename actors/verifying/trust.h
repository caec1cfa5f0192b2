// What a verifier believes: the STI-CA roots of the STI-PA's list and the STI-PA's CRL, refreshed
// in the background. A refresh that fails keeps the last good copy until the policy says it is too
// old.
//
// Belongs to one actor. The accessors never suspend.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/events.h"
#include "actors/verifying/trust_source.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"

namespace shakedown::actors {

struct TrustOptions {
  std::optional<sim::Duration> list_refresh = std::chrono::hours{24};  // nullopt: only the first.
  bool enforce_list_expiry = true;  // A list past its exp trusts nobody.
  std::optional<sim::Duration> crl_refresh = std::chrono::hours{12};  // nullopt: no CRL.
  sim::Duration retry = std::chrono::minutes{10};  // After a refresh that failed.
  // A CRL with a lower cRLNumber than the one in use is refused (RFC 5280 §5.2.3). Without this a
  // list that is served again brings revoked certificates back.
  bool remember_crl_number = true;
};

class Trust {
 public:
  Trust(sim::Env& env, TrustSource& source, TrustOptions options);

  // Spawns the refreshing activities (daemons). Call once, from an activity of the actor.
  void start();

  // * Until the first list is here and, if one is wanted, the first CRL; or `deadline`.
  bool wait_until_ready(sim::Time deadline);

  // The roots that count at `now`: none before the first list, and none after its expiry if that is
  // enforced.
  std::span<const crypto::CertificatePtr> anchors(sim::Time now) const;
  // Changes with every change of anchors(); never 0 once a list is here.
  std::uint64_t anchors_version(sim::Time now) const;

  const crypto::CrlPtr& crl() const { return crl_; }  // Null: none wanted, or none had yet.

  std::uint64_t crl_version() const { return crl_version_; }

  bool wants_crl() const { return options_.crl_refresh.has_value(); }

 private:
  void refresh_list_for_ever();
  void refresh_crl_for_ever();
  bool refresh_list();
  bool refresh_crl();
  void record(HappeningKind kind, std::string detail);

  sim::Env& env_;
  TrustSource& source_;
  TrustOptions options_;
  std::vector<crypto::CertificatePtr> anchors_;
  std::uint64_t anchors_version_ = 0;
  std::int64_t list_sequence_ = -1;
  std::optional<sim::Time> list_expires_;
  std::string list_payload_;  // To notice that a new list says the same.
  crypto::CrlPtr crl_;
  std::uint64_t crl_version_ = 0;
  sim::Condition changed_;
};

}  // namespace shakedown::actors
