// The claims of a PASSporT: their presence, types and canonical form (RFC 8225 §5, §9; RFC 8588).
// In every case the text is signed as it stands by the world's own leaf.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::claims {
namespace {

// {"attest":"A","dest":{"tn":["14155550100"]},"iat":..,"orig":{"tn":"12015550101"},"origid":".."}
void change(Draft& draft, std::string_view from, std::string_view to) {
  if (!draft.payload_text) draft.payload_text = stir::payload_json(draft.passport);
  replace(*draft.payload_text, from, to);
}

std::string iat_text(const Draft& draft) { return "\"iat\":" + std::to_string(draft.passport.iat); }

// ATIS-1000074 §5.3.2: a missing claim is 438. Deployed verifiers miss few.
Case iat_missing(const World& world) {
  Draft draft(world, "claims/iat-missing", "There is no iat");
  draft.cites("RFC 8225 §5.1.1, ATIS-1000074 §5.3.2", {"N29"});
  change(draft, iat_text(draft) + ",", "");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 erratum 5985: NumericDate is a number.
Case iat_string(const World& world) {
  Draft draft(world, "claims/iat-string", "iat is a string of digits");
  draft.cites("RFC 8225 §5.1.1", {"N30"});
  const auto iat = std::to_string(draft.passport.iat);
  change(draft, iat_text(draft), "\"iat\":\"" + iat + "\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §9 rule 4: no fractions. Lenient readers drop them.
Case iat_fraction(const World& world) {
  Draft draft(world, "claims/iat-fraction", "iat has a fraction");
  draft.cites("RFC 8225 §9", {"N31"});
  draft.importance = Importance::kMedium;
  change(draft, iat_text(draft), iat_text(draft) + ".5");
  draft.expected = passes().but(kStrict, "claims_well_formed", 438);
  return draft.finish();
}

// RFC 7519 §2: seconds since 1970; zero and less are no time of a call.
Case iat_zero(const World& world) {
  Draft draft(world, "claims/iat-zero", "iat is 0");
  draft.cites("RFC 7519 §2", {"N39"});
  draft.passport.iat = 0;
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// The same below zero.
Case iat_negative(const World& world) {
  Draft draft(world, "claims/iat-negative", "iat is negative");
  draft.cites("RFC 7519 §2", {"N39"});
  draft.passport.iat = -draft.passport.iat;
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// Above 2^53 readers of doubles see another number.
Case iat_huge(const World& world) {
  Draft draft(world, "claims/iat-huge", "iat is 2^53 + 1");
  draft.cites("RFC 7519 §2, RFC 8259 §6", {"N39"});
  change(draft, iat_text(draft), "\"iat\":9007199254740993");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §5.2.1: orig is mandatory. libsecsipid does not miss it.
Case orig_missing(const World& world) {
  Draft draft(world, "claims/orig-missing", "There is no orig");
  draft.cites("RFC 8225 §5.2.1, ATIS-1000074 §5.3.2", {"N40"});
  draft.importance = Importance::kCritical;
  change(draft, "\"orig\":{\"tn\":\"12015550101\"},", "");
  draft.expected = fails("claims_well_formed", 438).passing_in(kDeployed);
  return draft.finish();
}

// An object with exactly one identity.
Case orig_string(const World& world) {
  Draft draft(world, "claims/orig-string", "orig is a string");
  draft.cites("RFC 8225 §5.2.1", {"N40"});
  change(draft, "{\"tn\":\"12015550101\"}", "\"12015550101\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// Two identities: a verifier that looks at tn and one that looks at uri would disagree.
Case orig_two(const World& world) {
  Draft draft(world, "claims/orig-two-identities", "orig has tn and uri");
  draft.cites("RFC 8225 §5.2.1", {"N40"});
  draft.importance = Importance::kCritical;
  change(draft, "\"tn\":\"12015550101\"",
         "\"tn\":\"12015550101\",\"uri\":\"sip:alice@alpha-tel.test\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// Old drafts had arrays.
Case orig_tn_array(const World& world) {
  Draft draft(world, "claims/orig-tn-array", "orig.tn is an array with one number");
  draft.cites("RFC 8225 §5.2.1", {"N41"});
  change(draft, "\"12015550101\"", "[\"12015550101\"]");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §5.2.1.1, RFC 8224 §8.3: digits only, no "+".
Case orig_plus(const World& world) {
  Draft draft(world, "claims/orig-plus", "orig.tn begins with +");
  draft.cites("RFC 8225 §5.2.1.1, RFC 8224 §8.3", {"N42"});
  change(draft, "\"12015550101\"", "\"+12015550101\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// Visual separators are gone from the canonical form.
Case orig_separators(const World& world) {
  Draft draft(world, "claims/orig-separators", "orig.tn is 1-201-555-0101");
  draft.cites("RFC 8225 §5.2.1.1, RFC 8224 §8.3", {"N42"});
  change(draft, "\"12015550101\"", "\"1-201-555-0101\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// E.164 §6: 15 digits at most.
Case orig_too_long(const World& world) {
  Draft draft(world, "claims/orig-16-digits", "orig.tn has 16 digits");
  draft.cites("RFC 8224 §8.3", {"N42"});
  change(draft, "\"12015550101\"", "\"1201555010123456\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §5.2.1: dest is mandatory. libsecsipid does not miss it.
Case dest_missing(const World& world) {
  Draft draft(world, "claims/dest-missing", "There is no dest");
  draft.cites("RFC 8225 §5.2.1, ATIS-1000074 §5.3.2", {"N45"});
  draft.importance = Importance::kCritical;
  change(draft, "\"dest\":{\"tn\":[\"14155550100\"]},", "");
  draft.expected = fails("claims_well_formed", 438).passing_in(kDeployed);
  return draft.finish();
}

// At least one element.
Case dest_empty_object(const World& world) {
  Draft draft(world, "claims/dest-empty-object", "dest is {}");
  draft.cites("RFC 8225 §5.2.1", {"N45"});
  change(draft, "{\"tn\":[\"14155550100\"]}", "{}");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// The same one level deeper.
Case dest_empty_array(const World& world) {
  Draft draft(world, "claims/dest-empty-array", "dest.tn is []");
  draft.cites("RFC 8225 §5.2.1", {"N45"});
  change(draft, "[\"14155550100\"]", "[]");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// dest.tn is an array, unlike orig.tn.
Case dest_tn_string(const World& world) {
  Draft draft(world, "claims/dest-tn-string", "dest.tn is a string");
  draft.cites("RFC 8225 §5.2.1", {"N46"});
  change(draft, "[\"14155550100\"]", "\"14155550100\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// The canonical form is meant for dest, too.
Case dest_plus(const World& world) {
  Draft draft(world, "claims/dest-plus", "dest.tn begins with +");
  draft.cites("RFC 8225 §5.2.1.1, RFC 8224 §8.3", {"N42"});
  change(draft, "\"14155550100\"", "\"+14155550100\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8588 §4: attest is mandatory with ppt shaken. libsecsipid does not miss it.
Case attest_missing(const World& world) {
  Draft draft(world, "claims/attest-missing", "There is no attest");
  draft.cites("RFC 8588 §4, ATIS-1000074 §5.3.2", {"N50"});
  change(draft, "\"attest\":\"A\",", "");
  draft.expected = fails("claims_well_formed", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8588 §4: A, B or C; ATIS-1000082 E19. Deployed verifiers do not look.
Case attest(const World& world, const char* id, const char* title, std::string_view value) {
  Draft draft(world, id, title);
  draft.cites("RFC 8588 §4", {"N51"});
  change(draft, "\"attest\":\"A\"", "\"attest\":" + std::string(value));
  draft.expected = fails("attest_is_valid", 438).passing_in(kDeployed);
  return draft.finish();
}

Case attest_lower_case(const World& world) {
  return attest(world, "claims/attest-lower-case", "attest is a", "\"a\"");
}

Case attest_unknown(const World& world) {
  return attest(world, "claims/attest-unknown", "attest is D", "\"D\"");
}

// A verifier that looks at the first character alone takes it for A.
Case attest_two_letters(const World& world) {
  return attest(world, "claims/attest-two-letters", "attest is AB", "\"AB\"");
}

Case attest_empty(const World& world) {
  return attest(world, "claims/attest-empty", "attest is an empty string", "\"\"");
}

// RFC 8588 §4: each of the three is as valid as the others.
Case attest_b(const World& world) {
  Draft draft(world, "claims/attest-b", "attest is B");
  draft.cites("RFC 8588 §4");
  draft.passport.attest = "B";
  draft.expected = passes();
  return draft.finish();
}

Case attest_c(const World& world) {
  Draft draft(world, "claims/attest-c", "attest is C");
  draft.cites("RFC 8588 §4");
  draft.passport.attest = "C";
  draft.expected = passes();
  return draft.finish();
}

// RFC 8588 §5: origid is mandatory.
Case origid_missing(const World& world) {
  Draft draft(world, "claims/origid-missing", "There is no origid");
  draft.cites("RFC 8588 §5, ATIS-1000074 §5.3.2", {"N52"});
  change(draft, ",\"origid\":\"" + std::string(kOrigid) + "\"", "");
  draft.expected = fails("claims_well_formed", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8588 §5: a UUID. Only the strict take offence.
Case origid_not_uuid(const World& world) {
  Draft draft(world, "claims/origid-not-uuid", "origid is no UUID");
  draft.cites("RFC 8588 §5", {"N53"});
  draft.importance = Importance::kMedium;
  draft.passport.origid = "customer-17";
  draft.expected = passes().but(kStrict, "origid_is_uuid", 438);
  return draft.finish();
}

// RFC 4122 §3: hexadecimal digits are read without case.
Case origid_upper_case(const World& world) {
  Draft draft(world, "claims/origid-upper-case", "origid is a UUID in capitals");
  draft.cites("RFC 8588 §5, RFC 4122 §3", {"N53"});
  draft.importance = Importance::kMedium;
  draft.passport.origid = "123E4567-E89B-12D3-A456-426655440000";
  draft.expected = passes();
  return draft.finish();
}

// RFC 8588 §5: a string.
Case origid_number(const World& world) {
  Draft draft(world, "claims/origid-number", "origid is a number");
  draft.cites("RFC 8588 §5", {"N53"});
  change(draft, "\"" + std::string(kOrigid) + "\"", "17");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §8.3: further claims are allowed in the full form.
Case unknown_claim(const World& world) {
  Draft draft(world, "claims/unknown-claim", "A claim that nobody knows");
  draft.cites("RFC 8225 §8.3", {"N54"});
  draft.passport.other_claims = {{"zzz", "{\"a\":[1,true,null]}"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8225 §9, RFC 7519 §4: parsers differ on which of two counts.
Case claim_twice(const World& world) {
  Draft draft(world, "claims/orig-twice", "orig stands twice with different numbers");
  draft.cites("RFC 7519 §4, RFC 8225 §9", {"N27"});
  draft.importance = Importance::kCritical;
  change(draft, "\"orig\"", "\"orig\":{\"tn\":\"12015550199\"},\"orig\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// The same inside a claim.
Case member_twice(const World& world) {
  Draft draft(world, "claims/orig-tn-twice", "orig.tn stands twice with different numbers");
  draft.cites("RFC 8225 §9", {"N27"});
  draft.importance = Importance::kCritical;
  change(draft, "{\"tn\":\"12015550101\"", "{\"tn\":\"12015550199\",\"tn\":\"12015550101\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 7519 §7.2 step 10: a JSON object. ATIS-1000082 E14.
Case payload_not_json(const World& world) {
  Draft draft(world, "claims/not-json", "The payload is no JSON");
  draft.cites("RFC 7519 §7.2");
  draft.payload_text = "attest=A";
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8259 §2: one value and nothing after it.
Case payload_followed(const World& world) {
  Draft draft(world, "claims/text-after-object", "A second object follows the claims");
  draft.cites("RFC 7519 §7.2, RFC 8259 §2");
  draft.payload_text = stir::payload_json(draft.passport) + "{}";
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §9: no white space; the signature is over what was sent (switch X1).
Case white_space(const World& world) {
  Draft draft(world, "claims/white-space", "Blanks and line ends in the payload, signed so");
  draft.cites("RFC 8225 §9", {"N25"});
  draft.importance = Importance::kMedium;
  change(draft, ",\"orig\"", ",\n \"orig\"");
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// RFC 8225 §9, RFC 8588 §8: lexicographic order.
Case unsorted(const World& world) {
  Draft draft(world, "claims/unsorted", "attest and origid stand last, signed so");
  draft.cites("RFC 8225 §9, RFC 8588 §8", {"N26"});
  draft.importance = Importance::kMedium;
  change(draft, "\"attest\":\"A\",", "");
  change(draft, "\"origid\"", "\"attest\":\"A\",\"origid\"");
  draft.expected = passes().but(kStrict, "passport_is_canonical", 438);
  return draft.finish();
}

// RFC 8225 §5.2.1: the elements of dest are sorted. ATIS-1000082 E16 wants dest to be exactly the
// called numbers and fails for that.
Case dest_unsorted(const World& world) {
  Draft draft(world, "claims/dest-unsorted", "dest.tn is not sorted, signed so");
  draft.cites("RFC 8225 §5.2.1", {"N49"});
  draft.importance = Importance::kMedium;
  change(draft, "[\"14155550100\"]", "[\"14155550100\",\"12125550100\"]");
  draft.expected =
      passes().but(kStrict, "passport_is_canonical", 438).but(kAtis82, "dest_matches", 438);
  return draft.finish();
}

// RFC 8588 §4: one of three strings.
Case attest_number(const World& world) {
  return attest(world, "claims/attest-number", "attest is the number 1", "1");
}

// A parser that recurses must have a bound.
Case deep_claim(const World& world) {
  Draft draft(world, "claims/deeply-nested", "A claim of a thousand nested arrays");
  draft.cites("RFC 8259 §9");
  constexpr std::size_t kDepth = 1000;
  change(draft, "\"origid\"",
         "\"deep\":" + std::string(kDepth, '[') + std::string(kDepth, ']') + ",\"origid\"");
  draft.expected = fails("claims_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §5.2.1: dest may have both kinds; the numbers are exactly the called ones.
Case dest_both(const World& world) {
  Draft draft(world, "claims/dest-tn-and-uri", "dest has tn and uri");
  draft.cites("RFC 8225 §5.2.1");
  draft.passport.dest_uri = {"sip:bob@beta-voice.test"};
  draft.expected = passes();
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {iat_missing(w),      iat_string(w),         iat_fraction(w),      iat_zero(w),
          iat_negative(w),     iat_huge(w),           orig_missing(w),      orig_string(w),
          orig_two(w),         orig_tn_array(w),      orig_plus(w),         orig_separators(w),
          orig_too_long(w),    dest_missing(w),       dest_empty_object(w), dest_empty_array(w),
          dest_tn_string(w),   dest_plus(w),          attest_missing(w),    attest_lower_case(w),
          attest_unknown(w),   attest_two_letters(w), attest_empty(w),      attest_b(w),
          attest_c(w),         origid_missing(w),     origid_not_uuid(w),   origid_upper_case(w),
          origid_number(w),    unknown_claim(w),      claim_twice(w),       member_twice(w),
          payload_not_json(w), payload_followed(w),   white_space(w),       unsorted(w),
          dest_unsorted(w),    attest_number(w),      deep_claim(w),        dest_both(w)};
}

}  // namespace shakedown::vectors::claims
