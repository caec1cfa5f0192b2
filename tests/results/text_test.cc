#include "results/show/text.h"

#include <gmock/gmock.h>

#include "results/show/command_line.h"

namespace shakedown::results {
namespace {

using namespace std::chrono_literals;

TEST(Printable, LetsNoControlCharacterThrough) {
  EXPECT_EQ(printable("plain, Zürich → 東京"), "plain, Zürich → 東京");
  EXPECT_EQ(printable("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
  EXPECT_EQ(printable("a\nb\tc\x7f"), "a\\nb\\x09c\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\x9b");                // CSI as one code point.
  EXPECT_EQ(printable("a\xe2\x80\xae"), "a\\u202e");        // Turns the reading direction.
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");           // No UTF-8.
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // Overlong.
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // A surrogate.
  EXPECT_EQ(printable(std::string("\0x", 2)), "\\x00x");
}

TEST(ValidUtf8, ReplacesWhatIsNone) {
  EXPECT_EQ(valid_utf8("a\xff"
                       "b\nü"),
            "a\xef\xbf\xbd"
            "b\nü");
}

TEST(Columns, CountCodePoints) {
  EXPECT_EQ(width_of("a→ü"), 3U);
  EXPECT_EQ(padded_right("→", 3), "→  ");
  EXPECT_EQ(padded_left("→", 3), "  →");
  EXPECT_EQ(shortened("äöüäöü", 4), "äöü…");
  EXPECT_EQ(shortened("äöü", 3), "äöü");
}

TEST(ShortDuration, HasThreeFiguresInAFittingUnit) {
  EXPECT_EQ(short_duration(0ns), "0 s");
  EXPECT_EQ(short_duration(999ns), "999 ns");
  EXPECT_EQ(short_duration(1us), "1 us");
  EXPECT_EQ(short_duration(95400ns), "95.4 us");
  EXPECT_EQ(short_duration(999'600ns), "1.00 ms");
  EXPECT_EQ(short_duration(42'149us), "42.1 ms");
  EXPECT_EQ(short_duration(42'150us), "42.2 ms");
  EXPECT_EQ(short_duration(1500ms), "1.50 s");
  EXPECT_EQ(short_duration(90s), "1 min 30 s");
  EXPECT_EQ(short_duration(1h), "1 h");
  EXPECT_EQ(short_duration(2h + 5min), "2 h 5 min");
  EXPECT_EQ(short_duration(48h), "2 d");
  EXPECT_EQ(short_duration(-20ms), "-20 ms");
  EXPECT_EQ(duration_or_dash(std::nullopt), "-");
  EXPECT_FALSE(short_duration(sim::Duration::min()).empty());
}

TEST(Percentage, IsRoundedDownSoThatAHundredMeansAll) {
  EXPECT_EQ(percentage(99'999, 100'000), "99.99 %");
  EXPECT_EQ(percentage(5, 5), "100 %");
  EXPECT_EQ(percentage(1, 2), "50 %");
  EXPECT_EQ(percentage(0, 0), "-");
}

TEST(Grouped, SetsThousandsApart) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000'007), "1,000,007");
}

TEST(TextTable, AlignsAndShortens) {
  TextTable table({TextTable::Align::kLeft, TextTable::Align::kRight});
  table.add({"name", "count"});
  table.add({"a→b", "7"});
  table.add({"much too long", "12"});
  EXPECT_THAT(table.lines("  ", 6),
              testing::ElementsAre("  name    count", "  a→b         7", "  much …     12"));
}

TEST(CommandLine, QuotesForAShell) {
  EXPECT_EQ(shell_quoted("runs/a.sqlite"), "runs/a.sqlite");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("$(rm -rf ~)"), "'$(rm -rf ~)'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(command("show", {"17"}, "shakedown.sqlite"), "shakedown show 17");
  EXPECT_EQ(command("show", {"17"}, "my runs.sqlite"), "shakedown show 17 --db 'my runs.sqlite'");
}

TEST(CommandLine, SaysHowToRunAgain) {
  RunInfo run;
  run.scenario_file = "rotation";
  run.seed = 7;
  EXPECT_EQ(run_again(run), "shakedown run rotation --seed 7");
  run.clock = Clock::kWall;
  run.shuffle_ties = 3;
  run.overrides = {{"traffic.0.rate", "2/s"}, {"question", "why?"}};
  EXPECT_EQ(run_again(run),
            "shakedown run rotation --clock wall --seed 7 --shuffle-ties 3 --set "
            "traffic.0.rate=2/s --set 'question=why?'");
}

}  // namespace
}  // namespace shakedown::results
