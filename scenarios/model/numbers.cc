#include "scenarios/model/numbers.h"

#include <charconv>

#include "sim/result.h"

namespace shakedown::scenarios {
namespace {

std::string plus(const std::string& number, std::uint64_t offset) {
  if (offset == 0) return number;
  std::uint64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  std::string text = std::to_string(value + offset);
  return std::string(number.size() - text.size(), '0') + text;
}

}  // namespace

std::uint64_t count_of(const NumberRanges& ranges) {
  std::uint64_t count = 0;
  for (const NumberRange& range : ranges) count += range.count;
  return count;
}

std::string number_at(const NumberRanges& ranges, std::uint64_t index) {
  auto range = ranges.begin();
  for (; range != ranges.end() && index >= range->count; ++range) index -= range->count;
  SHAKEDOWN_ASSERT(range != ranges.end());
  return plus(range->first, index);
}

std::string draw_number(const NumberRanges& ranges, sim::Random& random) {
  return number_at(ranges, random.below(count_of(ranges)));
}

std::vector<crypto::TnEntry> entries_of(const NumberRanges& ranges) {
  std::vector<crypto::TnEntry> entries;
  for (const NumberRange& range : ranges) {
    entries.push_back(range.count == 1 ? crypto::TnEntry::one(range.first)
                                       : crypto::TnEntry::range(range.first, range.count));
  }
  return entries;
}

}  // namespace shakedown::scenarios
