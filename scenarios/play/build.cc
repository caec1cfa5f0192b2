#include "scenarios/play/build.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "scenarios/model/numbers.h"
#include "scenarios/model/presets.h"
#include "scenarios/play/build_parts.h"

namespace shakedown::scenarios {
namespace {

actors::IssuingProfile issuing_profile(const IssuedCertificates& model) {
  actors::IssuingProfile profile;
  profile.version = model.profile;
  profile.policy = model.policy;
  profile.practice_statement_uri = model.practice_statement;
  profile.call_placement_uris = model.call_placement;
  profile.no_rev_avail = model.no_rev_avail;
  return profile;
}

void apply(AcmeReading reading, actors::CertificationAuthorityOptions& options) {
  const bool is_deployed = reading != AcmeReading::kStrict;
  const bool is_tolerant = reading == AcmeReading::kTolerant;
  options.accounts.allow_empty_new_account = is_deployed;
  options.allow_atc_answer = is_deployed;
  options.allow_padded_identifiers = is_deployed;
  options.allow_spki_fingerprint = is_deployed;
  options.allow_account_key = is_tolerant;
  options.drop_other_extensions = is_tolerant;
  options.allow_signature_over_header_only = is_tolerant;
}

}  // namespace

std::string organization_of(std::string_view name) {
  std::string text;
  bool capital = true;
  for (const char c : name) {
    text += c == '-' ? ' ' : capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = c == '-';
  }
  return text;
}

actors::CertificateManagementOptions management_options(const CertificatePolicy& model,
                                                        std::string directory) {
  actors::CertificateManagementOptions options;
  options.directory = std::move(directory);
  options.lifetime = model.lifetime;
  options.renew_before = model.renew_before;
  options.every = model.every;
  options.rekey = model.rekey ? actors::Rekey::kNewKey : actors::Rekey::kKeepKey;
  options.in_place = model.publish == Publish::kInPlace;
  options.switch_at_once = model.switch_key == SwitchKey::kAtOnce;
  return options;
}

std::string host_of(std::string_view name) { return std::string(name) + ".test"; }

BuiltEcosystem::BuiltEcosystem(sim::World& world, const Scenario& scenario, BuildOptions options)
    : world_(world),
      scenario_(scenario),
      options_(std::move(options)) {}

BuiltEcosystem::~BuiltEcosystem() = default;

Result<std::unique_ptr<BuiltEcosystem>> BuiltEcosystem::build(sim::World& world,
                                                              const Scenario& scenario,
                                                              BuildOptions options) {
  std::unique_ptr<BuiltEcosystem> built(new BuiltEcosystem(world, scenario, std::move(options)));
  RETURN_IF_ERROR(built->build_all());
  return built;
}

Status BuiltEcosystem::build_all() {
  const Ecosystem& ecosystem = scenario_.ecosystem;
  for (const Provider& provider : ecosystem.providers) {
    add_to_number_authority(provider.numbers, provider.spc);
  }
  build_policy_administrator();
  for (const CertificationAuthority& ca : ecosystem.cas) build_ca(ca);
  for (const Provider& provider : ecosystem.providers) {
    RETURN_IF_ERROR(build_provider(provider, actors::TransitRole::kCarry));
  }
  for (const Transit& transit : ecosystem.transit) {
    if (transit.signer) {
      const bool forwards = transit.does == TransitDoes::kForward;
      if (forwards) add_to_number_authority(transit.signer->numbers, transit.signer->spc);
      RETURN_IF_ERROR(build_provider(
          *transit.signer, forwards ? actors::TransitRole::kForward : actors::TransitRole::kResign,
          transit.diversion));
    } else {
      transit_[transit.name] = std::make_unique<actors::Transit>(
          world_, actors::TransitOptions{.name = transit.name,
                                         .host = host_of(transit.name),
                                         .region = transit.region,
                                         .strips_identity = transit.does == TransitDoes::kStrip});
    }
  }
  for (const Enterprise& enterprise : ecosystem.enterprises) {
    RETURN_IF_ERROR(build_enterprise(enterprise));
  }
  for (const std::string& name : scenario_.adversaries) {
    adversaries_[name] = std::make_unique<actors::Adversary>(
        world_,
        actors::AdversaryOptions{
            .name = name, .host = host_of(name), .region = scenario_.network.default_region});
  }
  return {};
}

void BuiltEcosystem::add_to_number_authority(const NumberRanges& ranges, const std::string& spc) {
  for (const NumberRange& range : ranges) {
    // A range that is a whole prefix stands as that prefix; others number by number.
    std::string prefix = range.first;
    std::uint64_t count = range.count;
    while (count >= 10 && count % 10 == 0 && prefix.ends_with('0')) {
      prefix.pop_back();
      count /= 10;
    }
    if (count == 1) {
      number_authority_[prefix] = spc;
      continue;
    }
    const NumberRanges prefixes{{prefix, count}};
    for (std::uint64_t i = 0; i < count; ++i) number_authority_[number_at(prefixes, i)] = spc;
  }
}

// Passwords and shared secrets of the testbed: known to whoever reads this line, like its keys.
std::string BuiltEcosystem::secret_for(std::string_view purpose, std::string_view owner) const {
  return "test-" + std::string(purpose) + "-of-" + std::string(owner);
}

actors::PolicyAdministratorAccess BuiltEcosystem::access_for(const std::string& account) const {
  return {.base_url = policy_administrator_->base_url(),
          .account_id = account,
          .user_id = {},
          .password = secret_for("password", account)};
}

void BuiltEcosystem::build_policy_administrator() {
  const PolicyAdministrator& model = scenario_.ecosystem.policy_administrator;
  actors::PolicyAdministratorOptions options;
  options.region = model.region;
  options.token_valid_for = model.token_valid_for;
  options.ca_list_valid_for = model.ca_list_valid_for;
  if (model.ca_list_publish_every) options.ca_list_publish_every = *model.ca_list_publish_every;
  options.crl_publish_every = model.crl_publish_every;
  options.crl_valid_for = model.crl_valid_for;
  options.crl_published_at_once = model.crl_published_at_once;
  options.ca_list_needs_login = !world_.options().outsiders;  // Outsiders have no account here.
  policy_administrator_ = std::make_unique<actors::PolicyAdministrator>(world_, options);
}

void BuiltEcosystem::build_ca(const CertificationAuthority& model) {
  const Status account =
      policy_administrator_->create_account({.id = model.name,
                                             .user_id = {},
                                             .password = secret_for("password", model.name),
                                             .spcs = {},
                                             .numbers = {}});
  SHAKEDOWN_ASSERT(account.has_value());  // The parser refuses a name that is taken.
  actors::CertificationAuthorityOptions options;
  options.name = model.name;
  options.host = host_of(model.name);
  options.organization = organization_of(model.name);
  options.region = model.region;
  options.policy_administrator = access_for(model.name);
  options.crl = policy_administrator_->crl_pointer();
  options.max_validity = model.certificate_valid_for;
  options.default_validity = std::min(options.default_validity, model.certificate_valid_for);
  options.processing = model.processing;
  options.ocsp_valid_for = model.ocsp_valid_for;
  options.ocsp_in_certificates = model.ocsp_in_certificates;
  options.profile = issuing_profile(model.certificates);
  options.allow_numbers = true;  // Proof of possession and delegation are part of the scenarios.
  options.subscribers = model.subscribers;
  apply(model.acme, options);
  cas_[model.name] = std::make_unique<actors::CertificationAuthority>(world_, std::move(options));
}

actors::RepositoryAccess BuiltEcosystem::build_repository(const std::string& name,
                                                          const Repository& model,
                                                          const std::string& region) {
  actors::RepositoryOptions options;
  options.provider = name;
  options.region = model.region.empty() ? region : model.region;
  options.edges = edge_regions(model, scenario_.network);
  options.secret = secret_for("repository", name);
  options.origin.publication_delay = model.publication_delay;
  options.origin.processing = model.processing;
  options.edge.processing = model.processing;
  options.origin.max_age = model.max_age;
  options.origin.s_maxage = model.s_maxage;
  options.origin.negative_max_age = model.negative_ttl;
  options.edge.cache.negative_freshness = model.negative_ttl;
  auto repository = std::make_unique<actors::Repository>(world_, std::move(options));
  actors::RepositoryAccess access{.upload_base_url = repository->upload_base_url(),
                                  .public_base_url = repository->public_base_url(),
                                  .secret = repository->secret()};
  repositories_[name] = std::move(repository);
  return access;
}

Status BuiltEcosystem::fill_custody(const std::string& name,
                                    const std::string& region,
                                    actors::KeyCustody custody,
                                    actors::MasterKeyAccess& master_key,
                                    std::shared_ptr<crypto::Hsm>& module) {
  if (custody == actors::KeyCustody::kMemory) return {};
  if (!module_) {
    ASSIGN_OR_RETURN(module_, crypto::Hsm::open_temporary());
  }
  if (custody == actors::KeyCustody::kHsm) {
    module = module_;
    return {};
  }
  actors::MasterKeyServiceOptions options;
  options.name = name + "/" + std::string(kMasterKeyService);
  options.host = "mks." + host_of(name);
  options.region = region;
  options.module = module_;
  options.secret_of_owner[name] = secret_for("data-key", name);
  auto service = std::make_unique<actors::MasterKeyService>(world_, std::move(options));
  master_key = {.base_url = service->base_url(), .secret = secret_for("data-key", name)};
  master_key_services_[name] = std::move(service);
  return {};
}

actors::VerificationServiceOptions BuiltEcosystem::verification_options(const VerifyPolicy& model) {
  const stir::PolicyProfile* profile = stir::profile_by_name(model.policy);
  SHAKEDOWN_ASSERT(profile != nullptr);
  if (model.accept_base && *model.accept_base != profile->accepts_base_passport) {
    auto adjusted = std::make_unique<stir::PolicyProfile>(*profile);
    adjusted->accepts_base_passport = *model.accept_base;
    profile = adjusted.get();
    adjusted_profiles_.push_back(std::move(adjusted));
  }
  actors::VerificationServiceOptions options;
  options.policy = stir::policy_for(*profile);
  options.policy.freshness = model.freshness;
  options.policy.date_freshness = model.freshness;
  options.policy.check_revocation = model.crl || model.ocsp;
  options.policy.require_identity = model.require_identity;
  options.policy.check_replay = model.check_replay;
  if ((model.crl && model.crl->hard_fail) || (model.ocsp && model.ocsp->hard_fail)) {
    options.policy.revocation = stir::RevocationFailure::kHard;
  }
  options.policy.mixed_list = model.mixed_tn_auth_list;
  options.policy.number_authority = model.number_authority;
  if (model.number_authority == stir::NumberAuthorityMode::kDatabase) {
    options.number_authority = &number_authority_;
  }
  options.policy.allow_private_addresses = world_.options().outsiders;
  options.policy.own_port = world_.own_port();
  options.drop_cached_verdicts = model.drop_cached_verdicts;
  options.refetch_on_bad_signature = model.refetch_on_bad_signature;
  return options;
}

std::string BuiltEcosystem::forward_target(std::string_view host, std::string_view dialled) const {
  const auto target_of = [&](const Provider& model) {
    std::uint64_t line = 0;  // The last four digits.
    for (const char digit :
         dialled.substr(dialled.size() - std::min<std::size_t>(4, dialled.size()))) {
      line = line * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return number_at(model.numbers, line % count_of(model.numbers));
  };
  for (const Provider& provider : scenario_.ecosystem.providers) {
    if (host_of(provider.name) == host) return target_of(provider);
  }
  for (const Transit& transit : scenario_.ecosystem.transit) {
    const bool forwards = transit.does == TransitDoes::kForward;
    if (forwards && host_of(transit.name) == host) return target_of(*transit.signer);
  }
  return {};
}

const Transit* BuiltEcosystem::forwarder_of(const CallPlan& plan) const {
  for (const std::string& hop : plan.via) {
    for (const Transit& transit : scenario_.ecosystem.transit) {
      if (transit.name == hop && transit.does == TransitDoes::kForward) return &transit;
    }
  }
  return nullptr;
}

Status BuiltEcosystem::build_provider(const Provider& model,
                                      actors::TransitRole role,
                                      actors::Diversion diversion) {
  if (model.external && (!model.external->sip.empty() || !model.external->command.empty())) {
    return fail(ErrorCode::kUnsupported,
                model.name +
                    " is to take part by sip or command, which this version cannot do: "
                    "give verification or signing");
  }
  if (model.external && !world_.options().outsiders) {
    return fail(ErrorCode::kUnsupported,
                model.name + " is an external product: it takes part only with --clock wall");
  }
  const Status account = policy_administrator_->create_account(
      {.id = model.name,
       .user_id = {},
       .password = secret_for("password", model.name),
       .spcs = {model.spc},
       .numbers = entries_of(model.delegates ? *model.delegates : model.certificate.numbers)});
  if (!account) return account;
  actors::ProviderOptions options;
  options.name = model.name;
  options.host = host_of(model.name);
  options.region = model.region;
  options.servers = static_cast<unsigned>(model.servers);
  options.attest = model.attest;
  options.policy_administrator = access_for(model.name);
  options.trust_anchors = {.root = nullptr,
                           .anchor_url = policy_administrator_->trust_anchor_url(),
                           .list_url = {},
                           .crl_url = policy_administrator_->crl_url(),
                           .pin_signer = model.verify.ca_list_pin_signer,
                           .follow_root = model.verify.follow_root};
  options.trust.list_refresh = model.verify.ca_list_refresh;
  options.trust.enforce_list_expiry = model.verify.ca_list_enforce_expiry;
  options.trust.crl_refresh.reset();
  if (model.verify.crl) {
    options.trust.crl_refresh = model.verify.crl->refresh;
    options.trust.remember_crl_number = model.verify.crl->remember_number;
  }
  if (model.verify.ocsp) {
    options.ocsp.emplace();
    options.ocsp->responder_of = [this](const crypto::Certificate& issuer) {
      return ocsp_responder_of(issuer);
    };
    if (model.verify.ocsp->responder_in_certificate) {
      options.ocsp->responder_in_certificate = stir::UrlRules{
          .allow_private_addresses = world_.options().outsiders, .own_port = world_.own_port()};
    }
    options.ocsp->refresh = model.verify.ocsp->refresh;
    options.ocsp->timeout = model.verify.ocsp->timeout;
  }
  options.cache.enabled = model.verify.cache.mode == CacheMode::kHttp;
  options.cache.capacity = model.verify.cache.capacity;
  options.cache.negative = model.verify.cache.negative_ttl;
  options.cache.erase_superseded = model.verify.cache.erase_superseded;
  options.cache.fetch_timeout = model.verify.fetch_timeout;
  options.verification = verification_options(model.verify);
  options.cache.follow_redirects =
      options.verification.policy.profile->forgives(stir::Laxity::kRedirects);
  options.cache.minimum = model.verify.cache.minimum.value_or(
      options.verification.policy.profile->certificates_kept_at_least);
  options.rejects_failed_calls = model.verify.reject_on_failure;
  options.custody = model.keys;
  RETURN_IF_ERROR(
      fill_custody(model.name, model.region, options.custody, options.master_key, options.module));
  options.certificate_source.organization = organization_of(model.name);
  options.certificate_source.tn_auth_list = {crypto::TnEntry::service_provider_code(model.spc)};
  if (model.certificate.use == CertificateUse::kPop) {
    for (auto& entry : entries_of(model.certificate.numbers)) {
      options.certificate_source.tn_auth_list.push_back(std::move(entry));
    }
  }
  options.certificate_source.ca = model.ca;
  options.certificate_source.ca_directory_url = ca(model.ca)->directory_url();
  options.certificate = management_options(model.certificate, model.spc);
  options.certificate.repository = build_repository(model.name, model.repository, model.region);
  options.transit = role;
  options.forwarding.diversion = diversion;
  options.forwarding.target = [this](std::string_view host, std::string_view dialled) {
    return forward_target(host, dialled);
  };
  if (model.delegates) add_delegation(model, options);
  if (model.external) {
    options.external = {.verification = model.external->verification,
                        .signing = model.external->signing};
  }
  if (!options_.trust_list_url.empty()) trust_another_list(options);
  auto provider = std::make_unique<actors::Provider>(world_, std::move(options));
  for (const Enterprise& enterprise : scenario_.ecosystem.enterprises) {
    if (enterprise.through != model.name) continue;
    provider->add_customer(host_of(enterprise.name), enterprise.mode == DelegationMode::kAtis92
                                                         ? actors::CustomerMode::kVouch
                                                         : actors::CustomerMode::kCarry);
  }
  providers_[model.name] = std::move(provider);
  return {};
}

// Called by providers, in their own time: a CA says from anywhere what it issues under.
std::string BuiltEcosystem::ocsp_responder_of(const crypto::Certificate& issuer) const {
  for (const auto& [name, ca] : cas_) {
    const auto root = ca->root();
    const auto intermediate = ca->intermediate();
    const bool is_root = root && root->fingerprint() == issuer.fingerprint();
    const bool is_other = intermediate && intermediate->fingerprint() == issuer.fingerprint();
    if (is_root || is_other) return ca->ocsp_url();
  }
  const auto find_delegator = [&](const auto& delegators) -> std::string {
    for (const auto& [name, delegator] : delegators) {
      const auto authority = delegator->delegate_ca();
      if (!authority || authority->fingerprint() != issuer.fingerprint()) continue;
      return world_.base_url(host_of(name)) + "/ocsp";
    }
    return {};
  };
  std::string url = find_delegator(providers_);
  return url.empty() ? find_delegator(enterprises_) : url;
}

void BuiltEcosystem::trust_another_list(actors::ProviderOptions& options) const {
  options.trust_anchors = {.root = options_.trust_anchor,
                           .anchor_url = {},
                           .list_url = options_.trust_list_url,
                           .crl_url = {},
                           .pin_signer = false,
                           .follow_root = false};
  options.trust.crl_refresh.reset();
  options.ocsp.reset();
  options.verification.policy.check_revocation = false;
  // Its repositories share its port.
  if (const auto url = sim::parse_url(options_.trust_list_url); url && url->port) {
    options.verification.policy.own_port = *url->port;
  }
}

std::vector<std::string> BuiltEcosystem::open(sim::Env& director, sim::Time deadline) {
  struct Opened {
    std::string name;
    bool ready = false;
    sim::Task task;
  };

  // Shared: when the world stops, the activities may outlive this call.
  const auto all = std::make_shared<std::deque<Opened>>();
  actors::PolicyAdministrator& administrator = *policy_administrator_;
  director.join(world_.start(
      administrator.env(), "open the ecosystem",
      [this, &administrator, deadline, all] {
        administrator.wait_until_ready();
        // Verifiers must not see a first list without some of the STI-CAs.
        for (const CertificationAuthority& model : scenario_.ecosystem.cas) {
          if (model.listed) (void)administrator.enrol_ca(model.name, ca(model.name)->root_url());
        }
        const auto open_one = [&](const std::string& name, actors::Participant& participant) {
          Opened& opened = all->emplace_back(Opened{.name = name, .ready = false, .task = {}});
          opened.task = world_.start(
              participant.env(), "open",
              [&participant, deadline, all, &opened] {
                participant.start();
                opened.ready = participant.wait_until_ready(deadline);
              },
              sim::Daemon::kNo);
        };
        for (const auto& [name, provider] : providers_) open_one(name, *provider);
        for (const auto& [name, enterprise] : enterprises_) open_one(name, *enterprise);
      },
      sim::Daemon::kNo));
  std::vector<std::string> late;
  for (const Opened& opened : *all) {
    director.join(opened.task);
    if (!opened.ready) late.push_back(opened.name);
  }
  return late;
}

}  // namespace shakedown::scenarios
