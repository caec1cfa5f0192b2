#include "stir/credential/ca_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/path.h"

namespace shakedown::stir {
namespace {

CaListVerdict refuse(std::string_view rule, std::string detail) {
  CaListVerdict verdict;
  verdict.failed_rule = rule;
  verdict.detail = std::move(detail);
  return verdict;
}

bool is_root(const crypto::Certificate& certificate) {
  return certificate.is_self_issued() && certificate->basic_constraints &&
         certificate->basic_constraints->ca && certificate.is_signed_by(certificate);
}

}  // namespace

Result<crypto::CertificatePtr> read_ca_list_member(const std::string& member) {
  if (member.find("-----BEGIN") != std::string::npos) {
    ASSIGN_OR_RETURN(auto bundle, crypto::read_pem_certificates(member));
    if (bundle.certificates.size() != 1) return fail(ErrorCode::kMalformed, "not one certificate");
    return bundle.certificates.front();
  }
  ASSIGN_OR_RETURN(const auto der, crypto::base64_decode(member));
  return crypto::Certificate::from_der(der.octets);
}

CaListMembers read_ca_list_members(const std::vector<std::string>& trust_list) {
  CaListMembers read;
  for (std::size_t i = 0; i < trust_list.size(); ++i) {
    const std::string which = "member " + std::to_string(i);
    auto certificate = read_ca_list_member(trust_list[i]);
    if (!certificate) {
      read.alarms.push_back(which + " skipped: " + certificate.error().detail);
    } else if (!is_root(**certificate)) {
      read.alarms.push_back(which + " skipped: not a root");
    } else if (std::any_of(read.anchors.begin(), read.anchors.end(), [&](const auto& known) {
                 return known->der() == (*certificate)->der();
               })) {
      read.alarms.push_back(which + " skipped: listed twice");
    } else {
      read.anchors.push_back(*std::move(certificate));
    }
  }
  return read;
}

std::string signing_input(const CaList& list) {
  return jwt_signing_input(list.x5u, Json{{"version", list.version},
                                          {"sequence", list.sequence},
                                          {"exp", sim::unix_seconds(list.expires)},
                                          {"trustList", list.trust_list}});
}

Result<ReceivedCaList> parse_ca_list(std::string_view text) {
  ReceivedCaList received;
  ASSIGN_OR_RETURN(received.jws, parse_compact_jws(text));
  ASSIGN_OR_RETURN(const auto payload,
                   parse_json_object(received.jws.payload, {.bytes = kLongestJws}));
  auto& list = received.list;
  const auto x5u = string_member(received.jws.header, "x5u");
  const auto sequence = integer_member(payload, "sequence");
  const auto expiry = integer_member(payload, "exp");
  const Json* members = find_member(payload, "trustList");
  constexpr std::int64_t kLatestTime = 9'223'372'036;
  if (!x5u) return fail(ErrorCode::kMalformed, "CA list without x5u");
  if (!sequence || *sequence < 0) return fail(ErrorCode::kMalformed, "CA list without sequence");
  if (!expiry || *expiry <= 0) return fail(ErrorCode::kMalformed, "CA list without exp");
  if (members == nullptr || !members->is_array()) {
    return fail(ErrorCode::kMalformed, "CA list without trustList");
  }
  if (members->size() > kMostCaListMembers) return fail(ErrorCode::kTooLarge, "too many members");
  list.x5u = *x5u;
  list.version = string_member(payload, "version").value_or("");
  list.sequence = *sequence;
  list.expires = sim::from_unix_seconds(std::min(*expiry, kLatestTime));
  for (const auto& member : *members) {
    if (!member.is_string()) return fail(ErrorCode::kMalformed, "trustList holds no string");
    list.trust_list.push_back(member.get<std::string>());
  }
  return received;
}

CaListVerdict verify_ca_list(const ReceivedCaList& received, const CaListExpectation& expectation) {
  if (expectation.signer_chain.empty()) return refuse("ca_list_signer", "no signer certificate");
  const auto& signer = expectation.signer_chain.front();
  const auto path = crypto::validate_path(signer, expectation.signer_chain.subspan(1),
                                          expectation.policy_administrator_roots, expectation.now);
  if (!path.ok) return refuse("ca_list_signer", path.text);
  if (!signer->public_key() ||
      !signer->public_key()->verify(received.jws.signing_input, received.jws.signature)) {
    return refuse("ca_list_signature", "the signature does not verify");
  }
  CaListVerdict verdict;
  if (received.list.sequence < expectation.newest_sequence) {
    return refuse("ca_list_rollback", "sequence " + std::to_string(received.list.sequence) +
                                          " is below " +
                                          std::to_string(expectation.newest_sequence));
  }
  if (expectation.now >= received.list.expires) {
    const auto late = expectation.now - received.list.expires;
    const std::string when = "expired at " + sim::format_time(received.list.expires);
    if (late >= expectation.grace) return refuse("ca_list_expired", when);
    verdict.alarms.push_back(when);
  }
  CaListMembers members = read_ca_list_members(received.list.trust_list);
  verdict.anchors = std::move(members.anchors);
  verdict.alarms.insert(verdict.alarms.end(), members.alarms.begin(), members.alarms.end());
  verdict.ok = true;
  return verdict;
}

}  // namespace shakedown::stir
