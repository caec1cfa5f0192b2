// What a verifier makes of an answer from a certificate repository (the first half of chain.h).
#include <algorithm>
#include <array>

#include "crypto/x509/certificate_bundle.h"
#include "sim/octet_set.h"
#include "stir/credential/chain.h"

namespace shakedown::stir {
namespace {

constexpr int kOk = 200;

bool is_redirect(int status) { return status >= 300 && status < 400; }

CertificateAnswer defective(BodyDefect defect, std::string detail) {
  CertificateAnswer answer;
  answer.outcome = FetchOutcome::kFetched;
  answer.status = kOk;
  answer.body_defect = defect;
  answer.detail = std::move(detail);
  return answer;
}

crypto::Sha256Digest hash_of(const std::vector<crypto::CertificatePtr>& certificates) {
  crypto::Sha256 hash;
  for (const auto& certificate : certificates) hash.update(certificate->der());
  return hash.finish();
}

void add_notes(const std::vector<crypto::PemNote>& notes, CertificateChain& chain) {
  for (const auto& note : notes) {
    chain.notes.emplace_back(note.kind == crypto::PemNote::Kind::kTextOutside ? "text_outside_pem"
                                                                              : "other_pem_block");
  }
}

CertificateAnswer fetched(std::vector<crypto::CertificatePtr> certificates,
                          const std::vector<crypto::PemNote>& notes,
                          bool der_body) {
  if (certificates.size() > kLongestChain) {
    return defective(BodyDefect::kTooManyCertificates,
                     std::to_string(certificates.size()) + " certificates");
  }
  auto chain = std::make_shared<CertificateChain>();
  chain->certificates = std::move(certificates);
  chain->hash = hash_of(chain->certificates);
  if (der_body) chain->notes.emplace_back("der_body");
  add_notes(notes, *chain);
  CertificateAnswer answer;
  answer.outcome = FetchOutcome::kFetched;
  answer.status = kOk;
  answer.chain = std::move(chain);
  return answer;
}

struct Octets4 {
  std::array<unsigned, 4> octet{};
};

std::optional<Octets4> parse_ipv4(std::string_view host) {
  Octets4 address;
  for (std::size_t i = 0; i < address.octet.size(); ++i) {
    const auto dot = i + 1 < address.octet.size() ? host.find('.') : host.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3) return std::nullopt;
    for (const char c : host.substr(0, dot)) {
      if (c < '0' || c > '9') return std::nullopt;
      address.octet[i] = address.octet[i] * 10 + static_cast<unsigned>(c - '0');
    }
    if (address.octet[i] > 255) return std::nullopt;
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return address;
}

// Numbers are refused whatever they are: a public repository has a name. "0x7f000001" and
// "2130706433" are numbers, too, to many resolvers.
bool is_address_or_local(std::string_view host) {
  if (host.starts_with('[') || parse_ipv4(host)) return true;
  const bool numeric = std::all_of(host.begin(), host.end(),
                                   [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return numeric || host.starts_with("0x") || sim::equals_ignoring_case(host, "localhost") ||
         host.ends_with(".localhost");
}

}  // namespace

std::string_view to_string(BodyDefect defect) {
  switch (defect) {
    case BodyDefect::kNone:
      return "none";
    case BodyDefect::kNotPem:
      return "not_pem";
    case BodyDefect::kPrivateKey:
      return "private_key";
    case BodyDefect::kTooLarge:
      return "too_large";
    case BodyDefect::kTooManyCertificates:
      return "too_many_certificates";
    case BodyDefect::kMalformed:
      return "malformed";
  }
  return "malformed";
}

FetchOutcome fetch_outcome(const sim::Answer& answer) {
  switch (answer.kind) {
    case sim::Answer::Kind::kTimeout:
      return FetchOutcome::kTimeout;
    case sim::Answer::Kind::kUnreachable:
      return FetchOutcome::kUnreachable;
    case sim::Answer::Kind::kResponse:
      break;
  }
  if (answer.response.status == kOk) return FetchOutcome::kFetched;
  return is_redirect(answer.response.status) ? FetchOutcome::kRedirect : FetchOutcome::kStatus;
}

std::optional<std::string> redirect_target(const sim::Answer& answer) {
  if (fetch_outcome(answer) != FetchOutcome::kRedirect) return std::nullopt;
  const auto location = answer.response.headers.get("Location");
  if (!location) return std::nullopt;
  const auto url = sim::parse_url_view(*location);
  if (!url || (url->scheme != "https" && url->scheme != "http")) return std::nullopt;
  return std::string(*location);
}

CertificateAnswer read_certificate_answer(const sim::Answer& answer) {
  const auto outcome = fetch_outcome(answer);
  if (outcome == FetchOutcome::kFetched) return read_certificate_body(answer.response.body);
  CertificateAnswer result;
  result.outcome = outcome;
  switch (outcome) {
    case FetchOutcome::kTimeout:
      result.detail = "no answer in time";
      break;
    case FetchOutcome::kUnreachable:
      result.detail = answer.detail.empty() ? "unreachable" : answer.detail;
      break;
    default:
      result.status = answer.response.status;
      result.detail = (outcome == FetchOutcome::kRedirect ? "redirect " : "status ") +
                      std::to_string(result.status);
  }
  return result;
}

CertificateAnswer read_certificate_body(std::string_view body) {
  if (body.size() > kLargestChainBody) {
    return defective(BodyDefect::kTooLarge, std::to_string(body.size()) + " octets");
  }
  constexpr char kDerSequence = 0x30;
  if (!body.empty() && body.front() == kDerSequence && body.find("-----") == std::string::npos) {
    auto certificate = crypto::Certificate::from_der(body);
    if (certificate) return fetched({*std::move(certificate)}, {}, true);
  }
  if (body.find("-----BEGIN") == std::string_view::npos) {
    return defective(BodyDefect::kNotPem, body.empty() ? "empty body" : "no PEM in the body");
  }
  // More blocks than we would ever take are still counted, to say so.
  constexpr std::size_t kCountedBlocks = 256;
  auto bundle =
      crypto::read_pem_certificates(body, {.octets = kLargestChainBody, .blocks = kCountedBlocks});
  if (!bundle) {
    const bool none = bundle.error().code == ErrorCode::kNotFound;
    const bool key = body.find("PRIVATE KEY-----") != std::string_view::npos;
    if (key) return defective(BodyDefect::kPrivateKey, "a private key was published");
    return defective(none ? BodyDefect::kNotPem : BodyDefect::kMalformed, bundle.error().detail);
  }
  for (const auto& note : bundle->notes) {
    if (note.kind == crypto::PemNote::Kind::kPrivateKey) {
      return defective(BodyDefect::kPrivateKey, "a private key was published");
    }
  }
  return fetched(std::move(bundle->certificates), bundle->notes, false);
}

bool is_repository_port(std::uint16_t port) { return port == 443 || port == 8443; }

bool has_userinfo(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  return url.substr(0, sim::find_any(url, '/', '?', '#')).find('@') != std::string_view::npos;
}

std::optional<std::string> url_objection(std::string_view text, const UrlRules& rules) {
  const auto url = sim::parse_url_view(text);
  if (!url || (url->scheme != "https" && url->scheme != "http")) return "not an https URL";
  if (url->scheme != "https" && !rules.allow_http) return "scheme " + std::string(url->scheme);
  if (url->port && !is_repository_port(*url->port) && *url->port != rules.own_port &&
      !rules.allow_any_port) {
    return "port " + std::to_string(*url->port);
  }
  if (!rules.allow_query_fragment_userinfo) {
    if (has_userinfo(text)) return "userinfo";
    if (url->query) return "query";
    if (url->fragment) return "fragment";
  }
  if (url->path.empty() || url->path == "/") return "no path";
  if (!rules.allow_private_addresses && is_address_or_local(url->host)) {
    return "host " + std::string(url->host);
  }
  return std::nullopt;
}

}  // namespace shakedown::stir
