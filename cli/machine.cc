#include "cli/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>

#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"

namespace shakedown::cli {
namespace {

std::atomic<sim::World*> world_to_stop{nullptr};
std::atomic<int> signals_seen{0};

extern "C" void handle_signal(int number) {
  if (signals_seen.fetch_add(1) > 0) _exit(128 + number);
  if (sim::World* world = world_to_stop.load()) world->stop();
}

}  // namespace

sim::Time machine_time() { return sim::Time{std::chrono::system_clock::now().time_since_epoch()}; }

std::int64_t monotonic_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string host_facts() {
  utsname names{};
  uname(&names);
  return std::string(names.machine) + ", " + std::to_string(std::thread::hardware_concurrency()) +
         " cores, " + names.sysname + " " + names.release;
}

std::string sha256_hex(std::string_view text) {
  return crypto::to_hex(crypto::as_view(crypto::sha256(text)));
}

bool stdout_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

bool use_colour(bool is_terminal) {
  const char* no_color = std::getenv("NO_COLOR");
  return is_terminal && (no_color == nullptr || *no_color == '\0');
}

SignalGuard::SignalGuard(sim::World& world) {
  world_to_stop.store(&world);
  signals_seen.store(0);
  std::signal(SIGINT, handle_signal);
  std::signal(SIGTERM, handle_signal);
}

SignalGuard::~SignalGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  world_to_stop.store(nullptr);
}

}  // namespace shakedown::cli
