#include "sim/time.h"

#include <gtest/gtest.h>

#include "sim/random.h"

namespace shakedown::sim {
namespace {

const Time kNoon = from_unix_seconds(1'767'603'600);

TEST(Time, FormatsAsRfc3339WithoutSuperfluousDecimals) {
  EXPECT_EQ(format_time(kNoon), "2026-01-05T09:00:00Z");
  EXPECT_EQ(format_time(kNoon + 1ms), "2026-01-05T09:00:00.001Z");
  EXPECT_EQ(format_time(kNoon + 1ns), "2026-01-05T09:00:00.000000001Z");
  EXPECT_EQ(format_time(kNoon - 1ns), "2026-01-05T08:59:59.999999999Z");
  EXPECT_EQ(format_time(Time{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(Time{} - 1s), "1969-12-31T23:59:59Z");
}

TEST(Time, ParsesRfc3339) {
  EXPECT_EQ(parse_time("2026-01-05T09:00:00Z").value(), kNoon);
  EXPECT_EQ(parse_time("2026-01-05t09:00:00z").value(), kNoon);
  EXPECT_EQ(parse_time("2026-01-05T09:00:00.000000001Z").value(), kNoon + 1ns);
  EXPECT_EQ(parse_time("2026-01-05T09:00:00.5Z").value(), kNoon + 500ms);
  EXPECT_EQ(parse_time("2026-01-05T11:30:00+02:30").value(), kNoon);
  EXPECT_EQ(parse_time("2026-01-05T04:00:00-05:00").value(), kNoon);
  EXPECT_EQ(parse_time("2024-02-29T00:00:00Z").value() + 24h,
            parse_time("2024-03-01T00:00:00Z").value());
}

TEST(Time, RefusesWhatIsNotATime) {
  for (const char* text : {"",
                           "2026",
                           "2026-01-05",
                           "2026-01-05T09:00:00",
                           "2026-01-05 09:00:00Z",
                           "2026-13-05T09:00:00Z",
                           "2026-02-29T09:00:00Z",
                           "2026-01-05T24:00:00Z",
                           "2026-01-05T09:60:00Z",
                           "2026-01-05T09:00:60Z",
                           "2026-01-05T09:00:00.Z",
                           "2026-01-05T09:00:00.1234567890Z",
                           "2026-01-05T09:00:00Z ",
                           " 2026-01-05T09:00:00Z",
                           "2026-01-05T09:00:00+25:00",
                           "2026-01-05T09:00:00+0200",
                           "1500-01-01T00:00:00Z",
                           "2500-01-01T00:00:00Z",
                           "2026-1-5T9:0:0Z",
                           "-026-01-05T09:00:00Z"}) {
    const Result<Time> result = parse_time(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kMalformed);
  }
}

TEST(Time, RoundTripsThroughText) {
  for (std::int64_t i = 0; i < 2000; ++i) {
    const Time time{Duration{i * 4'611'686'018'427'387 - 4'611'686'018'427'387'000}};
    EXPECT_EQ(parse_time(format_time(time)).value(), time);
  }
}

TEST(Time, NumericDatesAreRoundedDown) {
  EXPECT_EQ(unix_seconds(kNoon + 999ms), 1'767'603'600);
  EXPECT_EQ(unix_seconds(Time{} - 1ns), -1);
}

TEST(HttpDate, IsTheFixedForm) {
  EXPECT_EQ(format_http_date(kNoon + 7ms), "Mon, 05 Jan 2026 09:00:00 GMT");
  EXPECT_EQ(format_http_date(from_unix_seconds(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

// The three examples of RFC 9110 §5.6.7.
TEST(HttpDate, ParsesAllThreeFormsOfTheStandard) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    const Result<Time> time = parse_http_date(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(unix_seconds(*time), 784'111'777) << text;
  }
  EXPECT_EQ(parse_http_date(format_http_date(kNoon)).value(), kNoon);
}

TEST(HttpDate, RefusesTheRest) {
  for (const char* text : {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 6 Nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Feb 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "0", "-1"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(Duration, FormatsInTheLargestExactUnits) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(2h + 5min), "2h 5m");
  EXPECT_EQ(format_duration(40ms), "40ms");
  EXPECT_EQ(format_duration(1500ms), "1.5s");
  EXPECT_EQ(format_duration(1500ns), "1.5us");
  EXPECT_EQ(format_duration(1ns), "1ns");
  EXPECT_EQ(format_duration(25h), "1d 1h");
  EXPECT_EQ(format_duration(1min + 500ms), "1m 0.5s");
  EXPECT_EQ(format_duration(-90s), "-1m 30s");
  EXPECT_EQ(format_duration(29us), "29us");
}

TEST(Duration, ParsesNumbersWithUnits) {
  EXPECT_EQ(parse_duration("2h 5m").value(), 2h + 5min);
  EXPECT_EQ(parse_duration("2h5m").value(), 2h + 5min);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("40ms").value(), 40ms);
  EXPECT_EQ(parse_duration("87us").value(), 87us);
  EXPECT_EQ(parse_duration("7ns").value(), 7ns);
  EXPECT_EQ(parse_duration("0.5d").value(), 12h);
  EXPECT_EQ(parse_duration("365d").value(), 365 * 24h);
  EXPECT_EQ(parse_duration("0").value(), 0s);
  EXPECT_EQ(parse_duration("-5m").value(), -5min);
  EXPECT_EQ(parse_duration("1.000ns").value(), 1ns);
  EXPECT_EQ(parse_duration("0.000000001s").value(), 1ns);
}

TEST(Duration, RefusesWhatIsAmbiguousOrInexact) {
  for (const char* text : {"",        "5",
                           "-",       "m",
                           "5x",      "5 m",
                           "1.5ns",   "0.0000000001s",
                           "1.05ns",  "1..5s",
                           ".5s",     "5m 2h",
                           "1s 1s",   "2h 5m ",
                           " 2h",     "1e3s",
                           "106752d", "9999999999999999999999s",
                           "5M",      "+5m",
                           "1h-5m"}) {
    const Result<Duration> result = parse_duration(text);
    EXPECT_FALSE(result) << text;
  }
  EXPECT_FALSE(parse_duration(std::string(200, '1') + "s"));
}

TEST(Duration, RoundTripsThroughText) {
  Random random(Lineage::root(1));
  for (int i = 0; i < 200; ++i) {
    const auto count = static_cast<std::int64_t>(random.next() >> (1 + random.below(63)));
    for (const Duration duration :
         {Duration{count}, Duration{-count}, Duration{count / 1000 * 1000}}) {
      EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration);
    }
  }
}

}  // namespace
}  // namespace shakedown::sim
