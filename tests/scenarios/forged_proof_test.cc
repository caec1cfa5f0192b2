// A signature that the event loop took for good, and is not, must fail the run: it would mean that
// records lie. Nothing but a defect (or this test) makes one.
#include "crypto/keys/signature_ledger.h"
#include "stir/call/identity_header.h"
#include "stir/passport/passport_token.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

// Signs a call properly, spoils the signature, tells the ledger that the spoilt one is good, and
// has it verified.
void verify_a_forgery(Story& story) {
  actors::Provider* signer = story.ecosystem().provider("acme-tel");
  actors::Provider* verifier = story.ecosystem().provider("beta-voice");
  story.world().start(
      signer->env(), "forge",
      [&story, signer, verifier] {
        signer->env().sleep_until(story.scenario().epoch + std::chrono::seconds{30});
        stir::SipCall call;
        call.orig = stir::telephone_number("12015550100");
        call.orig_source = stir::SipCall::OrigSource::kFrom;
        call.dest = {stir::telephone_number("14155550100")};
        const auto identity = signer->sign(call, "A", "123e4567-e89b-12d3-a456-426655440000");
        ASSERT_TRUE(identity) << identity.error().detail;
        const auto header = stir::parse_identity_header(identity->header);
        const auto token = stir::PassportToken::decode(header.token);
        crypto::Es256Signature spoilt = *token.signature();
        spoilt[40] ^= 1;
        crypto::SignatureLedger::forge_for_test(token.signing_input(), spoilt,
                                                *signer->certificates().current()->key->public_key);
        call.identity = {
            stir::write_identity_header(stir::encode(token.signing_input(), spoilt), *header.info)};
        story.world().start(
            verifier->env(), "verify", [verifier, call] { (void)verifier->verify(call, ""); },
            sim::Daemon::kNo);
      },
      sim::Daemon::kNo);
}

TEST(ForgedProof, FailsTheRunWhenItsProofIsDeferred) {
  Story story(two_providers("memory"), {.defer_proofs = true});
  verify_a_forgery(story);
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kProofFailed);
}

TEST(ForgedProof, FailsTheRunWhenItIsProvedAtOnce) {
  Story story(two_providers("memory"), {.defer_proofs = false});
  verify_a_forgery(story);
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kProofFailed);
}

TEST(ForgedProof, IsNotNeededForAnHonestRun) {
  Story story(two_providers("memory"));
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
}

}  // namespace
}  // namespace shakedown::scenarios
