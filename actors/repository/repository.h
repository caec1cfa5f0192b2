// A provider's whole certificate repository: the origin and, with a CDN, its edges. Convenience for
// those who build an ecosystem, and the owner's side of publishing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/repository/cdn_edge.h"
#include "actors/repository/origin.h"
#include "sim/result.h"
#include "sim/world.h"

namespace shakedown::actors {

struct RepositoryOptions {
  std::string provider;            // "acme-tel"
  std::string region = "local";    // Of the origin.
  std::vector<std::string> edges;  // Regions; empty: the origin answers the world itself.
  std::string secret = "publish";  // The owner's, for PUT, DELETE and PURGE.
  std::string public_host;         // Empty: "cr.PROVIDER.test".
  OriginOptions origin;            // name, hosts, region and secret are filled in.
  CdnEdgeOptions edge;             // For each edge; name, hosts, region and secret are filled in.
};

class Repository {
 public:
  Repository(sim::World& world, RepositoryOptions options);

  // "https://cr.acme-tel.test": what an x5u starts with.
  const std::string& public_base_url() const { return public_base_url_; }

  // Where the owner puts: the origin, "https://origin.acme-tel.test".
  const std::string& upload_base_url() const { return origin_->base_url(); }

  const std::string& secret() const { return secret_; }

  Origin& origin() { return *origin_; }

  const std::vector<std::unique_ptr<CdnEdge>>& edges() const { return edges_; }

 private:
  std::string secret_;
  std::string public_base_url_;
  std::unique_ptr<Origin> origin_;
  std::vector<std::unique_ptr<CdnEdge>> edges_;
};

// The owner's side: where to put and what the world will fetch. Plain data.
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
