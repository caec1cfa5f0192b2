#include "results/show/report_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "results/show/html.h"
#include "results/show/text.h"
#include "sim/result.h"
#include "sim/wide_integer.h"

namespace shakedown::results {
namespace {

// All coordinates are tenths of a unit, in integers, so that a report is the same on all machines.
constexpr std::int64_t kScale = 10;
constexpr std::int64_t kWidth = 960 * kScale;

std::string units(std::int64_t tenths) {
  if (tenths % kScale == 0) return std::to_string(tenths / kScale);
  return fmt::format("{}{}.{}", tenths < 0 ? "-" : "", std::abs(tenths) / kScale,
                     std::abs(tenths) % kScale);
}

std::int64_t scaled(std::int64_t value, std::int64_t from, std::int64_t to) {
  if (from <= 0) return 0;
  return static_cast<std::int64_t>(static_cast<sim::Int128>(value) * to / from);
}

class Svg {
 public:
  void rect(std::int64_t x,
            std::int64_t y,
            std::int64_t width,
            std::int64_t height,
            std::string_view css,
            std::string_view title = "",
            std::int64_t radius = 0) {
    body_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" class="{}")", units(x),
                         units(y), units(width), units(height), css);
    if (radius != 0) body_ += fmt::format(R"( rx="{}")", units(radius));
    body_ += title.empty() ? "/>" : fmt::format("><title>{}</title></rect>", html_escaped(title));
    body_ += "\n";
  }

  void circle(std::int64_t x,
              std::int64_t y,
              std::int64_t radius,
              std::string_view css,
              std::string_view title = "") {
    body_ += fmt::format(R"(<circle cx="{}" cy="{}" r="{}" class="{}")", units(x), units(y),
                         units(radius), css);
    body_ += title.empty() ? "/>" : fmt::format("><title>{}</title></circle>", html_escaped(title));
    body_ += "\n";
  }

  void line(
      std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2, std::string_view css) {
    body_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>)", units(x1),
                         units(y1), units(x2), units(y2), css);
    body_ += "\n";
  }

  void text(std::int64_t x, std::int64_t y, std::string_view css, std::string_view text) {
    body_ += fmt::format(R"(<text x="{}" y="{}" class="{}">{}</text>)", units(x), units(y), css,
                         html_escaped(text));
    body_ += "\n";
  }

  std::string write(std::int64_t height, std::string_view label) const {
    return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
                       units(kWidth), units(height), html_escaped(label), body_);
  }

 private:
  std::string body_;
};

// The shortest pleasant step that gives at most `most` ticks.
sim::Duration tick_step(sim::Duration span, std::int64_t most) {
  using namespace std::chrono_literals;
  static constexpr std::array<sim::Duration, 38> kSteps{
      1us,  2us,   5us,   10us,  20us,  50us, 100us, 200us, 500us, 1ms, 2ms, 5ms, 10ms,
      20ms, 50ms,  100ms, 200ms, 500ms, 1s,   2s,    5s,    10s,   20s, 30s, 60s, 2min,
      5min, 10min, 15min, 30min, 1h,    2h,   3h,    6h,    12h,   24h, 48h, 168h};
  for (const sim::Duration step : kSteps) {
    if (span / step <= most) return step;
  }
  return span / most + 1h;
}

// Ticks as they are said: "2 h", not "120 min".
std::string tick_label(sim::Duration at) {
  std::string label = sim::format_duration(at);
  return at.count() == 0 ? "0" : label;
}

class TimelineDrawing {
 public:
  explicit TimelineDrawing(const Timeline& timeline)
      : timeline_(timeline) {}

  std::string write() {
    std::int64_t y = marks_height();
    const std::int64_t top = y;
    for (const TimelineBand& band : timeline_.bands) y = draw_band(band, y);
    for (const TimelineLane& lane : timeline_.lanes) y = draw_lane(lane, y);
    draw_axis(y);
    draw_marks(top, y);
    return svg_.write(y + 26 * kScale, "Timeline of the run");
  }

