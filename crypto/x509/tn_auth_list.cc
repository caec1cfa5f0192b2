#include "crypto/x509/tn_auth_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/octets/asn1.h"

namespace shakedown::crypto {
namespace {

constexpr std::size_t kMaximumEntries = 4096;
constexpr std::size_t kMaximumDigits = 15;
constexpr std::size_t kMaximumTextToWrite = 1024;

struct TnRange {
  ASN1_IA5STRING* start;
  ASN1_INTEGER* count;
};

struct TnChoice {
  int type;

  union {
    ASN1_IA5STRING* spc;
    TnRange* range;
    ASN1_IA5STRING* one;
  } value;
};

// In the order of the template below.
enum ChoiceType : int { kSpcChoice, kRangeChoice, kOneChoice };

DEFINE_STACK_OF(TnChoice)
using TnChoices = STACK_OF(TnChoice);

// clang-format off
ASN1_SEQUENCE(TnRange) = {
  ASN1_SIMPLE(TnRange, start, ASN1_IA5STRING),
  ASN1_SIMPLE(TnRange, count, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(TnRange)

ASN1_CHOICE(TnChoice) = {
  ASN1_EXP(TnChoice, value.spc, ASN1_IA5STRING, 0),
  ASN1_EXP(TnChoice, value.range, TnRange, 1),
  ASN1_EXP(TnChoice, value.one, ASN1_IA5STRING, 2),
} static_ASN1_CHOICE_END(TnChoice)

ASN1_ITEM_TEMPLATE(TnChoices) =
  ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, TnChoices, TnChoice)
static_ASN1_ITEM_TEMPLATE_END(TnChoices)
    // clang-format on

    tl::unexpected<Error> malformed_list(std::string_view what) {
  return fail(ErrorCode::kMalformed, fmt::format("TNAuthList: {}", what));
}

Status check_number(std::string_view number) {
  if (number.empty() || number.size() > kMaximumDigits ||
      number.find_first_not_of("0123456789#*") != std::string_view::npos) {
    return malformed_list("a number is not 1 to 15 of 0-9 # *");
  }
  return {};
}

// RFC 8226 §9: a range counts digits only, and start + count has no more digits than start.
Status check_range(std::string_view start, std::uint64_t count) {
  if (start.find_first_of("#*") != std::string_view::npos) {
    return malformed_list("a range cannot start with # or * in it");
  }
  std::uint64_t first = 0;
  std::uint64_t limit = 1;
  for (const char c : start) {
    first = first * 10 + static_cast<std::uint64_t>(c - '0');
    limit *= 10;
  }
  if (count >= limit - first)
    return malformed_list("a range reaches numbers that are one digit longer");
  return {};
}

Result<TnEntry> read_range(const TnRange& range) {
  std::uint64_t count = 0;
  if (ASN1_STRING_type(range.count) == V_ASN1_NEG_INTEGER)
    return malformed_list("a negative count");
  if (ASN1_INTEGER_get_uint64(&count, range.count) != 1 || count >> 63 != 0) {
    return fail(ErrorCode::kTooLarge, "TNAuthList: a count over 2^63 - 1");
  }
  if (count < 2) return malformed_list("a range of fewer than 2 numbers");
  const std::string_view start = asn1_text(range.start);
  RETURN_IF_ERROR(check_number(start));
  RETURN_IF_ERROR(check_range(start, count));
  return TnEntry::range(std::string(start), count);
}

Result<TnEntry> read_entry(const TnChoice& choice) {
  switch (choice.type) {
    case kSpcChoice: {
      const std::string_view code = asn1_text(choice.value.spc);
      if (!is_ascii(code)) return malformed_list("a service provider code is not ASCII");
      return TnEntry::service_provider_code(std::string(code));
    }
    case kRangeChoice:
      return read_range(*choice.value.range);
    default: {
      const std::string_view number = asn1_text(choice.value.one);
      RETURN_IF_ERROR(check_number(number));
      return TnEntry::one(std::string(number));
    }
  }
}

Status write_entry(const TnEntry& entry, TnChoice& choice) {
  if (!is_ascii(entry.value)) return malformed_list("an IA5String must be ASCII");
  if (entry.value.size() > kMaximumTextToWrite) {
    return fail(ErrorCode::kTooLarge, "TNAuthList: a text over 1 KiB");
  }
  const auto text = [&] {
    ASN1_IA5STRING* string = ASN1_IA5STRING_new();
    SHAKEDOWN_ASSERT(string != nullptr);
    asn1_set_text(string, entry.value);
    return string;
  };
  switch (entry.kind) {
    case TnEntry::Kind::kServiceProviderCode:
      choice.type = kSpcChoice;
      choice.value.spc = text();
      break;
    case TnEntry::Kind::kRange:
      choice.type = kRangeChoice;
      choice.value.range = asn1_new<TnRange>(ASN1_ITEM_rptr(TnRange)).release();
      asn1_set_text(choice.value.range->start, entry.value);
      SHAKEDOWN_ASSERT(ASN1_INTEGER_set_uint64(choice.value.range->count, entry.count) == 1);
      break;
    case TnEntry::Kind::kOne:
      choice.type = kOneChoice;
      choice.value.one = text();
      break;
  }
  return {};
}

}  // namespace

TnEntry TnEntry::service_provider_code(std::string code) {
  return {Kind::kServiceProviderCode, std::move(code), 0};
}

TnEntry TnEntry::range(std::string start, std::uint64_t count) {
  return {Kind::kRange, std::move(start), count};
}

TnEntry TnEntry::one(std::string number) { return {Kind::kOne, std::move(number), 0}; }

Result<std::vector<TnEntry>> decode_tn_auth_list(std::string_view der) {
  const auto decoded = asn1_decode<TnChoices>(ASN1_ITEM_rptr(TnChoices), der);
  if (!decoded) return fail(decoded.error().code, "TNAuthList: " + decoded.error().detail);
  const TnChoices* choices = decoded->get();
  const int count = sk_TnChoice_num(choices);
  if (count == 0) return malformed_list("empty");
  if (static_cast<std::size_t>(count) > kMaximumEntries) {
    return fail(ErrorCode::kTooLarge, "TNAuthList: over 4,096 entries");
  }
  std::vector<TnEntry> entries;
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(TnEntry entry, read_entry(*sk_TnChoice_value(choices, i)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<Bytes> encode_tn_auth_list(const std::vector<TnEntry>& entries) {
  const auto choices = asn1_new<TnChoices>(ASN1_ITEM_rptr(TnChoices));
  for (const TnEntry& entry : entries) {
    auto choice = asn1_new<TnChoice>(ASN1_ITEM_rptr(TnChoice));
    RETURN_IF_ERROR(write_entry(entry, *choice));
    SHAKEDOWN_ASSERT(sk_TnChoice_push(choices.get(), choice.release()) > 0);
  }
  return asn1_encode(ASN1_ITEM_rptr(TnChoices), choices.get());
}

}  // namespace shakedown::crypto
