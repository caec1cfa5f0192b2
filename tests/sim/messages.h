// Requests, responses and records as tests of either runtime make them.
#pragma once

#include <string>
#include <utility>

#include "sim/env.h"
#include "sim/message.h"

namespace shakedown::sim {

struct Note : Event {
  explicit Note(std::string what)
      : text(std::move(what)) {}

  std::string text;
};

inline Request get(std::string target) {
  Request request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

inline Request post(std::string target, std::string body) {
  Request request = get(std::move(target));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

inline Request invite(std::string target) {
  Request request = get(std::move(target));
  request.protocol = Protocol::kSip;
  request.method = "INVITE";
  return request;
}

inline Response ok(std::string body = "") {
  Response response;
  response.status = 200;
  response.body = std::move(body);
  return response;
}

}  // namespace shakedown::sim
