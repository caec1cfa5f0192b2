#include "results/record/recorder.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "actors/events.h"
#include "results/record/database.h"
#include "results/record/row_writer.h"

namespace shakedown::results {
namespace {

// Write-ahead logging, because (1) a process killed at any moment leaves a file that the next
// reader repairs by itself: the committed transactions of the log are whole or absent; (2) `sql`,
// `show` and any other reader look at a run while it goes on and never block it; (3) a commit is
// one append. NORMAL: a power cut may cost the last commits, but cannot damage the runs that the
// file already holds. At the end the log is folded in and the file returns to a rollback journal,
// so that it can be copied alone and read where nothing may be written. Foreign keys: the codes and
// numbers that rows refer to are the recorder's own, made a moment before; looking each up again
// costs a tenth of a row, and tests look them all up.
constexpr std::string_view kRecordingPragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; "
    "PRAGMA cache_size = -8192; PRAGMA secure_delete = OFF; PRAGMA foreign_keys = OFF;";

// Events are written some hundred at a time: between the cryptography of two calls the code and
// the pages of SQLite are pushed out of the processor's caches, which costs a call half as much
// again. Not more, so that the events themselves are still in them.
constexpr std::size_t kBatch = 256;

std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RunState state_after(sim::RunSummary::End end) {
  switch (end) {
    case sim::RunSummary::End::kDone:
      return RunState::kFinished;
    case sim::RunSummary::End::kStopped:
      return RunState::kInterrupted;
    case sim::RunSummary::End::kProofFailed:
    case sim::RunSummary::End::kOverloaded:
    case sim::RunSummary::End::kNotReady:
    case sim::RunSummary::End::kActivityFailed:
      return RunState::kFailed;
  }
  return RunState::kFailed;
}

// An older shakedown that made the database may have known fewer words.
template <class E>
Status insert_words(Database& database,
                    std::string_view table,
                    std::span<const sim::Word<E>> words) {
  ASSIGN_OR_RETURN(Statement insert,
                   database.prepare(fmt::format("INSERT OR IGNORE INTO {} VALUES (?,?)", table)));
  for (const sim::Word<E>& word : words) {
    insert.bind(1, word.name);
    insert.bind(2, word.description);
    RETURN_IF_ERROR(insert.run());
  }
  return {};
}

// Inserts the words, the row of a new run and its participants; returns number and id.
Result<std::pair<std::int64_t, std::string>> insert_run(Database& database, const RunInfo& info) {
  RETURN_IF_ERROR(insert_words(database, "fetch_what", actors::fetch_words()));
  RETURN_IF_ERROR(insert_words(database, "event_kind", actors::happening_words()));
  ASSIGN_OR_RETURN(Statement next,
                   database.prepare("SELECT coalesce(max(number), 0) + 1 FROM run"));
  ASSIGN_OR_RETURN(const bool row, next.step());
  SHAKEDOWN_ASSERT(row);
  const std::int64_t number = next.integer(0);
  next.reset();
  const std::string id = info.id.empty() ? fmt::format("{}-{}", info.scenario, number) : info.id;

  ASSIGN_OR_RETURN(Statement same, database.prepare("SELECT 1 FROM run WHERE id = ?"));
  same.bind(1, id);
  ASSIGN_OR_RETURN(const bool taken, same.step());
  same.reset();
  if (taken) {
    return fail(ErrorCode::kRefused,
                fmt::format("'{}' has a run '{}' already", database.path(), id));
  }

  ASSIGN_OR_RETURN(
      Statement insert,
      database.prepare(
          "INSERT INTO run (number, id, scenario, scenario_file, scenario_text, scenario_sha256, "
          "question, clock, seed, shuffle_ties, overrides, costs, version, openssl_version, host, "
          "started_ns, epoch_ns, digest_form, state) "
          "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'unfinished')"));
  nlohmann::json overrides = nlohmann::json::array();
  for (const auto& [path, value] : info.overrides) overrides.push_back({path, value});
  const std::string overrides_text = json_text(overrides);
  const std::string seed = std::to_string(info.seed);
  const std::string ties = info.shuffle_ties != 0 ? std::to_string(info.shuffle_ties) : "";
  int p = 0;
  insert.bind(++p, number);
  for (const std::string_view text :
       {std::string_view(id), std::string_view(info.scenario), std::string_view(info.scenario_file),
        std::string_view(info.scenario_text), std::string_view(info.scenario_sha256),
        std::string_view(info.question), to_string(info.clock), std::string_view(seed)}) {
    insert.bind(++p, text);
  }
  insert.bind_or_null(++p, ties);
  for (const std::string_view text :
       {std::string_view(overrides_text), std::string_view(info.costs),
        std::string_view(info.version), std::string_view(info.openssl_version),
        std::string_view(info.host)}) {
    insert.bind(++p, text);
  }
  insert.bind(++p, info.started_at);
  insert.bind(++p, info.epoch);
  insert.bind(++p, std::int64_t{kDigestForm});
  RETURN_IF_ERROR(insert.run());

  ASSIGN_OR_RETURN(Statement participant,
                   database.prepare("INSERT OR IGNORE INTO participant (run, name, role, region, "
                                    "detail) VALUES (?,?,?,?,?)"));
  for (const Participant& one : info.participants) {
    participant.bind(1, number);
    participant.bind(2, one.name);
    participant.bind(3, to_string(one.role));
    participant.bind_or_null(4, one.region);
    participant.bind_or_null(5, one.detail);
    RETURN_IF_ERROR(participant.run());
  }
  return std::pair(number, id);
}

}  // namespace

class Recorder::Impl {
 public:
  Impl(RecorderOptions options, std::unique_ptr<Database> database)
      : options_(std::move(options)),
        database_(std::move(database)),
        digests_() {}

