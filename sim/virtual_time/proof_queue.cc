#include "sim/virtual_time/proof_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace shakedown::sim {
namespace {

constexpr std::size_t kBatch = 8;  // Taken at once, so that the lock is rarely asked for.

}  // namespace

ProofQueue::ProofQueue(const RandomnessHook& hook, bool defer, std::size_t capacity)
    : hook_(hook),
      defer_(defer),
      capacity_(capacity) {}

ProofQueue::~ProofQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  wake_worker_.notify_all();
  if (worker_.joinable()) worker_.join();
}

void ProofQueue::run(const Numbered& numbered) {
  const Proof& proof = numbered.proof;
  if (hook_.enter) hook_.enter(proof.lineage);
  const bool agrees = proof.job();
  if (hook_.leave) hook_.leave();
  if (agrees) return;
  const std::lock_guard lock(mutex_);
  if (!failed() || numbered.number < failed_number_) {
    failed_number_ = numbered.number;
    failure_ = fmt::format("{}: {} at {} did not give the expected result", *proof.actor,
                           proof.work, format_time(proof.at));
  }
  failed_.store(true, std::memory_order_relaxed);
}

void ProofQueue::push(Proof proof) {
  Numbered numbered{std::move(proof), pushed_++};
  if (!defer_ || !has_room()) {
    run(numbered);
    return;
  }
  if (!worker_.joinable()) worker_ = std::thread([this] { work(); });
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(numbered));
    wake = !worker_busy_;
  }
  if (wake) wake_worker_.notify_one();
}

// Only push() adds, and only one thread pushes: what is true now stays true until it has pushed.
bool ProofQueue::has_room() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() < capacity_;
}

void ProofQueue::work() {
  std::vector<Numbered> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_worker_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    worker_busy_ = true;
    for (std::size_t i = std::min(kBatch, waiting_.size()); i > 0; --i) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    lock.unlock();
    for (const Numbered& numbered : batch) run(numbered);
    batch.clear();
    lock.lock();
    worker_busy_ = false;
    if (waiting_.empty()) worker_idle_.notify_all();
  }
}

bool ProofQueue::settle() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    // From the end: the worker takes from the front.
    const Numbered numbered = std::move(waiting_.back());
    waiting_.pop_back();
    lock.unlock();
    run(numbered);
    lock.lock();
  }
  worker_idle_.wait(lock, [this] { return !worker_busy_; });
  return !failed();
}

std::string ProofQueue::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace shakedown::sim
