// The precautions of sim/virtual_time/fiber.cc.
#include "sim/virtual_time/fiber.h"

#include <gtest/gtest.h>

#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace shakedown::sim {
namespace {

struct Job {
  Fiber fiber;
  int number = 0;
  int rounds = 3;
  std::string seen;
};

TEST(Fiber, SuspendsAndResumesInTheMiddle) {
  StackPool stacks;
  Job job;
  ASSERT_TRUE(job.fiber.prepare(
      stacks,
      [](void* argument) {
        Job& self = *static_cast<Job*>(argument);
        self.seen += "a";
        self.fiber.suspend();
        self.seen += "b";
      },
      &job));
  EXPECT_EQ(job.seen, "");
  job.fiber.resume();
  EXPECT_EQ(job.seen, "a");
  EXPECT_FALSE(job.fiber.is_idle());
  job.fiber.resume();
  EXPECT_EQ(job.seen, "ab");
  EXPECT_TRUE(job.fiber.is_idle());
}

void rethrow_after_sleeping(void* argument) {
  Job& self = *static_cast<Job*>(argument);
  for (int i = 0; i < self.rounds; ++i) {
    try {
      throw std::runtime_error(std::to_string(self.number));
    } catch (const std::exception&) {
      self.fiber.suspend();
      try {
        throw;
      } catch (const std::exception& error) {
        self.seen += error.what();
      }
    }
  }
}

TEST(Fiber, ExceptionsInHandOfTwoFibersDoNotMix) {
  StackPool stacks;
  Job one;
  Job two;
  one.number = 1;
  two.number = 2;
  ASSERT_TRUE(one.fiber.prepare(stacks, rethrow_after_sleeping, &one));
  ASSERT_TRUE(two.fiber.prepare(stacks, rethrow_after_sleeping, &two));
  while (!one.fiber.is_idle() || !two.fiber.is_idle()) {
    if (!one.fiber.is_idle()) one.fiber.resume();
    EXPECT_EQ(std::current_exception(), nullptr);
    if (!two.fiber.is_idle()) two.fiber.resume();
  }
  EXPECT_EQ(one.seen, "111");
  EXPECT_EQ(two.seen, "222");
}

TEST(Fiber, ResumedInsideACatchBlockItDoesNotSeeTheCallersException) {
  StackPool stacks;
  Job job;
  ASSERT_TRUE(job.fiber.prepare(
      stacks,
      [](void* argument) {
        Job& self = *static_cast<Job*>(argument);
        self.number = std::current_exception() == nullptr ? 1 : 2;
      },
      &job));
  try {
    throw std::runtime_error("outer");
  } catch (const std::exception&) {
    job.fiber.resume();
    EXPECT_NE(std::current_exception(), nullptr);
  }
  EXPECT_EQ(job.number, 1);
}

TEST(Fiber, StacksAreReused) {
  StackPool stacks;
  std::vector<const void*> addresses;

  struct Local {
    Fiber fiber;
    std::vector<const void*>* addresses;
  } local{{}, &addresses};

  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(local.fiber.prepare(
        stacks,
        [](void* argument) {
          auto& self = *static_cast<Local*>(argument);
          volatile char here = 0;
          self.addresses->push_back(const_cast<char*>(&here));
        },
        &local));
    local.fiber.resume();
  }
  const auto distance = [&](std::size_t a, std::size_t b) {
    return std::abs(static_cast<const char*>(addresses[a]) -
                    static_cast<const char*>(addresses[b]));
  };
  EXPECT_LT(distance(0, 1), 65'536);
  EXPECT_LT(distance(1, 2), 65'536);
}

// Painted stack: deep frames of one fiber leave another's intact.
void use_much_stack(int depth, Fiber& fiber) {
  char frame[1024];
  std::memset(frame, depth, sizeof frame);
  if (depth > 0) {
    use_much_stack(depth - 1, fiber);
  } else {
    fiber.suspend();
  }
  for (const char c : frame) ASSERT_EQ(c, static_cast<char>(depth));
}

TEST(Fiber, ThirtyKibibytesOfFramesFit) {
  StackPool stacks;
  std::vector<std::unique_ptr<Job>> jobs;
  for (int i = 0; i < 20; ++i) {
    jobs.push_back(std::make_unique<Job>());
    ASSERT_TRUE(jobs.back()->fiber.prepare(
        stacks, [](void* a) { use_much_stack(30, static_cast<Job*>(a)->fiber); },
        jobs.back().get()));
  }
  for (int round = 0; round < 2; ++round) {
    for (const auto& job : jobs) job->fiber.resume();
  }
  for (const auto& job : jobs) EXPECT_TRUE(job->fiber.is_idle());
}

int overflow(int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth > 1'000'000 ? 0 : overflow(depth + 1) + frame[0];
}

TEST(FiberDeathTest, AnOverflowMeetsTheGuardPage) {
  EXPECT_DEATH(
      {
        StackPool stacks;
        Job job;
        job.fiber.prepare(
            stacks, [](void* a) { static_cast<Job*>(a)->number = overflow(0); }, &job);
        job.fiber.resume();
      },
      "");
}

}  // namespace
}  // namespace shakedown::sim
