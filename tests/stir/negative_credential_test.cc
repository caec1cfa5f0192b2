// Certificates that cannot be had, trusted or used, and numbers that they do not cover.
#include "tests/stir/negative_cases.h"

namespace shakedown::stir::test {
namespace {

TEST(NegativeCases, UrlFetchAndBody) {
  constexpr Expected kUrl{"x5u_url_is_allowed", 436};
  constexpr Expected kUrlNone{"x5u_url_is_allowed", 436, kNone};
  constexpr Expected kFetch{"certificate_fetched", 436};
  constexpr Expected kFetchNone{"certificate_fetched", 436, kNone};
  constexpr Expected kBody{"certificate_parses", 436};
  constexpr Expected kBodyNone{"certificate_parses", 436, kNone};
  const auto url = [&](const char* name, std::string text) {
    return Case{name, kUrl, kUrlNone, kUrl, x5u(std::move(text))};
  };
  const auto fetched = [&](const char* name, FetchOutcome outcome) {
    return Case{name, kFetch, kFetchNone, kFetch, fetch(outcome)};
  };
  const auto pem = [](const Testbed& bed) {
    return crypto::write_pem({bed.leaf, bed.intermediate});
  };
  run_all({
      url("N67 http", "http://cr.acme-tel.test/1.pem"),
      url("N68 port 8080", "https://cr.acme-tel.test:8080/1.pem"),
      url("N68 port 80", "https://cr.acme-tel.test:80/1.pem"),
      url("N69 userinfo", "https://u:p@cr.acme-tel.test/1.pem"),
      url("N70 query", "https://cr.acme-tel.test/1.pem?v=1"),
      url("N70 empty query", "https://cr.acme-tel.test/1.pem?"),
      url("N71 fragment", "https://cr.acme-tel.test/1.pem#x"),
      url("N71 empty fragment", "https://cr.acme-tel.test/1.pem#"),
      url("N88 loopback", "https://127.0.0.1/1.pem"),
      url("N88 metadata service", "https://169.254.169.254/1.pem"),
      url("N88 IPv6 loopback", "https://[::1]/1.pem"),
      url("N88 decimal address", "https://2130706433/1.pem"),
      url("N88 localhost", "https://localhost/1.pem"),
      url("no path", "https://cr.acme-tel.test"),
      {"port 8443", kPasses, kPasses, kPasses, x5u("https://cr.acme-tel.test:8443/1.pem")},
      fetched("N72 redirect", FetchOutcome::kRedirect),
      fetched("N73 404", FetchOutcome::kStatus),
      fetched("N74 time-out", FetchOutcome::kTimeout),
      fetched("N74 refused", FetchOutcome::kUnreachable),
      {"N76 body over the cap", kBody, kBodyNone, kBody,
       body([](const Testbed&) { return std::string(17 * 1024, 'x'); })},
      {"N77 empty body", kBody, kBodyNone, kBody, body([](const Testbed&) { return ""; })},
      {"N77 HTML", kBody, kBodyNone, kBody,
       body([](const Testbed&) { return "<html>no such file</html>"; })},
      {"N78 DER", kPasses, kPasses, kBody,
       [](const Testbed& bed, Scene& scene) {
         // One certificate only: its issuer must then be an anchor.
         scene.answer = read_certificate_body(bed.leaf->der());
         scene.anchors.push_back(bed.intermediate);
       }},
      {"N79 text before the blocks", kPasses, kPasses, kBody,
       body([pem](const Testbed& bed) { return "Subject: SHAKEN\n" + pem(bed); })},
      {"N80 private key", kBody, kBodyNone, kBody, body([pem](const Testbed& bed) {
         return pem(bed) + std::string(bed.leaf_key->to_pem().view());
       })},
      {"N85 too many certificates",
       {"certificate_parses", 437},
       kBodyNone,
       {"certificate_parses", 437},
       body([](const Testbed& bed) {
         return crypto::write_pem(std::vector<crypto::CertificatePtr>(7, bed.leaf));
       })},
      {"malformed certificate",
       {"certificate_parses", 437},
       kBodyNone,
       {"certificate_parses", 437},
       body([](const Testbed&) { return crypto::write_pem("CERTIFICATE", "\x30\x01\x00"); })},
  });
}

TEST(NegativeCases, Path) {
  const auto path = [](const char* name, std::function<void(const Testbed&, Scene&)> arrange) {
    constexpr Expected kPath{"chain_is_trusted", 437};
    return Case{name, kPath, kPath, kPath, std::move(arrange)};
  };
  constexpr auto kHour = std::chrono::hours{1};
  run_all({
      {"N82 root first",
       {"certificate_profile", 437},
       {"certificate_profile", 437},
       {"certificate_profile", 437},
       [](const Testbed&, Scene& s) { std::swap(s.chain[0], s.chain[1]); }},
      path("N83 intermediate missing", [](const Testbed&, Scene& s) { s.chain.pop_back(); }),
      {"N84 unrelated certificate", kPasses, kPasses, kPasses,
       [](const Testbed& bed, Scene& s) { s.chain.push_back(bed.pa_signer); }},
      path("N91 expired", leaf([=](const Testbed&, auto& spec) { spec.not_after = kNow - kHour; })),
      path("N92 not yet valid",
           leaf([=](const Testbed&, auto& spec) { spec.not_before = kNow + kHour; })),
      {"N93 iat before notBefore",
       {"signed_within_validity", 437},
       kPasses,
       {"signed_within_validity", 437},
       [](const Testbed& bed, Scene& scene) {
         scene.chain.front() = bed.leaf_with([](auto& spec) { spec.not_before = kNow; });
         content([](Passport& p) { p.iat -= 30; })(bed, scene);
       }},
      path("N94 intermediate expired",
           intermediate([=](auto& spec) { spec.not_after = kNow - kHour; })),
      path("N95 root not listed", [](const Testbed& bed, Scene& s) { s.anchors = {bed.pa_root}; }),
      path("N96 no root listed", [](const Testbed&, Scene& s) { s.anchors.clear(); }),
      path("N97 self-signed",
           [](const Testbed& bed, Scene& scene) {
             auto spec = bed.leaf_spec();
             spec.issuer = std::get<crypto::Name>(spec.subject);
             Testbed::drop(spec, oid::kAuthorityKeyIdentifier);
             scene.chain = {sign_certificate(std::move(spec), *bed.leaf_key)};
           }),
      path("N99 certificate signed by another key",
           [](const Testbed& bed, Scene& scene) {
             scene.chain.front() = sign_certificate(bed.leaf_spec(), *key(9));
           }),
      path("N100 issuer name differs", leaf([](const Testbed&, auto& spec) {
             spec.issuer = crypto::Name{{{"C", "US", false}, {"CN", "Somebody", false}}};
           })),
      path("N102 intermediate is no CA", intermediate([](auto& spec) {
             Testbed::put(spec, extension::basic_constraints(false));
           })),
      path("N104 intermediate may not sign", intermediate([](auto& spec) {
             Testbed::put(spec, extension::key_usage(crypto::kDigitalSignature));
           })),
      path("N106 leaf used as a CA",
           [](const Testbed& bed, Scene& scene) {
             auto spec =
                 make_end_entity(facts("Mallory", *key(9)), "709J", *bed.leaf, bed.crl_pointer())
                     .value();
             scene.chain = {sign_certificate(std::move(spec), *bed.leaf_key), bed.leaf,
                            bed.intermediate};
           }),
      path("N110 unknown critical extension", leaf([](const Testbed&, auto& spec) {
             Testbed::put(spec,
                          extension::raw("1.3.6.1.4.1.99999.7", true, std::string("\x05\x00", 2)));
           })),
      path("N118 critical TNAuthList", leaf([](const Testbed&, auto& spec) {
             for (auto& one : spec.extensions) {
               if (one.oid == oid::kTnAuthList) one.critical = true;
             }
           })),
  });
}

TEST(NegativeCases, PathLength) {  // N103
  const Testbed bed;
  Scene scene = scene_of(bed);
  auto root_facts = facts("Test CA One", *bed.root_key);
  root_facts.path_length = 0;
  const auto root = sign_certificate(make_root(root_facts).value(), *bed.root_key);
  const auto sub_facts = facts("Test CA Two", *key(6));
  const auto sub =
      sign_certificate(make_intermediate(sub_facts, *bed.intermediate, bed.crl_pointer()).value(),
                       *bed.intermediate_key);
  const auto leaf_certificate = sign_certificate(
      make_end_entity(facts("Acme Telecom", *bed.leaf_key), "709J", *sub, bed.crl_pointer())
          .value(),
      *key(6));
  scene.chain = {leaf_certificate, sub, bed.intermediate};
  EXPECT_TRUE(verify(scene).verdict.passed);
  scene.anchors = {root};
  const auto ran = verify(scene);
  EXPECT_EQ(ran.failed(), "chain_is_trusted");
  EXPECT_NE(ran.verdict.detail.find("path_too_long"), std::string::npos) << ran.verdict.detail;
}

TEST(NegativeCases, CertificateProfile) {
  constexpr Expected kProfile{"certificate_profile", 437};
  const auto error = [&](const char* name, std::function<void(const Testbed&, Scene&)> arrange) {
    return Case{name, kProfile, kProfile, kProfile, std::move(arrange)};
  };
  const auto lint = [&](const char* name, std::function<void(const Testbed&, Scene&)> arrange) {
    return Case{name, kPasses, kPasses, kProfile, std::move(arrange)};
  };
  using Entry = crypto::TnEntry;
  run_all({
      error("N105 leaf with cA TRUE", leaf([](const Testbed&, auto& spec) {
              Testbed::put(spec, extension::basic_constraints(true));
              Testbed::put(spec,
                           extension::key_usage(crypto::kDigitalSignature | crypto::kKeyCertSign));
            })),
      error("N107 no keyUsage",
            leaf([](const Testbed&, auto& spec) { Testbed::drop(spec, oid::kKeyUsage); })),
      error("N107 keyUsage without digitalSignature", leaf([](const Testbed&, auto& spec) {
              Testbed::put(spec, extension::key_usage(crypto::kKeyAgreement));
            })),
      lint("N108 more key usages", leaf([](const Testbed&, auto& spec) {
             Testbed::put(spec,
                          extension::key_usage(crypto::kDigitalSignature | crypto::kKeyAgreement));
           })),
      lint("N109 keyUsage not critical", leaf([](const Testbed&, auto& spec) {
             auto usage = extension::key_usage(crypto::kDigitalSignature);
             usage.critical = false;
             Testbed::put(spec, usage);
           })),
      error("N115 no TNAuthList",
            leaf([](const Testbed&, auto& spec) { Testbed::drop(spec, oid::kTnAuthList); })),
      error("N116 empty TNAuthList", leaf_list_der("3000")),
      error("N117 implicit tag", leaf_list_der("3006a00431323334")),
      error("N117 UTF8String", leaf_list_der("3008a0060c0431323334")),
      error("N117 octets left over", leaf_list_der("3008a00616043132333400")),
      error("N117 indefinite length", leaf_list_der("3080a0061604313233340000")),
      error("N119 TNAuthList twice", leaf([](const Testbed&, auto& spec) {
              spec.extensions.push_back(spec.extensions.back());
            })),
      lint("N120 two provider codes",
           leaf_list({Entry::service_provider_code("709J"), Entry::service_provider_code("818H")})),
      lint("N121 lower-case provider code", leaf_list({Entry::service_provider_code("709j")})),
      error("N125 range of one", leaf_list({Entry::range("12015550100", 1)})),
      error("N125 range that gains a digit", leaf_list({Entry::range("99", 5)})),
      error("N125 range from a star", leaf_list({Entry::range("*2", 5)})),
      lint("N130 CN of another provider", leaf([](const Testbed&, auto& spec) {
             spec.subject = crypto::Name{{{"C", "US", false},
                                          {"O", "Acme (TEST - NOT TRUSTED)", false},
                                          {"CN", "SHAKEN 818H", false}}};
           })),
      lint("N131 no organisation", leaf([](const Testbed&, auto& spec) {
             spec.subject = crypto::Name{{{"C", "US", false}, {"CN", "SHAKEN 709J", false}}};
           })),
      lint("N132 no policy", leaf([](const Testbed&, auto& spec) {
             Testbed::drop(spec, oid::kCertificatePolicies);
           })),
      lint("N132 another policy", leaf([](const Testbed&, auto& spec) {
             Testbed::put(spec, extension::certificate_policies({"1.2.3.4"}));
           })),
      lint("N133 no distribution point", leaf([](const Testbed&, auto& spec) {
             Testbed::drop(spec, oid::kCrlDistributionPoints);
           })),
      {"N133 no cRLIssuer", kPasses, kPasses, kPasses, leaf([](const Testbed&, auto& spec) {
         Testbed::put(spec, extension::crl_distribution_points(kCrlUrl));
       })},
      lint("N134 AIA", leaf([](const Testbed&, auto& spec) {
             Testbed::put(spec, extension::authority_info_access(
                                    {{std::string(oid::kCaIssuers), "http://ca.test/ca.crt"}}));
           })),
      lint("N135 serial zero",
           leaf([](const Testbed&, auto& spec) { spec.serial = std::string(1, '\0'); })),
      lint("N135 serial of 21 octets",
           leaf([](const Testbed&, auto& spec) { spec.serial = std::string(21, '\x11'); })),
      error("N136 version 1", leaf([](const Testbed&, auto& spec) { spec.version = 1; })),
      lint("N132 policies in the root",
           [](const Testbed& bed, Scene& scene) {
             auto root_facts = facts("Test CA One", *bed.root_key);
             root_facts.not_before = kNow - std::chrono::hours{24 * 365};
             root_facts.not_after = kNow + std::chrono::hours{24 * 3650};
             auto spec = make_root(root_facts).value();
             Testbed::put(spec, extension::certificate_policies({std::string(kShakenPolicy)}));
             scene.anchors = {sign_certificate(std::move(spec), *bed.root_key)};
           }),
  });
}

TEST(NegativeCases, ScopeAndConstraints) {
  using Entry = crypto::TnEntry;
  const auto constrained = [](crypto::JwtClaimConstraints constraints, bool enhanced) {
    return leaf([=](const Testbed&, crypto::CertificateSpec& spec) {
      Testbed::put(
          spec, enhanced ? extension::enhanced_jwt_claim_constraints(
                               crypto::encode_enhanced_jwt_claim_constraints(constraints).value())
                         : extension::jwt_claim_constraints(
                               crypto::encode_jwt_claim_constraints(constraints).value()));
    });
  };
  constexpr Expected kHold{"claim_constraints_hold", 438};
  constexpr Expected kHoldNone{"claim_constraints_hold", 438, kNone};
  constexpr Expected kProfile{"certificate_profile", 437};
  crypto::JwtClaimConstraints only_b_and_c;
  only_b_and_c.permitted_values = {{"attest", {"B", "C"}}};
  crypto::JwtClaimConstraints needs_rcd;
  needs_rcd.must_include = {"rcd"};
  crypto::JwtClaimConstraints without_iat;
  without_iat.must_exclude = {"iat", "attest"};
  run_all({
      // Strict refuses first what the base profile does not know.
      {"N137 attest not permitted", kHold, kHoldNone, kProfile, constrained(only_b_and_c, false)},
      {"N138 rcd missing", kHold, kHoldNone, kProfile, constrained(needs_rcd, false)},
      {"N139 attest forbidden", kHold, kHoldNone, kProfile,
       constrained(no_shaken_passports(), true)},
      {"RFC 9118 §3: forbidding iat makes the extension void", kPasses, kPasses, kProfile,
       constrained(without_iat, true)},
      {"RFC 9118 §6: both extensions", kProfile, kProfile, kProfile,
       [&](const Testbed& bed, Scene& scene) {
         scene.chain.front() = bed.leaf_with([&](crypto::CertificateSpec& spec) {
           spec.extensions.push_back(extension::jwt_claim_constraints(
               crypto::encode_jwt_claim_constraints(needs_rcd).value()));
           spec.extensions.push_back(extension::enhanced_jwt_claim_constraints(
               crypto::encode_enhanced_jwt_claim_constraints(needs_rcd).value()));
         });
       }},
      // Numbers only: a SHAKEN leaf should not, so profiles that insist say so before the scope
      // does.
      {"N122 numbers only, covered",
       kPasses,
       {"spc_is_present", 437},
       kProfile,
       leaf_list({Entry::range("12015550100", 10)})},
      {"N123 outside the numbers",
       {"orig_is_covered", 438},
       {"spc_is_present", 437},
       kProfile,
       leaf_list({Entry::one("12015550199")})},
      {"N124 first number after the range",
       {"orig_is_covered", 438},
       {"spc_is_present", 437},
       kProfile,
       leaf_list({Entry::range("12015550091", 10)})},
      {"last number of the range",
       kPasses,
       {"spc_is_present", 437},
       kProfile,
       leaf_list({Entry::range("12015550092", 10)})},
  });
}

TEST(NegativeCases, Revocation) {
  const auto revoked = [](std::size_t position) {
    return [position](const Testbed&, Scene& scene) {
      scene.revocation = {RevocationState::kRevoked, "keyCompromise", position, kNow};
    };
  };
  constexpr Expected kRevoked{"not_revoked", 437};
  run_all({
      {"N140 leaf revoked", kRevoked, kRevoked, kRevoked, revoked(0)},
      {"N141 intermediate revoked", kRevoked, kRevoked, kRevoked, revoked(1)},
      {"N144 no usable list", kPasses, kPasses, kRevoked,
       [](const Testbed&, Scene& s) { s.revocation = revocation_undetermined("expired"); }},
  });
}

}  // namespace
}  // namespace shakedown::stir::test
