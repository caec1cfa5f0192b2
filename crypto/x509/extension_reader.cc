#include "crypto/x509/extension_reader.h"

namespace shakedown::crypto {
namespace {

std::optional<bool> read_boolean(const der::Element& element) {
  if (element.content.size() != 1) return std::nullopt;
  return element.content[0] != '\0';
}

std::optional<std::uint64_t> read_small_integer(const der::Element& element) {
  if (element.content.empty() || element.content.size() > 8) return std::nullopt;
  if ((element.content[0] & 0x80) != 0) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : element.content) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

constexpr std::string_view kCpsQualifier = "1.3.6.1.5.5.7.2.1";

// DistributionPointName: [0] fullName or [1] nameRelativeToCRLIssuer.
struct PointName {
  GeneralNames full;
  bool is_relative = false;
};

std::optional<PointName> read_point_name(std::string_view content) {
  der::Reader reader(content);
  const auto choice = reader.next();
  if (!choice || !reader.finished()) return std::nullopt;
  PointName name;
  if (choice->tag == der::context_constructed(1)) {
    name.is_relative = true;
    return name;
  }
  if (choice->tag != der::context_constructed(0)) return std::nullopt;
  auto full = read_general_names(choice->content);
  if (!full) return std::nullopt;
  name.full = *std::move(full);
  return name;
}

std::optional<DistributionPoint> read_distribution_point(std::string_view content) {
  DistributionPoint point;
  der::Reader reader(content);
  if (const auto name = reader.optional_next(der::context_constructed(0))) {
    auto read = read_point_name(name->content);
    if (!read) return std::nullopt;
    point.uris = std::move(read->full.uris);
    point.has_relative_name = read->is_relative;
  }
  point.has_reasons = reader.optional_next(der::context(1)).has_value();
  if (const auto issuer = reader.optional_next(der::context_constructed(2))) {
    auto names = read_general_names(issuer->content);
    if (!names) return std::nullopt;
    point.crl_issuers = std::move(names->directory_names);
  }
  if (!reader.finished()) return std::nullopt;
  return point;
}

std::optional<PolicyInformation> read_policy(std::string_view content) {
  der::Reader reader(content);
  auto identifier = der::read_oid(reader);
  if (!identifier) return std::nullopt;
  PolicyInformation policy{.oid = *std::move(identifier), .cps_uris = {}};
  const auto qualifiers = reader.optional_next(der::kSequence);
  if (!reader.finished()) return std::nullopt;
  der::Reader list(qualifiers ? qualifiers->content : std::string_view{});
  while (!list.at_end()) {
    const auto qualifier = list.next(der::kSequence);
    if (!qualifier) return std::nullopt;
    der::Reader parts(qualifier->content);
    if (der::read_oid(parts) != kCpsQualifier) continue;
    const auto uri = parts.next(der::kIa5String);
    if (!uri || !parts.finished()) return std::nullopt;
    policy.cps_uris.emplace_back(uri->content);
  }
  return policy;
}

}  // namespace

std::optional<std::vector<Extension>> read_extensions(std::string_view content) {
  std::vector<Extension> extensions;
  der::Reader list(content);
  while (!list.at_end()) {
    const auto sequence = list.next(der::kSequence);
    if (!sequence) return std::nullopt;
    der::Reader parts(sequence->content);
    auto identifier = der::read_oid(parts);
    if (!identifier) return std::nullopt;
    Extension extension{.oid = *std::move(identifier), .critical = false, .value = {}};
    if (const auto critical = parts.optional_next(der::kBoolean)) {
      const auto value = read_boolean(*critical);
      if (!value) return std::nullopt;
      extension.critical = *value;
    }
    const auto value = parts.next(der::kOctetString);
    if (!value || !parts.finished()) return std::nullopt;
    extension.value = value->content;
    extensions.push_back(std::move(extension));
  }
  return extensions;
}

std::optional<std::string> read_algorithm(std::string_view algorithm_identifier_der) {
  const auto content = der::only_sequence(algorithm_identifier_der);
  if (!content) return std::nullopt;
  der::Reader reader(*content);
  auto identifier = der::read_oid(reader);
  if (!reader.at_end()) reader.next();  // Parameters.
  if (!reader.finished()) return std::nullopt;
  return identifier;
}

std::optional<GeneralNames> read_general_names(std::string_view content) {
  GeneralNames names;
  der::Reader reader(content);
  do {
    const auto name = reader.next();
    if (!name) return std::nullopt;
    if (name->tag == der::context(6)) {
      names.uris.emplace_back(name->content);
    } else if (name->tag == der::context_constructed(4)) {
      if (!der::only_sequence(name->content)) return std::nullopt;
      names.directory_names.emplace_back(name->content);
    } else if ((name->tag & 0xc0) == 0x80) {
      names.has_others = true;
    } else {
      return std::nullopt;
    }
  } while (!reader.at_end());
  return names;
}

std::optional<BasicConstraints> read_basic_constraints(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content) return std::nullopt;
  BasicConstraints constraints;
  der::Reader reader(*content);
  if (const auto ca = reader.optional_next(der::kBoolean)) {
    const auto is_ca = read_boolean(*ca);
    if (!is_ca) return std::nullopt;
    constraints.ca = *is_ca;
  }
  if (const auto length = reader.optional_next(der::kInteger)) {
    constraints.path_length = read_small_integer(*length);
    if (!constraints.path_length) return std::nullopt;
  }
  if (!reader.finished()) return std::nullopt;
  return constraints;
}

