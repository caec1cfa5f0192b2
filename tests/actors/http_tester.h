// One who speaks HTTP by hand, to send what no client of ours would.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "actors/serving/http_json.h"
#include "sim/env.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

struct HttpQuestion {
  std::string method = "POST";
  std::string url = {};
  std::string body = {};
  std::string type = "application/json";  // "": no Content-Type.
  std::string authorization = {};         // "": none.
};

struct HttpReply {
  int status = 0;
  std::string text;
  stir::Json body;  // Null if it is no JSON object.
  sim::Headers headers;

  std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
  }
};

// * Within an activity of `env`.
inline HttpReply ask_by_hand(sim::Env& env, const HttpQuestion& question) {
  sim::Request request = http_request(question.method, question.url);
  if (!question.type.empty()) request.headers.add("Content-Type", question.type);
  if (!question.authorization.empty()) {
    request.headers.add("Authorization", question.authorization);
  }
  request.body = question.body;
  const sim::Answer answer = env.exchange(std::move(request), std::chrono::seconds{10});
  EXPECT_EQ(answer.kind, sim::Answer::Kind::kResponse) << question.method << " " << question.url;
  HttpReply reply{answer.response.status, answer.response.body, {}, answer.response.headers};
  if (auto json = stir::parse_json_object(reply.text)) reply.body = *std::move(json);
  return reply;
}

// {"a":{"a":...}}, objects within each other to this depth, the outermost counted.
inline std::string nested_object(int depth) {
  std::string text = "1";
  for (int i = 0; i < depth; ++i) text = "{\"a\":" + text + "}";
  return text;
}

// A JSON object with white space behind it, `size` octets in all.
inline std::string padded_json(const stir::Json& object, std::size_t size) {
  std::string text = stir::canonical_json(object);
  EXPECT_LE(text.size(), size);
  text.resize(size, ' ');
  return text;
}

}  // namespace shakedown::actors
