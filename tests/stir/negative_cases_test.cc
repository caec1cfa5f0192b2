// The catalogue of things that go wrong with a call, each with the step, code and verstat that the
// profiles answer with. Numbers are those of the project's catalogue (docs/profiles.md).
#include <gtest/gtest.h>

#include <functional>

#include "actors/crypto/bytes.h"
#include "actors/crypto/pem.h"
#include "actors/crypto/tn_auth_list.h"
#include "actors/stir/verification.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;

struct Expected {
  const char* step;  // "" passes.
  int code = 0;
  Verstat verstat = Verstat::kTnValidationFailed;
};

constexpr Expected kPasses{"", 0, Verstat::kTnValidationPassed};
constexpr auto kNone = Verstat::kNoTnValidation;

struct Case {
  const char* name;
  Expected rfc8224;
  Expected atis82;
  Expected strict;
  std::function<void(const Testbed&, Scene&)> arrange;
};

void expect(const Case& one,
            const Scene& scene,
            std::string_view profile,
            const Expected& expected) {
  const auto ran = verify(scene, profile);
  const std::string where = std::string(one.name) + " / " + std::string(profile);
  EXPECT_EQ(ran.failed(), expected.step) << where << ": " << ran.verdict.detail;
  EXPECT_EQ(ran.verdict.code, expected.code) << where;
  EXPECT_EQ(to_string(ran.verdict.verstat), to_string(expected.verstat)) << where;
}

