#include "actors/verifying/trust.h"

#include <algorithm>
#include <utility>

#include "actors/workload/work.h"

namespace shakedown::actors {
namespace {

constexpr std::uint64_t kExpiredBit = std::uint64_t{1} << 63U;

}  // namespace

Trust::Trust(sim::Env& env, TrustSource& source, TrustOptions options)
    : env_(env),
      source_(source),
      options_(options) {}

void Trust::start() {
  env_.spawn(
      "ca list refresh", [this] { refresh_list_for_ever(); }, sim::Daemon::kYes);
  if (wants_crl()) {
    env_.spawn(
        "crl refresh", [this] { refresh_crl_for_ever(); }, sim::Daemon::kYes);
  }
}

bool Trust::wait_until_ready(sim::Time deadline) {
  while (anchors_version_ == 0 || (wants_crl() && !crl_)) {
    if (!env_.wait(changed_, deadline)) return false;
  }
  return true;
}

std::span<const crypto::CertificatePtr> Trust::anchors(sim::Time now) const {
  if (options_.enforce_list_expiry && list_expires_ && now >= *list_expires_) return {};
  return anchors_;
}

std::uint64_t Trust::anchors_version(sim::Time now) const {
  const bool expired = options_.enforce_list_expiry && list_expires_ && now >= *list_expires_;
  return expired ? anchors_version_ | kExpiredBit : anchors_version_;
}

void Trust::record(HappeningKind kind, std::string detail) {
  record_happening(env_, kind, env_.name(), {}, std::move(detail));
}

void Trust::refresh_list_for_ever() {
  while (true) {
    const bool good = refresh_list();
    if (!good) {
      // Before the first list, insist: nothing can be verified without one.
      env_.sleep_for(anchors_version_ == 0 ? sim::Duration{std::chrono::seconds{5}}
                                           : options_.retry);
      continue;
    }
    if (!options_.list_refresh) return;
    env_.sleep_for(*options_.list_refresh);
  }
}

bool Trust::refresh_list() {
  auto received = source_.ca_list();
  if (!received) {
    record(HappeningKind::kCaListRejected, received.error().detail);
    return false;
  }
  const stir::CaList& list = received->list;
  if (list.sequence < list_sequence_) {
    record(HappeningKind::kCaListRejected,
           "sequence went back to " + std::to_string(list.sequence));
    return false;
  }
  if (env_.now() >= list.expires) {  // RFC 7519 §4.1.4
    record(HappeningKind::kCaListRejected, "it expired at " + sim::format_time(list.expires));
    return false;
  }
  const bool same = received->jws.payload == list_payload_;
  auto read = env_.compute(work::kDecodeCertificates, stir::read_ca_list_members, list.trust_list);
  const bool changed =
      anchors_version_ == 0 ||
      !std::equal(read.anchors.begin(), read.anchors.end(), anchors_.begin(), anchors_.end(),
                  [](const auto& a, const auto& b) { return a->der() == b->der(); });
  list_sequence_ = list.sequence;
  list_expires_ = list.expires;
  list_payload_ = received->jws.payload;
  if (changed) {
    anchors_ = std::move(read.anchors);
    ++anchors_version_;
  }
  if (!same) {
    record(HappeningKind::kCaListRefreshed,
           "sequence " + std::to_string(list.sequence) + ", " + std::to_string(anchors_.size()) +
               " roots" +
               (read.alarms.empty() ? std::string()
                                    : ", " + std::to_string(read.alarms.size()) + " skipped"));
  }
  env_.notify_all(changed_);
  return true;
}

void Trust::refresh_crl_for_ever() {
  while (true) {
    const bool good = refresh_crl();
    if (!good) {
      env_.sleep_for(crl_ ? options_.retry : sim::Duration{std::chrono::seconds{5}});
      continue;
    }
    // Not later than shortly after nextUpdate: then a newer one is out.
    sim::Time next = env_.now() + *options_.crl_refresh;
    if (const auto& next_update = crl_->fields().next_update) {
      next = std::min(next, std::max(*next_update + std::chrono::minutes{5},
                                     env_.now() + std::chrono::minutes{1}));
    }
    env_.sleep_until(next);
  }
}

bool Trust::refresh_crl() {
  const bool compares = crl_ && options_.remember_crl_number;
  const std::string newest = compares ? crl_->fields().number.value_or("") : "";
  auto crl = source_.crl(newest);
  if (!crl) {
    record(HappeningKind::kCrlRejected, crl.error().detail);
    return false;
  }
  if (!crl_ || (*crl)->fields().der != crl_->fields().der) {
    crl_ = *std::move(crl);
    ++crl_version_;
    record(HappeningKind::kCrlRefreshed, std::to_string(crl_->size()) + " entries");
  }
  env_.notify_all(changed_);
  return true;
}

}  // namespace shakedown::actors
