// One row of the catalogue of things that go wrong with a call: what is arranged, and the step,
// code and verstat that the profiles answer with. For the negative_*_test.cc files; numbers are
// those of the catalogue (docs/profiles.md).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tn_auth_list.h"
#include "stir/verification/verification.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {

namespace extension = crypto::extension;
namespace oid = crypto::oid;

struct Expected {
  const char* step;  // "" passes.
  int code = 0;
  Verstat verstat = Verstat::kTnValidationFailed;
};

inline constexpr Expected kPasses{"", 0, Verstat::kTnValidationPassed};
inline constexpr auto kNone = Verstat::kNoTnValidation;

struct Case {
  const char* name;
  Expected rfc8224;
  Expected atis82;
  Expected strict;
  std::function<void(const Testbed&, Scene&)> arrange;
};

inline void expect(const Case& one,
                   const Scene& scene,
                   std::string_view profile,
                   const Expected& expected) {
  const auto ran = verify(scene, profile);
  const std::string where = std::string(one.name) + " / " + std::string(profile);
  EXPECT_EQ(ran.failed(), expected.step) << where << ": " << ran.verdict.detail;
  EXPECT_EQ(ran.verdict.code, expected.code) << where;
  EXPECT_EQ(to_string(ran.verdict.verstat), to_string(expected.verstat)) << where;
}

inline void run_all(const std::vector<Case>& cases) {
  const Testbed bed;
  for (const auto& one : cases) {
    Scene scene = scene_of(bed);
    one.arrange(bed, scene);
    expect(one, scene, "rfc8224", one.rfc8224);
    expect(one, scene, "atis82", one.atis82);
    expect(one, scene, "strict", one.strict);
  }
}

// The same failure everywhere, but for what ATIS-1000082 says about verstat.
inline Case everywhere(const char* name,
                       const char* step,
                       int code,
                       Verstat atis82,
                       std::function<void(const Testbed&, Scene&)> arrange) {
  return {name, {step, code}, {step, code, atis82}, {step, code}, std::move(arrange)};
}

// A PASSporT with changed content, signed again.
inline auto content(std::function<void(Passport&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    auto passport = bed.passport;
    change(passport);
    scene.identity = bed.identity(passport);
  };
}

// Header and payload as text, signed as they are.
inline auto signed_text(std::function<void(std::string& header, std::string& payload)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    std::string header = header_json(bed.passport);
    std::string payload = payload_json(bed.passport);
    change(header, payload);
    const std::string input =
        crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
    scene.identity = write_identity_header(encode(input, bed.leaf_key->sign(input).value()), kX5u);
  };
}

inline void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

inline auto replaced_in_header(std::string from, std::string to) {
  return signed_text([=](std::string& header, std::string&) { replace(header, from, to); });
}

inline auto replaced_in_payload(std::string from, std::string to) {
  return signed_text([=](std::string&, std::string& payload) { replace(payload, from, to); });
}

// The Identity value as text, after signing.
inline auto replaced_in_value(std::string from, std::string to) {
  return [=](const Testbed&, Scene& scene) { replace(scene.identity, from, to); };
}

inline auto signature_part(std::function<std::string(const crypto::Es256Signature&)> rewrite) {
  return [rewrite](const Testbed& bed, Scene& scene) {
    const auto input = signing_input(bed.passport);
    const auto signature = bed.leaf_key->sign(input).value();
    scene.identity = write_identity_header(input + "." + rewrite(signature), kX5u);
  };
}

inline std::string b64(std::string_view octets) { return crypto::base64url_encode(octets); }

inline auto x5u(std::string url) {
  return content([=](Passport& passport) { passport.x5u = url; });
}

inline auto fetch(FetchOutcome outcome) {
  return [=](const Testbed&, Scene& scene) {
    CertificateAnswer answer;
    answer.outcome = outcome;
    answer.detail = "as arranged";
    scene.answer = answer;
  };
}

inline auto body(std::function<std::string(const Testbed&)> make) {
  return
      [make](const Testbed& bed, Scene& scene) { scene.answer = read_certificate_body(make(bed)); };
}

inline auto leaf(std::function<void(const Testbed&, crypto::CertificateSpec&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    scene.chain.front() = bed.leaf_with([&](crypto::CertificateSpec& spec) { change(bed, spec); });
  };
}

inline auto leaf_list(std::vector<crypto::TnEntry> entries) {
  return leaf([entries](const Testbed&, crypto::CertificateSpec& spec) {
    Testbed::put(spec, extension::tn_auth_list(crypto::encode_tn_auth_list(entries).value()));
  });
}

inline auto leaf_list_der(std::string hex) {
  return leaf([hex](const Testbed&, crypto::CertificateSpec& spec) {
    Testbed::put(spec, extension::tn_auth_list(crypto::from_hex(hex).value()));
  });
}

inline auto intermediate(std::function<void(crypto::CertificateSpec&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    auto facts_of_ca = facts("Test CA One", *bed.intermediate_key);
    facts_of_ca.not_after = kNow + std::chrono::hours{24 * 1000};
    auto spec = make_intermediate(facts_of_ca, *bed.root, bed.crl_pointer()).value();
    change(spec);
    scene.chain[1] = sign_certificate(std::move(spec), *bed.root_key);
  };
}

}  // namespace shakedown::stir::test
