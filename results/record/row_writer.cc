#include "results/record/row_writer.h"

#include <utility>

namespace shakedown::results {
namespace {

// Parameter 1 of every statement is the run; it is bound once and stays bound.
constexpr int kRun = 1;

constexpr std::string_view kInsertCall =
    "INSERT INTO call (run, number, id, originating, claims_to_be, terminating, calling_number, "
    "called_number, via, attest, outcome, sip_status, placed_ns, recorded_ns, signing_latency_ns, "
    "post_dial_delay_ns, signing_error, verification) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertVerification =
    "INSERT INTO verification (run, number, call, unmatched_call_id, verifier, profile, verstat, "
    "code, reason, failed_step, detail, signer, attest, started_ns, latency_ns, trace_shape, "
    "trace) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertFetch =
    "INSERT INTO fetch (run, number, actor, call_id, what, url, edge, result, status, ended_ns, "
    "latency_ns) VALUES (?,?,?,?,?,?,?,?,?,?,?)";
// A certificate may be told of twice (an authority that starts again lists its root again).
constexpr std::string_view kInsertCertificate =
    "INSERT OR IGNORE INTO certificate (run, fingerprint, kind, ca, issued_to, subject, serial, "
    "tn_auth_list, not_before_ns, not_after_ns, recorded_ns, der) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertIssuance =
    "INSERT INTO issuance (run, number, provider, ca, because, issued, error, fingerprint, url, "
    "new_key, started_ns, published_ns, used_from_ns, ended_ns) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertRevocation =
    "INSERT INTO revocation (run, number, fingerprint, issuer, serial, reason, reported_by, "
    "reported_ns, published_ns, crl_number) VALUES (?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertHappening =
    "INSERT INTO event (run, number, at_ns, actor, kind, subject, done_by, detail) "
    "VALUES (?,?,?,?,?,?,?,?)";

std::optional<std::int64_t> unless_zero(std::int64_t value) {
  return value != 0 ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> nanoseconds(std::optional<sim::Duration> difference) {
  return difference ? std::optional(difference->count()) : std::nullopt;
}

std::optional<std::int64_t> nanoseconds(std::optional<sim::Time> time) {
  return time ? std::optional(time->time_since_epoch().count()) : std::nullopt;
}

// A part of another actor is named "owner/part".
bool is_part_of(std::string_view actor, std::string_view owner) {
  return actor.substr(0, owner.size()) == owner &&
         (actor.size() == owner.size() || actor[owner.size()] == '/');
}

bool is_verstat(std::string_view text) {
  return text == "TN-Validation-Passed" || text == "TN-Validation-Failed" ||
         text == "No-TN-Validation";
}

void count(Counts& counts, actors::CallOutcome outcome) {
  ++counts.total;
  switch (outcome) {
    case actors::CallOutcome::kPassed:
      ++counts.passed;
      return;
    case actors::CallOutcome::kFailed:
      ++counts.failed;
      return;
    case actors::CallOutcome::kUnverified:
      ++counts.unverified;
      return;
  }
}

}  // namespace

Result<RowWriter> RowWriter::open(Database& database, std::int64_t run) {
  RowWriter writer;
  ASSIGN_OR_RETURN(writer.shapes_, TraceShapes::open(database));
  ASSIGN_OR_RETURN(writer.signers_, Signers::open(database));
  const std::pair<Statement*, std::string_view> statements[] = {
      {&writer.call_, kInsertCall},
      {&writer.verification_, kInsertVerification},
      {&writer.fetch_, kInsertFetch},
      {&writer.certificate_, kInsertCertificate},
      {&writer.issuance_, kInsertIssuance},
      {&writer.revocation_, kInsertRevocation},
      {&writer.happening_, kInsertHappening},
      {&writer.all_calls_, "SELECT id, number FROM call WHERE run = ?"},
  };
  ASSIGN_OR_RETURN(
      writer.set_verification_,
      database.prepare("UPDATE call SET verification = ? WHERE number = ? AND (? = terminating OR "
                       "substr(?, 1, length(terminating) + 1) = terminating || '/')"));
  ASSIGN_OR_RETURN(writer.latest_,
                   database.prepare("SELECT (SELECT coalesce(max(number), 0) FROM call), "
                                    "(SELECT coalesce(max(number), 0) FROM verification)"));
  for (const auto& [statement, sql] : statements) {
    ASSIGN_OR_RETURN(*statement, database.prepare(sql));
    statement->bind(kRun, run);
  }
  return writer;
}

Status RowWriter::begin() {
  ASSIGN_OR_RETURN(const bool row, latest_.step());
  SHAKEDOWN_ASSERT(row);
  last_call_ = latest_.integer(0);
  last_verification_ = latest_.integer(1);
  latest_.reset();
  return {};
}

Status RowWriter::write(sim::Time at,
                        const actors::CallEvent& e,
                        const std::vector<Verified>& verifications) {
  std::optional<std::int64_t> decisive;
  for (std::size_t i = 0; i < verifications.size(); ++i) {
    if (is_part_of(*verifications[i].actor, e.to)) {
      decisive = last_verification_ + 1 + static_cast<std::int64_t>(i);
    }
  }
  const bool attested = e.attest == 'A' || e.attest == 'B' || e.attest == 'C';
  call_.bind(2, ++last_call_);
  call_.bind(3, e.id);
  call_.bind(4, e.from);
  call_.bind(5, e.claims_to_be);
  call_.bind(6, e.to);
  call_.bind(7, e.calling_number);
  call_.bind(8, e.called_number);
  call_.bind_or_null(9, e.via);
  call_.bind_or_null(10, std::string_view(&e.attest, attested ? 1 : 0));
  call_.bind(11, to_string(e.outcome));
  call_.bind_or_null(12, unless_zero(e.sip_status));
  call_.bind(13, e.placed_at);
  call_.bind(14, at);
  call_.bind_or_null(15, nanoseconds(e.signing_latency));
  call_.bind_or_null(16, nanoseconds(e.post_dial_delay));
  call_.bind_or_null(17, e.signing_error);
  call_.bind_or_null(18, decisive);
  RETURN_IF_ERROR(call_.run());
  count(totals_.calls, e.outcome);
  for (const Verified& verification : verifications) {
    RETURN_IF_ERROR(insert(verification, last_call_));
  }
  return {};
}

Status RowWriter::write(const Verified& verification, std::optional<std::int64_t> call) {
  RETURN_IF_ERROR(insert(verification, call));
  if (!call) return {};
  set_verification_.bind(1, last_verification_);
  set_verification_.bind(2, *call);
  set_verification_.bind(3, *verification.actor);
  set_verification_.bind(4, *verification.actor);
  return set_verification_.run();
}

Status RowWriter::insert(const Verified& verification, std::optional<std::int64_t> call) {
  const actors::VerificationEvent& e = *verification.event;
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> shape, shapes_.intern(e.trace));
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> signer,
                   signers_.intern(e.x5u, e.certificate, e.issuer_root));
  times_.clear();
  pack_times(e.trace, times_);
  std::string_view verstat = e.verstat;
  std::string_view detail = e.detail;
  if (!is_verstat(verstat)) {  // A product from outside has its own words: keep them.
    detail_ = "verstat " + e.verstat + (e.detail.empty() ? "" : "; ") + e.detail;
    detail = detail_;
    verstat = "other";
  }
  verification_.bind(2, ++last_verification_);
  verification_.bind_or_null(3, call);
  verification_.bind_or_null(4, call ? std::string_view() : std::string_view(e.call_id));
  verification_.bind(5, *verification.actor);
  verification_.bind(6, e.profile);
  verification_.bind(7, verstat);
  verification_.bind_or_null(8, unless_zero(e.code));
  verification_.bind_or_null(9, e.reason);
  verification_.bind_or_null(10, e.failed_step);
  verification_.bind_or_null(11, detail);
  verification_.bind_or_null(12, signer);
  verification_.bind_or_null(13, std::string_view(&e.attest, e.attest != ' ' ? 1 : 0));
  verification_.bind(14, verification.at - e.offset);
  verification_.bind(15, e.latency);
  verification_.bind_or_null(16, shape);
  verification_.bind(17, times_);
  RETURN_IF_ERROR(verification_.run());
  ++totals_.verifications;
  return {};
}

