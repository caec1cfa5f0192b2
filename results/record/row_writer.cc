#include "results/record/row_writer.h"

#include <fmt/format.h>

#include <utility>

namespace shakedown::results {

using actors::EventType;

namespace {

// Parameter 1 of every statement is the run; it is bound once and stays bound.
constexpr int kRun = 1;

// Gathers the columns of a row for its INSERT.
struct ColumnNames {
  std::string names{"run"};
  std::string marks{"?"};

  void column(std::string_view name, const auto& /*value*/) {
    names.append(", ").append(name);
    marks += ",?";
  }

  void digested(const auto& /*value*/, Digest /*digest*/) {}
};

std::string insert_statement(const auto& event) {
  ColumnNames columns;
  describe(event, Stamps(), columns);
  // A certificate may be told of twice (an authority that starts again lists its root again).
  const bool twice = event.type == EventType::kCertificate;
  return fmt::format("INSERT {}INTO {} ({}) VALUES ({})", twice ? "OR IGNORE " : "",
                     table_of(event.type), columns.names, columns.marks);
}

// Binds the columns of a row, one parameter after the other.
struct Binder {
  Statement& statement;
  int parameter = kRun;

  void column(std::string_view /*name*/, const auto& value) { statement.bind(++parameter, value); }

  void digested(const auto& /*value*/, Digest /*digest*/) {}
};

std::size_t index_of(EventType type) { return static_cast<std::size_t>(type); }

// A part of another actor is named "owner/part".
bool is_part_of(std::string_view actor, std::string_view owner) {
  return actor.substr(0, owner.size()) == owner &&
         (actor.size() == owner.size() || actor[owner.size()] == '/');
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

template <class Event>
Status RowWriter::insert(const Event& event, const Stamps& stamps) {
  Statement& statement = inserts_[index_of(event.type)];
  Binder binder{statement};
  describe(event, stamps, binder);
  return statement.run();
}

std::int64_t& RowWriter::last(EventType type) { return last_[index_of(type)]; }

Result<RowWriter> RowWriter::open(Database& database, std::int64_t run) {
  RowWriter writer;
  ASSIGN_OR_RETURN(writer.shapes_, TraceShapes::open(database));
  ASSIGN_OR_RETURN(writer.signers_, Signers::open(database));
  const auto prepare = [&](const auto& event) -> Status {
    Statement& statement = writer.inserts_[index_of(event.type)];
    ASSIGN_OR_RETURN(statement, database.prepare(insert_statement(event)));
    statement.bind(kRun, run);
    return {};
  };
  RETURN_IF_ERROR(prepare(actors::CallEvent()));
  RETURN_IF_ERROR(prepare(actors::VerificationEvent()));
  RETURN_IF_ERROR(prepare(actors::FetchEvent()));
  RETURN_IF_ERROR(prepare(actors::CertificateEvent()));
  RETURN_IF_ERROR(prepare(actors::IssuanceEvent()));
  RETURN_IF_ERROR(prepare(actors::RevocationEvent()));
  RETURN_IF_ERROR(prepare(actors::HappeningEvent()));
  ASSIGN_OR_RETURN(writer.all_calls_,
                   database.prepare("SELECT id, number FROM call WHERE run = ?"));
  writer.all_calls_.bind(kRun, run);
  ASSIGN_OR_RETURN(
      writer.set_verification_,
      database.prepare("UPDATE call SET verification = ? WHERE number = ? AND (? = terminating OR "
                       "substr(?, 1, length(terminating) + 1) = terminating || '/')"));
  ASSIGN_OR_RETURN(writer.latest_,
                   database.prepare("SELECT (SELECT coalesce(max(number), 0) FROM call), "
                                    "(SELECT coalesce(max(number), 0) FROM verification)"));
  return writer;
}

Status RowWriter::begin() {
  ASSIGN_OR_RETURN(const bool row, latest_.step());
  SHAKEDOWN_ASSERT(row);
  last(EventType::kCall) = latest_.integer(0);
  last(EventType::kVerification) = latest_.integer(1);
  latest_.reset();
  return {};
}

Status RowWriter::write(sim::Time at,
                        const actors::CallEvent& e,
                        const std::vector<Verified>& verifications) {
  Stamps stamps{.number = ++last(e.type), .at = at};
  for (std::size_t i = 0; i < verifications.size(); ++i) {
    if (is_part_of(*verifications[i].actor, e.to)) {
      stamps.verification = last(EventType::kVerification) + 1 + static_cast<std::int64_t>(i);
    }
  }
  RETURN_IF_ERROR(insert(e, stamps));
  count(totals_.calls, e.outcome);
  for (const Verified& verification : verifications) {
    RETURN_IF_ERROR(insert(verification, stamps.number));
  }
  return {};
}

Status RowWriter::write(const Verified& verification, std::optional<std::int64_t> call) {
  RETURN_IF_ERROR(insert(verification, call));
  if (!call) return {};
  set_verification_.bind(1, last(EventType::kVerification));
  set_verification_.bind(2, *call);
  set_verification_.bind(3, *verification.actor);
  set_verification_.bind(4, *verification.actor);
  return set_verification_.run();
}

Status RowWriter::insert(const Verified& verification, std::optional<std::int64_t> call) {
  const actors::VerificationEvent& e = *verification.event;
  Stamps stamps{.at = verification.at, .actor = *verification.actor, .call = call};
  ASSIGN_OR_RETURN(stamps.shape, shapes_.intern(e.trace));
  ASSIGN_OR_RETURN(stamps.signer, signers_.intern(e.x5u, e.certificate, e.issuer_root));
  times_.clear();
  pack_times(e.trace, times_);
  stamps.times = times_;
  stamps.detail = e.detail;
  if (!is_verstat(e.verstat)) {
    detail_ = "verstat " + e.verstat + (e.detail.empty() ? "" : "; ") + e.detail;
    stamps.detail = detail_;
  }
  stamps.number = ++last(e.type);
  RETURN_IF_ERROR(insert(e, stamps));
  ++totals_.verifications;
  return {};
}

Status RowWriter::write(sim::Time at, std::string_view actor, const actors::RecordedEvent& event) {
  const Stamps stamps{.number = ++last(event.type), .at = at, .actor = actor};
  RETURN_IF_ERROR(with_type(event, [&](const auto& typed) { return insert(typed, stamps); }));
  if (event.type == EventType::kFetch) ++totals_.fetches;
  return {};
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
