#include "crypto/x509/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <map>
#include <mutex>

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/octets/openssl.h"
#include "crypto/x509/certificate_state.h"
#include "crypto/x509/extension_reader.h"

namespace shakedown::crypto {
namespace {

constexpr std::size_t kMaximumSize = 64 * 1024;

tl::unexpected<Error> malformed_certificate(std::string_view what) {
  return fail(ErrorCode::kMalformed, fmt::format("certificate: {}", what));
}

// The last certificates seen, least recently used out first. About 10 KiB each.
class InternTable {
 public:
  CertificatePtr find(const Sha256Digest& fingerprint) {
    const std::lock_guard lock(mutex_);
    const auto found = by_fingerprint_.find(fingerprint);
    if (found == by_fingerprint_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return *found->second;
  }

  // Returns the one that was there first if two threads decoded the same octets.
  CertificatePtr keep(CertificatePtr certificate) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = by_fingerprint_.try_emplace(certificate->fingerprint());
    if (!is_new) return *place->second;
    recent_.push_front(std::move(certificate));
    place->second = recent_.begin();
    if (recent_.size() > kCapacity) {
      by_fingerprint_.erase(recent_.back()->fingerprint());
      recent_.pop_back();
    }
    return *place->second;
  }

 private:
  static constexpr std::size_t kCapacity = 4096;

