// One who speaks ACME by hand: each request is built here, so that a test can spoil any part of it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "actors/acme/acme_client.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "sim/env.h"
#include "stir/acme/acme_messages.h"
#include "stir/jose/jws.h"

namespace shakedown::actors {

struct AcmeReply {
  int status = 0;
  std::string type;    // Of a problem, without the prefix.
  std::string detail;  // Likewise.
  stir::Json body;     // Null if the body is no JSON object.
  std::string text;
  sim::Headers headers;

  std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
  }

  // The URL of the Link with this relation, or "".
  std::string link(const std::string& relation) const {
    for (const std::string_view value : headers.get_all("Link")) {
      const std::size_t end = value.find(">;rel=\"" + relation + "\"");
      if (end != value.npos) return std::string(value.substr(1, end - 1));
    }
    return {};
  }

  // "400 badNonce", "201".
  std::string verdict() const { return std::to_string(status) + (type.empty() ? "" : " " + type); }
};

// Within one activity of `env`.
class AcmeTester {
 public:
  AcmeTester(sim::Env& env, std::string base_url)
      : env_(env),
        base_url_(std::move(base_url)) {
    key = env_.compute(work::kGenerateKey, crypto::PrivateKey::generate).value();
  }

  // The protected header as it should be for this path, by kid if there is an account.
  stir::Json header(const std::string& path) {
    stir::Json header{{"alg", "ES256"}, {"nonce", nonce()}, {"url", url(path)}};
    if (account.empty()) {
      header["jwk"] = stir::jwk_of(*key->public_key());
    } else {
      header["kid"] = account;
    }
    return header;
  }

  // `path`: "/acme/new-order" or a whole URL. No payload: POST-as-GET.
  AcmeReply post(const std::string& path, const std::optional<stir::Json>& payload = {}) {
    return post_with(header(path), path, payload ? stir::canonical_json(*payload) : "");
  }

  AcmeReply post_with(const stir::Json& header,
                      const std::string& path,
                      const std::string& payload) {
    return send("POST", path, sign(header, payload, key));
  }

  std::string sign(const stir::Json& header,
                   const std::string& payload,
                   const crypto::PrivateKeyPtr& signer) {
    return env_.compute(work::kSign, flattened_jws, header, payload, signer).value();
  }

  AcmeReply send(const std::string& method,
                 const std::string& path,
                 const std::string& body = {},
                 const std::string& type = "application/jose+json") {
    sim::Request request = http_request(method, url(path));
    if (!body.empty()) request.headers.add("Content-Type", type);
    request.body = body;
    const auto answer = env_.exchange(request, std::chrono::seconds{10});
    EXPECT_EQ(answer.kind, sim::Answer::Kind::kResponse);
    AcmeReply reply;
    reply.status = answer.response.status;
    reply.headers = answer.response.headers;
    reply.text = answer.response.body;
    if (const auto json = stir::parse_json_object(answer.response.body)) reply.body = *json;
    if (reply.header("Content-Type") == "application/problem+json") {
      const auto problem = stir::acme::read_problem(reply.body);
      EXPECT_TRUE(problem && stir::acme::is_problem_type(problem->type)) << reply.text;
      EXPECT_EQ(problem->status, reply.status);
      reply.type = problem->type;
      reply.detail = problem->detail;
    } else {
      EXPECT_LT(reply.status, 400) << reply.text;
    }
    return reply;
  }

  // Makes the account and uses it from now on.
  AcmeReply register_account(const stir::Json& payload = stir::Json::object()) {
    account.clear();
    AcmeReply reply = post("/acme/new-account", payload);
    account = reply.header("Location");
    return reply;
  }

  std::string nonce() { return send("HEAD", "/acme/new-nonce").header("Replay-Nonce"); }

  std::string url(const std::string& path) const {
    return path.starts_with("https://") ? path : base_url_ + path;
  }

  // externalAccountBinding: a flattened JWS with HS256 (RFC 8555 §7.3.4).
  static stir::Json binding(const stir::Json& header,
                            const std::string& payload,
                            std::string_view mac_key) {
    const std::string head = crypto::base64url_encode(stir::canonical_json(header));
    const std::string body = crypto::base64url_encode(payload);
    const auto mac = crypto::hmac_sha256(mac_key, head + "." + body);
    return {{"protected", head},
            {"payload", body},
            {"signature", crypto::base64url_encode(crypto::as_view(mac))}};
  }

  crypto::PrivateKeyPtr key;
  std::string account;  // URL; empty: sign by jwk.

 private:
  sim::Env& env_;
  std::string base_url_;
};

}  // namespace shakedown::actors
