// The parts of a virtual world, which know each other. Internal to sim/virtual_time.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/active_faults.h"
#include "sim/link_model.h"
#include "sim/router.h"
#include "sim/virtual_time/exchanges.h"
#include "sim/virtual_time/proof_queue.h"
#include "sim/virtual_time/scheduler.h"
#include "sim/virtual_time/virtual_env.h"
#include "sim/virtual_time/virtual_world.h"

namespace shakedown::sim {

struct VirtualCore {
  VirtualCore(WorldOptions world_options, const VirtualOptions& virtual_options)
      : options(std::move(world_options)),
        links(options.network),
        router(links),
        proofs(
            options.randomness, virtual_options.defer_proofs, virtual_options.proof_queue_capacity),
        exchanges(*this),
        scheduler({options.epoch, virtual_options.shuffle_ties, virtual_options.max_activities,
                   virtual_options.give_up_after, options.activity_failed},
                  {[this](PendingExchange& exchange) { exchanges.serve(exchange); },
                   [this](PendingExchange& exchange) { exchanges.arrive(exchange); }}) {}

  const WorldOptions options;
  LinkModel links;
  Router router;
  ActiveFaults faults;
  ProofQueue proofs;
  std::vector<std::unique_ptr<VirtualEnv>> actors;  // By number.
  std::set<std::string_view> actor_names;
  Exchanges exchanges;
  Scheduler scheduler;  // Last, so that what still lives is unwound while all else exists.
  std::atomic<bool> stop_requested = false;
};

}  // namespace shakedown::sim
