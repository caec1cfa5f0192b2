// The STI-PA's indirect CRL, checked by hand (RFC 5280 §6.3.3 with SHAKEN's deviation: the CRL
// chains to the STI-PA's root, not to the STI-CA's). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "sim/time.h"

namespace shakedown::stir {

struct CrlExpectation {
  std::span<const crypto::CertificatePtr> signer_chain;  // From the CRL's AIA: signer first.
  std::span<const crypto::CertificatePtr> policy_administrator_roots;
  sim::Time now;
  std::string_view url;            // The distribution point that it was fetched from.
  std::string_view newest_number;  // cRLNumber octets of the list in use; "" if none.
};

struct CrlUsability {
  bool usable = false;
  std::string_view failed_rule;  // "crl_expired", "crl_signature", "crl_number_went_back", ...
  std::string detail;
  std::vector<std::string> alarms;  // Usable, but look: "idp_not_critical".
};

// Signer under an STI-PA root and valid now, cRLSign, signature, dates, IDP URL, indirectCRL if
// there are foreign entries, no unknown critical extension, cRLNumber not going back.
CrlUsability crl_is_usable(const crypto::Crl& crl, const CrlExpectation& expectation);

enum class RevocationState : std::uint8_t { kGood, kRevoked, kUndetermined };
std::string_view to_string(RevocationState state);

struct RevocationStatus {
  RevocationState state = RevocationState::kUndetermined;
  std::string detail;  // "crl_expired", or who was revoked when and why.
  std::optional<sim::Time> revoked_at;
  std::optional<std::uint8_t> reason;  // crypto::CrlReason
};

// RFC 9608 §4: the CA says that it publishes nothing about this certificate, so that there is
// nothing to ask. False where it names a source all the same, which makes the certificate invalid
// (rule no_rev_avail_is_alone).
bool has_no_revocation_information(const crypto::Certificate& certificate);

// One certificate against a list that is usable. Undetermined when the certificate's distribution
// point names another list or another CRL issuer.
RevocationStatus revocation_status(const crypto::Certificate& certificate, const crypto::Crl& crl);

// A whole path: the first revoked certificate, else the first undetermined one, else good. The
// anchor is not looked up: a root leaves the trust list instead.
struct RevocationAnswer {
  RevocationState state = RevocationState::kUndetermined;
  std::string detail;
  std::size_t position = 0;  // In the path.
  std::optional<sim::Time> revoked_at;
};

RevocationAnswer check_path_revocation(std::span<const crypto::CertificatePtr> path,
                                       const crypto::Crl& crl,
                                       sim::Time now);
// There is no usable list.
RevocationAnswer revocation_undetermined(std::string why);

}  // namespace shakedown::stir
