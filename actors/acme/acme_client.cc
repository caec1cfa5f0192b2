#include "actors/acme/acme_client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/caching/cache_control.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/octets/bytes.h"
#include "stir/acme/acme_messages.h"
#include "stir/jose/jws.h"

namespace shakedown::actors {
namespace {

Error without_answer(const sim::Answer& answer, std::string_view what) {
  const std::string prefix = std::string(what) + ": ";
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return {ErrorCode::kTimeout, prefix + "no answer in time"};
  }
  return {ErrorCode::kUnreachable, prefix + answer.detail};
}

stir::acme::Problem problem_of(const sim::Response& response) {
  if (const auto body = stir::parse_json_object(response.body)) {
    if (auto problem = stir::acme::read_problem(*body)) return *std::move(problem);
  }
  stir::acme::Problem unknown;
  unknown.type = "HTTP " + std::to_string(response.status);
  return unknown;
}

// The URL of a Link with this relation (RFC 8288); "" if there is none.
std::string linked(const sim::Headers& headers, const std::string& relation) {
  for (const std::string_view value : headers.get_all("Link")) {
    const std::size_t end = value.find('>');
    const bool is_it = value.starts_with('<') && end != value.npos &&
                       value.find("rel=\"" + relation + "\"", end) != value.npos;
    if (is_it) return std::string(value.substr(1, end - 1));
  }
  return {};
}

}  // namespace

Result<std::string> flattened_jws(const stir::Json& protected_header,
                                  const std::string& payload,
                                  const crypto::PrivateKeyPtr& key) {
  const std::string header = crypto::base64url_encode(stir::canonical_json(protected_header));
  const std::string body = crypto::base64url_encode(payload);
  ASSIGN_OR_RETURN(const auto signature, key->sign(header + "." + body));
  return stir::canonical_json(
      {{"protected", header},
       {"payload", body},
       {"signature", crypto::base64url_encode(crypto::as_view(signature))}});
}

AcmeClient::AcmeClient(sim::Env& env, AcmeClientOptions options)
    : env_(env),
      options_(std::move(options)) {
  SHAKEDOWN_ASSERT(options_.key != nullptr);
}

sim::Answer AcmeClient::exchange(sim::Request request) {
  const sim::Duration left = options_.deadline - env_.now();
  if (left <= sim::Duration{}) {
    sim::Answer late;
    late.kind = sim::Answer::Kind::kTimeout;
    return late;
  }
  request.headers.set("User-Agent", "shakedown/" SHAKEDOWN_VERSION);  // RFC 8555 §6.1
  return env_.exchange(std::move(request), std::min(left, options_.request_timeout));
}

Status AcmeClient::open() {
  sim::Answer answer = exchange(http_request("GET", options_.directory_url));
  if (answer.kind != sim::Answer::Kind::kResponse) {
    answer = exchange(http_request("GET", options_.directory_url));
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return tl::unexpected(without_answer(answer, "directory"));
  }
  if (answer.response.status != 200) {
    return fail(ErrorCode::kRefused, "directory: " + problem_of(answer.response).type);
  }
  ASSIGN_OR_RETURN(directory_, stir::parse_json_object(answer.response.body));
  return {};
}

Result<std::string> AcmeClient::resource(std::string_view name) const {
  auto url = stir::string_member(directory_, name);
  if (!url) return fail(ErrorCode::kMalformed, "the directory has no " + std::string(name));
  return *std::move(url);
}

Result<std::string> AcmeClient::next_nonce() {
  if (!nonce_.empty()) return std::exchange(nonce_, {});
  ASSIGN_OR_RETURN(const std::string url, resource("newNonce"));
  sim::Answer answer = exchange(http_request("HEAD", url));
  if (answer.kind != sim::Answer::Kind::kResponse) answer = exchange(http_request("HEAD", url));
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return tl::unexpected(without_answer(answer, "new-nonce"));
  }
  const auto nonce = answer.response.headers.get("Replay-Nonce");
  if (!nonce) return fail(ErrorCode::kMalformed, "new-nonce: no Replay-Nonce");
  return std::string(*nonce);
}

Result<sim::Response> AcmeClient::post(std::string_view what,
                                       const std::string& url,
                                       const std::optional<stir::Json>& payload,
                                       bool may_repeat) {
  const std::string step(what);
  const std::string body = payload ? stir::canonical_json(*payload) : std::string();
  unsigned bad_nonces = 0;
  bool was_repeated = false;
  while (true) {
    ASSIGN_OR_RETURN(const std::string nonce, next_nonce());
    stir::Json header{{"alg", "ES256"}, {"nonce", nonce}, {"url", url}};
    if (account_url_.empty()) {
      header["jwk"] = stir::jwk_of(*options_.key->public_key());
    } else {
      header["kid"] = account_url_;
    }
    auto jws = env_.compute(work::kSign, flattened_jws, std::move(header), body, options_.key);
    if (!jws) return tl::unexpected(jws.error());
    sim::Request request = http_request("POST", url);
    request.headers.add("Content-Type", "application/jose+json");
    request.body = *std::move(jws);
    sim::Answer answer = exchange(std::move(request));
    if (answer.kind != sim::Answer::Kind::kResponse) {
      if (!may_repeat || std::exchange(was_repeated, true)) {
        return tl::unexpected(without_answer(answer, step));
      }
      continue;
    }
    if (const auto fresh = answer.response.headers.get("Replay-Nonce")) nonce_ = *fresh;
    if (answer.response.status < 400) return std::move(answer.response);
    const stir::acme::Problem problem = problem_of(answer.response);
    if (problem.type == "badNonce") ++refused_nonces_;
    if (problem.type == "badNonce" && ++bad_nonces <= kMostBadNonces) continue;
    if (problem.type == "userActionRequired") {
      RETURN_IF_ERROR(agree(step, answer.response));
      continue;
    }
    return fail(ErrorCode::kRefused, step + ": " + problem.type + ": " + problem.detail);
  }
}

Status AcmeClient::agree(const std::string& step, const sim::Response& refusal) {
  const stir::acme::Problem problem = problem_of(refusal);
  const std::string terms = linked(refusal.headers, "terms-of-service");
  std::string detail = step + ": " + problem.type + ": " + problem.detail;
  if (!terms.empty()) detail += "; terms of service: " + terms;
  if (!problem.instance.empty()) detail += "; see " + problem.instance;
  // Something else than terms is asked of a human, or agreeing to these was not enough.
  if (terms.empty() || terms == agreed_terms_ || account_url_.empty() ||
      !options_.agree_to_changed_terms) {
    return fail(ErrorCode::kRefused, std::move(detail));
  }
  agreed_terms_ = terms;
  const auto agreed = post("agreement", account_url_, stir::acme::agreement_to_terms());
  if (!agreed) return tl::unexpected(agreed.error());
  return {};
}

Status AcmeClient::wait_before_polling(const sim::Response& response, sim::Duration otherwise) {
  sim::Duration pause = otherwise;
  if (const auto text = response.headers.get("Retry-After")) {
    if (const auto seconds = parse_delta_seconds(*text)) {
      pause = *seconds;
    } else if (const auto date = sim::parse_http_date(*text)) {
      pause = std::max<sim::Duration>(*date - env_.now(), otherwise);
    }
    pause = std::min<sim::Duration>(pause, std::chrono::minutes{1});
  }
  if (env_.now() + pause >= options_.deadline) {
    return fail(ErrorCode::kTimeout, "the order is not done in time");
  }
  env_.sleep_for(pause);
  return {};
}

}  // namespace shakedown::actors
