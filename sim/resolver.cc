#include "sim/resolver.h"

#include <algorithm>

namespace shakedown::sim {
namespace {

// RFC 9110 §9.2.2. SIP repeats nothing: a second INVITE would be a second call.
bool is_idempotent(const Request& request) {
  if (request.protocol == Protocol::kSip) return false;
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    if (request.method == method) return true;
  }
  return false;
}

}  // namespace

void balance(std::vector<Address>& addresses,
             const Balancing& balancing,
             Time now,
             const Lineage& exchange) {
  if (balancing.choice == Balancing::Choice::kNearest) return;
  const auto is_known_to_be_down = [&](const Address& address) {
    return address.down_since && now - *address.down_since >= balancing.detect_after;
  };
  if (!std::all_of(addresses.begin(), addresses.end(), is_known_to_be_down)) {
    std::erase_if(addresses, is_known_to_be_down);
  }
  if (balancing.choice != Balancing::Choice::kWeighted) return;
  std::uint64_t total = 0;
  for (const Address& address : addresses) total += address.weight;
  if (total == 0) return;
  std::uint64_t drawn = Random(exchange.child("resolver", 0)).below(total);
  auto chosen = addresses.begin();
  while (drawn >= chosen->weight) drawn -= (chosen++)->weight;
  std::rotate(addresses.begin(), chosen, chosen + 1);
}

std::vector<Address> resolve(const Host& host,
                             std::size_t region,
                             const ActiveFaults& faults,
                             Time now,
                             const Lineage& exchange) {
  std::vector<Address> addresses;
  for (const Listener* listener : host.nearest_first[region]) {
    const auto weight = host.balancing.weights.find(*listener->actor_name);
    addresses.push_back({listener, faults.down_since(*listener->actor_name),
                         weight == host.balancing.weights.end() ? 1 : weight->second});
  }
  balance(addresses, host.balancing, now, exchange);
  return addresses;
}

Lineage attempt_lineage(const Lineage& exchange, std::size_t before) {
  return before == 0 ? exchange : exchange.child("attempt", before);
}

Time attempt_deadline(
    const Request& request, Time now, Time deadline, std::size_t left, bool is_silent) {
  if (!is_silent || left <= 1 || deadline == kNever || !is_idempotent(request)) return deadline;
  return now + (deadline - now) / static_cast<std::int64_t>(left);
}

bool may_try_next(const Request& request, const Answer& answer) {
  if (answer.kind == Answer::Kind::kTimeout) return is_idempotent(request);
  return answer.refused;
}

}  // namespace shakedown::sim
