#include "stir/jose/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace shakedown::stir {
namespace {

JsonDefect defect_of(std::string_view text, const JsonLimits& limits = {}) {
  JsonDefect defect{};
  const auto json = parse_json(text, limits, &defect);
  EXPECT_EQ(json.has_value(), defect == JsonDefect::kNone) << text;
  return defect;
}

TEST(Json, WritesCanonically) {
  const auto json = parse_json(
      " { \"b\" : [ 1 , true , null ] , \"a\" : { \"z\" : \"/\\u00e9\\n\" , \"y\" : 2 } } ");
  ASSERT_TRUE(json);
  EXPECT_EQ(canonical_json(*json), "{\"a\":{\"y\":2,\"z\":\"/\u00e9\\n\"},\"b\":[1,true,null]}");
}

TEST(Json, RefusesDuplicatesAtAnyDepth) {
  EXPECT_EQ(defect_of(R"({"a":1,"a":2})"), JsonDefect::kDuplicateMember);
  EXPECT_EQ(defect_of(R"({"x":[{"a":{},"a":[]}]})"), JsonDefect::kDuplicateMember);
  EXPECT_EQ(defect_of(R"({"a":1,"\u0061":2})"), JsonDefect::kDuplicateMember);
  EXPECT_EQ(defect_of(R"({"a":{"a":{"a":1}}})"), JsonDefect::kNone);
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const auto text : {"", "{", "{}x", "{} {}", "{'a':1}", "{\"a\":01}", "[1,]", "nul",
                          "{\"a\":\"\n\"}", "\"\\ud800\"", "// c\n{}"}) {
    EXPECT_EQ(defect_of(text), JsonDefect::kSyntax) << text;
  }
}

TEST(Json, RefusesByteOrderMarksNulAndBadUtf8) {
  EXPECT_EQ(defect_of("\xef\xbb\xbf{}"), JsonDefect::kNotUtf8);
  EXPECT_EQ(defect_of(std::string_view("{}\0", 3)), JsonDefect::kNotUtf8);
  EXPECT_EQ(defect_of("\"\xff\""), JsonDefect::kNotUtf8);
  EXPECT_EQ(defect_of("\"\xc0\x80\""), JsonDefect::kNotUtf8);          // Overlong.
  EXPECT_EQ(defect_of("\"\xed\xa0\x80\""), JsonDefect::kNotUtf8);      // Surrogate.
  EXPECT_EQ(defect_of("\"\xf4\x90\x80\x80\""), JsonDefect::kNotUtf8);  // Above U+10FFFF.
  EXPECT_EQ(defect_of("\"\xe2\x82\""), JsonDefect::kNotUtf8);          // Cut off.
  EXPECT_EQ(defect_of("\"\xf0\x9f\x93\x9e\xe2\x82\xac\""), JsonDefect::kNone);
}

TEST(Json, KeepsItsBounds) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(defect_of(nested(16)), JsonDefect::kNone);
  EXPECT_EQ(defect_of(nested(17)), JsonDefect::kTooDeep);
  EXPECT_EQ(defect_of("[1,2,3]", {.values = 4}), JsonDefect::kNone);
  EXPECT_EQ(defect_of("[1,2,3]", {.values = 3}), JsonDefect::kTooLarge);
  EXPECT_EQ(defect_of("[1,2,3]", {.bytes = 6}), JsonDefect::kTooLarge);
  EXPECT_EQ(parse_json(nested(17)).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_json_object("[]").error().code, ErrorCode::kMalformed);
}

TEST(Json, ReadsMembersOfTheRightTypeOnly) {
  const auto json =
      *parse_json(R"({"s":"x","i":-5,"u":18446744073709551615,"f":1.5,"b":true,"n":null})");
  EXPECT_EQ(string_member(json, "s"), "x");
  EXPECT_EQ(string_member(json, "i"), std::nullopt);
  EXPECT_EQ(integer_member(json, "i"), -5);
  EXPECT_EQ(integer_member(json, "u"), std::nullopt);
  EXPECT_EQ(integer_member(json, "f"), std::nullopt);
  EXPECT_EQ(boolean_member(json, "b"), true);
  EXPECT_NE(find_member(json, "n"), nullptr);
  EXPECT_EQ(find_member(json, "x"), nullptr);
  EXPECT_EQ(find_member(Json::array(), "x"), nullptr);
}

TEST(Json, AppendsStringsAsItsWriterWould) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\u00e9\u20ac";
  std::string ours;
  append_json_string(ours, all);
  EXPECT_EQ(ours, canonical_json(Json(all)));
}

}  // namespace
}  // namespace shakedown::stir
