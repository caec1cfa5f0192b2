#include "stir/call/sip_call.h"

#include <algorithm>

#include "stir/call/sip_text.h"

namespace shakedown::stir {
namespace {

// The first field of either name: SIP has one-letter forms (RFC 3261 §7.3.3).
std::optional<std::string_view> field(const sim::Headers& headers,
                                      std::string_view name,
                                      std::string_view compact) {
  if (const auto value = headers.get(name)) return value;
  return headers.get(compact);
}

// From and P-Asserted-Identity mostly say the same, To and the Request-URI, too: what has just been
// read is not read again.
class PartyReader {
 public:
  explicit PartyReader(const NumberingPlan& plan)
      : plan_(plan) {}

  const std::optional<Party>& at(std::string_view address) {
    if (address == address_) return party_;
    address_ = address;
    party_.reset();
    if (auto party = canonical_party(address, plan_)) party_ = *std::move(party);
    return party_;
  }

  const std::optional<Party>& in(std::string_view header_value) {
    return at(address_of(header_value));
  }

 private:
  const NumberingPlan& plan_;
  std::string_view address_;
  std::optional<Party> party_;  // At the empty address: none.
};

// ATIS-1000074 §5.2.1: the asserted identity counts where there is one; of two (tel and sip) the
// one with a number.
std::optional<Party> asserted_identity(const sim::Headers& headers, PartyReader& parties) {
  std::optional<Party> found;
  for (const auto& [name, value] : headers.fields()) {
    if (!sim::equals_ignoring_case(name, "P-Asserted-Identity")) continue;
    for (const auto one : sip_text::split(value, ',')) {
      const auto& party = parties.in(one);
      if (!party) continue;
      if (party->is_telephone_number()) return party;
      if (!found) found = party;
    }
  }
  return found;
}

void read_date(const sim::Headers& headers, SipCall& call) {
  const auto value = headers.get("Date");
  if (!value) return;
  // SIP-date is rfc1123-date alone (RFC 3261 §25.1); HTTP's two older forms are none.
  const auto text = sip_text::trimmed(*value);
  constexpr std::size_t kRfc1123Length = 29;
  const auto date = sim::parse_http_date(text);
  if (date && text.size() == kRfc1123Length && text[3] == ',') {
    call.date = *date;
  } else {
    call.date_is_malformed = true;
  }
}

}  // namespace

std::string_view address_of(std::string_view header_value) {
  // A display name may hold "<" only inside quotes.
  bool quoted = false;
  for (std::size_t i = 0; i < header_value.size(); ++i) {
    const char c = header_value[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '<' && !quoted) {
      const auto close = header_value.find('>', i);
      if (close == std::string_view::npos) return {};
      return header_value.substr(i + 1, close - i - 1);
    }
  }
  // Without brackets a ";" begins header parameters (RFC 3261 §20).
  const auto bare = sip_text::trimmed(header_value);
  return sip_text::trimmed(bare.substr(0, std::min(bare.find(';'), bare.size())));
}

Result<SipCall> read_sip_call(const sim::Request& request, const NumberingPlan& plan) {
  if (request.protocol != sim::Protocol::kSip) return fail(ErrorCode::kUnsupported, "not SIP");
  SipCall call;
  const auto& headers = request.headers;
  PartyReader parties(plan);
  if (const auto from = field(headers, "From", "f")) call.from = parties.in(*from);
  if (auto asserted = asserted_identity(headers, parties)) {
    call.orig = *std::move(asserted);
    call.orig_source = SipCall::OrigSource::kPAssertedIdentity;
  } else if (call.from) {
    call.orig = *call.from;
    call.orig_source = SipCall::OrigSource::kFrom;
  }
  if (const auto to = field(headers, "To", "t")) {
    if (const auto& party = parties.in(*to)) call.dest.push_back(*party);
  }
  call.request_target = parties.at(request.target);
  read_date(headers, call);
  for (const auto& [name, value] : headers.fields()) {
    if (sim::equals_ignoring_case(name, "Identity") || sim::equals_ignoring_case(name, "y")) {
      call.identity.push_back(value);
    }
  }
  call.has_media_fingerprint = request.body.find("a=fingerprint:") != std::string::npos;
  return call;
}

}  // namespace shakedown::stir
