#include "crypto/x509/path.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>

#include "crypto/octets/openssl.h"
#include "crypto/x509/certificate_state.h"

namespace shakedown::crypto {
namespace {

using StoreOwner = OpenSslOwner<X509_STORE, X509_STORE_free>;
// OpenSSL's level 1, 80 bits of security: no MD5, no SHA-1, no RSA of less than 1,024 bits.
constexpr int kAuthenticationLevel = 1;

using StoreContextOwner = OpenSslOwner<X509_STORE_CTX, X509_STORE_CTX_free>;

// The certificates stay with their owners; only the array is freed.
struct StackFree {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

using StackOwner = std::unique_ptr<STACK_OF(X509), StackFree>;

X509* x509_of(const CertificatePtr& certificate) { return certificate->openssl().x509.get(); }

PathError error_of(int code) {
  switch (code) {
    case X509_V_OK:
      return PathError::kNone;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return PathError::kExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return PathError::kNotYetValid;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return PathError::kUntrustedRoot;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return PathError::kIssuerNotFound;
    case X509_V_ERR_SUBJECT_ISSUER_MISMATCH:
      return PathError::kNameMismatch;
    case X509_V_ERR_AKID_SKID_MISMATCH:
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
      return PathError::kKeyIdentifierMismatch;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH:
    case X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM:
      return PathError::kBadSignature;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
      return PathError::kNotACa;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return PathError::kPathTooLong;
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      return PathError::kKeyUsage;
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
      return PathError::kWeak;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return PathError::kUnhandledCritical;
    case X509_V_ERR_INVALID_EXTENSION:
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE:
      return PathError::kMalformed;
    default:
      return PathError::kOther;
  }
}

// RFC 5280 §4.1.2.5: notAfter is inclusive; OpenSSL takes that second for expired.
int accept_the_last_second(int ok, X509_STORE_CTX* context) {
  if (ok == 1 || X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) return ok;
  std::time_t at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
  const X509* certificate = X509_STORE_CTX_get_current_cert(context);
  // X509_cmp_time answers -1 both for equal and for past, so ask for the second before.
  --at;
  if (X509_cmp_time(X509_get0_notAfter(certificate), &at) != 1) return 0;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

// One run of X509_verify_cert.
class Validation {
 public:
  Validation(const CertificatePtr& leaf,
             std::span<const CertificatePtr> untrusted,
             std::span<const CertificatePtr> anchors)
      : leaf_(leaf),
        untrusted_(untrusted.first(std::min(untrusted.size(), kMaximumIntermediates))),
        anchors_(anchors) {}

  PathResult run(sim::Time at);

 private:
  CertificatePtr find(X509* x509) const;
  void read_path(X509_STORE_CTX* context, PathResult& result) const;
  // OpenSSL says "not found" when the issuer is there but does not fit; says why.
  void explain_missing_issuer(PathResult& result) const;
  // What OpenSSL lets pass without X509_V_FLAG_X509_STRICT.
  void check_issuers(PathResult& result) const;

  const CertificatePtr& leaf_;
  std::span<const CertificatePtr> untrusted_;
  std::span<const CertificatePtr> anchors_;
};

CertificatePtr Validation::find(X509* x509) const {
  if (x509_of(leaf_) == x509) return leaf_;
  for (const auto& list : {anchors_, untrusted_}) {
    for (const CertificatePtr& certificate : list) {
      if (x509_of(certificate) == x509) return certificate;
    }
  }
  return nullptr;
}

void Validation::read_path(X509_STORE_CTX* context, PathResult& result) const {
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    CertificatePtr certificate = find(sk_X509_value(chain, i));
    SHAKEDOWN_ASSERT(certificate != nullptr);
    result.path.push_back(std::move(certificate));
  }
  if (result.path.empty()) result.path.push_back(leaf_);
}

PathResult Validation::run(sim::Time at) {
  const ErrorQueueGuard guard;
  const StoreOwner store(X509_STORE_new());
  const StackOwner stack(sk_X509_new_null());
  const StoreContextOwner context(X509_STORE_CTX_new());
  SHAKEDOWN_ASSERT(store != nullptr && stack != nullptr && context != nullptr);
  for (const CertificatePtr& anchor : anchors_) {
    SHAKEDOWN_ASSERT(X509_STORE_add_cert(store.get(), x509_of(anchor)) == 1);
  }
  for (const CertificatePtr& certificate : untrusted_) {
    SHAKEDOWN_ASSERT(sk_X509_push(stack.get(), x509_of(certificate)) > 0);
  }
  SHAKEDOWN_ASSERT(X509_STORE_CTX_init(context.get(), store.get(), x509_of(leaf_), stack.get()) ==
                   1);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, sim::unix_seconds(at));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, kAuthenticationLevel);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(kMaximumPathLength) - 2);
  X509_STORE_CTX_set_verify_cb(context.get(), accept_the_last_second);

