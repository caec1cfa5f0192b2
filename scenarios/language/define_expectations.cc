// The section `expect`: what must be true of the calls, of a metric, of who is affected by a CA, or
// of what happened.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/language/definitions.h"
#include "scenarios/language/expectation_parts.h"
#include "scenarios/language/values.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::scenarios {
namespace {

struct CallsDraft {
  CallsExpectation what;
  std::map<Counted, Limits> counted;
  Limits direct;  // At the entry's top level.
  friend bool operator==(const CallsDraft&, const CallsDraft&) = default;
};

Value<std::string> verification_step() {
  Words words;
  for (std::size_t i = 0; i < stir::kSteps; ++i) {
    const stir::StepInfo& step = stir::info(static_cast<stir::Step>(i));
    words.emplace_back(step.id, step.question);
  }
  return one_of(std::move(words), "a verification step");
}

void finish_calls(Reader& reader, const Node& node, CallsDraft& draft) {
  CallsExpectation& what = draft.what;
  const bool by_verdict = !what.failed_at.empty() || what.code.has_value();
  for (const Choice<Counted>& one : choices<Counted>()) {
    for (const Limit& limit_of : draft.counted[one.value]) {
      what.limits.push_back({one.value, limit_of});
    }
    if (node.has(one.name) && by_verdict && one.value != Counted::kFailed) {
      reader.problem(reader.spot_of(node, one.name),
                     "with failed_at or code only failed calls can be counted");
    }
  }
  for (const Limit& limit_of : draft.direct) what.limits.push_back({Counted::kFailed, limit_of});
  if (!draft.direct.empty() && !by_verdict) {
    for (const Choice<Comparison>& one : choices<Comparison>()) {
      if (!node.has(one.name)) continue;
      reader.problem(
          reader.spot_of(node, one.name),
          fmt::format("of which calls? Write passed: {{{}: ...}}, or failed, unverified, "
                      "attempted",
                      one.name));
    }
  }
  check_limits(reader, node, draft.direct);
  if (node.has("to") && node.has("calls_to")) {
    reader.problem(reader.spot_of(node, "to"), "calls_to says this already");
  }
  const bool has_filter =
      node.has("calls_from") || node.has("calls_to") || node.has("to") || by_verdict;
  if (!has_filter) {
    reader.problem(node,
                   "what is expected? Give calls_from or calls_to, metric, affected or happened");
  } else if (what.limits.empty() &&
             std::none_of(choices<Counted>().begin(), choices<Counted>().end(),
                          [&](const auto& one) { return node.has(one.name); })) {
    reader.problem(node, "how many? Give passed, failed, unverified or attempted");
  }
  check_window(reader, node, what.after, what.before);
}

const Mapping<CallsDraft>& calls_mapping() {
  static const Mapping<CallsDraft> table = [] {
    using D = CallsDraft;
    Mapping<D> t(
        "calls expectation",
        "How many calls pass or fail. The keys before `passed` select calls; shares are of "
        "the selected calls, `failed_at` and `code` left aside.");
    t.key("calls_from", reference(Role::kAnyCaller),
          [](D& d) -> std::string& { return d.what.from; })
        .says("Who calls: a provider, an enterprise or an adversary.")
        .example("acme-tel");
    t.key("calls_to", reference(Role::kProvider), [](D& d) -> std::string& { return d.what.to; })
        .says("Who is called.")
        .example("beta-voice");
    t.key("to", reference(Role::kProvider), [](D& d) -> std::string& { return d.what.to; })
        .says("The same as calls_to, to read well after calls_from.")
        .example("beta-voice");
    t.key("as", reference(Role::kCaller), [](D& d) -> std::string& { return d.what.as; })
        .says("Whom they claim to be from.")
        .example("acme-tel");
    t.key("via", reference(Role::kTransit), [](D& d) -> std::string& { return d.what.via; })
        .says("A transit provider on their way.")
        .example("long-haul");
    t.key("attest", attestation(), [](D& d) -> std::optional<char>& { return d.what.attest; })
        .says("Their attestation.")
        .example("A");
    window_keys(t, [](D& d) -> CallsExpectation& { return d.what; });
    t.key("failed_at", verification_step(), [](D& d) -> std::string& { return d.what.failed_at; })
        .says("Only calls that failed at this verification step.")
        .example("certificate_fetched");
    t.key("code", turned(integer(100, 699), [](std::int64_t n) { return static_cast<int>(n); }),
          [](D& d) -> std::optional<int>& { return d.what.code; })
        .says("Only calls that failed with this SIP code.")
        .example("436");
    for (const Choice<Counted>& one : choices<Counted>()) {
      t.key(std::string(one.name), limits(false, Comparison::kExactly),
            [counted = one.value](D& d) -> Limits& { return d.counted[counted]; })
          .says(std::string(one.description) + " A bare number means exactly.")
          .example("{at_least: 99.9%}");
    }
    limit_keys(t, false, [](D& d) -> Limits& { return d.direct; });
    t.finish(finish_calls);
    return t;
  }();
  return table;
}

const Mapping<AffectedExpectation>& affected_mapping() {
  static const Mapping<AffectedExpectation> table = [] {
    using A = AffectedExpectation;
    Mapping<A> t("affected", "Exactly these providers rely on a CA when the scenario ends.");
    t.key("by_ca", reference(Role::kCa), &A::by_ca).required().says("Which CA.").example("ca-one");
    t.key("providers", list_of(reference(Role::kSigner), 0), &A::providers)
        .required()
        .says("The providers that the view affected_by_ca names; [] for none.")
        .example("[acme-tel]");
    return t;
  }();
  return table;
}

const Mapping<AffectedExpectation>& affected_entry_mapping() {
  static const Mapping<AffectedExpectation> table = [] {
    using A = AffectedExpectation;
    Mapping<A> t("affected expectation", "Who is affected by a CA.");
    t.key("affected", mapping_value(affected_mapping()), [](A& a) -> A& { return a; })
        .required()
        .says("The CA and those who rely on it.")
        .example("{by_ca: ca-one, providers: [acme-tel]}");
    return t;
  }();
  return table;
}


const Mapping<HappeningsExpectation>& happenings_mapping() {
  static const Mapping<HappeningsExpectation> table = [] {
    using H = HappeningsExpectation;
    Mapping<H> t("happenings expectation", "How often something happens.");
    t.key("happened", choice<actors::HappeningKind>("something that happens"), &H::kind)
        .required()
        .says("What is counted.")
        .example("crl_rejected");
    t.key("of", reference(Role::kActor), &H::of)
        .otherwise("anybody's")
        .says("To whom; of a report of a revocation, who reported.")
        .example("beta-voice");
    t.key("because", text(), &H::because)
        .otherwise("whatever")
        .says("Only where the recorded detail has this in it.")
        .example("crl_number_went_back");
    window_keys(t, [](H& h) -> H& { return h; });
    limit_keys(t, false, [](H& h) -> Limits& { return h.limits; });
    t.finish([](Reader& reader, const Node& node, H& h) {
      for (const Limit& limit : h.limits) {
        if (limit.unit == Unit::kCount) continue;
        reader.problem(reader.spot_of(node, to_string(limit.comparison)),
                       "expected a number, such as 12");
      }
      if (h.limits.empty()) {
        reader.problem(node, "how often? Give at_least, at_most or exactly");
      }
      check_limits(reader, node, h.limits);
      check_window(reader, node, h.after, h.before);
    });
    return t;
  }();
  return table;
}

const std::vector<Alternative<Expectation>>& forms() {
  static const std::vector<Alternative<Expectation>> all{
      metric_form(),
      alternative<Expectation>(
          "affected", affected_entry_mapping(),
          [](Expectation& e, AffectedExpectation a) { e.what = std::move(a); }),
      alternative<Expectation>(
          "happened", happenings_mapping(),
          [](Expectation& e, HappeningsExpectation h) { e.what = std::move(h); }),
      alternative<Expectation>("", calls_mapping(),
                               [](Expectation& e, CallsDraft d) { e.what = std::move(d.what); }),
  };
  return all;
}

const Mapping<Expectation>& expectation_mapping() {
  static const Mapping<Expectation> table = [] {
    Mapping<Expectation> t("expectation",
                           "What must be true at the end: of calls, of a metric, of who is "
                           "affected by a CA, or of what happened.");
    t.key("id", name(), &Expectation::id)
        .otherwise("e1, e2, ... by position")
        .says("A name for it in reports.")
        .example("good-calls");
    t.finish([](Reader&, const Node& node, Expectation& expectation) {
      expectation.mark = node.place.mark;
      expectation.text = flow_text(node);
    });
    return t;
  }();
  return table;
}

const Alternative<Expectation>* select_form(Reader&, const Node& node) {
  for (const Alternative<Expectation>& form : forms()) {
    if (form.when.empty() || node.has(form.when)) return &form;
  }
  return nullptr;
}

}  // namespace

Value<std::vector<Expectation>> expectations_value() {
  return list_of(variant_value<Expectation>(
      "an expectation, such as {calls_from: acme-tel, passed: {at_least: 99%}}", "",
      expectation_mapping(), forms(), select_form));
}

}  // namespace shakedown::scenarios
