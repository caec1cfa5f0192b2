#include "actors/calls/relay.h"

#include <utility>

#include "actors/calls/call_signalling.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kRelayTimeout = std::chrono::seconds{8};

sim::Response final_answer(int status, std::string reason) {
  return {.status = status, .reason = std::move(reason), .headers = {}, .body = {}};
}

}  // namespace

sim::Response relay(sim::Env& env, sim::Request request) {
  auto next = for_next_hop(std::move(request));
  if (!next) return final_answer(404, "Not Found");
  sim::Answer answer = env.exchange(*std::move(next), kRelayTimeout);
  switch (answer.kind) {
    case sim::Answer::Kind::kResponse:
      return std::move(answer.response);
    case sim::Answer::Kind::kTimeout:
      return final_answer(408, "Request Timeout");
    case sim::Answer::Kind::kUnreachable:
      break;
  }
  return final_answer(503, "Service Unavailable");
}

}  // namespace shakedown::actors
