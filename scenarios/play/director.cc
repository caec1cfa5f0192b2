#include "scenarios/play/director.h"

#include <utility>
#include <variant>

#include "scenarios/play/traffic.h"

namespace shakedown::scenarios {
namespace {

constexpr sim::Duration kReadyWithin = std::chrono::seconds{100};

}  // namespace

Director::Director(sim::World& world,
                   BuiltEcosystem& ecosystem,
                   const Scenario& scenario,
                   DirectorOptions options)
    : world_(world),
      ecosystem_(ecosystem),
      scenario_(scenario),
      options_(std::move(options)),
      env_(world.add_actor(
          {.name = "director", .region = scenario.network.default_region, .servers = 1})) {
  for (const Traffic& traffic : scenario_.traffic) planned_calls_ += traffic.calls.count;
  for (const TimelineEntry& entry : scenario_.timeline) {
    if (const auto* calls = std::get_if<PlaceCalls>(&entry.action)) {
      planned_calls_ += calls->calls.count;
    }
  }
}

void Director::start() {
  world_.start(
      env_, "direct", [this] { direct(); }, sim::Daemon::kNo);
}

void Director::direct() {
  for (const TimelineEntry& entry : scenario_.timeline) {
    const auto* calls = std::get_if<PlaceCalls>(&entry.action);
    if (calls == nullptr || calls->with != Means::kReplay) continue;
    if (actors::Provider* victim = ecosystem_.provider(calls->as)) {
      world_.start(
          victim->env(), "overhear", [victim] { victim->let_overhear(); }, sim::Daemon::kNo);
    }
  }
  if (!wait_until_everybody_is_ready()) return;
  if (options_.before_story && !options_.before_story()) {
    failure_ = "the external product never got ready";
    return;
  }
  if (options_.epoch) {
    env_.sleep_until(*options_.epoch);
    epoch_ = *options_.epoch;
  } else {
    epoch_ = world_.now();
  }
  happened("story_began", scenario_.name, "", "");
  const TrafficContext context{world_, ecosystem_, epoch_, placed_calls_};
  for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) {
    start_calls(context, {.calls = scenario_.traffic[i].calls, .as = {}, .with = Means::kOwn},
                std::to_string(i));
  }
  play_timeline();
  env_.sleep_for(epoch_ + scenario_.duration - world_.now());
}

bool Director::wait_until_everybody_is_ready() {
  const std::size_t wanted = ecosystem_.participants_to_wait_for();
  const sim::Time deadline = env_.now() + kReadyWithin;
  ecosystem_.open(deadline, [this](const std::string& name, bool ready) {
    if (!ready) {
      const std::lock_guard lock(mutex_);
      if (first_not_ready_.empty()) first_not_ready_ = name;
      not_ready_.fetch_add(1);
    }
    ready_.fetch_add(1);
  });
  while (ready_.load() < wanted) {
    if (env_.now() > deadline + std::chrono::seconds{5}) break;
    env_.sleep_for(std::chrono::milliseconds{20});
  }
  if (ready_.load() >= wanted && not_ready_.load() == 0) return true;
  const std::lock_guard lock(mutex_);
  failure_ = first_not_ready_.empty()
                 ? "somebody did not get a certificate or the trust list in time"
                 : first_not_ready_ + " did not get its certificate or the trust list in time";
  happened("story_failed", scenario_.name, "", failure_);
  return false;
}

void Director::play_timeline() {
  for (const TimelineEntry& entry : scenario_.timeline) {
    env_.sleep_for(epoch_ + entry.at - world_.now());
    std::visit([&](const auto& action) { perform(entry, action); }, entry.action);
  }
}

void Director::happened(std::string kind, std::string subject, std::string by, std::string detail) {
  auto event = std::make_unique<actors::HappeningEvent>();
  event->kind = std::move(kind);
  event->subject = std::move(subject);
  event->by = std::move(by);
  event->detail = std::move(detail);
  env_.record(std::move(event));
}

void Director::perform(const TimelineEntry&, const StealKey& action) {
  struct Loot {
    actors::SigningIdentityPtr identity;
    Result<crypto::PrivateKeyPtr> key = fail(ErrorCode::kKeyUnavailable, "nothing to steal");
  };

  const auto steal = [this](auto& victim) {
    return ask_on(victim.env(), "theft", [&victim] {
      Loot loot{.identity = victim.certificates().current()};
      if (loot.identity) loot.key = victim.keys().steal(loot.identity->key);
      return loot;
    });
  };
  Loot loot;
  if (actors::Provider* provider = ecosystem_.provider(action.of)) loot = steal(*provider);
  if (actors::Enterprise* enterprise = ecosystem_.enterprise(action.of)) loot = steal(*enterprise);
  if (!loot.key) {
    happened("theft_failed", action.of, action.by, loot.key.error().detail);
    return;
  }
  stolen_[action.of] = loot.identity->certificate;
  actors::Adversary* thief = ecosystem_.adversary(action.by);
  ask_on(thief->env(), "loot", [thief, loot, victim = action.of] {
    thief->keep_stolen(victim, *loot.key, loot.identity->x5u, loot.identity->certificate);
    return true;
  });
  happened("key_stolen", action.of, action.by, loot.identity->x5u);
}

