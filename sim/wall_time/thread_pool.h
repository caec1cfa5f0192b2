// Threads for activities: one each, used again. Never a queue behind busy threads, for activities
// wait for one another and a queue would deadlock.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shakedown::sim::wall {

class ThreadPool {
 public:
  explicit ThreadPool(std::size_t max_threads)
      : max_threads_(max_threads) {}

  ~ThreadPool() { join(); }

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Runs `job` on a thread of its own. False: all threads are busy (or the machine has no more).
  bool run(std::function<void()> job);

  // Waits until every job has returned, then ends the threads. Afterwards run() refuses.
  void join();

 private:
  void work();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable has_job_;
  std::deque<std::function<void()>> jobs_;  // Never more than there are idle threads.
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace shakedown::sim::wall
