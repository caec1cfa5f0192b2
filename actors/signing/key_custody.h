// Where a signer's private keys are.
#pragma once

#include <cstdint>

namespace shakedown::actors {

enum class KeyCustody : std::uint8_t {
  kMemory,    // In the process.
  kEnvelope,  // Under a data key that a master key service wraps.
  kHsm,       // In an HSM.
};

}  // namespace shakedown::actors
