// Who answers for this host, for this client, now: which addresses of a host name a client tries,
// and in which order. Over plain data; docs/decisions/012-resolver.md says why so.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/active_faults.h"
#include "sim/message.h"
#include "sim/random.h"
#include "sim/router.h"
#include "sim/time.h"

namespace shakedown::sim {

struct Address {
  const Listener* listener;
  std::optional<Time> down_since;  // Nothing was answered there since then.
  std::uint32_t weight = 1;
};

// Orders `addresses`, which come nearest first, as `balancing` says, and takes out those that need
// not be tried. At least one stays. Draws only for kWeighted, from a stream of the exchange's own.
void balance(std::vector<Address>& addresses,
             const Balancing& balancing,
             Time now,
             const Lineage& exchange);

// The addresses of `host` for a client in `region`.
std::vector<Address> resolve(const Host& host,
                             std::size_t region,
                             const ActiveFaults& faults,
                             Time now,
                             const Lineage& exchange);

// Of the attempt at the address that is tried after `before` others: what the links and faults
// draw.
Lineage attempt_lineage(const Lineage& exchange, std::size_t before);

// Until when an attempt may last if `left` addresses are left, this one among them: to the
// deadline, but at one that swallows what it gets (`is_silent`) a share of the time left. Who is
// alive shows that in the handshake, and a slow answer is waited for.
Time attempt_deadline(
    const Request& request, Time now, Time deadline, std::size_t left, bool is_silent);

// Whether another address may be tried after this answer.
bool may_try_next(const Request& request, const Answer& answer);

}  // namespace shakedown::sim
