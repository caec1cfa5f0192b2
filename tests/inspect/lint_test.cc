// Each rule of the tables of `inspect` has an artefact that breaks it. The rules of certificates of
// ATIS-1000080 and the defects of PASSporTs have tests of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/octets/bytes.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_bundle.h"
#include "inspect/inspection.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"
#include "stir/passport/passport_token.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using namespace std::chrono_literals;
using crypto::Name;
using ::testing::IsEmpty;

class Lint : public ::testing::Test {
 protected:
  // Inspects, and keeps which rules were broken.
  const Inspection& look(std::string_view octets, const InspectOptions& options = {}) {
    last_ = inspect(octets, options);
    for (const auto& finding : last_.findings) broken_.insert(finding.rule);
    return last_;
  }

  // The rules of these artefacts that nothing has broken.
  std::vector<std::string> unbroken(const std::set<std::string_view>& artefacts) const {
    std::vector<std::string> result;
    for (const auto& rule : lint_rules()) {
      if (artefacts.contains(rule.artefact) && !broken_.contains(std::string(rule.id))) {
        result.push_back(std::string(rule.artefact) + " " + std::string(rule.id));
      }
    }
    return result;
  }

  static InspectOptions at(sim::Time time) {
    InspectOptions options;
    options.at = time;
    return options;
  }

  static InspectOptions signed_by(crypto::CertificatePtr signer) {
    InspectOptions options;
    options.signer = std::move(signer);
    return options;
  }

  std::string jws(const Json& header, const Json& payload) const {
    const std::string input = crypto::base64url_encode(canonical_json(header)) + "." +
                              crypto::base64url_encode(canonical_json(payload));
    return compact_jws(input, bed_.pa_signer_key->sign(input).value());
  }

  std::string crl(const crypto::CrlSpec& spec) const {
    return crypto::build_crl(spec, *bed_.pa_signer_key).value();
  }

  Testbed bed_;
  Inspection last_;
  std::set<std::string> broken_;
};

TEST_F(Lint, KnowsWhatAFileMayHold) {
  const std::string pem = crypto::write_pem({bed_.leaf});
  look("");
  look(std::string(kLargestArtefact + 1, 'x'));
  look("hello");
  look(std::string_view(bed_.leaf->der()).substr(0, 100));
  look("-----BEGIN CERTIFICATE-----\nMIIB");
  look(crypto::write_pem("PARAMETERS", "0"));
  look(pem + crypto::write_pem("CERTIFICATE", "0"));
  look(pem + std::string(bed_.leaf_key->to_pem().view()));
  look(pem + crypto::write_pem("X509 CRL", crl(bed_.crl_spec())));
  look("a comment\n" + pem);
  EXPECT_THAT(unbroken({"file"}), IsEmpty());
  // The limit itself is read.
  EXPECT_EQ(look(std::string(kLargestArtefact, 'x')).findings.front().rule, "artefact_is_known");
}

TEST_F(Lint, KnowsTheRulesOfTheIdentityHeader) {
  const std::string token = bed_.token(bed_.passport);
  const std::string info = ";info=<" + std::string(kX5u) + ">";
  look(token + info + std::string(8 * 1024, ' ') + ";ppt=shaken");
  look(info);
  look("+" + token + info);
  look(token + info + ";=");
  look(token + info + ";alg=ES256;alg=ES256;ppt=shaken");
  look(token + ";alg=ES256");
  look(token + ";info=" + std::string(kX5u));
  look(token + ";info=<here>");
  look(token + ";alg=ES256" + info);
  look(token + info + ";ppt=\"shaken\";color=red");
  look(token + ";info=<https://cr.test/other.pem>;alg=ES384;ppt=div");
  look("..c2ln" + info + ";ppt=shaken");
  EXPECT_THAT(unbroken({"identity_header"}), IsEmpty());
}

