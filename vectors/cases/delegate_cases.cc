// Delegate certificates (RFC 9060, ATIS-1000092): a subordinate CA whose TNAuthList limits what
// those below it may sign for. Base PASSporTs, which the SHAKEN profiles do not take: atis74 lets
// the call go unverified, atis82 answers 438 (E5); libsecsipid takes it for SHAKEN.
#include <functional>

#include "vectors/cases/groups.h"

namespace shakedown::vectors::delegate {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;
using crypto::TnEntry;
using Entries = std::vector<TnEntry>;

const TnEntry kAlpha = TnEntry::service_provider_code(std::string(kSpc));

// Refines the expectation of an RFC 9060 verifier for the others.
Expectations for_base(Expectations expected) {
  return expected.unverified_in(kAtis74, "ppt_is_supported").but(kAtis82, "ppt_is_supported", 438);
}

// root <- intermediate <- subordinate CA (scope) <- delegate (scope). Spoiled before signing.
struct Delegation {
  Entries parent{kAlpha};
  Entries child{TnEntry::one(std::string(kCaller))};
  std::function<void(crypto::CertificateSpec&)> change_parent = [](auto&) {};
  std::function<void(crypto::CertificateSpec&)> change_child = [](auto&) {};
};

void delegate(Draft& draft, const std::string& name, const Delegation& given) {
  const World& world = draft.world;
  const auto ca_key = key_named(name + " subordinate ca");
  draft.key = key_named(name + " delegate");
  auto ca =
      stir::make_delegate_ca(world.facts("Alpha Telecom", name + " ca", *ca_key), given.parent,
                             *world.intermediate.certificate, world.crl_pointer());
  SHAKEDOWN_ASSERT(ca.has_value());
  given.change_parent(*ca);
  const auto parent = issued(*ca, *world.intermediate.key);
  auto leaf =
      stir::make_delegate_end_entity(world.facts("Big Shop", name, *draft.key), given.child,
                                     stir::no_shaken_passports(), *parent, world.crl_pointer());
  SHAKEDOWN_ASSERT(leaf.has_value());
  given.change_child(*leaf);
  draft.chain = {issued(*leaf, *ca_key), parent, world.intermediate.certificate};
}

void make_base(Draft& draft) {
  draft.passport.ppt.clear();
  draft.passport.attest.clear();
  draft.passport.origid.clear();
}

Case base_call(const World& world,
               const char* id,
               const char* title,
               const char* clause,
               std::initializer_list<std::string_view> numbers,
               const Expectations& expected,
               const Delegation& given) {
  Draft draft(world, id, title);
  draft.cites(clause, numbers);
  make_base(draft);
  delegate(draft, id, given);
  draft.expected = for_base(expected);
  return draft.finish();
}

Expectations outside_parent() { return fails("chain_is_trusted", 437); }

// [709J] <- [the caller's number]
Case good(const World& world) {
  return base_call(world, "delegate/good", "A delegate for one number signs a base PASSporT",
                   "RFC 9060 §4", {}, passes(), {});
}

// [range] <- [range inside]
Case range_inside(const World& world) {
  return base_call(world, "delegate/range-inside", "A range inside the parent's range",
                   "RFC 9060 §4", {"N126"}, passes(),
                   {.parent = {TnEntry::range("12015550100", 100)},
                    .child = {TnEntry::range("12015550100", 10)}});
}

// [range] <- [the same range]: equal is inside.
Case range_equal(const World& world) {
  return base_call(world, "delegate/range-equal", "The parent's range itself", "RFC 9060 §4",
                   {"N126"}, passes(),
                   {.parent = {TnEntry::range("12015550100", 10)},
                    .child = {TnEntry::range("12015550100", 10)}});
}

// [range] <- [range that is one longer]
Case range_longer(const World& world) {
  return base_call(world, "delegate/range-one-longer", "A range that is one number longer",
                   "RFC 9060 §4, §6", {"N126"}, outside_parent(),
                   {.parent = {TnEntry::range("12015550100", 10)},
                    .child = {TnEntry::range("12015550100", 11)}});
}

// [two adjacent ranges] <- [one range over both]: scopes are sets of numbers.
Case range_adjacent(const World& world) {
  return base_call(
      world, "delegate/range-over-two", "A range over two adjacent ones of the parent",
      "RFC 9060 §4.1", {"N126"}, passes(),
      {.parent = {TnEntry::range("12015550100", 10), TnEntry::range("12015550110", 10)},
       .child = {TnEntry::range("12015550100", 20)}});
}

// [number] <- [another number]
Case number_outside(const World& world) {
  return base_call(world, "delegate/number-outside", "A number that the parent does not have",
                   "RFC 9060 §4, §6", {"N126"}, outside_parent(),
                   {.parent = {TnEntry::one(std::string(kOtherNumber))}});
}

// [709J] <- [818H]
Case spc_outside(const World& world) {
  return base_call(world, "delegate/provider-outside", "Another provider's code", "RFC 9060 §4, §6",
                   {"N126"}, outside_parent(), {.child = {TnEntry::service_provider_code("818H")}});
}

// [numbers] <- [709J]: numbers do not encompass a provider.
Case spc_in_numbers(const World& world) {
  return base_call(world, "delegate/provider-under-numbers", "A provider's code below mere numbers",
                   "RFC 9060 §4, §6", {"N126"}, outside_parent(),
                   {.parent = {TnEntry::range("12015550100", 100)}, .child = {kAlpha}});
}

// The scopes are right; the caller is not in them.
Case orig_outside(const World& world) {
  return base_call(world, "delegate/orig-outside", "orig is outside the delegate's numbers",
                   "RFC 9060 §6, RFC 8226 §9", {"N123"},
                   fails("orig_is_covered", 438).passing_in(kDeployed),
                   {.child = {TnEntry::one(std::string(kOtherNumber))}});
}

// root <- intermediate (no list) <- CA without a list <- ... is no delegate at all; but a list
// above a CA without one is (RFC 9060 §4).
Case parent_without_list(const World& world) {
  Draft draft(world, "delegate/parent-without-list",
              "A CA without a list between two that have one");
  draft.cites("RFC 9060 §4", {"N127"});
  make_base(draft);
  const auto upper_key = key_named("delegate/parent-without-list upper");
  const auto middle_key = key_named("delegate/parent-without-list middle");
  draft.key = key_named("delegate/parent-without-list leaf");
  auto upper = stir::make_delegate_ca(
      world.facts("Alpha Telecom", "delegate/parent-without-list upper", *upper_key), {kAlpha},
      *world.intermediate.certificate, world.crl_pointer());
  SHAKEDOWN_ASSERT(upper.has_value());
  const auto upper_certificate = issued(*upper, *world.intermediate.key);
  auto middle = stir::make_intermediate(
      world.facts("Alpha Reseller", "delegate/parent-without-list middle", *middle_key),
      *upper_certificate, world.crl_pointer());
  SHAKEDOWN_ASSERT(middle.has_value());
  const auto middle_certificate = issued(*middle, *upper_key);
  auto leaf = stir::make_delegate_end_entity(
      world.facts("Big Shop", "delegate/parent-without-list leaf", *draft.key),
      {TnEntry::one(std::string(kCaller))}, stir::no_shaken_passports(), *middle_certificate,
      world.crl_pointer());
  SHAKEDOWN_ASSERT(leaf.has_value());
  draft.chain = {issued(*leaf, *middle_key), middle_certificate, upper_certificate,
                 world.intermediate.certificate};
  draft.expected = for_base(outside_parent());
  return draft.finish();
}

// [709J] <- a leaf without a list
Case child_without_list(const World& world) {
  return base_call(world, "delegate/leaf-without-list", "The delegate has no TNAuthList",
                   "RFC 9060 §4", {"N115"}, outside_parent(),
                   {.change_child = [](auto& spec) { drop(spec, oid::kTnAuthList); }});
}

// RFC 9060 §4: every delegate names its parent by AKI; §7: AKI == the next SKI.
Case no_authority_key(const World& world) {
  return base_call(world, "delegate/authority-key-identifier-missing", "The delegate has no AKI",
                   "RFC 9060 §4, §7", {"N101"}, outside_parent(),
                   {.change_child = [](auto& spec) { drop(spec, oid::kAuthorityKeyIdentifier); }});
}

// RFC 9060 §7: the list is the path, in order.
Case out_of_order(const World& world) {
  Draft draft(world, "delegate/out-of-order", "The two CAs of the body are swapped");
  draft.cites("RFC 9060 §7", {"N82"});
  make_base(draft);
  delegate(draft, "delegate/out-of-order", {});
  std::swap(draft.chain.at(1), draft.chain.at(2));
  draft.expected = for_base(outside_parent());
  return draft.finish();
}

// ... from the signer to the anchor and nothing else.
Case with_stranger(const World& world) {
  Draft draft(world, "delegate/stranger-in-the-chain", "An unrelated certificate in the body");
  draft.cites("RFC 9060 §7", {"N84"});
  make_base(draft);
  delegate(draft, "delegate/stranger-in-the-chain", {});
  draft.chain.push_back(world.pa_signer.certificate);
  draft.expected = for_base(outside_parent());
  return draft.finish();
}

// The anchor may stand there or not.
Case with_root(const World& world) {
  Draft draft(world, "delegate/with-root", "The listed root stands last in the body");
  draft.cites("RFC 9060 §7");
  make_base(draft);
  delegate(draft, "delegate/with-root", {});
  draft.chain.push_back(world.root.certificate);
  draft.expected = for_base(passes());
  return draft.finish();
}

// RFC 9060 §4: only end entities sign PASSporTs.
Case ca_signs(const World& world) {
  Draft draft(world, "delegate/ca-signs", "The subordinate CA signs the call itself");
  draft.cites("RFC 9060 §4", {"N105"});
  make_base(draft);
  delegate(draft, "delegate/ca-signs", {});
  draft.key = key_named("delegate/ca-signs subordinate ca");
  draft.chain.erase(draft.chain.begin());
  draft.expected = for_base(fails("certificate_profile", 437).passing_in(kDeployed));
  return draft.finish();
}

// ATIS-1000092: a delegate must not sign shaken PASSporTs: it has no provider code. Its claim
// constraints say so as well, but come later.
Case signs_shaken(const World& world) {
  Draft draft(world, "delegate/signs-shaken", "A delegate signs a shaken PASSporT");
  draft.cites("ATIS-1000092, RFC 9118 §4", {"N122"});
  draft.importance = Importance::kCritical;
  delegate(draft, "delegate/signs-shaken", {});
  draft.expected = fails("spc_is_present", 437).passing_in(kDeployed);
  return draft.finish();
}

// The constraint alone: a base PASSporT that nevertheless claims attest.
Case signs_attest(const World& world) {
  Draft draft(world, "delegate/signs-attest", "A base PASSporT of a delegate claims attest");
  draft.cites("RFC 9118 §4, ATIS-1000092", {"N139"});
  make_base(draft);
  draft.payload_text = stir::payload_json(draft.passport);
  replace(*draft.payload_text, "{", "{\"attest\":\"A\",");
  delegate(draft, "delegate/signs-attest", {});
  draft.expected = for_base(fails("claim_constraints_hold", 438).passing_in(kDeployed));
  return draft.finish();
}

// RFC 8226 §10.1: the list is elsewhere, and is not fetched: the scope is unknown.
Case by_reference(const World& world) {
  return base_call(
      world, "delegate/list-by-reference", "The list is behind an AIA URL", "RFC 8226 §10.1", {},
      fails("chain_is_trusted", 436), {.change_child = [](auto& spec) {
        put(spec, extension::authority_info_access(
                      {{std::string(oid::kStirTnList), "https://alpha-tel.test/list/1"}}));
      }});
}

// The last number of the delegate's range.
Case orig_last(const World& world) {
  return base_call(world, "delegate/orig-last-of-range", "orig is the last of the delegate's range",
                   "RFC 8226 §9", {"N124"}, passes(),
                   {.child = {TnEntry::range("12015550092", 10)}});
}

// intermediate <- [709J] <- [`middle`] <- [the caller's number]
Case two_levels(const World& world,
                const char* id,
                const char* title,
                const Entries& middle,
                const Expectations& expected) {
  Draft draft(world, id, title);
  draft.cites("RFC 9060 §4", {"N126"});
  make_base(draft);
  delegate(draft, id, {.child = middle, .change_child = [](auto& spec) {
                         put(spec, extension::basic_constraints(true));
                         put(spec, extension::key_usage(crypto::kKeyCertSign));
                         drop(spec, oid::kEnhancedJwtClaimConstraints);
                       }});
  const auto middle_key = draft.key;
  const std::string name = std::string(id) + " leaf";
  draft.key = key_named(name);
  auto leaf = stir::make_delegate_end_entity(
      world.facts("Shop Floor", name, *draft.key), {TnEntry::one(std::string(kCaller))},
      stir::no_shaken_passports(), *draft.chain.front(), world.crl_pointer());
  SHAKEDOWN_ASSERT(leaf.has_value());
  draft.chain.insert(draft.chain.begin(), issued(*leaf, *middle_key));
  draft.expected = for_base(expected);
  return draft.finish();
}

Case two_levels_good(const World& world) {
  return two_levels(world, "delegate/two-levels",
                    "A delegate of a delegate, each inside its parent",
                    {TnEntry::range("12015550100", 10)}, passes());
}

// The leaf is inside its grandparent's, not inside its parent's.
Case two_levels_wider(const World& world) {
  return two_levels(world, "delegate/two-levels-outside-parent",
                    "A delegate of a delegate outside its parent's numbers",
                    {TnEntry::one(std::string(kOtherNumber))}, outside_parent());
}

// CRL: (intermediate, serial of the subordinate CA)
Case ca_revoked(const World& world) {
  Draft draft(world, "delegate/ca-revoked", "The subordinate CA is in the CRL");
  draft.cites("RFC 5280 §6.3.3 (i), RFC 9060 §6", {"N141"});
  draft.importance = Importance::kCritical;
  make_base(draft);
  delegate(draft, "delegate/ca-revoked", {});
  auto spec = world.crl_spec();
  spec.entries = {{draft.chain.at(1)->serial(), world.base - kHour,
                   crypto::CrlReason::kPrivilegeWithdrawn,
                   world.intermediate.certificate->subject_der()}};
  draft.needs = {"crl"};
  draft.own_files.crl = world.sign_crl(spec);
  draft.expected = for_base(fails("not_revoked", 437));
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {good(w),
          range_inside(w),
          range_equal(w),
          range_longer(w),
          range_adjacent(w),
          number_outside(w),
          spc_outside(w),
          spc_in_numbers(w),
          orig_outside(w),
          parent_without_list(w),
          child_without_list(w),
          no_authority_key(w),
          out_of_order(w),
          with_stranger(w),
          with_root(w),
          ca_signs(w),
          signs_shaken(w),
          signs_attest(w),
          by_reference(w),
          orig_last(w),
          two_levels_good(w),
          two_levels_wider(w),
          ca_revoked(w)};
}

}  // namespace shakedown::vectors::delegate
