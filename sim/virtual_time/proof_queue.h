// Proofs of results that were assumed: run by one worker thread while the event loop goes on, or by
// the loop itself where the queue is full or somebody waits for it to be empty.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "sim/world.h"

namespace shakedown::sim {

struct Proof {
  std::function<bool()> job;
  Lineage lineage;           // For the randomness hook.
  const std::string* actor;  // For the report if it fails.
  std::string_view work;     // Its name, in static storage.
  Time at;
};

// push() and settle() from one thread, the loop's; failed() from any.
class ProofQueue {
 public:
  // `defer` false: push() runs every proof at once and no thread is made. `hook` must outlive this.
  ProofQueue(const RandomnessHook& hook, bool defer, std::size_t capacity);
  // Drops what has not begun, waits for what has.
  ~ProofQueue();
  ProofQueue(const ProofQueue&) = delete;
  ProofQueue& operator=(const ProofQueue&) = delete;

  void push(Proof proof);
  // Returns when every proof has been run; false if one of all so far disagreed.
  bool settle();

  bool failed() const { return failed_.load(std::memory_order_relaxed); }

  // The first disagreement in the order of push(). Only after settle() or with an idle queue.
  std::string failure() const;

 private:
  struct Numbered {
    Proof proof;
    std::uint64_t number;
  };

  bool has_room() const;
  void run(const Numbered& numbered);
  void work();

  const RandomnessHook& hook_;
  const bool defer_;
  const std::size_t capacity_;
  std::uint64_t pushed_ = 0;
  std::atomic<bool> failed_ = false;

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable wake_worker_;
  std::condition_variable worker_idle_;
  std::deque<Numbered> waiting_;
  bool worker_busy_ = false;
  bool ending_ = false;
  std::uint64_t failed_number_ = 0;
  std::string failure_;

  std::thread worker_;  // Made with the first proof.
};

}  // namespace shakedown::sim
