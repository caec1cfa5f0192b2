// The scalar types of the scenario language. Each knows its words, its JSON Schema and how it is
// read. Text is read as it stands, quoted or not; numbers and booleans must not be quoted.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "scenarios/language/definition.h"
#include "scenarios/model/model.h"
#include "sim/network.h"

namespace shakedown::scenarios {

Value<std::string> text();  // 1 to 2,000 characters.
Value<std::string> name();  // ^[a-z0-9][a-z0-9-]{0,62}$
Value<std::string> spc();   // ^[A-Z0-9]{1,10}$, 4 in North America.
Value<std::string> url();   // http or https.
Value<std::string> host_port();
Value<std::string> word(std::string words, std::string pattern);  // By a pattern of its own.

Value<sim::Duration> duration();           // >= 0
Value<sim::Duration> positive_duration();  // > 0
Value<sim::Duration> signed_duration();
Value<sim::Time> time();  // RFC 3339
Value<bool> boolean();
Value<std::int64_t> integer(std::int64_t lowest, std::int64_t highest);
Value<std::uint64_t> count(std::uint64_t lowest, std::uint64_t highest);
// "99.9%", exact in parts per million.
Value<std::uint32_t> percentage(std::uint32_t highest_per_million = 1'000'000);
Value<std::uint64_t> bandwidth();  // "10MB/s", "100Mbit/s": octets a second.
Value<std::uint64_t> octets();     // "512B", "16KiB"
Value<char> attestation();         // A, B, C

// "1/3s", "2/s", "100/min", "600/h": `calls` calls in each `per`.
struct Rate {
  std::uint64_t calls = 1;
  sim::Duration per = std::chrono::seconds{1};
  friend bool operator==(const Rate&, const Rate&) = default;
};

Value<Rate> rate();

// "+12015550100" one number, "+1201555" a prefix, "+12015550100-12015550199" a range.
Value<NumberRange> number_range();
Value<NumberRanges> number_ranges();

// A duration, or a mapping with one of constant, uniform, normal, lognormal, quantiles.
Value<sim::Latency> distribution();

// A name that must be somebody's; looked up when all names are known.
Value<std::string> reference(Role role);

// Words with their descriptions.
using Words = std::vector<std::pair<std::string, std::string>>;

// One of the words of choices<E>().
template <class E>
Value<E> choice(std::string what = {});

namespace detail {

// One of the words; its index.
Value<std::size_t> word_of(Words words, std::string what);

}  // namespace detail

// A word of a list, as text. `what` names the sort ("an action") where the list is too long for it.
Value<std::string> one_of(Words words, std::string what = {});

// The same type with its value turned into another one.
template <class V, class Turn>
auto turned(Value<V> value, Turn turn) -> Value<decltype(turn(std::declval<V>()))> {
  using W = decltype(turn(std::declval<V>()));
  return {value.shape, [value, turn](Reader& reader, const Node& node, W& into) {
            V given{};
            const bool good = value.read(reader, node, given);
            into = turn(std::move(given));  // Bad ones too: others may refer to their names.
            return good;
          }};
}

template <class E>
Value<E> choice(std::string what) {
  Words words;
  for (const Choice<E>& one : choices<E>()) words.emplace_back(one.name, one.description);
  return turned(detail::word_of(std::move(words), std::move(what)),
                [](std::size_t index) { return choices<E>()[index].value; });
}

}  // namespace shakedown::scenarios
