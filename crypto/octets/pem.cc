#include "crypto/octets/pem.h"

#include <fmt/format.h>

namespace shakedown::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLineLength = 64;
constexpr std::size_t kMaximumLabel = 64;

// Splits off the first block; false if none is left.
Result<bool> take_block(std::string_view& text, PemParts::Block& block) {
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

}  // namespace

Result<PemParts> split_pem(std::string_view text, const PemLimits& limits) {
  if (text.size() > limits.octets) {
    return fail(ErrorCode::kTooLarge, fmt::format("PEM text of {} octets", text.size()));
  }
  PemParts parts;
  while (true) {
    PemParts::Block block;
    ASSIGN_OR_RETURN(const bool found, take_block(text, block));
    if (!found) break;
    if (parts.blocks.size() == limits.blocks) {
      return fail(ErrorCode::kTooLarge, fmt::format("more than {} PEM blocks", limits.blocks));
    }
    parts.blocks.push_back(block);
  }
  parts.after = text;
  return parts;
}

Result<Bytes> decode_pem_body(const PemParts::Block& block) {
  Result<Base64Decoded> decoded = base64_decode(without_headers(block.body));
  if (!decoded) {
    return fail(ErrorCode::kMalformed,
                fmt::format("PEM block {}: {}", block.label, decoded.error().detail));
  }
  return std::move(decoded->octets);
}

Result<std::vector<PemBlock>> read_pem(std::string_view text, const PemLimits& limits) {
  ASSIGN_OR_RETURN(const PemParts parts, split_pem(text, limits));
  std::vector<PemBlock> blocks;
  for (const auto& block : parts.blocks) {
    ASSIGN_OR_RETURN(Bytes der, decode_pem_body(block));
    blocks.push_back({std::string(block.label), std::move(der)});
  }
  return blocks;
}

std::string write_pem(std::string_view label, std::string_view der) {
  const std::string body = base64_encode(der);
  std::string text = fmt::format("{}{}{}\n", kBegin, label, kDashes);
  for (std::size_t i = 0; i < body.size(); i += kLineLength) {
    text.append(body, i, kLineLength).push_back('\n');
  }
  return text + fmt::format("{}{}{}\n", kEnd, label, kDashes);
}

}  // namespace shakedown::crypto
