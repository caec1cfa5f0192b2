// Identity headers, claims and signatures that are wrong.
#include "tests/stir/negative_cases.h"

namespace shakedown::stir::test {
namespace {

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

}  // namespace
}  // namespace shakedown::stir::test
