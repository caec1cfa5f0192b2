#include "results/record/trace_packer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace shakedown::results {
namespace {

using actors::StepResult;
using actors::TraceStep;

void append(std::string& out, std::int64_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  out.append(digits, end);
}

// FNV-1a over results and the addresses of the step names. Names are literals, so equal sequences
// nearly always hash alike; where a compiler kept two copies of a literal, intern() finds the shape
// again by its text.
std::uint64_t hash_of(const std::vector<TraceStep>& trace) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const TraceStep& step : trace) {
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(step.step.data())) * 0x100000001b3U;
    hash = (hash ^ static_cast<std::uint64_t>(step.result)) * 0x100000001b3U;
  }
  return hash;
}

bool same_shape(const std::vector<TraceStep>& a, const std::vector<TraceStep>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const TraceStep& x, const TraceStep& y) {
        return x.result == y.result && (x.step.data() == y.step.data() || x.step == y.step);
      });
}

std::string shape_text(const std::vector<TraceStep>& trace) {
  nlohmann::json steps = nlohmann::json::array();
  for (const TraceStep& step : trace) {
    steps.push_back({std::string(step.step), std::string(to_string(step.result))});
  }
  return steps.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

StepResult result_of(std::string_view word) {
  for (const StepResult result :
       {StepResult::kFailed, StepResult::kReported, StepResult::kSkipped}) {
    if (word == to_string(result)) return result;
  }
  return StepResult::kPassed;
}

}  // namespace

void pack_times(const std::vector<TraceStep>& trace, std::string& out) {
  out += '[';
  sim::Duration expected{};
  bool first = true;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const TraceStep& step = trace[i];
    if (step.result == StepResult::kSkipped) continue;
    if (step.took.count() != 0 || step.started != expected) {
      out += first ? "[" : ",[";
      first = false;
      append(out, static_cast<std::int64_t>(i));
      out += ',';
      append(out, step.started.count());
      out += ',';
      append(out, step.took.count());
      out += ']';
    }
    expected = step.started + step.took;
  }
  out += ']';
}

std::vector<StepRecord> unpack_trace(std::string_view shape, std::string_view times) {
  const auto steps = nlohmann::json::parse(shape, nullptr, false);
  const auto timed = nlohmann::json::parse(times, nullptr, false);
  const auto is_array = [](const nlohmann::json& value) { return value.is_array(); };
  if (!steps.is_array() || !std::all_of(steps.begin(), steps.end(), is_array)) return {};
  if (!timed.is_array() || !std::all_of(timed.begin(), timed.end(), is_array)) return {};
  std::vector<StepRecord> trace;
  auto next = timed.begin();
  sim::Duration expected{};
  for (const nlohmann::json& step : steps) {
    if (step.size() != 2 || !step[0].is_string() || !step[1].is_string()) return {};
    StepRecord record{.step = step[0].get<std::string>(),
                      .result = result_of(step[1].get<std::string>()),
                      .started = expected,
                      .took = {}};
    if (next != timed.end()) {
      if (next->size() != 3 || !(*next)[0].is_number_integer() || !(*next)[1].is_number_integer() ||
          !(*next)[2].is_number_integer()) {
        return {};
      }
      if ((*next)[0].get<std::size_t>() == trace.size()) {
        record.started = sim::Duration{(*next)[1].get<std::int64_t>()};
        record.took = sim::Duration{(*next)[2].get<std::int64_t>()};
        ++next;
      }
    }
    if (record.result == StepResult::kSkipped) {
      record.started = {};
    } else {
      expected = record.started + record.took;
    }
    trace.push_back(std::move(record));
  }
  return trace;
}

Result<TraceShapes> TraceShapes::open(Database& database) {
  TraceShapes shapes;
  ASSIGN_OR_RETURN(shapes.insert_,
                   database.prepare("INSERT OR IGNORE INTO trace_shape (steps) VALUES (?)"));
  ASSIGN_OR_RETURN(shapes.select_,
                   database.prepare("SELECT number FROM trace_shape WHERE steps = ?"));
  return shapes;
}

Result<std::optional<std::int64_t>> TraceShapes::intern(const std::vector<TraceStep>& trace) {
  if (trace.empty()) return std::optional<std::int64_t>();
  const std::uint64_t hash = hash_of(trace);
  const auto [begin, end] = known_.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (same_shape(known->second.trace, trace)) return std::optional(known->second.number);
  }
  ASSIGN_OR_RETURN(const std::int64_t number, number_of(shape_text(trace)));
  known_.emplace(hash, Known{trace, number});
  return std::optional(number);
}

Result<std::int64_t> TraceShapes::number_of(std::string_view steps) {
  insert_.bind(1, steps);
  RETURN_IF_ERROR(insert_.run());
  select_.bind(1, steps);
  ASSIGN_OR_RETURN(const bool found, select_.step());
  SHAKEDOWN_ASSERT(found);
  const std::int64_t number = select_.integer(0);
  select_.reset();
  return number;
}

void TraceShapes::forget() { known_.clear(); }

}  // namespace shakedown::results
