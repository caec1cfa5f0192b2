// What actors compute: the kinds of sim::Work that there are. work.cc tabulates their names and
// typical costs; what is none of these is sim::Work::kOther.
#pragma once

#include "sim/costs.h"
#include "sim/env.h"

namespace shakedown::actors {

namespace work {
inline constexpr sim::Work kGenerateKey{1};
inline constexpr sim::Work kSign{2};
inline constexpr sim::Work kVerifySignature{3};
inline constexpr sim::Work kIssueCertificate{4};
inline constexpr sim::Work kDecodeCertificates{5};
inline constexpr sim::Work kValidateChain{6};
inline constexpr sim::Work kBuildCrl{7};
inline constexpr sim::Work kReadCrl{8};
inline constexpr sim::Work kEncrypt{9};
inline constexpr sim::Work kDecrypt{10};
inline constexpr sim::Work kHsmSign{11};
inline constexpr sim::Work kHsmUnwrap{12};
inline constexpr sim::Work kHsmGenerateKey{13};
}  // namespace work

// The cost table of every world of actors, with the figures of one core (docs/architecture.md says
// where they were measured).
sim::Costs typical_costs();

}  // namespace shakedown::actors
