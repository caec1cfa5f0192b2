// The SPC token: the STI-PA's word that an account may have certificates for a TNAuthList (RFC 9447
// §4, RFC 9448 §5; ATIS-1000080). Build, parse, and the CA's checks as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"
#include "stir/acme/acme_key.h"
#include "stir/jose/jws.h"

namespace shakedown::stir {

struct AuthorityTokenClaim {  // "atc"
  std::string tktype = "TNAuthList";
  std::string tkvalue;      // As the client sent it: base64url or padded base64 of the DER.
  bool ca = false;          // Absent means false.
  std::string fingerprint;  // "SHA256 AA:BB:.."
};

struct SpcToken {
  std::string x5u;
  sim::Time expires;
  std::string jti;
  std::string iss;  // Optional: URL of the STI-PA.
  AuthorityTokenClaim atc;
};

// What the STI-PA signs; finish with compact_jws of jws.h.
std::string signing_input(const SpcToken& token);

Json to_json(const AuthorityTokenClaim& atc);
// `{"atc":{...}}` and the bare object are both sent by clients (RFC 9447 §5.1, RFC 9448 §5.5).
Result<AuthorityTokenClaim> parse_token_request(std::string_view body);

struct ReceivedSpcToken {
  CompactJws jws;
  SpcToken token;                    // What could be read.
  std::vector<std::string> missing;  // Mandatory claims that are absent or of a wrong type.
  bool atc_is_well_formed = false;
  bool has_x5u = false;
  bool has_x5c = false;
};

// Errors: as parse_compact_jws; kMalformed if the payload is no JSON object.
Result<ReceivedSpcToken> parse_spc_token(std::string_view text);

// What the checking STI-CA knows. Optionals that are missing leave their step out.
struct SpcTokenFacts {
  std::string_view order_identifier_der;  // DER of the order's TNAuthList.
  AcmeKey account_key;                    // Never none.
  sim::Time now;
  bool x5u_is_trusted_issuer = false;  // Host on the allow list, and fetched from there.
  bool signer_chains_to_policy_administrator = false;  // And is valid now.
  bool signature_verifies = false;
  std::optional<bool> csr_asks_for_ca;  // Only known at finalize: step 9.
  bool jti_seen_from_other_account = false;
  // What deployed clients do and a CA may refuse.
  bool allow_spki_fingerprint = true;  // Of the SubjectPublicKeyInfo instead of the JWK.
  bool allow_padded_value = true;      // tkvalue in base64 with padding instead of base64url.
};

struct SpcTokenStep {
  std::string_view id;     // "tkvalue_matches_order"
  std::string_view error;  // ACME problem type without prefix: "incorrectResponse", "unauthorized".
  std::string_view clause;
  // nullopt: passed; else why not.
  std::optional<std::string> (*check)(const ReceivedSpcToken&, const SpcTokenFacts&);
};

std::span<const SpcTokenStep> spc_token_steps();  // RFC 9448 §6, nine steps, and ours.

struct SpcTokenVerdict {
  bool ok = false;
  const SpcTokenStep* failed = nullptr;
  std::string detail;
  FingerprintForm fingerprint_form = FingerprintForm::kNone;
};

SpcTokenVerdict check_spc_token(const ReceivedSpcToken& token, const SpcTokenFacts& facts);

}  // namespace shakedown::stir
