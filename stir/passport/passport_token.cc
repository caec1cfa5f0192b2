#include "stir/passport/passport_token.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "stir/jose/json.h"
#include "stir/passport/canonical_shaken.h"

namespace shakedown::stir {
namespace {

constexpr std::size_t kLongestToken = 8 * 1024;
constexpr std::int64_t kLargestIat = std::int64_t{1} << 53;  // Exact in every JSON number.

bool is_uuid(std::string_view text) {
  constexpr std::string_view kPattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (kPattern[i] == 'x' ? !hex : c != '-') return false;
  }
  return true;
}

class Decoder {
 public:
  Decoder(Passport& content, PassportDefects& defects)
      : content_(content),
        defects_(defects) {}

  bool header(std::string_view octets);  // True if there is a ppt member.
  void payload(std::string_view octets);

 private:
  using D = PassportDefect;

  void add(D defect) { defects_.add(defect); }

  void read_string(
      const Json& object, std::string_view name, std::string& into, D missing, D other);
  void iat(const Json& claims);
  void orig(const Json& claims);
  void dest(const Json& claims);
  void dest_array(const Json& array, bool numbers, std::vector<std::string>& into);
  void shaken(const Json& claims);
  void div(const Json& claims);
  void other_claims(const Json& claims);

  // One identity of an object with exactly one member tn or uri.
  std::optional<Party> party(const Json& object, D not_one, D not_a_string, D not_canonical);

