#include "vectors/catalogue.h"

#include <array>
#include <iterator>
#include <set>

#include "crypto/x509/certificate_bundle.h"
#include "vectors/cases/groups.h"
#include "vectors/drafting/case_world.h"

namespace shakedown::vectors {
namespace {

constexpr sim::Time kEarliest = sim::from_unix_seconds(1'680'307'200);  // 2023-04-01T00:00:00Z
constexpr sim::Time kLatest = sim::from_unix_seconds(2'051'222'400);    // 2035-01-01T00:00:00Z

SharedFiles shared_files(const World& world) {
  using Certificates = std::vector<crypto::CertificatePtr>;
  SharedFiles files;
  files.trust_list = world.trust_list;
  files.crl = world.crl;
  files.signer_chain = world.signer_chain;
  files.policy_administrator_root = crypto::write_pem(Certificates{world.pa_root.certificate});
  files.trusted_roots = crypto::write_pem(world.listed_roots);
  files.delisted_roots = crypto::write_pem(
      Certificates{world.delisted_root.certificate, world.second_delisted_root.certificate});
  return files;
}

}  // namespace

std::string_view to_string(Importance importance) {
  switch (importance) {
    case Importance::kCritical:
      return "critical";
    case Importance::kHigh:
      return "high";
    case Importance::kMedium:
      return "medium";
    case Importance::kLow:
      return "low";
  }
  return "low";
}

bool Configuration::is_default() const {
  return !require_identity && !seen_before && !revocation_hard_fail && !dest_may_be_request_uri &&
         !refetch_on_bad_signature && !mixed_list && number_authority.empty();
}

std::string_view group_of(const Case& one) {
  return std::string_view(one.id).substr(0, one.id.find('/'));
}

Result<Catalogue> build_catalogue(sim::Time base_time) {
  if (base_time < kEarliest || base_time > kLatest ||
      sim::from_unix_seconds(sim::unix_seconds(base_time)) != base_time) {
    return fail(ErrorCode::kMalformed,
                "the base time must be a whole second from 2023-04-01 to 2035-01-01");
  }
  const World world(base_time);
  Catalogue catalogue{base_time, shared_files(world), {}};
  constexpr std::array kGroups{
      identity::cases,   passport::cases, claims::cases,     freshness::cases,  party::cases,
      repository::cases, cache::cases,    chain::cases,      trust_list::cases, profile::cases,
      scope::cases,      delegate::cases, revocation::cases, signature::cases,  several::cases};
  for (const auto group : kGroups) {
    auto cases = group(world);
    catalogue.cases.insert(catalogue.cases.end(), std::make_move_iterator(cases.begin()),
                           std::make_move_iterator(cases.end()));
  }
  std::set<std::string_view> ids;
  for (const Case& one : catalogue.cases) SHAKEDOWN_ASSERT(ids.insert(one.id).second);
  return catalogue;
}

}  // namespace shakedown::vectors
