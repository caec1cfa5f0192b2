#include "results/record/recorder.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>

#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::int64_t integer(const std::string& path, const std::string& sql) {
  auto database = Database::open(path, Database::Mode::kRead);
  EXPECT_TRUE(database) << database.error().detail;
  auto statement = (*database)->prepare(sql);
  EXPECT_TRUE(statement) << statement.error().detail;
  EXPECT_TRUE(*statement->step());
  return statement->integer(0);
}

TEST(Recorder, KeepsEveryFieldOfACall) {
  Folder folder;
  TestRun run(folder.file("db"));
  auto call = a_call("acme-tel.0.1", 90s, CallOutcome::kFailed);
  call->via = "transit-1,transit-2";
  call->claims_to_be = "gamma-net";
  call->signing_error = "the token was logged out";
  run.record_call(std::move(call));
  ASSERT_TRUE(run.finish());

  const CallDetail detail = *run.queries().call(run.number(), "acme-tel.0.1");
  EXPECT_EQ(detail.call.from, "acme-tel");
  EXPECT_EQ(detail.call.claims_to_be, "gamma-net");
  EXPECT_EQ(detail.call.to, "beta-voice");
  EXPECT_EQ(detail.call.calling_number, "12015550123");
  EXPECT_EQ(detail.call.called_number, "14155550199");
  EXPECT_EQ(detail.call.via, "transit-1,transit-2");
  EXPECT_EQ(detail.call.attest, 'A');
  EXPECT_EQ(detail.call.outcome, CallOutcome::kFailed);
  EXPECT_EQ(detail.call.sip_status, 438);
  EXPECT_EQ(detail.call.placed_at, kEpoch + 90s);
  EXPECT_EQ(detail.call.recorded_at, kEpoch + 90s + 50ms);
  EXPECT_EQ(detail.call.signing_latency, 1ms);
  EXPECT_EQ(detail.call.post_dial_delay, 42ms);
  EXPECT_EQ(detail.call.signing_error, "the token was logged out");

  ASSERT_THAT(detail.verifications, SizeIs(1));
  const VerificationRecord& verification = detail.verifications.front();
  EXPECT_EQ(detail.call.verification, verification.number);
  EXPECT_EQ(verification.verifier, "beta-voice");
  EXPECT_EQ(verification.profile, "rfc8224");
  EXPECT_EQ(verification.verstat, "TN-Validation-Failed");
  EXPECT_EQ(verification.code, 438);
  EXPECT_EQ(verification.reason, "Invalid Identity Header");
  EXPECT_EQ(verification.failed_step, "signature_verifies");
  EXPECT_THAT(verification.detail, HasSubstr("does not fit the key"));
  EXPECT_THAT(verification.x5u, HasSubstr("https://certs.acme-tel.test/"));
  EXPECT_EQ(verification.certificate, std::string(64, 'c'));
  EXPECT_EQ(verification.issuer_root, "ca-one");
  EXPECT_EQ(verification.started_at, kEpoch + 90s + 40ms - 20095us);
  EXPECT_EQ(verification.latency, 20095us);
}

TEST(Recorder, KeepsTheTraceExactlyAndShort) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("passed"));
  run.record_call(a_call("failed", 2s, CallOutcome::kFailed));
  ASSERT_TRUE(run.finish());

  const std::vector<actors::TraceStep> expected = a_passing_trace();
  const CallDetail detail = *run.queries().call("passed");
  ASSERT_THAT(detail.verifications.front().trace, SizeIs(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const StepRecord& step = detail.verifications.front().trace[i];
    EXPECT_EQ(step.step, expected[i].step);
    EXPECT_EQ(step.result, expected[i].result);
    EXPECT_EQ(step.started, expected[i].started) << i;
    EXPECT_EQ(step.took, expected[i].took) << i;
  }
  EXPECT_LT(integer(folder.file("db"), "SELECT max(length(trace)) FROM verification"), 150);
  EXPECT_EQ(integer(folder.file("db"), "SELECT count(*) FROM trace_shape"), 2);
}

