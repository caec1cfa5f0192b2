// Tables of the words that stand for the enumerators of an enumeration wherever there is text
// (records, SQL, scenarios), with what they mean: one row each, so that those who write, read and
// explain the words agree.
#pragma once

#include <cstddef>
#include <string_view>

namespace shakedown::sim {

template <class E>
struct Word {
  E value;
  std::string_view name;
  std::string_view description;  // A sentence.
};

// static_assert(in_order(kTable)) makes kTable[static_cast<std::size_t>(value)] the row of `value`.
template <class E, std::size_t N>
constexpr bool in_order(const Word<E> (&words)[N]) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(words[i].value) != i) return false;
  }
  return true;
}

}  // namespace shakedown::sim
