#include "sim/connection_table.h"

#include <algorithm>

#include "sim/wide_integer.h"

namespace shakedown::sim {

std::size_t ConnectionTable::Hash::operator()(const Key& key) const {
  const std::uint64_t actors = (static_cast<std::uint64_t>(key.client) << 32) | key.server;
  const std::uint64_t kind = (key.protocol == Protocol::kSip ? 2U : 0U) | (key.tls ? 1U : 0U);
  return static_cast<std::size_t>(mix_bits(actors ^ (kind << 62)));
}

bool ConnectionTable::is_idle_too_long(const Key& key, const Connection& c, Time now) const {
  return key.protocol == Protocol::kHttp && now - c.last_used >= kept_alive_;
}

bool ConnectionTable::reuse(const Key& key, Time now) {
  const auto found = open_.find(key);
  if (found == open_.end() || found->second.since > now) return false;
  if (is_idle_too_long(key, found->second, now)) return false;
  found->second.last_used = std::max(found->second.last_used, now);
  return true;
}

void ConnectionTable::established(const Key& key, Time when) {
  if (open_.size() >= forget_at_) forget_idle(when);
  const auto [found, added] = open_.try_emplace(key, Connection{when, when});
  if (added) return;
  // The earlier of two that are being set up, but not one that has died of idleness.
  Connection& known = found->second;
  if (is_idle_too_long(key, known, when)) known = {when, when};
  known.since = std::min(known.since, when);
  known.last_used = std::max(known.last_used, when);
}

void ConnectionTable::used(const Key& key, Time now) {
  const auto found = open_.find(key);
  if (found != open_.end()) found->second.last_used = std::max(found->second.last_used, now);
}

void ConnectionTable::forget_idle(Time now) {
  std::erase_if(open_, [&](const auto& e) { return is_idle_too_long(e.first, e.second, now); });
  forget_at_ = std::max<std::size_t>(1024, open_.size() * 2);
}

}  // namespace shakedown::sim
