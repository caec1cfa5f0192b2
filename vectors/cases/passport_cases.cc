// The JOSE header of a PASSporT and its signature (RFC 8225 §4 to §6, RFC 7515). In every case the
// certificate is the world's own, the text is signed as it stands and the parameters are honest.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::passport {
namespace {

// {"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"..."}
std::string honest_header(const Draft& draft) { return stir::header_json(draft.passport); }

// Signs header and payload and names ppt and info as if nothing were wrong.
std::string honest_parameters(const Draft& draft) {
  return stir::write_identity_header(draft.token(), draft.url());
}

// Changes one place of the header, signs the result.
void change_header(Draft& draft, std::string_view from, std::string_view to) {
  draft.header_text = honest_header(draft);
  replace(*draft.header_text, from, to);
  draft.identities = {{honest_parameters(draft)}};
}

// RFC 8725 §2.1: "none" with an empty signature. ATIS-1000082 E12: 437.
Case alg_none(const World& world) {
  Draft draft(world, "passport/alg-none", "alg none, empty signature");
  draft.cites("RFC 8225 §4.2, RFC 8725 §3.1", {"N10"});
  draft.importance = Importance::kCritical;
  change_header(draft, "ES256", "none");
  std::string token = draft.token();
  token.resize(token.rfind('.') + 1);
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected = fails("algorithm_is_es256", 438).but(kApi, "algorithm_is_es256", 437);
  return draft.finish();
}

// The same, and the parameter says none, too.
Case alg_none_in_both(const World& world) {
  Draft draft(world, "passport/alg-none-in-both", "alg none in token and parameter");
  draft.cites("RFC 8225 §4.2, RFC 8725 §3.1", {"N10"});
  draft.importance = Importance::kCritical;
  change_header(draft, "ES256", "none");
  std::string token = draft.token();
  token.resize(token.rfind('.') + 1);
  draft.identities = {{stir::write_identity_header(token, draft.url(), "shaken", "none")}};
  draft.expected = fails("algorithm_is_es256", 438).but(kApi, "algorithm_is_es256", 437);
  return draft.finish();
}

// RFC 8725 §2.1: HMAC with the public key's text as the secret. Refused before any arithmetic.
Case alg_hs256(const World& world) {
  Draft draft(world, "passport/alg-hs256", "alg HS256: the confusion of key kinds");
  draft.cites("RFC 8225 §4.2, RFC 8725 §3.1", {"N11"});
  draft.importance = Importance::kCritical;
  change_header(draft, "ES256", "HS256");
  draft.expected = fails("algorithm_is_es256", 438).but(kApi, "algorithm_is_es256", 437);
  return draft.finish();
}

// RFC 8588 §3 and ATIS-1000074: ES256 and nothing else.
Case alg_es384(const World& world) {
  Draft draft(world, "passport/alg-es384", "alg ES384");
  draft.cites("RFC 8225 §4.2", {"N12"});
  change_header(draft, "ES256", "ES384");
  draft.expected = fails("algorithm_is_es256", 438).but(kApi, "algorithm_is_es256", 437);
  return draft.finish();
}

// Names of algorithms are compared with case (RFC 7515 §4.1.1).
Case alg_lower_case(const World& world) {
  Draft draft(world, "passport/alg-lower-case", "alg es256");
  draft.cites("RFC 7515 §4.1.1", {"N12"});
  change_header(draft, "ES256", "es256");
  draft.expected = fails("algorithm_is_es256", 438).but(kApi, "algorithm_is_es256", 437);
  return draft.finish();
}

// RFC 7515 §4.1.1: alg must be present. ATIS-1000082 E9: 436. libsecsipid takes it for ES256.
Case alg_missing(const World& world) {
  Draft draft(world, "passport/alg-missing", "No alg in the JOSE header");
  draft.cites("RFC 7515 §4.1.1, RFC 8225 §4.2");
  change_header(draft, "\"alg\":\"ES256\",", "");
  draft.expected = fails("passport_header_complete", 438)
                       .but(kAtis82, "passport_header_complete", 436)
                       .passing_in(kDeployed);
  return draft.finish();
}

// RFC 8225 §4.1: typ is mandatory here. ATIS-1000082 E9: 436.
Case typ_missing(const World& world) {
  Draft draft(world, "passport/typ-missing", "No typ in the JOSE header");
  draft.cites("RFC 8225 §4.1", {"N13"});
  change_header(draft, "\"typ\":\"passport\",", "");
  draft.expected = fails("passport_header_complete", 438)
                       .but(kAtis82, "passport_header_complete", 436)
                       .passing_in(kDeployed);
  return draft.finish();
}

// RFC 8225 §4.1. ATIS-1000082 E11: 437.
Case typ_jwt(const World& world) {
  Draft draft(world, "passport/typ-jwt", "typ JWT");
  draft.cites("RFC 8225 §4.1", {"N13"});
  change_header(draft, "\"passport\"", "\"JWT\"");
  draft.expected = fails("typ_is_passport", 438).but(kApi, "typ_is_passport", 437);
  return draft.finish();
}

// RFC 8225 §4.1: the value is in lower case.
Case typ_upper_case(const World& world) {
  Draft draft(world, "passport/typ-upper-case", "typ PASSPORT");
  draft.cites("RFC 8225 §4.1", {"N13"});
  change_header(draft, "\"passport\"", "\"PASSPORT\"");
  draft.expected = fails("typ_is_passport", 438).but(kApi, "typ_is_passport", 437);
  return draft.finish();
}

// RFC 8224 §4.1: ppt stands in both places or in none. The token without ppt is a base PASSporT
// that nevertheless has attest and origid. ATIS-1000082 E9: 436.
Case ppt_only_in_parameter(const World& world) {
  Draft draft(world, "passport/ppt-only-in-parameter", "ppt is a parameter, but not in the token");
  draft.cites("RFC 8224 §4.1", {"N14"});
  change_header(draft, "\"ppt\":\"shaken\",", "");
  draft.expected = fails("ppt_matches", 438)
                       .but(kAtis74, "passport_header_complete", 438)
                       .but(kAtis82, "passport_header_complete", 436)
                       .passing_in(kDeployed);
  return draft.finish();
}

// The reverse: only the token says shaken. Without the parameter the header field is a base one,
// which SHAKEN verifiers ignore and ATIS-1000082 calls 438 (E5).
Case ppt_only_in_token(const World& world) {
  Draft draft(world, "passport/ppt-only-in-token", "ppt is in the token, but no parameter");
  draft.cites("RFC 8224 §4.1", {"N14"});
  draft.identities = {{stir::write_identity_header(draft.token(), draft.url(), "")}};
  draft.expected = fails("ppt_matches", 438)
                       .unverified_in(kAtis74, "ppt_is_supported")
                       .but(kAtis82, "ppt_is_supported", 438)
                       .passing_in(kDeployed);
  return draft.finish();
}

// Both are there and differ. ATIS-1000082 E13.
Case ppt_differs(const World& world) {
  Draft draft(world, "passport/ppt-differs", "Parameter shaken, token rph");
  draft.cites("RFC 8224 §4.1", {"N14"});
  change_header(draft, "\"shaken\"", "\"rph\"");
  draft.expected = fails("ppt_matches", 438);
  return draft.finish();
}

// RFC 8225 §4.3: x5u is mandatory. ATIS-1000082 E9: 436. libsecsipid fetches info.
Case x5u_missing(const World& world) {
  Draft draft(world, "passport/x5u-missing", "No x5u in the JOSE header");
  draft.cites("RFC 8225 §4.3", {"N15"});
  change_header(draft, ",\"x5u\":\"" + draft.url() + "\"", "");
  draft.expected = fails("passport_header_complete", 438)
                       .but(kAtis82, "passport_header_complete", 436)
                       .passing_in(kDeployed);
  return draft.finish();
}

// RFC 7515 §4.1.5: a string.
Case x5u_array(const World& world) {
  Draft draft(world, "passport/x5u-array", "x5u is an array with one URL");
  draft.cites("RFC 7515 §4.1.5", {"N15"});
  change_header(draft, "\"" + draft.url() + "\"", "[\"" + draft.url() + "\"]");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 7515 §5.2: member names must be unique; parsers differ on which one counts.
Case alg_twice(const World& world) {
  Draft draft(world, "passport/alg-twice", "alg stands twice: none and ES256");
  draft.cites("RFC 7515 §4", {"N16"});
  draft.importance = Importance::kCritical;
  change_header(draft, "{\"alg\"", "{\"alg\":\"none\",\"alg\"");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 7515 §4.1.11: what crit names and is not understood makes the JWS invalid.
Case crit_unknown(const World& world) {
  Draft draft(world, "passport/crit-unknown", "crit names a member that nobody understands");
  draft.cites("RFC 7515 §4.1.11", {"N17"});
  change_header(draft, "\"ppt\"", "\"crit\":[\"exq\"],\"exq\":1,\"ppt\"");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 7515 §4: members that are not understood are ignored.
Case member_unknown(const World& world) {
  Draft draft(world, "passport/member-unknown", "A JOSE member that nobody knows");
  draft.cites("RFC 7515 §4");
  change_header(draft, "\"ppt\"", "\"kid\":\"1\",\"ppt\"");
  draft.expected = passes();
  return draft.finish();
}

// RFC 8225 §4: x5u alone names the key. The jwk is of another, which would verify nothing.
Case jwk_ignored(const World& world) {
  Draft draft(world, "passport/jwk-of-another-key", "A jwk that contradicts x5u is ignored");
  draft.cites("RFC 8225 §4.3", {"N23"});
  change_header(draft, "\"ppt\"",
                "\"jwk\":{\"crv\":\"P-256\",\"kty\":\"EC\","
                "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
                "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"},\"ppt\"");
  draft.expected = passes();
  return draft.finish();
}

// RFC 8725 §3.10: the attacker signs with his own key, offers it as jwk and names an honest x5u.
Case jwk_of_attacker(const World& world) {
  Draft draft(world, "passport/jwk-of-the-attacker",
              "Signed by the key that jwk names, not by x5u's");
  draft.cites("RFC 8225 §4.3, RFC 8725 §3.10", {"N23", "N62"});
  draft.importance = Importance::kCritical;
  draft.key = key_named("mallory");
  const auto point = draft.key->public_key()->uncompressed_point();
  const std::string x = crypto::base64url_encode(point.substr(1, 32));
  const std::string y = crypto::base64url_encode(point.substr(33));
  change_header(draft, "\"ppt\"",
                R"("jwk":{"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("},"ppt")");
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// RFC 7515 §5.2 step 1: three parts.
Case two_parts(const World& world) {
  Draft draft(world, "passport/two-parts", "The token has two parts");
  draft.cites("RFC 7515 §5.2", {"N19"});
  std::string token = draft.token();
  token.resize(token.rfind('.'));
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// The same with one part too many.
Case four_parts(const World& world) {
  Draft draft(world, "passport/four-parts", "The token has four parts");
  draft.cites("RFC 7515 §5.2", {"N19"});
  draft.identities = {{stir::write_identity_header(draft.token() + ".AAAA", draft.url())}};
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 7515 §5.2 step 3: a JSON object.
Case header_is_array(const World& world) {
  Draft draft(world, "passport/header-array", "The JOSE header is a JSON array");
  draft.cites("RFC 7515 §5.2", {"N22"});
  draft.header_text = "[" + honest_header(draft) + "]";
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// The JSON text is cut off.
Case header_is_cut(const World& world) {
  Draft draft(world, "passport/header-cut", "The JOSE header lacks its last brace");
  draft.cites("RFC 7515 §5.2", {"N22"});
  draft.header_text = honest_header(draft);
  draft.header_text->pop_back();
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 8259 §8.1: UTF-8.
Case header_not_utf8(const World& world) {
  Draft draft(world, "passport/header-not-utf8", "An octet in the JOSE header is not UTF-8");
  draft.cites("RFC 7515 §5.2, RFC 8259 §8.1", {"N22"});
  change_header(draft, "\"ppt\"", "\"k\":\"\xff\",\"ppt\"");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 8259 §8.1: no byte order mark.
Case header_with_mark(const World& world) {
  Draft draft(world, "passport/header-byte-order-mark", "The JOSE header begins with a mark");
  draft.cites("RFC 8259 §8.1", {"N22"});
  draft.header_text = "\xef\xbb\xbf" + honest_header(draft);
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 8225 §9: no white space; but verified over what was received (switch X1).
Case header_with_blanks(const World& world) {
  Draft draft(world, "passport/header-white-space", "Blanks in the JOSE header, signed so");
  draft.cites("RFC 8225 §9", {"N25"});
  draft.importance = Importance::kMedium;
  change_header(draft, ",\"ppt\":", ", \"ppt\" : ");
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// RFC 8225 §9: lexicographic order.
Case header_unsorted(const World& world) {
  Draft draft(world, "passport/header-unsorted", "typ stands before alg, signed so");
  draft.cites("RFC 8225 §9", {"N26"});
  draft.importance = Importance::kMedium;
  draft.header_text =
      R"({"typ":"passport","alg":"ES256","ppt":"shaken","x5u":")" + draft.url() + "\"}";
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// JSON allows "\/" and "\u0073"; RFC 8225 §9 does not. The strings are equal after decoding.
Case header_escapes(const World& world) {
  Draft draft(world, "passport/header-escapes", "ppt is written \"\\u0073haken\", signed so");
  draft.cites("RFC 8225 §9", {"N25"});
  draft.importance = Importance::kMedium;
  change_header(draft, "\"shaken\"", "\"\\u0073haken\"");
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// RFC 4648 §3.5: the last character of the signature has unused bits. 64 octets are 86 characters,
// of the last one only two bits count: A and B decode alike, so a token has many spellings.
Case signature_unused_bits(const World& world) {
  Draft draft(world, "passport/signature-unused-bits", "Unused bits of the last character are set");
  draft.cites("RFC 4648 §3.5", {"N21"});
  draft.importance = Importance::kMedium;
  std::string token = draft.token();
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  token.back() = kAlphabet.at(kAlphabet.find(token.back()) | 1U);
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected = passes().but(kStrict, "passport_header_well_formed", 438);
  return draft.finish();
}

// RFC 7797 §3: b64 is critical, and PASSporT does not know it.
Case unencoded_payload(const World& world) {
  Draft draft(world, "passport/b64-false", "crit names b64, which is false");
  draft.cites("RFC 7515 §4.1.11, RFC 7797 §3", {"N17"});
  change_header(draft, "\"ppt\"", "\"b64\":false,\"crit\":[\"b64\"],\"ppt\"");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// RFC 8225 §8.1: a string.
Case ppt_number(const World& world) {
  Draft draft(world, "passport/ppt-number", "ppt in the token is a number");
  draft.cites("RFC 8225 §8.1", {"N14"});
  change_header(draft, "\"shaken\"", "1");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

// JSON allows "\/": equal to info after decoding, but not canonical.
Case x5u_escaped(const World& world) {
  Draft draft(world, "passport/x5u-escaped-slashes", "x5u is written with \\/, signed so");
  draft.cites("RFC 8225 §9, RFC 8259 §7", {"N25"});
  draft.importance = Importance::kMedium;
  change_header(draft, "https://", "https:\\/\\/");
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// A parser that recurses must have a bound.
Case deep_header(const World& world) {
  Draft draft(world, "passport/header-deeply-nested", "A member of a thousand nested arrays");
  draft.cites("RFC 8259 §9", {"N22"});
  constexpr std::size_t kDepth = 1000;
  change_header(draft, "\"ppt\"",
                "\"deep\":" + std::string(kDepth, '[') + std::string(kDepth, ']') + ",\"ppt\"");
  draft.expected =
      fails("passport_header_well_formed", 438).but(kApi, "passport_header_well_formed", 436);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {alg_none(w),
          alg_none_in_both(w),
          alg_hs256(w),
          alg_es384(w),
          alg_lower_case(w),
          alg_missing(w),
          typ_missing(w),
          typ_jwt(w),
          typ_upper_case(w),
          ppt_only_in_parameter(w),
          ppt_only_in_token(w),
          ppt_differs(w),
          x5u_missing(w),
          x5u_array(w),
          alg_twice(w),
          crit_unknown(w),
          member_unknown(w),
          jwk_ignored(w),
          jwk_of_attacker(w),
          two_parts(w),
          four_parts(w),
          header_is_array(w),
          header_is_cut(w),
          header_not_utf8(w),
          header_with_mark(w),
          header_with_blanks(w),
          header_unsorted(w),
          header_escapes(w),
          signature_unused_bits(w),
          unencoded_payload(w),
          ppt_number(w),
          x5u_escaped(w),
          deep_header(w)};
}

}  // namespace shakedown::vectors::passport