void Director::perform(const TimelineEntry& entry, const PlaceCalls& action) {
  const auto index = static_cast<std::size_t>(&entry - scenario_.timeline.data());
  std::optional<actors::SignedCall> overheard;
  actors::Provider* victim = ecosystem_.provider(action.as);
  if (action.with == Means::kReplay && victim != nullptr) {
    overheard = ask_on(victim->env(), "overhear", [victim] { return victim->overheard(); });
  }
  start_calls({world_, ecosystem_, epoch_, placed_calls_}, action, "x" + std::to_string(index),
              overheard);
}

void Director::perform(const TimelineEntry&, const Rotate& action) {
  happened("rotation_ordered", action.provider, "", action.because);
  const auto rotate = [&](auto& participant) {
    world_.start(
        participant.env(), "rotate",
        [&participant, because = action.because] {
          (void)participant.certificates().renew(because);  // Recorded as an issuance.
        },
        sim::Daemon::kNo);
  };
  if (actors::Provider* provider = ecosystem_.provider(action.provider)) rotate(*provider);
  if (actors::Enterprise* enterprise = ecosystem_.enterprise(action.provider)) rotate(*enterprise);
}

crypto::CertificatePtr Director::certificate_to_revoke(const Revoke& action) {
  if (action.which == WhichCertificate::kStolen) {
    const auto stolen = stolen_.find(action.certificate_of);
    return stolen == stolen_.end() ? nullptr : stolen->second;
  }
  const std::size_t back = action.which == WhichCertificate::kPrevious ? 2 : 1;
  const auto choose = [this, back](auto& participant) {
    return ask_on(participant.env(), "choose", [&participant, back]() -> crypto::CertificatePtr {
      const auto& history = participant.certificates().history();
      return history.size() < back ? nullptr : history[history.size() - back]->certificate;
    });
  };
  if (auto* provider = ecosystem_.provider(action.certificate_of)) return choose(*provider);
  if (auto* enterprise = ecosystem_.enterprise(action.certificate_of)) return choose(*enterprise);
  return nullptr;
}

void Director::perform(const TimelineEntry&, const Revoke& action) {
  const auto reason =
      crypto::crl_reason_from_string(action.reason).value_or(crypto::CrlReason::kUnspecified);
  const auto start = [this](sim::Env& env, std::function<Status()> report) {
    world_.start(
        env, "revoke",
        [&env, report = std::move(report)] {
          const Status status = report();
          if (status) return;
          auto event = std::make_unique<actors::HappeningEvent>();
          event->kind = "revocation_failed";
          event->subject = env.name();
          event->detail = status.error().detail;
          env.record(std::move(event));
        },
        sim::Daemon::kNo);
  };
  actors::Provider* provider = ecosystem_.provider(action.certificate_of);
  if (action.which == WhichCertificate::kDelegateCa) {
    happened("revocation_requested", action.certificate_of, "", action.reason);
    const auto revoke_ca = [&](auto& delegator) {
      start(delegator.env(), [&delegator, reason] { return delegator.revoke_delegate_ca(reason); });
    };
    if (provider != nullptr) return revoke_ca(*provider);
    return revoke_ca(*ecosystem_.enterprise(action.certificate_of));
  }
  const crypto::CertificatePtr certificate = certificate_to_revoke(action);
  if (!certificate) {
    happened("revocation_failed", action.certificate_of, "",
             "there is no " + std::string(to_string(action.which)) + " certificate");
    return;
  }
  happened("revocation_requested", action.certificate_of, "", action.reason);
  const auto revoke = [&](auto& participant) {
    start(participant.env(), [&participant, certificate, reason] {
      return participant.certificate_source().revoke(certificate, reason);
    });
  };
  if (provider != nullptr) revoke(*provider);
  if (auto* enterprise = ecosystem_.enterprise(action.certificate_of)) revoke(*enterprise);
}

void Director::perform(const TimelineEntry&, const RevokeMany& action) {
  const auto reason =
      crypto::crl_reason_from_string(action.reason).value_or(crypto::CrlReason::kUnspecified);
  actors::CertificationAuthority* ca = ecosystem_.ca(action.ca);
  happened("revocation_requested", action.ca, "",
           std::to_string(action.count) + " subscribers, " + action.reason);
  world_.start(
      ca->env(), "revoke subscribers",
      [ca, count = action.count, reason] { ca->revoke_subscribers(count, reason); },
      sim::Daemon::kNo);
}

