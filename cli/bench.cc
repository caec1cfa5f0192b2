// bench: how fast is a simulated call, measured against plain OpenSSL in the same process?
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "actors/crypto/baseline.h"
#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/play.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kBaselinePairs = 10'000;

// rotation with so many calls in all, its flows in their old proportions.
LoadedScenario scaled_rotation(std::uint64_t calls) {
  auto sources = find_sources("rotation");
  SHAKEDOWN_ASSERT(sources.has_value());
  auto parsed = scenarios::parse_scenario(sources->front().text, "rotation", {});
  SHAKEDOWN_ASSERT(parsed.scenario.has_value());
  LoadedScenario loaded{sources->front(), *std::move(parsed.scenario)};
  std::uint64_t all = 0;
  for (const auto& traffic : loaded.scenario.traffic) all += traffic.calls.count;
  for (auto& traffic : loaded.scenario.traffic) {
    traffic.calls.count = traffic.calls.count * calls / all;
  }
  // Expectations count calls of the unscaled day.
  loaded.scenario.expectations.clear();
  return loaded;
}

struct Measured {
  std::int64_t ns = 0;
  std::uint64_t calls = 0;

  double ns_per_call() const { return static_cast<double>(ns) / static_cast<double>(calls); }
};

class Bench {
 public:
  explicit Bench(std::uint64_t calls)
      : scenario_(scaled_rotation(calls)),
        folder_(std::filesystem::temp_directory_path() /
                fmt::format("shakedown-bench-{}", monotonic_ns())) {
    std::filesystem::create_directory(folder_);
  }

  ~Bench() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  // Nanoseconds of one plain signature and verification. The median of all readings is used, since
  // machines drift.
  bool read_baseline() {
    const std::int64_t started = monotonic_ns();
    if (!crypto::plain_sign_and_verify(kBaselinePairs)) return false;
    readings_.push_back(static_cast<double>(monotonic_ns() - started) /
                        static_cast<double>(kBaselinePairs));
    return true;
  }

  double baseline() {
    std::sort(readings_.begin(), readings_.end());
    return readings_[readings_.size() / 2];
  }

  Result<Measured> play_scenario(bool two_cores) {
    PlayOptions options;
    options.database = (folder_ / (two_cores ? "two.sqlite" : "one.sqlite")).string();
    options.defer_proofs = two_cores;
    const std::int64_t started = monotonic_ns();
    const Played played = play(scenario_, options);
    if (played.exit_code > kNotMet) return fail(ErrorCode::kEnvironment, played.error);
    return Measured{monotonic_ns() - started, played.run.calls.total};
  }

 private:
  LoadedScenario scenario_;
  std::filesystem::path folder_;
  std::vector<double> readings_;
};

long peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int bench(const po::variables_map& given) {
  const auto calls = given["calls"].as<std::uint64_t>();
  if (calls < 1000) return bad_usage("bench", "--calls: at least 1000 say something");
  Bench bench(calls);
  const auto failed = [](const std::string& why) {
    std::cerr << "shakedown bench: " << why << '\n';
    return kEnvironment;
  };
  if (!bench.read_baseline()) return failed("OpenSSL failed");
  const auto one = bench.play_scenario(false);
  if (!one) return failed(one.error().detail);
  const long rss = peak_rss_mib();
  if (!bench.read_baseline()) return failed("OpenSSL failed");
  const auto two = bench.play_scenario(true);
  if (!two) return failed(two.error().detail);
  if (!bench.read_baseline()) return failed("OpenSSL failed");

  const double pair = bench.baseline();
  const double ratio = pair / one->ns_per_call();
  const double ratio_two = pair / two->ns_per_call();
  if (given.count("json") > 0) {
    std::cout << nlohmann::json{{"calls", one->calls},
                                {"call_ratio", ratio},
                                {"call_ratio_two_cores", ratio_two},
                                {"peak_rss_mib", rss},
                                {"plain_pair_us", pair / 1000},
                                {"call_us", one->ns_per_call() / 1000},
                                {"call_us_two_cores", two->ns_per_call() / 1000}}
                     .dump(2)
              << '\n';
    return kAllMet;
  }
  std::cout << fmt::format(
      "rotation with {} calls, recorded in SQLite\n"
      "plain OpenSSL, sign and verify   {:8.1f} us\n"
      "a simulated call, one core       {:8.1f} us   ratio {:.2f}\n"
      "a simulated call, two cores      {:8.1f} us   ratio {:.2f}\n"
      "peak memory, one core            {:8} MiB\n",
      one->calls, pair / 1000, one->ns_per_call() / 1000, ratio, two->ns_per_call() / 1000,
      ratio_two, rss);
  return kAllMet;
}

}  // namespace

const Verb kBenchVerb{
    "bench",
    "",
    "how fast simulated calls are, as a ratio to plain OpenSSL in this process",
    "Plays rotation scaled to many calls, once on one core and once with verification on a second\n"
    "one, and measures OpenSSL's own P-256 sign and verify before, between and after.",
    [](po::options_description& options) {
      options.add_options()("calls", po::value<std::uint64_t>()->default_value(100'000),
                            "how many calls");
      options.add_options()("json", "as JSON on standard output");
    },
    bench};

}  // namespace shakedown::cli