  Passport& content_;
  PassportDefects& defects_;
};

void Decoder::read_string(
    const Json& object, std::string_view name, std::string& into, D missing, D other) {
  const Json* member = find_member(object, name);
  if (member == nullptr) {
    add(missing);
  } else if (!member->is_string()) {
    add(other);
  } else {
    into = member->get_ref<const std::string&>();
  }
}

bool Decoder::header(std::string_view octets) {
  JsonDefect why{};
  const auto json = parse_json_object(octets, {}, &why);
  if (!json) {
    add(why == JsonDefect::kDuplicateMember ? D::kHeaderDuplicateMember : D::kHeaderNotJson);
    return false;
  }
  content_.alg.clear();
  content_.typ.clear();
  read_string(*json, "alg", content_.alg, D::kAlgMissing, D::kAlgNotEs256);
  read_string(*json, "typ", content_.typ, D::kTypMissing, D::kTypNotPassport);
  read_string(*json, "x5u", content_.x5u, D::kX5uMissing, D::kX5uNotAString);
  if (!defects_.has(D::kAlgMissing) && content_.alg != "ES256") add(D::kAlgNotEs256);
  if (!defects_.has(D::kTypMissing) && content_.typ != "passport") add(D::kTypNotPassport);
  if (const Json* ppt = find_member(*json, "ppt"); ppt != nullptr) {
    if (ppt->is_string()) {
      content_.ppt = ppt->get_ref<const std::string&>();
    } else {
      add(D::kPptNotAString);
    }
  }
  if (json->contains("crit")) add(D::kCritPresent);
  if (json->contains("x5c") || json->contains("jwk")) add(D::kForeignKeyParameter);
  if (canonical_json(*json) != octets) add(D::kHeaderNotCanonical);
  return json->contains("ppt");
}

void Decoder::payload(std::string_view octets) {
  JsonDefect why{};
  const auto json = parse_json_object(octets, {}, &why);
  if (!json) {
    add(why == JsonDefect::kDuplicateMember ? D::kPayloadDuplicateMember : D::kPayloadNotJson);
    return;
  }
  iat(*json);
  orig(*json);
  dest(*json);
  shaken(*json);
  div(*json);
  other_claims(*json);
  if (canonical_json(*json) != octets) add(D::kPayloadNotCanonical);
}

void Decoder::iat(const Json& claims) {
  const Json* member = find_member(claims, "iat");
  if (member == nullptr) return add(D::kIatMissing);
  if (!member->is_number()) return add(D::kIatNotANumber);
  if (member->is_number_float()) {
    add(D::kIatFraction);
    const double value = std::floor(member->get<double>());
    if (!(value > 0 && value <= static_cast<double>(kLargestIat))) return add(D::kIatOutOfRange);
    content_.iat = static_cast<std::int64_t>(value);
    return;
  }
  const auto value = integer_member(claims, "iat");
  if (!value || *value <= 0 || *value > kLargestIat) return add(D::kIatOutOfRange);
  content_.iat = *value;
}

std::optional<Party> Decoder::party(const Json& object,
                                    D not_one,
                                    D not_a_string,
                                    D not_canonical) {
  if (!object.is_object() || object.contains("tn") == object.contains("uri")) {
    add(not_one);
    return std::nullopt;
  }
  const bool number = object.contains("tn");
  const auto value = string_member(object, number ? "tn" : "uri");
  if (!value) {
    add(not_a_string);
    return std::nullopt;
  }
  if (number ? !is_canonical_telephone_number(*value) : value->empty()) add(not_canonical);
  return Party{number ? Party::Kind::kTelephoneNumber : Party::Kind::kUri, *value};
}

void Decoder::orig(const Json& claims) {
  const Json* member = find_member(claims, "orig");
  if (member == nullptr) return add(D::kOrigMissing);
  if (member->is_object() && member->size() > 1) add(D::kOrigNotOneIdentity);
  if (auto one = party(*member, D::kOrigNotOneIdentity, D::kOrigNotAString, D::kOrigNotCanonical)) {
    content_.orig = *std::move(one);
  }
}

void Decoder::dest_array(const Json& array, bool numbers, std::vector<std::string>& into) {
  if (!array.is_array()) return add(D::kDestNotArrays);
  if (array.empty()) return add(D::kDestEmpty);
  for (const auto& element : array) {
    if (!element.is_string()) return add(D::kDestNotArrays);
    const auto& value = element.get_ref<const std::string&>();
    if (numbers ? !is_canonical_telephone_number(value) : value.empty()) add(D::kDestNotCanonical);
    into.push_back(value);
  }
  if (!std::is_sorted(into.begin(), into.end())) add(D::kDestNotSorted);
}

void Decoder::dest(const Json& claims) {
  const Json* member = find_member(claims, "dest");
  if (member == nullptr) return add(D::kDestMissing);
  if (!member->is_object()) return add(D::kDestNotArrays);
  const Json* numbers = find_member(*member, "tn");
  const Json* uris = find_member(*member, "uri");
  if (numbers == nullptr && uris == nullptr) return add(D::kDestEmpty);
  if (numbers != nullptr) dest_array(*numbers, true, content_.dest_tn);
  if (uris != nullptr) dest_array(*uris, false, content_.dest_uri);
}

void Decoder::shaken(const Json& claims) {
  const bool needed = content_.ppt == "shaken";
  if (const Json* attest = find_member(claims, "attest"); attest != nullptr) {
    if (attest->is_string()) content_.attest = attest->get_ref<const std::string&>();
    const auto& value = content_.attest;
    if (value != "A" && value != "B" && value != "C") add(D::kAttestInvalid);
    if (value == "a" || value == "b" || value == "c") add(D::kAttestLowerCase);
  } else if (needed) {
    add(D::kAttestMissing);
  }
  if (const Json* origid = find_member(claims, "origid"); origid != nullptr) {
    if (!origid->is_string()) return add(D::kOrigidNotAString);
    content_.origid = origid->get_ref<const std::string&>();
    if (!is_uuid(content_.origid)) add(D::kOrigidNotUuid);
  } else if (needed) {
    add(D::kOrigidMissing);
  }
}

void Decoder::div(const Json& claims) {
  if (content_.ppt == "div" && find_member(claims, "opt") != nullptr) add(D::kOptInDiv);
  const Json* member = find_member(claims, "div");
  if (member == nullptr) {
    if (content_.ppt == "div" || content_.ppt == "div-o") add(D::kDivInvalid);
    return;
  }
  content_.div = party(*member, D::kDivInvalid, D::kDivInvalid, D::kDivInvalid);
}

void Decoder::other_claims(const Json& claims) {
  constexpr std::array<std::string_view, 6> kOurs = {"attest", "dest", "div",
                                                     "iat",    "orig", "origid"};
  for (const auto& [name, value] : claims.items()) {
    if (std::find(kOurs.begin(), kOurs.end(), name) == kOurs.end()) {
      content_.other_claims.emplace_back(name, canonical_json(value));
    }
  }
}

struct DefectText {
  std::string_view id;
  std::string_view text;
  std::string_view clause;
};

// In the order of the enumeration.
constexpr std::array<DefectText, kPassportDefects> kDefectTexts{{
    {"not_three_parts", "the token is not header.payload.signature", "RFC 7515 §5.2"},
    {"header_not_base64url", "the header is not base64url", "RFC 7515 §2"},
    {"payload_not_base64url", "the payload is not base64url", "RFC 7515 §2"},
    {"signature_not_base64url", "the signature is not base64url", "RFC 7515 §2"},
    {"signature_wrong_length", "the signature is not 64 octets", "RFC 7518 §3.4"},
    {"signature_empty", "there is no signature", "RFC 8225 §6"},
    {"header_not_json", "the header is not a JSON object", "RFC 7515 §5.2"},
    {"header_duplicate_member", "a header member occurs twice", "RFC 7515 §4"},
    {"alg_missing", "alg is missing", "RFC 8225 §4"},
    {"alg_not_es256", "alg is not ES256", "RFC 8225 §4.2"},
    {"typ_missing", "typ is missing", "RFC 8225 §4.1"},
    {"typ_not_passport", "typ is not passport", "RFC 8225 §4.1"},
    {"ppt_not_a_string", "ppt is not a string", "RFC 8225 §8.1"},
    {"x5u_missing", "x5u is missing", "RFC 8225 §4.3"},
    {"x5u_not_a_string", "x5u is not a string", "RFC 7515 §4.1.5"},
    {"crit_present", "crit names what we do not understand", "RFC 7515 §4.1.11"},
    {"payload_not_json", "the payload is not a JSON object", "RFC 8225 §5"},
    {"payload_duplicate_member", "a claim occurs twice", "RFC 8225 §9"},
    {"iat_missing", "iat is missing", "RFC 8225 §5.1.1"},
    {"iat_not_a_number", "iat is not a number", "RFC 8225 §5.1.1"},
    {"iat_fraction", "iat has a fraction", "RFC 8225 §9"},
    {"iat_out_of_range", "iat is not a plausible time", "RFC 7519 §2"},
    {"orig_missing", "orig is missing", "RFC 8225 §5.2.1"},
    {"orig_not_one_identity", "orig is not exactly one of tn and uri", "RFC 8225 §5.2.1"},
    {"orig_not_a_string", "the identity in orig is not a string", "RFC 8225 §5.2.1"},
    {"orig_not_canonical", "orig is not in canonical form", "RFC 8224 §8.3"},
    {"dest_missing", "dest is missing", "RFC 8225 §5.2.1"},
    {"dest_empty", "dest names nobody", "RFC 8225 §5.2.1"},
    {"dest_not_arrays", "dest does not hold arrays of strings", "RFC 8225 §5.2.1"},
    {"dest_not_canonical", "dest is not in canonical form", "RFC 8224 §8.3"},
    {"attest_missing", "attest is missing", "RFC 8588 §4"},
    {"attest_invalid", "attest is not A, B or C", "RFC 8588 §4"},
    {"origid_missing", "origid is missing", "RFC 8588 §5"},
    {"origid_not_a_string", "origid is not a string", "RFC 8588 §5"},
    {"div_invalid", "div is not exactly one identity", "RFC 8946 §3"},
    {"opt_in_div", "opt stands in a PASSporT of type div", "RFC 8946 §4.1"},
    {"header_not_canonical", "the header is not canonical JSON", "RFC 8225 §9"},
    {"payload_not_canonical", "the payload is not canonical JSON", "RFC 8225 §9"},
    {"dest_not_sorted", "dest is not in lexicographic order", "RFC 8225 §5.2.1"},
    {"origid_not_uuid", "origid is not a UUID", "RFC 8588 §5"},
    {"unused_bits_set", "base64url ends in unused bits that are not zero", "RFC 4648 §3.5"},
    {"attest_lower_case", "attest is in lower case", "RFC 8588 §4"},
    {"foreign_key_parameter", "x5c or jwk is ignored", "RFC 8225 §4.3"},
}};

const DefectText& text_of(PassportDefect defect) {
  return kDefectTexts[static_cast<std::size_t>(defect)];
}

}  // namespace

