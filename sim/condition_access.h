// The queue inside a Condition, for the runtimes: an intrusive list, first come first served.
#pragma once

#include "sim/env.h"

namespace shakedown::sim {

// A base of whatever a runtime lets wait. In at most one queue at a time.
struct Waiter {
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
  Condition* waits_for = nullptr;  // Null: in no queue.
};

class ConditionAccess {
 public:
  static Waiter* first(const Condition& condition) {
    return static_cast<Waiter*>(condition.first_);
  }

  static void push_back(Condition& condition, Waiter& waiter) {
    auto* last = static_cast<Waiter*>(condition.last_);
    waiter.previous = last;
    waiter.next = nullptr;
    waiter.waits_for = &condition;
    if (last != nullptr) {
      last->next = &waiter;
    } else {
      condition.first_ = &waiter;
    }
    condition.last_ = &waiter;
  }

  // Does nothing if it is in no queue.
  static void remove(Waiter& waiter) {
    if (waiter.waits_for == nullptr) return;
    Condition& condition = *waiter.waits_for;
    if (waiter.previous != nullptr) {
      waiter.previous->next = waiter.next;
    } else {
      condition.first_ = waiter.next;
    }
    if (waiter.next != nullptr) {
      waiter.next->previous = waiter.previous;
    } else {
      condition.last_ = waiter.previous;
    }
    waiter = Waiter{};
  }

  // Null when empty.
  static Waiter* pop_front(Condition& condition) {
    Waiter* waiter = first(condition);
    if (waiter != nullptr) remove(*waiter);
    return waiter;
  }
};

}  // namespace shakedown::sim
