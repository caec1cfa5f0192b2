// The queue of what is to happen. Internal to sim/virtual_time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "sim/time.h"

namespace shakedown::sim {

struct Activity;
struct PendingExchange;

// Which of equal due time comes first: one bit for "last", 23 for a permutation, 40 for the order
// in which they were pushed. (10^12 events are days of real time.)
struct TieKey {
  static constexpr int kSequenceBits = 40;
  static constexpr std::uint64_t kLast = std::uint64_t{1} << 63;

  static std::uint64_t make(bool last, std::uint64_t permutation, std::uint64_t sequence) {
    constexpr std::uint64_t kPermutationMask = (std::uint64_t{1} << 23) - 1;
    return (last ? kLast : 0) | ((permutation & kPermutationMask) << kSequenceBits) | sequence;
  }
};

// 32 octets, because the queue is mostly about moving them.
struct VirtualEvent {
  Time due;
  std::uint64_t tie;   // TieKey.
  Activity* activity;  // Null: `exchange` arrives.

  union {
    PendingExchange* exchange;
    std::uint64_t generation;  // Of the activity's sleep that this would end.
  };

  bool before(const VirtualEvent& other) const {
    return due < other.due || (due == other.due && tie < other.tie);
  }
};

// A heap with four children a node: shallower than a binary one, so it touches fewer cache lines.
class EventHeap {
 public:
  bool empty() const { return heap_.empty(); }

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

 private:
  static constexpr std::size_t kChildren = 4;
  std::vector<VirtualEvent> heap_;
};

// What happens next is nearly always in a small heap. The deadlines of waits and exchanges are many
// and nearly all go stale before they are due, but most come in order, because timeouts are a few
// constants: they lie in a few lanes, each in order, where a stale one costs next to nothing.
class EventQueue {
 public:
  bool empty() const { return heap_.empty() && first_lane_ == kNone; }

  const VirtualEvent& top() const {
    return lane_is_first() ? lanes_[first_lane_].front() : heap_.top();
  }

  void push(const VirtualEvent& event) {
    if ((event.tie & TieKey::kLast) == 0 || !push_to_lane(event)) heap_.push(event);
  }

  void pop() {
    if (!lane_is_first()) {
      heap_.pop();
      return;
    }
    lanes_[first_lane_].pop_front();
    find_first_lane();
  }

  void clear() { *this = EventQueue(); }

 private:
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kNone = kLanes;

  bool lane_is_first() const {
    return first_lane_ != kNone &&
           (heap_.empty() || lanes_[first_lane_].front().before(heap_.top()));
  }

  // Behind the latest event that is earlier than this one, or in an empty lane.
  bool push_to_lane(const VirtualEvent& event) {
    std::size_t best = kNone;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (lanes_[lane].empty()) {
        if (best == kNone) best = lane;
      } else if (lanes_[lane].back().before(event) &&
                 (best == kNone || lanes_[best].empty() ||
                  lanes_[best].back().before(lanes_[lane].back()))) {
        best = lane;
      }
    }
    if (best == kNone) return false;
    lanes_[best].push_back(event);
    if (first_lane_ == kNone || lanes_[best].front().before(lanes_[first_lane_].front())) {
      first_lane_ = best;
    }
    return true;
  }

  void find_first_lane() {
    first_lane_ = kNone;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (lanes_[lane].empty()) continue;
      if (first_lane_ == kNone || lanes_[lane].front().before(lanes_[first_lane_].front())) {
        first_lane_ = lane;
      }
    }
  }

  EventHeap heap_;
  std::array<std::deque<VirtualEvent>, kLanes> lanes_;
  std::size_t first_lane_ = kNone;  // That with the earliest event.
};

}  // namespace shakedown::sim
