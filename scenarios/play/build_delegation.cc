// Who delegates numbers and who got them (RFC 9060, ATIS-1000092), from the scenario to actors.
#include <algorithm>
#include <utility>

#include "scenarios/model/numbers.h"
#include "scenarios/play/build.h"
#include "scenarios/play/build_parts.h"
#include "stir/jose/json.h"

namespace shakedown::scenarios {
namespace {

crypto::JwtClaimConstraints constraints_of(const ClaimConstraints& model) {
  crypto::JwtClaimConstraints constraints;
  constraints.must_include = model.must_include;
  for (const auto& [claim, values] : model.permitted) {
    constraints.permitted_values.push_back({claim, values});
  }
  constraints.must_exclude = model.must_exclude;
  return constraints;
}

// As JSON texts, sorted by name.
std::vector<std::pair<std::string, std::string>> claims_of(const Enterprise& model) {
  std::vector<std::pair<std::string, std::string>> claims;
  for (const auto& [name, value] : model.claims) {
    stir::append_json_string(claims.emplace_back(name, std::string{}).second, value);
  }
  std::sort(claims.begin(), claims.end());
  return claims;
}

}  // namespace

std::vector<actors::DelegateCustomer> BuiltEcosystem::delegate_customers_of(
    std::string_view delegator) const {
  std::vector<actors::DelegateCustomer> customers;
  for (const Enterprise& enterprise : scenario_.ecosystem.enterprises) {
    if (enterprise.delegated_by != delegator) continue;
    actors::DelegateCustomer customer;
    customer.name = enterprise.name;
    customer.organization = organization_of(enterprise.name);
    customer.secret = secret_for("delegation", enterprise.name);
    customer.enforce_scope = enterprise.enforce_scope;
    if (enterprise.constraints && enterprise.constraints->none) {
      customer.unconstrained = true;
    } else if (enterprise.constraints) {
      customer.constraints = constraints_of(*enterprise.constraints);
    }
    if (enterprise.delegates) customer.levels_below = delegating_levels_below(enterprise.name);
    customers.push_back(std::move(customer));
  }
  return customers;
}

std::uint64_t BuiltEcosystem::delegating_levels_below(std::string_view delegator) const {
  std::uint64_t levels = 0;
  for (const Enterprise& enterprise : scenario_.ecosystem.enterprises) {
    if (enterprise.delegated_by != delegator || !enterprise.delegates) continue;
    levels = std::max(levels, 1 + delegating_levels_below(enterprise.name));
  }
  return levels;
}

actors::DelegateIssuerOptions BuiltEcosystem::delegate_issuer_options(
    const std::string& name, const NumberRanges& delegates) const {
  actors::DelegateIssuerOptions options;
  options.delegator = name;
  options.organization = organization_of(name);
  options.scope = entries_of(delegates);
  options.crl = policy_administrator_->crl_pointer();
  options.levels_below = delegating_levels_below(name);
  return options;
}

void BuiltEcosystem::add_delegation(const Provider& model, actors::ProviderOptions& options) const {
  options.delegates = delegate_issuer_options(model.name, *model.delegates);
  if (model.delegates_by_code) {
    options.delegates->scope = {crypto::TnEntry::service_provider_code(model.spc)};
    options.delegates->number_authority = number_authority_;
  }
  options.delegate_customers = delegate_customers_of(model.name);
}

Status BuiltEcosystem::build_enterprise(const Enterprise& model) {
  actors::EnterpriseOptions options;
  options.name = model.name;
  options.host = host_of(model.name);
  options.region = model.region;
  options.organization = organization_of(model.name);
  options.delegator = model.delegated_by;
  options.delegator_url = world_.base_url(host_of(model.delegated_by));
  options.secret = secret_for("delegation", model.name);
  options.scope =
      entries_of(model.certificate.numbers.empty() ? model.numbers : model.certificate.numbers);
  options.custody = model.keys;
  RETURN_IF_ERROR(
      fill_custody(model.name, model.region, options.custody, options.master_key, options.module));
  options.claims = claims_of(model);
  if (model.delegates) {
    options.delegates = delegate_issuer_options(model.name, *model.delegates);
    options.delegate_customers = delegate_customers_of(model.name);
  }
  options.certificate = management_options(model.certificate, "delegate");
  options.certificate.repository = build_repository(model.name, Repository{}, model.region);
  enterprises_[model.name] = std::make_unique<actors::Enterprise>(world_, std::move(options));
  return {};
}

}  // namespace shakedown::scenarios
