#include "stir/passport/canonical_shaken.h"

#include <algorithm>
#include <array>
#include <optional>

#include "sim/octet_set.h"

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
    static constexpr sim::OctetSet kPlain =
        sim::OctetSet::where([](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    return take(kPlain.prefix_of(rest_));
  }

  std::string_view digits() {
    static constexpr sim::OctetSet kDigits = sim::OctetSet::where(sim::is_ascii_digit);
    return take(kDigits.prefix_of(rest_));
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
  static constexpr sim::OctetSet kDigits =
      sim::OctetSet::where([](char c) { return sim::is_ascii_digit(c) || (c >= 'a' && c <= 'f'); });
  constexpr std::array<std::size_t, 5> kGroups{8, 4, 4, 4, 12};
  if (text.size() != 36) return false;
  for (const std::size_t size : kGroups) {
    if (!kDigits.has_all_of(text.substr(0, size))) return false;
    text.remove_prefix(size);
    if (!text.empty() && text.front() != '-') return false;
    text.remove_prefix(std::min<std::size_t>(1, text.size()));
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
