// Stackful fibers: an activity's own stack, from which it can go to sleep in the middle of plain
// blocking code. A thin wrapper around Boost.Context; all that is dangerous about switching stacks
// is dealt with in this one file's .cc:
//
// - The exception runtime keeps the caught exceptions of a thread in a list. Two fibers that sleep
// in
//   catch blocks would rethrow each other's exceptions, so each switch exchanges that list.
// - AddressSanitizer must be told of each switch, or it takes the other stack for an overflow.
// - Valgrind must know which memory is a stack.
// - Each stack ends in a guard page, so that an overflow stops the process instead of corrupting
// it.
//
// A fiber stays on the thread that made it. ThreadSanitizer is not supported.
#pragma once

#include <boost/context/fiber.hpp>
#include <cstddef>
#include <vector>

namespace shakedown::sim {

// Guarded stacks, reused last in, first out, so that warm ones are taken first. A stack costs two
// memory mappings (vm.max_map_count is 65,530 by default) and as much memory as was ever touched.
class StackPool {
 public:
  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  struct Stack {
    void* bottom = nullptr;  // The lowest usable octet; the guard page lies below.
    std::size_t size = 0;
    unsigned valgrind_id = 0;
    void* fake_stack = nullptr;  // AddressSanitizer's, kept with the stack that it belongs to.
  };

  // A stack with null `bottom` if the system gives no more mappings.
  Stack take();

  void give_back(const Stack& stack) { free_.push_back(stack); }

  static std::size_t stack_size();

 private:
  std::vector<Stack> free_;
};

class Fiber {
 public:
  using Entry = void (*)(void*);

  Fiber() = default;
  ~Fiber();  // Asserts that it is not in the middle of something.
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Makes the fiber ready to run entry(argument) at the next resume(). It must be idle. `entry`
  // must not throw. False if there is no stack to be had. `stacks` must outlive the fiber.
  bool prepare(StackPool& stacks, Entry entry, void* argument);

  // Runs it until it suspends or its entry returns; then it is idle again and has given back its
  // stack.
  void resume();

  // Called on the fiber's own stack: back to the caller of resume().
  void suspend();

  bool is_idle() const { return stack_.bottom == nullptr; }

 private:
  // What __cxa_get_globals() points to, by the Itanium C++ ABI: §2.2.2 of its exception handling.
  struct ExceptionState {
    void* caught = nullptr;
    unsigned uncaught = 0;
  };
  class GivenStack;  // Boost's idea of a stack allocator.

  static void exchange(ExceptionState& state);
  void run(boost::context::fiber&& caller);

  StackPool* stacks_ = nullptr;
  StackPool::Stack stack_;
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  boost::context::fiber inside_;  // The fiber, while it sleeps.
  boost::context::fiber caller_;  // Who resumed it, while it runs.
  ExceptionState exceptions_;
  bool finished_ = false;

  // AddressSanitizer's view: where the caller's stack is and the "fake stacks" of both sides.
  const void* caller_bottom_ = nullptr;
  std::size_t caller_size_ = 0;
  void* fake_stack_ = nullptr;
  void* caller_fake_stack_ = nullptr;
};

}  // namespace shakedown::sim
