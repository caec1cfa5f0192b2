// OCSP over HTTP (RFC 6960 Appendix A.1, RFC 5019 §5-6): GET with the request in the path where
// that stays short, else POST; the answer with its headers for caches. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "crypto/x509/ocsp.h"
#include "sim/message.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::stir {

// `url`: the responder's. GET if the encoded request has less than 255 octets.
sim::Request ocsp_http_request(std::string_view url, std::string_view request_der);

// What was asked: `rest` is the path after "/ocsp", without query. nullopt: neither a GET with
// base64 (percent-encoded or not) nor a POST of application/ocsp-request.
std::optional<crypto::Bytes> ocsp_request_octets(const sim::Request& request,
                                                 std::string_view rest);

// For an error: no-store, so that tryLater is not kept by a proxy.
sim::Response ocsp_http_error(crypto::OcspResponseStatus status);

struct OcspFreshness {
  sim::Time now, this_update, next_update;
  sim::Duration max_age{};  // Of Cache-Control; ends before next_update.
  bool stored = true;       // false: it repeats a nonce and is of no use to anybody else.
};

sim::Response ocsp_http_response(crypto::Bytes response_der, const OcspFreshness& freshness);

// The octets of the responder's answer. Errors: kTimeout, kUnreachable, kRefused (HTTP status, or
// not application/ocsp-response).
Result<crypto::Bytes> ocsp_response_octets(const sim::Answer& answer);

}  // namespace shakedown::stir