  PathResult result;
  result.ok = X509_verify_cert(context.get()) == 1;
  read_path(context.get(), result);
  if (result.ok) {
    check_issuers(result);
    return result;
  }
  const int code = X509_STORE_CTX_get_error(context.get());
  result.error = code == X509_V_OK ? PathError::kOther : error_of(code);
  const int depth = X509_STORE_CTX_get_error_depth(context.get());
  result.error_depth =
      std::min(static_cast<std::size_t>(std::max(depth, 0)), result.path.size() - 1);
  result.text = fmt::format("{} ({})", X509_verify_cert_error_string(code),
                            result.path[result.error_depth]->subject().text());
  if (result.error == PathError::kIssuerNotFound) explain_missing_issuer(result);
  if (result.error == PathError::kNotACa) {
    // OpenSSL reports a missing keyCertSign as "invalid CA certificate".
    const Certificate::Fields& at_fault = result.path[result.error_depth]->fields();
    const bool is_ca = at_fault.basic_constraints && at_fault.basic_constraints->ca;
    if (is_ca && at_fault.key_usage && (*at_fault.key_usage & kKeyCertSign) == 0) {
      result.error = PathError::kKeyUsage;
      result.text = fmt::format("keyUsage without keyCertSign ({})", at_fault.subject.text());
    }
  }
  return result;
}

void Validation::explain_missing_issuer(PathResult& result) const {
  const CertificatePtr& child = result.path.back();
  const auto is_malformed = [](const CertificatePtr& certificate) {
    return (X509_get_extension_flags(x509_of(certificate)) & EXFLAG_INVALID) != 0;
  };
  const auto report = [&](PathError error, std::string_view what, const CertificatePtr& issuer) {
    result.error = error;
    result.error_depth = result.path.size() - 1;
    result.text =
        fmt::format("{} ({}, issuer {})", what, child->subject().text(), issuer->subject().text());
  };
  if (is_malformed(child)) {
    result.error = PathError::kMalformed;
    result.error_depth = result.path.size() - 1;
    result.text = fmt::format("an extension does not decode ({})", child->subject().text());
    return;
  }
  for (const auto& list : {untrusted_, anchors_}) {
    for (const CertificatePtr& candidate : list) {
      if (candidate == child) continue;
      const bool same_name = candidate->subject_der() == child->issuer_der();
      const bool same_identifier =
          child->fields().authority_key_identifier.has_value() &&
          child->fields().authority_key_identifier == candidate->fields().subject_key_identifier;
      if (same_name && is_malformed(candidate)) {
        return report(PathError::kMalformed, "an extension of the issuer does not decode",
                      candidate);
      }
      if (same_name && !same_identifier) {
        return report(PathError::kKeyIdentifierMismatch,
                      "authority key identifier is not that of the issuer", candidate);
      }
      if (!same_name && child->is_signed_by(*candidate)) {
        return report(PathError::kNameMismatch, "signed by a certificate of another name",
                      candidate);
      }
    }
  }
}

void Validation::check_issuers(PathResult& result) const {
  // An anchor is trusted as it is; every other issuer must say that it is one (RFC 5280 §6.1.4(k)).
  for (std::size_t i = 1; i + 1 < result.path.size(); ++i) {
    const Certificate::Fields& issuer = result.path[i]->fields();
    if (issuer.basic_constraints && issuer.basic_constraints->ca) continue;
    result.ok = false;
    result.error = PathError::kNotACa;
    result.error_depth = i;
    result.text = fmt::format("no basicConstraints with cA TRUE ({})", issuer.subject.text());
    return;
  }
}

}  // namespace

std::string_view to_string(PathError error) {
  switch (error) {
    case PathError::kNone:
      return "none";
    case PathError::kExpired:
      return "expired";
    case PathError::kNotYetValid:
      return "not_yet_valid";
    case PathError::kUntrustedRoot:
      return "untrusted_root";
    case PathError::kIssuerNotFound:
      return "issuer_not_found";
    case PathError::kNameMismatch:
      return "name_mismatch";
    case PathError::kKeyIdentifierMismatch:
      return "key_identifier_mismatch";
    case PathError::kBadSignature:
      return "bad_signature";
    case PathError::kNotACa:
      return "not_a_ca";
    case PathError::kPathTooLong:
      return "path_too_long";
    case PathError::kKeyUsage:
      return "key_usage";
    case PathError::kWeak:
      return "weak";
    case PathError::kUnhandledCritical:
      return "unhandled_critical";
    case PathError::kMalformed:
      return "malformed";
    case PathError::kOther:
      break;
  }
  return "other";
}

PathResult validate_path(const CertificatePtr& leaf,
                         std::span<const CertificatePtr> untrusted,
                         std::span<const CertificatePtr> anchors,
                         sim::Time at) {
  SHAKEDOWN_ASSERT(leaf != nullptr);
  return Validation(leaf, untrusted, anchors).run(at);
}

}  // namespace shakedown::crypto
