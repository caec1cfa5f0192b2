#include "stir/credential/number_scope.h"

#include <algorithm>

#include "crypto/octets/bytes.h"

namespace shakedown::stir {
namespace {

// Length and value in one number, so that numbers of one length are neighbours and "0123" differs
// from "123". 15 digits need 50 bits.
constexpr unsigned kValueBits = 56;

bool is_all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t key_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  return (static_cast<std::uint64_t>(digits.size()) << kValueBits) | value;
}

std::size_t length_of(std::uint64_t key) { return static_cast<std::size_t>(key >> kValueBits); }

std::string text_of(std::uint64_t key) {
  std::string digits = std::to_string(key & ((std::uint64_t{1} << kValueBits) - 1));
  return std::string(length_of(key) - digits.size(), '0') + digits;
}

std::string text_of(const Scope::Interval& interval) {
  if (interval.first == interval.last) return "one " + text_of(interval.first);
  return "range " + text_of(interval.first) + "+" +
         std::to_string(interval.last - interval.first + 1);
}

void merge(std::vector<Scope::Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Scope::Interval> merged;
  for (const auto& interval : intervals) {
    if (!merged.empty() && interval.first <= merged.back().last + 1) {
      merged.back().last = std::max(merged.back().last, interval.last);
    } else {
      merged.push_back(interval);
    }
  }
  intervals = std::move(merged);
}

// All numbers that begin with `prefix` and have `length` digits.
Scope::Interval interval_of(const std::string& prefix, std::size_t length) {
  return {key_of(prefix + std::string(length - prefix.size(), '0')),
          key_of(prefix + std::string(length - prefix.size(), '9'))};
}

bool has_longer_prefix(const NumberAuthority& authority, const std::string& prefix) {
  const auto next = authority.upper_bound(prefix);
  return next != authority.end() && next->first.starts_with(prefix);
}

// Whether every number of `interval` below `prefix` belongs to one of the parent's providers. Goes
// down a digit only where the authority distinguishes more, so it ends quickly.
bool is_owned(const Scope::Interval& interval,
              const std::string& prefix,
              const Scope& parent,
              const NumberAuthority& authority) {
  const std::size_t length = length_of(interval.first);
  const auto below = interval_of(prefix, length);
  if (below.last < interval.first || below.first > interval.last) return true;
  if (prefix.size() < length && has_longer_prefix(authority, prefix)) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (!is_owned(interval, prefix + digit, parent, authority)) return false;
    }
    return true;
  }
  const auto owner = provider_of(authority, prefix);
  return owner && parent.contains_spc(*owner);
}

Encompassing outside(bool by_spc, const std::string& what) {
  return {false, by_spc, what + " is not within the parent's list"};
}

}  // namespace

std::optional<std::string_view> provider_of(const NumberAuthority& authority, std::string_view tn) {
  for (std::size_t length = tn.size(); length > 0; --length) {
    const auto found = authority.find(tn.substr(0, length));
    if (found != authority.end()) return found->second;
  }
  return std::nullopt;
}

Scope Scope::of(const std::vector<crypto::TnEntry>& entries) {
  Scope scope;
  for (const auto& entry : entries) {
    switch (entry.kind) {
      case crypto::TnEntry::Kind::kServiceProviderCode:
        scope.spcs_.push_back(entry.value);
        break;
      case crypto::TnEntry::Kind::kOne:
        if (is_all_digits(entry.value)) {
          scope.intervals_.push_back({key_of(entry.value), key_of(entry.value)});
        } else {
          scope.special_.push_back(entry.value);
        }
        break;
      case crypto::TnEntry::Kind::kRange:
        // The decoder has refused ranges that would gain a digit, so the key does not overflow.
        scope.intervals_.push_back({key_of(entry.value), key_of(entry.value) + entry.count - 1});
        break;
    }
  }
  const auto sort_unique = [](std::vector<std::string>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  };
  sort_unique(scope.spcs_);
  sort_unique(scope.special_);
  merge(scope.intervals_);
  return scope;
}

bool Scope::contains_spc(std::string_view spc) const {
  return std::find(spcs_.begin(), spcs_.end(), spc) != spcs_.end();
}

bool Scope::contains(const Interval& interval) const {
  // The last interval that begins at or before ours; they are disjoint and not adjacent.
  auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), interval.first,
      [](std::uint64_t first, const Interval& candidate) { return first < candidate.first; });
  return after != intervals_.begin() && (--after)->last >= interval.last;
}

bool Scope::contains_number(std::string_view tn) const {
  if (tn.empty() || tn.size() > 15) return false;
  if (!is_all_digits(tn)) {
    return std::find(special_.begin(), special_.end(), tn) != special_.end();
  }
  const auto key = key_of(tn);
  return contains(Interval{key, key});
}

std::string Scope::text() const {
  std::string result;
  const auto add = [&result](const std::string& part) {
    if (!result.empty()) result += ", ";
    result += part;
  };
  for (const auto& spc : spcs_) add("spc " + spc);
  for (const auto& interval : intervals_) add(text_of(interval));
  for (const auto& number : special_) add("one " + number);
  return result;
}

Coverage coverage(const Scope& scope,
                  std::string_view tn,
                  MixedListMode mixed,
                  const NumberAuthority* authority) {
  if (scope.is_mixed() && mixed == MixedListMode::kReject) return Coverage::kMixedListRefused;
  if (scope.contains_number(tn)) return Coverage::kByNumber;
  const bool only_numbers = scope.is_mixed() && mixed == MixedListMode::kIntersection;
  if (!scope.has_spc() || only_numbers) return Coverage::kOutside;
  if (authority == nullptr) return Coverage::kBySpc;
  const auto owner = provider_of(*authority, tn);
  return owner && scope.contains_spc(*owner) ? Coverage::kBySpc : Coverage::kNotTheProviders;
}

Encompassing encompasses(const Scope& parent,
                         const Scope& child,
                         SpcDelegation policy,
                         const NumberAuthority* authority) {
  for (const auto& spc : child.spcs()) {
    if (!parent.contains_spc(spc)) return outside(true, "spc " + spc);
  }
  // Numbers that the parent does not list may still lie within its provider code.
  const bool by_spc = parent.has_spc() && policy != SpcDelegation::kReject;
  const bool check = policy == SpcDelegation::kCheckAuthority;
  for (const auto& interval : child.intervals()) {
    if (parent.contains(interval)) continue;
    const bool owned =
        !check || (authority != nullptr && is_owned(interval, "", parent, *authority));
    if (!by_spc || !owned) return outside(false, text_of(interval));
  }
  for (const auto& number : child.special_numbers()) {
    if (parent.contains_number(number)) continue;
    const auto owner =
        check && authority != nullptr ? provider_of(*authority, number) : std::nullopt;
    const bool owned = !check || (owner && parent.contains_spc(*owner));
    if (!by_spc || !owned) return outside(false, "one " + number);
  }
  return {};
}

std::string tn_auth_list_identifier(std::string_view der) { return crypto::base64url_encode(der); }

Result<crypto::Bytes> tn_auth_list_of_identifier(std::string_view text) {
  if (auto url = crypto::base64url_decode(text)) return std::move(url->octets);
  if (auto standard = crypto::base64_decode(text)) return std::move(standard->octets);
  return fail(ErrorCode::kMalformed, "identifier value is not base64url");
}

}  // namespace shakedown::stir
