// What the tests of results/ share: a private folder, a hash, and events with sensible values, so
// that a test writes only what matters to it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/events.h"
#include "results/read/queries.h"
#include "results/record/database.h"
#include "results/record/recorder.h"
#include "sim/time.h"
#include "sim/world.h"

namespace shakedown::results {

using actors::HappeningKind;

using namespace std::chrono_literals;

inline const sim::Time kEpoch = sim::from_unix_seconds(1767603600);  // 2026-01-05T09:00:00Z

// A folder of its own for each test, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "results-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<actors::CallEvent> a_call(
    std::string id,
    sim::Duration placed_after = 1s,
    actors::CallOutcome outcome = actors::CallOutcome::kPassed) {
  auto call = std::make_unique<actors::CallEvent>();
  call->id = std::move(id);
  call->from = "acme-tel";
  call->claims_to_be = "acme-tel";
  call->to = "beta-voice";
  call->calling_number = "12015550123";
  call->called_number = "14155550199";
  call->attest = 'A';
  call->outcome = outcome;
  call->sip_status = outcome == actors::CallOutcome::kFailed ? 438 : 200;
  call->placed_at = kEpoch + placed_after;
  call->signing_latency = 1ms;
  call->post_dial_delay = 42ms;
  return call;
}

inline std::vector<actors::TraceStep> a_passing_trace() {
  using actors::StepResult;
  std::vector<actors::TraceStep> trace;
  for (const std::string_view step :
       {"identity_present", "identity_well_formed", "ppt_is_supported", "info_is_a_uri",
        "header_well_formed", "algorithm_is_es256", "typ_is_passport", "info_matches_x5u",
        "claims_well_formed", "attest_is_valid", "iat_is_fresh", "orig_matches", "dest_matches",
        "certificate_fetched", "certificate_parses", "chain_is_trusted", "orig_is_covered"}) {
    trace.push_back({.step = step, .result = StepResult::kPassed, .started = 0ns, .took = 0ns});
  }
  trace[13].took = 20ms;
  for (std::size_t i = 14; i < trace.size(); ++i) trace[i].started = 20ms;
  trace.push_back({"signature_verifies", StepResult::kPassed, 20ms, 95us});
  return trace;
}

inline std::unique_ptr<actors::VerificationEvent> a_verification(std::string call_id) {
  auto verification = std::make_unique<actors::VerificationEvent>();
  verification->call_id = std::move(call_id);
  verification->profile = "rfc8224";
  verification->verstat = "TN-Validation-Passed";
  verification->x5u = "https://certs.acme-tel.test/0f1e2d3c4b5a69788796a5b4c3d2e1f0.pem";
  verification->certificate = std::string(64, 'c');
  verification->issuer_root = "ca-one";
  verification->attest = 'A';
  verification->latency = 20095us;
  verification->offset = 20095us;
  verification->trace = a_passing_trace();
  return verification;
}

inline std::unique_ptr<actors::VerificationEvent> a_failed_verification(std::string call_id) {
  auto verification = a_verification(std::move(call_id));
  verification->verstat = "TN-Validation-Failed";
  verification->code = 438;
  verification->reason = "Invalid Identity Header";
  verification->failed_step = "signature_verifies";
  verification->detail = "the signature does not fit the key of the certificate";
  verification->trace.back().result = actors::StepResult::kFailed;
  return verification;
}

inline std::unique_ptr<actors::FetchEvent> a_fetch(std::string call_id) {
  auto fetch = std::make_unique<actors::FetchEvent>();
  fetch->call_id = std::move(call_id);
  fetch->url = "https://certs.acme-tel.test/0f1e2d3c.pem";
  fetch->edge = "acme-tel/edge-1";
  fetch->result = actors::CacheResult::kMiss;
  fetch->status = 200;
  fetch->latency = 20ms;
  return fetch;
}

inline std::unique_ptr<actors::HappeningEvent> a_happening(actors::HappeningKind kind,
                                                           std::string subject = "",
                                                           std::string by = "",
                                                           std::string detail = "") {
  auto happening = std::make_unique<actors::HappeningEvent>();
  happening->kind = kind;
  happening->subject = std::move(subject);
  happening->by = std::move(by);
  happening->detail = std::move(detail);
  return happening;
}

