#include "sim/virtual_time/fiber.h"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/preallocated.hpp>
#include <boost/context/stack_context.hpp>
#include <boost/version.hpp>
#include <cstring>
#include <memory>

#include "sim/result.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SHAKEDOWN_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHAKEDOWN_ADDRESS_SANITIZER
#endif
#endif
#ifdef SHAKEDOWN_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// From 1.88 on Boost.Context exchanges the exception state itself; twice would be once too often.
static_assert(BOOST_VERSION < 108800, "remove Fiber::exchange: Boost does it now");

namespace shakedown::sim {
namespace {

// Instrumented and unoptimised frames are several times larger.
#if defined(SHAKEDOWN_ADDRESS_SANITIZER) || !defined(__OPTIMIZE__)
constexpr std::size_t kStackSize = 256 * 1024;
#else
constexpr std::size_t kStackSize = 64 * 1024;
#endif

std::size_t page_size() {
  static const auto kSize = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return kSize;
}

char* guard_of(const StackPool::Stack& stack) {
  return static_cast<char*>(stack.bottom) - page_size();
}

// The sanitizer's two calls around a switch; nothing without it.
void about_to_switch([[maybe_unused]] void** save_fake_stack,
                     [[maybe_unused]] const void* bottom,
                     [[maybe_unused]] std::size_t size) {
#ifdef SHAKEDOWN_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(save_fake_stack, bottom, size);
#endif
}

void has_switched([[maybe_unused]] void* fake_stack,
                  [[maybe_unused]] const void** old_bottom,
                  [[maybe_unused]] std::size_t* old_size) {
#ifdef SHAKEDOWN_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fake_stack, old_bottom, old_size);
#endif
}

}  // namespace

std::size_t StackPool::stack_size() { return kStackSize; }

StackPool::Stack StackPool::take() {
  if (!free_.empty()) {
    const Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void* mapping = mmap(nullptr, kStackSize + page_size(), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapping == MAP_FAILED) return {};
  if (mprotect(mapping, page_size(), PROT_NONE) != 0) {  // Splits the mapping: may hit the limit.
    munmap(mapping, kStackSize + page_size());
    return {};
  }
  Stack stack;
  stack.bottom = static_cast<char*>(mapping) + page_size();
  stack.size = kStackSize;
#ifdef VALGRIND_STACK_REGISTER
  stack.valgrind_id = static_cast<unsigned>(
      VALGRIND_STACK_REGISTER(stack.bottom, static_cast<char*>(stack.bottom) + stack.size));
#endif
  return stack;
}

StackPool::~StackPool() {
  for (const Stack& stack : free_) {
#ifdef VALGRIND_STACK_DEREGISTER
    VALGRIND_STACK_DEREGISTER(stack.valgrind_id);
#endif
#ifdef SHAKEDOWN_ADDRESS_SANITIZER
    __asan_unpoison_memory_region(stack.bottom, stack.size);
#endif
    munmap(guard_of(stack), stack.size + page_size());
  }
}

// The stack is the pool's: nothing to free when Boost is done with it.
class Fiber::GivenStack {
 public:
  void deallocate(boost::context::stack_context&) noexcept {}
};

Fiber::~Fiber() { SHAKEDOWN_ASSERT(is_idle()); }

void Fiber::exchange(ExceptionState& state) {
  auto* mine = reinterpret_cast<char*>(abi::__cxa_get_globals());
  ExceptionState other;
  std::memcpy(&other.caught, mine, sizeof other.caught);
  std::memcpy(&other.uncaught, mine + sizeof other.caught, sizeof other.uncaught);
  std::memcpy(mine, &state.caught, sizeof state.caught);
  std::memcpy(mine + sizeof state.caught, &state.uncaught, sizeof state.uncaught);
  state = other;
}

bool Fiber::prepare(StackPool& stacks, Entry entry, void* argument) {
  SHAKEDOWN_ASSERT(is_idle());
  stack_ = stacks.take();
  if (is_idle()) return false;
  stacks_ = &stacks;
  entry_ = entry;
  argument_ = argument;
  finished_ = false;
  exceptions_ = {};
  fake_stack_ = stack_.fake_stack;
#ifdef SHAKEDOWN_ADDRESS_SANITIZER
  // The last user's frames may have left poison behind.
  __asan_unpoison_memory_region(stack_.bottom, stack_.size);
#endif
  boost::context::stack_context context;
  context.size = stack_.size;
  context.sp = static_cast<char*>(stack_.bottom) + stack_.size;
  inside_ = boost::context::fiber(std::allocator_arg,
                                  boost::context::preallocated(context.sp, context.size, context),
                                  GivenStack{}, [this](boost::context::fiber&& caller) {
                                    run(std::move(caller));
                                    return std::move(caller_);
                                  });
  return true;
}

void Fiber::run(boost::context::fiber&& caller) {
  has_switched(fake_stack_, &caller_bottom_, &caller_size_);
  caller_ = std::move(caller);
  entry_(argument_);
  finished_ = true;
  // Not null, which would mean "free the fake stack now": Boost still has frames to leave. The next
  // user of the stack takes the fake one over.
  about_to_switch(&fake_stack_, caller_bottom_, caller_size_);
}

void Fiber::resume() {
  SHAKEDOWN_ASSERT(!is_idle());
  exchange(exceptions_);
  about_to_switch(&caller_fake_stack_, stack_.bottom, stack_.size);
  inside_ = std::move(inside_).resume();
  has_switched(caller_fake_stack_, nullptr, nullptr);
  exchange(exceptions_);
  if (!finished_) return;
  stack_.fake_stack = fake_stack_;
  stacks_->give_back(stack_);
  stack_ = {};
}

void Fiber::suspend() {
  about_to_switch(&fake_stack_, caller_bottom_, caller_size_);
  caller_ = std::move(caller_).resume();
  has_switched(fake_stack_, &caller_bottom_, &caller_size_);
}

}  // namespace shakedown::sim