TEST(Recorder, JoinsEveryVerificationOfACallAndKnowsTheDecisiveOne) {
  Folder folder;
  TestRun run(folder.file("db"));
  auto call = a_call("c");
  call->via = "gateway";
  run.record(1s, a_verification("c"), "beta-voice/verification");
  run.record(2s, a_failed_verification("c"), "gateway");
  run.record(3s, std::move(call), "acme-tel");
  ASSERT_TRUE(run.finish());
  const CallDetail detail = *run.queries().call("c");
  ASSERT_THAT(detail.verifications, SizeIs(2));
  EXPECT_EQ(detail.verifications[0].verifier, "beta-voice/verification");
  EXPECT_EQ(detail.call.verification, detail.verifications[0].number);
}

// The caller gave up; the verdict came later.
TEST(Recorder, FindsTheCallOfAVerificationThatComesLate) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record(1s, a_call("c", 1s, CallOutcome::kUnverified), "acme-tel");
  run.record(2s, a_verification("c"), "beta-voice");
  ASSERT_TRUE(run.finish());
  const CallDetail detail = *run.queries().call("c");
  ASSERT_THAT(detail.verifications, SizeIs(1));
  EXPECT_EQ(detail.call.verification, detail.verifications.front().number);
}

TEST(Recorder, KeepsVerificationsWithoutACall) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record(1s, a_verification(""), "beta-voice");         // An outsider's request.
  run.record(2s, a_verification("unended"), "beta-voice");  // The run ended before the call.
  ASSERT_TRUE(run.finish());
  EXPECT_EQ(integer(folder.file("db"), "SELECT count(*) FROM verification WHERE call IS NULL"), 2);
  EXPECT_EQ(integer(folder.file("db"),
                    "SELECT count(*) FROM verification WHERE unmatched_call_id = 'unended'"),
            1);
}

TEST(Recorder, KeepsTheWordsOfAForeignVerifier) {
  Folder folder;
  TestRun run(folder.file("db"));
  auto verification = a_verification("");
  verification->verstat = "Totally-Fine";
  run.record(1s, std::move(verification), "their-product");
  ASSERT_TRUE(run.finish());
  EXPECT_EQ(integer(folder.file("db"),
                    "SELECT count(*) FROM verification WHERE verstat = 'other' AND "
                    "detail = 'verstat Totally-Fine'"),
            1);
}

TEST(Recorder, WritesTheOtherEvents) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record(1s, a_fetch("c"), "beta-voice");
  run.record(1s, a_certificate("f0", "ca-one", "acme-tel"), "ca-one");
  run.record(1s, a_certificate("f0", "ca-one", "acme-tel"), "ca-one");  // Told of twice.
  auto issuance = std::make_unique<actors::IssuanceEvent>();
  issuance->ca = "ca-one";
  issuance->because = "renewal";
  issuance->issued = true;
  issuance->fingerprint = "f0";
  issuance->started_at = kEpoch;
  issuance->published_at = kEpoch + 1s;
  run.record(2s, std::move(issuance), "acme-tel");
  auto revocation = std::make_unique<actors::RevocationEvent>();
  revocation->fingerprint = "f0";
  revocation->issuer = "CN=ca-one";
  revocation->serial = "01ab";
  revocation->reason = "keyCompromise";
  revocation->reported_by = "ca-one";
  revocation->reported_at = kEpoch + 2s;
  revocation->crl_number = 3;
  run.record(3s, std::move(revocation), "sti-pa");
  run.record(4s, a_happening(HappeningKind::kKeyStolen, "acme-tel", "mallory", "from memory"),
             "mallory");
  ASSERT_TRUE(run.finish());

  Queries queries = run.queries();
  EXPECT_EQ(queries.count_fetches(run.number(), {})->miss, 1U);
  const auto certificates = *queries.certificates(run.number(), 10);
  ASSERT_THAT(certificates, SizeIs(1));
  EXPECT_EQ(certificates[0].issued_to, "acme-tel");
  const auto issuances = *queries.issuances(run.number(), 10);
  ASSERT_THAT(issuances, SizeIs(1));
  EXPECT_EQ(issuances[0].provider, "acme-tel");
  EXPECT_EQ(issuances[0].published_at, kEpoch + 1s);
  EXPECT_EQ(issuances[0].used_from, std::nullopt);
  const auto revocations = *queries.revocations(run.number(), 10);
  ASSERT_THAT(revocations, SizeIs(1));
  EXPECT_EQ(revocations[0].published_at, kEpoch + 3s);
  EXPECT_EQ(revocations[0].crl_number, 3U);
  const auto happenings = *queries.happenings(run.number(), 10);
  ASSERT_THAT(happenings, SizeIs(1));
  EXPECT_EQ(happenings[0].by, "mallory");
}

