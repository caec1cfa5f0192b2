// Several Identity header fields (RFC 8224 §6.2.1) and retargeted calls with div PASSporTs (RFC
// 8946). The profiles atis74, atis82 and deployed do not know div: such a header is ignored (428
// where an Identity is required) or, under ATIS-1000082, 438.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::several {
namespace {

constexpr std::string_view kForwardedTo = "12125550142";
constexpr std::string_view kSecondForward = "13035550161";

// An Identity of the world's leaf over `content`.
std::string identity_of(const Draft& draft, const stir::Passport& content) {
  return draft.sign(content, *draft.world.leaf_key);
}

// RFC 8224 §6.2.1: one that is valid is enough.
Case good_second(const World& world) {
  Draft draft(world, "several/bad-then-good", "The first signature is wrong, the second is good");
  draft.cites("RFC 8224 §6.2.1, RFC 9410 §5", {"N03"});
  draft.identities = {{draft.sign(draft.passport, *key_named("mallory")), draft.identity()}};
  draft.expected = passes();
  return draft.finish();
}

Case good_first(const World& world) {
  Draft draft(world, "several/good-then-bad", "The first is good, the second is malformed");
  draft.cites("RFC 8224 §6.2.1", {"N03"});
  draft.identities = {{draft.identity(), "x;info=<y>"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §6.2 step 1: what is not supported is ignored.
Case unsupported_beside(const World& world) {
  Draft draft(world, "several/unsupported-beside-good", "An unknown ppt beside a good header");
  draft.cites("RFC 8224 §6.2 step 1", {"N02"});
  auto other = draft.passport;
  other.ppt = "unheard-of";
  draft.identities = {{identity_of(draft, other), draft.identity()}};
  draft.expected = passes();
  return draft.finish();
}

// The one that got furthest decides: 438 before 403.
Case two_bad(const World& world) {
  Draft draft(world, "several/two-bad", "The first is stale, the second is of a wrong key");
  draft.cites("RFC 8224 §6.2.1, RFC 9410 §6", {"N04"});
  draft.importance = Importance::kMedium;
  auto stale = draft.passport;
  stale.iat -= 3600;
  draft.identities = {
      {identity_of(draft, stale), draft.sign(draft.passport, *key_named("mallory"))}};
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// 437 before 436.
Case chain_and_fetch(const World& world) {
  Draft draft(world, "several/untrusted-and-unfetched",
              "One is untrusted, the other not to be had");
  draft.cites("RFC 8224 §6.2.2", {"N04"});
  draft.importance = Importance::kMedium;
  const auto& root = world.unlisted_root;
  draft.chain = {issued(world.leaf_under(*root.certificate, "several/untrusted"), *root.key)};
  auto missing = draft.passport;
  missing.x5u = draft.url("missing");
  draft.more_http = {HttpExchange{missing.x5u, 404, {}, "no such file\n", ""}};
  draft.identities = {{identity_of(draft, missing), draft.identity()}};
  draft.expected = fails("chain_is_trusted", 437);
  return draft.finish();
}

// Two ways of the same caller: another provider's good header may stand beside.
Case two_good(const World& world) {
  Draft draft(world, "several/two-good", "The same call signed twice");
  draft.cites("RFC 8224 §6.2.1");
  draft.identities = {{draft.identity(), draft.identity()}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §7.3.3, RFC 8224 §4: commas do not join Identity values.
Case comma_joined(const World& world) {
  Draft draft(world, "several/comma-joined", "Two good values in one field, joined by a comma");
  draft.cites("RFC 8224 §4");
  draft.importance = Importance::kLow;
  draft.identities = {{draft.identity() + ", " + draft.identity()}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// A call to +1 415 555 0100 that was forwarded to +1 212 555 0142.
stir::Passport diversion(const Draft& draft) {
  stir::Passport div;
  div.ppt = "div";
  div.x5u = draft.url();
  div.dest_tn = {std::string(kForwardedTo)};
  div.iat = draft.passport.iat;
  div.orig = draft.passport.orig;
  div.div = stir::telephone_number(std::string(kCalled));
  return div;
}

void retarget(Draft& draft, std::string_view number) {
  draft.to = "<sip:+" + std::string(number) + "@beta-voice.test;user=phone>";
  draft.request_uri = "sip:+" + std::string(number) + "@beta-voice.test;user=phone";
}

// What becomes of a call whose shaken dest is not To, where div is not known.
Expectations with_div(Expectations expected) {
  return expected.but(kAtis74 | kAtis82, "dest_matches", 438).passing_in(kDeployed);
}

// shaken: dest 0100; div: 0100 -> 0142; To and Request-URI 0142
Case forwarded(const World& world) {
  Draft draft(world, "div/forwarded", "Forwarded once, with a div PASSporT");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kForwardedTo);
  draft.identities = {{draft.identity(), identity_of(draft, diversion(draft))}};
  draft.expected = with_div(passes());
  return draft.finish();
}

// The order of header fields means nothing.
Case forwarded_reordered(const World& world) {
  Draft draft(world, "div/forwarded-reordered", "The same, div stands first");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kForwardedTo);
  draft.identities = {{identity_of(draft, diversion(draft)), draft.identity()}};
  draft.expected = with_div(passes());
  return draft.finish();
}

// 0100 -> 0142 -> 0161
Case forwarded_twice(const World& world) {
  Draft draft(world, "div/forwarded-twice", "Forwarded twice, with two div PASSporTs");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kSecondForward);
  auto second = diversion(draft);
  second.div = stir::telephone_number(std::string(kForwardedTo));
  second.dest_tn = {std::string(kSecondForward)};
  draft.identities = {
      {draft.identity(), identity_of(draft, diversion(draft)), identity_of(draft, second)}};
  draft.expected = with_div(passes());
  return draft.finish();
}

// 0100 -> 0142, (missing), target 0161
Case end_missing(const World& world) {
  Draft draft(world, "div/end-missing", "Forwarded twice, the second div is missing");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kSecondForward);
  draft.identities = {{draft.identity(), identity_of(draft, diversion(draft))}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// div of a number that nobody called.
Case start_invalid(const World& world) {
  Draft draft(world, "div/start-invalid", "div names a number that was not called");
  draft.cites("RFC 8946 §4.2", {"N48"});
  draft.importance = Importance::kCritical;
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  div.div = stir::telephone_number("14155550177");
  draft.identities = {{draft.identity(), identity_of(draft, div)}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// RFC 8946 §4.2: orig is the same in all.
Case orig_changed(const World& world) {
  Draft draft(world, "div/orig-changed", "The div PASSporT has another orig");
  draft.cites("RFC 8946 §4.2", {"N48"});
  draft.importance = Importance::kCritical;
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  div.orig = stir::telephone_number(std::string(kOtherNumber));
  draft.identities = {{draft.identity(), identity_of(draft, div)}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// The chain is there, its div is forged: the call rests on it.
Case forged(const World& world) {
  Draft draft(world, "div/forged", "The div PASSporT is signed by somebody else's key");
  draft.cites("RFC 8946 §4.2", {"N48"});
  draft.importance = Importance::kCritical;
  retarget(draft, kForwardedTo);
  draft.identities = {{draft.identity(), draft.sign(diversion(draft), *key_named("mallory"))}};
  draft.expected = with_div(fails("signature_verifies", 438));
  return draft.finish();
}

// 0100 -> 0142 -> 0100 -> ...: never reaches the target
Case loop(const World& world) {
  Draft draft(world, "div/loop", "Two div PASSporTs in a circle");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kSecondForward);
  auto back = diversion(draft);
  back.div = stir::telephone_number(std::string(kForwardedTo));
  back.dest_tn = {std::string(kCalled)};
  draft.identities = {
      {draft.identity(), identity_of(draft, diversion(draft)), identity_of(draft, back)}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// RFC 8946 §3: div is part of the payload.
Case claim_missing(const World& world) {
  Draft draft(world, "div/claim-missing", "ppt div without a div claim");
  draft.cites("RFC 8946 §3");
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  div.div.reset();
  draft.identities = {{draft.identity(), identity_of(draft, div)}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// RFC 8946 §5: the PASSporT before this one is nested in div-o alone.
Case nested(const World& world) {
  Draft draft(world, "div/opt", "A div PASSporT with the claim opt");
  draft.cites("RFC 8946 §4.1");
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  div.other_claims = {{"opt", '"' + draft.token() + '"'}};
  draft.identities = {{draft.identity(), identity_of(draft, div)}};
  draft.expected = with_div(fails("claims_well_formed", 438));
  return draft.finish();
}

// RFC 8946 §4.1: a div PASSporT has the full form.
Case compact(const World& world) {
  Draft draft(world, "div/compact", "The div PASSporT in compact form");
  draft.cites("RFC 8946 §4.1");
  retarget(draft, kForwardedTo);
  auto identity = identity_of(draft, diversion(draft));
  const auto signature = identity.rfind('.', identity.find(';'));
  draft.identities = {{draft.identity(), "." + identity.substr(signature)}};
  draft.expected = with_div(fails("dest_matches", 438));
  return draft.finish();
}

// RFC 8946 §8: div may tell where in History-Info the diversion stands.
Case history_index(const World& world) {
  Draft draft(world, "div/history-index", "The div claim has an hi beside its number");
  draft.cites("RFC 8946 §8", {"N48"});
  draft.importance = Importance::kMedium;
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  auto payload = stir::payload_json(div);
  replace(payload, R"("div":{"tn":)", R"("div":{"hi":"1.2","tn":)");
  const auto input =
      crypto::base64url_encode(stir::header_json(div)) + "." + crypto::base64url_encode(payload);
  const auto signature = world.leaf_key->sign(input);
  SHAKEDOWN_ASSERT(signature.has_value());
  draft.identities = {{draft.identity(), stir::write_identity_header(
                                             stir::encode(input, *signature), div.x5u, div.ppt)}};
  draft.expected = with_div(passes());
  return draft.finish();
}

// Only the diversion is there: the call as such was never signed.
Case alone(const World& world) {
  Draft draft(world, "div/alone", "A div PASSporT and no other");
  draft.cites("RFC 8946 §4.2", {"N48"});
  retarget(draft, kForwardedTo);
  draft.identities = {{identity_of(draft, diversion(draft))}};
  draft.expected = fails("dest_matches", 438)
                       .unverified_in(kAtis74, "ppt_is_supported")
                       .but(kApi, "ppt_is_supported", 438);
  return draft.finish();
}

// A call that was not forwarded, with a div that leads nowhere: shaken stands by itself.
Case superfluous(const World& world) {
  Draft draft(world, "div/superfluous", "A stray div beside a call that was not forwarded");
  draft.cites("RFC 8946 §4.2");
  draft.importance = Importance::kMedium;
  draft.identities = {{draft.identity(), identity_of(draft, diversion(draft))}};
  draft.expected = passes();
  return draft.finish();
}

// The forwarding provider is another one, with a certificate of its own.
Case other_provider(const World& world,
                    const char* id,
                    const char* title,
                    const Authority& ca,
                    bool with_ca,
                    const Expectations& expected) {
  Draft draft(world, id, title);
  draft.cites("RFC 8946 §4.2", {"N48"});
  draft.importance = Importance::kCritical;
  retarget(draft, kForwardedTo);
  const auto key = key_named(id);
  auto spec = stir::make_end_entity(world.facts("Beta Voice", id, *key), "818H", *ca.certificate,
                                    world.crl_pointer());
  SHAKEDOWN_ASSERT(spec.has_value());
  auto div = diversion(draft);
  div.x5u = "https://cr.beta-voice.test/" + std::string(id) + ".pem";
  std::vector<crypto::CertificatePtr> chain{issued(*spec, *ca.key)};
  if (with_ca) chain.push_back(ca.certificate);
  draft.more_http = {Draft::served(div.x5u, crypto::write_pem(chain))};
  draft.identities = {{draft.identity(), draft.sign(div, *key)}};
  draft.expected = with_div(expected);
  return draft.finish();
}

// root <- intermediate <- Beta Voice's leaf
Case by_other_provider(const World& world) {
  return other_provider(world, "div/by-another-provider", "The called provider signed the div",
                        world.intermediate, true, passes());
}

// delisted root <- Beta Voice's leaf
Case by_untrusted(const World& world) {
  return other_provider(world, "div/by-a-delisted-ca",
                        "The div's certificate is under a delisted root", world.delisted_root,
                        false, fails("chain_is_trusted", 437));
}

// RFC 8946 §4.2 step 5: the outermost must be fresh.
Case div_stale(const World& world) {
  Draft draft(world, "div/stale", "The div PASSporT is an hour old");
  draft.cites("RFC 8946 §4.2", {"N32", "N48"});
  retarget(draft, kForwardedTo);
  auto div = diversion(draft);
  div.iat -= 3600;
  draft.identities = {{draft.identity(), identity_of(draft, div)}};
  draft.expected = with_div(fails("iat_is_fresh", 403));
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {good_second(w),
          good_first(w),
          unsupported_beside(w),
          two_bad(w),
          chain_and_fetch(w),
          two_good(w),
          comma_joined(w),
          forwarded(w),
          forwarded_reordered(w),
          forwarded_twice(w),
          end_missing(w),
          start_invalid(w),
          orig_changed(w),
          forged(w),
          loop(w),
          claim_missing(w),
          alone(w),
          superfluous(w),
          by_other_provider(w),
          by_untrusted(w),
          div_stale(w),
          nested(w),
          compact(w),
          history_index(w)};
}

}  // namespace shakedown::vectors::several