std::optional<std::uint16_t> read_key_usage(std::string_view value) {
  der::Reader reader(value);
  const auto bits = reader.next(der::kBitString);
  if (!bits || !reader.finished() || bits->content.empty()) return std::nullopt;
  if (static_cast<std::uint8_t>(bits->content[0]) > 7 || bits->content.size() > 3) {
    return std::nullopt;
  }
  std::uint16_t usage = 0;
  for (std::size_t i = 1; i < bits->content.size(); ++i) {
    const auto octet = static_cast<std::uint8_t>(bits->content[i]);
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((octet & (0x80u >> bit)) == 0) continue;
      const unsigned number = static_cast<unsigned>(i - 1) * 8 + bit;
      if (number <= 8) usage = static_cast<std::uint16_t>(usage | (1u << number));
    }
  }
  return usage;
}

std::optional<Bytes> read_octet_string(std::string_view value) {
  der::Reader reader(value);
  const auto octets = reader.next(der::kOctetString);
  if (!octets || !reader.finished()) return std::nullopt;
  return Bytes(octets->content);
}

std::optional<AuthorityKeyIdentifier> read_authority_key_identifier(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content) return std::nullopt;
  AuthorityKeyIdentifier identifier;
  der::Reader reader(*content);
  if (const auto key = reader.optional_next(der::context(0))) {
    identifier.key_identifier = Bytes(key->content);
  }
  reader.optional_next(der::context_constructed(1));
  reader.optional_next(der::context(2));
  if (!reader.finished()) return std::nullopt;
  return identifier;
}

std::optional<std::vector<PolicyInformation>> read_policies(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content || content->empty()) return std::nullopt;
  std::vector<PolicyInformation> policies;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const auto sequence = reader.next(der::kSequence);
    if (!sequence) return std::nullopt;
    auto policy = read_policy(sequence->content);
    if (!policy) return std::nullopt;
    policies.push_back(*std::move(policy));
  }
  return policies;
}

std::optional<std::vector<DistributionPoint>> read_distribution_points(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content || content->empty()) return std::nullopt;
  std::vector<DistributionPoint> points;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const auto sequence = reader.next(der::kSequence);
    if (!sequence) return std::nullopt;
    auto point = read_distribution_point(sequence->content);
    if (!point) return std::nullopt;
    points.push_back(*std::move(point));
  }
  return points;
}

std::optional<std::vector<AccessDescription>> read_access_descriptions(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content || content->empty()) return std::nullopt;
  std::vector<AccessDescription> descriptions;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const auto sequence = reader.next(der::kSequence);
    if (!sequence) return std::nullopt;
    der::Reader parts(sequence->content);
    auto method = der::read_oid(parts);
    const auto location = parts.next();
    if (!method || !location || !parts.finished()) return std::nullopt;
    AccessDescription description{.method = *std::move(method), .uri = {}};
    if (location->tag == der::context(6)) description.uri = location->content;
    descriptions.push_back(std::move(description));
  }
  return descriptions;
}

std::optional<IssuingDistributionPoint> read_issuing_distribution_point(std::string_view value) {
  const auto content = der::only_sequence(value);
  if (!content) return std::nullopt;
  IssuingDistributionPoint point;
  der::Reader reader(*content);
  if (const auto name = reader.optional_next(der::context_constructed(0))) {
    auto read = read_point_name(name->content);
    if (!read) return std::nullopt;
    point.urls = std::move(read->full.uris);
  }
  const auto flag = [&](unsigned number, bool& out) {
    const auto element = reader.optional_next(der::context(number));
    if (!element) return true;
    const auto value_read = read_boolean(*element);
    if (value_read) out = *value_read;
    return value_read.has_value();
  };
  const bool flags_ok =
      flag(1, point.only_user_certificates) && flag(2, point.only_ca_certificates);
  point.only_some_reasons = reader.optional_next(der::context(3)).has_value();
  if (!flags_ok || !flag(4, point.indirect) || !flag(5, point.only_attribute_certificates) ||
      !reader.finished()) {
    return std::nullopt;
  }
  return point;
}

}  // namespace shakedown::crypto
