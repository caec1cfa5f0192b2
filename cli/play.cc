#include "cli/play.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/workload/work.h"
#include "cli/machine.h"
#include "cli/wall_play.h"
#include "crypto/keys/randomness.h"
#include "crypto/octets/version.h"
#include "results/read/queries.h"
#include "results/record/recorder.h"
#include "scenarios/model/presets.h"
#include "scenarios/play/build.h"
#include "scenarios/play/director.h"
#include "scenarios/play/judge.h"
#include "sim/virtual_time/virtual_world.h"

namespace shakedown::cli {
namespace {

sim::RandomnessHook randomness_hook() {
  return {.enter = [](sim::Lineage key) { crypto::enter_random_stream(key); },
          .leave = [] { crypto::leave_random_stream(); }};
}

// The recorder needs the ecosystem's members, which need the world, which needs a sink: what is
// recorded while the ecosystem is built waits here.
class LateSink {
 public:
  void take(sim::Recorded recorded) {
    if (sink_) {
      sink_(std::move(recorded));
    } else {
      early_.push_back(std::move(recorded));
    }
  }

  void connect(sim::EventSink sink) {
    sink_ = std::move(sink);
    for (sim::Recorded& recorded : early_) sink_(std::move(recorded));
    early_.clear();
  }

 private:
  sim::EventSink sink_;
  std::vector<sim::Recorded> early_;
};

results::RunInfo run_info(const LoadedScenario& loaded,
                          const PlayOptions& options,
                          const sim::WorldOptions& world_options) {
  results::RunInfo info;
  info.scenario = loaded.scenario.name;
  info.scenario_file = loaded.source.name;
  info.scenario_text = loaded.source.text;
  info.scenario_sha256 = sha256_hex(loaded.source.text);
  info.question = loaded.scenario.question;
  info.clock = options.clock;
  info.seed = loaded.scenario.seed;
  info.shuffle_ties = options.shuffle_ties;
  info.overrides = options.overrides;
  info.costs = world_options.costs.to_json();
  info.version = SHAKEDOWN_VERSION;
  info.openssl_version = crypto::openssl_version();
  info.host = host_facts();
  info.started_at = machine_time();
  info.epoch = options.clock == results::Clock::kVirtual ? loaded.scenario.epoch : info.started_at;
  return info;
}

Played failed(ExitCode code, std::string error) {
  Played played;
  played.exit_code = code;
  played.error = std::move(error);
  return played;
}

Played failed(const Error& error) {
  return failed(error.code == ErrorCode::kUnsupported ? kBadUsage : kEnvironment, error.detail);
}

ExitCode exit_code_of(const sim::RunSummary& summary,
                      const std::vector<results::Expectation>& verdicts,
                      const results::Counts& calls) {
  switch (summary.end) {
    case sim::RunSummary::End::kStopped:
      return kInterrupted;
    case sim::RunSummary::End::kProofFailed:
    case sim::RunSummary::End::kActivityFailed:
      return kInternalError;
    case sim::RunSummary::End::kOverloaded:
    case sim::RunSummary::End::kNotReady:
      return kEnvironment;
    case sim::RunSummary::End::kDone:
      break;
  }
  if (summary.refused_handlers > 0) return kEnvironment;
  if (verdicts.empty() && calls.total == 0) return kNothingRan;
  for (const auto& verdict : verdicts) {
    if (!verdict.met) return kNotMet;
  }
  return kAllMet;
}

// Runs the world, judges what was recorded and closes the run.
Played run_and_judge(sim::World& world,
                     scenarios::Director& director,
                     results::Recorder& recorder,
                     const LoadedScenario& loaded,
                     const PlayOptions& options,
                     sim::Time until) {
  recorder.set_settle([&world] { return world.settle_proofs(); });
  recorder.set_failed([&world](const Error&) { world.stop(); });
  if (options.progress) {
    recorder.set_reported(
        [&](std::uint64_t calls) { options.progress(calls, director.planned_calls()); });
  }
  director.start();
  sim::RunSummary summary;
  {
    const SignalGuard guard(world);
    summary = world.run(until);
  }

  Status status = recorder.flush();
  // A proof that disagrees undoes the last transaction; what is there is judged all the same.
  if (!status && summary.end != sim::RunSummary::End::kProofFailed) return failed(status.error());
  auto queries = results::Queries::open(options.database);
  if (!queries) return failed(queries.error());
  results::Judgement judgement;
  if (director.failure().empty()) {
    auto judged =
        scenarios::judge(*queries, recorder.run_number(), loaded.scenario, director.epoch());
    if (!judged) return failed(judged.error());
    judgement = *std::move(judged);
  } else if (summary.end == sim::RunSummary::End::kDone) {
    summary.end = sim::RunSummary::End::kNotReady;
    summary.detail = director.failure();
  }
  status = recorder.finish(summary, judgement, machine_time());
  if (!status && summary.end != sim::RunSummary::End::kProofFailed) return failed(status.error());

  Played played;
  auto record = queries->run(recorder.run_id());
  if (!record) return failed(record.error());
  played.run = *std::move(record);
  played.exit_code = exit_code_of(summary, judgement.expectations, played.run.calls);
  if (played.exit_code > kNotMet) {
    played.error = summary.detail;
    if (played.exit_code == kInterrupted) played.error = "interrupted";
    if (played.error.empty() && summary.refused_handlers > 0) {
      played.error = std::to_string(summary.refused_handlers) + " requests found no free thread";
    }
    if (played.exit_code == kNothingRan) played.error = "nothing was evaluated";
  }
  return played;
}

Played play_in(sim::World& world,
               const LoadedScenario& loaded,
               const PlayOptions& options,
               std::unique_ptr<results::Recorder>& recorder,
               LateSink& sink,
               scenarios::DirectorOptions director_options,
               sim::Time until) {
  auto ecosystem = scenarios::BuiltEcosystem::build(world, loaded.scenario);
  if (!ecosystem) return failed(ecosystem.error());
  results::RunInfo info = run_info(loaded, options, world.options());
  info.participants = (*ecosystem)->list_participants();
  auto opened = results::Recorder::open(
      {.path = options.database, .run = std::move(info), .monotonic_ns = monotonic_ns});
  if (!opened) return failed(opened.error());
  recorder = *std::move(opened);
  sink.connect(recorder->sink());
  scenarios::Director director(world, **ecosystem, loaded.scenario, std::move(director_options));
  return run_and_judge(world, director, *recorder, loaded, options, until);
}

}  // namespace

Played play(const LoadedScenario& loaded, const PlayOptions& options) {
  std::unique_ptr<results::Recorder> recorder;
  LateSink sink;
  sim::WorldOptions world_options;
  world_options.seed = loaded.scenario.seed;
  world_options.network = scenarios::make_network(loaded.scenario.network);
  world_options.costs = options.costs.value_or(actors::typical_costs());
  world_options.sink = [&sink](sim::Recorded recorded) { sink.take(std::move(recorded)); };
  if (options.clock == results::Clock::kWall) {
    return play_on_the_wall_clock(
        loaded, options, std::move(world_options),
        [&](sim::World& world, scenarios::DirectorOptions director_options) {
          return play_in(world, loaded, options, recorder, sink, std::move(director_options),
                         sim::kNever);
        });
  }
  world_options.epoch = loaded.scenario.epoch - scenarios::kWarmUp;
  world_options.randomness = randomness_hook();
  sim::VirtualWorld world(std::move(world_options), {.shuffle_ties = options.shuffle_ties,
                                                     .defer_proofs = options.defer_proofs});
  return play_in(world, loaded, options, recorder, sink,
                 {.epoch = loaded.scenario.epoch, .before_story = {}},
                 loaded.scenario.epoch + loaded.scenario.duration);
}

std::string replay_line(const LoadedScenario& loaded, const PlayOptions& options) {
  std::string line =
      "shakedown run " + loaded.source.name + " --seed " + std::to_string(loaded.scenario.seed);
  for (const auto& [path, value] : options.overrides) line += " --set '" + path + "=" + value + "'";
  if (options.shuffle_ties != 0) {
    line += " --shuffle-ties " + std::to_string(options.shuffle_ties);
  }
  return line;
}

}  // namespace shakedown::cli
