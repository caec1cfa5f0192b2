// Whom and what a certificate speaks for: the numbers of its TNAuthList (RFC 8226 §9), the claims
// that it may sign (RFC 8226 §8, RFC 9118), and delegates (RFC 9060, ATIS-1000092).
#include "vectors/cases/groups.h"

namespace shakedown::vectors::scope {
namespace {

namespace extension = crypto::extension;
using crypto::TnEntry;

// A SHAKEN leaf names a provider (ATIS-1000080): strict refuses a list of numbers by profile, the
// ATIS profiles for want of a provider code; libsecsipid does not look; RFC 8224 asks the list.
Expectations numbers_only() {
  return passes()
      .but(kStrict, "certificate_profile", 437)
      .but(kAtis74 | kAtis82, "spc_is_present", 437);
}

Expectations outside() { return numbers_only().but(kRfc8224, "orig_is_covered", 438); }

Case numbers(const World& world,
             const char* id,
             const char* title,
             const char* number,
             const Expectations& expected,
             const std::vector<TnEntry>& entries) {
  Draft draft(world, id, title);
  draft.cites("RFC 8226 §9", {number});
  draft.leaf_list(entries);
  draft.expected = expected;
  return draft.finish();
}

// The caller is +1 201 555 0101.
Case one(const World& world) {
  return numbers(world, "scope/one-number", "The list is the caller's number", "N122",
                 numbers_only(), {TnEntry::one("12015550101")});
}

Case other_one(const World& world) {
  return numbers(world, "scope/another-number", "The list is another number", "N123", outside(),
                 {TnEntry::one("12015550199")});
}

// Numbers are compared as text of digits: a shorter one is no prefix.
Case prefix(const World& world) {
  return numbers(world, "scope/prefix", "The list is a prefix of the number", "N123", outside(),
                 {TnEntry::one("1201555010")});
}

Case first_of_range(const World& world) {
  return numbers(world, "scope/range-first", "The caller is the first of a range", "N122",
                 numbers_only(), {TnEntry::range("12015550101", 10)});
}

// start + count - 1
Case last_of_range(const World& world) {
  return numbers(world, "scope/range-last", "The caller is the last of a range", "N124",
                 numbers_only(), {TnEntry::range("12015550092", 10)});
}

// start + count
Case after_range(const World& world) {
  return numbers(world, "scope/range-after", "The caller is the first after a range", "N124",
                 outside(), {TnEntry::range("12015550091", 10)});
}

Case before_range(const World& world) {
  return numbers(world, "scope/range-before", "The caller is the last before a range", "N124",
                 outside(), {TnEntry::range("12015550102", 10)});
}

// A range keeps its number of digits: 2 01.. of ten digits is another number.
Case shorter_range(const World& world) {
  return numbers(world, "scope/range-of-ten-digits", "A range of the same digits without the 1",
                 "N123", outside(), {TnEntry::range("2015550100", 10)});
}

// RFC 8226 §9: the entries are a union.
Case several(const World& world) {
  return numbers(
      world, "scope/several-entries", "The second of three entries has the caller", "N122",
      numbers_only(),
      {TnEntry::one("12015550199"), TnEntry::range("12015550100", 5), TnEntry::one("12015550150")});
}

// A provider code and numbers: union, intersection or nothing at all.
Case mixed(const World& world,
           const char* id,
           const char* title,
           stir::MixedListMode mode,
           std::string_view number,
           const Expectations& expected) {
  Draft draft(world, id, title);
  draft.cites("RFC 8226 §9, RFC 9060 §4.1", {"N122"});
  draft.importance = Importance::kLow;
  draft.configuration.mixed_list = mode;
  draft.needs = {"mixed_list"};
  draft.leaf_list(
      {TnEntry::service_provider_code(std::string(kSpc)), TnEntry::one(std::string(number))});
  draft.expected = expected;
  return draft.finish();
}

// Union: any number of the provider.
Case mixed_union(const World& world) {
  return mixed(world, "scope/mixed-union", "Provider code and another number, read as union",
               stir::MixedListMode::kUnion, kOtherNumber,
               passes().but(kStrict, "certificate_profile", 437));
}

// Intersection (proof of possession): only those numbers.
Case mixed_intersection(const World& world) {
  return mixed(
      world, "scope/mixed-intersection", "Provider code and another number, read as intersection",
      stir::MixedListMode::kIntersection, kOtherNumber,
      fails("orig_is_covered", 438).but(kStrict, "certificate_profile", 437).passing_in(kDeployed));
}

Case mixed_intersection_met(const World& world) {
  return mixed(world, "scope/mixed-intersection-met",
               "Provider code and the caller's number, read as intersection",
               stir::MixedListMode::kIntersection, kCaller,
               passes().but(kStrict, "certificate_profile", 437));
}

// A credential that is refused: 437.
Case mixed_rejected(const World& world) {
  return mixed(
      world, "scope/mixed-rejected", "Provider code and the caller's number, not taken",
      stir::MixedListMode::kReject, kCaller,
      fails("orig_is_covered", 437).but(kStrict, "certificate_profile", 437).passing_in(kDeployed));
}

// With a numbering database a provider may sign for its own numbers only.
Case database(const World& world,
              const char* id,
              const char* title,
              stir::NumberAuthority numbers,
              const Expectations& expected) {
  Draft draft(world, id, title);
  draft.cites("RFC 8226 §9", {"N123"});
  draft.importance = Importance::kMedium;
  draft.configuration.number_authority = std::move(numbers);
  draft.needs = {"number_authority"};
  draft.expected = expected;
  return draft.finish();
}

Case database_own(const World& world) {
  return database(world, "scope/database-own-number", "The number is the signer's",
                  {{"1201555", "709J"}}, passes());
}

Case database_foreign(const World& world) {
  return database(world, "scope/database-foreign-number", "The number is another provider's",
                  {{"1201555", "818H"}}, fails("orig_is_covered", 438).passing_in(kDeployed));
}

// A ported number: the longest entry counts.
Case database_ported(const World& world) {
  return database(world, "scope/database-ported-number", "The number was ported to the signer",
                  {{"1201555", "818H"}, {"12015550101", "709J"}}, passes());
}

Case database_unknown(const World& world) {
  return database(world, "scope/database-unknown-number", "The number is nobody's",
                  {{"1415555", "709J"}}, fails("orig_is_covered", 438).passing_in(kDeployed));
}

// Claim constraints in a SHAKEN leaf. strict: the base profile has no such extension.
Case constrained(const World& world,
                 const char* id,
                 const char* title,
                 const char* number,
                 const Expectations& expected,
                 const crypto::JwtClaimConstraints& constraints,
                 bool enhanced) {
  Draft draft(world, id, title);
  draft.cites(enhanced ? "RFC 9118 §3, §4" : "RFC 8226 §8", {number});
  draft.leaf_with([&](crypto::CertificateSpec& spec) {
    if (enhanced) {
      const auto der = crypto::encode_enhanced_jwt_claim_constraints(constraints);
      SHAKEDOWN_ASSERT(der.has_value());
      put(spec, extension::enhanced_jwt_claim_constraints(*der));
    } else {
      const auto der = crypto::encode_jwt_claim_constraints(constraints);
      SHAKEDOWN_ASSERT(der.has_value());
      put(spec, extension::jwt_claim_constraints(*der));
    }
  });
  draft.expected = expected;
  return draft.finish();
}

Expectations held() { return passes().but(kStrict, "certificate_profile", 437); }

Expectations broken() {
  return fails("claim_constraints_hold", 438)
      .but(kStrict, "certificate_profile", 437)
      .passing_in(kDeployed);
}

crypto::JwtClaimConstraints permitting(std::string claim, std::vector<std::string> values) {
  crypto::JwtClaimConstraints constraints;
  constraints.permitted_values = {{std::move(claim), std::move(values)}};
  return constraints;
}

crypto::JwtClaimConstraints including(std::string claim) {
  crypto::JwtClaimConstraints constraints;
  constraints.must_include = {std::move(claim)};
  return constraints;
}

crypto::JwtClaimConstraints excluding(std::string claim) {
  crypto::JwtClaimConstraints constraints;
  constraints.must_exclude = {std::move(claim)};
  return constraints;
}

Case not_permitted(const World& world) {
  return constrained(world, "constraints/attest-not-permitted", "attest may be B or C, it is A",
                     "N137", broken(), permitting("attest", {"B", "C"}), false);
}

Case permitted(const World& world) {
  return constrained(world, "constraints/attest-permitted", "attest may be A or B, it is A", "N137",
                     held(), permitting("attest", {"A", "B"}), false);
}

// A claim that is absent has no value that could be wrong.
Case permitted_absent(const World& world) {
  return constrained(world, "constraints/absent-claim-permitted", "rcd is limited, there is none",
                     "N137", held(), permitting("rcd", {"{}"}), false);
}

Case not_included(const World& world) {
  return constrained(world, "constraints/claim-missing", "rcd must be there", "N138", broken(),
                     including("rcd"), false);
}

Case included(const World& world) {
  return constrained(world, "constraints/claim-present", "origid must be there, and is", "N138",
                     held(), including("origid"), false);
}

Case excluded(const World& world) {
  return constrained(world, "constraints/claim-excluded", "attest must not be there", "N139",
                     broken(), excluding("attest"), true);
}

Case excluded_absent(const World& world) {
  return constrained(world, "constraints/excluded-claim-absent", "rcd must not be there, nor is it",
                     "N139", held(), excluding("rcd"), true);
}

// RFC 9118 §3: a list that excludes a base claim makes the extension as if absent.
Case excludes_base(const World& world) {
  auto constraints = excluding("iat");
  constraints.must_exclude.emplace_back("attest");
  return constrained(world, "constraints/base-claim-excluded", "iat and attest must not be there",
                     "N139", held(), constraints, true);
}

Case enhanced_not_permitted(const World& world) {
  return constrained(world, "constraints/enhanced-not-permitted",
                     "The enhanced form: attest may be C", "N139", broken(),
                     permitting("attest", {"C"}), true);
}

// RFC 9118 §6: never both.
Case both_kinds(const World& world) {
  Draft draft(world, "constraints/both-extensions", "Both forms in one certificate");
  draft.cites("RFC 9118 §6");
  draft.leaf_with([](crypto::CertificateSpec& spec) {
    const auto plain = crypto::encode_jwt_claim_constraints(including("origid"));
    const auto enhanced = crypto::encode_enhanced_jwt_claim_constraints(including("origid"));
    put(spec, extension::jwt_claim_constraints(*plain));
    put(spec, extension::enhanced_jwt_claim_constraints(*enhanced));
  });
  draft.expected = fails("certificate_profile", 437).passing_in(kDeployed);
  return draft.finish();
}

// At least one component.
Case empty_constraints(const World& world) {
  Draft draft(world, "constraints/empty", "An EnhancedJWTClaimConstraints without components");
  draft.cites("RFC 9118 §3");
  draft.leaf_with([](crypto::CertificateSpec& spec) {
    put(spec, extension::enhanced_jwt_claim_constraints(std::string("\x30\x00", 2)));
  });
  draft.expected = fails("certificate_profile", 437).passing_in(kDeployed);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {one(w),
          other_one(w),
          prefix(w),
          first_of_range(w),
          last_of_range(w),
          after_range(w),
          before_range(w),
          shorter_range(w),
          several(w),
          mixed_union(w),
          mixed_intersection(w),
          mixed_intersection_met(w),
          mixed_rejected(w),
          database_own(w),
          database_foreign(w),
          database_ported(w),
          database_unknown(w),
          not_permitted(w),
          permitted(w),
          permitted_absent(w),
          not_included(w),
          included(w),
          excluded(w),
          excluded_absent(w),
          excludes_base(w),
          enhanced_not_permitted(w),
          both_kinds(w),
          empty_constraints(w)};
}

}  // namespace shakedown::vectors::scope
