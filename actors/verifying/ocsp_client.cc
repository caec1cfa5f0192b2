#include "actors/verifying/ocsp_client.h"

#include <algorithm>
#include <utility>

#include "actors/caching/fetch_record.h"
#include "actors/events.h"
#include "actors/workload/work.h"
#include "stir/credential/ocsp_http.h"
#include "stir/credential/revocation.h"

namespace shakedown::actors {

namespace {

crypto::Bytes key_of(const crypto::Certificate& certificate, const crypto::Certificate& issuer) {
  return crypto::Bytes(crypto::as_view(certificate.fingerprint())) +
         crypto::Bytes(crypto::as_view(issuer.fingerprint()));
}

// What the octets say about the certificate. Error: kMalformed, kTooLarge, kRefused.
Result<crypto::OcspSingleResponse> read_ocsp_answer(const crypto::Bytes& octets,
                                                    const crypto::CertificatePtr& certificate,
                                                    const crypto::CertificatePtr& issuer,
                                                    sim::Time now) {
  ASSIGN_OR_RETURN(const auto response, crypto::parse_ocsp_response(octets));
  crypto::OcspCheck check = crypto::check_ocsp_response(
      response, {.certificate = *certificate, .issuer = *issuer, .now = now});
  if (!check.usable) {
    return fail(ErrorCode::kRefused, std::string(check.failed_rule) + ": " + check.detail);
  }
  return std::move(check.answer);
}

stir::RevocationStatus status_in(const crypto::OcspSingleResponse& answer,
                                 const crypto::Certificate& certificate) {
  stir::RevocationStatus status;
  switch (answer.status) {
    case crypto::OcspCertificateStatus::kGood:
      status.state = stir::RevocationState::kGood;
      break;
    case crypto::OcspCertificateStatus::kUnknown:
      status.state = stir::RevocationState::kRevoked;
      status.detail = "serial " + certificate.serial_hex() + " is unknown to the OCSP responder";
      break;
    case crypto::OcspCertificateStatus::kRevoked:
      status.state = stir::RevocationState::kRevoked;
      status.revoked_at = answer.revoked_at;
      status.reason = answer.reason;
      status.detail = "serial " + certificate.serial_hex() + " was revoked at " +
                      sim::format_time(answer.revoked_at);
      if (answer.reason) {
        status.detail += ", ";
        status.detail += crypto::to_string(static_cast<crypto::CrlReason>(*answer.reason));
      }
      break;
  }
  return status;
}

}  // namespace

OcspClient::OcspClient(sim::Env& env, OcspClientOptions options)
    : env_(env),
      options_(std::move(options)),
      flights_(env) {}

stir::RevocationStatus OcspClient::status(const crypto::CertificatePtr& certificate,
                                          const crypto::CertificatePtr& issuer,
                                          std::string_view call_id) {
  if (stir::has_no_revocation_information(*certificate)) {
    return {stir::RevocationState::kGood, "", {}, {}};
  }
  const crypto::Bytes key = key_of(*certificate, *issuer);
  while (true) {
    if (const auto found = entries_.find(key);
        found != entries_.end() && env_.now() < found->second.ask_again) {
      recency_.splice(recency_.end(), recency_, found->second.recency);
      return found->second.status;
    }
    if (!flights_.is_under_way(key)) break;
    if (auto shared = flights_.wait_for(key, sim::kNever)) return *std::move(shared);
  }
  return *flights_.lead(key,
                        [&] { return std::optional(refresh(key, certificate, issuer, call_id)); });
}

stir::RevocationStatus OcspClient::refresh(const crypto::Bytes& key,
                                           const crypto::CertificatePtr& certificate,
                                           const crypto::CertificatePtr& issuer,
                                           std::string_view call_id) {
  const auto answer = ask(certificate, issuer, call_id);
  const sim::Time now = env_.now();
  Entry entry;
  if (answer) {
    entry.status = status_in(*answer, *certificate);
    entry.good_until = answer->next_update.value_or(now);
    entry.ask_again = entry.good_until;
    if (options_.refresh) entry.ask_again = std::min(entry.ask_again, now + *options_.refresh);
    // An answer that counts only by the clocks' tolerance must not be asked for at every call.
    if (entry.ask_again <= now) entry.ask_again = now + options_.retry;
  } else if (const auto before = entries_.find(key);
             before != entries_.end() && now < before->second.good_until) {
    entry.status = before->second.status;
    entry.good_until = before->second.good_until;
    entry.ask_again = std::min(entry.good_until, now + options_.retry);
  } else {
    entry.status = {stir::RevocationState::kUndetermined, answer.error().detail, {}, {}};
    entry.good_until = now;
    entry.ask_again = now + options_.retry;
  }
  stir::RevocationStatus status = entry.status;
  keep(key, std::move(entry));
  return status;
}

Result<std::string> OcspClient::responder_for(const crypto::Certificate& certificate,
                                              const crypto::Certificate& issuer) const {
  if (!options_.responder_in_certificate) {
    std::string url = options_.responder_of(issuer);
    if (url.empty()) {
      return fail(ErrorCode::kNotFound, "no OCSP responder is known for its issuer");
    }
    return url;
  }
  for (const crypto::AccessDescription& access : certificate->authority_info_access) {
    if (access.method != crypto::oid::kOcsp) continue;
    if (const auto objection =
            stir::url_objection(access.uri, *options_.responder_in_certificate)) {
      return fail(ErrorCode::kRefused, "its OCSP responder may not be asked: " + *objection);
    }
    return access.uri;
  }
  return fail(ErrorCode::kNotFound, "it names no OCSP responder");
}

Result<crypto::OcspSingleResponse> OcspClient::ask(const crypto::CertificatePtr& certificate,
                                                   const crypto::CertificatePtr& issuer,
                                                   std::string_view call_id) {
  ASSIGN_OR_RETURN(const std::string url, responder_for(*certificate, *issuer));
  ASSIGN_OR_RETURN(auto id, crypto::ocsp_id_of(*certificate, *issuer));
  ASSIGN_OR_RETURN(const crypto::Bytes question,
                   crypto::build_ocsp_request({.ids = {std::move(id)}, .nonce = {}}));
  sim::Request request = stir::ocsp_http_request(url, question);
  const std::string target = request.target;
  const sim::Time asked_at = env_.now();
  const sim::Answer answer = env_.exchange(std::move(request), options_.timeout);
  record_fetch(env_, FetchWhat::kOcsp, target, call_id, answer, asked_at);
  ASSIGN_OR_RETURN(crypto::Bytes octets, stir::ocsp_response_octets(answer));
  return env_.compute(work::kVerifySignature, read_ocsp_answer, std::move(octets), certificate,
                      issuer, env_.now());
}

void OcspClient::keep(const crypto::Bytes& key, Entry entry) {
  if (const auto found = entries_.find(key); found != entries_.end()) {
    recency_.erase(found->second.recency);
    entries_.erase(found);
  }
  while (entries_.size() >= options_.capacity && !recency_.empty()) {
    entries_.erase(recency_.front());
    recency_.pop_front();
  }
  entry.recency = recency_.insert(recency_.end(), key);
  entries_.emplace(key, std::move(entry));
}

stir::RevocationAnswer OcspClient::check_path(std::span<const crypto::CertificatePtr> path,
                                              std::string_view call_id) {
  stir::RevocationAnswer answer{stir::RevocationState::kGood, "", 0, {}};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    auto one = status(path[i], path[i + 1], call_id);
    if (one.state == stir::RevocationState::kRevoked) {
      return {one.state, std::move(one.detail), i, one.revoked_at};
    }
    if (one.state == stir::RevocationState::kUndetermined &&
        answer.state == stir::RevocationState::kGood) {
      answer = {one.state, std::move(one.detail), i, {}};
    }
  }
  return answer;
}

}  // namespace shakedown::actors
