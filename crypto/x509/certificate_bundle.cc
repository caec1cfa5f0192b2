#include "crypto/x509/certificate_bundle.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kCertificateLabel = "CERTIFICATE";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

bool is_private_key(std::string_view label) { return label.ends_with("PRIVATE KEY"); }

}  // namespace

Result<PemBundle> read_pem_certificates(std::string_view text, const PemLimits& limits) {
  ASSIGN_OR_RETURN(const PemParts parts, split_pem(text, limits));
  PemBundle bundle;
  const auto note_text = [&](std::string_view outside) {
    if (!is_blank(outside)) bundle.notes.push_back({PemNote::Kind::kTextOutside, {}});
  };
  for (const auto& block : parts.blocks) {
    note_text(block.before);
    if (is_private_key(block.label)) {
      bundle.notes.push_back({PemNote::Kind::kPrivateKey, std::string(block.label)});
    } else if (block.label != kCertificateLabel) {
      bundle.notes.push_back({PemNote::Kind::kOtherLabel, std::string(block.label)});
    } else {
      ASSIGN_OR_RETURN(const Bytes body, decode_pem_body(block));
      ASSIGN_OR_RETURN(CertificatePtr certificate, Certificate::from_der(body));
      bundle.certificates.push_back(std::move(certificate));
    }
  }
  note_text(parts.after);
  if (bundle.certificates.empty()) return fail(ErrorCode::kNotFound, "no PEM certificate");
  return bundle;
}

std::string write_pem(const std::vector<CertificatePtr>& certificates) {
  std::string text;
  for (const CertificatePtr& certificate : certificates) {
    text += write_pem(kCertificateLabel, certificate->der());
  }
  return text;
}

}  // namespace shakedown::crypto
