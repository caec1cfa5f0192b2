#include "crypto/octets/pem.h"

#include <fmt/format.h>

namespace shakedown::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLineLength = 64;
constexpr std::size_t kMaximumLabel = 64;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

struct RawBlock {
  std::string_view before;  // The text since the block before.
  std::string_view label;
  std::string_view body;
};

// Splits off the first block; false if none is left.
Result<bool> take_block(std::string_view& text, RawBlock& block) {
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return false;
  const std::size_t label_at = begin + kBegin.size();
  const std::size_t label_end = text.find(kDashes, label_at);
  if (label_end == std::string_view::npos || label_end - label_at > kMaximumLabel) {
    return fail(ErrorCode::kMalformed, "a PEM block without a label");
  }
  block.before = text.substr(0, begin);
  block.label = text.substr(label_at, label_end - label_at);
  const std::size_t body_at = label_end + kDashes.size();
  const std::size_t end = text.find(kEnd, body_at);
  const std::size_t end_label_at = end + kEnd.size();
  if (end == std::string_view::npos ||
      !text.substr(end_label_at).starts_with(fmt::format("{}{}", block.label, kDashes))) {
    return fail(ErrorCode::kMalformed, fmt::format("PEM block {} has no end", block.label));
  }
  block.body = text.substr(body_at, end - body_at);
  text.remove_prefix(end_label_at + block.label.size() + kDashes.size());
  return true;
}

bool is_private_key(std::string_view label) { return label.ends_with("PRIVATE KEY"); }

// The header fields of old encrypted keys ("Proc-Type: ...") end with a blank line.
std::string_view without_headers(std::string_view body) {
  if (body.find(':') == std::string_view::npos) return body;
  for (const std::string_view gap : {"\n\n", "\r\n\r\n"}) {
    if (const std::size_t at = body.find(gap); at != std::string_view::npos) {
      return body.substr(at + gap.size());
    }
  }
  return body;
}

// Calls `take(RawBlock)` for each block; returns the text after the last one.
template <class Take>
Result<std::string_view> for_each_block(std::string_view text, const PemLimits& limits, Take take) {
  if (text.size() > limits.octets) {
    return fail(ErrorCode::kTooLarge, fmt::format("PEM text of {} octets", text.size()));
  }
  RawBlock block;
  for (std::size_t count = 1;; ++count) {
    ASSIGN_OR_RETURN(const bool found, take_block(text, block));
    if (!found) return text;
    if (count > limits.blocks) {
      return fail(ErrorCode::kTooLarge, fmt::format("more than {} PEM blocks", limits.blocks));
    }
    RETURN_IF_ERROR(take(block));
  }
}

Result<Bytes> body_of(const RawBlock& block) {
  Result<Base64Decoded> decoded = base64_decode(without_headers(block.body));
  if (!decoded) {
    return fail(ErrorCode::kMalformed,
                fmt::format("PEM block {}: {}", block.label, decoded.error().detail));
  }
  return std::move(decoded->octets);
}

}  // namespace

Result<std::vector<PemBlock>> read_pem(std::string_view text, const PemLimits& limits) {
  std::vector<PemBlock> blocks;
  const auto rest = for_each_block(text, limits, [&](const RawBlock& block) -> Status {
    ASSIGN_OR_RETURN(Bytes body, body_of(block));
    blocks.push_back({std::string(block.label), std::move(body)});
    return {};
  });
  RETURN_IF_ERROR(rest);
  return blocks;
}

Result<PemBundle> read_pem_certificates(std::string_view text, const PemLimits& limits) {
  PemBundle bundle;
  const auto note_text = [&](std::string_view outside) {
    if (!is_blank(outside)) bundle.notes.push_back({PemNote::Kind::kTextOutside, {}});
  };
  const auto rest = for_each_block(text, limits, [&](const RawBlock& block) -> Status {
    note_text(block.before);
    if (is_private_key(block.label)) {
      bundle.notes.push_back({PemNote::Kind::kPrivateKey, std::string(block.label)});
    } else if (block.label != "CERTIFICATE") {
      bundle.notes.push_back({PemNote::Kind::kOtherLabel, std::string(block.label)});
    } else {
      ASSIGN_OR_RETURN(const Bytes body, body_of(block));
      ASSIGN_OR_RETURN(CertificatePtr certificate, Certificate::from_der(body));
      bundle.certificates.push_back(std::move(certificate));
    }
    return {};
  });
  RETURN_IF_ERROR(rest);
  note_text(*rest);
  if (bundle.certificates.empty()) {
    return fail(ErrorCode::kNotFound, "no PEM certificate");
  }
  return bundle;
}

std::string write_pem(std::string_view label, std::string_view der) {
  const std::string body = base64_encode(der);
  std::string text = fmt::format("{}{}{}\n", kBegin, label, kDashes);
  for (std::size_t i = 0; i < body.size(); i += kLineLength) {
    text.append(body, i, kLineLength).push_back('\n');
  }
  return text + fmt::format("{}{}{}\n", kEnd, label, kDashes);
}

std::string write_pem(const std::vector<CertificatePtr>& certificates) {
  std::string text;
  for (const CertificatePtr& certificate : certificates) {
    text += write_pem("CERTIFICATE", certificate->der());
  }
  return text;
}

}  // namespace shakedown::crypto
