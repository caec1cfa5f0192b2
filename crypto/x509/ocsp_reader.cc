// Reads requests and responses, declared in ocsp.h.
#include <fmt/format.h>

#include <array>

#include "crypto/octets/der.h"
#include "crypto/x509/extension_reader.h"
#include "crypto/x509/ocsp.h"
#include "crypto/x509/ocsp_names.h"

namespace shakedown::crypto {
namespace {

constexpr std::size_t kMostCertificates = 8;

tl::unexpected<Error> malformed_ocsp(std::string_view what) {
  return fail(ErrorCode::kMalformed, fmt::format("OCSP: {}", what));
}

Result<OcspId> read_id(std::string_view content) {
  der::Reader reader(content);
  const auto algorithm = reader.next(der::kSequence);
  const auto name_hash = reader.next(der::kOctetString);
  const auto key_hash = reader.next(der::kOctetString);
  const auto serial = reader.next(der::kInteger);
  if (!reader.finished() || serial->content.empty()) return malformed_ocsp("CertID");
  const auto identifier = read_algorithm(algorithm->whole);
  if (!identifier) return malformed_ocsp("the hash algorithm");
  OcspId id;
  if (*identifier == oid::kSha256) {
    id.hash = OcspHash::kSha256;
  } else if (*identifier != oid::kSha1) {
    return fail(ErrorCode::kUnsupported, "OCSP: hash algorithm " + *identifier);
  }
  id.issuer_name_hash = name_hash->content;
  id.issuer_key_hash = key_hash->content;
  id.serial = serial->content;
  return id;
}

struct KnownExtensions {
  std::optional<Bytes> nonce;
  bool has_unknown_critical = false;
};

// `content`: of the context tag, one Extensions.
Result<KnownExtensions> read_known_extensions(std::string_view content) {
  der::Reader reader(content);
  const auto list = reader.next(der::kSequence);
  if (!reader.finished()) return malformed_ocsp("extensions");
  const auto extensions = read_extensions(list->content);
  if (!extensions) return malformed_ocsp("extensions");
  KnownExtensions known;
  for (const Extension& extension : *extensions) {
    if (extension.oid != oid::kOcspNonce) {
      known.has_unknown_critical = known.has_unknown_critical || extension.critical;
      continue;
    }
    auto nonce = read_octet_string(extension.value);
    if (!nonce || nonce->empty() || nonce->size() > kLongestOcspNonce)
      return malformed_ocsp("nonce");
    known.nonce = *std::move(nonce);
  }
  return known;
}

// `content`: of TBSRequest (RFC 6960 §4.1.1).
Result<OcspRequest> read_request(std::string_view content) {
  der::Reader reader(content);
  if (const auto version = reader.optional_next(der::context_constructed(0));
      version && version->content != std::string_view("\x02\x01\x00", 3)) {
    return malformed_ocsp("version");
  }
  (void)reader.optional_next(der::context_constructed(1));  // requestorName
  const auto list = reader.next(der::kSequence);
  const auto extensions = reader.optional_next(der::context_constructed(2));
  if (!reader.finished()) return malformed_ocsp("tbsRequest");
  OcspRequest request;
  der::Reader requests(list->content);
  while (!requests.at_end()) {
    if (request.ids.size() == kMostOcspIds) return fail(ErrorCode::kTooLarge, "OCSP: over 16 ids");
    const auto one = requests.next(der::kSequence);
    if (!one) return malformed_ocsp("requestList");
    der::Reader parts(one->content);
    const auto id = parts.next(der::kSequence);
    const auto more = parts.optional_next(der::context_constructed(0));
    if (!parts.finished()) return malformed_ocsp("request");
    if (more) {
      ASSIGN_OR_RETURN(const auto known, read_known_extensions(more->content));
      if (known.has_unknown_critical) {
        return fail(ErrorCode::kUnsupported, "OCSP: a critical extension of one request");
      }
    }
    ASSIGN_OR_RETURN(auto read, read_id(id->content));
    request.ids.push_back(std::move(read));
  }
  if (request.ids.empty()) return malformed_ocsp("no request");
  if (extensions) {
    ASSIGN_OR_RETURN(auto known, read_known_extensions(extensions->content));
    if (known.has_unknown_critical) {
      return fail(ErrorCode::kUnsupported, "OCSP: a critical extension");
    }
    request.nonce = std::move(known.nonce);
  }
  return request;
}

Result<sim::Time> read_generalized_time(const std::optional<der::Element>& element) {
  if (!element || element->tag != der::kGeneralizedTime) return malformed_ocsp("a time");
  return der::read_time(*element);
}

Status read_revoked(std::string_view content, OcspSingleResponse& response) {
  der::Reader reader(content);
  ASSIGN_OR_RETURN(response.revoked_at, read_generalized_time(reader.next()));
  if (const auto reason = reader.optional_next(der::context_constructed(0))) {
    der::Reader inner(reason->content);
    const auto code = inner.next(der::kEnumerated);
    if (!inner.finished() || code->content.size() != 1) return malformed_ocsp("revocationReason");
    response.reason = static_cast<std::uint8_t>(code->content.front());
  }
  if (!reader.finished()) return malformed_ocsp("revoked");
  return {};
}

// `content`: of SingleResponse.
Status read_single(std::string_view content, OcspResponse& into) {
  der::Reader reader(content);
  OcspSingleResponse response;
  const auto id = reader.next(der::kSequence);
  const auto status = reader.next();
  if (!reader.ok()) return malformed_ocsp("SingleResponse");
  ASSIGN_OR_RETURN(response.id, read_id(id->content));
  if (status->tag == der::context(0) && status->content.empty()) {
    response.status = OcspCertificateStatus::kGood;
  } else if (status->tag == der::context_constructed(1)) {
    response.status = OcspCertificateStatus::kRevoked;
    RETURN_IF_ERROR(read_revoked(status->content, response));
  } else if (status->tag == der::context(2) && status->content.empty()) {
    response.status = OcspCertificateStatus::kUnknown;
  } else {
    return malformed_ocsp("certStatus");
  }
  ASSIGN_OR_RETURN(response.this_update, read_generalized_time(reader.next()));
  if (const auto next = reader.optional_next(der::context_constructed(0))) {
    der::Reader inner(next->content);
    ASSIGN_OR_RETURN(response.next_update, read_generalized_time(inner.next()));
    if (!inner.finished()) return malformed_ocsp("nextUpdate");
  }
  if (const auto more = reader.optional_next(der::context_constructed(1))) {
    ASSIGN_OR_RETURN(const auto known, read_known_extensions(more->content));
    into.has_unknown_critical_extension |= known.has_unknown_critical;
  }
  if (!reader.finished()) return malformed_ocsp("SingleResponse");
  into.responses.push_back(std::move(response));
  return {};
}

// `content`: of ResponseData (§4.2.1).
Status read_response_data(std::string_view content, OcspResponse& into) {
  der::Reader reader(content);
  if (const auto version = reader.optional_next(der::context_constructed(0));
      version && version->content != std::string_view("\x02\x01\x00", 3)) {
    return malformed_ocsp("version");
  }
  const auto responder = reader.next();
  if (!responder) return malformed_ocsp("ResponseData");
  der::Reader name(responder->content);
  if (responder->tag == der::context_constructed(1)) {
    const auto by_name = name.next(der::kSequence);
    if (!name.finished()) return malformed_ocsp("responderID");
    into.responder_name_der = by_name->whole;
  } else if (responder->tag == der::context_constructed(2)) {
    const auto by_key = name.next(der::kOctetString);
    if (!name.finished() || by_key->content.empty()) return malformed_ocsp("responderID");
    into.responder_key_hash = by_key->content;
  } else {
    return malformed_ocsp("responderID");
  }
  ASSIGN_OR_RETURN(into.produced_at, read_generalized_time(reader.next()));
  const auto list = reader.next(der::kSequence);
  if (!list) return malformed_ocsp("responses");
  der::Reader responses(list->content);
  while (!responses.at_end()) {
    if (into.responses.size() == kMostOcspIds) {
      return fail(ErrorCode::kTooLarge, "OCSP: over 16 answers");
    }
    const auto one = responses.next(der::kSequence);
    if (!one) return malformed_ocsp("responses");
    RETURN_IF_ERROR(read_single(one->content, into));
  }
  if (const auto more = reader.optional_next(der::context_constructed(1))) {
    ASSIGN_OR_RETURN(auto known, read_known_extensions(more->content));
    into.has_unknown_critical_extension |= known.has_unknown_critical;
    into.nonce = std::move(known.nonce);
  }
  if (!reader.finished()) return malformed_ocsp("ResponseData");
  return {};
}

// `octets`: BasicOCSPResponse.
Status read_basic(std::string_view octets, OcspResponse& into) {
  der::Reader outer(octets);
  const auto basic = outer.next(der::kSequence);
  if (!outer.finished()) return malformed_ocsp("BasicOCSPResponse");
  der::Reader reader(basic->content);
  const auto data = reader.next(der::kSequence);
  const auto algorithm = reader.next(der::kSequence);
  const auto signature = reader.next(der::kBitString);
  const auto certificates = reader.optional_next(der::context_constructed(0));
  if (!reader.finished() || !signature->content.starts_with('\0')) {
    return malformed_ocsp("BasicOCSPResponse");
  }
  const auto identifier = read_algorithm(algorithm->whole);
  if (!identifier) return malformed_ocsp("signature algorithm");
  into.signature_algorithm = *identifier;
  into.to_be_signed = data->whole;
  into.signature = signature->content.substr(1);
  RETURN_IF_ERROR(read_response_data(data->content, into));
  if (!certificates) return {};
  der::Reader wrapped(certificates->content);
  const auto list = wrapped.next(der::kSequence);
  if (!wrapped.finished()) return malformed_ocsp("certs");
  der::Reader members(list->content);
  while (!members.at_end()) {
    if (into.certificates.size() == kMostCertificates) {
      return fail(ErrorCode::kTooLarge, "OCSP: over 8 certificates");
    }
    const auto member = members.next(der::kSequence);
    if (!member) return malformed_ocsp("certs");
    ASSIGN_OR_RETURN(auto certificate, Certificate::from_der(member->whole));
    into.certificates.push_back(std::move(certificate));
  }
  return {};
}

constexpr std::array<std::pair<OcspResponseStatus, std::string_view>, 6> kStatusNames{{
    {OcspResponseStatus::kSuccessful, "successful"},
    {OcspResponseStatus::kMalformedRequest, "malformedRequest"},
    {OcspResponseStatus::kInternalError, "internalError"},
    {OcspResponseStatus::kTryLater, "tryLater"},
    {OcspResponseStatus::kSignatureRequired, "sigRequired"},
    {OcspResponseStatus::kUnauthorized, "unauthorized"},
}};

}  // namespace

std::string_view to_string(OcspResponseStatus status) {
  for (const auto& [value, name] : kStatusNames) {
    if (value == status) return name;
  }
  return "unknown";
}

std::string_view to_string(OcspCertificateStatus status) {
  switch (status) {
    case OcspCertificateStatus::kGood:
      return "good";
    case OcspCertificateStatus::kRevoked:
      return "revoked";
    case OcspCertificateStatus::kUnknown:
      break;
  }
  return "unknown";
}

Result<OcspRequest> parse_ocsp_request(std::string_view der) {
  if (der.size() > kLargestOcspRequest) return fail(ErrorCode::kTooLarge, "OCSP: over 16 KiB");
  der::Reader outer(der);
  const auto whole = outer.next(der::kSequence);
  if (!outer.finished()) return malformed_ocsp("not one request");
  der::Reader reader(whole->content);
  const auto request = reader.next(der::kSequence);
  (void)reader.optional_next(der::context_constructed(0));  // optionalSignature
  if (!reader.finished()) return malformed_ocsp("OCSPRequest");
  return read_request(request->content);
}

Result<OcspResponse> parse_ocsp_response(std::string_view der) {
  if (der.size() > kLargestOcspResponse) return fail(ErrorCode::kTooLarge, "OCSP: over 64 KiB");
  der::Reader outer(der);
  const auto whole = outer.next(der::kSequence);
  if (!outer.finished()) return malformed_ocsp("not one response");
  der::Reader reader(whole->content);
  const auto status = reader.next(der::kEnumerated);
  const auto bytes = reader.optional_next(der::context_constructed(0));
  if (!reader.finished() || status->content.size() != 1) return malformed_ocsp("OCSPResponse");
  OcspResponse response;
  response.status = static_cast<OcspResponseStatus>(status->content.front());
  if (to_string(response.status) == "unknown") return malformed_ocsp("responseStatus");
  if ((response.status == OcspResponseStatus::kSuccessful) != bytes.has_value()) {
    return malformed_ocsp("responseBytes");
  }
  if (!bytes) return response;
  der::Reader wrapped(bytes->content);
  const auto typed = wrapped.next(der::kSequence);
  if (!wrapped.finished()) return malformed_ocsp("responseBytes");
  der::Reader parts(typed->content);
  const auto type = parts.next(der::kOid);
  const auto octets = parts.next(der::kOctetString);
  if (!parts.finished()) return malformed_ocsp("responseBytes");
  ASSIGN_OR_RETURN(const auto type_text, der::oid_text(type->content));
  if (type_text != oid::kOcspBasic) {
    return fail(ErrorCode::kUnsupported, "OCSP: response type " + type_text);
  }
  RETURN_IF_ERROR(read_basic(octets->content, response));
  return response;
}

}  // namespace shakedown::crypto