TEST(Recorder, CommitsAfterAThousandCalls) {
  Folder folder;
  TestRun run(folder.file("db"));
  std::vector<std::uint64_t> reported;
  run.recorder().set_reported([&](std::uint64_t calls) { reported.push_back(calls); });
  for (int i = 0; i < 2500; ++i) run.record_call(a_call("c" + std::to_string(i)));
  EXPECT_THAT(reported, ElementsAre(1000, 2000));
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 2000U);
  ASSERT_TRUE(run.recorder().flush());
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 2500U);
}

TEST(Recorder, CommitsAfterHalfASecondOfRealTime) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("c0"));
  run.monotonic_ns += 499'000'000;
  run.record_call(a_call("c1"));
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 0U);
  run.monotonic_ns += 1'000'000;
  run.record_call(a_call("c2"));
  // The verification of c2 was what passed the half second: its call is in the next transaction.
  EXPECT_GE(run.queries().count_calls(run.number(), {})->total, 2U);
}

TEST(Recorder, CommitsOnATimerWhereEventsAreRare) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("c0"));
  ASSERT_TRUE(run.recorder().commit_if_due());
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 0U);
  run.monotonic_ns += 500'000'000;
  ASSERT_TRUE(run.recorder().commit_if_due());
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 1U);
}

TEST(Recorder, SettlesProofsBeforeEachCommit) {
  Folder folder;
  TestRun run(folder.file("db"));
  int settled = 0;
  run.recorder().set_settle([&] {
    ++settled;
    return true;
  });
  run.recorder().set_reported([&](std::uint64_t) { EXPECT_EQ(settled, 1); });
  run.record_call(a_call("c0"));
  EXPECT_EQ(settled, 0);
  ASSERT_TRUE(run.recorder().flush());
  EXPECT_EQ(settled, 1);
}

// No row lies ahead of its proof.
TEST(Recorder, UndoesTheTransactionWhoseProofDisagreed) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("good"));
  ASSERT_TRUE(run.recorder().flush());
  run.recorder().set_settle([] { return false; });
  run.record_call(a_call("bad"));
  ASSERT_TRUE(run.finish({}, sim::RunSummary::End::kProofFailed));
  const RunRecord record = *run.queries().run("");
  EXPECT_EQ(record.state, RunState::kFailed);
  EXPECT_THAT(record.end_detail, HasSubstr("proof disagreed"));
  EXPECT_EQ(record.calls.total, 1U);
  EXPECT_EQ(run.queries().count_calls(run.number(), {})->total, 1U);
}

TEST(Recorder, MarksHowARunEnded) {
  Folder folder;
  using End = sim::RunSummary::End;
  for (const auto& [end, state] : {std::pair(End::kDone, RunState::kFinished),
                                   std::pair(End::kStopped, RunState::kInterrupted),
                                   std::pair(End::kOverloaded, RunState::kFailed)}) {
    TestRun run(folder.file("db"));
    EXPECT_EQ(run.queries().run("")->state, RunState::kUnfinished);
    ASSERT_TRUE(run.finish({}, end));
    EXPECT_EQ(run.queries().run("")->state, state);
  }
}