 private:
  static constexpr std::int64_t kLeft = 120 * kScale;
  static constexpr std::int64_t kSpan = kWidth - kLeft - 12 * kScale;
  static constexpr std::int64_t kBandHeight = 92 * kScale;
  static constexpr std::int64_t kLaneHeight = 22 * kScale;
  static constexpr std::int64_t kMarkRow = 20 * kScale;

  std::int64_t x_of(sim::Time at) const {
    const sim::Time inside = std::clamp(at, timeline_.begin, timeline_.end);
    return kLeft + scaled((inside - timeline_.begin).count(),
                          (timeline_.end - timeline_.begin).count(), kSpan);
  }

  // Marks that would overlap go into the next row. Rows are found before anything is drawn.
  std::int64_t marks_height() {
    std::vector<std::int64_t> ends;
    for (const TimelineMark& mark : timeline_.marks) {
      const std::int64_t x = x_of(mark.at);
      std::size_t row = 0;
      while (row < ends.size() && ends[row] > x) ++row;
      if (row == ends.size()) ends.push_back(0);
      ends[row] = x + 20 * kScale;
      rows_.push_back(row);
    }
    return static_cast<std::int64_t>(ends.size()) * kMarkRow + 8 * kScale;
  }

  std::int64_t draw_band(const TimelineBand& band, std::int64_t y) {
    std::uint64_t most = 1;
    for (const TimelineSlice& s : band.slices) {
      most = std::max(most, s.passed + s.failed + s.unverified);
    }
    const std::int64_t base = y + kBandHeight;
    const std::int64_t room = kBandHeight - 8 * kScale;
    svg_.text(0, y + 18 * kScale, "strong", shortened(printable(band.title), 17));
    svg_.text(0, y + 35 * kScale, "", fmt::format("up to {} a slice", grouped(most)));
    svg_.line(kLeft, base, kLeft + kSpan, base, "grid");
    const auto count = static_cast<std::int64_t>(band.slices.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const TimelineSlice& s = band.slices[static_cast<std::size_t>(i)];
      const std::int64_t left = kLeft + kSpan * i / count;
      const std::int64_t width =
          std::max<std::int64_t>(kLeft + kSpan * (i + 1) / count - left - 8, 5);
      std::int64_t bottom = base;
      const std::string title =
          fmt::format("{} passed, {} failed, {} unverified", s.passed, s.failed, s.unverified);
      for (const auto& [calls, css] : {std::pair(s.passed, "f-good"), std::pair(s.failed, "f-bad"),
                                       std::pair(s.unverified, "f-open")}) {
        if (calls == 0) continue;
        // A single call must be seen beside thousands.
        const std::int64_t height = std::max<std::int64_t>(
            scaled(static_cast<std::int64_t>(calls), static_cast<std::int64_t>(most), room), 15);
        bottom -= height;
        svg_.rect(left, bottom, width, height, css, title);
      }
    }
    return base + 12 * kScale;
  }

  std::int64_t draw_lane(const TimelineLane& lane, std::int64_t y) {
    const std::int64_t middle = y + kLaneHeight / 2;
    svg_.text(0, middle + 4 * kScale, "", shortened(printable(lane.title), 19));
    svg_.line(kLeft, middle, kLeft + kSpan, middle, "grid");
    std::int64_t last = -kWidth;
    for (const sim::Time at : lane.at) {
      const std::int64_t x = x_of(at);
      if (x - last < 4 * kScale) continue;  // It would lie on the one before.
      svg_.circle(x, middle, 35, "f-accent", sim::format_time(at));
      last = x;
    }
    return y + kLaneHeight;
  }

  void draw_axis(std::int64_t y) {
    const sim::Duration span = timeline_.end - timeline_.begin;
    const sim::Duration step = tick_step(span, 10);
    for (sim::Duration at{}; at <= span; at += step) {
      const std::int64_t x = x_of(timeline_.begin + at);
      svg_.line(x, y, x, y + 5 * kScale, "grid");
      svg_.text(x, y + 20 * kScale, x > kWidth - 40 * kScale ? "end" : "middle", tick_label(at));
    }
  }

