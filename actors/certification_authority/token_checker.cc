#include "actors/certification_authority/token_checker.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/clients/policy_administrator_client.h"
#include "actors/workload/work.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/path.h"
#include "sim/message.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kMaximumTokensRemembered = 100'000;
constexpr std::size_t kMaximumSignersRemembered = 64;
constexpr std::size_t kLongestX5c = 8;

using Certificates = std::vector<crypto::CertificatePtr>;

tl::unexpected<stir::acme::Problem> problem(std::string_view type, std::string detail) {
  stir::acme::Problem result;
  result.type = type;
  result.detail = std::move(detail);
  result.status = 403;
  return tl::unexpected(std::move(result));
}

bool chains_to(const Certificates& chain, const Certificates& roots, sim::Time at) {
  const Certificates issuers(chain.begin() + 1, chain.end());
  return crypto::validate_path(chain.front(), issuers, roots, at).ok;
}

// RFC 7515 §4.1.6: standard base64 of DER, the signer first.
Result<Certificates> read_x5c(const stir::Json& header) {
  const stir::Json* x5c = stir::find_member(header, "x5c");
  if (x5c == nullptr || !x5c->is_array() || x5c->empty() || x5c->size() > kLongestX5c) {
    return fail(ErrorCode::kMalformed, "x5c is no list of certificates");
  }
  Certificates chain;
  for (const auto& element : *x5c) {
    if (!element.is_string()) return fail(ErrorCode::kMalformed, "x5c holds no text");
    ASSIGN_OR_RETURN(const auto der, crypto::base64_decode(element.get_ref<const std::string&>()));
    ASSIGN_OR_RETURN(auto certificate, crypto::Certificate::from_der(der.octets));
    chain.push_back(std::move(certificate));
  }
  return chain;
}

bool verify(const crypto::PublicKeyPtr& key,
            const std::string& signing_input,
            const crypto::Es256Signature& signature) {
  return key->verify(signing_input, signature);
}

}  // namespace

TokenChecker::TokenChecker(sim::Env& env, TokenCheckerOptions options)
    : env_(env),
      options_(std::move(options)) {}

Status TokenChecker::have_roots() {
  if (!options_.roots.empty()) return {};
  ASSIGN_OR_RETURN(auto bundle, fetch_certificates(env_,
                                                   options_.policy_administrator_url +
                                                       "/download/v1/certificate/root.crt",
                                                   options_.fetch_timeout));
  options_.roots = std::move(bundle);
  return {};
}

Status TokenChecker::install_root() {
  RETURN_IF_ERROR(have_roots());
  ASSIGN_OR_RETURN(const auto bundle, fetch_certificates(env_,
                                                         options_.policy_administrator_url +
                                                             "/download/v1/certificate/root.crt",
                                                         options_.fetch_timeout));
  const bool is_known =
      std::any_of(options_.roots.begin(), options_.roots.end(),
                  [&](const auto& root) { return root->der() == bundle.front()->der(); });
  if (!is_known) options_.roots.push_back(bundle.front());
  return {};
}

bool TokenChecker::may_fetch(std::string_view x5u) const {
  if (x5u.starts_with(options_.policy_administrator_url + "/")) return true;
  const auto url = sim::parse_url(x5u);
  return url && url->scheme == "https" &&
         std::any_of(
             options_.other_hosts.begin(), options_.other_hosts.end(),
             [&](const std::string& host) { return sim::equals_ignoring_case(host, url->host); });
}

Result<Certificates> TokenChecker::signer_chain(const std::string& x5u) {
  if (const auto known = signer_chains_.find(x5u); known != signer_chains_.end()) {
    return known->second;
  }
  ASSIGN_OR_RETURN(auto chain, fetch_certificates(env_, x5u, options_.fetch_timeout));
  if (signer_chains_.size() >= kMaximumSignersRemembered) signer_chains_.clear();
  signer_chains_[x5u] = chain;
  return chain;
}

tl::expected<void, stir::acme::Problem> TokenChecker::check_signer(
    const stir::ReceivedSpcToken& token, stir::SpcTokenFacts& facts) {
  const std::string& x5u = token.token.x5u;
  facts.x5u_is_trusted_issuer = token.has_x5u && may_fetch(x5u);
  if (token.has_x5u && !facts.x5u_is_trusted_issuer) return {};
  if (!token.has_x5u && !token.has_x5c) return {};
  Certificates enclosed;
  if (token.has_x5c) {
    auto read = env_.compute(work::kDecodeCertificates, read_x5c, token.jws.header);
    if (!read) return problem("malformed", read.error().detail);
    enclosed = *std::move(read);
  }
  const Status rooted = have_roots();
  if (!rooted) return problem("connection", rooted.error().detail);
  Certificates chain = enclosed;
  if (token.has_x5u) {
    auto fetched = signer_chain(x5u);
    if (!fetched) return problem("connection", fetched.error().detail);
    chain = *std::move(fetched);
    if (!enclosed.empty() && enclosed.front()->der() != chain.front()->der()) {
      return problem("unauthorized", "x5c and x5u name different certificates");
    }
  }
  facts.signer_chains_to_policy_administrator =
      env_.compute(work::kValidateChain, chains_to, chain, options_.roots, env_.now());
  const crypto::PublicKeyPtr& key = chain.front()->public_key();
  facts.signature_verifies =
      key != nullptr && env_.compute(work::kVerifySignature, verify, key, token.jws.signing_input,
                                     token.jws.signature);
  return {};
}

tl::expected<TokenChecker::Accepted, stir::acme::Problem> TokenChecker::check(
    std::string_view token,
    std::string_view identifier_der,
    const stir::AcmeKey& account_key,
    std::string_view account) {
  const crypto::Bytes identifier(identifier_der);  // These may go while this suspends.
  const std::string account_name(account);
  const auto received = stir::parse_spc_token(token);
  if (!received) return problem("malformed", "SPC token: " + received.error().detail);

  stir::SpcTokenFacts facts;
  facts.order_identifier_der = identifier;
  facts.account_key = account_key;
  facts.allow_spki_fingerprint = options_.allow_spki_fingerprint;
  facts.allow_padded_value = options_.allow_padded_value;
  if (const auto known = check_signer(*received, facts); !known) {
    return tl::unexpected(known.error());
  }
  facts.now = env_.now();
  const std::string& jti = received->token.jti;
  const auto shown = account_of_jti_.find(jti);
  facts.jti_seen_from_other_account =
      shown != account_of_jti_.end() && shown->second != account_name;
  const stir::SpcTokenVerdict verdict = stir::check_spc_token(*received, facts);
  if (!verdict.ok) {
    return problem(verdict.failed->error, std::string(verdict.failed->id) + ": " + verdict.detail);
  }
  if (account_of_jti_.size() >= kMaximumTokensRemembered) account_of_jti_.clear();
  account_of_jti_[jti] = account_name;
  return Accepted{received->token.atc.ca};
}

}  // namespace shakedown::actors