TEST(Recorder, AnAbandonedRunIsInterruptedAndSaysWhy) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("c0"));
  ASSERT_TRUE(run.recorder().abandon("the second signal", kEpoch));
  const RunRecord record = *run.queries().run("");
  EXPECT_EQ(record.state, RunState::kInterrupted);
  EXPECT_EQ(record.end_detail, "the second signal");
  EXPECT_EQ(record.world_ended_at, std::nullopt);
  EXPECT_EQ(record.calls.total, 1U);
}

TEST(Recorder, KeepsEverythingAboutTheRun) {
  Folder folder;
  RunInfo info = a_run_info();
  info.seed = 18'446'744'073'709'551'615U;  // Does not fit a signed integer.
  info.shuffle_ties = 3;
  info.overrides = {{"providers.0.keys", "hsm"}, {"x", "\"'"}};
  info.costs = R"({"sign_ns": 30000})";
  info.clock = Clock::kWall;
  TestRun run(folder.file("db"), info);
  run.record_call(a_call("c0"));
  run.record_call(a_call("c1", 2s, CallOutcome::kFailed));
  run.record_call(a_call("c2", 3s, CallOutcome::kUnverified));
  ASSERT_TRUE(run.finish({{.id = "e1",
                           .text = "calls pass",
                           .met = false,
                           .expected = ">= 99 %",
                           .actual = "50 %",
                           .file = "a.yaml",
                           .line = 12}}));
  const RunRecord record = *run.queries().run("first-call-1");
  EXPECT_EQ(record.info.seed, info.seed);
  EXPECT_EQ(record.info.shuffle_ties, 3U);
  EXPECT_EQ(record.info.overrides, info.overrides);
  EXPECT_EQ(record.info.costs, info.costs);
  EXPECT_EQ(record.info.clock, Clock::kWall);
  EXPECT_EQ(record.info.scenario_text, info.scenario_text);
  EXPECT_EQ(record.info.question, info.question);
  EXPECT_EQ(record.info.started_at, info.started_at);
  EXPECT_EQ(record.info.epoch, kEpoch);
  EXPECT_EQ(record.world_ended_at, kEpoch + 1h);
  EXPECT_EQ(record.calls, (Counts{3, 1, 1, 1}));
  EXPECT_EQ(record.verifications, 2U);
  EXPECT_THAT(record.outcome_digest, SizeIs(64));
  EXPECT_EQ(record.outcome_digest, run.recorder().digests().outcome);
  EXPECT_EQ(record.artefact_digest, run.recorder().digests().artefact);
  ASSERT_THAT(record.expectations, SizeIs(1));
  EXPECT_EQ(record.expectations[0].actual, "50 %");
  EXPECT_EQ(record.expectations[0].line, 12);
  EXPECT_FALSE(record.all_met());
  const auto participants = *run.queries().participants(run.number());
  ASSERT_THAT(participants, SizeIs(3));
  EXPECT_EQ(participants[0].role, Role::kCertificationAuthority);
}

TEST(Recorder, SeveralRunsShareOneDatabase) {
  Folder folder;
  for (int i = 1; i <= 3; ++i) {
    TestRun run(folder.file("db"), a_run_info(i == 2 ? "rotation" : "first-call"));
    EXPECT_EQ(run.number(), i);
    for (int c = 0; c < i; ++c) run.record_call(a_call("c" + std::to_string(c)));
    ASSERT_TRUE(run.finish());
  }
  Queries queries = *Queries::open(folder.file("db"));
  const auto runs = *queries.runs();
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].info.id, "first-call-1");
  EXPECT_EQ(runs[1].info.id, "rotation-2");
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(queries.count_calls(i, {})->total, static_cast<std::uint64_t>(i));
  }
  EXPECT_EQ(queries.run("rotation-2")->number, 2);
  EXPECT_EQ(queries.run("2")->info.id, "rotation-2");
  EXPECT_EQ(queries.run("")->number, 3);
  EXPECT_EQ(queries.run("nonsense").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(queries.call("c0")->call.run, 3);
  EXPECT_EQ(queries.call(1, "c0")->call.run, 1);
  EXPECT_EQ(queries.call("2")->call.run, 2);  // Calls are numbered through the database.
}

