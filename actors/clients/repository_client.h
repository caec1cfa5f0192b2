// The owner's side of a certificate repository: publishing, and seeing it published.
#pragma once

#include <string>
#include <string_view>

#include "sim/env.h"
#include "sim/result.h"

namespace shakedown::actors {

// Where to put and what the world will fetch. Plain data.
struct RepositoryAccess {
  std::string upload_base_url;
  std::string public_base_url;
  std::string secret;
  sim::Duration timeout = std::chrono::seconds{5};
};

// * Puts `body` at `path` ("/709J/1.pem") and returns its public URL. It may not be fetchable yet.
// Errors: kTimeout, kUnreachable, kRefused (status in `detail`).
Result<std::string> publish(sim::Env& env,
                            const RepositoryAccess& access,
                            std::string_view path,
                            std::string body);
// * Errors as above; kNotFound.
Status unpublish(sim::Env& env, const RepositoryAccess& access, std::string_view path);
// * Asks `url` as the world does until it answers 200 with exactly `body` or `deadline` has come
// (kTimeout). A new certificate is only used once this is true.
Status wait_until_fetchable(sim::Env& env,
                            std::string_view url,
                            std::string_view body,
                            sim::Duration poll_every,
                            sim::Time deadline);

}  // namespace shakedown::actors
