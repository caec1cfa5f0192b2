// The queue of what is to happen: a heap with four children a node, because a shallow heap touches
// fewer cache lines than a binary one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace shakedown::sim {

struct Activity;
struct PendingExchange;

// Exactly one of `activity` and `arrival` is set.
struct VirtualEvent {
  Time due;
  std::uint64_t tie;       // Orders events of equal due time; see Scheduler.
  std::uint64_t sequence;  // Orders the rest: first pushed, first out.
  Activity* activity = nullptr;
  PendingExchange* arrival = nullptr;
  std::uint64_t generation = 0;  // Of the activity's sleep that this would end.

  bool before(const VirtualEvent& other) const {
    if (due != other.due) return due < other.due;
    if (tie != other.tie) return tie < other.tie;
    return sequence < other.sequence;
  }
};

class EventQueue {
 public:
  bool empty() const { return heap_.empty(); }

  std::size_t size() const { return heap_.size(); }

  const VirtualEvent& top() const { return heap_.front(); }

  void push(const VirtualEvent& event) {
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kChildren;
      if (!event.before(heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = event;
  }

  void pop() {
    const VirtualEvent last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return;
    std::size_t hole = 0;
    while (true) {
      const std::size_t first = hole * kChildren + 1;
      if (first >= size) break;
      const std::size_t end = first + kChildren < size ? first + kChildren : size;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (heap_[child].before(heap_[least])) least = child;
      }
      if (!heap_[least].before(last)) break;
      heap_[hole] = heap_[least];
      hole = least;
    }
    heap_[hole] = last;
  }

  void clear() { heap_.clear(); }

 private:
  static constexpr std::size_t kChildren = 4;
  std::vector<VirtualEvent> heap_;
};

}  // namespace shakedown::sim
