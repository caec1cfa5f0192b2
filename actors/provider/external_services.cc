#include "actors/provider/external_services.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/events.h"
#include "stir/call/sip_call.h"
#include "stir/jose/json.h"

namespace shakedown::actors {
namespace {

using stir::Json;

constexpr sim::Duration kServiceTimeout = std::chrono::seconds{5};

std::string resource(const std::string& url, std::string_view name) {
  if (url.find("/stir/v1/") != std::string::npos || url.ends_with(name)) return url;
  std::string full = url;
  while (full.ends_with('/')) full.pop_back();
  return full + "/stir/v1/" + std::string(name);
}

Json number_of(const stir::Party& party) {
  return party.is_telephone_number() ? Json{{"tn", party.value}} : Json{{"uri", party.value}};
}

Json numbers_of(const std::vector<stir::Party>& parties) {
  Json object = Json::object();
  for (const stir::Party& party : parties) {
    object[party.is_telephone_number() ? "tn" : "uri"].push_back(party.value);
  }
  return object;
}

// The member `name` of a 200 answer, or what the service said instead.
Result<Json> ask(sim::Env& env, std::string url, const Json& body, std::string_view name) {
  const sim::Answer answer = env.exchange(
      {.protocol = sim::Protocol::kHttp,
       .method = "POST",
       .target = std::move(url),
       .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
       .body = stir::canonical_json(body)},
      kServiceTimeout);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, "the external service did not answer in time");
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, "the external service: " + answer.detail);
  }
  if (answer.response.status != 200) {
    return fail(ErrorCode::kRefused, "the external service: HTTP " +
                                         std::to_string(answer.response.status) + " " +
                                         answer.response.body.substr(0, 200));
  }
  ASSIGN_OR_RETURN(const Json json, stir::parse_json_object(answer.response.body));
  const Json* member = stir::find_member(json, name);
  if (member == nullptr || !member->is_object()) {
    return fail(ErrorCode::kMalformed, "the external service's answer has no " + std::string(name));
  }
  return *member;
}

}  // namespace

Result<SignedIdentity> sign_externally(sim::Env& env,
                                       const std::string& url,
                                       const stir::SipCall& call,
                                       std::string_view attest,
                                       std::string_view origid) {
  const sim::Time asked_at = env.now();
  const sim::Time date = call.date.value_or(std::chrono::floor<std::chrono::seconds>(asked_at));
  const Json request{{"attest", std::string(attest)},
                     {"orig", number_of(call.orig)},
                     {"dest", numbers_of(call.dest)},
                     {"iat", sim::unix_seconds(date)},
                     {"origid", std::string(origid)}};
  ASSIGN_OR_RETURN(const Json answer, ask(env, resource(url, "signing"),
                                          Json{{"signingRequest", request}}, "signingResponse"));
  const auto identity = stir::string_member(answer, "identity");
  if (!identity) return fail(ErrorCode::kMalformed, "signingResponse has no identity");
  return SignedIdentity{.header = *identity, .date = date, .latency = env.now() - asked_at};
}

VerificationReply verify_externally(sim::Env& env,
                                    const std::string& url,
                                    const stir::SipCall& call,
                                    std::string_view call_id) {
  const sim::Time asked_at = env.now();
  auto event = std::make_unique<VerificationEvent>();
  event->call_id = call_id;
  event->profile = "external";
  VerificationReply reply;
  stir::Verdict& verdict = reply.verdict;
  if (call.identity.empty()) {
    verdict.detail = "no Identity header field";  // Nothing that the interface could carry.
  } else {
    const sim::Time date = call.date.value_or(asked_at);
    const Json request{{"from", number_of(call.orig)},
                       {"to", numbers_of(call.dest)},
                       {"time", sim::unix_seconds(date)},
                       {"identity", call.identity.front()}};
    const auto answer = ask(env, resource(url, "verification"),
                            Json{{"verificationRequest", request}}, "verificationResponse");
    if (!answer) {
      verdict.detail = answer.error().detail;
    } else {
      verdict.verstat = stir::parse_verstat(stir::string_member(*answer, "verstat").value_or(""))
                            .value_or(stir::Verstat::kNoTnValidation);
      verdict.passed = verdict.verstat == stir::Verstat::kTnValidationPassed;
      verdict.code = static_cast<int>(stir::integer_member(*answer, "reasoncode").value_or(0));
      event->reason = stir::string_member(*answer, "reasontext").value_or("");
      verdict.detail = stir::string_member(*answer, "reasondesc").value_or("");
    }
  }
  if (verdict.code != 0) {
    reply.reasons.push_back({.protocol = stir::ReasonProtocol::kStir,
                             .cause = verdict.code,
                             .text = event->reason,
                             .ppi = {}});
  }
  event->verstat = stir::to_string(verdict.verstat);
  event->code = verdict.code;
  event->detail = verdict.detail;
  event->latency = env.now() - asked_at;
  event->offset = event->latency;
  env.record(std::move(event));
  return reply;
}

}  // namespace shakedown::actors
