// What stands in the database, as values: a run, its participants, its expectations. The tables
// are in schema.sql; the rows of calls and verifications are in queries.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/time.h"

namespace shakedown::results {

enum class Clock : std::uint8_t { kVirtual, kWall };

enum class RunState : std::uint8_t {
  kUnfinished,   // Still running, or killed: what is there is a whole prefix.
  kFinished,     // Played to its end and judged.
  kInterrupted,  // Stopped by a signal; what is there is a whole prefix, judged.
  kFailed,       // The harness failed (a proof disagreed, too much in flight): proves nothing.
};

enum class Role : std::uint8_t {
  kPolicyAdministrator,
  kCertificationAuthority,
  kRepository,
  kCdnEdge,
  kProvider,
  kTransit,
  kMasterKeyService,
  kEnterprise,
  kAdversary,
  kExternal,  // The user's own product.
};

std::string_view to_string(Clock clock);     // virtual, wall
std::string_view to_string(RunState state);  // unfinished, finished, interrupted, failed
std::string_view to_string(Role role);       // policy_administrator, ...

// One member of the ecosystem, for the report's list.
struct Participant {
  std::string name;
  Role role = Role::kProvider;
  std::string region{};  // "" or a region of the network.
  std::string detail{};  // For a person: "spc 709J, keys envelope, policy rfc8224".
};

// What is known of a run when it starts.
struct RunInfo {
  std::string id;               // "" lets the recorder choose: "SCENARIO-N", N counting the runs.
  std::string scenario;         // Its name.
  std::string scenario_file;    // As the user wrote it: a path or a library name.
  std::string scenario_text;    // The YAML, byte for byte, so that `replay` needs nothing else.
  std::string scenario_sha256;  // Hex, of the text.
  std::string question;
  Clock clock = Clock::kVirtual;
  std::uint64_t seed = 1;
  std::uint64_t shuffle_ties = 0;                                // 0: not shuffled.
  std::vector<std::pair<std::string, std::string>> overrides{};  // --set PATH=VALUE, in order.
  std::string costs = "{}";                                      // The cost table, a JSON object.
  std::string version;                                           // Of shakedown.
  std::string openssl_version;
  std::string host;      // Facts of the machine for a person: "x86_64, 2 cores, Linux 6.1".
  sim::Time started_at;  // The machine's clock.
  sim::Time epoch;       // World time at the start.
  std::vector<Participant> participants{};
};

// One judged expectation.
struct Expectation {
  std::string id{};        // The entry's `id:`, else "e1", "e2" by position.
  std::string text{};      // The entry in a sentence: "calls from acme-tel: passed at least 99.9%".
  bool met = false;        //
  std::string expected{};  // ">= 99.9%"
  std::string actual{};    // "100% (7200 of 7200)"
  std::string file{};      // Where it stands, for JUnit.
  int line = 0;            // 0: unknown.
};

// One row of table metric: what was measured. Empty words narrow nothing.
struct MetricValue {
  std::string id{};
  std::string of{};
  std::string victim{};
  std::string terminating{};
  std::string repository_of{};
  std::string after{};
  std::string before{};
  std::string statistic{};  // "value"; of a distribution "count", "p50", ...
  std::int64_t value = 0;
  std::string unit{};  // "count", "ppm", "ns"
};

// What came of a run.
struct Judgement {
  std::vector<Expectation> expectations{};
  std::vector<MetricValue> metrics{};
};

// What is expected, as a person reads it: `text` without the braces of a YAML flow mapping and
// without the id, which stands beside it.
std::string words_of(const Expectation& expectation);

// Calls by outcome. total == passed + failed + unverified.
struct Counts {
  std::uint64_t total = 0;
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t unverified = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

// A run as the database has it.
struct RunRecord {
  std::int64_t number = 0;  // The first key of every table; counts the runs of the database.
  RunInfo info;
  RunState state = RunState::kUnfinished;
  std::optional<sim::Time> ended_at;        // The machine's clock.
  std::optional<sim::Time> world_ended_at;  // World time.
  std::string end_detail;                   // Why it failed or was interrupted.
  std::string outcome_digest;               // Hex; "" while unfinished.
  std::string artefact_digest;
  int digest_form = 0;  // kDigestForm of the version that recorded it.
  Counts calls;
  std::uint64_t verifications = 0;
  std::uint64_t fetches = 0;
  std::uint64_t late_answers = 0;
  std::uint64_t refused_handlers = 0;
  std::uint64_t events = 0;
  sim::Duration lag_p99{};
  std::vector<std::string> blocked;  // Activities that waited for ever.
  std::vector<Expectation> expectations;

  bool all_met() const;
  std::uint64_t met_count() const;
};

}  // namespace shakedown::results
