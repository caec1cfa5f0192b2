// The part of Queries about what is not a call: thefts, fetches, certificates, the timeline.
#include <fmt/format.h>

#include <utility>

#include "results/read/queries.h"
#include "results/read/where.h"
#include "results/record/database.h"

namespace shakedown::results {
namespace {

Where happenings_where(std::int64_t run, const HappeningFilter& filter) {
  Where where("run = ?", run);
  if (filter.kind) where.add("kind = ?", {std::string(to_string(*filter.kind))});
  where.add_if("subject = ?", filter.subject);
  where.add_if("done_by = ?", filter.by);
  where.add_if("instr(detail, ?) > 0", filter.detail_has);
  where.add_if("at_ns >= ?", filter.after);
  where.add_if("at_ns < ?", filter.before);
  return where;
}

stir::CertificateRole kind_of(std::string_view word) {
  using stir::CertificateRole;
  for (const stir::CertificateRole kind :
       {stir::CertificateRole::kRoot, stir::CertificateRole::kIntermediate,
        stir::CertificateRole::kDelegateCa, stir::CertificateRole::kDelegate}) {
    if (word == to_string(kind)) return kind;
  }
  return stir::CertificateRole::kEndEntity;
}

Role role_of(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(Role::kExternal); ++i) {
    if (word == to_string(static_cast<Role>(i))) return static_cast<Role>(i);
  }
  return Role::kProvider;
}

// Steps through at most `limit` rows; make(statement) turns one into a value.
template <class Make>
auto collect(Statement& rows, std::size_t limit, Make make)
    -> Result<std::vector<decltype(make(rows))>> {
  std::vector<decltype(make(rows))> values;
  while (values.size() < limit) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) break;
    values.push_back(make(rows));
  }
  rows.reset();
  return values;
}

constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

}  // namespace

Where fetches_where(std::int64_t run, const FetchFilter& filter) {
  Where where("run = ?", run);
  where.add_if("actor = ?", filter.by);
  where.add_if("what = ?", filter.what);
  where.add_if("edge = ?", filter.edge);
  if (!filter.repository_of.empty()) {  // By its address: where nobody answered there is no edge.
    where.add(
        "substr(url, 1, 1 + (SELECT length(detail) FROM participant WHERE run = ? AND name = ?)) = "
        "(SELECT detail || '/' FROM participant WHERE run = ? AND name = ?)",
        {run, filter.repository_of + "/origin", run, filter.repository_of + "/origin"});
  }
  where.add_if("call_id = ?", filter.call_id);
  where.add_if("coalesce(status, 0) = ?", filter.status);
  where.add_if("ended_ns - latency_ns >= ?", filter.after);
  where.add_if("ended_ns - latency_ns < ?", filter.before);
  return where;
}

Result<std::vector<Participant>> Queries::participants(std::int64_t run) {
  ASSIGN_OR_RETURN(Statement rows,
                   database_->prepare("SELECT name, role, region, detail FROM participant "
                                      "WHERE run = ? ORDER BY role, name"));
  rows.bind(1, run);
  return collect(rows, kNoLimit, [](const Statement& row) {
    return Participant{.name = row.text(0),
                       .role = role_of(row.text_view(1)),
                       .region = row.text(2),
                       .detail = row.text(3)};
  });
}

Result<std::vector<Exposure>> Queries::exposures(std::int64_t run) {
  ASSIGN_OR_RETURN(Statement rows,
                   database_->prepare("SELECT thief, victim, stolen_ns, last_passed_ns, passed, "
                                      "attempted FROM exposure WHERE run = ?"));
  rows.bind(1, run);
  return collect(rows, kNoLimit, [](const Statement& row) {
    return Exposure{.thief = row.text(0),
                    .victim = row.text(1),
                    .stolen_at = row.time(2),
                    .last_passed = row.optional_time(3),
                    .passed = static_cast<std::uint64_t>(row.integer(4)),
                    .attempted = static_cast<std::uint64_t>(row.integer(5))};
  });
}

Result<FetchCounts> Queries::count_fetches(std::int64_t run, const FetchFilter& filter) {
  const Where where = fetches_where(run, filter);
  ASSIGN_OR_RETURN(Statement row,
                   database_->prepare("SELECT count(*), count(*) FILTER (WHERE result = 'hit'), "
                                      "count(*) FILTER (WHERE result = 'stale'), "
                                      "count(*) FILTER (WHERE result = 'miss'), "
                                      "count(*) FILTER (WHERE result = 'error') FROM fetch WHERE " +
                                      where.sql()));
  where.bind(row);
  ASSIGN_OR_RETURN(const bool found, row.step());
  SHAKEDOWN_ASSERT(found);
  const auto count = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return FetchCounts{count(0), count(1), count(2), count(3), count(4)};
}

