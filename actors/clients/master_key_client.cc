#include "actors/clients/master_key_client.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/serving/http_json.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kLargestKeyAnswer = 4096;

}  // namespace

MasterKeyClient::MasterKeyClient(sim::Env& env,
                                 std::string base_url,
                                 std::string secret,
                                 sim::Duration timeout)
    : env_(env),
      base_url_(std::move(base_url)),
      secret_(std::move(secret)),
      timeout_(timeout) {}

Result<std::string> MasterKeyClient::ask(std::string_view operation,
                                         std::string_view member,
                                         std::string_view octets,
                                         std::string_view answer_member) {
  sim::Request request = json_post(base_url_ + "/v1/data-keys/" + std::string(operation),
                                   {{member, crypto::base64_encode(octets)}});
  request.headers.add("Authorization", "Bearer " + secret_);
  const sim::Answer answer = env_.exchange(std::move(request), timeout_);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, "master key service: no answer in time");
  }
  if (answer.kind == sim::Answer::Kind::kUnreachable) {
    return fail(ErrorCode::kUnreachable, "master key service: " + answer.detail);
  }
  const auto body = stir::parse_json_object(answer.response.body, {.bytes = kLargestKeyAnswer});
  if (answer.response.status != 200) {
    std::string detail = "master key service: HTTP " + std::to_string(answer.response.status);
    if (body) detail += ", " + stir::string_member(*body, "error").value_or("no reason given");
    const bool is_down = answer.response.status >= 500;
    return fail(is_down ? ErrorCode::kKeyUnavailable : ErrorCode::kRefused, std::move(detail));
  }
  const auto text = body ? stir::string_member(*body, answer_member) : std::nullopt;
  if (!text) return fail(ErrorCode::kMalformed, "master key service: answer without a key");
  ASSIGN_OR_RETURN(auto decoded, crypto::base64_decode(*text));
  return std::move(decoded.octets);
}

Result<crypto::Bytes> MasterKeyClient::wrap(const crypto::SecretBytes& data_key) {
  return ask("wrap", "dataKey", data_key.view(), "wrappedDataKey");
}

Result<crypto::SecretBytes> MasterKeyClient::unwrap(std::string_view wrapped) {
  ASSIGN_OR_RETURN(const std::string data_key, ask("unwrap", "wrappedDataKey", wrapped, "dataKey"));
  return crypto::SecretBytes(data_key);
}

}  // namespace shakedown::actors
