#include "actors/policy_administrator/policy_administrator.h"

#include <algorithm>
#include <utility>

#include "actors/clients/policy_administrator_client.h"
#include "actors/workload/work.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/crl.h"
#include "stir/credential/ca_list.h"

namespace shakedown::actors {
namespace {

using Pki = std::shared_ptr<const PolicyAdministratorPki>;

Result<std::string> sign_ca_list(const Pki& pki, const stir::CaList& list) {
  const std::string input = stir::signing_input(list);
  ASSIGN_OR_RETURN(const auto signature, pki->signer.key->sign(input));
  return stir::compact_jws(input, signature);
}

Result<crypto::Bytes> sign_crl(const Pki& pki, const crypto::CrlSpec& spec) {
  return crypto::build_crl(spec, *pki->crl_signer.key);
}

sim::Time whole_seconds(sim::Time time) { return sim::from_unix_seconds(sim::unix_seconds(time)); }

}  // namespace

PolicyAdministrator::PolicyAdministrator(sim::Site& site, PolicyAdministratorOptions options)
    : options_(std::move(options)),
      env_(site.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      crl_issuer_der_(crl_issuer_name(options_.organization)) {
  if (options_.ca_list_publish_every == sim::Duration{}) {
    options_.ca_list_publish_every = options_.ca_list_valid_for / 2;
  }
  if (options_.crl_valid_for == sim::Duration{}) {
    options_.crl_valid_for = 2 * options_.crl_publish_every;
  }
  SHAKEDOWN_ASSERT(options_.ca_list_publish_every > sim::Duration{});
  SHAKEDOWN_ASSERT(options_.crl_publish_every > sim::Duration{});
  site.listen(env_, sim::Protocol::kHttp, options_.host,
              [this](const sim::Request& request) { return handle(request); });
  base_url_ = site.base_url(options_.host);
  site.start(
      env_, "start", [this] { start(); }, sim::Daemon::kNo);
}

void PolicyAdministrator::start() {
  auto pki = env_.compute(work::kGenerateKey, make_policy_administrator_pki, options_.organization,
                          env_.now() - options_.certificate_age);
  if (!pki) {
    failure_ = pki.error().detail;
    env_.notify_all(ready_);
    return;
  }
  pki_ = std::make_shared<const PolicyAdministratorPki>(*std::move(pki));
  {
    const std::lock_guard lock(anchor_mutex_);
    trust_anchor_ = pki_->root.certificate;
  }
  root_bundle_ = {pki_->root.certificate};
  record_certificate(pki_->root.certificate, stir::CertificateRole::kRoot);
  add_certificate(pki_->signer.certificate);
  add_certificate(pki_->crl_signer.certificate);
  next_crl_at_ = env_.now() + options_.crl_publish_every;
  Status published = publish_ca_list();
  if (published) published = publish_crl();
  if (!published) failure_ = published.error().detail;
  env_.notify_all(ready_);
  env_.spawn(
      "publish the CA list", [this] { keep_publishing_ca_list(); }, sim::Daemon::kYes);
  env_.spawn(
      "publish the CRL", [this] { keep_publishing_crl(); }, sim::Daemon::kYes);
}

bool PolicyAdministrator::wait_until_ready(sim::Time deadline) {
  while (crl_.number == 0 && failure_.empty() && env_.wait(ready_, deadline)) {
  }
  return crl_.number != 0;
}

crypto::CertificatePtr PolicyAdministrator::trust_anchor() const {
  const std::lock_guard lock(anchor_mutex_);
  return trust_anchor_;
}

void PolicyAdministrator::record_certificate(const crypto::CertificatePtr& certificate,
                                             stir::CertificateRole kind) {
  auto event = std::make_unique<CertificateEvent>();
  event->fingerprint = certificate->fingerprint_hex();
  event->kind = kind;
  event->ca = options_.name;
  event->subject_of = options_.name;
  event->subject = certificate->subject().text();
  event->serial = certificate->serial_hex();
  event->not_before = certificate->not_before();
  event->not_after = certificate->not_after();
  event->der = certificate->der();
  env_.record(std::move(event));
}

void PolicyAdministrator::happened(HappeningKind kind,
                                   std::string_view subject,
                                   std::string detail) {
  record_happening(env_, kind, std::string(subject), options_.name, std::move(detail));
}

Status PolicyAdministrator::create_account(PolicyAdministratorAccount account) {
  const std::string id = account.id;
  std::string codes;
  for (const std::string& spc : account.spcs) codes += (codes.empty() ? "spc " : ", ") + spc;
  RETURN_IF_ERROR(accounts_.add(std::move(account)));
  happened(HappeningKind::kAccountCreated, id, std::move(codes));
  return {};
}

Status PolicyAdministrator::suspend_account(std::string_view id) {
  RETURN_IF_ERROR(accounts_.suspend(id));
  happened(HappeningKind::kAccountSuspended, id, {});
  return {};
}

Status PolicyAdministrator::restore_account(std::string_view id) {
  RETURN_IF_ERROR(accounts_.restore(id));
  happened(HappeningKind::kAccountRestored, id, {});
  return {};
}

Status PolicyAdministrator::remove_account(std::string_view id) {
  RETURN_IF_ERROR(accounts_.remove(id));
  happened(HappeningKind::kAccountRemoved, id, {});
  return {};
}

Status PolicyAdministrator::withdraw_code(std::string_view id, std::string_view spc) {
  RETURN_IF_ERROR(accounts_.withdraw_code(id, spc));
  happened(HappeningKind::kSpcWithdrawn, id, std::string(spc));
  return {};
}

Status PolicyAdministrator::approve_ca(std::string_view name, crypto::CertificatePtr root) {
  cas_[std::string(name)] = {std::move(root), true};
  happened(HappeningKind::kCaApproved, name, {});
  return publish_ca_list();
}

Status PolicyAdministrator::enrol_ca(std::string_view name, std::string_view root_url) {
  ASSIGN_OR_RETURN(const auto roots, fetch_certificates(env_, root_url, std::chrono::seconds{30}));
  return approve_ca(name, roots.front());
}

Status PolicyAdministrator::remove_ca(std::string_view name, std::string_view because) {
  const auto found = cas_.find(name);
  if (found == cas_.end() || !found->second.listed) {
    return fail(ErrorCode::kNotFound, std::string(name) + " is not on the list");
  }
  found->second.listed = false;
  happened(HappeningKind::kCaRemoved, name, std::string(because));
  return publish_ca_list();
}

Status PolicyAdministrator::restore_ca(std::string_view name) {
  const auto found = cas_.find(name);
  if (found == cas_.end()) return fail(ErrorCode::kNotFound, "no STI-CA " + std::string(name));
  found->second.listed = true;
  happened(HappeningKind::kCaRestored, name, {});
  return publish_ca_list();
}

Status PolicyAdministrator::have_pki() {
  while (!pki_ && failure_.empty()) env_.wait(ready_, sim::kNever);
  if (!pki_) return fail(ErrorCode::kEnvironment, failure_);
  return {};
}

Status PolicyAdministrator::publish_ca_list() {
  RETURN_IF_ERROR(have_pki());
  stir::CaList list;
  list.x5u = signer_url();
  list.sequence = ++last_sequence_;
  list.expires = whole_seconds(env_.now() + options_.ca_list_valid_for);
  std::string names;
  for (const auto& [name, ca] : cas_) {
    if (!ca.listed) continue;
    list.trust_list.push_back(crypto::write_pem("CERTIFICATE", ca.root->der()));
    names += (names.empty() ? ": " : ", ") + name;
  }
  const std::int64_t sequence = list.sequence;
  auto jws = env_.compute(work::kSign, sign_ca_list, pki_, std::move(list));
  if (!jws) return tl::unexpected(jws.error());
  // A later change may have been signed on another server first.
  if (sequence < ca_list_.number) return {};
  ca_list_ = {*std::move(jws), sequence, env_.now()};
  happened(HappeningKind::kCaListPublished, options_.name,
           "sequence " + std::to_string(sequence) + names);
  return {};
}

void PolicyAdministrator::keep_publishing_ca_list() {
  while (true) {
    env_.sleep_until(ca_list_.published_at + options_.ca_list_publish_every);
    if (env_.now() < ca_list_.published_at + options_.ca_list_publish_every) continue;
    const Status published = publish_ca_list();
    if (published) continue;
    happened(HappeningKind::kCaListFailed, options_.name, published.error().detail);
    env_.sleep_for(std::chrono::minutes{1});
  }
}

Status PolicyAdministrator::publish_crl() {
  RETURN_IF_ERROR(have_pki());
  const std::int64_t number = ++last_crl_number_;
  crypto::CrlSpec spec;
  spec.issuer = crl_issuer_der_;
  spec.this_update = whole_seconds(env_.now());
  spec.next_update = whole_seconds(env_.now() + options_.crl_valid_for);
  spec.number = static_cast<std::uint64_t>(number);
  spec.authority_key_identifier = pki_->crl_signer.certificate->fields().subject_key_identifier;
  spec.distribution_point_url = crl_url();
  spec.indirect = true;
  spec.ca_issuers_url = crl_signer_url();
  spec.entries = register_.entries();
  const std::size_t entries = spec.entries.size();
  auto der = env_.compute(work::kBuildCrl, sign_crl, pki_, std::move(spec));
  if (!der) return tl::unexpected(der.error());
  if (number < crl_.number) return {};
  if (crl_.number != 0) older_crls_.push_front(std::move(crl_));
  if (older_crls_.size() > kKeptCrls) older_crls_.pop_back();
  crl_ = {*std::move(der), number, env_.now()};
  happened(HappeningKind::kCrlPublished, options_.name,
           "number " + std::to_string(number) + ", " + std::to_string(entries) + " entries");
  for (RevokedCertificate& revoked : register_.take_newly_published(entries)) {
    auto event = std::make_unique<RevocationEvent>();
    event->fingerprint = std::move(revoked.fingerprint);
    if (const auto issuer = crypto::Name::from_der(revoked.issuer_der)) {
      event->issuer = issuer->text();
    }
    event->serial = crypto::to_hex(revoked.serial);
    event->reason = crypto::to_string(revoked.reason);
    event->reported_by = std::move(revoked.reported_by);
    event->reported_at = revoked.reported_at;
    event->crl_number = static_cast<std::uint64_t>(number);
    env_.record(std::move(event));
  }
  return {};
}

Status PolicyAdministrator::replace_signer(Authority PolicyAdministratorPki::*which,
                                           MakeSigner* make,
                                           std::size_t& number) {
  RETURN_IF_ERROR(have_pki());
  auto signer = env_.compute(
      work::kGenerateKey,
      [](MakeSigner* maker, const Pki& pki, const std::string& organization, sim::Time made_at) {
        return maker(pki->root, organization, made_at);
      },
      make, pki_, options_.organization, env_.now());
  if (!signer) return tl::unexpected(signer.error());
  PolicyAdministratorPki next = *pki_;
  next.*which = *std::move(signer);
  pki_ = std::make_shared<const PolicyAdministratorPki>(std::move(next));
  add_certificate(((*pki_).*which).certificate);
  number = bundles_.size();
  return {};
}

Status PolicyAdministrator::roll_signer() {
  RETURN_IF_ERROR(
      replace_signer(&PolicyAdministratorPki::signer, make_next_signer, signer_number_));
  happened(HappeningKind::kSignerRolled, options_.name, signer_url());
  return publish_ca_list();
}

Status PolicyAdministrator::roll_crl_signer() {
  RETURN_IF_ERROR(replace_signer(&PolicyAdministratorPki::crl_signer, make_next_crl_signer,
                                 crl_signer_number_));
  happened(HappeningKind::kCrlSignerRolled, options_.name, crl_signer_url());
  return publish_crl();
}

Status PolicyAdministrator::roll_root(sim::Duration overlap) {
  SHAKEDOWN_ASSERT(overlap >= std::chrono::seconds{1});
  RETURN_IF_ERROR(have_pki());
  const std::size_t generation = ++root_generation_;
  auto next = env_.compute(
      work::kGenerateKey,
      [](const Pki& pki, const std::string& organization, std::size_t number, sim::Time made_at,
         sim::Time until) {
        return make_next_root(pki->root, organization, number, made_at, until);
      },
      pki_, options_.organization, generation, env_.now(), env_.now() + overlap);
  if (!next) return tl::unexpected(next.error());
  pki_ = std::make_shared<const PolicyAdministratorPki>(std::move(next->pki));
  {
    const std::lock_guard lock(anchor_mutex_);
    trust_anchor_ = pki_->root.certificate;
  }
  root_bundle_ = {next->cross_certificate, pki_->root.certificate};
  record_certificate(pki_->root.certificate, stir::CertificateRole::kRoot);
  record_certificate(next->cross_certificate, stir::CertificateRole::kIntermediate);
  add_certificate(pki_->signer.certificate);
  signer_number_ = bundles_.size();
  add_certificate(pki_->crl_signer.certificate);
  crl_signer_number_ = bundles_.size();
  happened(HappeningKind::kRootRolled, options_.name,
           pki_->root.certificate->subject().text() + ", certified by the one before until " +
               sim::format_time(next->cross_certificate->not_after()));
  RETURN_IF_ERROR(publish_ca_list());
  return publish_crl();
}

void PolicyAdministrator::add_certificate(const crypto::CertificatePtr& certificate) {
  auto& bundle = bundles_.emplace_back(std::vector{certificate});
  bundle.insert(bundle.end(), root_bundle_.begin(), root_bundle_.end());
  record_certificate(certificate, stir::CertificateRole::kEndEntity);
}

Status PolicyAdministrator::serve_older_crl(std::size_t back,
                                            std::optional<sim::Duration> duration) {
  if (back == 0 || back > older_crls_.size()) {
    return fail(ErrorCode::kNotFound, "no CRL of " + std::to_string(back) + " publications ago");
  }
  served_older_crl_ = older_crls_[back - 1];
  served_older_until_ = duration ? env_.now() + *duration : sim::kNever;
  happened(HappeningKind::kCrlRolledBack, options_.name,
           "number " + std::to_string(served_older_crl_->number) + " instead of " +
               std::to_string(crl_.number));
  if (!duration) return {};
  env_.spawn(
      "end of the rollback",
      [this, until = served_older_until_] {
        env_.sleep_until(until);
        if (until != served_older_until_) return;  // Another one has begun.
        served_older_crl_.reset();
        happened(HappeningKind::kCrlRollbackEnded, options_.name,
                 "number " + std::to_string(crl_.number));
      },
      sim::Daemon::kYes);
  return {};
}

void PolicyAdministrator::keep_publishing_crl() {
  while (true) {
    env_.sleep_until(next_crl_at_);
    next_crl_at_ = std::max(next_crl_at_, env_.now()) + options_.crl_publish_every;
    const Status published = publish_crl();
    if (!published) happened(HappeningKind::kCrlFailed, options_.name, published.error().detail);
  }
}

Status PolicyAdministrator::revoke(const crypto::CertificatePtr& certificate,
                                   crypto::CrlReason reason,
                                   std::string_view decided_by) {
  RevokedCertificate revoked;
  revoked.issuer_der = certificate->issuer_der();
  revoked.serial = certificate->serial();
  revoked.reason = reason;
  revoked.reported_at = env_.now();
  revoked.reported_by = decided_by;
  revoked.fingerprint = certificate->fingerprint_hex();
  return add_revocation(std::move(revoked));
}

Status PolicyAdministrator::add_revocation(RevokedCertificate revoked) {
  std::string by = revoked.reported_by;
  std::string what = "serial " + crypto::to_hex(revoked.serial) + ", " +
                     std::string(crypto::to_string(revoked.reason));
  if (!register_.add(std::move(revoked))) return {};
  happened(HappeningKind::kRevocationReported, by, std::move(what));
  if (options_.crl_published_at_once && !publishing_crl_at_once_) {
    // The reporter need not wait for the signature.
    publishing_crl_at_once_ = true;
    env_.spawn(
        "publish the CRL at once",
        [this] {
          publishing_crl_at_once_ = false;
          const Status published = publish_crl();
          if (!published)
            happened(HappeningKind::kCrlFailed, options_.name, published.error().detail);
        },
        sim::Daemon::kNo);
  }
  return {};
}

}  // namespace shakedown::actors
