// A WHERE clause that grows: conditions joined by AND, with the values that they are about. Values
// are always bound, never written into the SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "results/record/database.h"
#include "sim/time.h"

namespace shakedown::results {

class Where {
 public:
  using Value = std::variant<std::int64_t, std::string>;

  explicit Where(std::string_view condition, std::int64_t run) { add(condition, {run}); }

  // One value for each question mark of the condition, in order.
  void add(std::string_view condition, std::vector<Value> values = {}) {
    if (!sql_.empty()) sql_ += " AND ";
    sql_ += condition;
    for (Value& value : values) values_.push_back(std::move(value));
  }

  // Nothing is asked where the value is empty or absent.
  void add_if(std::string_view condition, const std::string& value) {
    if (!value.empty()) add(condition, {value});
  }

  void add_if(std::string_view condition, std::optional<sim::Time> value) {
    if (value) add(condition, {value->time_since_epoch().count()});
  }

  template <class Integer>
  void add_if(std::string_view condition, std::optional<Integer> value) {
    if (value) add(condition, {static_cast<std::int64_t>(*value)});
  }

  const std::string& sql() const { return sql_; }

  const std::vector<Value>& values() const { return values_; }

  // Binds the values from parameter 1 on; they live in this object. Returns the next parameter.
  int bind(Statement& statement) const {
    int parameter = 0;
    for (const Value& value : values_) {
      ++parameter;
      if (const auto* text = std::get_if<std::string>(&value)) {
        statement.bind(parameter, *text);
      } else {
        statement.bind(parameter, std::get<std::int64_t>(value));
      }
    }
    return parameter + 1;
  }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

// What a CallFilter asks of table call AS c, and a FetchFilter of table fetch.
struct CallFilter;
struct FetchFilter;
Where calls_where(std::int64_t run, const CallFilter& filter);
Where fetches_where(std::int64_t run, const FetchFilter& filter);

}  // namespace shakedown::results
