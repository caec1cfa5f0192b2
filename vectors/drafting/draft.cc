#include "vectors/drafting/draft.h"

#include "crypto/x509/certificate_bundle.h"
#include "stir/call/identity_header.h"

namespace shakedown::vectors {

namespace extension = crypto::extension;

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  SHAKEDOWN_ASSERT(at != std::string::npos);
  text.replace(at, from.size(), to);
}

Draft::Draft(const World& all, std::string id, std::string title)
    : world(all),
      key(all.leaf_key),
      chain{all.leaf, all.intermediate.certificate},
      date(all.base),
      from("<sip:+12015550101@alpha-tel.test;user=phone>;tag=1928301774"),
      to("<sip:+14155550100@beta-voice.test;user=phone>"),
      asserted("<sip:+12015550101@alpha-tel.test;user=phone>"),
      request_uri("sip:+14155550100@beta-voice.test;user=phone"),
      verified_at(all.base),
      id_(std::move(id)),
      title_(std::move(title)),
      stream_(stream_named(id_)) {
  passport.x5u = url();
  passport.attest = "A";
  passport.dest_tn = {std::string(kCalled)};
  passport.iat = sim::unix_seconds(world.base);
  passport.orig = stir::telephone_number(std::string(kCaller));
  passport.origid = kOrigid;
}

void Draft::cites(std::string clause, std::initializer_list<std::string_view> numbers) {
  clause_ = std::move(clause);
  for (const auto number : numbers) numbers_.emplace_back(number);
}

std::string Draft::url() const { return std::string(kRepository) + id_ + ".pem"; }

std::string Draft::url(std::string_view suffix) const {
  return std::string(kRepository) + id_ + "-" + std::string(suffix) + ".pem";
}

std::string Draft::token() const {
  const std::string header = header_text.value_or(stir::header_json(passport));
  const std::string payload = payload_text.value_or(stir::payload_json(passport));
  const std::string input =
      crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
  const auto signature = key->sign(input);
  SHAKEDOWN_ASSERT(signature.has_value());
  return stir::encode(input, *signature);
}

std::string Draft::sign(const stir::Passport& content, const crypto::PrivateKey& signer) const {
  const auto input = stir::signing_input(content);
  const auto signature = signer.sign(input);
  SHAKEDOWN_ASSERT(signature.has_value());
  return stir::write_identity_header(stir::encode(input, *signature), content.x5u, content.ppt);
}

std::string Draft::identity() const {
  return stir::write_identity_header(token(), passport.x5u, passport.ppt);
}

void Draft::leaf_list(const std::vector<crypto::TnEntry>& entries) {
  const auto der = crypto::encode_tn_auth_list(entries);
  SHAKEDOWN_ASSERT(der.has_value());
  leaf_with([&](crypto::CertificateSpec& spec) { put(spec, extension::tn_auth_list(*der)); });
}

void Draft::leaf_list_der(std::string_view hex) {
  const auto der = crypto::from_hex(hex);
  SHAKEDOWN_ASSERT(der.has_value());
  leaf_with([&](crypto::CertificateSpec& spec) { put(spec, extension::tn_auth_list(*der)); });
}

HttpExchange Draft::served(std::string url, std::string content) {
  HttpExchange exchange;
  exchange.url = std::move(url);
  exchange.headers = {{"Content-Type", "application/pem-certificate-chain"},
                      {"Cache-Control", "max-age=86400"}};
  exchange.body = std::move(content);
  return exchange;
}

sim::Request Draft::invite(const std::vector<std::string>& values) const {
  sim::Request request;
  request.protocol = sim::Protocol::kSip;
  request.method = "INVITE";
  request.target = request_uri;
  auto& headers = request.headers;
  headers.add("Via", "SIP/2.0/TLS proxy.alpha-tel.test;branch=z9hG4bK776asdhds");
  headers.add("Max-Forwards", "70");
  if (!from.empty()) headers.add("From", from);
  if (!to.empty()) headers.add("To", to);
  std::string call_id = id_;
  for (char& c : call_id) {
    if (c == '/') c = '-';
  }
  headers.add("Call-ID", call_id + "@alpha-tel.test");
  headers.add("CSeq", "1 INVITE");
  headers.add("Contact", "<sip:proxy.alpha-tel.test;transport=tls>");
  if (!asserted.empty()) headers.add("P-Asserted-Identity", asserted);
  if (date_text) {
    headers.add("Date", *date_text);
  } else if (date) {
    headers.add("Date", sim::format_http_date(*date));
  }
  for (const auto& value : values) headers.add(identity_name, value);
  if (!body.empty()) headers.add("Content-Type", "application/sdp");
  request.body = body;
  return request;
}

Case Draft::finish() {
  Case result;
  result.id = id_;
  result.title = title_;
  result.clause = clause_;
  result.numbers = numbers_;
  result.importance = importance;
  result.invite = invite(identities ? *identities : std::vector{identity()});
  result.verified_at = verified_at;
  if (answer) {
    result.http.push_back(*answer);
  } else if (!chain.empty()) {
    result.http.push_back(served(passport.x5u, crypto::write_pem(chain)));
  }
  result.http.insert(result.http.end(), more_http.begin(), more_http.end());
  result.cached = cached;
  for (const auto& certificate : chain) result.chain.push_back(certificate->der());
  result.configuration = configuration;
  result.own_files = own_files;
  result.needs = needs;
  result.expected = expected;
  return result;
}

void under_root(Draft& draft, const Authority& root, std::string_view name, bool self_issued) {
  const World& world = draft.world;
  const auto key = key_named(name);
  auto spec = world.intermediate_spec(*root.certificate, name, *key);
  if (!self_issued) {
    spec.subject = crypto::Name{{{"C", "US", false},
                                 {"O", "Second CA (TEST - NOT TRUSTED)", false},
                                 {"CN", "Second SHAKEN CA", false}}};
  }
  const auto ca = issued(spec, *root.key);
  draft.chain = {issued(world.leaf_under(*ca, name), *key), ca};
}

}  // namespace shakedown::vectors