TEST_F(Lint, KnowsTheRulesOfRepositoryUrls) {
  const auto rules = [&](std::string x5u) {
    auto content = bed_.passport;
    content.x5u = std::move(x5u);
    std::vector<std::string> result;
    for (const auto& finding : look(bed_.token(content)).findings) result.push_back(finding.rule);
    return result;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(rules("ftp://cr.test/1.pem"), ElementsAre("url_is_absolute"));
  EXPECT_THAT(rules("http://cr.test/1.pem"), ElementsAre("url_is_https"));
  EXPECT_THAT(rules("https://cr.test:444/1.pem"), ElementsAre("url_port_is_443_or_8443"));
  EXPECT_THAT(rules("https://@cr.test/1.pem"), ElementsAre("url_has_no_userinfo"));
  EXPECT_THAT(rules("https://cr.test/1.pem?"), ElementsAre("url_has_no_query"));
  EXPECT_THAT(rules("https://cr.test/1.pem#"), ElementsAre("url_has_no_fragment"));
  EXPECT_THAT(rules("https://cr.test/"), ElementsAre("url_has_a_path"));
  EXPECT_THAT(rules("https://10.0.0.1/1.pem"), ElementsAre("url_host_is_public"));
  EXPECT_THAT(unbroken({"repository_url"}), IsEmpty());
  for (const auto* good :
       {"https://cr.test:443/1.pem", "https://cr.test:8443/1.pem", "https://cr.test/1@2.pem"}) {
    EXPECT_THAT(rules(good), IsEmpty()) << good;
  }
}

TEST_F(Lint, JudgesTimeAndSignerOfAPassportOnlyIfTheyAreGiven) {
  const std::string token = bed_.token(bed_.passport);
  EXPECT_THAT(look(token, at(kNow + 60s)).findings, IsEmpty());
  EXPECT_THAT(look(token, at(kNow - 60s)).findings, IsEmpty());
  EXPECT_EQ(look(token, at(kNow + 61s)).findings.front().rule, "iat_is_fresh");
  EXPECT_EQ(look(token, at(kNow - 61s)).findings.front().rule, "iat_is_fresh");
  EXPECT_THAT(look(token, signed_by(bed_.leaf)).findings, IsEmpty());
  EXPECT_EQ(look(token, signed_by(bed_.root)).findings.front().rule, "signature_verifies");
  auto content = bed_.passport;
  content.ppt = "sharpen";
  EXPECT_EQ(look(bed_.token(content)).worst(), Severity::kWarning);
  // The defects have their own tests; here they only must not be forgotten.
  const auto left = unbroken({"passport"});
  EXPECT_EQ(left.size(), kPassportDefects);
}

TEST_F(Lint, KnowsTheRulesOfAChain) {
  const auto chain = [&](const std::vector<crypto::CertificatePtr>& certificates) {
    return crypto::write_pem(certificates);
  };
  const auto& root = bed_.root;
  const auto& middle = bed_.intermediate;
  const auto& leaf = bed_.leaf;
  look(chain({leaf, middle, middle, middle, middle, middle, root}));
  look(chain({middle, leaf}));
  look(chain({leaf, middle, root}), at(leaf->not_after() + 1s));
  look(chain({leaf, middle}), signed_by(bed_.pa_root));
  look(chain({bed_.leaf_with([](auto& spec) { spec.not_after = spec.not_before - 1s; })}));
  look(chain(
      {bed_.leaf_with([&](auto& spec) { spec.not_after = middle->not_after() + 1s; }), middle}));
  look(chain({bed_.leaf_with([](auto& spec) {
                Testbed::put(spec, crypto::extension::certificate_policies({"1.2.3"}));
              }),
              middle}));
  // A leaf that issues, under a name that it has; its scope is another's.
  auto spec = bed_.leaf_spec();
  spec.issuer = leaf->subject_der();
  Testbed::put(spec, crypto::extension::tn_auth_list(
                         crypto::encode_tn_auth_list({crypto::TnEntry::one("12015550101"),
                                                      crypto::TnEntry::service_provider_code("1A")})
                             .value()));
  look(chain({sign_certificate(spec, *bed_.leaf_key), leaf}));
  // An intermediate below a root that allows none.
  CertificateFacts short_facts = facts("Short", *bed_.root_key);
  auto short_root = make_root(short_facts).value();
  Testbed::put(short_root, crypto::extension::basic_constraints(true, 0));
  short_root.subject = short_root.issuer = root->subject_der();
  look(chain({leaf, middle, sign_certificate(short_root, *bed_.root_key)}));
  EXPECT_THAT(unbroken({"chain"}), IsEmpty());
  // At its boundaries a chain is good.
  for (const auto time : {leaf->not_before(), leaf->not_after()}) {
    EXPECT_THAT(look(chain({leaf, middle, root}), at(time)).findings, IsEmpty());
  }
  EXPECT_THAT(look(chain({leaf, middle}), signed_by(root)).findings, IsEmpty());
  for (const auto& finding : look(chain({root, bed_.pa_root})).findings) {
    for (const char* of_a_chain : {"follows_its_issuer", "leaf_comes_first"}) {
      EXPECT_NE(finding.rule, of_a_chain);
    }
  }
  // The last certificate of a path is not counted (RFC 5280 §4.2.1.9), nor are those of another.
  auto narrow =
      make_intermediate(facts("Narrow", *bed_.intermediate_key), *root, bed_.crl_pointer()).value();
  Testbed::put(narrow, crypto::extension::basic_constraints(true, 0));
  const auto narrow_middle = sign_certificate(narrow, *bed_.root_key);
  const auto short_chain = sign_certificate(short_root, *bed_.root_key);
  for (const auto& good : {chain({middle, short_chain}), chain({narrow_middle, narrow_middle})}) {
    for (const auto& finding : look(good).findings) EXPECT_NE(finding.rule, "path_length_is_kept");
  }
}

TEST_F(Lint, KnowsTheCertificatePolicyOfTheUs) {
  constexpr auto kPolicy13 = sim::from_unix_seconds(1'629'244'800);
  constexpr auto kPolicy14 = sim::from_unix_seconds(1'686'009'600);
  const auto rules = [&](std::string_view policy, sim::Time issued, const Name& subject) {
    const auto certificate = bed_.leaf_with([&](auto& spec) {
      Testbed::put(spec, crypto::extension::certificate_policies(
                             {std::string(kShakenPolicyArc) + std::string(policy)}));
      spec.not_before = issued;
      spec.subject = subject;
    });
    std::vector<std::string> result;
    for (const auto& finding : look(certificate->der()).findings) {
      if (finding.rule.starts_with("us_")) result.push_back(finding.rule);
    }
    return result;
  };
  using ::testing::ElementsAre;
  const Name plain{{{"C", "US", false}, {"O", "A", false}, {"CN", "SHAKEN 709J", false}}};
  const Name canadian{{{"C", "CA", false}, {"O", "A", false}, {"CN", "SHAKEN 709J", false}}};
  const Name numbered{{{"C", "US", false},
                       {"O", "A", false},
                       {"CN", "SHAKEN 709J", false},
                       {"serialNumber", "1", true}}};
  constexpr auto kGrace = 24h * 90;
  EXPECT_THAT(rules("3", kNow, plain), IsEmpty());
  EXPECT_THAT(rules("4", kNow, plain), IsEmpty());
  EXPECT_THAT(rules("5", kNow, plain), ElementsAre("us_policy_is_known"));
  EXPECT_THAT(rules("1", kNow, plain), ElementsAre("us_policy_is_in_force"));
  EXPECT_THAT(rules("1", kPolicy13 + kGrace - 1s, plain), IsEmpty());
  EXPECT_THAT(rules("1", kPolicy13 + kGrace, numbered), ElementsAre("us_policy_is_in_force"));
  EXPECT_THAT(rules("3", kNow, canadian), ElementsAre("us_country_is_us"));
  EXPECT_THAT(rules("3", kPolicy14 + kGrace - 1s, canadian), IsEmpty());
  EXPECT_THAT(rules("3", kPolicy14 - 1s, plain), ElementsAre("us_serial_number_in_subject"));
  EXPECT_THAT(rules("3", kPolicy14 - 1s, numbered), IsEmpty());
  EXPECT_THAT(rules("3", kPolicy13 - 1s, plain), ElementsAre("us_policy_exists_yet"));
  EXPECT_THAT(rules("4", kPolicy14 - 1s, numbered), ElementsAre("us_policy_exists_yet"));
}

TEST_F(Lint, ChoosesTheVersionOfTheProfile) {
  const auto short_serial = bed_.leaf_with([](auto& spec) { spec.serial = "\x05"; });
  const auto rules = [&](ProfileVersion version) {
    InspectOptions options;
    options.profile_version = version;
    const auto& result = look(short_serial->der(), options);
    EXPECT_EQ(result.document["certificates"][0]["profile"], to_string(version));
    return result.findings.size();
  };
  EXPECT_EQ(rules(ProfileVersion::kV003), 0U);
  EXPECT_EQ(rules(ProfileVersion::kV004), 0U);
  EXPECT_EQ(rules(ProfileVersion::kV005), 1U);  // serial_is_long_enough
  EXPECT_EQ(look(short_serial->der()).findings.size(), 1U);
}

TEST_F(Lint, KnowsTheRulesOfRequests) {
  const auto list = crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709j"),
                                                 crypto::TnEntry::one("12015550101")})
                        .value();
  crypto::RequestSpec spec;
  spec.subject = Name{{{"CN", "SHAKEN 709J", false}, {"CN", "SHAKEN", false}}};
  auto critical = crypto::extension::tn_auth_list(list);
  critical.critical = true;
  spec.extensions = {critical, crypto::extension::key_usage(crypto::kKeyCertSign),
                     crypto::extension::raw("1.2.3", false, "x")};
  auto der = crypto::build_request(spec, *bed_.leaf_key).value();
  der.back() ^= 1;
  look(der);
  spec.extensions = {crypto::extension::tn_auth_list("x"), crypto::extension::tn_auth_list("x")};
  look(crypto::build_request(spec, *bed_.leaf_key).value());
  spec.extensions.clear();
  look(crypto::build_request(spec, *bed_.leaf_key).value());
  // These need an order, another kind of key or another encoder.
  EXPECT_THAT(unbroken({"certificate_request"}),
              ::testing::UnorderedElementsAre("certificate_request csr_key_is_p256",
                                              "certificate_request csr_signed_with_ecdsa_sha256",
                                              "certificate_request csr_key_is_not_the_account_key",
                                              "certificate_request csr_ca_flag_matches_token",
                                              "certificate_request csr_distribution_point_is_ours",
                                              "certificate_request csr_version_is_1"));
}

TEST_F(Lint, KnowsTheRulesOfRevocationLists) {
  const auto entry = [&](std::string serial, std::optional<crypto::CrlReason> reason = {}) {
    return crypto::CrlSpec::Entry{std::move(serial), kNow, reason,
                                  bed_.intermediate->subject_der()};
  };
  auto spec = bed_.crl_spec();
  spec.entries = {entry("\x01", crypto::CrlReason::kAaCompromise), entry("\x01"),
                  entry("\x02", crypto::CrlReason::kRemoveFromCrl),
                  entry("\x03", static_cast<crypto::CrlReason>(7))};
  // The builder leaves `unspecified` out, as it should; here it is put in its place.
  std::string der = crl(spec);
  der[der.find("\x0a\x01\x0a") + 2] = '\0';
  EXPECT_EQ(look(der, at(kNow)).worst(), Severity::kLint);
  spec = bed_.crl_spec();
  spec.issuer = Name{};
  spec.next_update = spec.this_update;
  spec.number.reset();
  spec.authority_key_identifier.reset();
  spec.distribution_point_url.reset();
  spec.indirect = false;
  spec.entries = {entry("\x01")};
  look(crl(spec), at(kNow));
  spec.next_update.reset();
  const auto raw = [](std::string_view oid, bool critical, std::string_view hex) {
    return crypto::extension::raw(oid, critical, crypto::from_hex(hex).value());
  };
  spec.other_extensions = {raw(crypto::oid::kCrlNumber, false, "0215" + std::string(42, 'f')),
                           // onlyContainsUserCerts and onlyContainsAttributeCerts, without a URL.
                           raw(crypto::oid::kIssuingDistributionPoint, false, "30068101ff8501ff"),
                           raw("1.2.3", true, "0500"), raw("1.2.4", false, "0500"),
                           raw("1.2.4", false, "0500")};
  look(crl(spec), signed_by(bed_.leaf));
  EXPECT_THAT(unbroken({"crl"}),
              ::testing::UnorderedElementsAre("crl signature_algorithms_agree",
                                              "crl critical_entry_extensions_are_understood",
                                              "crl version_is_2", "crl signature_is_ecdsa_sha256"));
  spec = bed_.crl_spec();
  spec.ca_issuers_url = "https://sti-pa.test/signer.pem";
  auto options = signed_by(bed_.pa_signer);
  for (const auto time : {spec.this_update, *spec.next_update}) {
    options.at = time;
    EXPECT_THAT(look(crl(spec), options).findings, IsEmpty());
  }
}

TEST_F(Lint, KnowsTheRulesOfTokensAndListsOfTheStiPa) {
  const Json header{{"alg", "ES256"}, {"typ", "JWT"}, {"x5u", "https://sti-pa.test/1.pem"}};
  const auto list = crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("7a")});
  const Json atc{{"tktype", "TNAuthList"},
                 {"tkvalue", crypto::base64_encode(list.value() + "")},
                 {"ca", "no"},
                 {"fingerprint", "SHA256 aa"}};
  look(jws(header, {{"exp", 1}, {"atc", atc}, {"iss", "the STI-PA"}}), at(kNow));
  look(jws({{"alg", "none"}, {"crit", {"b64"}}, {"x5u", "http://sti-pa.test/"}},
           {{"atc", {{"tkvalue", "*"}}}}),
       signed_by(bed_.leaf));
  look(jws({{"alg", "ES256"}}, {{"atc", {{"tkvalue", "MAA"}}}}));
  look(jws(header, {{"atc", {{"tkvalue", 5}}}}));
  look(jws(header, {{"atc", 5}}));
  const auto two = crypto::encode_tn_auth_list(
      {crypto::TnEntry::service_provider_code("7A"), crypto::TnEntry::one("12015550101")});
  look(jws(header, {{"atc", {{"tkvalue", crypto::base64_encode(two.value())}}}}));
  const std::string text = jws(header, {{"exp", 1}, {"atc", atc}});
  look(text.substr(0, text.size() - 4));
  EXPECT_THAT(unbroken({"jws", "spc_token"}), IsEmpty());

  const std::string root = crypto::write_pem({bed_.root});
  look(jws({{"alg", "ES256"}}, {{"sequence", -1}, {"trustList", 5}, {"color", "red"}}));
  look(jws(header, {{"sequence", 1}, {"trustList", Json::array()}}));
  look(jws(header, {{"trustList", std::vector<std::string>(1001, "x")}}));
  look(jws(header, {{"trustList", {root, root, crypto::write_pem({bed_.leaf}), 5}}}));
  EXPECT_THAT(unbroken({"ca_list"}), IsEmpty());
  const Json good{
      {"version", "1.0"}, {"sequence", 1}, {"exp", sim::unix_seconds(kNow)}, {"trustList", {root}}};
  auto options = signed_by(bed_.pa_signer);
  options.at = kNow - 1s;
  EXPECT_THAT(look(jws(header, good), options).findings, IsEmpty());
  options.at = kNow;
  EXPECT_EQ(look(jws(header, good), options).findings.front().rule, "is_not_expired");
}

TEST_F(Lint, ShowsHostileTextWithoutControlCharactersOrBrokenUtf8) {
  const auto& result = look("abc;info=<\x1b[31m\xff\xc2\x9b>;x=\xc2\x9b");
  const std::string text = inspection_text(result);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  EXPECT_TRUE(crypto::is_utf8(inspection_json(result).dump()));
}

}  // namespace
}  // namespace shakedown::stir::test
