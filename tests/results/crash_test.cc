// What a killed process and a full disk leave behind.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using testing::HasSubstr;

std::int64_t real_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

void record_call_number(const sim::EventSink& sink, int i) {
  static const std::string acme = "acme-tel";
  static const std::string beta = "beta-voice";
  const std::string id = "acme-tel.0." + std::to_string(i);
  sink({kEpoch + 1ms * i, &beta, i % 7 == 0 ? a_failed_verification(id) : a_verification(id)});
  if (i % 5 == 0) sink({kEpoch + 1ms * i, &beta, a_fetch(id)});
  sink({kEpoch + 1ms * i, &acme,
        a_call(id, 1ms * i,
               i % 7 == 0 ? actors::CallOutcome::kFailed : actors::CallOutcome::kPassed)});
}

// Records for ever and reports through the pipe how many calls it has given to the recorder.
[[noreturn]] void record_until_killed(const std::string& path, int pipe) {
  auto opened = Recorder::open({.path = path, .run = a_run_info(), .monotonic_ns = real_ns});
  if (!opened) ::_exit(1);
  const sim::EventSink sink = (*opened)->sink();
  for (int i = 1;; ++i) {
    record_call_number(sink, i);
    if (::write(pipe, &i, sizeof i) != sizeof i) ::_exit(1);
  }
}

std::string text_of(const std::string& path, const std::string& sql) {
  auto database = Database::open(path, Database::Mode::kRead);
  if (!database) return database.error().detail;
  auto statement = (*database)->prepare(sql);
  if (!statement) return statement.error().detail;
  const auto row = statement->step();
  if (!row) return row.error().detail;
  return *row ? statement->text(0) : "no row";
}

// Kills a recording process after `delay` and returns how many calls it had reported.
int calls_reported_before_kill(const std::string& path, std::chrono::microseconds delay) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    record_until_killed(path, ends[1]);
  }
  ::close(ends[1]);
  int reported = 0;
  const auto end = std::chrono::steady_clock::now() + delay;
  // The delay counts from the first call, so that every round records something.
  while (::read(ends[0], &reported, sizeof reported) == sizeof reported &&
         std::chrono::steady_clock::now() < end) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  int later = 0;
  while (::read(ends[0], &later, sizeof later) == sizeof later) reported = later;
  ::close(ends[0]);
  return reported;
}

TEST(KilledRun, LeavesAWholePrefixAtMostOneCommitBehind) {
  for (int round = 0; round < 20; ++round) {
    Folder folder;
    const std::string path = folder.file("db");
    const int reported =
        calls_reported_before_kill(path, std::chrono::microseconds(2'000 + 13'337 * round));
    ASSERT_GT(reported, 0);

    EXPECT_EQ(text_of(path, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(text_of(path, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
    Queries queries = *Queries::open(path);
    const RunRecord run = *queries.run("");
    EXPECT_EQ(run.state, RunState::kUnfinished);
    const auto committed = static_cast<int>(run.calls.total);
    EXPECT_GE(committed, reported - static_cast<int>(kCallsPerCommit)) << "round " << round;
    // A whole prefix: the calls 1 to n, each with its verification and its fetch.
    EXPECT_EQ(text_of(path, "SELECT count(*) FROM call WHERE id <> 'acme-tel.0.' || number"), "0");
    EXPECT_EQ(text_of(path, "SELECT coalesce(max(number), 0) FROM call"),
              std::to_string(committed));
    EXPECT_EQ(static_cast<int>(run.verifications), committed);
    EXPECT_EQ(text_of(path, "SELECT count(*) FROM call_detail WHERE verification IS NULL"), "0");
    EXPECT_EQ(text_of(path,
                      "SELECT count(*) FROM call AS c WHERE c.number % 5 = 0 AND c.id NOT IN "
                      "(SELECT call_id FROM fetch)"),
              "0");
    // The next run goes on in the same file.
    TestRun next(path);
    next.record_call(a_call("c0"));
    ASSERT_TRUE(next.finish());
    EXPECT_EQ(queries.runs()->size(), 2U);
  }
}

// The child's verdict comes through its exit code: 0 as expected.
int exit_code_of(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

TEST(FullDisk, StopsTheRunWithAClearErrorAndKeepsThePrefix) {
  Folder folder;
  const std::string path = folder.file("db");
  const int code = exit_code_of([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1'000'000, .rlim_max = 1'000'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    auto opened = Recorder::open({.path = path, .run = a_run_info(), .monotonic_ns = real_ns});
    if (!opened) return 2;
    int failures = 0;
    Error said;
    (*opened)->set_failed([&](const Error& error) {
      ++failures;
      said = error;
    });
    const sim::EventSink sink = (*opened)->sink();
    for (int i = 1; i <= 50'000; ++i) record_call_number(sink, i);
    if (failures != 1) return 3;
    if (said.code != ErrorCode::kEnvironment) return 4;
    if (said.detail.find(path) == std::string::npos) return 5;
    const Status finished = (*opened)->finish({}, {}, kEpoch);
    if (finished || finished.error() != said) return 6;
    return (*opened)->flush() ? 7 : 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(text_of(path, "PRAGMA integrity_check"), "ok");
  Queries queries = *Queries::open(path);
  const RunRecord run = *queries.run("");
  EXPECT_EQ(run.state, RunState::kUnfinished);
  EXPECT_GE(run.calls.total, kCallsPerCommit);
  EXPECT_EQ(run.calls.total, run.verifications);
}

}  // namespace
}  // namespace shakedown::results
