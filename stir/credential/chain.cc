#include "stir/credential/chain.h"

#include <algorithm>

namespace shakedown::stir {
namespace {

namespace oid = crypto::oid;
using crypto::CertificatePtr;
using crypto::PathError;

std::string_view rule_of(PathError error) {
  switch (error) {
    case PathError::kNone:
      return "";
    case PathError::kExpired:
      return "path_expired";
    case PathError::kNotYetValid:
      return "path_not_yet_valid";
    case PathError::kUntrustedRoot:
      return "path_untrusted_root";
    case PathError::kIssuerNotFound:
      return "path_issuer_not_found";
    case PathError::kNameMismatch:
      return "path_name_mismatch";
    case PathError::kKeyIdentifierMismatch:
      return "path_key_identifier_mismatch";
    case PathError::kBadSignature:
      return "path_bad_signature";
    case PathError::kNotACa:
      return "path_not_a_ca";
    case PathError::kPathTooLong:
      return "path_too_long";
    case PathError::kKeyUsage:
      return "path_key_usage";
    case PathError::kWeak:
      return "path_weak";
    case PathError::kUnhandledCritical:
      return "path_unhandled_critical";
    case PathError::kMalformed:
      return "path_malformed";
    case PathError::kOther:
      return "path_other";
  }
  return "path_other";
}

bool has_tn_auth_list(const CertificatePtr& certificate) {
  return certificate->find_extension(oid::kTnAuthList) != nullptr;
}

bool has_list_by_reference(const CertificatePtr& certificate) {
  const auto& accesses = (*certificate)->authority_info_access;
  return std::any_of(accesses.begin(), accesses.end(),
                     [](const auto& access) { return access.method == oid::kStirTnList; });
}

std::optional<Scope> scope_of(const CertificatePtr& certificate) {
  const auto* extension = certificate->find_extension(oid::kTnAuthList);
  if (extension == nullptr) return std::nullopt;
  const auto entries = crypto::decode_tn_auth_list(extension->value);
  if (!entries) return std::nullopt;
  return Scope::of(*entries);
}

// Which constraints the leaf puts on claims. RFC 9118 §3: a list that forbids a base claim makes
// the extension void. What does not decode is a finding of the profile.
std::optional<crypto::JwtClaimConstraints> constraints_of(const CertificatePtr& leaf) {
  if (const auto* enhanced = leaf->find_extension(oid::kEnhancedJwtClaimConstraints)) {
    auto decoded = crypto::decode_enhanced_jwt_claim_constraints(enhanced->value);
    if (!decoded) return std::nullopt;
    for (const auto& claim : decoded->must_exclude) {
      if (claim == "iat" || claim == "orig" || claim == "dest") return std::nullopt;
    }
    return *std::move(decoded);
  }
  if (const auto* plain = leaf->find_extension(oid::kJwtClaimConstraints)) {
    auto decoded = crypto::decode_jwt_claim_constraints(plain->value);
    if (decoded) return *std::move(decoded);
  }
  return std::nullopt;
}

// RFC 9060 §4: the issuer, or another CA of the path, has a list. An anchor with a list delegates
// only what it issues itself.
bool is_delegation(std::span<const CertificatePtr> path) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (has_tn_auth_list(path[i]) && (i == 1 || i + 1 < path.size())) return true;
  }
  return false;
}

// The rules for delegate certificates, which RFC 9060 adds to those for paths.
class DelegateRules {
 public:
  DelegateRules(const CertificateChain& chain, const ChainPolicy& policy, ChainVerdict& verdict)
      : chain_(chain),
        policy_(policy),
        verdict_(verdict) {}

  void check() {
    for (std::size_t i = 0; i < verdict_.path.size(); ++i) {
      if (has_list_by_reference(verdict_.path[i])) {
        verdict_.is_incomplete = true;
        return fail_with("scope_unknown", "a TN list by reference is not fetched");
      }
    }
    if (verdict_.is_delegate) check_order();
    check_scopes();
  }

 private:
  void fail_with(std::string_view rule, std::string detail) {
    if (!verdict_.ok) return;
    verdict_.ok = false;
    verdict_.failed_rule = rule;
    verdict_.detail = std::move(detail);
  }

