#include "actors/verifying/certificate_cache.h"

#include <algorithm>
#include <utility>

#include "actors/caching/fetch_record.h"
#include "actors/caching/http_cache.h"
#include "actors/events.h"
#include "actors/workload/work.h"

namespace shakedown::actors {

namespace {

// Octets that were read before are not read again; the caller charges the work all the same.
stir::CertificateAnswer read_unless_known(const sim::Answer& answer,
                                          const crypto::Sha256Digest& body_hash,
                                          const CachedCertificatePtr& before) {
  if (before && before->answer.chain && before->body_hash == body_hash &&
      stir::fetch_outcome(answer) == stir::FetchOutcome::kFetched) {
    return before->answer;
  }
  return stir::read_certificate_answer(answer);
}

// How long HTTP lets a verifier keep this answer (RFC 9111), with the floor of ATIS-1000074. Zero:
// not at all.
sim::Duration freshness_of(const std::string& url,
                           const sim::Response& response,
                           sim::Duration minimum,
                           sim::Time asked_at,
                           sim::Time answered_at) {
  HttpCache rules({.shared = false, .minimum_freshness = minimum});
  const auto kept = rules.store(url, {}, response, asked_at, answered_at);
  return kept ? kept->ttl(answered_at) : sim::Duration{};
}

std::string signer_of(const crypto::Certificate& leaf) {
  const auto* tn_auth_list = leaf.find_extension(crypto::oid::kTnAuthList);
  return leaf.issuer_der() + leaf.subject_der() + (tn_auth_list ? tn_auth_list->value : "");
}

}  // namespace

CertificateCache::CertificateCache(sim::Env& env, CertificateCacheOptions options)
    : env_(env),
      options_(options),
      flights_(env) {}

CachedCertificatePtr CertificateCache::get(const std::string& url, std::string_view call_id) {
  if (!options_.enabled) return fetch(url, call_id, nullptr);
  CachedCertificatePtr before;
  while (true) {
    if (const auto found = entries_.find(url); found != entries_.end()) {
      if (env_.now() < found->second.entry->fresh_until) {
        recency_.splice(recency_.end(), recency_, found->second.recency);
        return found->second.entry;
      }
      before = found->second.entry;
      erase(url);
    }
    if (!flights_.is_under_way(url)) break;
    if (auto shared = flights_.wait_for(url, sim::kNever)) return *std::move(shared);
  }
  return *flights_.lead(url, [&] {
    CachedCertificatePtr entry = fetch(url, call_id, before);
    keep(entry);
    return std::optional(std::move(entry));
  });
}

sim::Answer CertificateCache::ask(const std::string& url,
                                  std::string_view call_id,
                                  sim::Time deadline) {
  const sim::Time asked_at = env_.now();
  sim::Answer answer = env_.exchange({.protocol = sim::Protocol::kHttp,
                                      .method = "GET",
                                      .target = url,
                                      .headers = {{"Accept", "application/pem-certificate-chain"}},
                                      .body = {}},
                                     deadline - asked_at);
  record_fetch(env_, FetchWhat::kCertificate, url, call_id, answer, asked_at);
  return answer;
}

CachedCertificatePtr CertificateCache::fetch(const std::string& url,
                                             std::string_view call_id,
                                             const CachedCertificatePtr& before) {
  const sim::Time asked_at = env_.now();
  const sim::Time deadline = asked_at + options_.fetch_timeout;
  sim::Answer answer = ask(url, call_id, deadline);
  if (options_.follow_redirects) {
    for (unsigned hop = 0; hop < stir::kMostRedirects; ++hop) {
      const auto target = stir::redirect_target(answer);
      if (!target || env_.now() >= deadline) break;
      answer = ask(*target, call_id, deadline);
    }
  }
  const sim::Time answered_at = env_.now();

  auto entry = std::make_shared<CachedCertificate>();
  entry->url = url;
  entry->fetched_at = answered_at;
  entry->body_hash = crypto::sha256(answer.response.body);
  entry->answer =
      env_.compute(work::kDecodeCertificates, read_unless_known, answer, entry->body_hash, before);
  if (!entry->answer.chain) {
    entry->fresh_until = answered_at + options_.negative;
    return entry;
  }
  if (before && before->answer.chain == entry->answer.chain) {
    entry->earlier_verdict = before->verdict;
    entry->earlier_anchors_version = before->anchors_version;
  }
  const sim::Duration fresh_for =
      freshness_of(url, answer.response, options_.minimum, asked_at, answered_at);
  // A certificate that has expired must be fetched again: a new one may stand there.
  const sim::Time expiry = entry->answer.chain->leaf()->not_after() + std::chrono::seconds{1};
  entry->fresh_until = std::min(answered_at + fresh_for, expiry);
  return entry;
}

void CertificateCache::keep(const CachedCertificatePtr& entry) {
  erase(entry->url);
  while (entries_.size() >= options_.capacity && !recency_.empty()) {
    const std::string oldest = recency_.front();
    erase(oldest);
  }
  const auto recency = recency_.insert(recency_.end(), entry->url);
  entries_[entry->url] = {entry, recency, {}};
}

void CertificateCache::supersede(const CachedCertificatePtr& entry) {
  if (!options_.enabled || !options_.erase_superseded) return;
  const auto slot = entries_.find(entry->url);
  if (slot == entries_.end() || slot->second.entry != entry || !slot->second.signer.empty()) return;
  const crypto::Certificate& leaf = *entry->answer.chain->leaf();
  std::string signer = signer_of(leaf);
  const auto newest = by_signer_.find(signer);
  if (newest != by_signer_.end() && newest->second != entry->url) {
    const auto other = entries_.find(newest->second);
    if (other != entries_.end()) {
      if (other->second.entry->answer.chain->leaf()->not_before() > leaf.not_before()) return;
      erase(std::string(newest->second));
    }
  }
  slot->second.signer = signer;
  by_signer_[std::move(signer)] = entry->url;
}

void CertificateCache::erase(const std::string& url) {
  const auto found = entries_.find(url);
  if (found == entries_.end()) return;
  recency_.erase(found->second.recency);
  if (!found->second.signer.empty()) {
    const auto newest = by_signer_.find(found->second.signer);
    if (newest != by_signer_.end() && newest->second == url) by_signer_.erase(newest);
  }
  entries_.erase(found);
}

void CertificateCache::clear() {
  entries_.clear();
  recency_.clear();
  by_signer_.clear();
}

}  // namespace shakedown::actors