Status RowWriter::write(sim::Time at, const std::string& actor, const actors::FetchEvent& e) {
  fetch_.bind(2, static_cast<std::int64_t>(totals_.fetches) + 1);
  fetch_.bind(3, actor);
  fetch_.bind_or_null(4, e.call_id);
  fetch_.bind(5, to_string(e.what));
  fetch_.bind(6, e.url);
  fetch_.bind_or_null(7, e.edge);
  fetch_.bind(8, to_string(e.result));
  fetch_.bind_or_null(9, unless_zero(e.status));
  fetch_.bind(10, at);
  fetch_.bind(11, e.latency);
  RETURN_IF_ERROR(fetch_.run());
  ++totals_.fetches;
  return {};
}

Status RowWriter::write(sim::Time at, const actors::CertificateEvent& e) {
  certificate_.bind(2, e.fingerprint);
  certificate_.bind(3, to_string(e.kind));
  certificate_.bind(4, e.ca);
  certificate_.bind(5, e.subject_of);
  certificate_.bind(6, e.subject);
  certificate_.bind(7, e.serial);
  certificate_.bind_or_null(8, e.tn_auth_list);
  certificate_.bind(9, e.not_before);
  certificate_.bind(10, e.not_after);
  certificate_.bind(11, at);
  certificate_.bind_blob(12, e.der);
  return certificate_.run();
}

