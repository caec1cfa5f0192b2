#include "scenarios/play/director.h"

#include <utility>
#include <variant>

#include "scenarios/play/perform.h"
#include "scenarios/play/traffic.h"

namespace shakedown::scenarios {
namespace {

constexpr sim::Duration kReadyWithin = std::chrono::seconds{100};

}  // namespace

Director::Director(sim::World& world,
                   BuiltEcosystem& ecosystem,
                   const Scenario& scenario,
                   DirectorOptions options)
    : options_(std::move(options)),
      stage_(world,
             ecosystem,
             scenario,
             world.add_actor(
                 {.name = "director", .region = scenario.network.default_region, .servers = 1})) {
  for (const Traffic& traffic : stage_.scenario.traffic) planned_calls_ += traffic.calls.count;
  for (const TimelineEntry& entry : stage_.scenario.timeline) {
    if (const auto* calls = std::get_if<PlaceCalls>(&entry.action)) {
      planned_calls_ += calls->calls.count;
    }
  }
}

void Director::start() {
  stage_.world.start(
      stage_.env, "direct", [this] { direct(); }, sim::Daemon::kNo);
}

void Director::direct() {
  for (const TimelineEntry& entry : stage_.scenario.timeline) {
    const auto* calls = std::get_if<PlaceCalls>(&entry.action);
    if (calls == nullptr || calls->with != Means::kReplay) continue;
    if (actors::Provider* victim = stage_.ecosystem.provider(calls->as)) {
      stage_.world.start(
          victim->env(), "overhear", [victim] { victim->let_overhear(); }, sim::Daemon::kNo);
    }
  }
  if (!wait_until_everybody_is_ready()) return;
  if (options_.before_story) {
    if (const Status status = options_.before_story(); !status) {
      failure_ = status.error().detail;
      return;
    }
  }
  if (options_.epoch) {
    stage_.env.sleep_until(*options_.epoch);
    stage_.epoch = *options_.epoch;
  } else {
    stage_.epoch = stage_.world.now();
  }
  if (options_.plays) play();
  if (options_.goes_on) stage_.env.sleep_until(sim::kNever);
}

void Director::play() {
  stage_.happened(actors::HappeningKind::kStoryBegan, stage_.scenario.name, "", "");
  const TrafficContext context{stage_.world, stage_.ecosystem, stage_.epoch, stage_.placed_calls};
  for (std::size_t i = 0; i < stage_.scenario.traffic.size(); ++i) {
    start_calls(context, {.calls = stage_.scenario.traffic[i].calls, .as = {}, .with = Means::kOwn},
                std::to_string(i));
  }
  play_timeline();
  stage_.env.sleep_for(stage_.epoch + stage_.scenario.duration - stage_.world.now());
}

bool Director::wait_until_everybody_is_ready() {
  const auto late = stage_.ecosystem.open(stage_.env, stage_.env.now() + kReadyWithin);
  if (late.empty()) return true;
  failure_ = late.front() + " did not get its certificate or the trust list in time";
  stage_.happened(actors::HappeningKind::kStoryFailed, stage_.scenario.name, "", failure_);
  return false;
}

void Director::play_timeline() {
  for (const TimelineEntry& entry : stage_.scenario.timeline) {
    stage_.env.sleep_for(stage_.epoch + entry.at - stage_.world.now());
    std::visit([this](const auto& action) { perform(stage_, action); }, entry.action);
    ++stage_.acts;
  }
}

}  // namespace shakedown::scenarios