void run_all(const std::vector<Case>& cases) {
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
Case everywhere(const char* name,
                const char* step,
                int code,
                Verstat atis82,
                std::function<void(const Testbed&, Scene&)> arrange) {
  return {name, {step, code}, {step, code, atis82}, {step, code}, std::move(arrange)};
}

// A PASSporT with changed content, signed again.
auto content(std::function<void(Passport&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    auto passport = bed.passport;
    change(passport);
    scene.identity = bed.identity(passport);
  };
}

// Header and payload as text, signed as they are.
auto signed_text(std::function<void(std::string& header, std::string& payload)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    std::string header = header_json(bed.passport);
    std::string payload = payload_json(bed.passport);
    change(header, payload);
    const std::string input =
        crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
    scene.identity = write_identity_header(encode(input, bed.leaf_key->sign(input).value()), kX5u);
  };
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

auto replaced_in_header(std::string from, std::string to) {
  return signed_text([=](std::string& header, std::string&) { replace(header, from, to); });
}

auto replaced_in_payload(std::string from, std::string to) {
  return signed_text([=](std::string&, std::string& payload) { replace(payload, from, to); });
}

// The Identity value as text, after signing.
auto replaced_in_value(std::string from, std::string to) {
  return [=](const Testbed&, Scene& scene) { replace(scene.identity, from, to); };
}

auto signature_part(std::function<std::string(const crypto::Es256Signature&)> rewrite) {
  return [rewrite](const Testbed& bed, Scene& scene) {
    const auto input = signing_input(bed.passport);
    const auto signature = bed.leaf_key->sign(input).value();
    scene.identity = write_identity_header(input + "." + rewrite(signature), kX5u);
  };
}

std::string b64(std::string_view octets) { return crypto::base64url_encode(octets); }

auto x5u(std::string url) {
  return content([=](Passport& passport) { passport.x5u = url; });
}

auto fetch(FetchOutcome outcome) {
  return [=](const Testbed&, Scene& scene) {
    CertificateAnswer answer;
    answer.outcome = outcome;
    answer.detail = "as arranged";
    scene.answer = answer;
  };
}

auto body(std::function<std::string(const Testbed&)> make) {
  return
      [make](const Testbed& bed, Scene& scene) { scene.answer = read_certificate_body(make(bed)); };
}

auto leaf(std::function<void(const Testbed&, crypto::CertificateSpec&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    scene.chain.front() = bed.leaf_with([&](crypto::CertificateSpec& spec) { change(bed, spec); });
  };
}

auto leaf_list(std::vector<crypto::TnEntry> entries) {
  return leaf([entries](const Testbed&, crypto::CertificateSpec& spec) {
    Testbed::put(spec, extension::tn_auth_list(crypto::encode_tn_auth_list(entries).value()));
  });
}

auto leaf_list_der(std::string hex) {
  return leaf([hex](const Testbed&, crypto::CertificateSpec& spec) {
    Testbed::put(spec, extension::tn_auth_list(crypto::from_hex(hex).value()));
  });
}

auto intermediate(std::function<void(crypto::CertificateSpec&)> change) {
  return [change](const Testbed& bed, Scene& scene) {
    auto facts_of_ca = facts("Test CA One", *bed.intermediate_key);
    facts_of_ca.not_after = kNow + std::chrono::hours{24 * 1000};
    auto spec = make_intermediate(facts_of_ca, *bed.root, bed.crl_pointer()).value();
    change(spec);
    scene.chain[1] = sign_certificate(std::move(spec), *bed.root_key);
  };
}

TEST(NegativeCases, IdentityAndJoseHeader) {
  constexpr Expected kBad438{"identity_well_formed", 438};
  constexpr Expected kBad438None{"identity_well_formed", 438, kNone};
  run_all({
      {"N01 no Identity",
       {"identity_present", 0, kNone},
       {"identity_present", 0, kNone},
       {"identity_present", 0, kNone},
       [](const Testbed&, Scene& s) { s.has_identity = false; }},
      {"N02 unsupported ppt",
       {"ppt_is_supported", 0, kNone},
       {"ppt_is_supported", 438, kNone},
       {"ppt_is_supported", 0, kNone},
       content([](Passport& p) { p.ppt = "rph"; })},
      {"N05 no info",
       {"info_is_a_uri", 438},
       {"info_is_a_uri", 436, kNone},
       {"info_is_a_uri", 438},
       replaced_in_value(";info=<" + std::string(kX5u) + ">", "")},
      {"N06 info without brackets", kBad438, kBad438None, kBad438,
       replaced_in_value("<" + std::string(kX5u) + ">", std::string(kX5u))},
      {"N07 info is not x5u",
       {"info_matches_x5u", 438},
       {"info_matches_x5u", 436, kNone},
       {"info_matches_x5u", 438},
       replaced_in_value("/1.pem>", "/2.pem>")},
      {"N08 info and x5u differ in case",
       {"info_matches_x5u", 438},
       {"info_matches_x5u", 436, kNone},
       {"info_matches_x5u", 438},
       replaced_in_value("<https://cr.", "<https://CR.")},
      {"N08 default port",
       {"info_matches_x5u", 438},
       {"info_matches_x5u", 436, kNone},
       {"info_matches_x5u", 438},
       replaced_in_value(".test/", ".test:443/")},
      everywhere("N09 alg parameter differs", "alg_matches", 438, kNone,
                 replaced_in_value("alg=ES256", "alg=ES384")),
      {"N10 alg none",
       {"algorithm_is_es256", 438},
       {"algorithm_is_es256", 437, kNone},
       {"algorithm_is_es256", 438},
       replaced_in_header("ES256", "none")},
      {"N11 alg HS256",
       {"algorithm_is_es256", 438},
       {"algorithm_is_es256", 437, kNone},
       {"algorithm_is_es256", 438},
       replaced_in_header("ES256", "HS256")},
      {"N12 alg ES384",
       {"algorithm_is_es256", 438},
       {"algorithm_is_es256", 437, kNone},
       {"algorithm_is_es256", 438},
       replaced_in_header("ES256", "ES384")},
      {"N13 typ missing",
       {"passport_header_complete", 438},
       {"passport_header_complete", 436, kNone},
       {"passport_header_complete", 438},
       replaced_in_header(R"("typ":"passport",)", "")},
      {"N13 typ JWT",
       {"typ_is_passport", 438},
       {"typ_is_passport", 437, kNone},
       {"typ_is_passport", 438},
       replaced_in_header("\"passport\"", "\"JWT\"")},
      {"N14 ppt only in the parameter",
       {"ppt_matches", 438},
       {"passport_header_complete", 436, kNone},
       {"ppt_matches", 438},
       replaced_in_header(R"("ppt":"shaken",)", "")},
      {"N14 ppt only in the token",
       {"ppt_matches", 438},
       {"ppt_is_supported", 438, kNone},
       {"ppt_matches", 438},
       replaced_in_value(";ppt=shaken", "")},
      {"N15 x5u missing",
       {"passport_header_complete", 438},
       {"passport_header_complete", 436, kNone},
       {"passport_header_complete", 438},
       replaced_in_header(",\"x5u\":\"" + std::string(kX5u) + "\"", "")},
      {"N16 alg twice",
       {"passport_header_well_formed", 438},
       {"passport_header_well_formed", 436, kNone},
       {"passport_header_well_formed", 438},
       replaced_in_header("{\"alg\":\"ES256\",", "{\"alg\":\"ES256\",\"alg\":\"ES256\",")},
      {"N17 crit",
       {"passport_header_well_formed", 438},
       {"passport_header_well_formed", 436, kNone},
       {"passport_header_well_formed", 438},
       replaced_in_header(",\"ppt\"", ",\"crit\":[\"exp\"],\"ppt\"")},
      everywhere("N18 compact form", "full_form_is_used", 438, kNone,
                 [](const Testbed& bed, Scene& scene) {
                   const auto signature = bed.leaf_key->sign(signing_input(bed.passport)).value();
                   scene.identity = write_identity_header(encode_compact(signature), kX5u);
                 }),
      {"N19 four parts",
       {"passport_header_well_formed", 438},
       {"passport_header_well_formed", 436, kNone},
       {"passport_header_well_formed", 438},
       replaced_in_value(";info", ".x;info")},
      {"N20 padding", kBad438, kBad438None, kBad438, replaced_in_value(";info", "==;info")},
      {"N21 unused bits",
       kPasses,
       kPasses,
       {"passport_header_well_formed", 438},
       // {"alg"... is 1 modulo 3 octets long or is made so: the last character has unused bits.
       [](const Testbed& bed, Scene& scene) {
         const std::string input = signing_input(bed.passport);
         const auto dot = input.find('.');
         ASSERT_NE(input.size() - dot, 0U);
         std::string changed = input;
         // Both parts are tried; the header's length decides which has unused bits.
         const std::size_t last = dot % 4 != 0 ? dot - 1 : input.size() - 1;
         ++changed[last];
         scene.identity =
             write_identity_header(encode(changed, bed.leaf_key->sign(changed).value()), kX5u);
       }},
      {"N22 header is an array",
       {"passport_header_well_formed", 438},
       {"passport_header_well_formed", 436, kNone},
       {"passport_header_well_formed", 438},
       signed_text([](std::string& header, std::string&) { header = "[]"; })},
      {"N23 x5c is ignored", kPasses, kPasses, kPasses,
       replaced_in_header(",\"x5u\"", ",\"x5c\":[],\"x5u\"")},
      {"N24 over 8 KiB", kBad438, kBad438None, kBad438,
       [](const Testbed&, Scene& s) { s.identity += ";x=" + std::string(9000, 'x'); }},
  });
}

TEST(NegativeCases, Claims) {
  constexpr Expected kClaims{"claims_well_formed", 438};
  constexpr Expected kClaimsNone{"claims_well_formed", 438, kNone};
  const auto claims = [&](const char* name, std::string from, std::string to) {
    return Case{name, kClaims, kClaimsNone, kClaims, replaced_in_payload(from, to)};
  };
  const std::string iat = std::to_string(sim::unix_seconds(kNow));
  run_all({
      {"N25 white space",
       kPasses,
       kPasses,
       {"passport_is_canonical", 438},
       replaced_in_payload(":{", ": {")},
      {"N26 order of members",
       kPasses,
       kPasses,
       {"passport_is_canonical", 438},
       signed_text([](std::string&, std::string& payload) {
         replace(payload, R"("attest":"A",)", "");
         replace(payload, "}", "},\"attest\":\"A\"");
       })},
      claims("N27 duplicate claim", R"("attest":"A",)", R"("attest":"A","attest":"A",)"),
      claims("N29 iat missing", "\"iat\":" + iat + ",", ""),
      claims("N30 iat a string", iat, "\"" + iat + "\""),
      {"N31 iat with a fraction", kPasses, kPasses, kClaims, replaced_in_payload(iat, iat + ".5")},
      {"N32 iat 61 s old",
       {"iat_is_fresh", 403},
       {"iat_is_fresh", 403, kNone},
       {"iat_is_fresh", 403},
       content([](Passport& p) { p.iat -= 61; })},
      {"N33 iat 60 s old", kPasses, kPasses, kPasses, content([](Passport& p) { p.iat -= 60; })},
      {"N34 iat 61 s ahead",
       {"iat_is_fresh", 403},
       {"iat_is_fresh", 403, kNone},
       {"iat_is_fresh", 403},
       content([](Passport& p) { p.iat += 61; })},
      claims("N39 iat negative", iat, "-5"),
      claims("N39 iat zero", iat, "0"),
      claims("N39 iat huge", iat, "9007199254740994"),
      claims("N40 orig missing", R"("orig":{"tn":"12015550101"},)", ""),
      claims("N40 orig with tn and uri", R"({"tn":"12015550101"})",
             R"({"tn":"12015550101","uri":"sip:a@b"})"),
      claims("N41 orig.tn an array", R"("12015550101")", R"(["12015550101"])"),
      claims("N42 orig.tn with a plus", "12015550101", "+12015550101"),
      everywhere("N43 another caller", "orig_matches", 438, kNone,
                 content([](Passport& p) { p.orig = telephone_number("12015550102"); })),
      everywhere("N44 P-Asserted-Identity differs from From", "orig_matches", 438, kNone,
                 [](const Testbed&, Scene& s) { s.call.orig = telephone_number("12015550109"); }),
      claims("N45 dest missing", R"("dest":{"tn":["14155550100"]},)", ""),
      claims("N45 dest empty", R"({"tn":["14155550100"]})", "{}"),
      claims("N45 dest an empty array", R"(["14155550100"])", "[]"),
      claims("N46 dest.tn a string", R"(["14155550100"])", R"("14155550100")"),
      everywhere("N47 another callee", "dest_matches", 438, kNone,
                 content([](Passport& p) { p.dest_tn = {"14155550199"}; })),
      {"N49 dest not sorted",
       kPasses,
       {"dest_matches", 438, kNone},
       {"passport_is_canonical", 438},
       replaced_in_payload(R"(["14155550100"])", R"(["14155550100","14155550001"])")},
      claims("N50 attest missing", R"("attest":"A",)", ""),
      everywhere("N51 attest lower case", "attest_is_valid", 438, kNone,
                 content([](Passport& p) { p.attest = "a"; })),
      everywhere("N51 attest D", "attest_is_valid", 438, kNone,
                 content([](Passport& p) { p.attest = "D"; })),
      claims("N52 origid missing", R"(,"origid":"123e4567-e89b-12d3-a456-426655440000")", ""),
      {"N53 origid is no UUID", kPasses, kPasses, {"origid_is_uuid", 438}, content([](Passport& p) {
         p.origid = "customer-7";
       })},
      {"N54 unknown claim", kPasses, kPasses, kPasses, content([](Passport& p) {
         p.other_claims = {{"crn", "\"dinner\""}};
       })},
  });
}

TEST(NegativeCases, Signature) {
  constexpr Expected kWrong{"signature_verifies", 438};
  const auto wrong = [&](const char* name, std::function<void(const Testbed&, Scene&)> arrange) {
    return Case{name, kWrong, kWrong, kWrong, std::move(arrange)};
  };
  run_all({
      wrong("N28 payload altered after signing",
            [](const Testbed& bed, Scene& scene) {
              auto altered = bed.passport;
              altered.attest = "B";
              const auto signature = bed.leaf_key->sign(signing_input(bed.passport)).value();
              scene.identity =
                  write_identity_header(encode(signing_input(altered), signature), kX5u);
            }),
      wrong("N58 DER",
            signature_part([](const auto& s) { return b64(crypto::signature_to_der(s)); })),
      wrong("N59 R and S swapped", signature_part([](const auto& s) {
              const std::string raw(crypto::as_view(s));
              return b64(raw.substr(32) + raw.substr(0, 32));
            })),
      wrong("N60 63 octets",
            signature_part([](const auto& s) { return b64(crypto::as_view(s).substr(1)); })),
      wrong("N60 65 octets", signature_part([](const auto& s) {
              return b64(std::string(1, '\0') + std::string(crypto::as_view(s)));
            })),
      wrong("N61 R and S zero",
            signature_part([](const auto&) { return b64(std::string(64, '\0')); })),
      wrong("N61 R beyond the order", signature_part([](const auto& s) {
              return b64(std::string(32, '\xff') + std::string(crypto::as_view(s).substr(32)));
            })),
      wrong("N62 another key",
            [](const Testbed& bed, Scene& scene) {
              const auto input = signing_input(bed.passport);
              scene.identity =
                  write_identity_header(encode(input, key(9)->sign(input).value()), kX5u);
            }),
      wrong("N63 signed JSON instead of base64url",
            [](const Testbed& bed, Scene& scene) {
              const auto text = header_json(bed.passport) + "." + payload_json(bed.passport);
              scene.identity = write_identity_header(
                  encode(signing_input(bed.passport), bed.leaf_key->sign(text).value()), kX5u);
            }),
      wrong("N10 no signature", signature_part([](const auto&) { return std::string(); })),
  });
}

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
