// The whole catalogue: the shared files and all cases, for one base time. Equal base times give
// equal octets (with one version of OpenSSL).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"
#include "vectors/drafting/case.h"

namespace shakedown::vectors {

inline constexpr int kCatalogueVersion = 1;
inline constexpr std::string_view kDefaultBaseTime = "2026-01-05T00:00:00Z";

// What a verifier is given once, for all cases.
struct SharedFiles {
  std::string trust_list;                 // Compact JWS of the STI-PA, to be served at kCaListUrl.
  std::string crl;                        // DER, at kCrlUrl.
  std::string signer_chain;               // PEM, at kSignerUrl: signer of both, its root.
  std::string policy_administrator_root;  // PEM: the verifier's only anchor by configuration.
  std::string trusted_roots;              // PEM: what the trust list names.
  std::string delisted_roots;             // PEM: what it once named and no longer does.
};

struct Catalogue {
  sim::Time base_time;
  SharedFiles shared;
  std::vector<Case> cases;  // Grouped, ids unique.
};

// `base_time` must be a whole second between 2023-04-01 (when version 5 of the certificate profile
// was in force for leaves) and 2035. Error: kMalformed. The RAND provider must be installed.
Result<Catalogue> build_catalogue(sim::Time base_time);

std::string_view group_of(const Case& one);  // "identity" of "identity/absent".

}  // namespace shakedown::vectors
