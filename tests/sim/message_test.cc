#include "sim/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::sim {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(Headers, CompareNamesWithoutCase) {
  const Headers headers{{"Content-Type", "a"}, {"Identity", "one"}, {"identity", "two"}};
  EXPECT_THAT(headers.get("content-type"), Optional(std::string_view("a")));
  EXPECT_THAT(headers.get("IDENTITY"), Optional(std::string_view("one")));
  EXPECT_THAT(headers.get_all("Identity"), ElementsAre("one", "two"));
  EXPECT_EQ(headers.get("Date"), std::nullopt);
  EXPECT_EQ(headers.get("Identit"), std::nullopt);
}

TEST(Headers, SetReplacesAllOfThatNameInTheFirstPlace) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}};
  headers.set("a", "5");
  EXPECT_THAT(headers.fields(), ElementsAre(testing::Pair("A", "5"), testing::Pair("B", "2"),
                                            testing::Pair("C", "4")));
  headers.set("D", "6");
  EXPECT_THAT(headers.get("d"), Optional(std::string_view("6")));
  headers.remove("b");
  EXPECT_EQ(headers.get("B"), std::nullopt);
  EXPECT_EQ(headers.fields().size(), 3U);
}

TEST(Messages, KnowTheirSizeOnTheWire) {
  const Request request{Protocol::kHttp, "GET", "/a", {{"Host", "b"}}, "body"};
  EXPECT_EQ(request.size_in_bytes(),
            std::string_view("GET /a HTTP/1.1\r\nHost: b\r\n\r\nbody").size());
  const Response response{200, "OK", {{"A", "b"}}, "body"};
  EXPECT_EQ(response.size_in_bytes(),
            std::string_view("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody").size());
}

TEST(Url, SplitsHttp) {
  const auto url = parse_url("https://user@cr.acme-tel.test:8443/acme/1.pem?x=1&y#top");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->userinfo, "user");
  EXPECT_EQ(url->host, "cr.acme-tel.test");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/acme/1.pem");
  EXPECT_THAT(url->query, Optional(std::string("x=1&y")));
  EXPECT_THAT(url->fragment, Optional(std::string("top")));
}

TEST(Url, TellsEmptyFromAbsent) {
  const auto bare = parse_url("http://a.test");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->path, "");
  EXPECT_EQ(bare->port, std::nullopt);
  EXPECT_EQ(bare->query, std::nullopt);
  EXPECT_EQ(bare->fragment, std::nullopt);
  const auto empty = parse_url("http://a.test/?#");
  ASSERT_TRUE(empty);
  EXPECT_THAT(empty->query, Optional(std::string()));
  EXPECT_THAT(empty->fragment, Optional(std::string()));
  const auto no_path = parse_url("http://a.test?q");
  ASSERT_TRUE(no_path);
  EXPECT_EQ(no_path->path, "");
  EXPECT_THAT(no_path->query, Optional(std::string("q")));
}

TEST(Url, SplitsSip) {
  const auto url = parse_url("sip:+14155550100;npdi@beta-voice.test:5060;user=phone?Subject=x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "sip");
  EXPECT_EQ(url->userinfo, "+14155550100;npdi");
  EXPECT_EQ(url->host, "beta-voice.test");
  EXPECT_EQ(url->port, 5060);
  EXPECT_EQ(url->path, ";user=phone");
  EXPECT_THAT(url->query, Optional(std::string("Subject=x")));
  EXPECT_EQ(parse_url("SIPS:beta-voice.test")->host, "beta-voice.test");
}

TEST(Url, KeepsTheBracketsOfIpv6) {
  const auto url = parse_url("https://[::1]:443/a");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "[::1]");
  EXPECT_EQ(url->port, 443);
}

TEST(Url, RefusesTheRest) {
  for (const char* text : {"",
                           "https",
                           "https:",
                           "https://",
                           "https:///a",
                           "https:/a.test/",
                           "//a.test/",
                           "/a",
                           "ftp://a.test/",
                           "data:text/plain,x",
                           "tel:+14155550100",
                           "https://a.test:/",
                           "https://a.test:0/",
                           "https://a.test:65536/",
                           "https://a.test:80x/",
                           "https://a b/",
                           "https://a.test/ b",
                           "https://a.test/\n",
                           "https://a\xc3\xa4.test/",
                           "https://[::1",
                           "https://[]/",
                           "https://[g]/",
                           "https://a@b@c.test/",
                           "sip:",
                           "sip:user@",
                           "sip:a.test/x",
                           "https://a.test;x/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("https://a.test/" + std::string(9000, 'a')));
}

}  // namespace
}  // namespace shakedown::sim
