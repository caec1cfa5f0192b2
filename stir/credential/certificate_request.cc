#include "stir/credential/certificate_request.h"

#include <algorithm>
#include <array>

#include "crypto/x509/extension_reader.h"
#include "crypto/x509/tn_auth_list.h"
#include "stir/credential/certificate_fields.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
using Request = crypto::CertificateRequest;
using Expectation = RequestExpectation;
namespace oid = crypto::oid;

Objection signature_is_valid(const Request& request, const Expectation&) {
  if (!request.signature_is_valid) return "the request's signature does not verify";
  return std::nullopt;
}

Objection key_is_p256(const Request& request, const Expectation&) {
  if (!request.public_key) return "key is " + std::string(to_string(request.key.kind));
  return std::nullopt;
}

Objection signed_with_ecdsa_sha256(const Request& request, const Expectation&) {
  if (request.signature_algorithm != oid::kEcdsaWithSha256) {
    return "signed with " + request.signature_algorithm;
  }
  return std::nullopt;
}

Objection key_is_not_the_account_key(const Request& request, const Expectation& expected) {
  if (!expected.allow_account_key && !expected.account_spki_der.empty() &&
      request.spki_der == expected.account_spki_der) {
    return "the certificate key is the account key";
  }
  return std::nullopt;
}

Objection extensions_occur_once(const Request& request, const Expectation&) {
  for (const auto& extension : request.extensions) {
    const auto same = [&](const auto& other) { return other.oid == extension.oid; };
    if (std::count_if(request.extensions.begin(), request.extensions.end(), same) > 1) {
      return "twice: " + extension.oid;
    }
  }
  return std::nullopt;
}

Objection tn_auth_list_matches_order(const Request& request, const Expectation& expected) {
  const auto* list = request.find_extension(oid::kTnAuthList);
  if (list == nullptr)
    return expected.needs_tn_auth_list ? Objection("no TNAuthList") : Objection();
  if (list->value != expected.identifier_der) return "the TNAuthList is not the order's";
  return std::nullopt;
}

Objection ca_flag_matches_token(const Request& request, const Expectation& expected) {
  const auto* extension = request.find_extension(oid::kBasicConstraints);
  bool ca = false;
  if (extension != nullptr) {
    const auto constraints = crypto::read_basic_constraints(extension->value);
    if (!constraints) return "basicConstraints does not decode";
    ca = constraints->ca;
  }
  if (ca != expected.ca) return ca ? "asks for a CA" : "does not ask for a CA";
  return std::nullopt;
}

Objection distribution_point_is_ours(const Request& request, const Expectation& expected) {
  const auto* extension = request.find_extension(oid::kCrlDistributionPoints);
  if (extension == nullptr || expected.crl_url.empty()) return std::nullopt;
  const auto points = crypto::read_distribution_points(extension->value);
  if (!points || points->size() != 1 || points->front().uris.size() != 1 ||
      points->front().uris.front() != expected.crl_url) {
    return "cRLDistributionPoints is not " + std::string(expected.crl_url);
  }
  return std::nullopt;
}

Objection no_other_extensions(const Request& request, const Expectation& expected) {
  constexpr std::array kKnown{oid::kTnAuthList, oid::kBasicConstraints, oid::kKeyUsage,
                              oid::kSubjectKeyIdentifier, oid::kCrlDistributionPoints};
  if (expected.drop_other_extensions) return std::nullopt;
  for (const auto& extension : request.extensions) {
    if (std::find(kKnown.begin(), kKnown.end(), extension.oid) == kKnown.end()) {
      return "extension " + extension.oid;
    }
  }
  return std::nullopt;
}

// An empty subject is filled by the CA; deployed clients send either.
Objection subject_names_the_provider(const Request& request, const Expectation& expected) {
  if (!expected.check_subject || request.subject.attributes.empty()) return std::nullopt;
  if (request.subject.count("CN") > 1) return "more than one CN";
  const auto country = request.subject.find("C");
  if (country && country->size() != 2) return "C=" + std::string(*country);
  const auto name = request.subject.find("CN");
  const auto entries = crypto::decode_tn_auth_list(expected.identifier_der);
  if (!name || !entries || entries->size() != 1 ||
      entries->front().kind != crypto::TnEntry::Kind::kServiceProviderCode) {
    return std::nullopt;
  }
  if (!names_provider(*name, entries->front().value)) {
    return "CN=" + std::string(*name) + " without SHAKEN " + entries->front().value;
  }
  return std::nullopt;
}

constexpr std::array kRequestRules{
    RequestRule{"csr_signature_is_valid", "RFC 2986 §3", signature_is_valid},
    RequestRule{"csr_key_is_p256", "ATIS-1000080 §6.4.1", key_is_p256},
    RequestRule{"csr_signed_with_ecdsa_sha256", "ATIS-1000080 §6.4.1", signed_with_ecdsa_sha256},
    RequestRule{"csr_key_is_not_the_account_key", "RFC 8555 §11.1", key_is_not_the_account_key},
    RequestRule{"csr_extensions_occur_once", "RFC 5280 §4.2", extensions_occur_once},
    RequestRule{"csr_tn_auth_list_matches_order", "RFC 9448 §3", tn_auth_list_matches_order},
    RequestRule{"csr_ca_flag_matches_token", "RFC 9448 §6 step 9", ca_flag_matches_token},
    RequestRule{"csr_distribution_point_is_ours", "ATIS-1000080 §6.4.1",
                distribution_point_is_ours},
    RequestRule{"csr_no_other_extensions", "RFC 8555 §7.4", no_other_extensions},
    RequestRule{"csr_subject_names_the_provider", "ATIS-1000080 §6.4.1",
                subject_names_the_provider},
};

}  // namespace

std::span<const RequestRule> request_rules() { return kRequestRules; }

std::optional<RequestFinding> check_request(const crypto::CertificateRequest& request,
                                            const RequestExpectation& expectation) {
  for (const auto& rule : kRequestRules) {
    if (auto objection = rule.check(request, expectation)) {
      return RequestFinding{&rule, *std::move(objection)};
    }
  }
  return std::nullopt;
}

}  // namespace shakedown::stir