TEST(Recorder, TwoProcessesMayRecordIntoOneDatabase) {
  Folder folder;
  TestRun first(folder.file("db"));
  TestRun second(folder.file("db"));
  for (int i = 0; i < 10; ++i) {
    first.record_call(a_call("a" + std::to_string(i)));
    ASSERT_TRUE(first.recorder().flush());
    second.record_call(a_call("b" + std::to_string(i), 1s, CallOutcome::kFailed));
    ASSERT_TRUE(second.recorder().flush());
  }
  ASSERT_TRUE(first.finish());
  ASSERT_TRUE(second.finish());
  Queries queries = first.queries();
  EXPECT_EQ(*queries.count_calls(first.number(), {}), (Counts{10, 10, 0, 0}));
  EXPECT_EQ(*queries.count_calls(second.number(), {}), (Counts{10, 0, 10, 0}));
  EXPECT_EQ(queries.call("b7")->verifications.front().failed_step, "signature_verifies");
}

TEST(Recorder, RefusesARunIdThatIsTaken) {
  Folder folder;
  RunInfo info = a_run_info();
  info.id = "mine";
  TestRun run(folder.file("db"), info);
  const auto again = Recorder::open(
      {.path = folder.file("db"), .run = info, .monotonic_ns = [] { return std::int64_t{0}; }});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  EXPECT_THAT(again.error().detail, HasSubstr("'mine'"));
}

TEST(Recorder, LeavesOnePlainFile) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("c0"));
  EXPECT_TRUE(std::filesystem::exists(folder.file("db-wal")));
  ASSERT_TRUE(run.finish());
  EXPECT_FALSE(std::filesystem::exists(folder.file("db-wal")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("db-shm")));
}

Error error_of_opening(const std::string& path) {
  const auto opened = Recorder::open(
      {.path = path, .run = a_run_info(), .monotonic_ns = [] { return std::int64_t{0}; }});
  return opened ? Error{ErrorCode::kMalformed, "it opened"} : opened.error();
}

void execute(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(Recorder, RefusesFilesThatAreNotItsOwn) {
  Folder folder;
  std::ofstream(folder.file("text")) << std::string(5000, 'x');
  EXPECT_EQ(error_of_opening(folder.file("text")).code, ErrorCode::kEnvironment);
  EXPECT_THAT(error_of_opening(folder.file("text")).detail, HasSubstr("is not a database"));

  execute(folder.file("foreign"), "CREATE TABLE t (x)");
  EXPECT_THAT(error_of_opening(folder.file("foreign")).detail,
              HasSubstr("is not a shakedown database"));
  execute(folder.file("other"), "PRAGMA application_id = 77");
  EXPECT_THAT(error_of_opening(folder.file("other")).detail,
              HasSubstr("is not a shakedown database"));

  { TestRun run(folder.file("newer")); }
  execute(folder.file("newer"), "PRAGMA user_version = 99");
  EXPECT_THAT(error_of_opening(folder.file("newer")).detail, HasSubstr("by a newer shakedown"));

  EXPECT_THAT(error_of_opening(folder.file("no/such/folder/db")).detail, HasSubstr("cannot open"));
}

TEST(Recorder, TakesAnEmptyFile) {
  Folder folder;
  std::ofstream(folder.file("empty")).flush();
  TestRun run(folder.file("empty"));
  EXPECT_EQ(run.number(), 1);
}

TEST(Queries, RefuseFilesThatAreMissingOrNotOurs) {
  Folder folder;
  const auto missing = Queries::open(folder.file("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kEnvironment);
  EXPECT_FALSE(std::filesystem::exists(folder.file("missing")));
  std::ofstream(folder.file("empty")).flush();
  EXPECT_FALSE(Queries::open(folder.file("empty")));
}

}  // namespace
}  // namespace shakedown::results