  void draw_marks(std::int64_t top, std::int64_t bottom) {
    for (std::size_t i = 0; i < timeline_.marks.size(); ++i) {
      const TimelineMark& mark = timeline_.marks[i];
      const std::int64_t x = x_of(mark.at);
      const std::int64_t y = static_cast<std::int64_t>(rows_[i]) * kMarkRow + 10 * kScale;
      svg_.line(x, y, x, std::max(top, bottom), "rule");
      svg_.circle(x, y, 9 * kScale, "mark");
      svg_.text(x, y + 38, "mark-text", mark.label);
    }
  }

  const Timeline& timeline_;
  Svg svg_;
  std::vector<std::size_t> rows_;  // Of the marks.
};

// 1,000 times the binary logarithm, in integers: where a latency lies on the axis.
std::int64_t log_of(sim::Duration duration) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 1));
  int exponent = 0;
  while ((value >> exponent) > 1) ++exponent;
  const std::uint64_t below = std::uint64_t{1} << exponent;
  // Linear between powers of two: at most 9 % of an octave off, which nobody sees.
  return exponent * 1000 +
         scaled(static_cast<std::int64_t>(value - below), static_cast<std::int64_t>(below), 1000);
}

// A row of the waterfall.
struct Bar {
  std::string label;
  std::string css;
  sim::Duration begin{}, length{};
  std::string note;
  bool inner = false;  // A part of the row above.
};

std::vector<Bar> bars_of(const CallDetail& detail) {
  const CallRecord& call = detail.call;
  std::vector<Bar> bars;
  const auto since = [&](sim::Time at) { return at - call.placed_at; };
  if (call.signing_latency) {
    bars.push_back({"signing at " + call.from, "f-accent", {}, *call.signing_latency, "", false});
  }
  const sim::Duration sent = call.signing_latency.value_or(sim::Duration{});
  bars.push_back({"INVITE to " + call.to, "f-soft", sent,
                  call.post_dial_delay.value_or(since(call.recorded_at) - sent),
                  call.sip_status == 0 ? "no answer" : fmt::format("{}", call.sip_status), false});
  for (const VerificationRecord& one : detail.verifications) {
    bars.push_back({"verification at " + one.verifier, "f-accent", since(one.started_at),
                    one.latency, one.verstat, false});
    for (const StepRecord& step : one.trace) {
      const bool told = step.took.count() != 0 || step.result == actors::StepResult::kFailed ||
                        step.result == actors::StepResult::kReported;
      if (!told || step.result == actors::StepResult::kSkipped) continue;
      const bool failed = step.result == actors::StepResult::kFailed;
      bars.push_back({step.step, failed ? "f-bad" : "f-good", since(one.started_at) + step.started,
                      step.took, failed ? fmt::format("{} {}", one.code, one.reason) : "", true});
    }
  }
  for (const FetchRecord& fetch : detail.fetches) {
    bars.push_back(
        {fmt::format("{} from {}", fetch.what, fetch.edge.empty() ? "nobody" : fetch.edge),
         fetch.result == actors::CacheResult::kError ? "f-bad" : "f-open",
         since(fetch.started_at()), fetch.latency,
         fmt::format("{} {}", to_string(fetch.result), fetch.status), false});
  }
  return bars;
}

}  // namespace

std::string timeline_svg(const Timeline& timeline) {
  SHAKEDOWN_ASSERT(timeline.begin < timeline.end);
  return TimelineDrawing(timeline).write();
}

