#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "results/record/run_digest.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallEvent;
using testing::HasSubstr;
using testing::Not;

struct Record {
  sim::Duration at;
  std::string actor;
  std::function<std::unique_ptr<sim::Event>()> make;
};

// The canonical form.
Digests::Values transcripts_of(const std::vector<Record>& records) {
  Digests::Values texts;
  Digests digests(&texts);
  for (const Record& record : records) {
    digests.add({kEpoch + record.at, &record.actor, record.make()});
  }
  digests.finish();
  return texts;
}

Digests::Values digests_of(const std::vector<Record>& records) {
  Digests digests;
  for (const Record& record : records) {
    digests.add({kEpoch + record.at, &record.actor, record.make()});
  }
  return digests.finish();
}

Record call(std::string id, sim::Duration at = 2s) {
  return {at, "acme-tel", [=] { return a_call(id); }};
}

Record call_with(const std::function<void(CallEvent&)>& change) {
  return {2s, "acme-tel", [=] {
            auto event = a_call("acme-tel.0.1");
            change(*event);
            return event;
          }};
}

Record verification_with(const std::function<void(actors::VerificationEvent&)>& change) {
  return {2s, "beta-voice", [=] {
            auto event = a_failed_verification("acme-tel.0.1");
            change(*event);
            return event;
          }};
}

std::vector<Record> one_of_each() {
  return {call("acme-tel.0.1"),
          {2s, "beta-voice", [] { return a_verification("acme-tel.0.1"); }},
          {2s, "beta-voice", [] { return a_fetch("acme-tel.0.1"); }},
          {2s, "ca-one", [] { return a_certificate("f0", "ca-one", "acme-tel"); }},
          {2s, "acme-tel",
           [] {
             auto issuance = std::make_unique<actors::IssuanceEvent>();
             issuance->ca = "ca-one";
             issuance->because = "renewal";
             return issuance;
           }},
          {2s, "sti-pa",
           [] {
             auto revocation = std::make_unique<actors::RevocationEvent>();
             revocation->reason = "keyCompromise";
             return revocation;
           }},
          {2s, "mallory",
           [] { return a_happening(actors::HappeningKind::kKeyStolen, "acme-tel", "mallory"); }}};
}

