#include "crypto/x509/tls_extensions.h"

#include "crypto/octets/der.h"

namespace shakedown::crypto {
namespace {

constexpr unsigned kDnsName = 2;

Bytes purpose(std::string_view dotted) {
  Result<Bytes> encoded = der::object_identifier(dotted);
  SHAKEDOWN_ASSERT(encoded.has_value());  // Constants of ours.
  return *std::move(encoded);
}

}  // namespace

namespace extension {

Extension subject_alt_name(const std::vector<std::string>& dns_names) {
  Bytes names;
  for (const std::string& name : dns_names) names += der::element(der::context(kDnsName), name);
  return {std::string(oid::kSubjectAltName), false, der::element(der::kSequence, names)};
}

Extension tls_key_usage_purposes() {
  return {std::string(oid::kExtendedKeyUsage), false,
          der::sequence({purpose("1.3.6.1.5.5.7.3.1"), purpose("1.3.6.1.5.5.7.3.2")})};
}

}  // namespace extension

Result<std::vector<std::string>> read_dns_names(std::string_view value) {
  der::Reader outer(value);
  const auto list = outer.next(der::kSequence);
  if (!list || !outer.finished() || list->content.empty()) {
    return fail(ErrorCode::kMalformed, "subjectAltName does not decode");
  }
  std::vector<std::string> names;
  der::Reader reader(list->content);
  while (!reader.at_end()) {
    const auto name = reader.next();
    if (!name) return fail(ErrorCode::kMalformed, "subjectAltName does not decode");
    if (name->tag != der::context(kDnsName)) {
      return fail(ErrorCode::kUnsupported, "subjectAltName has other names than dNSName");
    }
    names.emplace_back(name->content);
  }
  return names;
}

}  // namespace shakedown::crypto