std::string_view to_string(PassportDefect defect) { return text_of(defect).id; }

std::string_view describe(PassportDefect defect) { return text_of(defect).text; }

std::string_view clause(PassportDefect defect) { return text_of(defect).clause; }

std::optional<PassportDefect> PassportDefects::first() const {
  if (bits_ == 0) return std::nullopt;
  return static_cast<PassportDefect>(std::countr_zero(bits_));
}

PassportToken PassportToken::decode(std::string text) {
  PassportToken token;
  token.text_ = std::move(text);
  token.content_.ppt.clear();
  const std::string& all = token.text_;
  const auto first = all.find('.');
  const auto second = first == std::string::npos ? first : all.find('.', first + 1);
  if (second == std::string::npos || all.size() > kLongestToken ||
      all.find('.', second + 1) != std::string::npos) {
    token.defects_.add(PassportDefect::kNotThreeParts);
    return token;
  }
  token.first_dot_ = first;
  token.second_dot_ = second;
  token.compact_ = second == 1;
  token.read_signature();
  if (!token.compact_) token.read_content();
  return token;
}

void PassportToken::read_signature() {
  const auto encoded = encoded_signature();
  if (encoded.empty()) return defects_.add(PassportDefect::kSignatureEmpty);
  const auto decoded = crypto::base64url_decode(encoded);
  if (!decoded) return defects_.add(PassportDefect::kSignatureNotBase64url);
  if (!decoded->canonical) defects_.add(PassportDefect::kUnusedBitsSet);
  crypto::Es256Signature raw{};
  if (decoded->octets.size() != raw.size()) {
    return defects_.add(PassportDefect::kSignatureWrongLength);
  }
  std::copy(decoded->octets.begin(), decoded->octets.end(), raw.begin());
  signature_ = raw;
}

