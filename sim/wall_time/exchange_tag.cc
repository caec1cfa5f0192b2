#include "sim/wall_time/exchange_tag.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace shakedown::sim::wall {
namespace {

constexpr std::string_view kPrefix = "X-Shakedown-";
constexpr std::string_view kSecret = "X-Shakedown-Secret";
constexpr std::string_view kEdge = "X-Shakedown-Edge";
constexpr std::string_view kExchange = "X-Shakedown-Exchange";
constexpr std::string_view kArrival = "X-Shakedown-Arrival";

template <class Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (ec != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return true;
  if (text.front() != ' ') return false;
  text.remove_prefix(1);
  return true;
}

bool take_time(std::string_view& text, Time& time) {
  std::int64_t nanoseconds = 0;
  if (!take_number(text, nanoseconds)) return false;
  time = Time{Duration{nanoseconds}};
  return true;
}

std::int64_t count(Time time) { return time.time_since_epoch().count(); }

// Takes as long for a wrong secret as for the right one.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace

void ExchangeTag::add_to(Headers& headers, std::string_view secret) const {
  headers.add(std::string(kSecret), std::string(secret));
  headers.add(std::string(kEdge), std::to_string(server));
  headers.add(std::string(kExchange),
              fmt::format("{} {:x} {:x} {} {} {} {:d}", client, lineage.high, lineage.low,
                          count(arrival), count(deadline), hops, daemon));
}

std::optional<ExchangeTag> ExchangeTag::take_from(Headers& headers, std::string_view secret) {
  const std::string given(headers.get(kSecret).value_or(""));
  const std::string edge(headers.get(kEdge).value_or(""));
  const std::string exchange(headers.get(kExchange).value_or(""));
  remove_internal_fields(headers);
  if (!same_secret(given, secret)) return std::nullopt;
  ExchangeTag tag;
  std::string_view text = edge;
  if (!take_number(text, tag.server) || !text.empty()) return std::nullopt;
  text = exchange;
  int daemon = 0;
  if (!take_number(text, tag.client) || !take_number(text, tag.lineage.high, 16) ||
      !take_number(text, tag.lineage.low, 16) || !take_time(text, tag.arrival) ||
      !take_time(text, tag.deadline) || !take_number(text, tag.hops) ||
      !take_number(text, daemon) || !text.empty()) {
    return std::nullopt;
  }
  tag.daemon = daemon != 0;
  return tag;
}

void add_arrival(Headers& headers, Time arrival) {
  headers.add(std::string(kArrival), std::to_string(count(arrival)));
}

std::optional<Time> take_arrival(Headers& headers) {
  const std::string given(headers.get(kArrival).value_or(""));
  remove_internal_fields(headers);
  std::string_view text = given;
  Time time;
  if (!take_time(text, time) || !text.empty()) return std::nullopt;
  return time;
}

void remove_internal_fields(Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers.fields()) {
    if (equals_ignoring_case(std::string_view(name).substr(0, kPrefix.size()), kPrefix))
      names.push_back(name);
  }
  for (const std::string& name : names) headers.remove(name);
}

}  // namespace shakedown::sim::wall
