#include <gmock/gmock.h>

#include <fstream>

#include "results/show/report_page.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::HasSubstr;

std::string report_of(TestRun& run, const ReportOptions& options = {}) {
  Queries queries = run.queries();
  auto report = html_report(queries, *queries.runs(), options);
  EXPECT_TRUE(report) << report.error().detail;
  return report ? *report : "";
}

// Attributes that begin with "on" in any tag.
int event_handlers_in(const std::string& page) {
  int handlers = 0;
  for (std::size_t tag = page.find('<'); tag != std::string::npos; tag = page.find('<', tag + 1)) {
    const std::string inside = page.substr(tag, page.find('>', tag) - tag);
    bool quoted = false;
    for (std::size_t i = 0; i + 3 < inside.size(); ++i) {
      if (inside[i] == '"') quoted = !quoted;
      if (!quoted && (inside[i] == ' ' || inside[i] == '/' || inside[i] == '"') &&
          inside.compare(i + 1, 2, "on") == 0) {
        ++handlers;
      }
    }
  }
  return handlers;
}

Expectation an_expectation(bool met) {
  return {.id = "e1",
          .text = "calls from acme-tel: passed at least 99.9 %",
          .met = met,
          .expected = ">= 99.9 %",
          .actual = "42 %"};
}

void record_story(TestRun& run) {
  run.record_call(a_call("acme-tel.0.1", 1min));
  run.record(10min, a_happening(HappeningKind::kKeyStolen, "acme-tel", "mallory", "from memory"),
             "mallory");
  run.record(15min, a_happening(HappeningKind::kCrlRefreshed, "beta-voice"), "beta-voice");
  auto stolen = a_call("mallory.0.1", 20min);
  stolen->from = "mallory";
  run.record_call(std::move(stolen));
  auto issuance = std::make_unique<actors::IssuanceEvent>();
  issuance->ca = "ca-one";
  issuance->because = "compromise";
  issuance->issued = true;
  issuance->fingerprint = "0badc0ffee0badc0ffee";
  issuance->started_at = kEpoch + 25min;
  run.record(26min, std::move(issuance), "acme-tel");
  auto revocation = std::make_unique<actors::RevocationEvent>();
  revocation->issuer = "CN=ca-one";
  revocation->serial = "4f1c";
  revocation->reason = "keyCompromise";
  revocation->reported_at = kEpoch + 27min;
  revocation->crl_number = 5;
  run.record(30min, std::move(revocation), "sti-pa");
  auto late = a_call("mallory.0.2", 40min, CallOutcome::kFailed);
  late->from = "mallory";
  run.record_call(std::move(late));
}

TEST(Report, TellsTheWholeStory) {
  Folder folder;
  TestRun run(folder.file("db"));
  record_story(run);
  ASSERT_TRUE(run.finish({an_expectation(false)}));
  ReportOptions options;
  const std::string page = report_of(run, options);
  for (const char* expected : {"✗ 0 of 1 expectations met",
                               "Does a signed call pass?",
                               "passed at least 99.9 %",
                               "Timeline",
                               "key stolen: acme-tel, by mallory",
                               "<li title=\"A key was stolen.\">",
                               "impostors&#39; calls",
                               "CRL refreshed",
                               "Latency",
                               "post-dial delay",
                               "Failures by step",
                               "signature_verifies",
                               "Does the signature verify?",
                               "One failing call: 3",
                               "Exposure",
                               "10 min",
                               "certification authority",
                               "spc 818H",
                               "Certificates issued",
                               "0badc0ffee0b",
                               "Certificates revoked",
                               "keyCompromise",
                               "shakedown replay first-call-1",
                               "outcome digest"}) {
    EXPECT_THAT(page, HasSubstr(expected));
  }
}

TEST(Report, LoadsNothingAndRunsNothing) {
  Folder folder;
  TestRun run(folder.file("db"));
  record_story(run);
  ASSERT_TRUE(run.finish());
  const std::string page = report_of(run);
  EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
  for (const char* forbidden : {"<script", "<link", "<img", "<iframe", "src=", "@import",
                                "javascript:", "style=\"", "url("}) {
    EXPECT_EQ(page.find(forbidden), std::string::npos) << forbidden;
  }
  EXPECT_EQ(event_handlers_in(page), 0);
}

