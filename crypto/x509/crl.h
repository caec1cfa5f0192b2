// Certificate revocation lists (RFC 5280 §5), also indirect ones as the STI-PA publishes: one list
// for the certificates of many issuers (§5.3.3).
//
// A Crl is immutable and thread-safe. It is read by a parser of our own in one pass over the octets
// (OpenSSL takes 0.7 s for 100,000 indirect entries) and indexed once; look-ups are logarithmic.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::crypto {

// RFC 5280 §5.3.1.
enum class CrlReason : std::uint8_t {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kCaCompromise = 2,
  kAffiliationChanged = 3,
  kSuperseded = 4,
  kCessationOfOperation = 5,
  kCertificateHold = 6,
  kRemoveFromCrl = 8,
  kPrivilegeWithdrawn = 9,
  kAaCompromise = 10,
};

std::string_view to_string(CrlReason reason);  // "keyCompromise"; "unknown" for other numbers.
std::optional<CrlReason> crl_reason_from_string(std::string_view text);

struct CrlSpec {
  struct Entry {
    Bytes serial;  // Content octets of the INTEGER, as Certificate::serial().
    sim::Time revoked_at;
    std::optional<CrlReason> reason;
    // The certificate's issuer, DER. Written as certificateIssuer where it differs from the issuer
    // in force (that of the entry before, at first the CRL's); empty: inherited.
    Bytes issuer_der;
  };

  NameOrDer issuer;
  sim::Time this_update;
  std::optional<sim::Time> next_update;
  std::optional<std::uint64_t> number;
  std::optional<Bytes> authority_key_identifier;
  // issuingDistributionPoint, critical, written if there is a URL or the list is indirect.
  std::optional<std::string> distribution_point_url;
  bool indirect = false;
  std::optional<std::string> ca_issuers_url;  // authorityInfoAccess (RFC 5280 §5.2.7).
  std::vector<Extension> other_extensions;    // As given, after the ones above.
  std::vector<Entry> entries;
};

// The DER, v2, signed with ES256. Errors as issue().
Result<Bytes> build_crl(const CrlSpec& spec, const Signer& signer);
Result<Bytes> build_crl(const CrlSpec& spec, const PrivateKey& key);

struct IssuingDistributionPoint {
  bool critical = false;
  std::vector<std::string> urls;  // fullName, only uniformResourceIdentifier.
  bool only_user_certificates = false;
  bool only_ca_certificates = false;
  bool only_attribute_certificates = false;
  bool only_some_reasons = false;
  bool indirect = false;
};

class Crl;
using CrlPtr = std::shared_ptr<const Crl>;

class Crl {
 public:
  static constexpr std::size_t kDefaultMaximumSize = 16 * 1024 * 1024;

  // DER, or PEM ("X509 CRL") as deployed: told apart by the first octet. Exactly one list, nothing
  // left over. Errors: kTooLarge, kMalformed.
  static Result<CrlPtr> read(std::string_view octets,
                             std::size_t maximum_size = kDefaultMaximumSize);

  struct Fields {
    Bytes der;
    int version = 2;
    Bytes issuer_der;
    Name issuer;
    sim::Time this_update;
    std::optional<sim::Time> next_update;
    std::optional<Bytes> number;  // Content octets of the cRLNumber INTEGER.
    std::optional<Bytes> authority_key_identifier;
    std::optional<IssuingDistributionPoint> issuing_distribution_point;
    std::vector<AccessDescription> authority_info_access;
    std::string signature_algorithm, inner_signature_algorithm;
    std::vector<Extension> extensions;
    // A critical extension that is not understood makes the list unusable (RFC 5280 §5.2, §5.3).
    // deltaCRLIndicator counts as not understood.
    bool has_unknown_critical_extension = false;
    bool has_unknown_critical_entry_extension = false;
    // Some entry is of another issuer than the list's; only an indirect list may (§5.2.5).
    bool has_foreign_entries = false;
  };

  const Fields& fields() const { return fields_; }

  const Fields* operator->() const { return &fields_; }

  struct Entry {
    std::string_view serial;      // Content octets. Views live as long as the Crl.
    std::string_view issuer_der;  // The certificate's issuer, inherited or not.
    sim::Time revoked_at;
    std::optional<std::uint8_t> reason;  // CrlReason, or a number that is not assigned.
    bool names_issuer = false;           // Carries certificateIssuer itself.
    bool has_unknown_critical_extension = false;
  };

  std::size_t size() const { return entries_.size(); }

  Entry entry(std::size_t position) const;  // In the order of the list. position < size().

  // The entry of the certificate with this issuer (DER Name, compared byte by byte) and serial
  // (content octets), with certificateIssuer inheritance. Of several, the first in the list.
  std::optional<Entry> find(std::string_view issuer_der, std::string_view serial) const;

  // Only the signature; names, cRLSign and dates are the caller's to check.
  bool is_signed_by(const Certificate& issuer) const;

 private:
  friend class CrlReader;

  struct Slot {                   // Offsets into der; lists run to 100,000 entries.
    std::int64_t revoked_at = 0;  // Unix seconds.
    std::uint32_t serial_offset = 0;
    std::uint32_t issuer = 0;  // Index into issuers_.
    std::uint16_t serial_size = 0;
    std::int16_t reason = -1;
    bool names_issuer = false;
    bool unknown_critical = false;
  };

  Crl() = default;
  std::string_view serial_of(const Slot& slot) const;

  Fields fields_;
  // Views into der. Issuer 0 is the CRL's own.
  std::vector<std::string_view> issuers_;
  std::map<std::string_view, std::uint32_t> issuer_numbers_;
  std::vector<Slot> entries_;
  std::vector<std::uint32_t> index_;  // Positions, sorted by issuer, serial, position.
  std::string_view to_be_signed_;
  std::string_view signature_;
};

}  // namespace shakedown::crypto
