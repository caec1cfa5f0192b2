#include "cli/ready_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "scenarios/play/build.h"

namespace shakedown::cli {

std::string ready_json(const sim::WallWorld& world,
                       const scenarios::Scenario& scenario,
                       const ReadyFacts& facts) {
  const std::string administrator = world.base_url("sti-pa.test");
  nlohmann::json cas = nlohmann::json::object();
  for (const auto& ca : scenario.ecosystem.cas) {
    cas[ca.name] = {{"directory", world.base_url(scenarios::host_of(ca.name)) + "/acme/directory"}};
  }
  nlohmann::json providers = nlohmann::json::object();
  for (const auto& provider : scenario.ecosystem.providers) {
    const std::string base = world.base_url(scenarios::host_of(provider.name));
    providers[provider.name] = {
        {"base", base},
        {"signing", base + "/stir/v1/signing"},
        {"verification", base + "/stir/v1/verification"},
        {"repository", world.base_url("cr." + scenarios::host_of(provider.name))},
        {"spc", provider.spc}};
  }
  nlohmann::json ready{{"port", world.own_port()},
                       {"sip", "127.0.0.1:" + std::to_string(world.sip_port())},
                       {"control", "http://127.0.0.1:" + std::to_string(facts.control_port)},
                       {"policy_administrator", administrator},
                       {"trust_list", administrator + "/api/v1/ca-list"},
                       {"trust_anchor_url", administrator + "/download/v1/certificate/root.crt"},
                       {"crl", administrator + "/download/v1/crl"},
                       {"cas", cas},
                       {"providers", providers},
                       {"tls_ca_pem", world.tls_ca_pem()}};
  if (facts.acme_dns) {
    const std::string base = world.base_url(scenarios::host_of(kAcmeDnsName));
    ready["acme_dns"] = {{"directory", base + "/acme/directory"},
                         {"root", base + "/certificates/root.pem"},
                         {"alternate_root", base + "/certificates/alternate-root.pem"}};
  }
  return ready.dump(2) + "\n";
}

std::string ready_table(const sim::WallWorld& world,
                        const scenarios::Scenario& scenario,
                        const ReadyFacts& facts) {
  const std::string administrator = world.base_url("sti-pa.test");
  std::string text;
  const auto line = [&](std::string_view what, const std::string& url) {
    text += fmt::format("  {:<34}{}\n", what, url);
  };
  line("STI-PA, CA list", administrator + "/api/v1/ca-list");
  line("STI-PA, trust anchor", administrator + "/download/v1/certificate/root.crt");
  line("STI-PA, CRL", administrator + "/download/v1/crl");
  for (const auto& ca : scenario.ecosystem.cas) {
    line(ca.name + ", ACME directory",
         world.base_url(scenarios::host_of(ca.name)) + "/acme/directory");
  }
  if (facts.acme_dns) {
    line("dns names, ACME directory",
         world.base_url(scenarios::host_of(kAcmeDnsName)) + "/acme/directory");
  }
  for (const auto& provider : scenario.ecosystem.providers) {
    const std::string base = world.base_url(scenarios::host_of(provider.name));
    line(provider.name + ", signing", base + "/stir/v1/signing");
    line(provider.name + ", verification", base + "/stir/v1/verification");
  }
  line("SIP (TCP)", "127.0.0.1:" + std::to_string(world.sip_port()));
  return text;
}

}  // namespace shakedown::cli
