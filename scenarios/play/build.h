// From the ecosystem of a scenario to living actors in a world: the one place that knows every
// actor's options. Hosts are NAME.test; a repository answers at cr.NAME.test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/adversary/adversary.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/enterprise/enterprise.h"
#include "actors/master_key_service/master_key_service.h"
#include "actors/policy_administrator/policy_administrator.h"
#include "actors/provider/provider.h"
#include "actors/repository/repository.h"
#include "actors/transit/transit.h"
#include "results/record/records.h"
#include "scenarios/model/model.h"
#include "sim/result.h"
#include "sim/world.h"

namespace shakedown::scenarios {

// What does not stand in the scenario.
struct BuildOptions {
  // Verifiers believe this CA list of another process's STI-PA, under this root, instead of ours;
  // its CRL is not read. "": our own.
  std::string trust_list_url;
  crypto::CertificatePtr trust_anchor;
};

// Everybody, by name. Owns the actors; the world must outlive it, and the scenario too.
class BuiltEcosystem {
 public:
  // Makes all actors in `world`, which has not run yet. Errors: kEnvironment (no SoftHSM although
  // somebody keeps keys in an HSM), kUnsupported (external products where no outsiders take part).
  static Result<std::unique_ptr<BuiltEcosystem>> build(sim::World& world,
                                                       const Scenario& scenario,
                                                       BuildOptions options = {});
  ~BuiltEcosystem();

  // * Opens the ecosystem, from an activity of `director`: the STI-PA enrols the listed STI-CAs,
  // then providers and enterprises get their certificates. Waits until all can sign and verify; the
  // names of those who could not by `deadline`.
  std::vector<std::string> open(sim::Env& director, sim::Time deadline);

  actors::PolicyAdministrator& policy_administrator() { return *policy_administrator_; }

  // Null if there is none of this name.
  actors::CertificationAuthority* ca(std::string_view name) const;
  actors::Provider* provider(std::string_view name) const;  // Re-signing transit providers too.
  actors::Enterprise* enterprise(std::string_view name) const;
  actors::Participant* participant(std::string_view name) const;  // One of these two.
  actors::Adversary* adversary(std::string_view name) const;

  const Provider* provider_model(std::string_view name) const;
  const Enterprise* enterprise_model(std::string_view name) const;
  // The first transit provider on the way of these calls that forwards them; null if none does.
  const Transit* forwarder_of(const CallPlan& plan) const;
  // The numbers that a provider or enterprise calls from.
  const NumberRanges& numbers_of(std::string_view name) const;
  // The SPC of a provider, "" otherwise.
  std::string spc_of(std::string_view name) const;

  // For the report.
  std::vector<results::Participant> list_participants() const;

 private:
  BuiltEcosystem(sim::World& world, const Scenario& scenario, BuildOptions options);
  void trust_another_list(actors::ProviderOptions& options) const;
  // The URL of the OCSP responder for what `issuer` issued; "": of no STI-CA and no delegator of
  // the scenario.
  std::string ocsp_responder_of(const crypto::Certificate& issuer) const;
  Status build_all();
  void build_policy_administrator();
  void build_ca(const CertificationAuthority& model);
  Status build_provider(const Provider& model,
                        actors::TransitRole role,
                        actors::Diversion diversion = actors::Diversion::kHonest);
  // The number of the provider at `host` to which calls for `dialled` are forwarded; "": it has
  // none. The same for the same number, always.
  std::string forward_target(std::string_view host, std::string_view dialled) const;
  void add_delegation(const Provider& model, actors::ProviderOptions& options) const;
  actors::DelegateIssuerOptions delegate_issuer_options(const std::string& name,
                                                        const NumberRanges& delegates) const;
  // The longest chain of enterprises that delegate below `delegator`.
  std::uint64_t delegating_levels_below(std::string_view delegator) const;
  std::vector<actors::DelegateCustomer> delegate_customers_of(std::string_view delegator) const;
  Status build_enterprise(const Enterprise& model);
  void add_to_number_authority(const NumberRanges& ranges, const std::string& spc);
  actors::RepositoryAccess build_repository(const std::string& name,
                                            const Repository& model,
                                            const std::string& region);
  Status fill_custody(const std::string& name,
                      const std::string& region,
                      actors::KeyCustody custody,
                      actors::MasterKeyAccess& master_key,
                      std::shared_ptr<crypto::Hsm>& module);
  actors::VerificationServiceOptions verification_options(const VerifyPolicy& model);
  actors::PolicyAdministratorAccess access_for(const std::string& account) const;
  std::string secret_for(std::string_view purpose, std::string_view owner) const;

  sim::World& world_;
  const Scenario& scenario_;
  BuildOptions options_;
  std::shared_ptr<crypto::Hsm> module_;  // One for the process; made when first needed.
  stir::NumberAuthority number_authority_;
  std::vector<std::unique_ptr<stir::PolicyProfile>> adjusted_profiles_;
  std::unique_ptr<actors::PolicyAdministrator> policy_administrator_;
  std::map<std::string, std::unique_ptr<actors::CertificationAuthority>, std::less<>> cas_;
  std::map<std::string, std::unique_ptr<actors::Repository>, std::less<>> repositories_;
  std::map<std::string, std::unique_ptr<actors::MasterKeyService>, std::less<>>
      master_key_services_;
  std::map<std::string, std::unique_ptr<actors::Provider>, std::less<>> providers_;
  std::map<std::string, std::unique_ptr<actors::Transit>, std::less<>> transit_;
  std::map<std::string, std::unique_ptr<actors::Enterprise>, std::less<>> enterprises_;
  std::map<std::string, std::unique_ptr<actors::Adversary>, std::less<>> adversaries_;
};

// "acme-tel" -> "acme-tel.test".
std::string host_of(std::string_view name);

}  // namespace shakedown::scenarios
