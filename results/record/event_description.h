// Each event that actors record, described once: the columns of its row in the order of schema.sql
// and its fields in the digests (run_digest.h) in theirs. The statements that insert rows, what is
// bound to them and the lines of the digests come from here; reading back has lists of its own.
//
// A visitor has column(name, value) and digested(value, digest). They are inlined.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/events.h"
#include "results/record/database.h"
#include "sim/time.h"

namespace shakedown::results {

enum class Digest : std::uint8_t {
  kOutcome,
  kArtefact,  // Bytes, and texts that may quote them.
};

// What the recorder knows of an event beside what is in it.
struct Stamps {
  std::int64_t number = 0;                                // Of the row.
  sim::Time at{};                                         // World time.
  std::string_view actor{};                               // Who recorded it.
  std::optional<std::int64_t> verification{};             // Of a call: the decisive one.
  std::optional<std::int64_t> call{}, signer{}, shape{};  // Of a verification.
  std::string_view times{};                               // Its packed trace.
  std::string_view detail{};                              // With the words of somebody else.
};

// A product from outside may have a verstat of its own, which the column does not take.
inline bool is_verstat(std::string_view text) {
  return text == "TN-Validation-Passed" || text == "TN-Validation-Failed" ||
         text == "No-TN-Validation";
}

inline std::optional<std::string_view> or_null(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

inline std::optional<std::int64_t> or_null(int number) {
  return number == 0 ? std::nullopt : std::optional<std::int64_t>(number);
}

// A column that is a field of a digest, too.
void field(auto& v, std::string_view name, const auto& value, Digest digest = Digest::kOutcome) {
  v.column(name, value);
  v.digested(value, digest);
}

// The same; in the column "" and 0 are NULL.
void nullable(auto& v, std::string_view name, const auto& value, Digest digest = Digest::kOutcome) {
  v.column(name, or_null(value));
  v.digested(value, digest);
}

void describe(const actors::CallEvent& e, const Stamps& s, auto& v) {
  const bool has_level = e.attest == 'A' || e.attest == 'B' || e.attest == 'C';
  v.column("number", s.number);
  field(v, "id", e.id);
  field(v, "originating", e.from);
  field(v, "claims_to_be", e.claims_to_be);
  field(v, "terminating", e.to);
  field(v, "calling_number", e.calling_number);
  field(v, "called_number", e.called_number);
  nullable(v, "via", e.via);
  v.column("attest", or_null({&e.attest, has_level ? 1U : 0U}));
  v.digested(e.attest, Digest::kOutcome);
  field(v, "outcome", to_string(e.outcome));
  nullable(v, "sip_status", e.sip_status);
  field(v, "placed_ns", e.placed_at);
  v.column("recorded_ns", s.at);
  field(v, "signing_latency_ns", e.signing_latency);
  field(v, "post_dial_delay_ns", e.post_dial_delay);
  v.digested(!e.signing_error.empty(), Digest::kOutcome);
  nullable(v, "signing_error", e.signing_error, Digest::kArtefact);
  v.column("verification", s.verification);
}

void describe(const actors::VerificationEvent& e, const Stamps& s, auto& v) {
  v.column("number", s.number);
  v.column("call", s.call);
  v.column("unmatched_call_id", or_null(s.call ? std::string_view() : e.call_id));
  v.digested(e.call_id, Digest::kOutcome);
  v.column("verifier", s.actor);
  field(v, "profile", e.profile);
  v.column("verstat", is_verstat(e.verstat) ? e.verstat : std::string_view("other"));
  v.digested(e.verstat, Digest::kOutcome);
  nullable(v, "code", e.code);
  nullable(v, "reason", e.reason);
  nullable(v, "failed_step", e.failed_step);
  v.column("detail", or_null(s.detail));
  v.digested(e.detail, Digest::kArtefact);
  v.column("signer", s.signer);
  v.digested(e.x5u, Digest::kArtefact);
  v.digested(e.certificate, Digest::kArtefact);
  v.digested(e.issuer_root, Digest::kOutcome);
  v.column("attest", or_null({&e.attest, e.attest != ' ' ? 1U : 0U}));
  v.digested(e.attest, Digest::kOutcome);
  v.column("started_ns", s.at - e.offset);
  field(v, "latency_ns", e.latency);
  v.digested(e.offset, Digest::kOutcome);
  v.column("trace_shape", s.shape);
  v.column("trace", s.times);
  v.digested(e.trace, Digest::kOutcome);
}

void describe(const actors::FetchEvent& e, const Stamps& s, auto& v) {
  v.column("number", s.number);
  v.column("actor", s.actor);
  nullable(v, "call_id", e.call_id);
  field(v, "what", to_string(e.what));
  field(v, "url", e.url, Digest::kArtefact);
  nullable(v, "edge", e.edge);
  field(v, "result", to_string(e.result));
  nullable(v, "status", e.status);
  field(v, "octets", e.octets, Digest::kArtefact);
  v.column("ended_ns", s.at);
  field(v, "latency_ns", e.latency);
}

void describe(const actors::CertificateEvent& e, const Stamps& s, auto& v) {
  field(v, "fingerprint", e.fingerprint, Digest::kArtefact);
  field(v, "kind", to_string(e.kind));
  field(v, "ca", e.ca);
  field(v, "issued_to", e.subject_of);
  field(v, "subject", e.subject, Digest::kArtefact);
  field(v, "serial", e.serial, Digest::kArtefact);
  nullable(v, "tn_auth_list", e.tn_auth_list);
  field(v, "not_before_ns", e.not_before);
  field(v, "not_after_ns", e.not_after);
  v.column("recorded_ns", s.at);
  field(v, "der", Blob{e.der}, Digest::kArtefact);
}

void describe(const actors::IssuanceEvent& e, const Stamps& s, auto& v) {
  v.column("number", s.number);
  v.column("provider", s.actor);
  field(v, "ca", e.ca);
  field(v, "because", e.because);
  field(v, "issued", e.issued);
  v.digested(!e.error.empty(), Digest::kOutcome);
  nullable(v, "error", e.error, Digest::kArtefact);
  nullable(v, "fingerprint", e.fingerprint, Digest::kArtefact);
  nullable(v, "url", e.url, Digest::kArtefact);
  field(v, "new_key", e.new_key);
  field(v, "started_ns", e.started_at);
  field(v, "published_ns", e.published_at);
  field(v, "used_from_ns", e.used_from);
  v.column("ended_ns", s.at);
}

void describe(const actors::RevocationEvent& e, const Stamps& s, auto& v) {
  v.column("number", s.number);
  nullable(v, "fingerprint", e.fingerprint, Digest::kArtefact);
  field(v, "issuer", e.issuer, Digest::kArtefact);
  field(v, "serial", e.serial, Digest::kArtefact);
  nullable(v, "reason", e.reason);
  nullable(v, "reported_by", e.reported_by);
  field(v, "reported_ns", e.reported_at);
  v.column("published_ns", s.at);
  field(v, "crl_number", static_cast<std::int64_t>(e.crl_number));
}

void describe(const actors::HappeningEvent& e, const Stamps& s, auto& v) {
  v.column("number", s.number);
  v.column("at_ns", s.at);
  v.column("actor", s.actor);
  field(v, "kind", to_string(e.kind));
  nullable(v, "subject", e.subject);
  nullable(v, "done_by", e.by);
  nullable(v, "detail", e.detail, Digest::kArtefact);
}

// Calls visit(event) with the event's real type.
template <class Visit>
auto with_type(const actors::RecordedEvent& event, Visit visit) {
  using actors::EventType;
  switch (event.type) {
    case EventType::kCall:
      return visit(static_cast<const actors::CallEvent&>(event));
    case EventType::kVerification:
      return visit(static_cast<const actors::VerificationEvent&>(event));
    case EventType::kFetch:
      return visit(static_cast<const actors::FetchEvent&>(event));
    case EventType::kCertificate:
      return visit(static_cast<const actors::CertificateEvent&>(event));
    case EventType::kIssuance:
      return visit(static_cast<const actors::IssuanceEvent&>(event));
    case EventType::kRevocation:
      return visit(static_cast<const actors::RevocationEvent&>(event));
    case EventType::kHappening:
      break;
  }
  return visit(static_cast<const actors::HappeningEvent&>(event));
}

// The table that has the rows of a type of event; its first column is the run.
inline std::string_view table_of(actors::EventType type) {
  return type == actors::EventType::kHappening ? "event" : to_string(type);
}

}  // namespace shakedown::results
