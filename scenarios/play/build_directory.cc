// Who is who in a built ecosystem (build.h): look-ups by name, and the list for the report.
#include "scenarios/play/build.h"
#include "scenarios/play/build_parts.h"

namespace shakedown::scenarios {
namespace {

template <class Map>
auto* find_in(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second.get();
}

}  // namespace

actors::CertificationAuthority* BuiltEcosystem::ca(std::string_view name) const {
  return find_in(cas_, name);
}

actors::Provider* BuiltEcosystem::provider(std::string_view name) const {
  return find_in(providers_, name);
}

actors::Enterprise* BuiltEcosystem::enterprise(std::string_view name) const {
  return find_in(enterprises_, name);
}

actors::Participant* BuiltEcosystem::participant(std::string_view name) const {
  if (actors::Provider* found = provider(name)) return found;
  return enterprise(name);
}

actors::Adversary* BuiltEcosystem::adversary(std::string_view name) const {
  return find_in(adversaries_, name);
}

const Provider* BuiltEcosystem::provider_model(std::string_view name) const {
  for (const Provider& provider : scenario_.ecosystem.providers) {
    if (provider.name == name) return &provider;
  }
  for (const Transit& transit : scenario_.ecosystem.transit) {
    if (transit.signer && transit.name == name) return &*transit.signer;
  }
  return nullptr;
}

const Enterprise* BuiltEcosystem::enterprise_model(std::string_view name) const {
  for (const Enterprise& enterprise : scenario_.ecosystem.enterprises) {
    if (enterprise.name == name) return &enterprise;
  }
  return nullptr;
}

const NumberRanges& BuiltEcosystem::numbers_of(std::string_view name) const {
  static const NumberRanges kNone;
  if (const Provider* provider = provider_model(name)) return provider->numbers;
  if (const Enterprise* enterprise = enterprise_model(name)) return enterprise->numbers;
  return kNone;
}

std::string BuiltEcosystem::spc_of(std::string_view name) const {
  const Provider* provider = provider_model(name);
  return provider != nullptr ? provider->spc : std::string();
}

std::vector<results::Participant> BuiltEcosystem::list_participants() const {
  using results::Role;
  std::vector<results::Participant> list;
  const Ecosystem& ecosystem = scenario_.ecosystem;
  list.push_back({std::string(kPolicyAdministrator), Role::kPolicyAdministrator,
                  ecosystem.policy_administrator.region, ""});
  for (const auto& model : ecosystem.cas) {
    list.push_back({model.name, Role::kCertificationAuthority, model.region,
                    model.listed ? "listed" : "not listed"});
  }
  for (const auto& model : ecosystem.providers) {
    list.push_back({model.name, model.external ? Role::kExternal : Role::kProvider, model.region,
                    "spc " + model.spc + ", keys " + std::string(to_string(model.keys)) +
                        ", certificates from " + model.ca + ", policy " + model.verify.policy});
  }
  for (const auto& model : ecosystem.transit) {
    list.push_back({model.name, Role::kTransit, model.region, std::string(to_string(model.does))});
  }
  for (const auto& model : ecosystem.enterprises) {
    list.push_back({model.name, Role::kEnterprise, model.region,
                    "delegated by " + model.delegated_by + ", calls through " + model.through});
  }
  for (const auto& [name, repository] : repositories_) {
    list.push_back({name + "/origin", Role::kRepository, "", repository->public_base_url()});
    for (const auto& edge : repository->edges()) {
      list.push_back({edge->options().name, Role::kCdnEdge, edge->options().region, ""});
    }
  }
  for (const auto& [name, service] : master_key_services_) {
    list.push_back({name + "/" + std::string(kMasterKeyService), Role::kMasterKeyService, "", ""});
  }
  for (const std::string& name : scenario_.adversaries) {
    list.push_back({name, Role::kAdversary, "", ""});
  }
  return list;
}

}  // namespace shakedown::scenarios
