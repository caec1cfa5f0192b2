#include "stir/credential/ocsp_http.h"

#include <fmt/format.h>

#include "crypto/octets/digest.h"

namespace shakedown::stir {
namespace {

constexpr std::size_t kLongestInPath = 254;  // "less than 255 bytes", RFC 6960 A.1.
constexpr std::string_view kRequestType = "application/ocsp-request";
constexpr std::string_view kResponseType = "application/ocsp-response";

// Base64 needs no more than this of the URL encoding.
std::string url_encoded(std::string_view base64) {
  std::string text;
  for (const char c : base64) {
    if (c == '+' || c == '/' || c == '=') {
      text += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> url_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto octet = crypto::from_hex(text.substr(i + 1, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    decoded += *octet;
    i += 2;
  }
  return decoded;
}

bool has_type(const sim::Headers& headers, std::string_view wanted) {
  std::string_view type = headers.get("Content-Type").value_or("");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return sim::equals_ignoring_case(type, wanted);
}

}  // namespace

sim::Request ocsp_http_request(std::string_view url, std::string_view request_der) {
  sim::Request request;
  request.target = url;
  request.headers.add("Accept", std::string(kResponseType));
  const std::string in_path = url_encoded(crypto::base64_encode(request_der));
  if (in_path.size() <= kLongestInPath) {
    request.method = "GET";
    request.target += "/" + in_path;
  } else {
    request.method = "POST";
    request.headers.add("Content-Type", std::string(kRequestType));
    request.body = request_der;
  }
  return request;
}

std::optional<crypto::Bytes> ocsp_request_octets(const sim::Request& request,
                                                 std::string_view rest) {
  if (request.method == "POST" && rest.empty() && has_type(request.headers, kRequestType)) {
    return request.body;
  }
  if (request.method != "GET" || rest.size() < 2 || rest.front() != '/') return std::nullopt;
  if (rest.size() > 2 * crypto::kLargestOcspRequest) return std::nullopt;
  const auto base64 = url_decoded(rest.substr(1));
  if (!base64) return std::nullopt;
  auto decoded = crypto::base64_decode(*base64);
  if (!decoded) return std::nullopt;
  return std::move(decoded->octets);
}

sim::Response ocsp_http_error(crypto::OcspResponseStatus status) {
  sim::Response response;
  response.status = 200;  // The error is OCSP's, not HTTP's.
  response.headers.add("Content-Type", std::string(kResponseType));
  response.headers.add("Cache-Control", "no-store");
  response.body = crypto::build_ocsp_error(status);
  return response;
}

sim::Response ocsp_http_response(crypto::Bytes response_der, const OcspFreshness& freshness) {
  sim::Response response;
  response.status = 200;
  sim::Headers& headers = response.headers;
  headers.add("Content-Type", std::string(kResponseType));
  headers.add("Date", sim::format_http_date(freshness.now));
  if (freshness.stored) {
    headers.add("Last-Modified", sim::format_http_date(freshness.this_update));
    headers.add("Expires", sim::format_http_date(freshness.next_update));
    headers.add("ETag", "\"" + crypto::to_hex(crypto::as_view(crypto::sha1(response_der))) + "\"");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(freshness.max_age).count();
    headers.add("Cache-Control",
                fmt::format("max-age={}, public, no-transform, must-revalidate", seconds));
  } else {
    headers.add("Cache-Control", "no-store");
  }
  response.body = std::move(response_der);
  return response;
}

Result<crypto::Bytes> ocsp_response_octets(const sim::Answer& answer) {
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, "OCSP: no answer in time");
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, "OCSP: " + answer.detail);
  }
  if (!answer.has_status(200)) {
    return fail(ErrorCode::kRefused, fmt::format("OCSP: HTTP {}", answer.response.status));
  }
  if (!has_type(answer.response.headers, kResponseType)) {
    return fail(ErrorCode::kRefused, "OCSP: not an OCSP response");
  }
  return answer.response.body;
}

}  // namespace shakedown::stir
