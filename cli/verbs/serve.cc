// serve: the ecosystem over real HTTPS until stopped, for outsiders to point products at.
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "actors/certification_authority/certification_authority.h"
#include "actors/workload/work.h"
#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/ready_file.h"
#include "cli/scenario_options.h"
#include "cli/source.h"
#include "cli/verb.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate_bundle.h"
#include "scenarios/model/presets.h"
#include "scenarios/play/build.h"
#include "scenarios/play/director.h"
#include "sim/wall_time/control_endpoint.h"
#include "sim/wall_time/wall_world.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kLargestPem = 1024 * 1024;

struct ServeOptions {
  std::uint16_t port = 0;
  std::string ready_file;
  bool plays = false;
  scenarios::BuildOptions build;
  std::vector<std::string> tls_ca_pem;
  bool acme_dns = false;
  std::map<std::string, crypto::Bytes, std::less<>> external_accounts;  // Of acme-dns.
};

// "KID=KEY" with the key in base64url, as ACME clients take it.
Status add_external_account(ServeOptions& options, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && equals > 0) {
    const auto key = crypto::base64url_decode(text.substr(equals + 1));
    if (key && !key->octets.empty()) {
      options.external_accounts[text.substr(0, equals)] = key->octets;
      return {};
    }
  }
  return fail(ErrorCode::kMalformed,
              "--acme-external-account: '" + text + "', expected KID=KEY with KEY in base64url");
}

Result<ServeOptions> read_options(const po::variables_map& given) {
  ServeOptions options;
  const std::uint64_t port = given["port"].as<std::uint64_t>();
  if (port > 65535) {
    return fail(ErrorCode::kMalformed, "--port: " + std::to_string(port) + ", expected 0 to 65535");
  }
  options.port = static_cast<std::uint16_t>(port);
  options.ready_file = text_option(given, "ready-file");
  options.build.trust_list_url = text_option(given, "trust-list");
  if (options.build.trust_list_url.empty() != (given.count("trust-anchor") == 0)) {
    return fail(ErrorCode::kMalformed, "--trust-list and --trust-anchor belong together");
  }
  if (given.count("trust-anchor") > 0) {
    const auto url = sim::parse_url(options.build.trust_list_url);
    if (!url || url->scheme != "https") {
      return fail(ErrorCode::kMalformed,
                  "--trust-list: '" + options.build.trust_list_url + "', expected an https URL");
    }
    ASSIGN_OR_RETURN(const auto pem, read_file(text_option(given, "trust-anchor"), kLargestPem));
    const auto bundle = crypto::read_pem_certificates(pem);
    if (!bundle) {
      return fail(ErrorCode::kMalformed, "--trust-anchor: " + bundle.error().detail);
    }
    options.build.trust_anchor = bundle->certificates.front();
  }
  options.plays = given["play"].as<bool>();
  options.acme_dns = given["acme-dns"].as<bool>();
  if (given.count("acme-external-account") > 0) {
    if (!options.acme_dns) {
      return fail(ErrorCode::kMalformed, "--acme-external-account belongs to --acme-dns");
    }
    for (const auto& text : given["acme-external-account"].as<std::vector<std::string>>()) {
      RETURN_IF_ERROR(add_external_account(options, text));
    }
  }
  if (given.count("tls-ca") > 0) {
    ASSIGN_OR_RETURN(auto pem, read_file(text_option(given, "tls-ca"), kLargestPem));
    options.tls_ca_pem.push_back(std::move(pem));
  }
  return options;
}

// What is said when everybody is ready.
Status announce(const sim::WallWorld& world,
                const scenarios::Scenario& scenario,
                const std::string& ready_file,
                const ReadyFacts& facts) {
  std::cout << "shakedown serves " << scenario.name
            << " for tests only; trust nothing that it issues\n"
            << ready_table(world, scenario, facts) << "SIGTERM or Ctrl-C ends it\n"
            << std::flush;
  return ready_file.empty() ? Status() : write_file(ready_file, ready_json(world, scenario, facts));
}

// A CA for ordinary ACME clients: it certifies any dns name without a look, and is on no list.
std::unique_ptr<actors::CertificationAuthority> make_acme_dns(sim::World& world,
                                                              const ServeOptions& serve_options) {
  actors::CertificationAuthorityOptions options;
  options.name = kAcmeDnsName;
  options.host = scenarios::host_of(kAcmeDnsName);
  options.organization = "Shakedown";
  options.always_valid_dns = true;
  options.processing = sim::Latency::constant(std::chrono::milliseconds{100});
  options.accounts.external_keys = serve_options.external_accounts;
  options.accounts.external_account_required = !serve_options.external_accounts.empty();
  return std::make_unique<actors::CertificationAuthority>(world, std::move(options));
}