std::string latency_svg(const std::vector<LatencyStrip>& strips) {
  constexpr std::int64_t kLeft = 150 * kScale;
  constexpr std::int64_t kSpan = kWidth - kLeft - 40 * kScale;
  constexpr std::int64_t kRow = 34 * kScale;
  sim::Duration least = sim::Duration::max();
  sim::Duration most{1};
  for (const LatencyStrip& strip : strips) {
    least = std::min(least, strip.p50);
    most = std::max(most, strip.max);
  }
  // The axis runs from the power of ten below the least to the one above the most.
  sim::Duration first{1};
  while (first * 10 <= least) first *= 10;
  sim::Duration last = first * 10;
  while (last < most) last *= 10;
  const std::int64_t low = log_of(first);
  const auto x_of = [&](sim::Duration at) {
    return kLeft + scaled(std::max<std::int64_t>(log_of(at) - low, 0), log_of(last) - low, kSpan);
  };

  Svg svg;
  const std::int64_t bottom = kRow * static_cast<std::int64_t>(strips.size()) + 6 * kScale;
  for (sim::Duration at = first; at <= last; at *= 10) {
    svg.line(x_of(at), 0, x_of(at), bottom, "grid");
    svg.text(x_of(at), bottom + 16 * kScale, "middle", short_duration(at));
  }
  std::int64_t y = kRow / 2 + 3 * kScale;
  for (const LatencyStrip& strip : strips) {
    const std::int64_t x50 = x_of(strip.p50);
    const std::int64_t x95 = x_of(strip.p95);
    const std::int64_t x99 = x_of(strip.p99);
    svg.text(0, y + 4 * kScale, "strong", shortened(printable(strip.title), 22));
    const std::string title = fmt::format("{}: p50 {}, p95 {}, p99 {}, max {}", strip.title,
                                          short_duration(strip.p50), short_duration(strip.p95),
                                          short_duration(strip.p99), short_duration(strip.max));
    svg.rect(x50, y - 3 * kScale, std::max<std::int64_t>(x99 - x50, 20), 6 * kScale,
             "f-accent faint", title, 3 * kScale);
    svg.rect(x50, y - 3 * kScale, std::max<std::int64_t>(x95 - x50, 20), 6 * kScale, "f-accent",
             title, 3 * kScale);
    svg.circle(x50, y, 6 * kScale, "f-accent", title);
    svg.circle(x_of(strip.max), y, 3 * kScale, "f-bad", title);
    y += kRow;
  }
  return svg.write(bottom + 24 * kScale, "Latency quantiles on a logarithmic axis");
}

std::string waterfall_svg(const CallDetail& detail) {
  constexpr std::int64_t kLeft = 270 * kScale;
  constexpr std::int64_t kSpan = kWidth - kLeft - 190 * kScale;
  constexpr std::int64_t kRow = 24 * kScale;
  constexpr std::int64_t kTop = 26 * kScale;
  const std::vector<Bar> bars = bars_of(detail);
  sim::Duration begin{};
  sim::Duration end{1};
  for (const Bar& bar : bars) {
    begin = std::min(begin, bar.begin);
    end = std::max(end, bar.begin + bar.length);
  }
  const auto x_of = [&](sim::Duration at) {
    return kLeft + scaled((at - begin).count(), (end - begin).count(), kSpan);
  };
  Svg svg;
  const std::int64_t bottom = kTop + kRow * static_cast<std::int64_t>(bars.size());
  const sim::Duration step = tick_step(end - begin, 6);
  for (sim::Duration at{}; at <= end; at += step) {
    svg.line(x_of(at), kTop - 6 * kScale, x_of(at), bottom, "grid");
    svg.text(x_of(at), 13 * kScale, "middle", tick_label(at));
  }
  std::int64_t y = kTop;
  for (const Bar& bar : bars) {
    const std::int64_t indent = bar.inner ? 14 * kScale : 0;
    svg.text(indent, y + 16 * kScale, bar.inner ? "" : "strong",
             shortened(printable(bar.label), bar.inner ? 36 : 38));
    const std::int64_t x = x_of(bar.begin);
    const std::int64_t width = std::max<std::int64_t>(x_of(bar.begin + bar.length) - x, 25);
    svg.rect(x, y + 6 * kScale, width, 12 * kScale, bar.css,
             fmt::format("from {} for {}", short_duration(bar.begin), short_duration(bar.length)),
             2 * kScale);
    const std::string note = bar.note.empty() ? short_duration(bar.length)
                                              : short_duration(bar.length) + " · " + bar.note;
    // Beside its bar, on the side where there is room for it.
    const std::string shown = shortened(printable(note), 42);
    const std::int64_t needed = static_cast<std::int64_t>(width_of(shown)) * 64 + 10 * kScale;
    const bool before = x + width + needed > kWidth && x - needed > kLeft;
    svg.text(before ? x - 6 * kScale : x + width + 6 * kScale, y + 16 * kScale, before ? "end" : "",
             shown);
    y += kRow;
  }
  return svg.write(bottom + 6 * kScale, "One call as a waterfall");
}

}  // namespace shakedown::results
