#include "actors/signing/certificate_management.h"

#include <algorithm>
#include <utility>

#include "crypto/octets/bytes.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kRetry = std::chrono::seconds{30};
constexpr sim::Duration kPollFetchable = std::chrono::seconds{2};

}  // namespace

CertificateManagement::CertificateManagement(sim::Env& env,
                                             KeyStore& keys,
                                             CertificateSource& source,
                                             CertificateManagementOptions options)
    : env_(env),
      keys_(keys),
      source_(source),
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

std::string_view to_string(IssuanceReason reason) {
  switch (reason) {
    case IssuanceReason::kFirst:
      return "first";
    case IssuanceReason::kRenewal:
      return "renewal";
    case IssuanceReason::kOrdered:
      return "rotation";
    case IssuanceReason::kMoved:
      return "ca_removed";
  }
  return "";
}

// * Waits for the end of the issuances before; the destructor lets the next one begin.
class CertificateManagement::Turn {
 public:
  explicit Turn(CertificateManagement& management)
      : management_(management) {
    while (management_.renewing_) management_.env_.wait(management_.changed_, sim::kNever);
    management_.renewing_ = true;
  }

  ~Turn() {
    management_.renewing_ = false;
    management_.env_.notify_all(management_.changed_);
  }

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  CertificateManagement& management_;
};

void CertificateManagement::keep_renewing() {
  while (true) {
    if (current_ && env_.now() < next_renewal()) {
      env_.sleep_until(next_renewal());
      continue;  // Somebody may have renewed meanwhile.
    }
    if (!renew_if_due()) env_.sleep_for(kRetry);
  }
}

Status CertificateManagement::renew_if_due() {
  const SigningIdentityPtr before = current_;
  const Turn turn(*this);
  if (current_ != before) {
    record_happening(env_, HappeningKind::kRenewalNotNeeded, env_.name(), {}, current_->x5u);
    return {};
  }
  return issue(current_ ? IssuanceReason::kRenewal : IssuanceReason::kFirst, options_.rekey, {});
}

Status CertificateManagement::rotate(Rekey rekey, std::string because) {
  const Turn turn(*this);
  return issue(IssuanceReason::kOrdered, rekey, std::move(because));
}

Status CertificateManagement::renew_at_new_ca() {
  const Turn turn(*this);
  return issue(IssuanceReason::kMoved, options_.rekey, {});
}

Status CertificateManagement::issue(IssuanceReason reason, Rekey rekey, std::string because) {
  auto event = std::make_unique<IssuanceEvent>();
  event->ca = source_.issuer();
  event->because = because.empty() ? std::string(to_string(reason)) : std::move(because);
  event->new_key = rekey == Rekey::kNewKey || !current_;
  event->started_at = env_.now();
  const auto attempt = [&]() -> Status {
    HeldKeyPtr key;
    if (event->new_key) {
      ASSIGN_OR_RETURN(key, keys_.generate());
    } else {
      key = current_->key;
    }
    ASSIGN_OR_RETURN(const IssuedChain chain, source_.order(key, options_.lifetime));
    event->issued = true;
    event->fingerprint = chain.leaf()->fingerprint_hex();
    return publish_and_switch(key, chain, *event);
  };
  const Status status = attempt();
  if (!status) event->error = status.error().detail;
  env_.record(std::move(event));
  return status;
}

Status CertificateManagement::publish_and_switch(const HeldKeyPtr& key,
                                                 const IssuedChain& chain,
                                                 IssuanceEvent& event) {
  std::string path = "/" + options_.directory;
  path += options_.in_place ? "/current.pem" : "/" + std::to_string(++published_) + ".pem";
  ASSIGN_OR_RETURN(event.url, publish(env_, options_.repository, path, chain.pem));
  event.published_at = env_.now();
  if (!options_.switch_at_once && !options_.in_place) {
    RETURN_IF_ERROR(wait_until_fetchable(env_, event.url, chain.pem, kPollFetchable,
                                         env_.now() + options_.fetchable_within));
  }
  current_ = std::make_shared<const SigningIdentity>(
      SigningIdentity{.key = key, .x5u = event.url, .certificate = chain.leaf()});
  history_.push_back(current_);
  event.used_from = env_.now();
  return {};
}

}  // namespace shakedown::actors
