// A world in virtual time for tests of actors: a tester who asks, a record of what happened, and an
// ecosystem of an STI-PA and STI-CAs for those who need one.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/acme/acme_order.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/clients/policy_administrator_client.h"
#include "actors/events.h"
#include "actors/policy_administrator/policy_administrator.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/keys/randomness.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/tn_auth_list.h"
#include "sim/virtual_time/virtual_world.h"

namespace shakedown::actors {

using namespace std::chrono_literals;

inline const sim::Time kEpoch = sim::parse_time("2026-01-05T09:00:00Z").value();

inline sim::Network test_network() {
  sim::Network network;  // With "local", 1 ms.
  network.set_rtt("east", "east", 4ms);
  network.set_rtt("west", "west", 4ms);
  network.set_rtt("east", "west", 70ms);
  network.set_rtt("local", "west", 70ms);
  network.set_rtt("local", "east", 4ms);
  return network;
}

class TestWorld {
 public:
  explicit TestWorld(std::uint64_t seed = 7) {
    EXPECT_TRUE(crypto::install_randomness_provider());
    sim::WorldOptions options;
    options.epoch = kEpoch;
    options.seed = seed;
    options.network = test_network();
    options.costs = typical_costs();
    options.sink = [this](sim::Recorded recorded) { records_.push_back(std::move(recorded)); };
    options.randomness = {crypto::enter_random_stream, crypto::leave_random_stream};
    world_ = std::make_unique<sim::VirtualWorld>(std::move(options));
    tester_ = &world_->add_actor({.name = "tester"});
  }

  sim::World& world() { return *world_; }

  // Who asks in `play`.
  sim::Env& tester() { return *tester_; }

  crypto::Bytes signed_request(const crypto::RequestSpec& spec, const crypto::PrivateKeyPtr& key) {
    return tester()
        .compute(
            work::kSign,
            [](const crypto::RequestSpec& request, const crypto::PrivateKeyPtr& signer) {
              return crypto::build_request(request, *signer);
            },
            spec, key)
        .value();
  }

  // Runs the world with `fn` as the tester's activity, until it has returned. Once only.
  void play(std::function<void()> fn, sim::Duration limit = 60 * 24h) {
    bool done = false;
    world_->start(
        *tester_, "test",
        [&] {
          fn();
          done = true;
        },
        sim::Daemon::kNo);
    const sim::RunSummary summary = world_->run(kEpoch + limit);
    EXPECT_TRUE(done) << "the test did not come to its end: " << sim::describe(summary);
    EXPECT_EQ(summary.end, sim::RunSummary::End::kDone);
  }

  // Within `play`: runs `fn` as an activity of another actor and waits for its end.
  void on(sim::Env& actor, std::function<void()> fn) {
    tester_->join(world_->start(actor, "director", std::move(fn), sim::Daemon::kNo));
  }

  sim::Answer get(std::string url, sim::Duration timeout = 10s) {
    return tester_->exchange(http_request("GET", std::move(url)), timeout);
  }

  // All events of one type, in the order in which they were recorded.
  template <class Event>
  std::vector<std::pair<std::string, const Event*>> events() const {
    std::vector<std::pair<std::string, const Event*>> found;
    for (const sim::Recorded& recorded : records_) {
      if (const auto* event = dynamic_cast<const Event*>(recorded.event.get())) {
        found.emplace_back(*recorded.actor, event);
      }
    }
    return found;
  }

  std::vector<std::string> happenings(HappeningKind kind) const {
    std::vector<std::string> subjects;
    for (const auto& [actor, event] : events<HappeningEvent>()) {
      if (event->kind == kind) subjects.push_back(event->subject);
    }
    return subjects;
  }

  // Within `play`.
  void wait_for(HappeningKind kind, std::size_t times) {
    while (happenings(kind).size() < times) tester_->sleep_for(1ms);
  }

  const std::vector<sim::Recorded>& records() const { return records_; }

 private:
  std::vector<sim::Recorded> records_;
  std::unique_ptr<sim::VirtualWorld> world_;
  sim::Env* tester_ = nullptr;
};

// An STI-PA, two STI-CAs that it has approved, and the accounts of a provider and of the CAs.
class Ecosystem : public TestWorld {
 public:
  explicit Ecosystem(PolicyAdministratorOptions pa_options = {},
                     CertificationAuthorityOptions ca_options = {})
      : pa(world(), std::move(pa_options)),
        ca_one(world(), options_for("ca-one", ca_options)),
        ca_two(world(), options_for("ca-two", ca_options)) {
    set_up_ = world().start(
        pa.env(), "set up",
        [this] {
          EXPECT_TRUE(pa.create_account(account("acme-tel", {"709J"})));
          EXPECT_TRUE(pa.create_account(account("beta-voice", {"818H"})));
          EXPECT_TRUE(pa.create_account(account("ca-one", {})));
          EXPECT_TRUE(pa.create_account(account("ca-two", {})));
          EXPECT_TRUE(pa.enrol_ca("ca-one", ca_one.root_url()));
          EXPECT_TRUE(pa.enrol_ca("ca-two", ca_two.root_url()));
        },
        sim::Daemon::kNo);
  }

  static PolicyAdministratorAccount account(std::string id, std::vector<std::string> spcs) {
    PolicyAdministratorAccount account;
    account.password = "password of " + id;
    account.id = std::move(id);
    account.spcs = std::move(spcs);
    return account;
  }

  PolicyAdministratorAccess access(const std::string& id) const {
    return {.base_url = pa.base_url(),
            .account_id = id,
            .user_id = {},
            .password = "password of " + id};
  }

  void play_when_set_up(std::function<void()> fn, sim::Duration limit = 60 * 24h) {
    play(
        [&] {
          tester().join(set_up_);
          fn();
        },
        limit);
  }

  crypto::PrivateKeyPtr new_key() {
    return tester().compute(work::kGenerateKey, crypto::PrivateKey::generate).value();
  }

  static crypto::Bytes spc_list(const std::string& spc) {
    return crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code(spc)}).value();
  }

  // A request as a provider makes it.
  crypto::Bytes csr(const crypto::PrivateKeyPtr& key,
                    const crypto::Bytes& tn_auth_list,
                    bool ca = false,
                    std::vector<crypto::Extension> more = {}) {
    crypto::RequestSpec spec;
    spec.subject = crypto::Name{};
    spec.extensions = {crypto::extension::basic_constraints(ca),
                       crypto::extension::tn_auth_list(tn_auth_list)};
    spec.extensions.insert(spec.extensions.end(), more.begin(), more.end());
    return signed_request(spec, key);
  }

  // Everything for an order of acme-tel at ca-one that will succeed.
  OrderRequest good_order() {
    PolicyAdministratorClient client(tester(), access("acme-tel"));
    OrderRequest order;
    order.directory_url = ca_one.directory_url();
    order.account_key = new_key();
    order.tn_auth_list_der = spc_list("709J");
    order.csr_der = csr(new_key(), order.tn_auth_list_der);
    const auto token = client.spc_token(order.tn_auth_list_der, *order.account_key->public_key());
    EXPECT_TRUE(token) << token.error().detail;
    if (token) order.spc_token = token->token;
    return order;
  }

  PolicyAdministrator pa;
  CertificationAuthority ca_one;
  CertificationAuthority ca_two;

 private:
  CertificationAuthorityOptions options_for(const std::string& name,
                                            CertificationAuthorityOptions options) const {
    options.name = name;
    options.policy_administrator = access(name);
    options.crl = pa.crl_pointer();
    return options;
  }

  sim::Task set_up_;
};

}  // namespace shakedown::actors
