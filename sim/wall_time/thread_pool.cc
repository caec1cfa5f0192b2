#include "sim/wall_time/thread_pool.h"

#include <sys/prctl.h>

#include <system_error>

namespace shakedown::sim::wall {

bool ThreadPool::run(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) return false;
  if (idle_ > jobs_.size()) {
    jobs_.push_back(std::move(job));
    has_job_.notify_one();
    return true;
  }
  if (threads_.size() >= max_threads_) return false;
  jobs_.push_back(std::move(job));
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {  // The only way in which std::thread reports EAGAIN.
    jobs_.pop_back();
    return false;
  }
  ++idle_;  // The new thread is about to take the job.
  return true;
}

void ThreadPool::join() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    threads.swap(threads_);
    has_job_.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}

void ThreadPool::work() {
  // The kernel may end a wait 50 us late to save power; we would report that as lag.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  std::unique_lock lock(mutex_);
  while (true) {
    has_job_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    --idle_;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    ++idle_;
  }
}

}  // namespace shakedown::sim::wall
