#include "crypto/x509/crl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/octets/openssl.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_state.h"
#include "crypto/x509/extension_reader.h"

namespace shakedown::crypto {
namespace {

// Entry extensions by the content of their OIDs, which spares 100,000 conversions to text.
constexpr std::string_view kReasonCodeDer = "\x55\x1d\x15";
constexpr std::string_view kInvalidityDate = "\x55\x1d\x18";
constexpr std::string_view kCertificateIssuerDer = "\x55\x1d\x1d";

constexpr std::array<std::pair<CrlReason, std::string_view>, 10> kReasonNames{{
    {CrlReason::kUnspecified, "unspecified"},
    {CrlReason::kKeyCompromise, "keyCompromise"},
    {CrlReason::kCaCompromise, "cACompromise"},
    {CrlReason::kAffiliationChanged, "affiliationChanged"},
    {CrlReason::kSuperseded, "superseded"},
    {CrlReason::kCessationOfOperation, "cessationOfOperation"},
    {CrlReason::kCertificateHold, "certificateHold"},
    {CrlReason::kRemoveFromCrl, "removeFromCRL"},
    {CrlReason::kPrivilegeWithdrawn, "privilegeWithdrawn"},
    {CrlReason::kAaCompromise, "aACompromise"},
}};

tl::unexpected<Error> malformed_crl(std::string_view what) {
  return fail(ErrorCode::kMalformed, fmt::format("CRL: {}", what));
}

bool is_time(std::optional<std::uint8_t> tag) {
  return tag == der::kUtcTime || tag == der::kGeneralizedTime;
}

}  // namespace

std::string_view to_string(CrlReason reason) {
  for (const auto& [value, name] : kReasonNames) {
    if (value == reason) return name;
  }
  return "unknown";
}

std::optional<CrlReason> crl_reason_from_string(std::string_view text) {
  for (const auto& [value, name] : kReasonNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

// Reads one list in one pass; the Crl's views point into its own copy of the octets.
class CrlReader {
 public:
  static Result<CrlPtr> read(Bytes octets) {
    const std::shared_ptr<Crl> crl(new Crl);
    crl->fields_.der = std::move(octets);
    CrlReader reader(*crl);
    RETURN_IF_ERROR(reader.read_outer());
    reader.build_index();
    return CrlPtr(crl);
  }

 private:
  explicit CrlReader(Crl& crl)
      : crl_(crl),
        fields_(crl.fields_) {}

  Status read_outer();
  Status read_to_be_signed(std::string_view content);
  Status read_extensions_of_list(std::string_view content);
  Status read_entries(std::string_view content);
  Status read_entry_extensions(std::string_view content, Crl::Slot& slot);
  Status read_entry_extension(std::string_view oid,
                              std::string_view value,
                              bool critical,
                              Crl::Slot& slot);
  void build_index();

  std::uint32_t issuer_number(std::string_view issuer_der) {
    const auto next = static_cast<std::uint32_t>(crl_.issuers_.size());
    const auto [place, is_new] = crl_.issuer_numbers_.try_emplace(issuer_der, next);
    if (is_new) crl_.issuers_.push_back(issuer_der);
    return place->second;
  }

  Crl& crl_;
  Crl::Fields& fields_;
};

Status CrlReader::read_outer() {
  der::Reader outer(fields_.der);
  const auto list = outer.next(der::kSequence);
  if (!list) return malformed_crl("not DER");
  if (!outer.finished()) return malformed_crl("octets after it");
  der::Reader parts(list->content);
  const auto to_be_signed = parts.next(der::kSequence);
  const auto algorithm = parts.next(der::kSequence);
  const auto signature = parts.next(der::kBitString);
  if (!parts.finished() || !signature || !signature->content.starts_with('\0')) {
    return malformed_crl("not three fields");
  }
  crl_.to_be_signed_ = to_be_signed->whole;
  crl_.signature_ = signature->content.substr(1);
  auto identifier = read_algorithm(algorithm->whole);
  if (!identifier) return malformed_crl("signature algorithm");
  fields_.signature_algorithm = *std::move(identifier);
  return read_to_be_signed(to_be_signed->content);
}

// TBSCertList (RFC 5280 §5.1).
Status CrlReader::read_to_be_signed(std::string_view content) {
  der::Reader reader(content);
  fields_.version = 1;
  if (const auto version = reader.optional_next(der::kInteger)) {
    if (version->content != "\x01") return malformed_crl("version");
    fields_.version = 2;
  }
  const auto algorithm = reader.next(der::kSequence);
  const auto issuer = reader.next(der::kSequence);
  const auto this_update = reader.next();
  if (!reader.ok()) return malformed_crl("a field is missing");
  auto identifier = read_algorithm(algorithm->whole);
  if (!identifier) return malformed_crl("signature algorithm");
  fields_.inner_signature_algorithm = *std::move(identifier);
  fields_.issuer_der = issuer->whole;
  issuer_number(issuer->whole);
  ASSIGN_OR_RETURN(fields_.issuer, Name::from_der(issuer->whole));
  ASSIGN_OR_RETURN(fields_.this_update, der::read_time(*this_update));
  if (is_time(reader.peek_tag())) {
    const auto next_update = reader.next();
    if (!next_update) return malformed_crl("nextUpdate");
    ASSIGN_OR_RETURN(fields_.next_update, der::read_time(*next_update));
  }
  if (const auto entries = reader.optional_next(der::kSequence)) {
    RETURN_IF_ERROR(read_entries(entries->content));
  }
  if (const auto extensions = reader.optional_next(der::context_constructed(0))) {
    der::Reader inner(extensions->content);
    const auto list = inner.next(der::kSequence);
    if (!list || !inner.finished()) return malformed_crl("extensions");
    RETURN_IF_ERROR(read_extensions_of_list(list->content));
  }
  if (!reader.finished()) return malformed_crl("fields left over");
  return {};
}

Status CrlReader::read_extensions_of_list(std::string_view content) {
  auto extensions = read_extensions(content);
  if (!extensions) return malformed_crl("extensions");
  for (const Extension& extension : *extensions) {
    if (extension.oid == oid::kCrlNumber) {
      der::Reader reader(extension.value);
      const auto number = reader.next(der::kInteger);
      if (!number || !reader.finished() || number->content.empty())
        return malformed_crl("cRLNumber");
      fields_.number = Bytes(number->content);
    } else if (extension.oid == oid::kAuthorityKeyIdentifier) {
      auto identifier = read_authority_key_identifier(extension.value);
      if (!identifier) return malformed_crl("authorityKeyIdentifier");
      fields_.authority_key_identifier = std::move(identifier->key_identifier);
    } else if (extension.oid == oid::kIssuingDistributionPoint) {
      fields_.issuing_distribution_point = read_issuing_distribution_point(extension.value);
      if (!fields_.issuing_distribution_point) return malformed_crl("issuingDistributionPoint");
      fields_.issuing_distribution_point->critical = extension.critical;
    } else if (extension.oid == oid::kAuthorityInfoAccess) {
      auto descriptions = read_access_descriptions(extension.value);
      if (!descriptions) return malformed_crl("authorityInfoAccess");
      fields_.authority_info_access = *std::move(descriptions);
    } else if (extension.critical) {
      fields_.has_unknown_critical_extension = true;
    }
  }
  fields_.extensions = *std::move(extensions);
  return {};
}

Status CrlReader::read_entries(std::string_view content) {
  constexpr std::size_t kTypicalEntry = 36;
  crl_.entries_.reserve(content.size() / kTypicalEntry + 1);
  der::Reader entries(content);
  std::uint32_t issuer = 0;  // In force until an entry names another (RFC 5280 §5.3.3).
  while (!entries.at_end()) {
    const auto entry = entries.next(der::kSequence);
    if (!entry) return malformed_crl("an entry");
    der::Reader parts(entry->content);
    const auto serial = parts.next(der::kInteger);
    const auto revoked_at = parts.next();
    const auto extensions = parts.optional_next(der::kSequence);
    if (!parts.finished() || serial->content.empty() ||
        serial->content.size() > std::numeric_limits<std::uint16_t>::max()) {
      return malformed_crl("an entry");
    }
    Crl::Slot slot;
    slot.issuer = issuer;
    ASSIGN_OR_RETURN(const sim::Time time, der::read_time(*revoked_at));
    slot.revoked_at = sim::unix_seconds(time);
    slot.serial_offset = static_cast<std::uint32_t>(serial->content.data() - fields_.der.data());
    slot.serial_size = static_cast<std::uint16_t>(serial->content.size());
    if (extensions) RETURN_IF_ERROR(read_entry_extensions(extensions->content, slot));
    issuer = slot.issuer;
    fields_.has_foreign_entries |= issuer != 0;
    fields_.has_unknown_critical_entry_extension |= slot.unknown_critical;
    crl_.entries_.push_back(slot);
  }
  return {};
}

Status CrlReader::read_entry_extensions(std::string_view content, Crl::Slot& slot) {
  der::Reader list(content);
  while (!list.at_end()) {
    const auto extension = list.next(der::kSequence);
    if (!extension) return malformed_crl("an entry's extensions");
    der::Reader parts(extension->content);
    const auto identifier = parts.next(der::kOid);
    const auto flag = parts.optional_next(der::kBoolean);
    const auto value = parts.next(der::kOctetString);
    if (!parts.finished()) return malformed_crl("an entry's extensions");
    const bool critical = flag && flag->content != std::string_view("\0", 1);
    RETURN_IF_ERROR(read_entry_extension(identifier->content, value->content, critical, slot));
  }
  return {};
}

Status CrlReader::read_entry_extension(std::string_view oid,
                                       std::string_view value,
                                       bool critical,
                                       Crl::Slot& slot) {
  if (oid == kReasonCodeDer) {
    der::Reader reader(value);
    const auto reason = reader.next(der::kEnumerated);
    if (!reason || !reader.finished() || reason->content.size() != 1) {
      return malformed_crl("reasonCode");
    }
    slot.reason = static_cast<std::uint8_t>(reason->content[0]);
  } else if (oid == kCertificateIssuerDer) {
    der::Reader reader(value);
    const auto names = reader.next(der::kSequence);
    if (!names || !reader.finished()) return malformed_crl("certificateIssuer");
    der::Reader list(names->content);
    const auto name = list.next();
    if (!name) return malformed_crl("certificateIssuer");
    if (name->tag == der::context_constructed(4) && list.finished()) {
      slot.issuer = issuer_number(name->content);
      slot.names_issuer = true;
    } else {
      // Some other form of name: whose certificate this is cannot be known.
      slot.unknown_critical = true;
    }
  } else if (critical && oid != kInvalidityDate) {
    slot.unknown_critical = true;
  }
  return {};
}

void CrlReader::build_index() {
  crl_.index_.resize(crl_.entries_.size());
  std::iota(crl_.index_.begin(), crl_.index_.end(), 0u);
  std::sort(crl_.index_.begin(), crl_.index_.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Crl::Slot& left = crl_.entries_[a];
    const Crl::Slot& right = crl_.entries_[b];
    if (left.issuer != right.issuer) return left.issuer < right.issuer;
    if (const int order = crl_.serial_of(left).compare(crl_.serial_of(right)); order != 0) {
      return order < 0;
    }
    return a < b;
  });
}

Result<CrlPtr> Crl::read(std::string_view octets, std::size_t maximum_size) {
  if (octets.size() > maximum_size) {
    return fail(ErrorCode::kTooLarge, fmt::format("a CRL of {} octets", octets.size()));
  }
  if (octets.starts_with(static_cast<char>(der::kSequence))) return CrlReader::read(Bytes(octets));
  ASSIGN_OR_RETURN(std::vector<PemBlock> blocks, read_pem(octets, {.octets = maximum_size}));
  if (blocks.size() != 1 || blocks[0].label != "X509 CRL") {
    return malformed_crl("neither DER nor one X509 CRL block");
  }
  return CrlReader::read(std::move(blocks[0].der));
}

std::string_view Crl::serial_of(const Slot& slot) const {
  return std::string_view(fields_.der).substr(slot.serial_offset, slot.serial_size);
}

Crl::Entry Crl::entry(std::size_t position) const {
  SHAKEDOWN_ASSERT(position < entries_.size());
  const Slot& slot = entries_[position];
  Entry entry;
  entry.serial = serial_of(slot);
  entry.issuer_der = issuers_[slot.issuer];
  entry.revoked_at = sim::from_unix_seconds(slot.revoked_at);
  if (slot.reason >= 0) entry.reason = static_cast<std::uint8_t>(slot.reason);
  entry.names_issuer = slot.names_issuer;
  entry.has_unknown_critical_extension = slot.unknown_critical;
  return entry;
}

std::optional<Crl::Entry> Crl::find(std::string_view issuer_der, std::string_view serial) const {
  const auto issuer = issuer_numbers_.find(issuer_der);
  if (issuer == issuer_numbers_.end()) return std::nullopt;
  const std::pair key(issuer->second, serial);
  const auto key_of = [this](std::uint32_t position) {
    return std::pair(entries_[position].issuer, serial_of(entries_[position]));
  };
  const auto found =
      std::lower_bound(index_.begin(), index_.end(), key,
                       [&](std::uint32_t position, const auto& k) { return key_of(position) < k; });
  if (found == index_.end() || key_of(*found) != key) return std::nullopt;
  return entry(*found);
}

bool Crl::is_signed_by(const Certificate& issuer) const {
  if (fields_.signature_algorithm != fields_.inner_signature_algorithm) return false;
  const ErrorQueueGuard guard;
  return verify_signed_data({.to_be_signed = to_be_signed_,
                             .algorithm = fields_.signature_algorithm,
                             .signature = signature_},
                            issuer.public_key().get(),
                            X509_get0_pubkey(issuer.openssl().x509.get()));
}

}  // namespace shakedown::crypto
