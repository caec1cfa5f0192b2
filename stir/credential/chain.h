// From the body behind an x5u URL to a judged certification path. Pure, so that callers may keep
// results: a body's chain by its hash, a verdict by (chain hash, version of the trust list) for as
// long as its validity window lasts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/digest.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/path.h"
#include "sim/message.h"
#include "sim/time.h"
#include "stir/credential/certificate_profile.h"
#include "stir/credential/number_scope.h"

namespace shakedown::stir {

inline constexpr std::size_t kLargestChainBody = 16 * 1024;
inline constexpr std::size_t kLongestChain = 6;

struct CertificateChain {
  std::vector<crypto::CertificatePtr> certificates;  // As in the body: leaf first. At least one.
  crypto::Sha256Digest hash{};                       // Over all DER in order.
  std::vector<std::string> notes;                    // Lints: "text_outside_pem", "der_body", ...

  const crypto::CertificatePtr& leaf() const { return certificates.front(); }
};

using CertificateChainPtr = std::shared_ptr<const CertificateChain>;

// What came of dereferencing x5u, and of reading the body.
enum class FetchOutcome : std::uint8_t {
  kFetched,
  kStatus,
  kRedirect,
  kTimeout,
  kUnreachable,
  kNotAllowed
};

enum class BodyDefect : std::uint8_t {
  kNone,
  kNotPem,      // Empty, HTML, JSON: no certificate in it.
  kPrivateKey,  // And an alarm: somebody published a key.
  kTooLarge,    // Over 16 KiB.
  kTooManyCertificates,
  kMalformed,  // PEM framing or a certificate that does not decode.
};
std::string_view to_string(BodyDefect defect);

struct CertificateAnswer {
  FetchOutcome outcome = FetchOutcome::kUnreachable;
  int status = 0;             // HTTP, for kStatus and kRedirect.
  std::string detail;         // For a person, unless kFetched.
  CertificateChainPtr chain;  // Null if the body has a defect.
  BodyDefect body_defect = BodyDefect::kNone;
};

// 200 and nothing else is fetched (ATIS-1000074); a redirect is none.
FetchOutcome fetch_outcome(const sim::Answer& answer);
// For verifiers that follow redirects all the same (Laxity::kRedirects), at most kMostRedirects in
// a row: the absolute URL that Location names.
inline constexpr unsigned kMostRedirects = 5;
std::optional<std::string> redirect_target(const sim::Answer& answer);
// Reads the body too: parsing is real work (about 600 microseconds for two new certificates).
CertificateAnswer read_certificate_answer(const sim::Answer& answer);
// Just a body. Sets `chain` or `body_defect` and `detail`.
CertificateAnswer read_certificate_body(std::string_view body);

// Whether a verifier may dereference a URL at all (ATIS-1000074, ATIS-1000080; core rules N67-N71,
// N88). nullopt: yes; else why not.
struct UrlRules {
  bool allow_http = false;
  bool allow_any_port = false;
  bool allow_query_fragment_userinfo = false;
  bool allow_private_addresses = false;
  std::uint16_t own_port = 0;  // Of the testbed itself, beside 443 and 8443; 0: none.
};

std::optional<std::string> url_objection(std::string_view url, const UrlRules& rules);
bool is_repository_port(std::uint16_t port);  // 443 or 8443.
// An empty one too ("https://@host/"), of which the parts of the URL have no trace.
bool has_userinfo(std::string_view url);

struct ChainPolicy {
  SpcDelegation spc_delegation = SpcDelegation::kTrustCa;
  const NumberAuthority* number_authority = nullptr;
};

struct ChainVerdict {
  bool ok = false;
  std::string_view failed_rule;  // "path_expired", "chain_order", "scope_tn", ...; "" if ok.
  bool is_incomplete = false;    // scope_unknown: a part of it lies elsewhere.
  std::string detail;
  crypto::PathError path_error = crypto::PathError::kNone;
  // A failure that another time may cure; see holds_at().
  bool depends_on_time = false;

  std::vector<crypto::CertificatePtr> path;  // Leaf first, anchor last when ok.
  sim::Time valid_from;                      // max notBefore, min notAfter over the path,
  sim::Time valid_until;                     // inclusive.
  sim::Time holds_from;                      // Of a failure that depends on time: no certificate
  sim::Time holds_before;                    // begins or ends to be valid in between.
  bool is_delegate = false;                  // RFC 9060: the leaf's issuer has a TNAuthList.
  Scope scope;                               // Of the leaf.
  bool has_tn_auth_list = false;             // And it decodes.
  std::optional<crypto::JwtClaimConstraints> constraints;  // In force: see RFC 9118 §3.
  std::vector<ProfileFinding> findings;                    // All certificates of the path.

  const crypto::CertificatePtr& leaf() const { return path.front(); }

  // Whether the same chain under the same anchors is judged alike at `at`.
  bool holds_at(sim::Time at) const {
    if (ok) return at >= valid_from && at <= valid_until;
    return !depends_on_time || (at >= holds_from && at < holds_before);
  }

  // The key that must have signed; null unless P-256.
  const crypto::PublicKeyPtr& signer() const { return path.front()->public_key(); }
};

using ChainVerdictPtr = std::shared_ptr<const ChainVerdict>;

// RFC 5280 §6 to one of `anchors`, then RFC 9060 §4-§7 for delegate chains (order and AKI/SKI of
// the presented list, encompassing). Profile findings are collected, not judged.
ChainVerdict validate_chain(const CertificateChain& chain,
                            std::span<const crypto::CertificatePtr> anchors,
                            sim::Time at,
                            const ChainPolicy& policy = {});

}  // namespace shakedown::stir
