// The section `timeline`: what is done, to whom, when.
#include <algorithm>

#include "scenarios/language/define_calls.h"
#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"
#include "scenarios/language/variant.h"

namespace shakedown::scenarios {

// Every fault of sim/fault.h as an alternative; define_faults.cc.
std::vector<Alternative<TimelineEntry>> fault_alternatives();

namespace {

// What happens to a placed call only when all is known: who calls, and whether the means are there.
void check_placed_call(Reader& reader, const Node& node, const PlaceCalls& call, bool has_with) {
  reader.later([call, has_with, from = reader.spot_of(node, "from"),
                with = reader.spot_of(node, has_with ? "with" : "as"),
                here = reader.spot(node)](Reader& after, const Scenario& all) {
    const auto is = [&](const auto& actors) {
      return std::any_of(actors.begin(), actors.end(),
                         [&](const auto& actor) { return actor.name == call.calls.from; });
    };
    const Ecosystem& world = all.ecosystem;
    const bool honest = is(world.providers) || is(world.enterprises);
    if (is(world.cas) || is(world.transit) || call.calls.from == kPolicyAdministrator ||
        call.calls.from == kMasterKeyService) {
      after.problem(from,
                    fmt::format("{} places no calls: expected a provider, an enterprise or an "
                                "adversary",
                                in_quotes(call.calls.from)));
      return;
    }
    const bool wants_victim =
        call.with == Means::kStolenKey || call.with == Means::kOwnCa || call.with == Means::kReplay;
    if (wants_victim && call.as.empty()) {
      after.problem(with, fmt::format("{} needs 'as': whom the calls claim to be from",
                                      to_string(call.with)));
    }
    if (!honest && call.with == Means::kOwn && has_with) {
      after.problem(with, fmt::format("{} is an adversary and has nothing of its own to sign with",
                                      call.calls.from));
    }
    if (!honest && call.as.empty() && call.calls.calling.empty() && !wants_victim) {
      after.problem(here,
                    fmt::format("{} has no numbers: give 'as' or 'calling'", call.calls.from));
    }
    if (call.with != Means::kStolenKey || call.as.empty()) return;
    std::vector<std::string> thieves;
    bool too_early = false;
    for (const TimelineEntry& entry : all.timeline) {
      const auto theft = key_in_wrong_hands(entry.action);
      if (!theft || theft->of != call.as) continue;
      thieves.push_back(theft->by);
      if (theft->by != call.calls.from) continue;
      if (entry.at <= call.calls.start) return;
      too_early = true;
    }
    if (too_early) {
      after.problem(here, fmt::format("{} calls before it has stolen the key of {}",
                                      call.calls.from, call.as));
      return;
    }
    const std::string near = nearest(call.calls.from, thieves);
    after.problem(
        from, fmt::format("{} has not stolen the key of {}{}", in_quotes(call.calls.from), call.as,
                          near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  });
}

struct CallActionDraft {
  CallDraft calls;
  std::string as;
  std::optional<Means> with;
  friend bool operator==(const CallActionDraft&, const CallActionDraft&) = default;
};

const Mapping<CallActionDraft>& call_mapping() {
  static const Mapping<CallActionDraft> table = [] {
    using D = CallActionDraft;
    Mapping<D> t("call", "Calls of an adversary (or of anybody) from this moment on.");
    t.key("from", name(), [](D& d) -> std::string& { return d.calls.plan.from; })
        .required()
        .says("Who calls. A name that is nobody's introduces an adversary.")
        .example("mallory");
    t.key("as", reference(Role::kCaller), &D::as)
        .says("Whom the calls claim to be from.")
        .example("acme-tel");
    t.key("with", choice<Means>(), &D::with)
        .otherwise("stolen_key with `as`; own for providers and enterprises; else no_identity")
        .says("By what means they are signed.")
        .example("stolen_key");
    call_keys(t, [](D& d) -> CallDraft& { return d.calls; });
    t.finish([](Reader& reader, const Node& node, D& d) { resolve_calls(reader, node, d.calls); });
    return t;
  }();
  return table;
}

// Without `with` and `as` it is kOwn until settle() in parse.cc knows who is an adversary.
void finish_call(TimelineEntry& entry, CallActionDraft draft) {
  PlaceCalls call{draft.calls.plan, draft.as, draft.with.value_or(Means::kOwn)};
  if (!draft.with && !draft.as.empty()) call.with = Means::kStolenKey;
  entry.action = std::move(call);
}

// An adversary is nobody else.
void check_is_introduced(Reader& reader, const Spot& spot, const std::string& adversary) {
  reader.later([spot, adversary](Reader& after, const Scenario& all) {
    const auto& known = all.adversaries;  // Sorted.
    if (adversary.empty() || std::binary_search(known.begin(), known.end(), adversary)) return;
    after.problem(spot, fmt::format("{} is an actor of the ecosystem: an adversary has a name of "
                                    "its own",
                                    in_quotes(adversary)));
  });
}

const Mapping<StealKey>& steal_key_mapping() {
  static const Mapping<StealKey> table = [] {
    Mapping<StealKey> t("steal_key", "A private key falls into the wrong hands.");
    t.key("of", reference(Role::kSigner), &StealKey::of)
        .required()
        .says("Whose key.")
        .example("acme-tel");
    t.key("by", name(), &StealKey::by)
        .required()
        .says("The thief; this introduces the adversary.")
        .example("mallory");
    t.finish([](Reader& reader, const Node& node, StealKey& theft) {
      check_is_introduced(reader, reader.spot_of(node, "by"), theft.by);
    });
    return t;
  }();
  return table;
}

const Mapping<Rotate>& rotate_mapping() {
  static const Mapping<Rotate> table = [] {
    Mapping<Rotate> t("rotate",
                      "A new key and certificate now, then signing switches to it. Orders of one "
                      "instant are carried out one after the other.");
    t.key("provider", reference(Role::kSigner), &Rotate::provider)
        .required()
        .says("Whose.")
        .example("acme-tel");
    t.key("because", word("a reason (small letters and '_')", "^[a-z][a-z_]{0,31}$"),
          &Rotate::because)
        .by_default("rotation")
        .says("The reason, for the records alone.")
        .example("compromise");
    t.key("rekey", boolean(), &Rotate::rekey)
        .by_default("true")
        .says("A new key, too; false: a new certificate for the key in use.");
    return t;
  }();
  return table;
}

Value<std::string> revocation_reason() {
  return one_of({{"unspecified", "No reason is given."},
                 {"keyCompromise", "The private key is known to others."},
                 {"cACompromise", "The key of the CA is known to others."},
                 {"affiliationChanged", "The subject is somebody else now."},
                 {"superseded", "There is a newer certificate."},
                 {"cessationOfOperation", "It is no longer needed."},
                 {"privilegeWithdrawn", "The right to use it was withdrawn."}});
}

const Mapping<Revoke>& revoke_mapping() {
  static const Mapping<Revoke> table = [] {
    Mapping<Revoke> t("revoke", "A certificate is revoked: its CA reports it to the STI-PA.");
    t.key("certificate_of", reference(Role::kSigner), &Revoke::certificate_of)
        .required()
        .says("Whose certificate.")
        .example("acme-tel");
    t.key("which", choice<WhichCertificate>(), &Revoke::which)
        .by_default("current")
        .says("Which of its certificates.");
    t.key("reason", revocation_reason(), &Revoke::reason)
        .by_default("unspecified")
        .says("The reason code of RFC 5280.")
        .example("keyCompromise");
    t.finish([](Reader& reader, const Node& node, Revoke& revoke) {
      if (revoke.which == WhichCertificate::kDelegateCa) {
        reader.later([spot = reader.spot_of(node, "which"), of = revoke.certificate_of](
                         Reader& after, const Scenario& all) {
          for (const Provider& provider : all.ecosystem.providers) {
            if (provider.name == of && provider.delegates) return;
          }
          for (const Enterprise& enterprise : all.ecosystem.enterprises) {
            if (enterprise.name == of && enterprise.delegates) return;
          }
          after.problem(spot, fmt::format("{} does not delegate", of));
        });
      }
      if (revoke.which != WhichCertificate::kStolen) return;
      reader.later([spot = reader.spot_of(node, "which"), of = revoke.certificate_of](
                       Reader& after, const Scenario& all) {
        const bool stolen =
            std::any_of(all.timeline.begin(), all.timeline.end(), [&](const TimelineEntry& entry) {
              const auto theft = key_in_wrong_hands(entry.action);
              return theft && theft->of == of;
            });
        if (!stolen) after.problem(spot, fmt::format("nobody steals the key of {}", of));
      });
    });
    return t;
  }();
  return table;
}

const Mapping<MisIssue>& mis_issue_mapping() {
  static const Mapping<MisIssue> table = [] {
    Mapping<MisIssue> t(
        "mis_issue",
        "A CA certifies an adversary's key for the code of somebody else, without a "
        "token that covers it. The adversary can then call with its stolen_key.");
    t.key("ca", reference(Role::kCa), &MisIssue::ca).required().says("Which CA.").example("ca-one");
    t.key("of", reference(Role::kProvider), &MisIssue::of)
        .required()
        .says("Whose code the certificate names.")
        .example("acme-tel");
    t.key("to", name(), &MisIssue::by)
        .required()
        .says("Who gets it; this introduces the adversary.")
        .example("mallory");
    t.finish([](Reader& reader, const Node& node, MisIssue& issued) {
      check_is_introduced(reader, reader.spot_of(node, "to"), issued.by);
    });
    return t;
  }();
  return table;
}

const Mapping<RevokeMany>& revoke_many_mapping() {
  static const Mapping<RevokeMany> table = [] {
    using R = RevokeMany;
    Mapping<R> t("revoke_many",
                 "A CA reports the certificates of many of its subscribers to the STI-PA at once.");
    t.key("ca", reference(Role::kCa), &R::ca).required().says("Which CA.").example("ca-one");
    t.key("count", count(1, kMostSubscribers), &R::count)
        .required()
        .says("How many; not more than the CA has `subscribers`.")
        .example("1203");
    t.key("reason", revocation_reason(), &R::reason)
        .by_default("unspecified")
        .says("The reason code of RFC 5280.")
        .example("privilegeWithdrawn");
    t.finish([](Reader& reader, const Node& node, R& many) {
      reader.later(
          [spot = reader.spot_of(node, "count"), many](Reader& after, const Scenario& all) {
            for (const CertificationAuthority& ca : all.ecosystem.cas) {
              if (ca.name != many.ca || many.count <= ca.subscribers) continue;
              after.problem(spot, fmt::format("{} has {} subscribers", ca.name, ca.subscribers));
            }
          });
    });
    return t;
  }();
  return table;
}

const Mapping<RollBackCrl>& roll_back_crl_mapping() {
  static const Mapping<RollBackCrl> table = [] {
    using R = RollBackCrl;
    Mapping<R> t("roll_back_crl",
                 "The STI-PA serves an older CRL again, as after a restored backup.");
    t.key("back", count(1, kFarthestBack), &R::back)
        .by_default("1")
        .says("How many publications before the newest.")
        .example("2");
    t.key("for", positive_duration(), &R::duration)
        .otherwise("to the end")
        .says("How long.")
        .example("2h");
    return t;
  }();
  return table;
}

template <class A>
const Mapping<A>& ca_action_mapping(const char* title, const char* description) {
  static const Mapping<A> table = [&] {
    Mapping<A> t(title, description);
    t.key("ca", reference(Role::kCa), &A::ca).required().says("Which CA.").example("ca-one");
    return t;
  }();
  return table;
}

const Mapping<Move>& move_mapping() {
  static const Mapping<Move> table = [] {
    Mapping<Move> t("move",
                    "A provider goes to another CA: account, token, certificate, publication, "
                    "switch.");
    t.key("provider", reference(Role::kProvider), &Move::provider)
        .required()
        .says("Who moves.")
        .example("acme-tel");
    t.key("to", reference(Role::kCa), &Move::to).required().says("The new CA.").example("ca-two");
    return t;
  }();
  return table;
}

template <class A>
const Mapping<A>& account_action_mapping(const char* title,
                                         const char* description,
                                         const char* whose) {
  static const Mapping<A> table = [&] {
    Mapping<A> t(title, description);
    t.key("provider", reference(Role::kProvider), &A::provider)
        .required()
        .says(whose)
        .example("acme-tel");
    return t;
  }();
  return table;
}

const Mapping<WithdrawSpc>& withdraw_spc_mapping() {
  static const Mapping<WithdrawSpc> table = [] {
    using W = WithdrawSpc;
    Mapping<W> t("withdraw_spc",
                 "The STI-PA takes a provider's code away: no more SPC tokens for it.");
    t.key("provider", reference(Role::kProvider), &W::provider)
        .required()
        .says("Whose code.")
        .example("acme-tel");
    t.key("certificates",
          turned(one_of({{"keep", "They are left as they are."},
                         {"revoke", "The STI-CAs report them, because privilegeWithdrawn."}}),
                 [](const std::string& word) { return word == "revoke"; }),
          &W::revokes)
        .by_default("keep")
        .says("What becomes of its valid certificates.");
    return t;
  }();
  return table;
}

const Mapping<RollSigner>& roll_signer_mapping() {
  static const Mapping<RollSigner> table = [] {
    Mapping<RollSigner> t("roll_signer",
                          "The STI-PA signs with a new key and certificate, under its old root or "
                          "under a new one.");
    t.key("which", choice<WhichSigner>(), &RollSigner::which)
        .by_default("signer")
        .says("Which of its keys is new.");
    t.key("overlap", positive_duration(), &RollSigner::overlap)
        .by_default("24h")
        .says("Of a new root: so long the old root certifies it, for those who know only that one.")
        .example("6h");
    t.finish([](Reader& reader, const Node& node, RollSigner& roll) {
      if (node.has("overlap") && roll.which != WhichSigner::kRoot) {
        reader.problem(reader.spot_of(node, "overlap"), "only a new root has it");
      }
      if (roll.overlap < std::chrono::seconds{1}) {
        reader.problem(reader.spot_of(node, "overlap"), "it must be 1s or more");
      }
    });
    return t;
  }();
  return table;
}

const Mapping<Note>& note_mapping() {
  static const Mapping<Note> table = [] {
    Mapping<Note> t("note", "A remark that appears in the reports.");
    t.key("text", text(), &Note::text).required().says("The remark.").example("Office hours end");
    return t;
  }();
  return table;
}

template <class A>
Alternative<TimelineEntry> action(std::string when, const Mapping<A>& mapping) {
  return alternative<TimelineEntry>(std::move(when), mapping, [](TimelineEntry& entry, A value) {
    entry.action = std::move(value);
  });
}

const std::vector<Alternative<TimelineEntry>>& actions() {
  static const std::vector<Alternative<TimelineEntry>> all = [] {
    std::vector<Alternative<TimelineEntry>> list{
        action("steal_key", steal_key_mapping()),
        alternative<TimelineEntry>("call", call_mapping(), finish_call),
        action("rotate", rotate_mapping()),
        action("revoke", revoke_mapping()),
        action("revoke_many", revoke_many_mapping()),
        action("mis_issue", mis_issue_mapping()),
        action("roll_back_crl", roll_back_crl_mapping()),
        action("remove_ca",
               ca_action_mapping<RemoveCa>("remove_ca", "A CA leaves the STI-PA's list.")),
        action("restore_ca",
               ca_action_mapping<RestoreCa>("restore_ca", "A CA returns to the STI-PA's list.")),
        action("move", move_mapping()),
        action("suspend",
               account_action_mapping<Suspend>(
                   "suspend", "The STI-PA suspends a provider: no more SPC tokens for it.",
                   "Who is suspended.")),
        action("reinstate",
               account_action_mapping<Reinstate>(
                   "reinstate", "The STI-PA ends the suspension of a provider.", "Whose account.")),
        action("remove_account",
               account_action_mapping<RemoveAccount>(
                   "remove_account", "The STI-PA closes a provider's account for good.",
                   "Whose account.")),
        action("withdraw_spc", withdraw_spc_mapping()),
        action("roll_signer", roll_signer_mapping()),
        action("note", note_mapping()),
    };
    for (auto& fault : fault_alternatives()) list.push_back(std::move(fault));
    return list;
  }();
  return all;
}

const Mapping<TimelineEntry>& entry_mapping() {
  static const Mapping<TimelineEntry> table = [] {
    using E = TimelineEntry;
    Words words;
    for (const auto& one : actions()) words.emplace_back(one.when, one.description);
    const Value<std::string> action_word = one_of(std::move(words), "an action");
    Mapping<E> t("timeline entry", "Something that is done at a moment.");
    t.key("at", duration(), &E::at).required().says("When, after the epoch.").example("2h 5m");
    // select_action() looks at the word again: here it is only checked.
    t.key("do",
          Value<Action>{action_word.shape,
                        [action_word](Reader& reader, const Node& node, Action&) {
                          std::string ignored;
                          return action_word.read(reader, node, ignored);
                        }},
          &E::action)
        .required()
        .says("What; each action has keys of its own.")
        .example("rotate");
    t.finish([](Reader&, const Node& node, E& entry) { entry.mark = node.place.mark; });
    return t;
  }();
  return table;
}

const Alternative<TimelineEntry>* select_action(Reader&, const Node& node) {
  const Node::Member* member = node.find("do");
  if (member == nullptr) return nullptr;
  const auto& all = actions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& one) { return one.when == member->value->text; });
  return found == all.end() ? nullptr : &*found;
}

// When all keys of an entry have been read.
void finish_entry(Reader& reader, const Node& node, TimelineEntry& entry) {
  const Spot at = reader.spot_of(node, "at");
  if (auto* call = std::get_if<PlaceCalls>(&entry.action)) {
    call->calls.start = entry.at;
    check_placed_call(reader, node, *call, node.has("with"));
  }
  check_within_scenario(reader, at, entry.at, reader.spot_of(node, "for"),
                        entry.at + duration_of(entry.action));
}

}  // namespace

sim::Duration duration_of(const Action& action) {
  if (const auto* call = std::get_if<PlaceCalls>(&action)) return call->calls.duration;
  std::optional<sim::Duration> lasts;
  if (const auto* fault = std::get_if<InjectFault>(&action)) lasts = fault->duration;
  if (const auto* rollback = std::get_if<RollBackCrl>(&action)) lasts = rollback->duration;
  return lasts.value_or(sim::Duration{});
}

Value<std::vector<TimelineEntry>> timeline_value() {
  const Value<TimelineEntry> entry = variant_value<TimelineEntry>(
      "a timeline entry, such as {at: 1h, do: rotate, provider: acme-tel}", "do", entry_mapping(),
      actions(), select_action);
  return list_of(Value<TimelineEntry>{
      entry.shape, [entry](Reader& reader, const Node& node, TimelineEntry& into) {
        if (!entry.read(reader, node, into)) return false;
        finish_entry(reader, node, into);
        return true;
      }});
}

}  // namespace shakedown::scenarios
