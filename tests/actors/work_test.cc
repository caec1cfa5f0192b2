// The cost table of actors: what `calibrate` writes, `--costs` reads and a run records.
#include "actors/workload/work.h"

#include <gtest/gtest.h>

namespace shakedown::actors {
namespace {

TEST(Work, IsTabulatedUnderTheNamesOfCostFiles) {
  EXPECT_EQ(typical_costs().to_json(), R"({
  "generate_key": "36us",
  "sign": "29us",
  "verify_signature": "87us",
  "issue_certificate": "500us",
  "decode_certificates": "590us",
  "validate_chain": "250us",
  "build_crl": "600us",
  "read_crl": "530us",
  "encrypt": "1us",
  "decrypt": "1us",
  "hsm_sign": "70us",
  "hsm_unwrap": "20us",
  "hsm_generate_key": "140us"
}
)");
  EXPECT_EQ(typical_costs().name_of(work::kHsmGenerateKey), "hsm_generate_key");
}

TEST(Work, IsChargedByAFileThatNamesSomeOfIt) {
  const auto costs = typical_costs().with_json(R"({"hsm_sign": "2ms"})");
  ASSERT_TRUE(costs) << costs.error().detail;
  EXPECT_EQ(costs->of(work::kHsmSign), std::chrono::milliseconds(2));
  EXPECT_EQ(costs->of(work::kSign), typical_costs().of(work::kSign));
  EXPECT_FALSE(typical_costs().with_json(R"({"hsm_sing": "2ms"})"));
}

}  // namespace
}  // namespace shakedown::actors