bool Director::ask_administrator(std::string_view name,
                                 std::string failure,
                                 const std::string& subject,
                                 AdministratorTask task) {
  actors::PolicyAdministrator& administrator = ecosystem_.policy_administrator();
  const Status status = ask_on(administrator.env(), name, [&administrator, task = std::move(task)] {
    return task(administrator);
  });
  if (!status) happened(std::move(failure), subject, "", status.error().detail);
  return status.has_value();
}

static_assert(kFarthestBack <= actors::kKeptCrls);

void Director::perform(const TimelineEntry&, const RollBackCrl& action) {
  ask_administrator(
      "roll back the CRL", "rollback_failed", ecosystem_.policy_administrator().env().name(),
      [action](auto& asked) { return asked.serve_older_crl(action.back, action.duration); });
}

void Director::perform(const TimelineEntry&, const RemoveCa& action) {
  ask_administrator("remove ca", "removal_failed", action.ca, [ca = action.ca](auto& asked) {
    return asked.remove_ca(ca, "decided by the STI-GA");
  });
}

void Director::perform(const TimelineEntry&, const RestoreCa& action) {
  ask_administrator("restore ca", "restoration_failed", action.ca,
                    [ca = action.ca](auto& asked) { return asked.restore_ca(ca); });
}

void Director::perform(const TimelineEntry&, const Move& action) {
  happened("move_ordered", action.provider, "", action.to);
  actors::Provider* provider = ecosystem_.provider(action.provider);
  if (provider == nullptr) return;
  world_.start(
      provider->env(), "move",
      [provider, to = action.to, directory = ecosystem_.ca(action.to)->directory_url()] {
        (void)provider->move_to(to, directory);  // Recorded as an issuance.
      },
      sim::Daemon::kNo);
}

void Director::perform(const TimelineEntry&, const Suspend& action) {
  ask_administrator(
      "suspend", "suspension_failed", action.provider,
      [provider = action.provider](auto& asked) { return asked.suspend_account(provider); });
}

void Director::perform(const TimelineEntry&, const Reinstate& action) {
  ask_administrator(
      "reinstate", "reinstatement_failed", action.provider,
      [provider = action.provider](auto& asked) { return asked.restore_account(provider); });
}

void Director::perform(const TimelineEntry&, const RemoveAccount& action) {
  ask_administrator(
      "remove account", "removal_failed", action.provider,
      [provider = action.provider](auto& asked) { return asked.remove_account(provider); });
}

void Director::perform(const TimelineEntry&, const WithdrawSpc& action) {
  const std::string spc = ecosystem_.spc_of(action.provider);
  const bool done = ask_administrator("withdraw spc", "withdrawal_failed", action.provider,
                                      [provider = action.provider, spc](auto& asked) {
                                        return asked.withdraw_code(provider, spc);
                                      });
  if (!done || !action.revokes) return;
  for (const CertificationAuthority& model : scenario_.ecosystem.cas) {
    actors::CertificationAuthority* ca = ecosystem_.ca(model.name);
    world_.start(
        ca->env(), "revoke holder",
        [ca, spc] { ca->revoke_holder(spc, crypto::CrlReason::kPrivilegeWithdrawn); },
        sim::Daemon::kNo);
  }
}

void Director::perform(const TimelineEntry&, const RollSigner& action) {
  const bool done =
      ask_administrator("roll the signer", "roll_failed",
                        ecosystem_.policy_administrator().env().name(), [action](auto& asked) {
                          switch (action.which) {
                            case WhichSigner::kSigner:
                              break;
                            case WhichSigner::kCrlSigner:
                              return asked.roll_crl_signer();
                            case WhichSigner::kRoot:
                              return asked.roll_root(action.overlap);
                          }
                          return asked.roll_signer();
                        });
  if (!done || action.which != WhichSigner::kRoot) return;
  for (const CertificationAuthority& model : scenario_.ecosystem.cas) {
    actors::CertificationAuthority* ca = ecosystem_.ca(model.name);
    world_.start(
        ca->env(), "install root",
        [ca] {
          (void)ca->install_policy_administrator_root();  // Else tokens are refused, and recorded.
        },
        sim::Daemon::kNo);
  }
}

void Director::perform(const TimelineEntry&, const Note& action) {
  happened("note", scenario_.name, "", action.text);
}

void Director::perform(const TimelineEntry&, const InjectFault& action) {
  const std::uint64_t id = world_.begin_fault(action.fault);
  const std::string kind(sim::to_string(action.fault.kind));
  happened("fault_began", action.fault.actor, "", kind);
  if (!action.duration) return;
  env_.spawn(
      "end of fault",
      [this, id, kind, actor = action.fault.actor, duration = *action.duration] {
        env_.sleep_for(duration);
        world_.end_fault(id);
        happened("fault_ended", actor, "", kind);
      },
      sim::Daemon::kYes);
}

}  // namespace shakedown::scenarios
