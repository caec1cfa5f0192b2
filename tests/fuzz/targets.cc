#include "tests/fuzz/targets.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "crypto/keys/randomness.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/ocsp.h"
#include "crypto/x509/tn_auth_list.h"
#include "inspect/inspection.h"
#include "scenarios/language/parse.h"
#include "scenarios/library/library.h"
#include "sim/message.h"
#include "sim/time.h"
#include "sim/wall_time/wire.h"
#include "stir/acme/acme_key.h"
#include "stir/acme/acme_messages.h"
#include "stir/acme/spc_token.h"
#include "stir/call/identity_header.h"
#include "stir/call/sip_call.h"
#include "stir/call/telephone_number.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/chain.h"
#include "stir/jose/json.h"
#include "stir/jose/jws.h"
#include "stir/passport/passport_token.h"
#include "vectors/catalogue.h"

namespace shakedown::fuzz {
namespace {

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void base64(std::string_view input) {
  if (const auto decoded = crypto::base64url_decode(input); decoded && decoded->canonical) {
    promise(crypto::base64url_encode(decoded->octets) == input, "base64url is written as read");
  }
  (void)crypto::base64_decode(input);
}

void json(std::string_view input) {
  const auto value = stir::parse_json(input);
  if (!value) return;
  const std::string canonical = stir::canonical_json(*value);
  const auto again = stir::parse_json(canonical, {.bytes = canonical.size()});
  promise(again && stir::canonical_json(*again) == canonical, "canonical JSON is a fixed point");
}

void identity_header(std::string_view input) {
  stir::IdentityHeader header = stir::parse_identity_header(input);
  (void)header.first_defect();
  header.drop_white_space_in_token();
}

void passport(std::string_view input) {
  const stir::PassportToken token = stir::PassportToken::decode(std::string(input));
  promise(token.signing_input().size() <= input.size(), "a signing input is part of its token");
}

void jws(std::string_view input) {
  const auto compact = stir::parse_compact_jws(input);
  if (compact) {
    promise(input.starts_with(compact->signing_input), "a signing input begins its JWS");
  }
}

void spc_token(std::string_view input) { (void)stir::parse_spc_token(input); }

void token_request(std::string_view input) { (void)stir::parse_token_request(input); }

void ca_list(std::string_view input) { (void)stir::parse_ca_list(input); }

void acme(std::string_view input) {
  const auto message = stir::parse_json_object(input);
  if (!message) return;
  (void)stir::acme::read_problem(*message);
  (void)stir::acme::read_new_account(*message);
  (void)stir::acme::read_account_update(*message);
  (void)stir::acme::read_key_change(*message);
  (void)stir::acme::read_new_order(*message);
  (void)stir::acme::read_new_authorization(*message);
  (void)stir::acme::read_order(*message);
  (void)stir::acme::read_challenge(*message);
  (void)stir::acme::read_authorization(*message);
  (void)stir::acme::read_challenge_answer(*message);
  (void)stir::acme::read_finalize_body(*message);
  (void)stir::acme::read_revocation(*message);
  (void)stir::read_flattened_jws(*message);
  if (const auto key = stir::AcmeKey::from_jwk(*message, true)) {
    promise(!key->verify("signing.input", std::string(64, '\x01')), "nobody signed");
    (void)key->thumbprint();
  }
}

void certificate(std::string_view input) {
  const auto read = crypto::Certificate::from_der(input);
  if (read) promise((*read)->der() == input, "a certificate keeps its octets");
}

void certificate_request(std::string_view input) { (void)crypto::parse_request(input); }

void crl(std::string_view input) { (void)crypto::Crl::read(input); }

void pem(std::string_view input) { (void)crypto::read_pem_certificates(input); }

void certificate_body(std::string_view input) { (void)stir::read_certificate_body(input); }

void tn_auth_list(std::string_view input) {
  const auto entries = crypto::decode_tn_auth_list(input);
  if (!entries) return;
  const auto written = crypto::encode_tn_auth_list(*entries);
  promise(written && *written == input, "a TNAuthList is written as read");
}

void claim_constraints(std::string_view input) {
  (void)crypto::decode_jwt_claim_constraints(input);
  (void)crypto::decode_enhanced_jwt_claim_constraints(input);
}

void telephone_number(std::string_view input) {
  if (const auto number = stir::canonical_telephone_number(input, stir::kNorthAmericanPlan)) {
    promise(stir::is_canonical_telephone_number(*number), "a canonical number is canonical");
  }
  if (const auto uri = stir::canonical_uri(input)) {
    const auto again = stir::canonical_uri(*uri);
    promise(again && *again == *uri, "a canonical URI is a fixed point");
  }
}

// What was read of a request is all of it, but for a signature and a requestor's name.
void ocsp_request(std::string_view input) {
  const auto request = crypto::parse_ocsp_request(input);
  if (!request) return;
  const auto written = crypto::build_ocsp_request(*request);
  promise(written.has_value(), "an OCSP request can be written again");
  const auto again = crypto::parse_ocsp_request(*written);
  promise(again && again->ids == request->ids && again->nonce == request->nonce,
          "an OCSP request is read as written");
}

void ocsp_response(std::string_view input) {
  const auto response = crypto::parse_ocsp_response(input);
  if (!response) return;
  promise(response->responses.size() <= crypto::kMostOcspIds, "OCSP answers are bounded");
  for (const auto& certificate : response->certificates) {
    (void)crypto::ocsp_response_names(*response, *certificate);
    (void)crypto::is_ocsp_response_signed_by(*response, *certificate);
  }
}

void inspect(std::string_view input) {
  const auto inspection = stir::inspect(input);
  const bool known = inspection.kind != stir::ArtefactKind::kUnknown;
  promise(known || inspection.worst() == stir::Severity::kError, "what is unknown has an error");
  promise(crypto::is_utf8(stir::inspection_json(inspection).dump()), "an inspection is JSON");
  const std::string text = stir::inspection_text(inspection);
  promise(text.find('\x1b') == std::string::npos, "no escape sequence reaches the terminal");
}

void url(std::string_view input) {
  (void)sim::parse_url(input);
  (void)stir::url_objection(input, {});
}

void times(std::string_view input) {
  if (const auto time = sim::parse_time(input)) {
    const auto again = sim::parse_time(sim::format_time(*time));
    promise(again && *again == *time, "a time is written as read");
  }
  if (const auto date = sim::parse_http_date(input)) {
    const auto again = sim::parse_http_date(sim::format_http_date(*date));
    promise(again && *again == *date, "a date is written as read");
  }
  if (const auto duration = sim::parse_duration(input)) {
    const auto again = sim::parse_duration(sim::format_duration(*duration));
    promise(again && *again == *duration, "a duration is written as read");
  }
}

// In two pieces, as a network may cut it.
template <class Reader>
void feed(Reader& reader, std::string_view input) {
  const std::size_t half = input.size() / 2;
  auto state = reader.feed(input.substr(0, half));
  bool more = true;
  while (state == sim::wall::ReadState::kComplete || more) {
    if (state == sim::wall::ReadState::kRefused) return;
    if (state == sim::wall::ReadState::kComplete) {
      (void)reader.take();
      state = reader.feed("");
    } else {
      more = false;
      state = reader.feed(input.substr(half));
    }
  }
}

void sip_message(std::string_view input) {
  feed(*sim::wall::make_sip_request_reader({}), input);
  const auto reader = sim::wall::make_sip_request_reader({});
  if (reader->feed(input) == sim::wall::ReadState::kComplete) {
    (void)stir::read_sip_call(reader->take(), stir::kNorthAmericanPlan);
  }
  (void)sim::wall::make_sip_response_reader({})->feed(input);
}

void http_message(std::string_view input) {
  feed(*sim::wall::make_http_request_reader({}), input);
  const auto reader = sim::wall::make_http_response_reader({}, false);
  if (reader->feed(input) != sim::wall::ReadState::kRefused) (void)reader->feed_end();
}

void scenario(std::string_view input) { (void)scenarios::parse_scenario(input, "fuzz.yaml"); }

constexpr std::array kTargets{
    Target{"base64", base64},
    Target{"json", json},
    Target{"identity_header", identity_header},
    Target{"passport", passport},
    Target{"jws", jws},
    Target{"spc_token", spc_token},
    Target{"token_request", token_request},
    Target{"ca_list", ca_list},
    Target{"acme", acme},
    Target{"certificate", certificate},
    Target{"certificate_request", certificate_request},
    Target{"crl", crl},
    Target{"pem", pem},
    Target{"certificate_body", certificate_body},
    Target{"tn_auth_list", tn_auth_list},
    Target{"claim_constraints", claim_constraints},
    Target{"ocsp_request", ocsp_request},
    Target{"ocsp_response", ocsp_response},
    Target{"inspect", inspect},
    Target{"telephone_number", telephone_number},
    Target{"url", url},
    Target{"times", times},
    Target{"sip_message", sip_message},
    Target{"http_message", http_message},
    Target{"scenario", scenario},
};

void add_case(const vectors::Case& one, std::vector<std::string>& seeds) {
  for (const auto& [name, value] : one.invite.headers.fields()) {
    if (!sim::equals_ignoring_case(name, "Identity")) continue;
    seeds.push_back(value);
    seeds.push_back(value.substr(0, value.find(';')));
  }
  if (const auto written = sim::wall::write_sip_request(one.invite)) seeds.push_back(*written);
  for (const auto& exchange : one.http) {
    seeds.push_back(exchange.url);
    seeds.push_back(exchange.body);
  }
  for (const auto& der : one.chain) {
    seeds.push_back(der);
    if (const auto certificate = crypto::Certificate::from_der(der)) {
      for (const auto& extension : (*certificate)->fields().extensions) {
        seeds.push_back(extension.value);
      }
    }
  }
  seeds.push_back(one.own_files.crl);
  seeds.push_back(one.own_files.trust_list);
}

// Requests and answers about `certificate`, which has just been revoked.
void add_ocsp(const crypto::Certificate& certificate,
              const crypto::Certificate& issuer,
              std::vector<std::string>& seeds) {
  crypto::OcspRequest request;
  crypto::OcspResponseSpec spec;
  for (const auto hash : {crypto::OcspHash::kSha1, crypto::OcspHash::kSha256}) {
    auto id = crypto::ocsp_id_of(certificate, issuer, hash);
    promise(id.has_value(), "an id for OCSP");
    request.ids.push_back(*id);
    crypto::OcspSingleResponse single;
    single.id = *std::move(id);
    single.status = crypto::OcspCertificateStatus::kGood;
    single.this_update = certificate.not_before();
    spec.responses.push_back(single);
    single.status = crypto::OcspCertificateStatus::kRevoked;
    single.revoked_at = certificate.not_before();
    single.reason = static_cast<std::uint8_t>(crypto::CrlReason::kKeyCompromise);
    single.next_update = certificate.not_after();
    spec.responses.push_back(std::move(single));
  }
  request.nonce = spec.nonce = crypto::Bytes("0123456789abcdef");
  spec.produced_at = certificate.not_before();
  spec.certificates = {issuer.der()};
  constexpr std::array<std::uint8_t, 32> kScalar{1};
  const auto key = crypto::PrivateKey::from_scalar(kScalar);
  promise(key.has_value(), "a key");
  const crypto::RandomStream stream(sim::Lineage{1, 2});  // The same seeds each time.
  spec.responder_spki_der = (*key)->public_key()->spki_der();
  const auto response = crypto::build_ocsp_response(spec, **key);
  const auto question = crypto::build_ocsp_request(request);
  promise(response.has_value() && question.has_value(), "OCSP messages");
  for (const std::string& der :
       {*question, *response, crypto::build_ocsp_error(crypto::OcspResponseStatus::kTryLater)}) {
    seeds.push_back(der);
    seeds.push_back(crypto::base64_encode(der));
  }
}

}  // namespace

std::span<const Target> targets() { return kTargets; }

const Target* target_by_name(std::string_view name) {
  for (const Target& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

std::vector<std::string> seeds() {
  std::vector<std::string> seeds{
      "",
      "2026-01-05T09:00:00Z",
      "Mon, 05 Jan 2026 09:00:00 GMT",
      "2h 5m",
      "tel:+1-201-555-0100;phone-context=+1",
      R"({"atc":{"tktype":"TNAuthList","tkvalue":"MAigBhYENzA5Sg==","ca":false}})",
      R"({"identifiers":[{"type":"TNAuthList","value":"MAigBhYENzA5Sg"}]})",
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: sti-pa.test\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  };
  const bool installed = crypto::install_randomness_provider().has_value();
  const auto base = sim::parse_time(vectors::kDefaultBaseTime);
  promise(installed && base.has_value(), "the catalogue can be made");
  const auto catalogue = vectors::build_catalogue(*base);
  promise(catalogue.has_value(), "the catalogue is made");
  seeds.push_back(catalogue->shared.crl);
  seeds.push_back(catalogue->shared.trust_list);
  for (const vectors::Case& one : catalogue->cases) add_case(one, seeds);
  const auto& chain = catalogue->cases.front().chain;
  promise(chain.size() > 1, "the first case has a chain");
  const auto leaf = crypto::Certificate::from_der(chain[0]);
  const auto issuer = crypto::Certificate::from_der(chain[1]);
  promise(leaf.has_value() && issuer.has_value(), "the first case has a good chain");
  add_ocsp(**leaf, **issuer, seeds);
  for (const auto& file : scenarios::library_scenarios()) seeds.emplace_back(file.text);
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  return seeds;
}

}  // namespace shakedown::fuzz
