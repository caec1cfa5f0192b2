// The entry points that libFuzzer calls. SHAKEDOWN_FUZZ_TARGET names the parser; with
// SHAKEDOWN_FUZZ_SEEDS=FOLDER the seeds are written there and the process ends.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/fuzz/targets.h"

namespace {

const shakedown::fuzz::Target* target = nullptr;

int write_seeds(const std::string& folder) {
  std::size_t number = 0;
  for (const std::string& seed : shakedown::fuzz::seeds()) {
    std::ofstream file(folder + "/" + std::to_string(++number), std::ios::binary);
    file << seed;
    if (!file.flush()) return 6;
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (const char* folder = std::getenv("SHAKEDOWN_FUZZ_SEEDS")) std::exit(write_seeds(folder));
  const char* name = std::getenv("SHAKEDOWN_FUZZ_TARGET");
  target = name == nullptr ? nullptr : shakedown::fuzz::target_by_name(name);
  if (target != nullptr) return 0;
  std::fprintf(stderr, "SHAKEDOWN_FUZZ_TARGET must be one of:");
  for (const auto& one : shakedown::fuzz::targets()) {
    std::fprintf(stderr, " %s", std::string(one.name).c_str());
  }
  std::fprintf(stderr, "\n");
  std::exit(4);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
