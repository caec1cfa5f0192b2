#include "stir/passport/passport.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "crypto/octets/bytes.h"
#include "stir/jose/json.h"

namespace shakedown::stir {
namespace {

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_party(std::string& out, const Party& party) {
  out += party.is_telephone_number() ? "{\"tn\":" : "{\"uri\":";
  append_json_string(out, party.value);
  out += '}';
}

void append_array(std::string& out, const std::vector<std::string>& values) {
  out += '[';
  const auto append_all = [&out](const std::vector<std::string>& sorted) {
    for (const auto& value : sorted) {
      if (out.back() != '[') out += ',';
      append_json_string(out, value);
    }
  };
  if (std::is_sorted(values.begin(), values.end())) {
    append_all(values);
  } else {
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    append_all(sorted);
  }
  out += ']';
}

void append_dest(std::string& out, const Passport& passport) {
  out += '{';
  if (!passport.dest_tn.empty()) {
    out += "\"tn\":";
    append_array(out, passport.dest_tn);
  }
  if (!passport.dest_uri.empty()) {
    if (!passport.dest_tn.empty()) out += ',';
    out += "\"uri\":";
    append_array(out, passport.dest_uri);
  }
  out += '}';
}

constexpr std::array<std::string_view, 6> kKnownClaims = {"attest", "dest", "div",
                                                          "iat",    "orig", "origid"};
constexpr std::array<std::string_view, 6> kClaimOpenings = {
    ",\"attest\":", ",\"dest\":", ",\"div\":", ",\"iat\":", ",\"orig\":", ",\"origid\":"};

bool is_known(std::string_view name) {
  return std::find(kKnownClaims.begin(), kKnownClaims.end(), name) != kKnownClaims.end();
}

// The value of one of kKnownClaims; false when the passport does not have it.
bool append_known_claim(std::string& out, const Passport& passport, std::string_view name) {
  if (name == "attest") {
    if (passport.attest.empty()) return false;
    append_json_string(out, passport.attest);
  } else if (name == "dest") {
    append_dest(out, passport);
  } else if (name == "div") {
    if (!passport.div) return false;
    append_party(out, *passport.div);
  } else if (name == "iat") {
    append_integer(out, passport.iat);
  } else if (name == "orig") {
    append_party(out, passport.orig);
  } else {
    if (passport.origid.empty()) return false;
    append_json_string(out, passport.origid);
  }
  return true;
}

std::string payload_with_other_claims(const Passport& passport) {
  std::vector<std::pair<std::string_view, std::string>> members;
  for (const auto name : kKnownClaims) {
    std::string value;
    if (append_known_claim(value, passport, name)) members.emplace_back(name, std::move(value));
  }
  for (const auto& [name, value] : passport.other_claims) {
    if (!is_known(name)) members.emplace_back(name, value);
  }
  std::sort(members.begin(), members.end());
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    out += value;
  }
  return out += '}';
}

}  // namespace

std::optional<std::string> Passport::claim_as_json(std::string_view name) const {
  if (is_known(name)) {
    std::string value;
    if (!append_known_claim(value, *this, name)) return std::nullopt;
    return value;
  }
  for (const auto& [other, value] : other_claims) {
    if (other == name) return value;
  }
  return std::nullopt;
}

std::string header_json(const Passport& passport) {
  constexpr std::size_t kUsualSize = 128;
  std::string out;
  out.reserve(kUsualSize);
  out += "{\"alg\":";
  append_json_string(out, passport.alg);
  if (!passport.ppt.empty()) {
    out += ",\"ppt\":";
    append_json_string(out, passport.ppt);
  }
  out += ",\"typ\":";
  append_json_string(out, passport.typ);
  out += ",\"x5u\":";
  append_json_string(out, passport.x5u);
  return out += '}';
}

std::string payload_json(const Passport& passport) {
  if (!passport.other_claims.empty()) return payload_with_other_claims(passport);
  constexpr std::size_t kUsualSize = 192;
  std::string out;
  out.reserve(kUsualSize);
  for (std::size_t i = 0; i < kKnownClaims.size(); ++i) {
    const auto before = out.size();
    out += kClaimOpenings[i];
    if (!append_known_claim(out, passport, kKnownClaims[i])) out.resize(before);
  }
  out.front() = '{';  // There is always iat.
  return out += '}';
}

std::string signing_input(const Passport& passport) {
  const std::string header = crypto::base64url_encode(header_json(passport));
  const std::string payload = crypto::base64url_encode(payload_json(passport));
  std::string input;
  input.reserve(header.size() + 1 + payload.size());
  return input.append(header).append(1, '.').append(payload);
}

std::string encode(std::string_view signing_input, const crypto::Es256Signature& signature) {
  const std::string encoded = crypto::base64url_encode(crypto::as_view(signature));
  std::string token;
  token.reserve(signing_input.size() + 1 + encoded.size());
  return token.append(signing_input).append(1, '.').append(encoded);
}

std::string encode_compact(const crypto::Es256Signature& signature) {
  return ".." + crypto::base64url_encode(crypto::as_view(signature));
}

}  // namespace shakedown::stir
