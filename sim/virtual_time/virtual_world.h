// The world in virtual time: discrete events, one thread, every activity a fiber. The clock jumps
// from event to event, so that a day takes seconds, and a seed decides everything that is recorded.
//
//   VirtualWorld world({.epoch = epoch, .seed = 7, .sink = recorder});
//   Env& acme = world.add_actor({.name = "acme-tel"});
//   world.listen(acme, Protocol::kHttp, "acme-tel.test", handler);
//   world.start(acme, "renewal", [&] { ... }, Daemon::kNo);
//   RunSummary summary = world.run(epoch + 24h);
//
// How it works: scheduler.h (the clock, the queue and who sleeps), fiber.h (the stacks),
// exchanges.h (links and handlers), proof_queue.h (the second core).
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "sim/world.h"

namespace shakedown::sim {

struct VirtualOptions {
  // Not 0: permutes what different actors do at the same instant. Nothing that is recorded may
  // change by it, except the order of records of that instant.
  std::uint64_t shuffle_ties = 0;
  // Whether Env::compute_expecting() leaves its proofs to a worker thread. Records are the same.
  bool defer_proofs = true;
  std::size_t proof_queue_capacity = 256;
  // Activities that have begun and not ended. Each costs two memory mappings, of which Linux gives
  // a process 65,530. One more ends the run with kOverloaded.
  std::size_t max_activities = 16'000;
  // When all that keeps the run alive waits for ever and only daemons have moved for this long (in
  // world time), it is declared blocked.
  Duration give_up_after = 7 * 24h;
};

struct VirtualCore;

// Used by one thread, except stop(). Everything that still lives when run() returns has been
// unwound by Stopped; what is recorded during that is dropped, because it never happened in the
// world.
class VirtualWorld final : public World {
 public:
  explicit VirtualWorld(WorldOptions options, const VirtualOptions& virtual_options = {});
  ~VirtualWorld() override;
  VirtualWorld(const VirtualWorld&) = delete;
  VirtualWorld& operator=(const VirtualWorld&) = delete;

  Env& add_actor(const ActorSpec& spec) override;
  void listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) override;
  void balance(Protocol protocol, std::string_view host, Balancing balancing) override;
  std::string base_url(std::string_view host) const override;

  std::uint16_t own_port() const override { return 0; }

  Task start(Env& actor, std::string_view name, std::function<void()> fn, Daemon daemon) override;
  std::uint64_t begin_fault(const Fault& fault) override;
  void end_fault(std::uint64_t id) override;
  Time now() const override;
  const WorldOptions& options() const override;
  // Events that are due at `until` still happen. Also ends when a proof disagrees, when
  // `max_activities` is passed, and when everything is blocked.
  RunSummary run(Time until) override;
  void stop() override;
  bool settle_proofs() override;

  // Who waits for what, a line for each activity. During run(), for instance from the sink.
  void dump_waits(std::FILE* out) const;

 private:
  void set_clocks();

  std::unique_ptr<VirtualCore> core_;
  bool has_run_ = false;
};

}  // namespace shakedown::sim
