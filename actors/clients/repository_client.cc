#include "actors/clients/repository_client.h"

#include <algorithm>
#include <utility>

#include "actors/serving/http_json.h"

namespace shakedown::actors {
namespace {

Error error_of(const sim::Answer& answer, std::string what) {
  switch (answer.kind) {
    case sim::Answer::Kind::kTimeout:
      return {ErrorCode::kTimeout, what + ": no answer in time"};
    case sim::Answer::Kind::kUnreachable:
      return {ErrorCode::kUnreachable, what + ": " + answer.detail};
    case sim::Answer::Kind::kResponse:
      break;
  }
  const ErrorCode code = answer.response.status == 404 ? ErrorCode::kNotFound : ErrorCode::kRefused;
  return {code, what + ": HTTP " + std::to_string(answer.response.status)};
}

}  // namespace

Result<std::string> publish(sim::Env& env,
                            const RepositoryAccess& access,
                            std::string_view path,
                            std::string body) {
  sim::Request request = http_request("PUT", access.upload_base_url + std::string(path));
  std::string url = access.public_base_url + std::string(path);
  request.headers.add("Authorization", "Bearer " + access.secret);
  request.headers.add("Content-Type", "application/pem-certificate-chain");
  request.body = std::move(body);
  const sim::Answer answer = env.exchange(std::move(request), access.timeout);
  if (answer.has_status(201) || answer.has_status(204)) return url;
  return tl::unexpected(error_of(answer, "publish " + url));
}

Status unpublish(sim::Env& env, const RepositoryAccess& access, std::string_view path) {
  sim::Request request = http_request("DELETE", access.upload_base_url + std::string(path));
  const std::string what = "unpublish " + request.target;
  request.headers.add("Authorization", "Bearer " + access.secret);
  const sim::Answer answer = env.exchange(std::move(request), access.timeout);
  if (answer.has_status(204)) return {};
  return tl::unexpected(error_of(answer, what));
}

Status wait_until_fetchable(sim::Env& env,
                            std::string_view url,
                            std::string_view body,
                            sim::Duration poll_every,
                            sim::Time deadline) {
  const std::string target(url);
  const std::string expected(body);  // The caller's text may go while this suspends.
  while (true) {
    const sim::Time now = env.now();
    if (now >= deadline) return fail(ErrorCode::kTimeout, target + " does not show the new body");
    const sim::Answer answer =
        env.exchange(http_request("GET", target),
                     std::min<sim::Duration>(deadline - now, std::chrono::seconds{5}));
    if (answer.has_status(200) && answer.response.body == expected) return {};
    env.sleep_until(std::min(env.now() + poll_every, deadline));
  }
}

}  // namespace shakedown::actors
