#include "sim/lineage_scope.h"

namespace shakedown::sim {

std::uint64_t OrdinalCounter::next(std::uint64_t key) {
  if (!many_.empty()) return many_[key]++;
  for (auto& [known, count] : few_) {
    if (known == key) return count++;
  }
  if (few_.size() < kFew) {
    few_.emplace_back(key, 1);
    return 0;
  }
  many_.insert(few_.begin(), few_.end());
  return many_[key]++;
}

void OrdinalCounter::clear() {
  few_.clear();
  many_.clear();
}

Lineage LineageScope::of_actor(std::uint64_t seed, std::string_view actor_name) {
  return Lineage::root(seed).child(actor_name, 0);
}

void LineageScope::reset(Lineage lineage) {
  lineage_ = lineage;
  exchanges_ = 0;
  computes_ = 0;
  others_.clear();
}

// Names are counted by their hash. Two names that shared one would only share their counter: the
// lineages still differ by the name.
Lineage LineageScope::next(Kind kind, std::string_view name) {
  const std::uint64_t ordinal = others_.next(Lineage{}.child(name, tag(kind)).low);
  return lineage_.child(name, tag(kind) | ordinal);
}

Lineage LineageScope::next_activity(std::string_view name) { return next(Kind::kActivity, name); }

Lineage LineageScope::next_started(std::string_view actor_name, std::string_view name) {
  return next(Kind::kStarted, actor_name).child(name, 0);
}

Lineage LineageScope::next_exchange() {
  return lineage_.child("exchange", tag(Kind::kExchange) | exchanges_++);
}

Lineage LineageScope::next_compute() {
  return lineage_.child("compute", tag(Kind::kCompute) | computes_++);
}

Random LineageScope::next_stream(std::string_view purpose) {
  return Random(next(Kind::kStream, purpose));
}

Lineage handler_lineage(const Lineage& exchange) { return exchange.child("handler", 0); }

Random request_stream(const Lineage& exchange) { return Random(exchange.child("request", 0)); }

Random response_stream(const Lineage& exchange) { return Random(exchange.child("response", 0)); }

}  // namespace shakedown::sim
