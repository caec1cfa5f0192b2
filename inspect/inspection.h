// Takes apart anything that the ecosystem exchanges and says what is odd about it: for `shakedown
// inspect`, reports and people. Pure; nothing is trusted, no path to an anchor is built, and what
// depends on a time or on a signer is judged only if these are given.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "sim/time.h"
#include "stir/credential/certificate_profile.h"
#include "stir/jose/json.h"

namespace shakedown::stir {

enum class ArtefactKind : std::uint8_t {
  kUnknown,
  kIdentityHeader,
  kPassport,
  kCertificates,  // One or a chain; PEM or DER.
  kCertificateRequest,
  kCrl,
  kSpcToken,
  kCaList,
  kOcspRequest,
  kOcspResponse,
};
std::string_view to_string(ArtefactKind kind);  // "identity_header", "certificates", ...

inline constexpr std::size_t kLargestArtefact = 16 * 1024 * 1024;

struct InspectOptions {
  // Of ATIS-1000080, for every certificate; nullopt: the one in force when it was issued.
  std::optional<ProfileVersion> profile_version;
  // false: neither ATIS-1000080 nor US CP, for certificates of another PKI, as the STI-PA's own.
  bool judge_profile = true;
  // Judges freshness and validity at this time; nullopt: not at all.
  std::optional<sim::Time> at;
  // Whose key must have signed the token, list, CRL or response; null: not verified.
  crypto::CertificatePtr signer;
};

// A rule that was broken. Its fields but `detail` are those of the table of rules.
struct InspectionFinding {
  Severity severity = Severity::kError;
  std::string rule;    // "iat_not_a_number", "leaf_is_not_a_ca", ...
  std::string detail;  // For a person, without control characters.
  std::string clause;  // "" where no standard says it.
};

struct Inspection {
  ArtefactKind kind = ArtefactKind::kUnknown;
  Json document;  // An object; its members depend on the kind.
  std::vector<InspectionFinding> findings;

  std::optional<Severity> worst() const;  // nullopt without findings.
};

// `octets`: the artefact itself (text, PEM, DER or the base64 of DER), a header line ("Identity:
// ..."), or the JSON answer that carries a token or a list. At most kLargestArtefact. Never fails:
// what cannot be read is kUnknown with a finding, an error, that says why.
Inspection inspect(std::string_view octets, const InspectOptions& options = {});

// {"kind":..,"document":{..},"findings":[{"rule":..,"severity":..,"clause":..,"detail":..}]}
Json inspection_json(const Inspection& inspection);
// The same as indented lines, findings last, one an aligned line. Control characters are escaped.
std::string inspection_text(const Inspection& inspection);

// One rule of any of the tables by which inspect() judges.
struct LintRuleInfo {
  std::string_view artefact;  // "passport", "certificate", "ocsp_response", ...
  std::string_view id;        // Unique within its artefact.
  Severity severity;
  std::string_view clause;
  // The versions of ATIS-1000080 that have it.
  ProfileVersion first = ProfileVersion::kV003;
  ProfileVersion last = ProfileVersion::kV005;

  std::string versions() const;  // "v004-v005"; "" for all.
};

// All of them, in the order of the tables.
std::vector<LintRuleInfo> lint_rules();
// One aligned line a rule: artefact, id, severity, clause, versions.
std::string lint_rules_text();

}  // namespace shakedown::stir
