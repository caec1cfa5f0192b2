// Our own verifier against the catalogue, and the catalogue against itself.
#include "vectors/catalogue.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "stir/verification/verification_policy.h"
#include "tests/vectors/default_catalogue.h"
#include "vectors/catalogue_json.h"
#include "vectors/comparison.h"

namespace shakedown::vectors {
namespace {

TEST(VectorCatalogue, OurVerifierGivesExactlyTheExpectedVerdicts) {
  for (const auto& one : check(catalogue())) {
    ADD_FAILURE() << one.case_id << " under " << one.profile << ": expected "
                  << to_text(one.expected) << ", found " << to_text(one.found) << " (" << one.detail
                  << ')';
  }
}

TEST(VectorCatalogue, IsTheSameOctetByOctetWhenBuiltAgain) {
  const auto again = build_catalogue(catalogue().base_time);
  ASSERT_TRUE(again);
  const auto files = catalogue_files(catalogue());
  const auto files_again = catalogue_files(*again);
  ASSERT_EQ(files.size(), files_again.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_TRUE(files[i].content == files_again[i].content) << files[i].name;
  }
}

TEST(VectorCatalogue, HoldsForAnotherBaseTime) {
  catalogue();
  const auto later = build_catalogue(sim::parse_time("2031-07-14T12:34:56Z").value());
  ASSERT_TRUE(later);
  EXPECT_EQ(later->cases.size(), catalogue().cases.size());
  for (const auto& one : check(*later)) ADD_FAILURE() << one.case_id << " under " << one.profile;
}

TEST(VectorCatalogue, RefusesBaseTimesThatItsCertificatesDoNotFit) {
  EXPECT_FALSE(build_catalogue(sim::parse_time("2022-01-01T00:00:00Z").value()));
  EXPECT_FALSE(build_catalogue(sim::parse_time("2035-01-02T00:00:00Z").value()));
  EXPECT_FALSE(build_catalogue(sim::parse_time("2026-01-05T00:00:00.5Z").value()));
}

TEST(VectorCatalogue, NamesOurProfiles) {
  const auto profiles = stir::all_profiles();
  ASSERT_EQ(profiles.size(), kProfiles);
  for (std::size_t i = 0; i < kProfiles; ++i) EXPECT_EQ(profiles[i]->name, kProfileNames.at(i));
}

TEST(VectorCatalogue, SaysForEachCaseWhereItComesFrom) {
  for (const Case& one : catalogue().cases) {
    EXPECT_FALSE(one.title.empty()) << one.id;
    EXPECT_FALSE(one.clause.empty()) << one.id;
    EXPECT_TRUE(one.configuration.is_default() || !one.needs.empty()) << one.id;
  }
}

// A check that cannot fail is none: each case with another's expectations must differ somewhere.
TEST(VectorCatalogue, ACheckSeesAWrongExpectation) {
  Case wrong = catalogue().cases.front();
  wrong.expected = fails("signature_verifies", 438);
  EXPECT_EQ(check_case(catalogue().shared, wrong).size(), kProfiles);
}

}  // namespace
}  // namespace shakedown::vectors