void PassportToken::read_content() {
  const std::string_view all = text_;
  const auto header = crypto::base64url_decode(all.substr(0, first_dot_));
  const auto payload =
      crypto::base64url_decode(all.substr(first_dot_ + 1, second_dot_ - first_dot_ - 1));
  if (header && !header->canonical) defects_.add(PassportDefect::kUnusedBitsSet);
  if (payload && !payload->canonical) defects_.add(PassportDefect::kUnusedBitsSet);
  if (!header) defects_.add(PassportDefect::kHeaderNotBase64url);
  if (!payload) defects_.add(PassportDefect::kPayloadNotBase64url);
  // Nearly every token of a run is the canonical shaken form: it is read without a JSON parser.
  if (header && payload && read_canonical_shaken(header->octets, payload->octets, content_)) {
    has_ppt_ = true;
    return;
  }
  Decoder decoder(content_, defects_);
  if (header) has_ppt_ = decoder.header(header->octets);
  if (payload) decoder.payload(payload->octets);
}

PassportToken PassportToken::rebuild(const PassportToken& compact, const Passport& from_sip) {
  auto token =
      decode(stir::signing_input(from_sip) + "." + std::string(compact.encoded_signature()));
  token.compact_ = true;
  return token;
}

std::string_view PassportToken::signing_input() const {
  return std::string_view(text_).substr(0, second_dot_);
}

std::string_view PassportToken::encoded_signature() const {
  if (defects_.has(PassportDefect::kNotThreeParts)) return {};
  return std::string_view(text_).substr(second_dot_ + 1);
}

std::string PassportToken::header_octets() const {
  auto octets = crypto::base64url_decode(std::string_view(text_).substr(0, first_dot_));
  return octets ? std::move(octets->octets) : std::string();
}

std::string PassportToken::payload_octets() const {
  if (second_dot_ == 0) return {};
  auto octets = crypto::base64url_decode(
      std::string_view(text_).substr(first_dot_ + 1, second_dot_ - first_dot_ - 1));
  return octets ? std::move(octets->octets) : std::string();
}

}  // namespace shakedown::stir