inline std::unique_ptr<actors::CertificateEvent> a_certificate(std::string fingerprint,
                                                               std::string ca,
                                                               std::string issued_to) {
  auto certificate = std::make_unique<actors::CertificateEvent>();
  certificate->fingerprint = std::move(fingerprint);
  certificate->ca = std::move(ca);
  certificate->subject_of = std::move(issued_to);
  certificate->subject = "CN=SHAKEN 709J,O=TEST - NOT TRUSTED,C=US";
  certificate->serial = "01ab";
  certificate->tn_auth_list = "spc 709J";
  certificate->not_before = kEpoch;
  certificate->not_after = kEpoch + 24h;
  certificate->der = std::string("\x30\x03\x02\x01\x05", 5);
  return certificate;
}

inline RunInfo a_run_info(std::string scenario = "first-call") {
  RunInfo info;
  info.scenario = std::move(scenario);
  info.scenario_file = info.scenario;
  info.scenario_text = "scenario: " + info.scenario + "\n";
  info.scenario_sha256 = std::string(64, 'a');
  info.question = "Does a signed call pass?";
  info.seed = 7;
  info.version = "0.1.0";
  info.openssl_version = "OpenSSL 3.0.22";
  info.host = "x86_64, 2 cores";
  info.started_at = sim::from_unix_seconds(1780000000);
  info.epoch = kEpoch;
  info.participants = {{.name = "acme-tel", .role = Role::kProvider, .detail = "spc 709J"},
                       {.name = "beta-voice", .role = Role::kProvider, .detail = "spc 818H"},
                       {.name = "ca-one", .role = Role::kCertificationAuthority}};
  return info;
}

// Records a run as a world would: events one after the other, with a clock that tests set.
class TestRun {
 public:
  explicit TestRun(std::string path, RunInfo info = a_run_info())
      : path_(std::move(path)) {
    auto opened = Recorder::open(
        {.path = path_, .run = std::move(info), .monotonic_ns = [this] { return monotonic_ns; }});
    if (opened) {
      recorder_ = *std::move(opened);
      sink_ = recorder_->sink();
    } else {
      ADD_FAILURE() << opened.error().detail;
    }
  }

  Recorder& recorder() { return *recorder_; }

  std::int64_t number() const { return recorder_->run_number(); }

  void record(sim::Duration at, std::unique_ptr<sim::Event> event, const std::string& actor) {
    names_.push_back(std::make_unique<std::string>(actor));
    sink_({kEpoch + at, names_.back().get(), std::move(event)});
  }

  // A call with its verification, answered 50 ms after it was placed.
  void record_call(std::unique_ptr<actors::CallEvent> call) {
    const sim::Duration at = call->placed_at - kEpoch;
    const bool failed = call->outcome == actors::CallOutcome::kFailed;
    if (call->outcome != actors::CallOutcome::kUnverified) {
      record(at + 40ms, failed ? a_failed_verification(call->id) : a_verification(call->id),
             call->to);
    }
    const std::string from = call->from;
    record(at + 50ms, std::move(call), from);
  }

  Status finish(std::vector<Expectation> expectations = {},
                sim::RunSummary::End end = sim::RunSummary::End::kDone,
                std::vector<MetricValue> metrics = {}) {
    sim::RunSummary summary;
    summary.end = end;
    summary.ended_at = kEpoch + 1h;
    return recorder_->finish(
        summary, {.expectations = std::move(expectations), .metrics = std::move(metrics)},
        sim::from_unix_seconds(1780000009));
  }

  Queries queries() {
    auto opened = Queries::open(path_);
    if (!opened) {
      ADD_FAILURE() << opened.error().detail;
      std::abort();
    }
    return *std::move(opened);
  }

  std::int64_t monotonic_ns = 0;

 private:
  std::string path_;
  std::unique_ptr<Recorder> recorder_;
  sim::EventSink sink_;
  std::vector<std::unique_ptr<std::string>> names_;  // Live as long as the run.
};

}  // namespace shakedown::results
