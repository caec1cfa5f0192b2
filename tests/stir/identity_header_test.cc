#include "stir/call/identity_header.h"

#include <gtest/gtest.h>

namespace shakedown::stir {
namespace {

std::uint32_t bits(std::initializer_list<IdentityDefect> defects) {
  std::uint32_t result = 0;
  for (const auto defect : defects) result |= 1U << static_cast<unsigned>(defect);
  return result;
}

TEST(IdentityHeader, ReadsWhatItWrites) {
  const auto value = write_identity_header("a.b.c", "https://cr.test/1.pem");
  EXPECT_EQ(value, "a.b.c;info=<https://cr.test/1.pem>;alg=ES256;ppt=shaken");
  const auto header = parse_identity_header(value);
  EXPECT_EQ(header.defects, 0U);
  EXPECT_EQ(header.token, "a.b.c");
  EXPECT_EQ(header.info, "https://cr.test/1.pem");
  EXPECT_EQ(header.alg, "ES256");
  EXPECT_EQ(header.ppt, "shaken");
  EXPECT_EQ(parse_identity_header(write_identity_header("a.b.c", "https://c.test/1", "", "")).ppt,
            std::nullopt);
}

struct HeaderCase {
  std::string_view value;
  std::uint32_t defects;
};

TEST(IdentityHeader, TakesTheVariantsOfTheField) {
  for (const auto& [value, defects] : std::initializer_list<HeaderCase>{
           {" a.b.c ; info = <https://c.test/1> ; alg = ES256 ; ppt = shaken ", 0},
           {"a.b.c;INFO=<https://c.test/1>;Alg=ES256;PPT=shaken", 0},
           {"a.b.c;ppt=shaken;alg=ES256;info=<https://c.test/1>",
            bits({IdentityDefect::kInfoNotFirst})},
           {"a.b.c;info=<https://c.test/1>;ppt=\"shaken\";alg=\"ES256\"",
            bits({IdentityDefect::kQuotedParameter})},
           {"a.b.c;info=<https://c.test/1;v=1>;ppt=shaken", 0},
           {"a.b.c;info=<https://c.test/1>;canon=\"x;y\";ppt=shaken",
            bits({IdentityDefect::kUnknownParameter})},
           {"a.b.c;info=<https://c.test/1>;flag;ppt=shaken",
            bits({IdentityDefect::kUnknownParameter})},
       }) {
    const auto header = parse_identity_header(value);
    EXPECT_EQ(header.defects, defects) << value;
    EXPECT_TRUE(header.is_well_formed()) << value;
    EXPECT_EQ(header.ppt, "shaken") << value;
    EXPECT_TRUE(header.info && header.info->starts_with("https://c.test/1")) << value;
  }
}

TEST(IdentityHeader, NamesEachDefect) {
  for (const auto& [value, defects] : std::initializer_list<HeaderCase>{
           {"", bits({IdentityDefect::kTokenMissing, IdentityDefect::kInfoMissing})},
           {";info=<https://c.test/1>", bits({IdentityDefect::kTokenMissing})},
           {"a.b.c", bits({IdentityDefect::kInfoMissing})},
           {"a.b.c;ppt=shaken", bits({IdentityDefect::kInfoMissing})},
           {"a.b.c=;info=<https://c.test/1>", bits({IdentityDefect::kTokenCharacter})},
           {"a.b c;info=<https://c.test/1>", bits({IdentityDefect::kTokenCharacter})},
           {"a.b.c;info=https://c.test/1", bits({IdentityDefect::kInfoWithoutBrackets})},
           {"a.b.c;info=\"https://c.test/1\"", bits({IdentityDefect::kInfoWithoutBrackets})},
           {"a.b.c;info=<c.test/1>", bits({IdentityDefect::kInfoNotAUri})},
           {"a.b.c;info=<>", bits({IdentityDefect::kInfoNotAUri})},
           {"a.b.c;info=<https://c.test/1 2>", bits({IdentityDefect::kInfoNotAUri})},
           {"a.b.c;info=<https://c.test/1", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>x;ppt=shaken", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>;ppt=\"shaken", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>;;ppt=shaken", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>;ppt=", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>;=x", bits({IdentityDefect::kParameterSyntax})},
           {"a.b.c;info=<https://c.test/1>;info=<https://c.test/2>",
            bits({IdentityDefect::kDuplicateParameter, IdentityDefect::kInfoNotFirst})},
           {"a.b.c;info=<https://c.test/1>;ppt=a;ppt=b",
            bits({IdentityDefect::kDuplicateParameter})},
           // A second header joined by a comma is not in the grammar.
           {"a.b.c;info=<https://c.test/1>;ppt=shaken, d.e.f;info=<https://c.test/2>",
            bits({IdentityDefect::kParameterSyntax, IdentityDefect::kDuplicateParameter,
                  IdentityDefect::kInfoNotFirst})},
       }) {
    EXPECT_EQ(parse_identity_header(value).defects, defects) << value;
  }
  EXPECT_EQ(parse_identity_header(std::string(8193, 'a')).defects,
            bits({IdentityDefect::kTooLong}));
}

TEST(IdentityHeader, DropsWhiteSpaceOnlyWhenAskedTo) {
  auto header = parse_identity_header("a.b\t.c d;info=<https://c.test/1>");
  EXPECT_TRUE(header.has(IdentityDefect::kTokenCharacter));
  header.drop_white_space_in_token();
  EXPECT_EQ(header.token, "a.b.cd");
  EXPECT_TRUE(header.is_well_formed());
}

}  // namespace
}  // namespace shakedown::stir