  // RFC 9060 §7: the presented list is the path, from signer to anchor (which may be left out),
  // each AKI naming the next SKI.
  void check_order() {
    const auto& path = verdict_.path;
    const auto& presented = chain_.certificates;
    const bool complete = presented.size() == path.size() || presented.size() + 1 == path.size();
    const bool same = complete && std::equal(presented.begin(), presented.end(), path.begin());
    if (!same) return fail_with("chain_order", "the list is not the path from signer to anchor");
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      const auto& authority = (*path[i])->authority_key_identifier;
      if (!authority || authority != (*path[i + 1])->subject_key_identifier) {
        return fail_with("chain_key_identifiers",
                         "authority key identifier of " + path[i]->subject().text());
      }
    }
  }

  // RFC 9060 §4: below a certificate with a list each has one, equal to its parent's or inside it.
  // An anchor's list limits what is below it (RFC 8226 §9), but its CAs need none for that.
  void check_scopes() {
    const auto& path = verdict_.path;
    auto limit = scope_of(path.back());
    bool is_anchors = true;
    for (auto at = path.rbegin() + 1; at != path.rend(); ++at) {
      const bool is_leaf = *at == path.front();
      auto scope = scope_of(*at);
      if (limit && !scope) {
        if (is_anchors && !is_leaf) continue;
        return fail_with(is_leaf ? "delegate_without_list" : "delegate_parent_without_list",
                         (*at)->subject().text());
      }
      if (limit) {
        const auto inside =
            encompasses(*limit, *scope, policy_.spc_delegation, policy_.number_authority);
        if (!inside.ok) return fail_with(inside.by_spc ? "scope_spc" : "scope_tn", inside.detail);
      }
      limit = std::move(scope);
      is_anchors = false;
    }
  }

  const CertificateChain& chain_;
  const ChainPolicy& policy_;
  ChainVerdict& verdict_;
};

// Sets the time around `at` in which no certificate that may be on a path changes its validity.
void set_holding_time(ChainVerdict& verdict,
                      const CertificateChain& chain,
                      std::span<const CertificatePtr> anchors,
                      sim::Time at) {
  verdict.holds_from = sim::Time::min();
  verdict.holds_before = sim::Time::max();
  for (const auto& list : {std::span<const CertificatePtr>(chain.certificates), anchors}) {
    for (const CertificatePtr& certificate : list) {
      const sim::Time ended_at = certificate->not_after() + std::chrono::seconds{1};
      for (const sim::Time change : {certificate->not_before(), ended_at}) {
        if (change <= at) verdict.holds_from = std::max(verdict.holds_from, change);
        if (change > at) verdict.holds_before = std::min(verdict.holds_before, change);
      }
    }
  }
}

void collect_findings(ChainVerdict& verdict) {
  const auto& path = verdict.path;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* issuer = i + 1 < path.size() ? path[i + 1].get() : nullptr;
    auto role = role_of(*path[i], issuer != nullptr && has_tn_auth_list(path[i + 1]));
    // A CA that certified its own new key (RFC 5280 §3.2: self-issued) is no root by that.
    if (role == CertificateRole::kRoot && issuer != nullptr) {
      role =
          has_tn_auth_list(path[i]) ? CertificateRole::kDelegateCa : CertificateRole::kIntermediate;
    }
    // What signs a PASSporT is judged as a leaf, also when it calls itself a CA.
    const auto judged =
        i == 0 && role != CertificateRole::kDelegate ? CertificateRole::kEndEntity : role;
    const ProfileSubject subject{*path[i], judged, issuer, version_in_force(*path[i], judged)};
    for (auto& finding : check_profile(subject, i)) verdict.findings.push_back(std::move(finding));
  }
}

}  // namespace

ChainVerdict validate_chain(const CertificateChain& chain,
                            std::span<const CertificatePtr> anchors,
                            sim::Time at,
                            const ChainPolicy& policy) {
  SHAKEDOWN_ASSERT(!chain.certificates.empty());
  ChainVerdict verdict;
  const auto others = std::span(chain.certificates).subspan(1);
  auto result = crypto::validate_path(chain.leaf(), others, anchors, at);
  verdict.ok = result.ok;
  verdict.path_error = result.error;
  verdict.failed_rule = rule_of(result.error);
  verdict.detail = std::move(result.text);
  verdict.depends_on_time =
      result.error == PathError::kExpired || result.error == PathError::kNotYetValid;
  if (verdict.depends_on_time) set_holding_time(verdict, chain, anchors, at);
  verdict.path = std::move(result.path);
  if (verdict.path.empty()) verdict.path.push_back(chain.leaf());

  verdict.valid_from = verdict.path.front()->not_before();
  verdict.valid_until = verdict.path.front()->not_after();
  for (const auto& certificate : verdict.path) {
    verdict.valid_from = std::max(verdict.valid_from, certificate->not_before());
    verdict.valid_until = std::min(verdict.valid_until, certificate->not_after());
  }
  if (auto scope = scope_of(verdict.leaf())) {
    verdict.has_tn_auth_list = true;
    verdict.scope = *std::move(scope);
  }
  verdict.is_delegate = is_delegation(verdict.path);
  verdict.constraints = constraints_of(verdict.leaf());
  if (verdict.ok) DelegateRules(chain, policy, verdict).check();
  collect_findings(verdict);
  return verdict;
}

}  // namespace shakedown::stir
