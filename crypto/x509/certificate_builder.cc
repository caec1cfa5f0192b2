#include "crypto/x509/certificate_builder.h"

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/x509/extension_reader.h"
#include "crypto/x509/extension_writer.h"

namespace shakedown::crypto {
namespace {

Extension known(std::string_view identifier, bool critical, Bytes value) {
  return Extension{std::string(identifier), critical, std::move(value)};
}

Bytes uri_name(std::string_view uri) { return der::element(der::context(6), uri); }

}  // namespace

Signer signer_of(const PrivateKey& key) {
  return [&key](std::string_view to_be_signed) { return key.sign(to_be_signed); };
}

Result<Bytes> name_der(const NameOrDer& name) {
  if (const Bytes* encoded = std::get_if<Bytes>(&name)) return *encoded;
  return std::get<Name>(name).to_der();
}

Result<Bytes> extensions_der(const std::vector<Extension>& extensions) {
  Bytes list;
  for (const Extension& extension : extensions) {
    ASSIGN_OR_RETURN(const Bytes identifier, der::object_identifier(extension.oid));
    const Bytes critical = extension.critical ? der::boolean(true) : Bytes();
    list += der::sequence({identifier, critical, der::element(der::kOctetString, extension.value)});
  }
  return der::element(der::kSequence, list);
}

Bytes issuing_distribution_point_der(const std::optional<std::string>& url, bool indirect) {
  Bytes name;
  if (url) {
    const Bytes full_name = der::element(der::context_constructed(0), uri_name(*url));
    name = der::element(der::context_constructed(0), full_name);
  }
  return der::sequence({name, indirect ? der::element(der::context(4), "\xff") : Bytes()});
}

Result<Bytes> issue(const CertificateSpec& spec, const SignatureScheme& scheme) {
  if (spec.serial.empty()) return fail(ErrorCode::kMalformed, "a certificate needs a serial");
  ASSIGN_OR_RETURN(const Bytes issuer, name_der(spec.issuer));
  ASSIGN_OR_RETURN(const Bytes subject, name_der(spec.subject));
  const Bytes& algorithm = scheme.algorithm_identifier_der;
  // Version 1 is the default and not written.
  const Bytes version =
      spec.version == 1 ? Bytes()
                        : der::element(der::context_constructed(0),
                                       der::integer(static_cast<std::uint64_t>(spec.version - 1)));
  Bytes extensions;
  if (!spec.extensions.empty()) {
    ASSIGN_OR_RETURN(const Bytes list, extensions_der(spec.extensions));
    extensions = der::element(der::context_constructed(3), list);
  }
  const Bytes to_be_signed =
      der::sequence({version, der::element(der::kInteger, spec.serial), algorithm, issuer,
                     der::sequence({der::time(spec.not_before), der::time(spec.not_after)}),
                     subject, spec.subject_spki_der, extensions});
  ASSIGN_OR_RETURN(const Bytes signature, scheme.sign(to_be_signed));
  Bytes outer_algorithm = algorithm;
  if (spec.outer_signature_algorithm) {
    ASSIGN_OR_RETURN(outer_algorithm, algorithm_identifier(*spec.outer_signature_algorithm));
  }
  return der::sequence({to_be_signed, outer_algorithm, der::bit_string(signature)});
}

Result<Bytes> issue(const CertificateSpec& spec, const Signer& signer) {
  ASSIGN_OR_RETURN(const Bytes algorithm, algorithm_identifier(oid::kEcdsaWithSha256));
  return issue(spec, SignatureScheme{algorithm, [&](std::string_view text) -> Result<Bytes> {
                                       ASSIGN_OR_RETURN(const auto signature, signer(text));
                                       return signature_to_der(signature);
                                     }});
}

Result<Bytes> issue(const CertificateSpec& spec, const PrivateKey& issuer_key) {
  return issue(spec, signer_of(issuer_key));
}

Result<CertificatePtr> issue_certificate(const CertificateSpec& spec,
                                         const PrivateKey& issuer_key) {
  ASSIGN_OR_RETURN(const Bytes der, issue(spec, issuer_key));
  return Certificate::from_der(der);
}

namespace extension {

Extension basic_constraints(bool ca, std::optional<std::uint64_t> path_length) {
  const Bytes length = path_length ? der::integer(*path_length) : Bytes();
  return known(oid::kBasicConstraints, true,
               der::sequence({ca ? der::boolean(true) : Bytes(), length}));
}

Extension key_usage(std::uint16_t bits) {
  // A named bit list in DER drops trailing zero bits (X.690 §11.2.2).
  Bytes content(1, '\0');
  for (unsigned number = 0; number <= 8; ++number) {
    if ((bits & (1u << number)) == 0) continue;
    content.resize(2 + number / 8, '\0');
    content[1 + number / 8] = static_cast<char>(content[1 + number / 8] | (0x80 >> (number % 8)));
    content[0] = static_cast<char>(7 - number % 8);
  }
  return known(oid::kKeyUsage, true, der::element(der::kBitString, content));
}

Extension subject_key_identifier(std::string_view spki_der) {
  const Result<Bytes> identifier = key_identifier(spki_der);
  SHAKEDOWN_ASSERT(identifier.has_value());
  return known(oid::kSubjectKeyIdentifier, false, der::element(der::kOctetString, *identifier));
}

Extension authority_key_identifier(std::string_view identifier) {
  return known(oid::kAuthorityKeyIdentifier, false,
               der::sequence({der::element(der::context(0), identifier)}));
}

Extension certificate_policies(const std::vector<std::string>& oids,
                               std::optional<std::string> cps_uri) {
  Bytes qualifiers;
  if (cps_uri) {
    const Bytes qualifier = der::sequence({der::known_object_identifier("1.3.6.1.5.5.7.2.1"),
                                           der::element(der::kIa5String, *cps_uri)});
    qualifiers = der::sequence({qualifier});
  }
  Bytes policies;
  for (const std::string& policy : oids)
    policies += der::sequence({der::known_object_identifier(policy), qualifiers});
  return known(oid::kCertificatePolicies, false, der::element(der::kSequence, policies));
}

Extension crl_distribution_points(std::string_view uri, std::optional<Bytes> crl_issuer_der) {
  const Bytes full_name = der::element(der::context_constructed(0), uri_name(uri));
  const Bytes name = der::element(der::context_constructed(0), full_name);
  Bytes issuer;
  if (crl_issuer_der) {
    issuer = der::element(der::context_constructed(2),
                          der::element(der::context_constructed(4), *crl_issuer_der));
  }
  return known(oid::kCrlDistributionPoints, false, der::sequence({der::sequence({name, issuer})}));
}

Extension authority_info_access(const std::vector<AccessDescription>& descriptions) {
  Bytes list;
  for (const AccessDescription& description : descriptions) {
    list += der::sequence(
        {der::known_object_identifier(description.method), uri_name(description.uri)});
  }
  return known(oid::kAuthorityInfoAccess, false, der::element(der::kSequence, list));
}

Extension tn_auth_list(std::string_view encoded) {
  return known(oid::kTnAuthList, false, Bytes(encoded));
}

Extension jwt_claim_constraints(std::string_view encoded) {
  return known(oid::kJwtClaimConstraints, false, Bytes(encoded));
}

Extension enhanced_jwt_claim_constraints(std::string_view encoded) {
  return known(oid::kEnhancedJwtClaimConstraints, false, Bytes(encoded));
}

Extension raw(std::string_view identifier, bool critical, std::string_view value) {
  return known(identifier, critical, Bytes(value));
}

}  // namespace extension

Result<Bytes> key_identifier(std::string_view spki_der) {
  const auto bits = subject_public_key_bits(spki_der);
  if (!bits) return fail(ErrorCode::kMalformed, "not a subjectPublicKeyInfo");
  const Sha1Digest digest = sha1(*bits);
  return Bytes(as_view(digest));
}

}  // namespace shakedown::crypto
