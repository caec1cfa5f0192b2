#include "actors/repository/repository.h"

#include <map>
#include <memory>
#include <utility>

namespace shakedown::actors {
namespace {

// Whose part it is, not to be repeated in each options struct.
OriginOptions origin_options(const RepositoryOptions& options, const std::string& public_host) {
  OriginOptions origin = options.origin;
  origin.name = options.provider + "/origin";
  origin.hosts = {"origin." + options.provider + ".test"};
  if (options.edges.empty()) origin.hosts.push_back(public_host);
  origin.region = options.region;
  origin.secret = options.secret;
  return origin;
}

}  // namespace

Repository::Repository(sim::Site& site, RepositoryOptions options)
    : secret_(options.secret) {
  const std::string public_host =
      options.public_host.empty() ? "cr." + options.provider + ".test" : options.public_host;
  origin_ = std::make_unique<Origin>(site, origin_options(options, public_host));
  std::map<std::string, int> edges_in_region;
  for (const std::string& region : options.edges) {
    CdnEdgeOptions edge = options.edge;
    const int nth = ++edges_in_region[region];
    edge.name = options.provider + "/edge-" + region + (nth > 1 ? "-" + std::to_string(nth) : "");
    edge.public_host = public_host;
    edge.region = region;
    edge.origin_url = origin_->base_url();
    edge.secret = options.secret;
    edges_.push_back(std::make_unique<CdnEdge>(site, std::move(edge)));
  }
  public_base_url_ = site.base_url(public_host);
}

}  // namespace shakedown::actors
