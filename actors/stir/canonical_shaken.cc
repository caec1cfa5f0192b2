#include "actors/stir/canonical_shaken.h"

#include <optional>

namespace shakedown::stir {
namespace {

// Takes literals and simple values from the front; a mismatch is sticky.
class Cursor {
 public:
  explicit Cursor(std::string_view text)
      : rest_(text) {}

  void literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }

  // The octets up to the next quote; only those that a canonical JSON string may hold unescaped and
  // that are ASCII.
  std::string_view text() {
    const char* at = rest_.data();
    const char* const end = at + rest_.size();
    while (at != end && *at != '"' && *at >= ' ' && *at <= '~' && *at != '\\') ++at;
    return take(static_cast<std::size_t>(at - rest_.data()));
  }

  std::string_view digits() {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] >= '0' && rest_[length] <= '9') ++length;
    return take(length);
  }

  bool ok() const { return ok_; }

  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t length) {
    if (!ok_ || length == 0) {
      ok_ = false;
      return {};
    }
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

bool is_lower_case_uuid(std::string_view text) {
  constexpr std::string_view kPattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (kPattern[i] == 'x' ? !hex : c != '-') return false;
  }
  return true;
}

// At most 15 digits, so below 2^53; no leading zero, so not zero.
std::optional<std::int64_t> numeric_date(std::string_view digits) {
  constexpr std::size_t kMostDigits = 15;
  if (digits.empty() || digits.size() > kMostDigits || digits.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

}  // namespace

bool read_canonical_shaken(std::string_view header, std::string_view payload, Passport& into) {
  Cursor head(header);
  head.literal(R"({"alg":"ES256","ppt":"shaken","typ":"passport","x5u":")");
  const auto x5u = head.text();
  head.literal("\"}");
  if (!head.finished()) return false;

  Cursor body(payload);
  body.literal(R"({"attest":")");
  const auto attest = body.text();
  body.literal(R"(","dest":{"tn":[")");
  const auto dest = body.digits();
  body.literal(R"("]},"iat":)");
  const auto iat = numeric_date(body.digits());
  body.literal(R"(,"orig":{"tn":")");
  const auto orig = body.digits();
  body.literal(R"("},"origid":")");
  const auto origid = body.text();
  body.literal("\"}");
  if (!body.finished() || !iat || (attest != "A" && attest != "B" && attest != "C") ||
      !is_canonical_telephone_number(dest) || !is_canonical_telephone_number(orig) ||
      !is_lower_case_uuid(origid)) {
    return false;
  }
  into.ppt = "shaken";
  into.x5u = x5u;
  into.attest = attest;
  into.dest_tn.emplace_back(dest);
  into.iat = *iat;
  into.orig = telephone_number(std::string(orig));
  into.origid = origid;
  return true;
}

}  // namespace shakedown::stir
