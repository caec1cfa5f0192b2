#include "sim/router.h"

#include <algorithm>

#include "sim/wide_integer.h"

namespace shakedown::sim {

std::size_t Router::HashIgnoringCase::operator()(std::string_view text) const {
  std::uint64_t hash = text.size();
  for (const char c : text) {
    // Setting bit 5 folds letters; that it folds others too only makes a rare collision.
    hash = (hash ^ (static_cast<unsigned char>(c) | 0x20U)) * 0x100000001b3ULL;
  }
  return static_cast<std::size_t>(mix_bits(hash));
}

void Router::listen(Protocol protocol, std::string_view host, Listener listener) {
  Host& entry = at(protocol, host);
  Listener* added = &listeners_.emplace_back(std::move(listener));
  const auto known = std::find_if(entry.listeners.begin(), entry.listeners.end(),
                                  [&](const Listener* l) { return l->actor == added->actor; });
  if (known != entry.listeners.end()) {
    *known = added;  // The old one stays alive: it may be answering.
  } else {
    entry.listeners.push_back(added);
  }
  entry.nearest_first.clear();
  for (std::size_t region = 0; region < links_.regions(); ++region) {
    auto& sorted = entry.nearest_first.emplace_back(entry.listeners.begin(), entry.listeners.end());
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Listener* a, const Listener* b) {
      return links_.round_trip(region, a->region) < links_.round_trip(region, b->region);
    });
  }
}

void Router::balance(Protocol protocol, std::string_view host, Balancing balancing) {
  at(protocol, host).balancing = std::move(balancing);
}

const Host* Router::find(Protocol protocol, std::string_view host) const {
  const Hosts& all = hosts(protocol);
  const auto found = all.find(host);
  return found == all.end() || found->second.listeners.empty() ? nullptr : &found->second;
}

}  // namespace shakedown::sim