  std::mutex mutex_;
  std::list<CertificatePtr> recent_;
  std::map<Sha256Digest, std::list<CertificatePtr>::iterator> by_fingerprint_;
};

InternTable& intern_table() {
  static InternTable& table = *new InternTable;  // Outlives OpenSSL's own clean-up order.
  return table;
}

// Decodes one extension into its optional; a body that does not decode is named.
template <class T>
void decode(Certificate::Fields& fields,
            std::string_view identifier,
            std::optional<T>& out,
            std::optional<T> (*read)(std::string_view)) {
  const auto found =
      std::find_if(fields.extensions.begin(), fields.extensions.end(),
                   [&](const Extension& extension) { return extension.oid == identifier; });
  if (found == fields.extensions.end()) return;
  out = read(found->value);
  if (!out) fields.malformed_extensions.emplace_back(identifier);
}

template <class T>
void decode(Certificate::Fields& fields,
            std::string_view identifier,
            std::vector<T>& out,
            std::optional<std::vector<T>> (*read)(std::string_view)) {
  std::optional<std::vector<T>> list;
  decode(fields, identifier, list, read);
  if (list) out = *std::move(list);
}

void decode_extensions(Certificate::Fields& fields) {
  decode(fields, oid::kBasicConstraints, fields.basic_constraints, read_basic_constraints);
  decode(fields, oid::kKeyUsage, fields.key_usage, read_key_usage);
  decode(fields, oid::kSubjectKeyIdentifier, fields.subject_key_identifier, read_octet_string);
  std::optional<AuthorityKeyIdentifier> authority;
  decode(fields, oid::kAuthorityKeyIdentifier, authority, read_authority_key_identifier);
  if (authority) fields.authority_key_identifier = std::move(authority->key_identifier);
  decode(fields, oid::kCertificatePolicies, fields.policies, read_policies);
  decode(fields, oid::kCrlDistributionPoints, fields.crl_distribution_points,
         read_distribution_points);
  decode(fields, oid::kAuthorityInfoAccess, fields.authority_info_access, read_access_descriptions);
  for (const Extension& extension : fields.extensions) {
    fields.has_extended_key_usage |= extension.oid == oid::kExtendedKeyUsage;
    fields.has_subject_alt_name |= extension.oid == oid::kSubjectAltName;
  }
}

Status read_validity(std::string_view content, Certificate::Fields& fields) {
  der::Reader reader(content);
  const auto begin = reader.next();
  const auto end = reader.next();
  if (!begin || !end || !reader.finished()) return malformed_certificate("validity");
  ASSIGN_OR_RETURN(fields.not_before, der::read_time(*begin));
  ASSIGN_OR_RETURN(fields.not_after, der::read_time(*end));
  return {};
}

// TBSCertificate (RFC 5280 §4.1). `algorithm` receives the DER of the inner AlgorithmIdentifier.
Status read_to_be_signed(std::string_view content,
                         Certificate::Fields& fields,
                         std::string_view& algorithm) {
  der::Reader reader(content);
  fields.version = 1;
  if (const auto version = reader.optional_next(der::context_constructed(0))) {
    der::Reader inner(version->content);
    const auto number = inner.next(der::kInteger);
    if (!number || !inner.finished() || number->content.size() != 1)
      return malformed_certificate("version");
    fields.version = static_cast<signed char>(number->content[0]) + 1;
  }
  const auto serial = reader.next(der::kInteger);
  const auto inner_algorithm = reader.next(der::kSequence);
  const auto issuer = reader.next(der::kSequence);
  const auto validity = reader.next(der::kSequence);
  const auto subject = reader.next(der::kSequence);
  const auto spki = reader.next(der::kSequence);
  if (!reader.ok() || serial->content.empty()) return malformed_certificate("a field is missing");
  fields.serial = serial->content;
  algorithm = inner_algorithm->whole;
  fields.issuer_der = issuer->whole;
  fields.subject_der = subject->whole;
  fields.spki_der = spki->whole;
  RETURN_IF_ERROR(read_validity(validity->content, fields));
  ASSIGN_OR_RETURN(fields.issuer, Name::from_der(issuer->whole));
  ASSIGN_OR_RETURN(fields.subject, Name::from_der(subject->whole));
  reader.optional_next(der::context(1));  // Unique identifiers: obsolete.
  reader.optional_next(der::context(2));
  if (const auto extensions = reader.optional_next(der::context_constructed(3))) {
    der::Reader inner(extensions->content);
    const auto list = inner.next(der::kSequence);
    auto read = list && inner.finished() ? read_extensions(list->content) : std::nullopt;
    if (!read) return malformed_certificate("extensions");
    fields.extensions = *std::move(read);
  }
  if (!reader.finished()) return malformed_certificate("fields left over");
  return {};
}

Result<Certificate::Fields> read_fields(std::string_view encoded) {
  der::Reader outer(encoded);
  const auto certificate = outer.next(der::kSequence);
  if (!certificate) return malformed_certificate("not DER");
  if (!outer.finished()) return malformed_certificate("octets after it");
  der::Reader parts(certificate->content);
  const auto to_be_signed = parts.next(der::kSequence);
  const auto algorithm = parts.next(der::kSequence);
  const auto signature = parts.next(der::kBitString);
  if (!parts.finished() || !signature || !signature->content.starts_with('\0')) {
    return malformed_certificate("not three fields");
  }
  Certificate::Fields fields;
  fields.der = encoded;
  fields.fingerprint = sha256(encoded);
  std::string_view inner_algorithm;
  RETURN_IF_ERROR(read_to_be_signed(to_be_signed->content, fields, inner_algorithm));
  fields.signature_algorithms_equal = inner_algorithm == algorithm->whole;
  auto outer_oid = read_algorithm(algorithm->whole);
  auto inner_oid = read_algorithm(inner_algorithm);
  const auto key = read_subject_key(fields.spki_der);
  if (!outer_oid || !inner_oid) return malformed_certificate("signature algorithm");
  if (!key) return malformed_certificate("subjectPublicKeyInfo");
  fields.signature_algorithm = *std::move(outer_oid);
  fields.inner_signature_algorithm = *std::move(inner_oid);
  fields.key = *key;
  if (key->kind == KeyKind::kP256) fields.public_key = read_p256_key(fields.spki_der);
  decode_extensions(fields);
  return fields;
}

}  // namespace

Result<CertificatePtr> Certificate::from_der(std::string_view encoded) {
  if (encoded.size() > kMaximumSize) return fail(ErrorCode::kTooLarge, "certificate over 64 KiB");
  if (CertificatePtr known = intern_table().find(sha256(encoded))) return known;
  ASSIGN_OR_RETURN(Fields fields, read_fields(encoded));
  // OpenSSL must read it too, because it will judge paths.
  const ErrorQueueGuard guard;
  const unsigned char* cursor = octets_of(encoded);
  X509Owner x509(d2i_X509(nullptr, &cursor, static_cast<long>(encoded.size())));
  if (x509 == nullptr) return malformed_certificate(openssl_error("OpenSSL refuses it"));
  auto openssl = std::make_unique<OpenSsl>(OpenSsl{std::move(x509)});
  return intern_table().keep(
      std::make_shared<const Certificate>(std::move(fields), std::move(openssl)));
}

Certificate::Certificate(Fields fields, std::unique_ptr<const OpenSsl> openssl)
    : fields_(std::move(fields)),
      fingerprint_hex_(to_hex(as_view(fields_.fingerprint))),
      openssl_(std::move(openssl)) {}

Certificate::~Certificate() = default;

std::string Certificate::serial_hex() const {
  // Two's complement, big-endian: a negative one is shown as its magnitude with a sign.
  Bytes magnitude = fields_.serial;
  const bool negative = (magnitude[0] & 0x80) != 0;
  if (negative) {
    unsigned carry = 1;
    for (std::size_t i = magnitude.size(); i-- > 0;) {
      carry += static_cast<std::uint8_t>(~magnitude[i]);
      magnitude[i] = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
  }
  while (magnitude.size() > 1 && magnitude[0] == '\0') magnitude.erase(0, 1);
  if (magnitude == Bytes(1, '\0')) return "0";
  std::string text = negative ? "-" : "";
  for (const char c : magnitude) text += fmt::format("{:02X}", static_cast<std::uint8_t>(c));
  return text;
}

const Extension* Certificate::find_extension(std::string_view identifier) const {
  for (const Extension& extension : fields_.extensions) {
    if (extension.oid == identifier) return &extension;
  }
  return nullptr;
}

std::size_t Certificate::count_extensions(std::string_view identifier) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.extensions.begin(), fields_.extensions.end(),
                    [&](const Extension& extension) { return extension.oid == identifier; }));
}

bool Certificate::is_signed_by(const Certificate& issuer) const {
  if (!fields_.signature_algorithms_equal) return false;
  der::Reader outer(fields_.der);
  const auto certificate = outer.next(der::kSequence);
  der::Reader parts(certificate->content);
  const auto to_be_signed = parts.next(der::kSequence);
  parts.next(der::kSequence);
  const auto signature = parts.next(der::kBitString);
  const ErrorQueueGuard guard;
  return verify_signed_data({.to_be_signed = to_be_signed->whole,
                             .algorithm = fields_.signature_algorithm,
                             .signature = signature->content.substr(1)},
                            issuer.public_key().get(),
                            X509_get0_pubkey(issuer.openssl().x509.get()));
}

}  // namespace shakedown::crypto