  Status start() {
    RETURN_IF_ERROR(database_->execute(kRecordingPragmas));
    RETURN_IF_ERROR(database_->execute("BEGIN IMMEDIATE"));
    auto inserted = insert_run(*database_, options_.run);
    if (!inserted) {
      (void)database_->execute("ROLLBACK");
      return tl::unexpected<Error>(std::move(inserted).error());
    }
    std::tie(number_, id_) = *std::move(inserted);
    RETURN_IF_ERROR(database_->execute("COMMIT"));
    ASSIGN_OR_RETURN(rows_, RowWriter::open(*database_, number_));
    ASSIGN_OR_RETURN(begin_, database_->prepare("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(commit_, database_->prepare("COMMIT"));
    return {};
  }

  void on_event(sim::Recorded recorded) {
    const std::scoped_lock lock(mutex_);
    if (!recording_) return;
    if (pending_.empty() && !in_transaction_) {
      commit_at_ = options_.monotonic_ns() + kTimePerCommit.count();
    }
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kCall) ++calls_since_commit_;
    pending_.push_back(std::move(recorded));
    const bool due =
        calls_since_commit_ >= kCallsPerCommit || options_.monotonic_ns() >= commit_at_;
    if (!due && pending_.size() < kBatch) return;
    Status done = write_pending();
    if (done && due) done = commit();
    if (!done) give_up(done.error());
  }

  Status commit_if_due() {
    const std::scoped_lock lock(mutex_);
    const bool waiting = in_transaction_ || !pending_.empty();
    if (recording_ && waiting && options_.monotonic_ns() >= commit_at_) {
      Status done = write_pending();
      if (done) done = commit();
      if (!done) give_up(done.error());
    }
    return first_error_;
  }

  Status flush() {
    const std::scoped_lock lock(mutex_);
    return flush_locked();
  }

  Status status() const {
    const std::scoped_lock lock(mutex_);
    return first_error_;
  }

  // `world_ended_at` is absent when the world did not come to its end.
  Status finish(const sim::RunSummary& summary,
                const Judgement& judgement,
                std::optional<sim::Time> world_ended_at,
                sim::Time ended_at) {
    const std::scoped_lock lock(mutex_);
    RETURN_IF_ERROR(flush_locked());
    recording_ = false;
    values_ = digests_.finish();
    RETURN_IF_ERROR(database_->execute("BEGIN IMMEDIATE"));
    Status ended = write_run(summary, world_ended_at, ended_at);
    if (ended) ended = write_expectations(judgement.expectations);
    if (ended) ended = write_metrics(judgement.metrics);
    if (ended) ended = database_->execute("COMMIT");
    if (!ended) {
      (void)database_->execute("ROLLBACK");
      return ended;
    }
    close();
    return {};
  }

  std::function<bool()> settle_;
  std::function<void(std::uint64_t)> reported_;
  std::function<void(const Error&)> failed_;
  Digests::Values values_;
  std::int64_t number_ = 0;
  std::string id_;

 private:
  struct Held {
    sim::Time at;
    const std::string* actor;
    std::unique_ptr<sim::Event> event;

    RowWriter::Verified verified() const {
      return {at, actor, static_cast<const actors::VerificationEvent*>(event.get())};
    }
  };

  Status begin() {
    if (in_transaction_) return {};
    RETURN_IF_ERROR(begin_.run());
    RETURN_IF_ERROR(rows_.begin());
    in_transaction_ = true;
    return {};
  }

  Status write_pending() {
    Status written;
    for (sim::Recorded& recorded : pending_) {
      digests_.add(recorded);
      written = write(std::move(recorded));
      if (!written) break;
    }
    pending_.clear();
    return written;
  }

  Status write(sim::Recorded recorded) {
    using actors::EventType;
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    const sim::Time at = recorded.world_time;
    const std::string& actor = *recorded.actor;
    if (event.type == EventType::kVerification) {
      const auto& verification = static_cast<const actors::VerificationEvent&>(event);
      if (!verification.call_id.empty()) {
        held_[verification.call_id].push_back({at, &actor, std::move(recorded.event)});
        return {};
      }
    }
    RETURN_IF_ERROR(begin());
    if (event.type == EventType::kCall) {
      return write_call(at, static_cast<const actors::CallEvent&>(event));
    }
    if (event.type == EventType::kVerification) {
      return rows_.write({at, &actor, static_cast<const actors::VerificationEvent*>(&event)},
                         std::nullopt);
    }
    return rows_.write(at, actor, event);
  }

  Status write_call(sim::Time at, const actors::CallEvent& call) {
    const auto held = held_.extract(call.id);
    verified_.clear();
    if (!held.empty()) {
      for (const Held& one : held.mapped()) verified_.push_back(one.verified());
    }
    return rows_.write(at, call, verified_);
  }

  // What is still held belongs to calls that were given up before their verification (find them)
  // or that never ended.
  Status write_held() {
    if (held_.empty()) return {};
    RETURN_IF_ERROR(begin());
    std::map<std::string, std::int64_t> numbers;
    RETURN_IF_ERROR(rows_.each_call([&](std::string_view id, std::int64_t number) {
      if (held_.find(id) != held_.end()) numbers.emplace(id, number);
    }));
    for (const auto& [id, verifications] : held_) {
      const auto number = numbers.find(id);
      for (const Held& held : verifications) {
        RETURN_IF_ERROR(rows_.write(held.verified(), number != numbers.end()
                                                         ? std::optional(number->second)
                                                         : std::nullopt));
      }
    }
    held_.clear();
    return {};
  }

  Status commit() {
    calls_since_commit_ = 0;
    if (!in_transaction_) return {};
    if (settle_ && !settle_()) {
      (void)database_->execute("ROLLBACK");
      in_transaction_ = false;
      rows_.roll_back_to(committed_);
      recording_ = false;
      proof_failed_ = true;
      return {};
    }
    RETURN_IF_ERROR(commit_.run());
    in_transaction_ = false;
    committed_ = rows_.totals();
    if (reported_) reported_(committed_.calls.total);
    return {};
  }

  Status flush_locked() {
    if (!recording_) return first_error_;
    Status flushed = write_pending();
    if (flushed) flushed = write_held();
    if (flushed) flushed = commit();
    if (!flushed) give_up(flushed.error());
    return first_error_;
  }

  // The disk is full, or worse: keep what is committed, drop the rest, say so once.
  void give_up(const Error& error) {
    recording_ = false;
    first_error_ = tl::unexpected<Error>(error);
    if (in_transaction_) (void)database_->execute("ROLLBACK");
    in_transaction_ = false;
    rows_.roll_back_to(committed_);
    if (failed_) failed_(error);
  }

  Status write_run(const sim::RunSummary& summary,
                   std::optional<sim::Time> world_ended_at,
                   sim::Time ended_at) {
    ASSIGN_OR_RETURN(
        Statement update,
        database_->prepare(
            "UPDATE run SET ended_ns = ?, world_ended_ns = ?, state = ?, end_detail = ?, "
            "outcome_digest = ?, artefact_digest = ?, calls = ?, calls_passed = ?, "
            "calls_failed = ?, calls_unverified = ?, verifications = ?, fetches = ?, "
            "late_answers = ?, refused_handlers = ?, events = ?, lag_p99_ns = ?, blocked = ? "
            "WHERE number = ?"));
    const std::string blocked = json_text(nlohmann::json(summary.blocked));
    const std::string detail =
        proof_failed_ && summary.detail.empty() ? "a deferred proof disagreed" : summary.detail;
    const RunState state = proof_failed_ ? RunState::kFailed : state_after(summary.end);
    const Totals& totals = rows_.totals();
    int p = 0;
    update.bind(++p, ended_at);
    update.bind(++p, world_ended_at);
    update.bind(++p, to_string(state));
    update.bind_or_null(++p, detail);
    update.bind(++p, values_.outcome);
    update.bind(++p, values_.artefact);
    for (const std::uint64_t count :
         {totals.calls.total, totals.calls.passed, totals.calls.failed, totals.calls.unverified,
          totals.verifications, totals.fetches, summary.late_answers, summary.refused_handlers,
          summary.events}) {
      update.bind(++p, static_cast<std::int64_t>(count));
    }
    update.bind(++p, summary.lag_p99);
    update.bind(++p, blocked);
    update.bind(++p, number_);
    return update.run();
  }

  Status write_expectations(const std::vector<Expectation>& expectations) {
    ASSIGN_OR_RETURN(
        Statement insert,
        database_->prepare("INSERT INTO expectation (run, position, id, text, met, "
                           "expected, actual, file, line) VALUES (?,?,?,?,?,?,?,?,?)"));
    std::int64_t position = 0;
    for (const Expectation& one : expectations) {
      insert.bind(1, number_);
      insert.bind(2, ++position);
      insert.bind(3, one.id);
      insert.bind(4, one.text);
      insert.bind(5, std::int64_t{one.met});
      insert.bind(6, one.expected);
      insert.bind(7, one.actual);
      insert.bind_or_null(8, one.file);
      insert.bind(9, one.line > 0 ? std::optional<std::int64_t>(one.line) : std::nullopt);
      RETURN_IF_ERROR(insert.run());
    }
    return {};
  }

  Status write_metrics(const std::vector<MetricValue>& metrics) {
    ASSIGN_OR_RETURN(
        Statement insert,
        database_->prepare("INSERT INTO metric (run, id, of, victim, terminating, repository_of, "
                           "after, before, statistic, value, unit) "
                           "VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    for (const MetricValue& one : metrics) {
      int p = 0;
      insert.bind(++p, number_);
      for (const std::string* word :
           {&one.id, &one.of, &one.victim, &one.terminating, &one.repository_of, &one.after,
            &one.before, &one.statistic}) {
        insert.bind(++p, *word);
      }
      insert.bind(++p, one.value);
      insert.bind(++p, one.unit);
      RETURN_IF_ERROR(insert.run());
    }
    return {};
  }

  // One plain file. If somebody else is reading or recording, the side files stay: no harm.
  void close() {
    (void)database_->execute("PRAGMA busy_timeout = 0");
    (void)database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    (void)database_->execute("PRAGMA journal_mode = DELETE");
    begin_ = Statement();
    commit_ = Statement();
    rows_ = RowWriter();
    database_.reset();
  }

  mutable std::mutex mutex_;
  RecorderOptions options_;
  std::unique_ptr<Database> database_;
  RowWriter rows_;  // Its statements and these two go before the database.
  Statement begin_, commit_;
  Digests digests_;
  std::map<std::string, std::vector<Held>, std::less<>> held_;  // By call id.
  std::vector<sim::Recorded> pending_;  // Not yet written, in order of arrival.
  std::uint64_t calls_since_commit_ = 0;
  std::vector<RowWriter::Verified> verified_;  // Reused.
  Totals committed_;
  std::int64_t commit_at_ = 0;  // On the machine's monotonic clock.
  bool in_transaction_ = false;
  bool recording_ = true;
  bool proof_failed_ = false;
  Status first_error_;
};

Result<std::unique_ptr<Recorder>> Recorder::open(RecorderOptions options) {
  SHAKEDOWN_ASSERT(options.monotonic_ns);
  ASSIGN_OR_RETURN(auto database, Database::open(options.path, Database::Mode::kRecord));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(database));
  RETURN_IF_ERROR(impl->start());
  return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

Recorder::Recorder(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Recorder::~Recorder() = default;

std::int64_t Recorder::run_number() const { return impl_->number_; }

const std::string& Recorder::run_id() const { return impl_->id_; }

sim::EventSink Recorder::sink() {
  return [impl = impl_.get()](sim::Recorded recorded) { impl->on_event(std::move(recorded)); };
}

void Recorder::set_settle(std::function<bool()> settle) { impl_->settle_ = std::move(settle); }

void Recorder::set_reported(std::function<void(std::uint64_t)> reported) {
  impl_->reported_ = std::move(reported);
}

void Recorder::set_failed(std::function<void(const Error&)> failed) {
  impl_->failed_ = std::move(failed);
}

Status Recorder::commit_if_due() { return impl_->commit_if_due(); }

Status Recorder::flush() { return impl_->flush(); }

Status Recorder::status() const { return impl_->status(); }

Status Recorder::finish(const sim::RunSummary& summary,
                        const Judgement& judgement,
                        sim::Time ended_at) {
  return impl_->finish(summary, judgement, summary.ended_at, ended_at);
}

Status Recorder::abandon(const std::string& why, sim::Time ended_at) {
  sim::RunSummary summary;
  summary.end = sim::RunSummary::End::kStopped;
  summary.detail = why;
  return impl_->finish(summary, {}, std::nullopt, ended_at);
}

const Digests::Values& Recorder::digests() const { return impl_->values_; }

}  // namespace shakedown::results
