// Takes apart anything that the ecosystem exchanges and says what is odd about it: for `shakedown
// inspect`, reports and people. Nothing is trusted, no signature is verified against an anchor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/stir/json.h"

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
};
std::string_view to_string(ArtefactKind kind);  // "identity_header", "certificates", ...

struct InspectionFinding {
  std::string severity;  // "error", "lint", "warning"
  std::string id;        // "iat_not_a_number", "leaf_is_not_a_ca", ...
  std::string detail;
  std::string clause;  // "" where there is none.
};

struct Inspection {
  ArtefactKind kind = ArtefactKind::kUnknown;
  Json document;  // An object; its members depend on the kind.
  std::vector<InspectionFinding> findings;
};

// `octets`: the artefact itself, a header line ("Identity: ..."), or the JSON answer that carries a
// token or a list. At most 16 MiB. Never fails: what cannot be read is kUnknown with a finding.
Inspection inspect(std::string_view octets);

// {"kind":..,"document":{..},"findings":[..]}
Json inspection_json(const Inspection& inspection);
// The same as indented lines, findings last.
std::string inspection_text(const Inspection& inspection);

}  // namespace shakedown::stir