int environment_failed(const Error& error) {
  std::cerr << "shakedown serve: " << error.detail << '\n';
  return kEnvironment;
}

int serve(const po::variables_map& given) {
  auto arguments = arguments_of(given);
  if (arguments.empty()) arguments = {"first-call"};
  if (arguments.size() > 1) return bad_usage("serve", "one SCENARIO at most");
  const auto loaded = load_scenarios(arguments, parse_options(given), std::cerr);
  if (!loaded) return kBadUsage;
  if (loaded->size() != 1) return bad_usage("serve", "one SCENARIO at most");
  const scenarios::Scenario& scenario = loaded->front().scenario;
  auto options = read_options(given);
  if (!options) {
    if (options.error().code == ErrorCode::kMalformed) {
      return bad_usage("serve", options.error().detail);
    }
    return environment_failed(options.error());
  }

  sim::WallOptions wall;
  wall.seed = scenario.seed;
  wall.network = scenarios::make_network(scenario.network);
  wall.costs = actors::typical_costs();
  wall.sink = [](sim::Recorded) {};
  wall.outsiders = true;
  wall.activity_failed = [](const std::string& what) {
    std::cerr << "shakedown serve: internal error: " << what << '\n';
  };
  wall.port = options->port;
  wall.extra_ca_pem = options->tls_ca_pem;
  wall.verify_outsiders = !options->tls_ca_pem.empty();
  auto world = sim::WallWorld::create(std::move(wall));
  if (!world) return environment_failed(world.error());
  auto ecosystem = scenarios::BuiltEcosystem::build(**world, scenario, options->build);
  if (!ecosystem) return environment_failed(ecosystem.error());
  std::unique_ptr<actors::CertificationAuthority> acme_dns;
  if (options->acme_dns) {
    for (const auto& participant : (*ecosystem)->list_participants()) {
      if (participant.name == kAcmeDnsName) {
        return bad_usage("serve", "--acme-dns: the scenario has a participant of this name");
      }
    }
    acme_dns = make_acme_dns(**world, *options);
  }
  auto control = sim::ControlEndpoint::start(
      0, {.progress_json = [] { return std::string("{\"serving\":true}"); },
          .stop = [&world] { (*world)->stop(); }});
  if (!control) return environment_failed(control.error());

  scenarios::Director director(
      **world, **ecosystem, scenario,
      {.epoch = std::nullopt,
       .before_story =
           [&] {
             return announce(**world, scenario, options->ready_file,
                             {.control_port = (*control)->port(), .acme_dns = options->acme_dns});
           },
       .plays = options->plays,
       .goes_on = true});
  director.start();
  {
    const SignalGuard guard(**world);
    (*world)->run(sim::kNever);
  }
  if (!options->ready_file.empty()) remove_file(options->ready_file);
  if (director.failure().empty()) return kAllMet;
  std::cerr << "shakedown serve: " << director.failure() << '\n';
  return kEnvironment;
}

}  // namespace

const Verb kServeVerb{
    "serve",
    "[SCENARIO]",
    "the ecosystem over real HTTPS on 127.0.0.1 until stopped: STI-PA, STI-CAs, repositories, "
    "REST",
    "Without SCENARIO that of first-call. It stands still; --play plays its traffic and timeline,\n"
    "and it goes on when these have ended.\n"
    "  shakedown serve --port 8443 --ready-file ready.json\n"
    "  curl --insecure https://127.0.0.1:8443/sti-pa.test/download/v1/certificate/root.crt",
    [](po::options_description& options) {
      add_scenario_options(options);
      options.add_options()("play", po::bool_switch(),
                            "play the scenario's traffic and timeline, once all are ready");
      options.add_options()("port", po::value<std::uint64_t>()->default_value(0),
                            "the HTTPS port on 127.0.0.1; 0 takes any");
      options.add_options()("ready-file", po::value<std::string>()->value_name("FILE"),
                            "written with URLs and trust anchors when all listen");
      options.add_options()("trust-list", po::value<std::string>()->value_name("URL"),
                            "verify against the CA list of another STI-PA");
      options.add_options()("trust-anchor", po::value<std::string>()->value_name("FILE"),
                            "that STI-PA's root, PEM");
      options.add_options()("acme-dns", po::bool_switch(),
                            "add a CA for ordinary ACME clients: any dns name, challenges hold "
                            "without a check, a hierarchy of its own");
      options.add_options()("acme-external-account",
                            po::value<std::vector<std::string>>()->value_name("KID=KEY"),
                            "there, accounts need this external one (repeatable)");
      options.add_options()("tls-ca", po::value<std::string>()->value_name("FILE"),
                            "the authority of other processes' HTTPS certificates, PEM; without "
                            "it they are not checked (only loopback is ever asked)");
    },
    serve};

}  // namespace shakedown::cli
