// The catalogue for the default base time, made once a process.
#pragma once

#include <gtest/gtest.h>

#include "crypto/keys/randomness.h"
#include "vectors/catalogue.h"

namespace shakedown::vectors {

inline const Catalogue& catalogue() {
  static const Catalogue all = [] {
    EXPECT_TRUE(crypto::install_randomness_provider());
    return build_catalogue(sim::parse_time(kDefaultBaseTime).value()).value();
  }();
  return all;
}

}  // namespace shakedown::vectors
