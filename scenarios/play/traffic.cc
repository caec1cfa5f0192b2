#include "scenarios/play/traffic.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "scenarios/model/numbers.h"
#include "sim/wide_integer.h"

namespace shakedown::scenarios {
namespace {

using PlaceOne = std::function<void(const actors::CallRequest&)>;

// Everything about the calls of one plan that does not change from call to call.
struct Prepared {
  actors::CallRequest call;  // Without id and numbers.
  std::string id_prefix;
  NumberRanges calling;
  NumberRanges called;
  std::vector<sim::Duration> times;
};

char attestation_of(BuiltEcosystem& ecosystem, const PlaceCalls& calls) {
  if (calls.calls.attest) return *calls.calls.attest;
  if (const Enterprise* enterprise = ecosystem.enterprise_model(calls.calls.from)) {
    return enterprise->signs == EnterpriseSigns::kBase ? ' ' : 'A';
  }
  if (const Provider* provider = ecosystem.provider_model(calls.calls.from)) {
    return provider->attest;
  }
  return 'A';
}

actors::CallRequest call_without_numbers(BuiltEcosystem& ecosystem, const PlaceCalls& calls) {
  const CallPlan& plan = calls.calls;
  actors::CallRequest call;
  call.claims_to_be =
      calls.as.empty() || calls.with == Means::kSpoofedNumber ? plan.from : calls.as;
  call.to = plan.to;
  call.to_host = host_of(plan.to);
  call.from_host = host_of(calls.as.empty() ? plan.from : calls.as);
  if (const Enterprise* enterprise = ecosystem.enterprise_model(plan.from)) {
    call.via_names.push_back(enterprise->through);
    call.via_hosts.push_back(host_of(enterprise->through));
  }
  for (const std::string& hop : plan.via) {
    call.via_names.push_back(hop);
    call.via_hosts.push_back(host_of(hop));
  }
  call.attest = attestation_of(ecosystem, calls);
  return call;
}

// The actor that places the calls, and how it does it.
struct Caller {
  sim::Env* env = nullptr;
  PlaceOne place;
};

Caller honest_caller(BuiltEcosystem& ecosystem, const std::string& from) {
  actors::Participant* caller = ecosystem.participant(from);
  SHAKEDOWN_ASSERT(caller != nullptr);
  return {&caller->env(), [caller](const actors::CallRequest& call) { caller->call(call); }};
}

Caller caller_of(BuiltEcosystem& ecosystem,
                 const PlaceCalls& calls,
                 const std::optional<actors::SignedCall>& overheard) {
  actors::Adversary* adversary = ecosystem.adversary(calls.calls.from);
  if (adversary == nullptr) return honest_caller(ecosystem, calls.calls.from);
  sim::Env* env = &adversary->env();
  switch (calls.with) {
    case Means::kStolenKey:
      return {env, [adversary, victim = calls.as](const actors::CallRequest& call) {
                adversary->call_with_stolen_key(call, victim);
              }};
    case Means::kOwnCa:
      return {env, [adversary, spc = ecosystem.spc_of(calls.as)](const actors::CallRequest& call) {
                // The first call finds the CA missing and makes it; later ones wait for nothing.
                if (adversary->set_up_own_ca(spc)) adversary->call_under_own_ca(call, spc);
              }};
    case Means::kReplay:
      return {env, [adversary, overheard](const actors::CallRequest& call) {
                if (overheard) adversary->replay(call, *overheard);
              }};
    case Means::kOwn:
    case Means::kNoIdentity:
    case Means::kSpoofedNumber:
      break;
  }
  return {env, [adversary](const actors::CallRequest& call) { adversary->call_unsigned(call); }};
}

}  // namespace

std::vector<sim::Duration> call_times(const CallPlan& plan, sim::Random& random) {
  std::vector<sim::Duration> times;
  times.reserve(plan.count);
  const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(plan.duration.count(), 1));
  if (plan.pattern == Pattern::kPoisson) {
    for (std::uint64_t i = 0; i < plan.count; ++i) {
      times.emplace_back(static_cast<std::int64_t>(random.below(span)));
    }
    std::sort(times.begin(), times.end());
  } else {
    const auto slot_start = [&](std::uint64_t i) {
      return static_cast<std::uint64_t>(static_cast<sim::Uint128>(span) * i / plan.count);
    };
    for (std::uint64_t i = 0; i < plan.count; ++i) {
      const std::uint64_t begin = slot_start(i);
      const std::uint64_t width = std::max<std::uint64_t>(slot_start(i + 1) - begin, 1);
      times.emplace_back(static_cast<std::int64_t>(begin + random.below(width)));
    }
  }
  for (sim::Duration& time : times) time += plan.start;
  return times;
}

void start_calls(const TrafficContext& context,
                 const PlaceCalls& calls,
                 const std::string& label,
                 const std::optional<actors::SignedCall>& overheard) {
  BuiltEcosystem& ecosystem = context.ecosystem;
  const Caller caller = caller_of(ecosystem, calls, overheard);
  auto prepared = std::make_shared<Prepared>();
  prepared->call = call_without_numbers(ecosystem, calls);
  prepared->id_prefix = calls.calls.from + "." + label + ".";
  const std::string& identity = calls.as.empty() ? calls.calls.from : calls.as;
  prepared->calling =
      calls.calls.calling.empty() ? ecosystem.numbers_of(identity) : calls.calls.calling;
  const Transit* forwarder = ecosystem.forwarder_of(calls.calls);
  prepared->called = !calls.calls.called.empty() ? calls.calls.called
                     : forwarder != nullptr      ? forwarder->signer->numbers
                                                 : ecosystem.numbers_of(calls.calls.to);

  sim::World& world = context.world;
  world.start(
      *caller.env, "calls " + label,
      [&world, &env = *caller.env, place = caller.place, prepared, plan = calls.calls,
       epoch = context.epoch, &placed = context.placed] {
        sim::Random random = env.random("calls");
        prepared->times = call_times(plan, random);
        for (std::size_t i = 0; i < prepared->times.size(); ++i) {
          // By world time: a fault may have set this actor's clock wrong.
          env.sleep_for(epoch + prepared->times[i] - world.now());
          actors::CallRequest call = prepared->call;
          call.id = prepared->id_prefix + std::to_string(i);
          call.calling_number = draw_number(prepared->calling, random);
          call.called_number = draw_number(prepared->called, random);
          placed.fetch_add(1, std::memory_order_relaxed);
          env.spawn(
              "call", [place, call = std::move(call)] { place(call); }, sim::Daemon::kNo);
        }
      },
      sim::Daemon::kNo);
}

}  // namespace shakedown::scenarios