Result<std::uint64_t> Queries::count_issuances(std::int64_t run, const IssuanceFilter& filter) {
  Where where("run = ?", run);
  where.add_if("provider = ?", filter.provider);
  where.add_if("ca = ?", filter.ca);
  where.add_if("because = ?", filter.because);
  where.add_if("issued = ?", filter.issued);
  where.add_if("new_key = ?", filter.new_key);
  where.add_if("ended_ns >= ?", filter.after);
  where.add_if("ended_ns < ?", filter.before);
  return one_count("issuance", where);
}

Result<std::uint64_t> Queries::count_happenings(std::int64_t run, const HappeningFilter& filter) {
  return one_count("event", happenings_where(run, filter));
}

Result<std::uint64_t> Queries::one_count(std::string_view table, const Where& where) {
  ASSIGN_OR_RETURN(Statement row, database_->prepare(fmt::format("SELECT count(*) FROM {} WHERE {}",
                                                                 table, where.sql())));
  where.bind(row);
  ASSIGN_OR_RETURN(const bool found, row.step());
  SHAKEDOWN_ASSERT(found);
  return static_cast<std::uint64_t>(row.integer(0));
}

Result<std::vector<std::string>> Queries::holders_affected_by(std::int64_t run,
                                                              std::string_view ca) {
  ASSIGN_OR_RETURN(Statement rows,
                   database_->prepare("SELECT id FROM affected_by_ca WHERE run = ?1 AND ca = ?2 "
                                      "AND what = 'provider' ORDER BY id"));
  rows.bind(1, run);
  rows.bind(2, ca);
  return collect(rows, kNoLimit, [](const Statement& row) { return row.text(0); });
}

Result<std::vector<CertificateRecord>> Queries::certificates(std::int64_t run, std::size_t limit) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database_->prepare("SELECT fingerprint, kind, ca, issued_to, subject, serial, tn_auth_list, "
                         "not_before_ns, not_after_ns, recorded_ns FROM certificate WHERE run = ? "
                         "ORDER BY recorded_ns, fingerprint"));
  rows.bind(1, run);
  return collect(rows, limit, [](const Statement& row) {
    return CertificateRecord{.fingerprint = row.text(0),
                             .kind = kind_of(row.text_view(1)),
                             .ca = row.text(2),
                             .issued_to = row.text(3),
                             .subject = row.text(4),
                             .serial = row.text(5),
                             .tn_auth_list = row.text(6),
                             .not_before = row.time(7),
                             .not_after = row.time(8),
                             .recorded_at = row.time(9)};
  });
}

Result<std::vector<IssuanceRecord>> Queries::issuances(std::int64_t run, std::size_t limit) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database_->prepare("SELECT provider, ca, because, issued, error, fingerprint, url, new_key, "
                         "started_ns, ended_ns, published_ns, used_from_ns FROM issuance "
                         "WHERE run = ? ORDER BY number"));
  rows.bind(1, run);
  return collect(rows, limit, [](const Statement& row) {
    return IssuanceRecord{.provider = row.text(0),
                          .ca = row.text(1),
                          .because = row.text(2),
                          .issued = row.integer(3) != 0,
                          .error = row.text(4),
                          .fingerprint = row.text(5),
                          .url = row.text(6),
                          .new_key = row.integer(7) != 0,
                          .started_at = row.time(8),
                          .ended_at = row.time(9),
                          .published_at = row.optional_time(10),
                          .used_from = row.optional_time(11)};
  });
}

Result<std::vector<RevocationRecord>> Queries::revocations(std::int64_t run, std::size_t limit) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database_->prepare("SELECT fingerprint, issuer, serial, reason, reported_by, reported_ns, "
                         "published_ns, crl_number FROM revocation WHERE run = ? ORDER BY number"));
  rows.bind(1, run);
  return collect(rows, limit, [](const Statement& row) {
    return RevocationRecord{.fingerprint = row.text(0),
                            .issuer = row.text(1),
                            .serial = row.text(2),
                            .reason = row.text(3),
                            .reported_by = row.text(4),
                            .reported_at = row.time(5),
                            .published_at = row.time(6),
                            .crl_number = static_cast<std::uint64_t>(row.integer(7))};
  });
}

Result<std::vector<HappeningRecord>> Queries::happenings(std::int64_t run, std::size_t limit) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database_->prepare("SELECT at_ns, actor, kind, subject, done_by, detail, description "
                         "FROM event LEFT JOIN event_kind USING (kind) "
                         "WHERE run = ? ORDER BY number"));
  rows.bind(1, run);
  return collect(rows, limit, [](const Statement& row) {
    return HappeningRecord{.at = row.time(0),
                           .actor = row.text(1),
                           .kind = row.text(2),
                           .subject = row.text(3),
                           .by = row.text(4),
                           .detail = row.text(5),
                           .description = row.text(6)};
  });
}

}  // namespace shakedown::results
