// Reads the parts that certificates, requests and lists have in common. For the sources of this
// folder; pure. nullopt: the body is malformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/der.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"

namespace shakedown::crypto {

// `content` of a SEQUENCE OF Extension. BOOLEAN FALSE written out is accepted, as everywhere here:
// it is no DER, but common.
std::optional<std::vector<Extension>> read_extensions(std::string_view content);

// The OID of AlgorithmIdentifier, dotted.
std::optional<std::string> read_algorithm(std::string_view algorithm_identifier_der);

struct GeneralNames {
  std::vector<std::string> uris;
  std::vector<Bytes> directory_names;  // DER Names.
  bool has_others = false;
};

// `content` of a GeneralNames; at least one.
std::optional<GeneralNames> read_general_names(std::string_view content);

std::optional<BasicConstraints> read_basic_constraints(std::string_view value);
// Superfluous trailing zero bits are accepted: such certificates are in use.
std::optional<std::uint16_t> read_key_usage(std::string_view value);
std::optional<Bytes> read_octet_string(std::string_view value);

struct AuthorityKeyIdentifier {
  std::optional<Bytes> key_identifier;
};

std::optional<AuthorityKeyIdentifier> read_authority_key_identifier(std::string_view value);
std::optional<std::vector<PolicyInformation>> read_policies(std::string_view value);
std::optional<std::vector<DistributionPoint>> read_distribution_points(std::string_view value);
std::optional<std::vector<AccessDescription>> read_access_descriptions(std::string_view value);
std::optional<IssuingDistributionPoint> read_issuing_distribution_point(std::string_view value);

}  // namespace shakedown::crypto
