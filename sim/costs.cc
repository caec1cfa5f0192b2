#include "sim/costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace shakedown::sim {
namespace {

constexpr std::size_t kLongestFile = 64 * 1024;

constexpr std::size_t index_of(Work work) { return static_cast<std::size_t>(work); }

Result<Duration> parse_cost(const std::string& name, const nlohmann::json& value) {
  if (!value.is_string()) {
    return fail(ErrorCode::kMalformed,
                fmt::format("cost of '{}' is not a text like \"29us\"", name));
  }
  const Result<Duration> time = parse_duration(value.get_ref<const std::string&>());
  if (!time) {
    return fail(ErrorCode::kMalformed, fmt::format("cost of '{}': {}", name, time.error().detail));
  }
  if (*time < Duration::zero()) {
    return fail(ErrorCode::kMalformed, fmt::format("cost of '{}' is negative", name));
  }
  if (*time > 24h) {
    return fail(ErrorCode::kMalformed, fmt::format("cost of '{}' is over a day", name));
  }
  return time;
}

}  // namespace

Costs::Costs(std::span<const CostRow> rows)
    : rows_(rows) {
  SHAKEDOWN_ASSERT(rows.size() <= kMostRows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SHAKEDOWN_ASSERT(index_of(rows[i].work) == i + 1);
    service_time_[i + 1] = rows[i].typical;
  }
}

std::string_view Costs::name_of(Work work) const {
  return work == Work::kOther ? "other" : rows_[index_of(work) - 1].name;
}

void Costs::set(Work work, Duration service_time) { service_time_[index_of(work)] = service_time; }

Result<Costs> Costs::with_json(std::string_view text) const {
  if (text.size() > kLongestFile) return fail(ErrorCode::kTooLarge, "cost file over 64 KiB");
  std::set<std::string> seen;
  std::string repeated;
  const auto note_keys = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key) {
      const auto& key = value.get_ref<const std::string&>();
      if (!seen.insert(key).second && repeated.empty()) repeated = key;
    }
    return true;
  };
  const nlohmann::json file = nlohmann::json::parse(text, note_keys, /*allow_exceptions=*/false);
  if (!file.is_object()) return fail(ErrorCode::kMalformed, "a cost file is one JSON object");
  if (!repeated.empty()) {
    return fail(ErrorCode::kMalformed, fmt::format("cost '{}' is given twice", repeated));
  }
  Costs costs = *this;
  for (const auto& [name, value] : file.items()) {
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&known = name](const CostRow& each) {
      return each.name == known;
    });
    if (row == rows_.end()) {
      return fail(ErrorCode::kMalformed, fmt::format("unknown kind of work '{}'", name));
    }
    ASSIGN_OR_RETURN(const Duration time, parse_cost(name, value));
    costs.set(row->work, time);
  }
  return costs;
}

std::string Costs::to_json() const {
  std::string text = "{\n";
  for (const CostRow& row : rows_) {
    text += fmt::format("  \"{}\": \"{}\"{}\n", row.name, format_duration(of(row.work)),
                        &row != &rows_.back() ? "," : "");
  }
  return text + "}\n";
}

}  // namespace shakedown::sim
