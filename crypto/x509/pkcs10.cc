// Certificate requests (PKCS#10, RFC 2986), declared in certificate_builder.h.
#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/extension_reader.h"
#include "crypto/x509/extension_writer.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kExtensionRequest = "1.2.840.113549.1.9.14";
constexpr std::size_t kMaximumRequestSize = 64 * 1024;

tl::unexpected<Error> malformed_request(std::string_view what) {
  return fail(ErrorCode::kMalformed, "certificate request: " + std::string(what));
}

// `content` of the attributes; those other than extensionRequest are skipped.
Status read_attributes(std::string_view content, CertificateRequest& request) {
  der::Reader attributes(content);
  while (!attributes.at_end()) {
    const auto attribute = attributes.next(der::kSequence);
    if (!attribute) return malformed_request("attributes");
    der::Reader parts(attribute->content);
    const auto type = parts.next(der::kOid);
    const auto values = parts.next(der::kSet);
    if (!parts.finished() || !type || !values) return malformed_request("attributes");
    if (der::oid_text(type->content) != std::string(kExtensionRequest)) continue;
    der::Reader set(values->content);
    const auto list = set.next(der::kSequence);
    auto extensions = list && set.finished() ? read_extensions(list->content) : std::nullopt;
    if (!extensions) return malformed_request("extensionRequest");
    request.extensions.insert(request.extensions.end(), extensions->begin(), extensions->end());
  }
  return {};
}

}  // namespace

Result<Bytes> build_request(const RequestSpec& spec, const PublicKey& key, const Signer& signer) {
  ASSIGN_OR_RETURN(const Bytes subject, name_der(spec.subject));
  Bytes attributes;
  if (!spec.extensions.empty()) {
    ASSIGN_OR_RETURN(const Bytes list, extensions_der(spec.extensions));
    const Result<Bytes> type = der::object_identifier(kExtensionRequest);
    SHAKEDOWN_ASSERT(type.has_value());
    attributes = der::sequence({*type, der::element(der::kSet, list)});
  }
  const Bytes info = der::sequence({der::integer(0), subject, key.spki_der(),
                                    der::element(der::context_constructed(0), attributes)});
  ASSIGN_OR_RETURN(const Es256Signature signature, signer(info));
  ASSIGN_OR_RETURN(const Bytes algorithm, algorithm_identifier(oid::kEcdsaWithSha256));
  return signed_structure(info, algorithm, signature);
}

Result<Bytes> build_request(const RequestSpec& spec, const PrivateKey& key) {
  return build_request(spec, *key.public_key(), signer_of(key));
}

const Extension* CertificateRequest::find_extension(std::string_view identifier) const {
  for (const Extension& extension : extensions) {
    if (extension.oid == identifier) return &extension;
  }
  return nullptr;
}

Result<CertificateRequest> parse_request(std::string_view encoded) {
  if (encoded.size() > kMaximumRequestSize) {
    return fail(ErrorCode::kTooLarge, "certificate request over 64 KiB");
  }
  der::Reader outer(encoded);
  const auto whole = outer.next(der::kSequence);
  if (!whole || !outer.finished()) return malformed_request("not DER, or octets after it");
  der::Reader parts(whole->content);
  const auto info = parts.next(der::kSequence);
  const auto algorithm = parts.next(der::kSequence);
  const auto signature = parts.next(der::kBitString);
  if (!parts.finished() || !signature || !signature->content.starts_with('\0')) {
    return malformed_request("not three fields");
  }
  der::Reader reader(info->content);
  const auto version = reader.next(der::kInteger);
  const auto subject = reader.next(der::kSequence);
  const auto spki = reader.next(der::kSequence);
  if (!reader.ok() || version->content.size() != 1) return malformed_request("a field is missing");
  CertificateRequest request;
  request.der = encoded;
  request.version = static_cast<signed char>(version->content[0]) + 1;
  request.subject_der = subject->whole;
  request.spki_der = spki->whole;
  ASSIGN_OR_RETURN(request.subject, Name::from_der(subject->whole));
  if (const auto attributes = reader.optional_next(der::context_constructed(0))) {
    RETURN_IF_ERROR(read_attributes(attributes->content, request));
  }
  if (!reader.finished()) return malformed_request("fields left over");
  auto identifier = read_algorithm(algorithm->whole);
  const auto key = read_subject_key(spki->whole);
  if (!identifier || !key) return malformed_request("key or signature algorithm");
  request.signature_algorithm = *std::move(identifier);
  request.key = *key;
  if (key->kind == KeyKind::kP256) request.public_key = read_p256_key(spki->whole);
  request.signature_is_valid = verify_signed_data({.to_be_signed = info->whole,
                                                   .algorithm = request.signature_algorithm,
                                                   .signature = signature->content.substr(1)},
                                                  spki->whole);
  return request;
}

}  // namespace shakedown::crypto