TEST(Digests, DoNotDependOnTheOrderOfRecordsOfOneInstant) {
  std::vector<Record> records = one_of_each();
  const Digests::Values expected = digests_of(records);
  std::vector<std::size_t> order(records.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  int permutations = 0;
  do {
    std::vector<Record> shuffled;
    for (const std::size_t i : order) shuffled.push_back(records[i]);
    const Digests::Values values = digests_of(shuffled);
    ASSERT_EQ(values.outcome, expected.outcome);
    ASSERT_EQ(values.artefact, expected.artefact);
  } while (std::next_permutation(order.begin(), order.end()) && ++permutations < 1000);
}

TEST(Digests, DependOnTheOrderOfInstants) {
  EXPECT_NE(digests_of({call("a", 1s), call("b", 2s)}).outcome,
            digests_of({call("b", 1s), call("a", 2s)}).outcome);
}

TEST(Digests, EveryKindOfRecordCounts) {
  const std::vector<Record> all = one_of_each();
  const Digests::Values whole = digests_of(all);
  for (std::size_t left_out = 0; left_out < all.size(); ++left_out) {
    std::vector<Record> rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
    EXPECT_NE(digests_of(rest).outcome, whole.outcome) << left_out;
    EXPECT_NE(digests_of(rest).artefact, whole.artefact) << left_out;
  }
}

TEST(Digests, TheSameRecordTwiceIsNotTheSameAsOnce) {
  EXPECT_NE(digests_of({call("a"), call("a")}).outcome, digests_of({call("a")}).outcome);
}

TEST(OutcomeDigest, ChangesWithEveryOutcomeOfACall) {
  const std::string same = digests_of({call_with([](CallEvent&) {})}).outcome;
  const std::vector<std::function<void(CallEvent&)>> changes = {
      [](CallEvent& e) { e.id = "acme-tel.0.2"; },
      [](CallEvent& e) { e.from = "mallory"; },
      [](CallEvent& e) { e.claims_to_be = "gamma"; },
      [](CallEvent& e) { e.to = "gamma"; },
      [](CallEvent& e) { e.calling_number = "1"; },
      [](CallEvent& e) { e.called_number = "1"; },
      [](CallEvent& e) { e.via = "transit"; },
      [](CallEvent& e) { e.attest = 'B'; },
      [](CallEvent& e) { e.outcome = actors::CallOutcome::kUnverified; },
      [](CallEvent& e) { e.sip_status = 486; },
      [](CallEvent& e) { e.placed_at += 1ns; },
      [](CallEvent& e) { *e.signing_latency += 1ns; },
      [](CallEvent& e) { e.post_dial_delay.reset(); },
      [](CallEvent& e) { e.signing_error = "the key is gone"; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_NE(digests_of({call_with(changes[i])}).outcome, same) << i;
  }
}

TEST(OutcomeDigest, DoesNotSeeBytesOfArtefacts) {
  using actors::VerificationEvent;
  const Digests::Values same = digests_of({verification_with([](VerificationEvent&) {})});
  const std::vector<std::function<void(VerificationEvent&)>> changes = {
      [](VerificationEvent& e) { e.certificate = std::string(64, 'd'); },
      [](VerificationEvent& e) { e.x5u += "x"; },
      [](VerificationEvent& e) { e.detail = "serial 77"; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Digests::Values values = digests_of({verification_with(changes[i])});
    EXPECT_EQ(values.outcome, same.outcome) << i;
    EXPECT_NE(values.artefact, same.artefact) << i;
  }
}

TEST(ArtefactDigest, ContainsTheOutcomeDigest) {
  const Digests::Values before = digests_of({call_with([](CallEvent&) {})});
  const Digests::Values after = digests_of({call_with([](CallEvent& e) { e.attest = 'C'; })});
  EXPECT_NE(before.artefact, after.artefact);
}

TEST(OutcomeDigest, SeesTheStepsThatTookTimeOrDidNotPass) {
  using actors::VerificationEvent;
  const std::string same = digests_of({verification_with([](VerificationEvent&) {})}).outcome;
  EXPECT_NE(digests_of({verification_with([](VerificationEvent& e) {
              e.trace[13].took += 1ns;
            })}).outcome,
            same);
  EXPECT_NE(digests_of({verification_with([](VerificationEvent& e) {
              e.trace[3].result = actors::StepResult::kReported;
            })}).outcome,
            same);
}

TEST(CanonicalForm, IsTheOneOfTheHeader) {
  const std::vector<Record> records{
      {2s, "acme-tel",
       [] {
         auto event = a_call("acme-tel.0.1");
         event->signing_latency.reset();
         return event;
       }},
      {3s, "beta-voice", [] { return a_failed_verification("acme-tel.0.1"); }}};
  const Digests::Values texts = transcripts_of(records);
  const std::string digest = digests_of(records).outcome;
  EXPECT_EQ(texts.outcome,
            "outcome v1\n"
            "1767603602000000000\tacme-tel\tcall\tacme-tel.0.1\tacme-tel\tacme-tel\tbeta-voice\t"
            "12015550123\t14155550199\t\tA\tpassed\t200\t1767603601000000000\t-\t42000000\t0\n"
            "1767603603000000000\tbeta-voice\tverification\tacme-tel.0.1\trfc8224\t"
            "TN-Validation-Failed\t438\tInvalid Identity Header\tsignature_verifies\tca-one\tA\t"
            "20095000\t20095000\tcertificate_fetched=passed@0+20000000,"
            "signature_verifies=failed@20000000+95000,\n");
  EXPECT_EQ(texts.artefact,
            "artefact v1\n\n"
            "the signature does not fit the key of the certificate\t"
            "https://certs.acme-tel.test/0f1e2d3c4b5a69788796a5b4c3d2e1f0.pem\t" +
                std::string(64, 'c') + "\noutcome\t" + digest + "\n");
}

// Two different records must not have one canonical form because a text holds a separator.
TEST(CanonicalForm, EscapesSeparatorsInTexts) {
  const Digests::Values texts = transcripts_of({call_with([](CallEvent& e) {
    e.id = "a\tb\nc\rd\\e";
    e.via = "long enough to fill several words, then \\ the last";
  })});
  EXPECT_THAT(texts.outcome, HasSubstr("\tcall\ta\\tb\\nc\\rd\\\\e\t"));
  EXPECT_THAT(texts.outcome, HasSubstr("words, then \\\\ the last\t"));
  EXPECT_NE(
      digests_of({call_with([](CallEvent& e) { e.from = "a\tb", e.claims_to_be = "c"; })}).outcome,
      digests_of({call_with([](CallEvent& e) { e.from = "a", e.claims_to_be = "b\tc"; })}).outcome);
}

TEST(CanonicalForm, LeavesOtherTextAsItIs) {
  const Digests::Values texts =
      transcripts_of({call_with([](CallEvent& e) { e.from = "Zürich [x] {y} ~ \x7f"; })});
  EXPECT_THAT(texts.outcome, HasSubstr("\tZürich [x] {y} ~ \x7f\t"));
}

}  // namespace
}  // namespace shakedown::results
