// bench: how fast is a simulated call, measured against plain OpenSSL in the same process?
#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/play.h"
#include "cli/verb.h"
#include "crypto/keys/baseline.h"

namespace shakedown::cli {
namespace {

// Each time that a transaction has been committed; all proofs are settled then, and one core rests.
constexpr std::size_t kPairsAtATime = 100;

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
  std::uint64_t calls = 0;
  double call_ns = 0;  // Of one call.
  double pair_ns = 0;  // Of one plain signature and verification, in the course of the same run.

  double ratio() const { return pair_ns / call_ns; }
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

  // Machines drift, and other machines share theirs: so the yardstick is read again and again
  // while the scenario plays, and the time that takes does not count.
  Result<Measured> play_scenario(bool two_cores) {
    std::int64_t reading_ns = 0;
    std::uint64_t pairs = 0;
    Status readings;
    PlayOptions options;
    options.database = (folder_ / (two_cores ? "two.sqlite" : "one.sqlite")).string();
    options.defer_proofs = two_cores;
    options.progress = [&](std::uint64_t, std::uint64_t) {
      const std::int64_t began = monotonic_ns();
      if (Status read = crypto::plain_sign_and_verify(kPairsAtATime); !read) readings = read;
      reading_ns += monotonic_ns() - began;
      pairs += kPairsAtATime;
    };
    const std::int64_t started = monotonic_ns();
    const Played played = play(scenario_, options);
    const std::int64_t played_ns = monotonic_ns() - started - reading_ns;
    if (played.exit_code > kNotMet) return fail(ErrorCode::kEnvironment, played.error);
    if (!readings) return tl::unexpected(readings.error());
    const auto per = [](std::int64_t ns, std::uint64_t count) {
      return static_cast<double>(ns) / static_cast<double>(count);
    };
    const std::uint64_t calls = played.run.calls.total;
    return Measured{calls, per(played_ns, calls), per(reading_ns, pairs)};
  }

 private:
  LoadedScenario scenario_;
  std::filesystem::path folder_;
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
  const auto one = bench.play_scenario(false);
  if (!one) return failed(one.error().detail);
  const long rss = peak_rss_mib();
  const auto two = bench.play_scenario(true);
  if (!two) return failed(two.error().detail);

  if (given.count("json") > 0) {
    std::cout << nlohmann::json{{"calls", one->calls},
                                {"call_ratio", one->ratio()},
                                {"call_ratio_two_cores", two->ratio()},
                                {"peak_rss_mib", rss},
                                {"plain_pair_us", one->pair_ns / 1000},
                                {"plain_pair_us_two_cores", two->pair_ns / 1000},
                                {"call_us", one->call_ns / 1000},
                                {"call_us_two_cores", two->call_ns / 1000}}
                     .dump(2)
              << '\n';
    return kAllMet;
  }
  std::cout << fmt::format(
      "rotation with {} calls, recorded in SQLite, and plain OpenSSL's sign and verify meanwhile\n"
      "one core     a call {:8.1f} us   OpenSSL {:8.1f} us   ratio {:.2f}\n"
      "two cores    a call {:8.1f} us   OpenSSL {:8.1f} us   ratio {:.2f}\n"
      "peak memory, one core {} MiB\n",
      one->calls, one->call_ns / 1000, one->pair_ns / 1000, one->ratio(), two->call_ns / 1000,
      two->pair_ns / 1000, two->ratio(), rss);
  return kAllMet;
}

}  // namespace

const Verb kBenchVerb{
    "bench",
    "",
    "how fast simulated calls are, as a ratio to plain OpenSSL in this process",
    "Plays rotation scaled to many calls, once on one core and once with verification on a second\n"
    "one, and measures OpenSSL's own P-256 sign and verify all the while; that time is left out.",
    [](po::options_description& options) {
      options.add_options()("calls", po::value<std::uint64_t>()->default_value(100'000),
                            "how many calls");
      options.add_options()("json", "as JSON on standard output");
    },
    bench};

}  // namespace shakedown::cli