Status RowWriter::write(sim::Time at, const std::string& actor, const actors::IssuanceEvent& e) {
  issuance_.bind(2, ++issuances_);
  issuance_.bind(3, actor);
  issuance_.bind(4, e.ca);
  issuance_.bind(5, e.because);
  issuance_.bind(6, std::int64_t{e.issued});
  issuance_.bind_or_null(7, e.error);
  issuance_.bind_or_null(8, e.fingerprint);
  issuance_.bind_or_null(9, e.url);
  issuance_.bind(10, std::int64_t{e.new_key});
  issuance_.bind(11, e.started_at);
  issuance_.bind_or_null(12, nanoseconds(e.published_at));
  issuance_.bind_or_null(13, nanoseconds(e.used_from));
  issuance_.bind(14, at);
  return issuance_.run();
}

Status RowWriter::write(sim::Time at, const actors::RevocationEvent& e) {
  revocation_.bind(2, ++revocations_);
  revocation_.bind_or_null(3, e.fingerprint);
  revocation_.bind(4, e.issuer);
  revocation_.bind(5, e.serial);
  revocation_.bind_or_null(6, e.reason);
  revocation_.bind_or_null(7, e.reported_by);
  revocation_.bind(8, e.reported_at);
  revocation_.bind(9, at);
  revocation_.bind(10, static_cast<std::int64_t>(e.crl_number));
  return revocation_.run();
}

Status RowWriter::write(sim::Time at, const std::string& actor, const actors::HappeningEvent& e) {
  happening_.bind(2, ++happenings_);
  happening_.bind(3, at);
  happening_.bind(4, actor);
  happening_.bind(5, to_string(e.kind));
  happening_.bind_or_null(6, e.subject);
  happening_.bind_or_null(7, e.by);
  happening_.bind_or_null(8, e.detail);
  return happening_.run();
}

Status RowWriter::each_call(
    const std::function<void(std::string_view id, std::int64_t number)>& visit) {
  while (true) {
    ASSIGN_OR_RETURN(const bool row, all_calls_.step());
    if (!row) return {};
    visit(all_calls_.text_view(0), all_calls_.integer(1));
  }
}

}  // namespace shakedown::results
