// Writes revocation lists, declared in crl.h.
#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/extension_writer.h"

namespace shakedown::crypto {
namespace {

std::vector<Extension> list_extensions(const CrlSpec& spec) {
  std::vector<Extension> extensions;
  if (spec.authority_key_identifier) {
    extensions.push_back(extension::authority_key_identifier(*spec.authority_key_identifier));
  }
  if (spec.number) {
    extensions.push_back(extension::raw(oid::kCrlNumber, false, der::integer(*spec.number)));
  }
  if (spec.distribution_point_url || spec.indirect) {
    extensions.push_back(
        extension::raw(oid::kIssuingDistributionPoint, true,
                       issuing_distribution_point_der(spec.distribution_point_url, spec.indirect)));
  }
  if (spec.ca_issuers_url) {
    extensions.push_back(
        extension::authority_info_access({{std::string(oid::kCaIssuers), *spec.ca_issuers_url}}));
  }
  extensions.insert(extensions.end(), spec.other_extensions.begin(), spec.other_extensions.end());
  return extensions;
}

// `issuer_in_force` is the issuer that an entry without certificateIssuer would have.
Result<Bytes> entry_der(const CrlSpec::Entry& entry, Bytes& issuer_in_force) {
  if (entry.serial.empty()) return fail(ErrorCode::kMalformed, "a CRL entry needs a serial");
  std::vector<Extension> extensions;
  // RFC 5280 §5.3.1: "unspecified" is said by leaving the reason out.
  if (entry.reason && *entry.reason != CrlReason::kUnspecified) {
    const Bytes code(1, static_cast<char>(*entry.reason));
    extensions.push_back(
        extension::raw(oid::kReasonCode, false, der::element(der::kEnumerated, code)));
  }
  if (!entry.issuer_der.empty() && entry.issuer_der != issuer_in_force) {
    const Bytes name = der::element(der::context_constructed(4), entry.issuer_der);
    extensions.push_back(extension::raw(oid::kCertificateIssuer, true, der::sequence({name})));
    issuer_in_force = entry.issuer_der;
  }
  Bytes list;
  if (!extensions.empty()) {
    ASSIGN_OR_RETURN(list, extensions_der(extensions));
  }
  return der::sequence(
      {der::element(der::kInteger, entry.serial), der::time(entry.revoked_at), list});
}

}  // namespace

Result<Bytes> build_crl(const CrlSpec& spec, const Signer& signer) {
  ASSIGN_OR_RETURN(const Bytes issuer, name_der(spec.issuer));
  ASSIGN_OR_RETURN(const Bytes algorithm, algorithm_identifier(oid::kEcdsaWithSha256));
  Bytes entries;
  Bytes issuer_in_force = issuer;
  for (const CrlSpec::Entry& entry : spec.entries) {
    ASSIGN_OR_RETURN(const Bytes encoded, entry_der(entry, issuer_in_force));
    entries += encoded;
  }
  // An empty revokedCertificates must be absent (RFC 5280 §5.1.2.6).
  if (!entries.empty()) entries = der::element(der::kSequence, entries);
  Bytes extensions;
  if (const std::vector<Extension> list = list_extensions(spec); !list.empty()) {
    ASSIGN_OR_RETURN(const Bytes encoded, extensions_der(list));
    extensions = der::element(der::context_constructed(0), encoded);
  }
  const Bytes to_be_signed = der::sequence(
      {der::integer(1), algorithm, issuer, der::time(spec.this_update),
       spec.next_update ? der::time(*spec.next_update) : Bytes(), entries, extensions});
  ASSIGN_OR_RETURN(const Es256Signature signature, signer(to_be_signed));
  return signed_structure(to_be_signed, algorithm, signature);
}

Result<Bytes> build_crl(const CrlSpec& spec, const PrivateKey& key) {
  return build_crl(spec, signer_of(key));
}

}  // namespace shakedown::crypto