// A SIP header, a URL or a name of somebody else's scenario is in the report: none may be markup.
TEST(Report, EscapesEverythingThatComesFromARun) {
  constexpr const char* kHostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&\x01";
  Folder folder;
  RunInfo info = a_run_info(kHostile);
  info.id = info.scenario_file = info.question = info.version = info.openssl_version = kHostile;
  info.host = kHostile;
  info.overrides = {{kHostile, kHostile}};
  info.participants = {{.name = kHostile, .region = kHostile, .detail = kHostile}};
  TestRun run(folder.file("db"), info);
  for (const CallOutcome outcome : {CallOutcome::kPassed, CallOutcome::kFailed}) {
    auto call = a_call(kHostile, 1min, outcome);
    call->from = call->to = call->claims_to_be = call->calling_number = call->via = kHostile;
    auto verification = a_failed_verification(kHostile);
    verification->profile = kHostile;
    verification->reason = verification->failed_step = verification->detail = kHostile;
    verification->x5u = verification->certificate = verification->issuer_root = kHostile;
    verification->trace.push_back({kHostile, actors::StepResult::kFailed, 0ns, 5ns});
    auto fetch = a_fetch(kHostile);
    fetch->url = fetch->edge = kHostile;
    run.record(1min, std::move(fetch), kHostile);
    run.record(1min, std::move(verification), kHostile);
    run.record(1min, std::move(call), kHostile);
  }
  run.record(2min, a_happening(HappeningKind::kKeyStolen, kHostile, kHostile, kHostile), kHostile);
  for (const bool issued : {true, false}) {
    auto issuance = std::make_unique<actors::IssuanceEvent>();
    issuance->ca = issuance->because = issuance->error = issuance->fingerprint = kHostile;
    issuance->url = kHostile;
    issuance->issued = issued;
    run.record(3min, std::move(issuance), kHostile);
  }
  auto revocation = std::make_unique<actors::RevocationEvent>();
  revocation->fingerprint = revocation->issuer = revocation->serial = kHostile;
  revocation->reason = revocation->reported_by = kHostile;
  run.record(3min, std::move(revocation), kHostile);
  Expectation hostile = an_expectation(false);
  hostile.id = hostile.text = hostile.expected = hostile.actual = kHostile;
  sim::RunSummary summary;
  summary.end = sim::RunSummary::End::kStopped;
  summary.ended_at = kEpoch + 1h;
  summary.detail = kHostile;
  summary.blocked = {kHostile};
  ASSERT_TRUE(run.recorder().finish(summary, {.expectations = {hostile}}, kEpoch));
  {  // Somebody else's shakedown may have other words.
    auto database = *Database::open(folder.file("db"), Database::Mode::kRecord);
    for (const char* sql :
         {"INSERT INTO event_kind VALUES (?1, ?1)", "UPDATE event SET kind = ?1",
          "INSERT INTO fetch_what VALUES (?1, ?1)", "UPDATE fetch SET what = ?1"}) {
      Statement statement = *database->prepare(sql);
      statement.bind(1, kHostile);
      ASSERT_TRUE(statement.run()) << sql;
    }
  }

  ReportOptions options;
  options.database = kHostile;
  const std::string page = report_of(run, options);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_EQ(event_handlers_in(page), 0);
}

TEST(Report, StaysUnderAMegabyteForTenThousandCalls) {
  Folder folder;
  TestRun run(folder.file("db"));
  for (int i = 0; i < 10'000; ++i) {
    auto call = a_call("c" + std::to_string(i), 300ms * i,
                       i % 3 == 0 ? CallOutcome::kFailed : CallOutcome::kPassed);
    call->from = "provider-" + std::to_string(i % 200);
    run.record_call(std::move(call));
    if (i % 10 == 0) {
      run.record(300ms * i, a_happening(HappeningKind::kCaListRefreshed, "beta-voice"),
                 "beta-voice");
      run.record(300ms * i, a_happening(HappeningKind::kAccountCreated, "beta-voice"),
                 "beta-voice");
    }
  }
  ASSERT_TRUE(run.finish());
  EXPECT_LT(report_of(run).size(), 1'000'000U);
}

TEST(Report, ShowsSeveralRunsWithContents) {
  Folder folder;
  {
    TestRun first(folder.file("db"));
    ASSERT_TRUE(first.finish({an_expectation(true)}));
  }
  TestRun second(folder.file("db"), a_run_info("rotation"));
  ASSERT_TRUE(second.finish({an_expectation(false)}));
  const std::string page = report_of(second);
  EXPECT_THAT(page, HasSubstr("<a href=\"#run-1\">first-call-1</a>"));
  EXPECT_THAT(page, HasSubstr("<article id=\"run-2\">"));
  EXPECT_THAT(page, HasSubstr("✓ 1 of 1"));
  EXPECT_THAT(page, HasSubstr("✗ 0 of 1"));
}

TEST(Report, OfARunWithoutCallsIsAPageToo) {
  Folder folder;
  TestRun run(folder.file("db"));
  EXPECT_THAT(report_of(run), HasSubstr("Unfinished"));
  ASSERT_TRUE(run.finish());
  EXPECT_THAT(report_of(run), HasSubstr("Nothing was expected"));
}

// An outside parser: every tag that is opened is closed.
TEST(Report, IsWellFormed) {
  Folder folder;
  TestRun run(folder.file("db"));
  record_story(run);
  ASSERT_TRUE(run.finish({an_expectation(false)}));
  std::string page = report_of(run);
  // As XML, void elements need their slash and there is no doctype; the rest is the same.
  page.erase(0, page.find("<html"));
  for (std::size_t at = page.find("<meta"); at != std::string::npos;
       at = page.find("<meta", at + 1)) {
    page.insert(page.find('>', at), "/");
  }
  std::ofstream(folder.file("report.xml")) << page;
  EXPECT_EQ(std::system(("xmllint --noout --nonet '" + folder.file("report.xml") + "'").c_str()),
            0);
}

}  // namespace
}  // namespace shakedown::results
