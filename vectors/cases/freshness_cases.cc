// iat and Date (RFC 8224 §6.2 step 4): the window is 60 seconds on either side, both included.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::freshness {
namespace {

constexpr auto kWindow = std::chrono::seconds{60};

// An honest call that arrives `late` after iat and Date; negative: before.
void arrive(Draft& draft, sim::Duration late) { draft.verified_at = draft.world.base + late; }

void set_iat(Draft& draft, sim::Duration after_base) {
  draft.passport.iat = sim::unix_seconds(draft.world.base + after_base);
}

// The boundary: 60 seconds old is fresh.
Case at_limit(const World& world) {
  Draft draft(world, "freshness/at-the-limit", "iat and Date are exactly 60 s old");
  draft.cites("RFC 8224 §6.2 step 4", {"N33"});
  arrive(draft, kWindow);
  draft.expected = passes();
  return draft.finish();
}

// One second more. ATIS-1000082 E3 sees the Date (the request's time) before anything else;
// deployed verifiers look at iat only.
Case over_limit(const World& world) {
  Draft draft(world, "freshness/over-the-limit", "iat and Date are 61 s old");
  draft.cites("RFC 8224 §6.2 step 4", {"N32"});
  draft.importance = Importance::kCritical;
  arrive(draft, kWindow + kSecond);
  draft.expected = fails("iat_is_fresh", 403).but(kAtis82 | kStrict, "date_is_fresh", 403);
  return draft.finish();
}

// RFC 8224 §12.1: the future has the same limit.
Case future_at_limit(const World& world) {
  Draft draft(world, "freshness/future-at-the-limit", "iat and Date are 60 s in the future");
  draft.cites("RFC 8224 §6.2 step 4", {"N34"});
  draft.importance = Importance::kMedium;
  arrive(draft, -kWindow);
  draft.expected = passes();
  return draft.finish();
}

// libsecsipid does not look for an iat in the future.
Case future_over_limit(const World& world) {
  Draft draft(world, "freshness/future-over-the-limit", "iat and Date are 61 s in the future");
  draft.cites("RFC 8224 §12.1", {"N34"});
  arrive(draft, -kWindow - kSecond);
  draft.expected =
      fails("iat_is_fresh", 403).but(kAtis82 | kStrict, "date_is_fresh", 403).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8224 §6.2 step 4: a full form with a fresh iat is good although Date was altered in transit.
Case stale_date(const World& world) {
  Draft draft(world, "freshness/date-stale", "Date is an hour old, iat is fresh");
  draft.cites("RFC 8224 §6.2 step 4", {"N35"});
  draft.date = world.base - kHour;
  draft.expected = passes().but(kAtis82 | kStrict, "date_is_fresh", 403);
  return draft.finish();
}

// The other way: a replayed PASSporT under a new Date.
Case stale_iat(const World& world) {
  Draft draft(world, "freshness/iat-stale", "iat is an hour old, Date is fresh");
  draft.cites("RFC 8224 §6.2.2", {"N36"});
  draft.importance = Importance::kCritical;
  set_iat(draft, -kHour);
  draft.expected = fails("iat_is_fresh", 403);
  return draft.finish();
}

// Only iat lies ahead, by 61 seconds.
Case future_iat(const World& world) {
  Draft draft(world, "freshness/iat-in-the-future", "iat is 61 s ahead, Date is fresh");
  draft.cites("RFC 8224 §12.1", {"N34"});
  set_iat(draft, kWindow + kSecond);
  draft.expected = fails("iat_is_fresh", 403).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8224 §6.1 step 3: the full form has iat.
Case no_date(const World& world) {
  Draft draft(world, "freshness/date-missing", "There is no Date header");
  draft.cites("RFC 8224 §6.2 step 4", {"N37"});
  draft.date.reset();
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §20.17: SIP-date is in GMT and in no other zone. ATIS-1000082 has no such error case.
Case date_with_zone(const World& world) {
  Draft draft(world, "freshness/date-with-zone", "Date is written with +0100");
  draft.cites("RFC 3261 §20.17", {"N38"});
  draft.importance = Importance::kMedium;
  draft.date_text = sim::format_http_date(world.base + kHour);
  replace(*draft.date_text, "GMT", "+0100");
  draft.expected = fails("date_is_well_formed", 438).passing_in(kApi);
  return draft.finish();
}

// Not a date at all.
Case date_garbage(const World& world) {
  Draft draft(world, "freshness/date-garbage", "Date: yesterday");
  draft.cites("RFC 3261 §20.17", {"N38"});
  draft.importance = Importance::kMedium;
  draft.date_text = "yesterday";
  draft.expected = fails("date_is_well_formed", 438).passing_in(kApi);
  return draft.finish();
}

// RFC 8224 §12.1: the same PASSporT a second time within the window, at a verifier that keeps
// state.
Case replayed(const World& world) {
  Draft draft(world, "freshness/replayed", "The same PASSporT for the second time");
  draft.cites("RFC 8224 §12.1", {"N55"});
  draft.importance = Importance::kMedium;
  draft.configuration.seen_before = true;
  draft.needs = {"replay_cache", "send_twice"};
  draft.expected = fails("not_replayed", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 3261 §20.17 has only the form of RFC 1123, HTTP's older ones are gone.
Case date_asctime(const World& world) {
  Draft draft(world, "freshness/date-asctime", "Date as asctime() writes it");
  draft.cites("RFC 3261 §20.17, §25.1", {"N38"});
  draft.importance = Importance::kMedium;
  draft.date_text = "Mon Jan  5 00:00:00 2026";
  draft.expected = fails("date_is_well_formed", 438).passing_in(kApi);
  return draft.finish();
}

// Only Date is at the edge.
Case date_at_limit(const World& world) {
  Draft draft(world, "freshness/date-at-the-limit", "Date is 60 s old, iat is fresh");
  draft.cites("RFC 8224 §6.2 step 4", {"N35"});
  draft.date = world.base - kWindow;
  draft.expected = passes();
  return draft.finish();
}

Case date_over_limit(const World& world) {
  Draft draft(world, "freshness/date-over-the-limit", "Date is 61 s old, iat is fresh");
  draft.cites("RFC 8224 §6.2 step 4", {"N35"});
  draft.date = world.base - kWindow - kSecond;
  draft.expected = passes().but(kAtis82 | kStrict, "date_is_fresh", 403);
  return draft.finish();
}

// RFC 8224 §6.2 step 4: iat and Date are compared; if they differ and iat is fresh, iat counts.
Case iat_before_date(const World& world,
                     std::string id,
                     std::string title,
                     sim::Duration half,
                     Expectations expected) {
  Draft draft(world, std::move(id), std::move(title));
  draft.cites("RFC 8224 §6.2 step 4");
  draft.importance = Importance::kMedium;
  set_iat(draft, -half);
  draft.date = world.base + half;
  draft.expected = std::move(expected);
  return draft.finish();
}

Case minute_apart(const World& world) {
  return iat_before_date(world, "freshness/iat-a-minute-before-date",
                         "iat is 60 s before Date, both are fresh", kWindow / 2, passes());
}

Case far_apart(const World& world) {
  return iat_before_date(world, "freshness/iat-long-before-date",
                         "iat is 80 s before Date, both are fresh", 40 * kSecond,
                         passes().but(kStrict, "iat_matches_date", 438));
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {at_limit(w),       over_limit(w),      future_at_limit(w), future_over_limit(w),
          stale_date(w),     stale_iat(w),       future_iat(w),      no_date(w),
          date_with_zone(w), date_garbage(w),    replayed(w),        date_asctime(w),
          date_at_limit(w),  date_over_limit(w), minute_apart(w),    far_apart(w)};
}

}  // namespace shakedown::vectors::freshness
