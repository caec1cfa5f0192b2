#include "actors/master_key_service/master_key_service.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/keys/envelope.h"
#include "crypto/keys/randomness.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kLongestDataKey = 64;
constexpr std::size_t kLongestWrapped = crypto::kGcmIvSize + kLongestDataKey + crypto::kGcmTagSize;
constexpr std::size_t kLargestKeyBody = 4096;
constexpr sim::Duration kMasterKeyPatience =
    std::chrono::seconds{5};  // With a master key in the making.

using Module = std::shared_ptr<crypto::Hsm>;

Result<crypto::KeyHandle> generate(const Module& module,
                                   const std::string& label,
                                   crypto::KeyStorage storage) {
  return module->generate_master_key(label, storage);
}

// iv, ciphertext, tag. The owner's name is authenticated with them.
Result<crypto::Bytes> wrap(const Module& module,
                           crypto::KeyHandle master_key,
                           const crypto::SecretBytes& data_key,
                           const std::string& owner) {
  const crypto::Bytes iv = crypto::random_bytes(crypto::kGcmIvSize);
  ASSIGN_OR_RETURN(const crypto::Bytes sealed, module->wrap(master_key, data_key, iv, owner));
  return iv + sealed;
}

Result<crypto::SecretBytes> unwrap(const Module& module,
                                   crypto::KeyHandle master_key,
                                   const crypto::Bytes& wrapped,
                                   const std::string& owner) {
  const std::string_view whole = wrapped;
  return module->unwrap(master_key, whole.substr(crypto::kGcmIvSize),
                        whole.substr(0, crypto::kGcmIvSize), owner);
}

sim::Response refusal(int status, std::string_view message) {
  return json_response(status, {{"error", message}});
}

sim::Response refusal(const Error& error) {
  const bool is_foreign = error.code == ErrorCode::kRefused || error.code == ErrorCode::kMalformed;
  return refusal(is_foreign ? 403 : 503, error.detail);
}

}  // namespace

MasterKeyService::MasterKeyService(sim::Site& site, MasterKeyServiceOptions options)
    : options_(std::move(options)),
      env_(site.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})) {
  SHAKEDOWN_ASSERT(options_.module != nullptr);
  site.listen(env_, sim::Protocol::kHttp, options_.host,
              [this](const sim::Request& request) { return handle(request); });
  base_url_ = site.base_url(options_.host);
  site.start(
      env_, "make the master key", [this] { make_master_key(); }, sim::Daemon::kNo);
}

void MasterKeyService::make_master_key() {
  const auto key = env_.compute(work::kHsmGenerateKey, generate, options_.module,
                                "master key of " + options_.name, options_.storage);
  if (key) {
    master_key_ = *key;
  } else {
    failure_ = key.error().detail;
  }
  env_.notify_all(ready_);
}

bool MasterKeyService::wait_until_ready() {
  const sim::Time deadline = env_.now() + kMasterKeyPatience;
  while (!master_key_ && failure_.empty() && env_.wait(ready_, deadline)) {
  }
  return master_key_.has_value();
}

std::optional<std::string> MasterKeyService::owner_of(const sim::Request& request) const {
  const std::string_view secret = bearer_token(request.headers);
  for (const auto& [owner, expected] : options_.secret_of_owner) {
    if (!expected.empty() && crypto::constant_time_equal(secret, expected)) return owner;
  }
  return std::nullopt;
}

sim::Response MasterKeyService::handle(const sim::Request& request) {
  const std::string path = path_below(base_url_, request.target);
  const bool wraps = path == "/v1/data-keys/wrap";
  if (!wraps && path != "/v1/data-keys/unwrap") return refusal(404, "no such resource");
  if (request.method != "POST") return refusal(405, "only POST");
  const auto owner = owner_of(request);
  if (!owner) return refusal(401, "the authentication secret is not known");
  const auto body = stir::parse_json_object(request.body, {.bytes = kLargestKeyBody});
  const auto text = body ? stir::string_member(*body, wraps ? "dataKey" : "wrappedDataKey")
                         : std::optional<std::string>();
  const auto octets = text ? crypto::base64_decode(*text)
                           : Result<crypto::Base64Decoded>(fail(ErrorCode::kMalformed, "absent"));
  if (!octets) return refusal(400, wraps ? "dataKey is missing" : "wrappedDataKey is missing");
  if (!wait_until_ready()) {
    return refusal(503, failure_.empty() ? "the master key is not ready" : failure_);
  }
  return wraps ? on_wrap(*owner, octets->octets) : on_unwrap(*owner, octets->octets);
}

sim::Response MasterKeyService::on_wrap(const std::string& owner, std::string_view data_key) {
  if (data_key.empty() || data_key.size() > kLongestDataKey) {
    return refusal(400, "a data key has 1 to 64 octets");
  }
  const auto wrapped = env_.compute(work::kHsmUnwrap, wrap, options_.module, *master_key_,
                                    crypto::SecretBytes(data_key), owner);
  if (!wrapped) return refusal(wrapped.error());
  return json_response(200, {{"wrappedDataKey", crypto::base64_encode(*wrapped)}});
}

sim::Response MasterKeyService::on_unwrap(const std::string& owner, std::string_view wrapped) {
  if (wrapped.size() <= crypto::kGcmIvSize + crypto::kGcmTagSize ||
      wrapped.size() > kLongestWrapped) {
    return refusal(400, "not a wrapped data key");
  }
  const auto data_key = env_.compute(work::kHsmUnwrap, unwrap, options_.module, *master_key_,
                                     crypto::Bytes(wrapped), owner);
  if (!data_key) return refusal(data_key.error());
  return json_response(200, {{"dataKey", crypto::base64_encode(data_key->view())}});
}

}  // namespace shakedown::actors
