// What the STI-PA refuses, with the whole answer: tokens (RFC 9448 §5.5, §5.6) and reports of
// revocations by those who have nothing to do with the certificate.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "actors/acme/acme_order.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

// Speaks with the STI-PA by hand.
class PolicyAdministratorRefusals : public testing::Test {
 protected:
  // The answer's status and JSON body.
  struct Said {
    int status = 0;
    stir::Json body;

    // "403 not your account", "200".
    std::string text() const {
      if (status == 200) return "200";
      EXPECT_EQ(body["status"], "failure");
      EXPECT_EQ(body["code"], std::to_string(status));
      EXPECT_FALSE(body.contains("token"));
      EXPECT_FALSE(body.contains("accessToken"));
      return std::to_string(status) + " " + body.value("message", "");
    }
  };

  Said post(const std::string& path, const stir::Json& body, const std::string& access = {}) {
    sim::Request request = json_post(world_.pa.base_url() + path, body);
    if (!access.empty()) request.headers.add("Authorization", access);
    const sim::Answer answer = world_.tester().exchange(request, 5s);
    EXPECT_EQ(answer.response.headers.get("Content-Type"), "application/json");
    return {answer.response.status,
            stir::parse_json_object(answer.response.body).value_or(stir::Json())};
  }

  std::string login(const std::string& user) {
    const Said said = post("/api/v1/auth/login",
                           stir::Json{{"userId", user}, {"password", "password of " + user}});
    EXPECT_EQ(said.text(), "200");
    return said.body.value("accessToken", "");
  }

