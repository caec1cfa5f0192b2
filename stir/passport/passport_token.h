// Reading a PASSporT.
//
// Decoding separates what is wrong from whether it matters: it keeps everything that could be read
// and a set of defects; which defect fails a call, with which code, is the business of the
// verification table, because standards and deployments disagree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys/es256.h"
#include "stir/passport/passport.h"

namespace shakedown::stir {

enum class PassportDefect : std::uint8_t {
  // The token.
  kNotThreeParts,
  kHeaderNotBase64url,
  kPayloadNotBase64url,
  kSignatureNotBase64url,
  kSignatureWrongLength,  // Not 64 octets: DER, or numbers without padding.
  kSignatureEmpty,
  // The JOSE header.
  kHeaderNotJson,  // Not UTF-8, syntax, too deep or not an object.
  kHeaderDuplicateMember,
  kAlgMissing,
  kAlgNotEs256,
  kTypMissing,
  kTypNotPassport,
  kPptNotAString,
  kX5uMissing,
  kX5uNotAString,
  kCritPresent,  // We understand no critical header parameter (RFC 7515 §4.1.11).
  // The claims.
  kPayloadNotJson,
  kPayloadDuplicateMember,
  kIatMissing,
  kIatNotANumber,  // A string, as in RFC 8225 §7.1 (erratum 5985).
  kIatFraction,
  kIatOutOfRange,  // Negative, zero or above 2^53.
  kOrigMissing,
  kOrigNotOneIdentity,  // Not an object, both tn and uri, none, or more.
  kOrigNotAString,      // "tn": ["1..."], as in very old drafts.
  kOrigNotCanonical,
  kDestMissing,
  kDestEmpty,
  kDestNotArrays,  // Not an object, or "tn" a plain string.
  kDestNotCanonical,
  kAttestMissing,  // Only where ppt is shaken, also the next three.
  kAttestInvalid,  // Not "A", "B" or "C".
  kOrigidMissing,
  kOrigidNotAString,
  kDivInvalid,  // ppt div without a well-formed "div".
  kOptInDiv,    // "opt" is for div-o.
  // Lints.
  kHeaderNotCanonical,  // White space, order or escapes not as RFC 8225 §9 writes them.
  kPayloadNotCanonical,
  kDestNotSorted,
  kOrigidNotUuid,
  kUnusedBitsSet,        // A base64url part ends in non-zero unused bits (RFC 4648 §3.5).
  kAttestLowerCase,      // "a": refused, yet some verifiers take it. Comes with kAttestInvalid.
  kForeignKeyParameter,  // x5c or jwk in the header: ignored, only x5u counts.
};
inline constexpr std::size_t kPassportDefects =
    static_cast<std::size_t>(PassportDefect::kForeignKeyParameter) + 1;
static_assert(kPassportDefects <= 64);
std::string_view to_string(PassportDefect defect);  // "iat_not_a_number"
std::string_view describe(PassportDefect defect);   // A sentence fragment for a person.
std::string_view clause(PassportDefect defect);     // "RFC 8225 §5.1.1"

class PassportDefects {
 public:
  constexpr PassportDefects() = default;

  constexpr PassportDefects(std::initializer_list<PassportDefect> defects) {
    for (const auto defect : defects) add(defect);
  }

  constexpr void add(PassportDefect defect) { bits_ |= bit(defect); }

  constexpr bool has(PassportDefect defect) const { return (bits_ & bit(defect)) != 0; }

  constexpr bool empty() const { return bits_ == 0; }

  constexpr PassportDefects operator&(PassportDefects other) const {
    PassportDefects both;
    both.bits_ = bits_ & other.bits_;
    return both;
  }

  std::optional<PassportDefect> first() const;  // In the order of the enumeration.

  std::uint64_t bits() const { return bits_; }

 private:
  static constexpr std::uint64_t bit(PassportDefect defect) {
    return std::uint64_t{1} << static_cast<unsigned>(defect);
  }

  std::uint64_t bits_ = 0;
};

// Of a token whose header was not read, so that nothing can be said of its members.
inline constexpr PassportDefects kUnreadablePassportHeader{
    PassportDefect::kNotThreeParts, PassportDefect::kHeaderNotBase64url,
    PassportDefect::kHeaderNotJson, PassportDefect::kHeaderDuplicateMember};

// A token taken apart. Owns its text; the views live as long as it does and do not survive a move.
class PassportToken {
 public:
  // Never fails: see defects(). At most 8 KiB are looked at; longer texts are kNotThreeParts.
  static PassportToken decode(std::string text);

  // A compact token with what the verifier knows from SIP put back in (RFC 8225 §7): header and
  // payload are written canonically, is_compact() stays true.
  static PassportToken rebuild(const PassportToken& compact, const Passport& from_sip);

  const std::string& text() const { return text_; }

  bool is_compact() const { return compact_; }

  const Passport& content() const { return content_; }  // What could be read; defaults elsewhere.

  PassportDefects defects() const { return defects_; }

  bool has_ppt() const { return has_ppt_; }

  std::string_view signing_input() const;  // Empty unless there are three parts.
  std::string_view encoded_signature() const;

  // nullopt unless it is 64 octets of base64url.
  const std::optional<crypto::Es256Signature>& signature() const { return signature_; }

  // The octets as received, decoded again on each call (for people, not for the hot path).
  std::string header_octets() const;
  std::string payload_octets() const;

 private:
  void read_signature();
  void read_content();

  std::string text_;
  std::size_t first_dot_ = 0;
  std::size_t second_dot_ = 0;
  bool compact_ = false;
  bool has_ppt_ = false;
  Passport content_;
  PassportDefects defects_;
  std::optional<crypto::Es256Signature> signature_;
};

}  // namespace shakedown::stir
