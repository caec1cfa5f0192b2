// An actor's k servers and the queue before them, first come first served. Because each job's
// service time is known when it comes, its end is known too, and the queue is only the times at
// which the servers become free.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::sim {

class ServerQueue {
 public:
  explicit ServerQueue(unsigned servers)
      : free_at_(servers, Time::min()) {
    SHAKEDOWN_ASSERT(servers > 0);
  }

  // When a job that comes now will be done. Jobs must be admitted in the order of `now`.
  Time admit(Time now, Duration service_time) {
    const auto first_free = std::min_element(free_at_.begin(), free_at_.end());
    *first_free = std::max(now, *first_free) + service_time;
    return *first_free;
  }

 private:
  std::vector<Time> free_at_;
};

}  // namespace shakedown::sim
