#include "actors/provider/certificate_management.h"

#include <algorithm>
#include <utility>

#include "actors/crypto/bytes.h"
#include "actors/crypto/certificate_builder.h"
#include "actors/events.h"
#include "actors/stir/certificate_specs.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kRetry = std::chrono::seconds{30};
constexpr sim::Duration kPollFetchable = std::chrono::seconds{2};

// "SHAKEN 709J" (ATIS-1000080 v005 §6.4.1).
std::string common_name(const std::vector<crypto::TnEntry>& tn_auth_list) {
  for (const crypto::TnEntry& entry : tn_auth_list) {
    if (entry.kind == crypto::TnEntry::Kind::kServiceProviderCode) return "SHAKEN " + entry.value;
  }
  return "SHAKEN";
}

}  // namespace

CertificateManagement::CertificateManagement(sim::Env& env,
                                             KeyStore& keys,
                                             PolicyAdministratorClient& policy_administrator,
                                             CertificateManagementOptions options)
    : env_(env),
      keys_(keys),
      policy_administrator_(policy_administrator),
      options_(std::move(options)) {}

void CertificateManagement::start() {
  env_.spawn(
      "certificate management", [this] { keep_renewing(); }, sim::Daemon::kYes);
}

bool CertificateManagement::wait_until_ready(sim::Time deadline) {
  while (!current_) {
    if (!env_.wait(changed_, deadline)) return false;
  }
  return true;
}

sim::Time CertificateManagement::next_renewal() const {
  const crypto::Certificate& certificate = *current_->certificate;
  if (options_.every) return certificate.not_before() + *options_.every;
  return certificate.not_after() - options_.renew_before;
}

void CertificateManagement::keep_renewing() {
  while (true) {
    if (current_ && env_.now() < next_renewal()) {
      env_.sleep_until(next_renewal());
      continue;  // Somebody may have renewed meanwhile.
    }
    if (!renew(current_ ? "renewal" : "first")) env_.sleep_for(kRetry);
  }
}

Status CertificateManagement::renew(std::string_view because) {
  const SigningIdentityPtr before = current_;
  while (renewing_) env_.wait(changed_, sim::kNever);
  // What was wanted may have happened while this one waited its turn.
  if (because == "renewal" && current_ != before) return {};
  renewing_ = true;

  struct Done {
    CertificateManagement& management;

    ~Done() {
      management.renewing_ = false;
      management.env_.notify_all(management.changed_);
    }
  } done{*this};

  return renew_once(because);
}

Status CertificateManagement::renew_once(std::string_view because) {
  auto event = std::make_unique<IssuanceEvent>();
  event->ca = options_.ca;
  event->because = because;
  event->new_key = options_.rekey || !current_ || because == "compromise";
  event->started_at = env_.now();
  const auto attempt = [&]() -> Status {
    HeldKeyPtr key;
    if (event->new_key) {
      ASSIGN_OR_RETURN(key, keys_.generate());
    } else {
      key = current_->key;
    }
    ASSIGN_OR_RETURN(const IssuedChain chain, order(key));
    event->issued = true;
    event->fingerprint = crypto::to_hex(crypto::as_view(chain.leaf()->fingerprint()));
    return publish_and_switch(key, chain, *event);
  };
  const Status status = attempt();
  if (!status) event->error = status.error().detail;
  env_.record(std::move(event));
  return status;
}

Result<crypto::PrivateKeyPtr> CertificateManagement::account_key() {
  if (const auto known = account_keys_.find(options_.ca_directory_url);
      known != account_keys_.end()) {
    return known->second;
  }
  const std::string directory = options_.ca_directory_url;
  ASSIGN_OR_RETURN(auto key, env_.compute(sim::Work::kGenerateKey, crypto::PrivateKey::generate));
  return account_keys_.emplace(directory, std::move(key)).first->second;
}

Result<IssuedChain> CertificateManagement::order(const HeldKeyPtr& key) {
  ASSIGN_OR_RETURN(const auto account, account_key());
  ASSIGN_OR_RETURN(const auto tn_auth_list, crypto::encode_tn_auth_list(options_.tn_auth_list));
  ASSIGN_OR_RETURN(const auto token,
                   policy_administrator_.spc_token(tn_auth_list, *account->public_key()));
  crypto::RequestSpec spec;
  spec.subject = crypto::Name{{{"C", "US"},
                               {"O", stir::test_organization(options_.organization)},
                               {"CN", common_name(options_.tn_auth_list)}}};
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::tn_auth_list(tn_auth_list)};
  ASSIGN_OR_RETURN(
      auto csr, crypto::build_request(spec, *key->public_key, [&](std::string_view to_be_signed) {
        return keys_.sign(key, to_be_signed);
      }));
  const sim::Time now = std::chrono::floor<std::chrono::seconds>(env_.now());
  OrderRequest request;
  request.directory_url = options_.ca_directory_url;
  request.account_key = account;
  request.spc_token = token.token;
  request.tn_auth_list_der = tn_auth_list;
  request.csr_der = std::move(csr);
  request.not_before = now;
  request.not_after = now + std::chrono::floor<std::chrono::seconds>(options_.lifetime);
  return order_certificate(env_, request);
}

Status CertificateManagement::publish_and_switch(const HeldKeyPtr& key,
                                                 const IssuedChain& chain,
                                                 IssuanceEvent& event) {
  const std::string directory = options_.ca_directory_url;
  std::string path = "/";
  path += common_name(options_.tn_auth_list).substr(7);
  path += options_.in_place ? "/current.pem" : "/" + std::to_string(++published_) + ".pem";
  ASSIGN_OR_RETURN(event.url, publish(env_, options_.repository, path, chain.pem));
  event.published_at = env_.now();
  if (!options_.switch_at_once && !options_.in_place) {
    RETURN_IF_ERROR(wait_until_fetchable(env_, event.url, chain.pem, kPollFetchable,
                                         env_.now() + options_.fetchable_within));
  }
  current_ = std::make_shared<const SigningIdentity>(
      SigningIdentity{.key = key, .x5u = event.url, .certificate = chain.leaf()});
  history_.push_back({current_, directory});
  event.used_from = env_.now();
  return {};
}

Status CertificateManagement::move_to(std::string ca, std::string directory_url) {
  options_.ca = std::move(ca);
  options_.ca_directory_url = std::move(directory_url);
  return renew("ca_removed");
}

Status CertificateManagement::revoke(const crypto::CertificatePtr& certificate,
                                     crypto::CrlReason reason) {
  for (const ManagedCertificate& managed : history_) {
    if (managed.identity->certificate != certificate) continue;
    RevokeRequest request;
    request.directory_url = managed.ca_directory_url;
    request.account_key = account_keys_.at(managed.ca_directory_url);
    request.certificate = certificate;
    request.reason = reason;
    return revoke_certificate(env_, request);
  }
  return fail(ErrorCode::kNotFound, "not a certificate of this provider");
}

}  // namespace shakedown::actors
