#include "crypto/octets/bytes.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace shakedown::crypto {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> digits_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kStandardDigits = digits_of(kStandardAlphabet);
constexpr std::array<std::uint8_t, 256> kUrlDigits = digits_of(kUrlAlphabet);

// What the first, second, third and fourth digit of a block are worth in its 24 bits.
constexpr std::uint32_t kNoWorth = 1U << 31;
using Worths = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr Worths worths_of(const std::array<std::uint8_t, 256>& digits) {
  Worths worths{};
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t i = 0; i < digits.size(); ++i) {
      worths[place][i] =
          digits[i] == kNoDigit ? kNoWorth : std::uint32_t{digits[i]} << (18 - 6 * place);
    }
  }
  return worths;
}

constexpr Worths kUrlWorths = worths_of(kUrlDigits);

std::uint32_t octet(char c) { return static_cast<unsigned char>(c); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Every call signs and verifies through here, so it writes into a string of the final size.
std::string encode(std::string_view octets, std::string_view alphabet, bool padding) {
  const std::size_t whole = octets.size() / 3;
  const std::size_t left = octets.size() % 3;
  const std::size_t tail = left == 0 ? 0 : padding ? 4 : left + 1;
  std::string text(whole * 4 + tail, '=');
  const char* in = octets.data();
  char* out = text.data();
  const char* digits = alphabet.data();
  for (std::size_t i = 0; i < whole; ++i, in += 3, out += 4) {
    const std::uint32_t bits = octet(in[0]) << 16 | octet(in[1]) << 8 | octet(in[2]);
    out[0] = digits[bits >> 18];
    out[1] = digits[bits >> 12 & 63];
    out[2] = digits[bits >> 6 & 63];
    out[3] = digits[bits & 63];
  }
  if (left == 0) return text;
  const std::uint32_t bits = octet(in[0]) << 16 | (left == 2 ? octet(in[1]) << 8 : 0u);
  out[0] = digits[bits >> 18];
  out[1] = digits[bits >> 12 & 63];
  if (left == 2) out[2] = digits[bits >> 6 & 63];
  return text;
}

tl::unexpected<Error> odd_character(std::string_view encoding, char c, std::size_t position) {
  const bool printable = c > ' ' && c <= '~';
  return fail(ErrorCode::kMalformed,
              printable
                  ? fmt::format("'{}' at {} is not {}", c, position, encoding)
                  : fmt::format("octet {:#04x} at {} is not {}", octet(c), position, encoding));
}

// Collects six bits at a time.
class Collector {
 public:
  explicit Collector(std::size_t characters) { octets_.reserve(characters / 4 * 3 + 2); }

  void add(std::uint8_t digit) {
    bits_ = bits_ << 6 | digit;
    if (++count_ % 4 != 0) return;
    octets_.push_back(static_cast<char>(bits_ >> 16 & 0xff));
    octets_.push_back(static_cast<char>(bits_ >> 8 & 0xff));
    octets_.push_back(static_cast<char>(bits_ & 0xff));
    bits_ = 0;
  }

  // Decodes four characters at a time from the front, up to the first odd one, and answers how many
  // characters that were. Only to begin with.
  std::size_t add_blocks(std::string_view text, const Worths& worths) {
    const std::size_t blocks = text.size() / 4;
    octets_.resize(blocks * 3);
    const char* in = text.data();
    char* out = octets_.data();
    std::size_t done = 0;
    for (; done < blocks; ++done, in += 4, out += 3) {
      const std::uint32_t bits = worths[0][octet(in[0])] | worths[1][octet(in[1])] |
                                 worths[2][octet(in[2])] | worths[3][octet(in[3])];
      if ((bits & kNoWorth) != 0) break;
      out[0] = static_cast<char>(bits >> 16 & 0xff);
      out[1] = static_cast<char>(bits >> 8 & 0xff);
      out[2] = static_cast<char>(bits & 0xff);
    }
    octets_.resize(done * 3);
    return count_ = done * 4;
  }

  std::size_t count() const { return count_; }

  Result<Base64Decoded> finish() && {
    bool canonical = true;
    switch (count_ % 4) {
      case 0:
        break;
      case 1:
        return fail(ErrorCode::kMalformed, "a base64 text cannot have this length");
      case 2:
        octets_.push_back(static_cast<char>(bits_ >> 4 & 0xff));
        canonical = (bits_ & 0xf) == 0;
        break;
      default:
        octets_.push_back(static_cast<char>(bits_ >> 10 & 0xff));
        octets_.push_back(static_cast<char>(bits_ >> 2 & 0xff));
        canonical = (bits_ & 0x3) == 0;
    }
    return Base64Decoded{std::move(octets_), canonical};
  }

 private:
  Bytes octets_;
  std::uint32_t bits_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

SecretBytes::SecretBytes(std::size_t size)
    : octets_(std::make_unique<std::uint8_t[]>(size)),
      size_(size) {}

SecretBytes::SecretBytes(std::string_view octets)
    : SecretBytes(octets.size()) {
  if (!octets.empty()) std::memcpy(octets_.get(), octets.data(), octets.size());
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : octets_(std::move(other.octets_)),
      size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  cleanse();
  octets_ = std::move(other.octets_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

SecretBytes::~SecretBytes() { cleanse(); }

void SecretBytes::cleanse() {
  if (octets_ != nullptr) OPENSSL_cleanse(octets_.get(), size_);
}

std::string to_hex(std::string_view octets) {
  std::string text(octets.size() * 2, '\0');
  char* digit = text.data();
  for (const char c : octets) {
    *digit++ = kHexDigits[octet(c) >> 4];
    *digit++ = kHexDigits[octet(c) & 15];
  }
  return text;
}

std::string to_hex_pairs(std::string_view octets) {
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  std::string text;
  text.reserve(octets.size() * 3);
  for (const char c : octets) {
    if (!text.empty()) text.push_back(':');
    text.push_back(kUpper[octet(c) >> 4]);
    text.push_back(kUpper[octet(c) & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::kMalformed, "an odd number of hex digits");
  Bytes octets;
  octets.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    if (high < 0) return odd_character("hex", text[i], i);
    const int low = hex_digit(text[i + 1]);
    if (low < 0) return odd_character("hex", text[i + 1], i + 1);
    octets.push_back(static_cast<char>(high << 4 | low));
  }
  return octets;
}

std::string base64_encode(std::string_view octets) {
  return encode(octets, kStandardAlphabet, true);
}

std::string base64url_encode(std::string_view octets) {
  return encode(octets, kUrlAlphabet, false);
}

Result<Base64Decoded> base64url_decode(std::string_view text) {
  Collector collector(text.size());
  const std::size_t whole = collector.add_blocks(text, kUrlWorths);
  for (std::size_t i = whole; i < text.size(); ++i) {
    const std::uint8_t digit = kUrlDigits[static_cast<unsigned char>(text[i])];
    if (digit == kNoDigit) return odd_character("base64url", text[i], i);
    collector.add(digit);
  }
  return std::move(collector).finish();
}

Result<Base64Decoded> base64_decode(std::string_view text) {
  Collector collector(text.size());
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t digit = kStandardDigits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit || padding != 0) return odd_character("base64", c, i);
    collector.add(digit);
  }
  if (padding != 0 && (padding > 2 || (collector.count() + padding) % 4 != 0)) {
    return fail(ErrorCode::kMalformed, "wrong base64 padding");
  }
  return std::move(collector).finish();
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    const int following = first < 0x80   ? 0
                          : first < 0xc2 ? -1
                          : first < 0xe0 ? 1
                          : first < 0xf0 ? 2
                          : first < 0xf5 ? 3
                                         : -1;
    if (following < 0 || i + static_cast<std::size_t>(following) >= text.size()) return false;
    std::uint32_t point = following == 0 ? first : first & (0x3fu >> following);
    for (int k = 1; k <= following; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + static_cast<std::size_t>(k)]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    constexpr std::array<std::uint32_t, 4> kLeast{0, 0x80, 0x800, 0x10000};
    if (point < kLeast[static_cast<std::size_t>(following)] || point > 0x10ffff) return false;
    if (point >= 0xd800 && point <= 0xdfff) return false;
    i += static_cast<std::size_t>(following) + 1;
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace shakedown::crypto
