// The STI-PA's list of trusted STI-CA roots (ATIS-1000084), and what it makes of a path. A list
// that cannot be taken leaves a verifier without any trust.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::trust_list {
namespace {

constexpr std::string_view kStep = "chain_is_trusted";

// A verifier whose trust list ended without a successor trusts nobody.
Case list_expired(const World& world) {
  Draft draft(world, "trust-list/expired", "The trust list's exp passed an hour ago");
  draft.cites("ATIS-1000084", {"N167"});
  draft.needs = {"trust_list"};
  draft.own_files.trust_list = world.sign_trust_list(world.listed_roots, 42, world.base - kHour);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// signed by a key that is not the STI-PA's
Case list_forged(const World& world) {
  Draft draft(world, "trust-list/forged", "Somebody added a root to the trust list");
  draft.cites("ATIS-1000084, RFC 7515 §5.2", {"N166"});
  draft.importance = Importance::kCritical;
  draft.needs = {"trust_list"};
  under_root(draft, world.unlisted_root, "trust-list/forged");
  auto roots = world.listed_roots;
  roots.push_back(world.unlisted_root.certificate);
  std::string list = world.sign_trust_list(roots, 43, world.base + 30 * kDay);
  list.resize(list.rfind('.'));
  const auto signature = key_named("mallory")->sign(list);
  SHAKEDOWN_ASSERT(signature.has_value());
  draft.own_files.trust_list = stir::encode(list, *signature);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// An honest list again names what it once dropped.
Case list_readmits(const World& world) {
  Draft draft(world, "trust-list/readmitted", "A later list names the delisted root again");
  draft.cites("ATIS-1000084", {"N96"});
  draft.importance = Importance::kMedium;
  draft.needs = {"trust_list"};
  under_root(draft, world.delisted_root, "trust-list/readmitted");
  auto roots = world.listed_roots;
  roots.push_back(world.delisted_root.certificate);
  draft.own_files.trust_list = world.sign_trust_list(roots, 43, world.base + 30 * kDay);
  draft.expected = passes();
  return draft.finish();
}

// An intermediate among the members is no root: it is skipped, and the leaf under it still has its
// path to the real root cut off here.
Case list_with_intermediate(const World& world) {
  Draft draft(world, "trust-list/intermediate-listed",
              "The list names an intermediate, not its root");
  draft.cites("ATIS-1000084", {"N169"});
  draft.importance = Importance::kMedium;
  draft.needs = {"trust_list"};
  draft.own_files.trust_list =
      world.sign_trust_list({world.namesake_root.certificate, world.intermediate.certificate}, 43,
                            world.base + 30 * kDay);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 8725 §3.1: a list without a signature.
Case list_unsigned(const World& world) {
  Draft draft(world, "trust-list/alg-none", "The trust list says alg none and is not signed");
  draft.cites("ATIS-1000084, RFC 8725 §3.1", {"N166"});
  draft.importance = Importance::kCritical;
  draft.needs = {"trust_list"};
  const std::string_view list = world.trust_list;
  const auto dot = list.find('.');
  draft.own_files.trust_list = crypto::base64url_encode(R"({"alg":"none","typ":"JWT"})") +
                               std::string(list.substr(dot, list.rfind('.') + 1 - dot));
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// A list in a root limits all paths through it (RFC 8226 §9), and version 5 of the profile has none
// there. The leaf is no delegate by that: its parent is the intermediate.
Case root_with_list(const World& world) {
  Draft draft(world, "trust-list/root-with-tn-auth-list", "The listed root has a TNAuthList");
  draft.cites("ATIS-1000080.v005 §6.4.1.1", {"N128"});
  draft.importance = Importance::kMedium;
  draft.needs = {"trust_list"};
  Authority root{{}, key_named("root with a list")};
  auto facts = world.facts("Alpha CA", "root with a list", *root.key);
  auto spec = stir::make_root(facts);
  SHAKEDOWN_ASSERT(spec.has_value());
  const auto list =
      crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code(std::string(kSpc))});
  put(*spec, crypto::extension::tn_auth_list(*list));
  root.certificate = issued(*spec, *root.key);
  under_root(draft, root, "trust-list/root-with-tn-auth-list");
  auto roots = world.listed_roots;
  roots.push_back(root.certificate);
  draft.own_files.trust_list = world.sign_trust_list(roots, 43, world.base + 30 * kDay);
  draft.expected = passes().but(kStrict, "certificate_profile", 437);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {list_expired(w),           list_forged(w),   list_readmits(w),
          list_with_intermediate(w), list_unsigned(w), root_with_list(w)};
}

}  // namespace shakedown::vectors::trust_list
