// Runs our own verifier over the catalogue and compares. It sees what an outsider sees: the INVITE,
// the HTTP transcript, the shared files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "stir/verification/verification.h"
#include "vectors/catalogue.h"

namespace shakedown::vectors {

// The verdict on the call: of the Identity header field that decides.
stir::Verdict judge(const SharedFiles& shared, const Case& one, const stir::PolicyProfile& profile);

struct Difference {
  std::string case_id;
  std::string_view profile;
  Expectation expected;
  Expectation found;
  std::string detail;  // Why, as the verifier says.
};

std::vector<Difference> check_case(const SharedFiles& shared, const Case& one);
// All cases under all profiles.
std::vector<Difference> check(const Catalogue& catalogue);

}  // namespace shakedown::vectors
