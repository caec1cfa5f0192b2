// How a forwarding provider says that a call was forwarded (RFC 8946), rightly or not.
#pragma once

#include <cstdint>

namespace shakedown::actors {

enum class Diversion : std::uint8_t {
  kHonest,           // A div PASSporT beside what the call had.
  kNone,             // No div PASSporT.
  kAlone,            // A div PASSporT, without the PASSporTs that it refers to.
  kOtherNumber,      // div names a number that was not called.
  kOtherTarget,      // dest is not where the call goes.
  kOtherCaller,      // orig is somebody else's.
  kBrokenSignature,  // Changed after signing.
};

}  // namespace shakedown::actors
