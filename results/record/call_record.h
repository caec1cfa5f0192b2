// Rows of the database about calls and certificates, as the read side (queries.h) hands them out.
// Times are world times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "sim/time.h"

namespace shakedown::results {

struct CallRecord {
  std::int64_t number = 0;  // Counts the calls of the database, in order of recording.
  std::int64_t run = 0;
  std::string id;
  std::string from, claims_to_be, to;
  std::string calling_number, called_number;
  std::string via;  // Comma-separated.
  char attest = ' ';
  actors::CallOutcome outcome = actors::CallOutcome::kUnverified;
  int sip_status = 0;
  sim::Time placed_at;
  sim::Time recorded_at;  // Answered or given up.
  std::optional<sim::Duration> signing_latency;
  std::optional<sim::Duration> post_dial_delay;
  std::string signing_error;
  std::int64_t verification = 0;  // The one of its terminating provider; 0: none.
};

struct StepRecord {
  std::string step;
  actors::StepResult result = actors::StepResult::kPassed;
  sim::Duration started{};  // Since the verification's start; of skipped steps not kept.
  sim::Duration took{};
};

struct VerificationRecord {
  std::int64_t number = 0;
  std::string verifier;  // The actor.
  std::string profile;
  std::string verstat;
  int code = 0;
  std::string reason;
  std::string failed_step;
  std::string detail;
  std::string x5u;
  std::string certificate;
  std::string issuer_root;
  char attest = ' ';
  sim::Time started_at;
  sim::Duration latency{};
  std::vector<StepRecord> trace;
};

struct FetchRecord {
  std::string by;
  std::string call_id;
  std::string what;
  std::string url;
  std::string edge;
  actors::CacheResult result = actors::CacheResult::kError;
  int status = 0;
  sim::Time ended_at;
  sim::Duration latency{};

  sim::Time started_at() const { return ended_at - latency; }
};

// One call with all that is known of it, each list in order of time.
struct CallDetail {
  CallRecord call;
  std::vector<VerificationRecord> verifications;
  std::vector<FetchRecord> fetches;
};

struct PairCounts {
  std::string from, claims_to_be, to;
  std::uint64_t total = 0, passed = 0, failed = 0, unverified = 0;
};

// Calls whose terminating provider's verification failed at a step.
struct StepFailures {
  std::string step;
  int code = 0;
  std::string reason;
  std::uint64_t calls = 0;
  std::int64_t example = 0;  // Number of the first such call.
};

struct IssuanceRecord {
  std::string provider, ca, because;
  bool issued = false;
  std::string error, fingerprint, url;
  bool new_key = true;
  sim::Time started_at;
  sim::Time ended_at;
  std::optional<sim::Time> published_at, used_from;
};

struct RevocationRecord {
  std::string fingerprint, issuer, serial, reason, reported_by;
  sim::Time reported_at;
  sim::Time published_at;
  std::uint64_t crl_number = 0;
};

struct CertificateRecord {
  std::string fingerprint;
  stir::CertificateRole kind = stir::CertificateRole::kEndEntity;
  std::string ca, issued_to, subject, serial, tn_auth_list;
  sim::Time not_before, not_after;
  sim::Time recorded_at;
};

struct HappeningRecord {
  sim::Time at;
  std::string actor, kind, subject, by, detail;
  std::string description;  // Of the kind, "" if the database does not say.
};

// What the column `outcome` says; kUnverified for any other word.
actors::CallOutcome call_outcome_of(std::string_view word);

}  // namespace shakedown::results
