#include "sim/octet_set.h"

#include <gtest/gtest.h>

#include <string>

namespace shakedown::sim {
namespace {

constexpr OctetSet kHost = alphanumeric_and("-.");

TEST(OctetSet, HasLettersDigitsAndMarksAndNoOtherOctet) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool expected = (i >= '0' && i <= '9') || (i >= 'a' && i <= 'z') ||
                          (i >= 'A' && i <= 'Z') || i == '-' || i == '.';
    EXPECT_EQ(kHost.has(c), expected) << i;
  }
}

TEST(OctetSet, FindsOneForeignOctetWhereverItStands) {
  for (std::size_t size = 0; size <= 13; ++size) {
    const std::string good(size, 'a');
    EXPECT_TRUE(kHost.has_all_of(good)) << size;
    EXPECT_EQ(kHost.prefix_of(good), size);
    for (std::size_t at = 0; at < size; ++at) {
      std::string bad = good;
      bad[at] = '\xc3';
      EXPECT_FALSE(kHost.has_all_of(bad)) << size << ' ' << at;
      EXPECT_EQ(kHost.prefix_of(bad), at);
    }
  }
}

TEST(FindAny, AnswersTheFirstOfSeveralCharactersOrTheSize) {
  EXPECT_EQ(find_any("host/path?query", '/', '?', '#'), 4U);
  EXPECT_EQ(find_any("host?query/", '/', '?', '#'), 4U);
  EXPECT_EQ(find_any("host", '/', '?', '#'), 4U);
  EXPECT_EQ(find_any("", '/'), 0U);
}

}  // namespace
}  // namespace shakedown::sim