  stir::Json atc() {
    return {{"tktype", "TNAuthList"},
            {"tkvalue", stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"))},
            {"ca", false},
            {"fingerprint", fingerprint_}};
  }

  std::string token(const stir::Json& wanted,
                    const std::string& access,
                    const std::string& account = "acme-tel") {
    return post("/at/account/" + account + "/token", stir::Json{{"atc", wanted}}, access).text();
  }

  std::string with(const std::string& member, const stir::Json& value, const std::string& access) {
    stir::Json spoilt = atc();
    spoilt[member] = value;
    return token(spoilt, access);
  }

  static std::string value_of(const std::vector<std::string>& codes) {
    std::vector<crypto::TnEntry> entries;
    for (const auto& code : codes) entries.push_back(crypto::TnEntry::service_provider_code(code));
    return stir::tn_auth_list_identifier(crypto::encode_tn_auth_list(entries).value());
  }

  void play(const std::function<void()>& fn) {
    world_.play_when_set_up([&] {
      fingerprint_ = stir::jwk_fingerprint(*world_.new_key()->public_key());
      fn();
    });
  }

  Ecosystem world_;
  std::string fingerprint_;
};

TEST_F(PolicyAdministratorRefusals, WrongCredentialsAndUnknownAccountsAreForbidden) {  // N151
  play([&] {
    const auto log_in = [&](const std::string& user, const std::string& password) {
      return post("/api/v1/auth/login", stir::Json{{"userId", user}, {"password", password}})
          .text();
    };
    EXPECT_EQ(log_in("acme-tel", "guess"), "403 the login is not accepted");
    EXPECT_EQ(log_in("nobody", "password of nobody"), "403 the login is not accepted");
    const std::string access = login("acme-tel");
    EXPECT_EQ(token(atc(), access), "200");
    EXPECT_EQ(token(atc(), ""), "403 not your account");
    EXPECT_EQ(token(atc(), "invented"), "403 not your account");
    EXPECT_EQ(token(atc(), access, "nobody"), "403 not your account");
    EXPECT_EQ(token(atc(), access, "beta-voice"), "403 not your account");
    world_.tester().sleep_for(1h);  // The login has expired.
    EXPECT_EQ(token(atc(), access), "403 not your account");
  });
}

TEST_F(PolicyAdministratorRefusals, CodesOfOtherAccountsGetNoToken) {  // N129, N152
  play([&] {
    const std::string access = login("acme-tel");
    EXPECT_EQ(with("tkvalue", value_of({"818H"}), access),
              "403 spc 818H does not belong to account acme-tel");
    EXPECT_EQ(with("tkvalue", value_of({"709J", "818H"}), access),
              "403 spc 818H does not belong to account acme-tel");
    EXPECT_EQ(with("tkvalue", value_of({"999Z"}), access),
              "403 spc 999Z does not belong to account acme-tel");
  });
  EXPECT_EQ(world_.happenings(HappeningKind::kTokenRefused).size(), 3u);
}

TEST_F(PolicyAdministratorRefusals, ATkvalueThatIsNoTnAuthListIsBad) {  // N153
  play([&] {
    const std::string access = login("acme-tel");
    // Not base64; empty; no DER; an empty list; a length in the long form; octets behind the list.
    const std::string der = Ecosystem::spc_list("709J");
    const std::string long_form = std::string("\x30\x81\x08", 3) + der.substr(2);
    for (const std::string& value :
         {std::string("!!"), std::string(), std::string("AAAA"), std::string("MAA"),
          crypto::base64url_encode(long_form), crypto::base64url_encode(der + "x")}) {
      const std::string said = with("tkvalue", value, access);
      EXPECT_TRUE(said.starts_with("400 tkvalue: ")) << value << ": " << said;
    }
    EXPECT_EQ(with("tkvalue", 1, access), "400 atc lacks tktype, tkvalue or fingerprint");
    EXPECT_EQ(with("tktype", "TnAuthList", access), "400 tktype is not TNAuthList");
  });
}

TEST_F(PolicyAdministratorRefusals, AFingerprintHasOneSpelling) {  // N154
  play([&] {
    const std::string access = login("acme-tel");
    std::string lower = fingerprint_;
    for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string joined = fingerprint_;
    std::erase(joined, ':');
    for (const std::string& text :
         {lower, fingerprint_.substr(7), fingerprint_.substr(0, fingerprint_.size() - 3),
          fingerprint_ + ":00", joined, "sha256" + fingerprint_.substr(6), std::string()}) {
      EXPECT_EQ(with("fingerprint", text, access), "400 fingerprint is malformed") << text;
    }
    EXPECT_EQ(with("fingerprint", fingerprint_, access), "200");
  });
}

TEST_F(PolicyAdministratorRefusals, CaTokensAreForAccountsWithThatRight) {  // N155
  world_.world().start(
      world_.pa.env(), "account",
      [&] {
        PolicyAdministratorAccount account = Ecosystem::account("gamma-tel", {"505G"});
        account.may_have_ca_certificates = false;
        EXPECT_TRUE(world_.pa.create_account(account));
      },
      sim::Daemon::kNo);
  play([&] {
    const auto asked = [&](const std::string& account, const std::string& code, bool ca) {
      stir::Json wanted = atc();
      wanted["tkvalue"] = value_of({code});
      wanted["ca"] = ca;
      return token(wanted, login(account), account);
    };
    EXPECT_EQ(asked("gamma-tel", "505G", false), "200");
    EXPECT_EQ(asked("gamma-tel", "505G", true), "403 the account may not have CA certificates");
    EXPECT_EQ(asked("acme-tel", "709J", true), "200");
  });
  EXPECT_EQ(world_.happenings(HappeningKind::kTokenRefused), std::vector<std::string>{"gamma-tel"});
}

TEST_F(PolicyAdministratorRefusals, StrangersReportNoRevocations) {  // N170
  play([&] {
    const auto chain = order_certificate(world_.tester(), world_.good_order());
    ASSERT_TRUE(chain) << chain.error().detail;
    const crypto::CertificatePtr& leaf = chain->leaf();
    const stir::Json report{{"issuerDN", crypto::base64_encode(leaf->issuer_der())},
                            {"serial", crypto::to_hex(leaf->serial())},
                            {"reason", "keyCompromise"},
                            {"certificate", crypto::base64_encode(leaf->der())},
                            {"chain", chain->pem}};
    const auto said = [&](const std::string& access) {
      return post("/sti-pa/revocations", report, access).text();
    };
    const std::string not_theirs = "403 neither the issuer nor the subject of this certificate";
    EXPECT_EQ(said(login("beta-voice")), not_theirs);
    EXPECT_EQ(said(login("ca-two")), not_theirs);
    EXPECT_EQ(said(""), "403 log in first");
    EXPECT_EQ(said(login("acme-tel")), "200");
  });
  EXPECT_EQ(world_.happenings(HappeningKind::kRevocationReported).size(), 1u);
}

}  // namespace
}  // namespace shakedown::actors
