// Copies that are older than the certificate: in the verifier's own cache, and at an edge of the
// CDN. What a verifier fetched before stands in `cached`.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::cache {
namespace {

// A leaf like the world's, of other times and perhaps another key, at the draft's URL.
crypto::CertificatePtr other_leaf(const World& world,
                                  std::string_view name,
                                  sim::Time not_before,
                                  sim::Time not_after,
                                  const crypto::PrivateKey& key) {
  auto spec = world.leaf_spec(name);
  const auto& spki = key.public_key()->spki_der();
  spec.not_before = not_before;
  spec.not_after = not_after;
  spec.subject_spki_der = spki;
  put(spec, crypto::extension::subject_key_identifier(spki));
  return issued(spec, *world.intermediate.key);
}

// RFC 8224 §7.4: a new certificate is a new URL. Here it replaces the old one under the same URL,
// with a new key, while the verifier still holds the old one as fresh as HTTP lets it.
void replace_in_place(Draft& draft, std::string_view name) {
  const World& world = draft.world;
  draft.cites("RFC 8224 §7.4", {"N89"});
  draft.importance = Importance::kMedium;
  draft.needs = {"certificate_cache"};
  const auto old_key = key_named("key before the renewal");
  const auto old = other_leaf(world, name, world.base - 10 * kDay, world.base + kDay, *old_key);
  draft.cached = {
      Draft::served(draft.url(), crypto::write_pem({old, world.intermediate.certificate}))};
}

// cached: intermediate <- leaf of the old key; at the URL: intermediate <- leaf of the new key
Case renewed_in_place(const World& world) {
  Draft draft(world, "cache/replaced-in-place",
              "The cached certificate has been replaced at its URL");
  replace_in_place(draft, "cache/replaced-in-place before");
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// The same at a verifier that fetches once more before it gives up.
Case renewed_in_place_refetched(const World& world) {
  Draft draft(world, "cache/replaced-in-place-refetched",
              "The cached certificate was replaced; it is fetched once more");
  replace_in_place(draft, "cache/replaced-in-place-refetched before");
  draft.configuration.refetch_on_bad_signature = true;
  draft.needs.emplace_back("refetch_on_bad_signature");
  draft.expected = passes();
  return draft.finish();
}

// cached: the leaf of the provider whose number it is; at the URL: a leaf for another provider,
// with whose key the call was signed. Nothing of the first verdict may carry over.
Case replaced_by_another_provider(const World& world) {
  Draft draft(world, "cache/replaced-by-another-provider",
              "Fetched once more, the certificate is another provider's");
  replace_in_place(draft, "cache/replaced-by-another-provider before");
  draft.importance = Importance::kCritical;
  draft.configuration.refetch_on_bad_signature = true;
  draft.configuration.number_authority = {{"1201555", std::string(kSpc)}};
  draft.needs = {"certificate_cache", "refetch_on_bad_signature", "number_authority"};
  draft.leaf_with([](auto& spec) {
    const auto list = crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("818H")});
    put(spec, crypto::extension::tn_auth_list(*list));
    spec.subject = crypto::Name{{{"C", "US", false},
                                 {"O", "Beta Voice (TEST - NOT TRUSTED)", false},
                                 {"CN", "SHAKEN 818H", false}}};
  });
  draft.expected = fails("orig_is_covered", 438).passing_in(kDeployed);
  return draft.finish();
}

// An edge of the CDN that still has the object from before the renewal, as it may for a week.
HttpExchange from_an_edge(const Draft& draft, const crypto::CertificatePtr& leaf) {
  auto answer =
      Draft::served(draft.url(), crypto::write_pem({leaf, draft.world.intermediate.certificate}));
  answer.headers.add("Age", "500000");
  answer.headers.set("Cache-Control", "public, max-age=604800");
  return answer;
}

// The renewal kept the key, so that the old certificate would do, had it not expired.
Case stale_edge(const World& world) {
  Draft draft(world, "cache/stale-edge", "An edge serves the certificate that expired an hour ago");
  draft.cites("RFC 9111 §4.2, RFC 5280 §6.1.3 (a)(2)", {"N90"});
  const auto old = other_leaf(world, "cache/stale-edge", world.base - 90 * kDay, world.base - kHour,
                              *world.leaf_key);
  draft.answer = from_an_edge(draft, old);
  draft.chain = {old, world.intermediate.certificate};
  draft.expected = fails("chain_is_trusted", 437);
  return draft.finish();
}

// The same an hour before its end.
Case stale_edge_in_time(const World& world) {
  Draft draft(world, "cache/stale-edge-in-time",
              "An edge serves the certificate that ends in an hour");
  draft.cites("RFC 9111 §4.2, RFC 5280 §6.1.3 (a)(2)", {"N90"});
  const auto old = other_leaf(world, "cache/stale-edge-in-time", world.base - 90 * kDay,
                              world.base + kHour, *world.leaf_key);
  draft.answer = from_an_edge(draft, old);
  draft.chain = {old, world.intermediate.certificate};
  draft.expected = passes();
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {renewed_in_place(w), renewed_in_place_refetched(w), replaced_by_another_provider(w),
          stale_edge(w), stale_edge_in_time(w)};
}

}  // namespace shakedown::vectors::cache
