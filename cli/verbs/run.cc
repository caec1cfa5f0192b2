// run: plays scenarios and judges them.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "actors/workload/work.h"
#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/play.h"
#include "cli/present.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

// Of several runs the worst decides; what says nothing about a scenario is worse than a no.
int worse(int a, int b) {
  const auto rank = [](int code) {
    switch (code) {
      case kAllMet:
        return 0;
      case kNothingRan:
        return 1;
      case kNotMet:
        return 2;
      case kInterrupted:
        return 3;
      case kEnvironment:
        return 4;
      default:
        return 5;
    }
  };
  return rank(a) >= rank(b) ? a : b;
}

// The options as they stand on the command line; nullopt after a message.
std::optional<PlayOptions> play_options(const po::variables_map& given) {
  PlayOptions options;
  const std::string clock = text_option(given, "clock");
  if (clock == "wall") {
    options.clock = results::Clock::kWall;
  } else if (clock != "virtual") {
    bad_usage("run", "--clock: '" + clock + "', expected virtual or wall");
    return std::nullopt;
  }
  options.database = text_option(given, "db");
  options.shuffle_ties = given["shuffle-ties"].as<std::uint64_t>();
  options.defer_proofs = given.count("inline-proofs") == 0;
  options.overrides = overrides_of(given);
  options.ready_file = text_option(given, "ready-file");
  const std::uint64_t port = given["port"].as<std::uint64_t>();
  if (port > 65535) {
    bad_usage("run", "--port: " + std::to_string(port) + ", expected 0 to 65535");
    return std::nullopt;
  }
  options.port = static_cast<std::uint16_t>(port);
  const auto patience = sim::parse_duration(text_option(given, "wait-external"));
  if (!patience) {
    bad_usage("run", "--wait-external: " + patience.error().detail);
    return std::nullopt;
  }
  options.wait_external = *patience;
  if (given.count("costs") > 0) {
    const auto text = read_file(text_option(given, "costs"), kLargestScenario);
    const auto costs = text ? actors::typical_costs().with_json(*text)
                            : Result<sim::Costs>(tl::unexpected(text.error()));
    if (!costs) {
      bad_usage("run", "--costs " + text_option(given, "costs") + ": " + costs.error().detail);
      return std::nullopt;
    }
    options.costs = *costs;
  }
  return options;
}

int run(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.empty()) return bad_usage("run", "no scenario given; shakedown list has some");
  const auto loaded = load_scenarios(arguments, parse_options(given), std::cerr);
  if (!loaded) return kBadUsage;
  auto options = play_options(given);
  if (!options) return kBadUsage;
  const bool json = given.count("json") > 0;
  const bool quiet = given.count("quiet") > 0;

  int code = kAllMet;
  std::vector<results::RunRecord> runs;
  for (const LoadedScenario& scenario : *loaded) {
    ProgressBar progress(scenario.scenario.name, stderr_is_terminal() && !quiet);
    options->progress = [&](std::uint64_t recorded, std::uint64_t planned) {
      progress.show(recorded, planned);
    };
    const Played played = play(scenario, *options);
    progress.clear();
    code = worse(code, played.exit_code);
    if (played.exit_code > kNotMet) {
      std::cerr << "shakedown: " << scenario.scenario.name << ": " << played.error << '\n';
      if (played.exit_code == kInternalError) {
        std::cerr << "this is a bug; to see it again: " << replay_line(scenario, *options) << '\n';
      }
    }
    if (played.run.number != 0) {
      if (!json) {
        print_summary(std::cout, played.run, options->database,
                      {.colour = use_colour(stdout_is_terminal()), .only_verdict = quiet});
      }
      runs.push_back(played.run);
    }
    if (played.exit_code == kInterrupted) break;
  }
  if (json) print_json(std::cout, runs, loaded->size() > 1);
  const int written = write_reports(runs, options->database, text_option(given, "junit"),
                                    text_option(given, "report"));
  return written != kAllMet ? worse(code, written) : code;
}

}  // namespace

const Verb kRunVerb{
    "run",
    "SCENARIO...",
    "play scenarios and judge their expectations",
    "A SCENARIO is a file, a folder of *.yaml, a name of the library, or - for standard input.\n"
    "  shakedown run first-call\n"
    "  shakedown run rotation --seed 9 --json\n"
    "  shakedown run scenarios/ --junit results.xml --report results.html",
    [](po::options_description& options) {
      options.add_options()("clock", po::value<std::string>()->default_value("virtual"),
                            "virtual (as fast as it goes) or wall (real HTTPS and SIP)");
      add_scenario_options(options);
      options.add_options()("db", po::value<std::string>()->default_value("shakedown.sqlite"),
                            "the database that records the runs");
      options.add_options()("shuffle-ties",
                            po::value<std::uint64_t>()->default_value(0)->value_name("N"),
                            "permute events of the same instant; the outcome must not change");
      options.add_options()("inline-proofs",
                            "verify every signature at once instead of on a second core");
      options.add_options()("costs", po::value<std::string>()->value_name("FILE"),
                            "what computations cost, as shakedown calibrate writes it");
      options.add_options()("port", po::value<std::uint64_t>()->default_value(0),
                            "wall clock: the HTTPS port on 127.0.0.1; 0 takes any");
      options.add_options()("ready-file", po::value<std::string>()->value_name("FILE"),
                            "wall clock: written with URLs and trust anchors when all listen");
      options.add_options()("wait-external",
                            po::value<std::string>()->default_value("2m")->value_name("DURATION"),
                            "wall clock: how long to wait for external products");
      options.add_options()("junit", po::value<std::string>()->value_name("FILE"),
                            "write JUnit XML");
      options.add_options()("report", po::value<std::string>()->value_name("FILE"),
                            "write a self-contained HTML page");
      options.add_options()("json", "the results as JSON on standard output");
      options.add_options()("quiet,q", "only the verdict");
    },
    run};

}  // namespace shakedown::cli
