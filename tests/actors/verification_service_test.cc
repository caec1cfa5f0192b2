// What a verification service does beyond the table of steps: here, fetching once more when a
// signature fails under a certificate that it had cached.
#include "actors/verifying/verification_service.h"

#include "actors/workload/work.h"
#include "stir/call/identity_header.h"
#include "stir/passport/passport.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

constexpr std::string_view kCurrentUrl = "https://cr.test/current.pem";

// A signer with a certificate of ca-one.
struct CallSigner {
  crypto::PrivateKeyPtr key;
  std::string pem;
};

// A repository with one URL whose content changes, and a verifier in front of it that trusts the
// ecosystem's STI-PA and knows whose numbers +1 201 555 are.
class RefetchWorld : public Ecosystem {
 public:
  RefetchWorld() {
    sim::Env& server = world().add_actor({.name = "server"});
    world().listen(server, sim::Protocol::kHttp, "cr.test", [this](const sim::Request&) {
      ++asked;
      sim::Response response = http_response(200, "application/pem-certificate-chain", published);
      response.headers.add("Cache-Control", "max-age=3600");
      return response;
    });
  }

  CallSigner signer(const std::string& account_id, const std::string& spc) {
    PolicyAdministratorClient client(tester(), access(account_id));
    OrderRequest order;
    order.directory_url = ca_one.directory_url();
    order.account_key = new_key();
    order.tn_auth_list_der = spc_list(spc);
    const auto key = new_key();
    order.csr_der = csr(key, order.tn_auth_list_der);
    order.spc_token =
        client.spc_token(order.tn_auth_list_der, *order.account_key->public_key()).value().token;
    return {key, order_certificate(tester(), order).value().pem};
  }

  stir::SipCall call(const CallSigner& signer) {
    stir::SipCall call;
    call.orig = stir::telephone_number("12015550101");
    call.orig_source = stir::SipCall::OrigSource::kPAssertedIdentity;
    call.dest = {stir::telephone_number("14155550100")};
    stir::Passport passport;
    passport.x5u = kCurrentUrl;
    passport.attest = "A";
    passport.dest_tn = {"14155550100"};
    passport.iat = sim::unix_seconds(tester().now());
    passport.orig = call.orig;
    passport.origid = "123e4567-e89b-12d3-a456-426655440000";
    const auto input = stir::signing_input(passport);
    const auto signature = tester().compute(
        work::kSign,
        [](const std::string& text, const crypto::PrivateKeyPtr& key) { return key->sign(text); },
        input, signer.key);
    call.identity = {stir::write_identity_header(stir::encode(input, signature.value()),
                                                 passport.x5u, passport.ppt)};
    return call;
  }

  // Runs `story` with a verifier that has what it needs.
  void with_verifier(bool refetch, const std::function<void(VerificationService&)>& story) {
    play_when_set_up([&] {
      PolicyAdministratorClient client(tester(), access("beta-voice"));
      TrustSource source(
          tester(), client,
          {.root = {}, .anchor_url = pa.trust_anchor_url(), .list_url = {}, .crl_url = {}});
      Trust trust(tester(), source, {.crl_refresh = {}});
      trust.start();
      ASSERT_TRUE(trust.wait_until_ready(tester().now() + 1min));
      CertificateCache cache(tester(), {});
      VerificationServiceOptions options;
      options.policy = stir::policy_for(*stir::profile_by_name("rfc8224"));
      options.policy.number_authority = stir::NumberAuthorityMode::kDatabase;
      options.number_authority = &numbers_;
      options.refetch_on_bad_signature = refetch;
      VerificationService service(tester(), trust, cache, nullptr, options);
      story(service);
    });
  }

  std::string published;
  int asked = 0;

 private:
  const stir::NumberAuthority numbers_{{"1201555", "709J"}, {"1415555", "818H"}};
};

TEST(VerificationService, KeepsTheOldCertificateThatARenewalInPlaceLeftBehind) {
  RefetchWorld world;
  world.with_verifier(false, [&](VerificationService& service) {
    const auto first = world.signer("acme-tel", "709J");
    world.published = first.pem;
    EXPECT_TRUE(service.verify(world.call(first), "one").verdict.passed);
    const auto second = world.signer("acme-tel", "709J");
    world.published = second.pem;
    const auto verdict = service.verify(world.call(second), "two").verdict;
    EXPECT_EQ(verdict.failed_step_id(), "signature_verifies");
    EXPECT_EQ(verdict.code, 438);
    EXPECT_EQ(world.asked, 1);
  });
}

TEST(VerificationService, FetchesOnceMoreWhenToldToAndFindsTheRenewedCertificate) {
  RefetchWorld world;
  world.with_verifier(true, [&](VerificationService& service) {
    const auto first = world.signer("acme-tel", "709J");
    world.published = first.pem;
    EXPECT_TRUE(service.verify(world.call(first), "one").verdict.passed);
    const auto second = world.signer("acme-tel", "709J");
    world.published = second.pem;
    EXPECT_TRUE(service.verify(world.call(second), "two").verdict.passed);
    EXPECT_EQ(world.asked, 2);
  });
}

// A forger must not be able to make the verifier fetch twice for each of his calls.
TEST(VerificationService, DoesNotFetchAgainWhatItHasJustFetched) {
  RefetchWorld world;
  world.with_verifier(true, [&](VerificationService& service) {
    world.published = world.signer("acme-tel", "709J").pem;
    const CallSigner forger{world.new_key(), {}};
    const auto verdict = service.verify(world.call(forger), "one").verdict;
    EXPECT_EQ(verdict.failed_step_id(), "signature_verifies");
    EXPECT_EQ(world.asked, 1);
  });
}

// beta-voice serves acme-tel's certificate, which may sign for the number, and then its own, with
// whose key it signed.
TEST(VerificationService, JudgesTheCertificateThatItFetchedAgainFromTheBeginning) {
  RefetchWorld world;
  world.with_verifier(true, [&](VerificationService& service) {
    const auto honest = world.signer("acme-tel", "709J");
    world.published = honest.pem;
    EXPECT_TRUE(service.verify(world.call(honest), "one").verdict.passed);
    const auto impostor = world.signer("beta-voice", "818H");
    world.published = impostor.pem;
    const auto verdict = service.verify(world.call(impostor), "two").verdict;
    EXPECT_EQ(verdict.failed_step_id(), "orig_is_covered");
    EXPECT_EQ(world.asked, 2);
  });
}

}  // namespace
}  // namespace shakedown::actors
