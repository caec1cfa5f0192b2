#include "vectors/catalogue_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "stir/jose/json.h"
#include "vectors/drafting/case_world.h"

namespace shakedown::vectors {
namespace {

// Members in the order in which a person reads them.
using Json = nlohmann::ordered_json;

bool is_text(std::string_view octets) {
  return std::all_of(octets.begin(), octets.end(), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t';
  });
}

Json headers_json(const sim::Headers& headers) {
  Json all = Json::array();
  for (const auto& [name, value] : headers.fields())
    all.push_back({{"name", name}, {"value", value}});
  return all;
}

Json exchange_json(const HttpExchange& exchange) {
  Json json{{"url", exchange.url}};
  if (!exchange.failure.empty()) {
    json["failure"] = exchange.failure;
    return json;
  }
  json["status"] = exchange.status;
  json["headers"] = headers_json(exchange.headers);
  if (is_text(exchange.body)) {
    json["body"] = exchange.body;
  } else {
    json["body_base64"] = crypto::base64_encode(exchange.body);
  }
  return json;
}

std::string_view name_of(stir::MixedListMode mode) {
  switch (mode) {
    case stir::MixedListMode::kUnion:
      return "union";
    case stir::MixedListMode::kIntersection:
      return "intersection";
    case stir::MixedListMode::kReject:
      return "reject";
  }
  return "union";
}

Json configuration_json(const Configuration& configuration) {
  Json json = Json::object();
  if (configuration.require_identity) json["require_identity"] = true;
  if (configuration.seen_before) json["seen_before"] = true;
  if (configuration.revocation_hard_fail) json["revocation_hard_fail"] = true;
  if (configuration.dest_may_be_request_uri) json["dest_may_be_request_uri"] = true;
  if (configuration.refetch_on_bad_signature) json["refetch_on_bad_signature"] = true;
  if (configuration.mixed_list) json["mixed_list"] = name_of(*configuration.mixed_list);
  for (const auto& [prefix, spc] : configuration.number_authority) {
    json["number_authority"][prefix] = spc;
  }
  return json;
}

Json expected_json(const Expectations& expectations) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kProfiles; ++i) {
    const auto& one = expectations.all().at(i);
    Json verdict{{"passed", one.passed}, {"verstat", stir::to_string(one.verstat)}};
    if (!one.passed) {
      verdict["step"] = one.step;
      verdict["code"] = one.code;
    }
    json[std::string(kProfileNames.at(i))] = std::move(verdict);
  }
  return json;
}

Json case_json(const Case& one) {
  Json json{{"id", one.id},
            {"group", group_of(one)},
            {"title", one.title},
            {"clause", one.clause},
            {"numbers", one.numbers},
            {"importance", to_string(one.importance)},
            {"needs", one.needs},
            {"configuration", configuration_json(one.configuration)},
            {"verification_time", sim::format_time(one.verified_at)}};
  Json identities = Json::array();
  for (const auto name : {"Identity", "y"}) {
    for (const auto value : one.invite.headers.get_all(name)) identities.push_back(value);
  }
  json["identity"] = std::move(identities);
  json["sip"] = {{"method", one.invite.method},
                 {"request_uri", one.invite.target},
                 {"headers", headers_json(one.invite.headers)},
                 {"body", one.invite.body}};
  json["http"] = Json::array();
  for (const auto& exchange : one.http) json["http"].push_back(exchange_json(exchange));
  for (const auto& exchange : one.cached) json["cached"].push_back(exchange_json(exchange));
  json["chain"] = Json::array();
  for (const auto& der : one.chain) json["chain"].push_back(crypto::base64_encode(der));
  if (!one.own_files.crl.empty()) json["crl"] = crypto::base64_encode(one.own_files.crl);
  if (!one.own_files.crl_signer_chain.empty()) {
    json["crl_signer_chain"] = one.own_files.crl_signer_chain;
  }
  if (!one.own_files.trust_list.empty()) json["trust_list"] = one.own_files.trust_list;
  if (!one.own_files.newest_crl_number.empty()) {
    json["newest_crl_number"] = crypto::to_hex(one.own_files.newest_crl_number);
  }
  json["expected"] = expected_json(one.expected);
  return json;
}

}  // namespace

std::string catalogue_json(const Catalogue& catalogue) {
  Json json{{"$schema", "vectors.schema.json"},
            {"version", kCatalogueVersion},
            {"notice", stir::kNotTrusted},
            {"base_time", sim::format_time(catalogue.base_time)},
            {"profiles", kProfileNames}};
  json["shared"] = {{"trust_list", {{"file", "trust-list.jwt"}, {"url", kCaListUrl}}},
                    {"crl", {{"file", "crl.der"}, {"url", kCrlUrl}}},
                    {"signer_chain", {{"file", "sti-pa-signer.pem"}, {"url", kSignerUrl}}},
                    {"policy_administrator_root", {{"file", "sti-pa-root.pem"}}},
                    {"trusted_roots", {{"file", "trusted-roots.pem"}}},
                    {"delisted_roots", {{"file", "delisted-roots.pem"}}}};
  json["cases"] = Json::array();
  for (const Case& one : catalogue.cases) json["cases"].push_back(case_json(one));
  return json.dump(1) + "\n";
}

std::vector<File> catalogue_files(const Catalogue& catalogue) {
  const SharedFiles& shared = catalogue.shared;
  return {{"vectors.json", catalogue_json(catalogue)},
          {"vectors.schema.json", std::string(catalogue_schema())},
          {"trust-list.jwt", shared.trust_list},
          {"crl.der", shared.crl},
          {"sti-pa-signer.pem", shared.signer_chain},
          {"sti-pa-root.pem", shared.policy_administrator_root},
          {"trusted-roots.pem", shared.trusted_roots},
          {"delisted-roots.pem", shared.delisted_roots}};
}

}  // namespace shakedown::vectors
