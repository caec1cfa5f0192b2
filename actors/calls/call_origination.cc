#include "actors/calls/call_origination.h"

#include <charconv>
#include <memory>
#include <utility>

#include "actors/calls/call_signalling.h"
#include "actors/events.h"

namespace shakedown::actors {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

// When the terminating side reached its verdict, if it says so and the two clocks agree well enough
// to make sense; else when its answer arrived.
sim::Duration delay_to_verdict(const sim::Answer& answer, sim::Time invited_at, sim::Time now) {
  const sim::Duration to_answer = now - invited_at;
  const auto text = answer.response.headers.get(kVerdictAtHeader);
  if (!text) return to_answer;
  std::int64_t nanoseconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), nanoseconds);
  if (error != std::errc() || end != text->data() + text->size()) return to_answer;
  const sim::Duration to_verdict = sim::Time{sim::Duration{nanoseconds}} - invited_at;
  return to_verdict >= sim::Duration{} && to_verdict <= to_answer ? to_verdict : to_answer;
}

}  // namespace

stir::SipCall facts_of(const CallRequest& call, sim::Time now) {
  stir::SipCall facts;
  facts.orig = stir::telephone_number(call.calling_number);
  facts.orig_source = stir::SipCall::OrigSource::kPAssertedIdentity;
  facts.from = facts.orig;
  facts.dest.push_back(stir::telephone_number(call.called_number));
  facts.date = std::chrono::floor<std::chrono::seconds>(now);
  return facts;
}

void place_call(sim::Env& env, const CallRequest& call, const SignCall& sign) {
  auto event = std::make_unique<CallEvent>();
  event->id = call.id;
  event->from = env.name();
  event->claims_to_be = call.claims_to_be.empty() ? env.name() : call.claims_to_be;
  event->to = call.to;
  event->calling_number = call.calling_number;
  event->called_number = call.called_number;
  event->via = joined(call.via_names);
  event->placed_at = env.now();

  Invite invite{.call_id = call.id,
                .calling_number = call.calling_number,
                .called_number = call.called_number,
                .from_host = call.from_host,
                .to_host = call.to_host,
                .route = call.via_hosts,
                .date = env.now(),
                .identity = std::nullopt};
  if (sign) {
    std::string_view attest(&call.attest, 1);
    std::string origid;
    if (call.attest == ' ') {
      attest = {};
    } else {
      auto random = env.random("origid");
      origid = make_uuid(random);
    }
    auto signed_identity = sign(facts_of(call, env.now()), attest, origid);
    if (signed_identity) {
      event->attest = call.attest;
      event->signing_latency = signed_identity->latency;
      invite.date = signed_identity->date;
      invite.identity = std::move(signed_identity->header);
    } else {
      event->signing_error = signed_identity.error().detail;
    }
  }

  const sim::Time invited_at = env.now();
  const sim::Answer answer = env.exchange(make_invite(std::move(invite)), kAnswerTimeout);
  if (answer.kind == sim::Answer::Kind::kResponse) {
    event->sip_status = answer.response.status;
    event->post_dial_delay = delay_to_verdict(answer, invited_at, env.now());
  }
  event->outcome = outcome_of(answer);
  env.record(std::move(event));
}

}  // namespace shakedown::actors
