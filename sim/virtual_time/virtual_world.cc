#include "sim/virtual_time/virtual_world.h"

#include <fmt/format.h>

#include "sim/virtual_time/virtual_core.h"

namespace shakedown::sim {
namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "stop() must be async-signal-safe");

// Every Env of this world is a VirtualEnv: nobody else makes one.
VirtualEnv& own(Env& actor) { return static_cast<VirtualEnv&>(actor); }

}  // namespace

VirtualWorld::VirtualWorld(WorldOptions options, const VirtualOptions& virtual_options)
    : core_(std::make_unique<VirtualCore>(std::move(options), virtual_options)) {
  SHAKEDOWN_ASSERT(!core_->options.outsiders);
}

VirtualWorld::~VirtualWorld() = default;

Env& VirtualWorld::add_actor(const ActorSpec& spec) {
  const auto number = static_cast<std::uint32_t>(core_->actors.size());
  auto env = std::make_unique<VirtualEnv>(*core_, number, spec);
  const bool is_new = core_->actor_names.insert(env->name()).second;
  SHAKEDOWN_ASSERT(is_new);
  return *core_->actors.emplace_back(std::move(env));
}

void VirtualWorld::listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) {
  const VirtualEnv& env = own(actor);
  core_->router.listen(protocol, host,
                       {env.number(), env.endpoint().region, std::move(handler), &env.name()});
}

void VirtualWorld::balance(Protocol protocol, std::string_view host, Balancing balancing) {
  core_->router.balance(protocol, host, std::move(balancing));
}

std::string VirtualWorld::base_url(std::string_view host) const {
  return fmt::format("https://{}", host);
}

Task VirtualWorld::start(Env& actor,
                         std::string_view name,
                         std::function<void()> fn,
                         Daemon daemon) {
  return own(actor).start(name, std::move(fn), daemon);
}

std::uint64_t VirtualWorld::begin_fault(const Fault& fault) {
  const std::uint64_t id = core_->faults.begin(fault, core_->scheduler.now());
  set_clocks();
  return id;
}

void VirtualWorld::end_fault(std::uint64_t id) {
  if (core_->faults.end(id)) set_clocks();
}

// Faults are few and far between: no need to remember whose clock this one was about.
void VirtualWorld::set_clocks() {
  for (const auto& actor : core_->actors) {
    actor->set_clock(core_->faults.clock_of(actor->name()));
  }
}

Time VirtualWorld::now() const { return core_->scheduler.now(); }

const WorldOptions& VirtualWorld::options() const { return core_->options; }

RunSummary VirtualWorld::run(Time until) {
  SHAKEDOWN_ASSERT(!has_run_);
  has_run_ = true;
  VirtualCore& core = *core_;
  RunSummary summary;
  core.scheduler.run(
      until,
      [&core] {
        return core.stop_requested.load(std::memory_order_relaxed) || core.proofs.failed();
      },
      summary);
  if (core.stop_requested.load(std::memory_order_relaxed)) summary.end = RunSummary::End::kStopped;
  if (!core.proofs.settle()) {
    summary.end = RunSummary::End::kProofFailed;
    summary.detail = core.proofs.failure();
  }
  summary.late_answers = core.exchanges.late_answers();
  core.scheduler.unwind();
  return summary;
}

void VirtualWorld::stop() { core_->stop_requested.store(true, std::memory_order_relaxed); }

bool VirtualWorld::settle_proofs() { return core_->proofs.settle(); }

void VirtualWorld::dump_waits(std::FILE* out) const {
  const Scheduler& scheduler = core_->scheduler;
  fmt::print(out, "{}: who waits for what\n", format_time(scheduler.now()));
  scheduler.for_each_activity([&](const Activity& activity) {
    fmt::print(out, "  {}{} {}\n", Scheduler::describe(activity),
               activity.daemon ? " (daemon)" : "",
               &activity == scheduler.current()
                   ? "runs"
                   : Scheduler::describe_wait(activity, core_->options.costs));
  });
}

}  // namespace shakedown::sim
