// A provider's whole certificate repository: the origin and, with a CDN, its edges. Convenience for
// those who build an ecosystem; the owner's side: actors/clients/repository_client.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/repository/cdn_edge.h"
#include "actors/repository/origin.h"
#include "sim/site.h"

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
  Repository(sim::Site& site, RepositoryOptions options);

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

}  // namespace shakedown::actors
