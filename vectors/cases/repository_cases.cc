// The URL of the certificate, what fetching it comes to, and the body (ATIS-1000074 §5.3.1,
// ATIS-1000080, RFC 8555 §9.1, RFC 7468). The chain behind every URL that could be fetched is the
// world's own, so that only the rule at hand stops a call. libsecsipid fetches what it is told.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::repository {
namespace {

// A URL that must not be dereferenced: its path is the case's own.
Case forbidden(const World& world,
               const char* id,
               const char* title,
               const char* number,
               std::string_view from,
               std::string_view to) {
  Draft draft(world, id, title);
  draft.cites("ATIS-1000074 §5.3.1", {number});
  replace(draft.passport.x5u, from, to);
  draft.expected = fails("x5u_url_is_allowed", 436).passing_in(kDeployed);
  return draft.finish();
}

constexpr std::string_view kHost = "cr.alpha-tel.test";

Case http(const World& world) {
  return forbidden(world, "x5u/http", "The scheme is http", "N67", "https:", "http:");
}

Case port_8080(const World& world) {
  return forbidden(world, "x5u/port-8080", "Port 8080", "N68", kHost, "cr.alpha-tel.test:8080");
}

Case port_80(const World& world) {
  return forbidden(world, "x5u/port-80", "Port 80 with https", "N68", kHost,
                   "cr.alpha-tel.test:80");
}

Case userinfo(const World& world) {
  return forbidden(world, "x5u/userinfo", "user:password@ in the authority", "N69", kHost,
                   "u:p@cr.alpha-tel.test");
}

// "@" alone: an empty userinfo is one, too.
Case userinfo_empty(const World& world) {
  return forbidden(world, "x5u/userinfo-empty", "An @ before the host", "N69", kHost,
                   "@cr.alpha-tel.test");
}

Case query(const World& world) {
  return forbidden(world, "x5u/query", "A query", "N70", ".pem", ".pem?v=1");
}

Case query_empty(const World& world) {
  return forbidden(world, "x5u/query-empty", "A bare ? at the end", "N70", ".pem", ".pem?");
}

Case fragment(const World& world) {
  return forbidden(world, "x5u/fragment", "A fragment", "N71", ".pem", ".pem#x");
}

Case fragment_empty(const World& world) {
  return forbidden(world, "x5u/fragment-empty", "A bare # at the end", "N71", ".pem", ".pem#");
}

// RFC 6890: what only the verifier's own network can reach. Server-side request forgery.
Case address(const World& world, const char* id, const char* title, std::string_view host) {
  Draft draft(world, id, title);
  draft.cites("RFC 6890 §2.2", {"N88"});
  draft.importance = Importance::kCritical;
  replace(draft.passport.x5u, kHost, host);
  draft.expected = fails("x5u_url_is_allowed", 436).passing_in(kDeployed);
  return draft.finish();
}

Case loopback(const World& world) {
  return address(world, "x5u/loopback", "The host is 127.0.0.1", "127.0.0.1");
}

Case loopback_6(const World& world) {
  return address(world, "x5u/loopback-ipv6", "The host is [::1]", "[::1]");
}

Case loopback_mapped(const World& world) {
  return address(world, "x5u/loopback-mapped", "The host is [::ffff:127.0.0.1]",
                 "[::ffff:127.0.0.1]");
}

Case loopback_decimal(const World& world) {
  return address(world, "x5u/loopback-decimal", "The host is 2130706433: 127.0.0.1 in one number",
                 "2130706433");
}

Case loopback_hexadecimal(const World& world) {
  return address(world, "x5u/loopback-hexadecimal", "The host is 0x7f000001", "0x7f000001");
}

Case loopback_short(const World& world) {
  return address(world, "x5u/loopback-short", "The host is 127.1", "127.1");
}

Case localhost(const World& world) {
  return address(world, "x5u/localhost", "The host is localhost", "localhost");
}

Case private_network(const World& world) {
  return address(world, "x5u/private-network", "The host is 10.0.0.1", "10.0.0.1");
}

Case metadata(const World& world) {
  return address(world, "x5u/metadata-service", "The host is 169.254.169.254", "169.254.169.254");
}

// A URL that may be dereferenced.
Case allowed(const World& world,
             const char* id,
             const char* title,
             std::string_view from,
             std::string_view to) {
  Draft draft(world, id, title);
  draft.cites("ATIS-1000074 §5.3.1", {"N68"});
  replace(draft.passport.x5u, from, to);
  draft.expected = passes();
  return draft.finish();
}

Case port_443(const World& world) {
  return allowed(world, "x5u/port-443", "Port 443 spelled out", kHost, "cr.alpha-tel.test:443");
}

Case port_8443(const World& world) {
  return allowed(world, "x5u/port-8443", "Port 8443", kHost, "cr.alpha-tel.test:8443");
}

// RFC 3986 §3.2.2: a host that begins with digits is still a name.
Case numeric_label(const World& world) {
  return allowed(world, "x5u/numeric-label", "The first label of the host is 127", kHost,
                 "127.cr.alpha-tel.test");
}

// RFC 3986 §3.3: a "?" or "#" that is percent-encoded is part of the path.
Case encoded_delimiters(const World& world) {
  return allowed(world, "x5u/encoded-delimiters", "%3F and %23 in the path", ".pem", "%3Fa%23.pem");
}

// ATIS-1000074: a redirect is a failure. Widely used HTTP libraries follow it.
Case redirect(const World& world) {
  Draft draft(world, "fetch/redirect", "302 to where the chain is");
  draft.cites("ATIS-1000074 §5.3.1", {"N72"});
  HttpExchange answer;
  answer.url = draft.url();
  answer.status = 302;
  answer.headers = {{"Location", draft.url("moved")}};
  draft.answer = answer;
  draft.more_http = {Draft::served(draft.url("moved"), crypto::write_pem(draft.chain))};
  draft.expected = fails("certificate_fetched", 436).passing_in(kDeployed);
  return draft.finish();
}

// Who follows must not follow for ever.
Case redirect_loop(const World& world) {
  Draft draft(world, "fetch/redirect-loop", "302 to itself");
  draft.cites("ATIS-1000074 §5.3.1, RFC 9110 §15.4", {"N72"});
  HttpExchange answer;
  answer.url = draft.url();
  answer.status = 302;
  answer.headers = {{"Location", draft.url()}};
  draft.answer = answer;
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

// ATIS-1000074 §5.3.2: 436 when the URI cannot be dereferenced. The chain is in the body.
Case status(const World& world, const char* id, const char* title, int code) {
  Draft draft(world, id, title);
  draft.cites("ATIS-1000074 §5.3.2", {"N73"});
  draft.answer = Draft::served(draft.url(), crypto::write_pem(draft.chain));
  draft.answer->status = code;
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

Case status_404(const World& world) { return status(world, "fetch/status-404", "404", 404); }

Case status_403(const World& world) { return status(world, "fetch/status-403", "403", 403); }

Case status_500(const World& world) { return status(world, "fetch/status-500", "500", 500); }

// Only 200 counts: 203 was changed on the way, 204 has no body.
Case status_203(const World& world) {
  return status(world, "fetch/status-203", "203 with the chain", 203);
}

Case status_204(const World& world) {
  Draft draft(world, "fetch/status-204", "204");
  draft.cites("ATIS-1000074 §5.3.2", {"N73"});
  draft.answer = HttpExchange{draft.url(), 204, {}, "", ""};
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

Case timeout(const World& world) {
  Draft draft(world, "fetch/timeout", "The repository never answers");
  draft.cites("ATIS-1000074 §5.3.2", {"N74"});
  draft.needs = {"silent_repository"};
  draft.answer = HttpExchange{draft.url(), 0, {}, "", "timeout"};
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

Case unreachable(const World& world) {
  Draft draft(world, "fetch/unreachable", "There is no such host");
  draft.cites("ATIS-1000074 §5.3.2", {"N74"});
  draft.passport.x5u = "https://nowhere.alpha-tel.test/1.pem";
  draft.answer = HttpExchange{draft.passport.x5u, 0, {}, "", "unreachable"};
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

// RFC 7515 §4.1.5: the server's identity is validated, so what such a host says counts for nothing.
Case bad_tls(const World& world, const char* id, const char* title, std::string failure) {
  Draft draft(world, id, title);
  draft.cites("RFC 7515 §4.1.5", {"N75"});
  draft.importance = Importance::kCritical;
  draft.needs = {failure + "_repository"};
  draft.answer = HttpExchange{draft.url(), 0, {}, "", std::move(failure)};
  draft.expected = fails("certificate_fetched", 436);
  return draft.finish();
}

Case tls_expired(const World& world) {
  return bad_tls(world, "fetch/tls-expired", "The repository's TLS certificate has expired",
                 "tls_expired");
}

Case tls_wrong_host(const World& world) {
  return bad_tls(world, "fetch/tls-wrong-host",
                 "The repository's TLS certificate is another host's", "tls_wrong_host");
}

Case tls_untrusted(const World& world) {
  return bad_tls(world, "fetch/tls-untrusted", "The repository's TLS certificate is self-signed",
                 "tls_untrusted");
}

// ATIS-1000080 says application/pem-certificate-chain; many repositories do not.
Case content_type(const World& world) {
  Draft draft(world, "fetch/content-type", "Content-Type: text/plain");
  draft.cites("ATIS-1000080", {"N86"});
  draft.importance = Importance::kMedium;
  draft.answer = Draft::served(draft.url(), crypto::write_pem(draft.chain));
  draft.answer->headers.set("Content-Type", "text/plain");
  draft.expected = passes();
  return draft.finish();
}

Case no_caching_directive(const World& world) {
  Draft draft(world, "fetch/no-cache-control", "No Cache-Control: kept for 24 hours anyway");
  draft.cites("ATIS-1000074", {"N87"});
  draft.importance = Importance::kMedium;
  draft.answer = Draft::served(draft.url(), crypto::write_pem(draft.chain));
  draft.answer->headers.remove("Cache-Control");
  draft.expected = passes();
  return draft.finish();
}

// A body that is no chain at all: no credential was acquired.
Case body(const World& world,
          const char* id,
          const char* title,
          const char* number,
          std::string content) {
  Draft draft(world, id, title);
  draft.cites("RFC 8555 §9.1", {number});
  draft.answer = Draft::served(draft.url(), std::move(content));
  draft.expected = fails("certificate_parses", 436);
  return draft.finish();
}

Case body_empty(const World& world) {
  return body(world, "body/empty", "200 with an empty body", "N77", "");
}

Case body_html(const World& world) {
  return body(world, "body/html", "200 with an HTML page", "N77",
              "<!DOCTYPE html><html><body>No such file</body></html>\n");
}

Case body_json(const World& world) {
  return body(world, "body/json", "200 with JSON", "N77", "{\"status\":\"error\"}\n");
}

// Padded by white space, which PEM allows anywhere between blocks, over the cap of 16 KiB.
Case body_too_large(const World& world) {
  constexpr std::size_t kPadding = 17 * 1024;
  return body(world, "body/too-large", "A good chain and 17 KiB of line ends", "N76",
              crypto::write_pem(std::vector{world.leaf, world.intermediate.certificate}) +
                  std::string(kPadding, '\n'));
}

// Below the cap the same is harmless.
Case body_padded(const World& world) {
  Draft draft(world, "body/white-space", "A good chain and 8 KiB of line ends");
  draft.cites("RFC 7468 §2", {"N76"});
  draft.importance = Importance::kMedium;
  constexpr std::size_t kPadding = 8 * 1024;
  draft.answer =
      Draft::served(draft.url(), crypto::write_pem(draft.chain) + std::string(kPadding, '\n'));
  draft.expected = passes();
  return draft.finish();
}

// RFC 7468 §2: CR LF ends a line as well.
Case body_crlf(const World& world) {
  Draft draft(world, "body/crlf", "The lines end in CR LF");
  draft.cites("RFC 7468 §2");
  std::string text;
  for (const char c : crypto::write_pem(draft.chain)) {
    if (c == '\n') text += '\r';
    text += c;
  }
  draft.answer = Draft::served(draft.url(), text);
  draft.expected = passes();
  return draft.finish();
}

// RFC 7515 §4.1.5: PEM. Lenient verifiers take DER; one certificate only fits, so its issuer is a
// listed root.
Case body_der(const World& world) {
  Draft draft(world, "body/der", "A single certificate as DER");
  draft.cites("RFC 7515 §4.1.5", {"N78"});
  draft.importance = Importance::kMedium;
  draft.chain = {issued(world.leaf_under(*world.root.certificate, "body/der"), *world.root.key)};
  draft.answer = Draft::served(draft.url(), draft.chain.front()->der());
  draft.expected = passes().but(kStrict, "certificate_parses", 436);
  return draft.finish();
}

// RFC 7468 §2 tolerates explanatory text; RFC 8555 §9.1 has none.
Case body_text_before(const World& world) {
  Draft draft(world, "body/text-before", "Text stands before the first block");
  draft.cites("RFC 8555 §9.1, RFC 7468 §2", {"N79"});
  draft.importance = Importance::kMedium;
  draft.answer =
      Draft::served(draft.url(), "Subject: SHAKEN 709J\n" + crypto::write_pem(draft.chain));
  draft.expected = passes().but(kStrict, "certificate_parses", 436);
  return draft.finish();
}

Case body_text_between(const World& world) {
  Draft draft(world, "body/text-between", "Text stands between the blocks");
  draft.cites("RFC 8555 §9.1, RFC 7468 §2", {"N79"});
  draft.importance = Importance::kMedium;
  std::string text = crypto::write_pem(draft.chain);
  text.insert(text.find("-----BEGIN", 1), "issuer=Alpha CA\n");
  draft.answer = Draft::served(draft.url(), text);
  draft.expected = passes().but(kStrict, "certificate_parses", 436);
  return draft.finish();
}

// Somebody published the key: nothing that it signs can be believed. The key is of nobody.
Case body_private_key(const World& world) {
  Draft draft(world, "body/private-key", "The chain is followed by a private key");
  draft.cites("RFC 8555 §9.1", {"N80"});
  draft.importance = Importance::kCritical;
  draft.answer = Draft::served(draft.url(),
                               crypto::write_pem(draft.chain) +
                                   std::string(key_named("published by mistake")->to_pem().view()));
  draft.expected = fails("certificate_parses", 436);
  return draft.finish();
}

// RFC 7468 §5.1: the label is CERTIFICATE. Nothing with it is there.
Case body_other_label(const World& world) {
  std::string text = crypto::write_pem("X509 CERTIFICATE", world.leaf->der());
  return body(world, "body/x509-label", "The label is X509 CERTIFICATE", "N81", text);
}

// OpenSSL's own label carries trust settings that a stranger must not set.
Case body_trusted_label(const World& world) {
  std::string text = crypto::write_pem("TRUSTED CERTIFICATE", world.leaf->der());
  return body(world, "body/trusted-label", "The label is TRUSTED CERTIFICATE", "N81", text);
}

// A chain that cannot be read is a credential that is not supported: 437; ATIS-1000082 E8: 436.
Case unreadable(const World& world, const char* id, const char* title, std::string content) {
  Draft draft(world, id, title);
  draft.cites("RFC 7468 §3, RFC 8224 §6.2.2", {"N77"});
  draft.answer = Draft::served(draft.url(), std::move(content));
  draft.expected = fails("certificate_parses", 437).but(kApi, "certificate_parses", 436);
  return draft.finish();
}

Case body_cut(const World& world) {
  std::string text = crypto::write_pem(std::vector{world.leaf});
  text.resize(text.size() / 2);
  return unreadable(world, "body/cut", "The only block is cut in half", text);
}

Case body_bad_base64(const World& world) {
  std::string text = crypto::write_pem(std::vector{world.leaf});
  text.at(100) = '!';
  return unreadable(world, "body/bad-base64", "A character is not of base64", text);
}

Case body_bad_der(const World& world) {
  return unreadable(world, "body/bad-der", "The block holds no certificate",
                    crypto::write_pem("CERTIFICATE", std::string("\x30\x01\x00", 3)));
}

// X.690: nothing may follow the certificate's own DER.
Case body_octets_left(const World& world) {
  return unreadable(world, "body/octets-left", "Octets follow the certificate in its block",
                    crypto::write_pem("CERTIFICATE", world.leaf->der() + std::string(2, '\0')));
}

// A cap of six keeps path building cheap.
Case too_many(const World& world) {
  Draft draft(world, "body/seven-certificates", "Seven certificates");
  draft.cites("RFC 8224 §6.2.2", {"N85"});
  draft.importance = Importance::kMedium;
  draft.chain.resize(7, world.intermediate.certificate);
  draft.expected = fails("certificate_parses", 437).but(kApi, "certificate_parses", 436);
  return draft.finish();
}

// RFC 8555 §9.1: the root may be there or not.
Case with_root(const World& world) {
  Draft draft(world, "body/with-root", "The listed root stands last in the body");
  draft.cites("RFC 8555 §9.1");
  draft.chain.push_back(world.root.certificate);
  draft.expected = passes();
  return draft.finish();
}

// RFC 8555 §9.1: an unrelated certificate is untidy, but the path is there.
Case unrelated(const World& world) {
  Draft draft(world, "body/unrelated-certificate", "The STI-PA's certificate stands last");
  draft.cites("RFC 8555 §9.1", {"N84"});
  draft.importance = Importance::kMedium;
  draft.chain.push_back(world.pa_signer.certificate);
  draft.expected = passes();
  return draft.finish();
}

// The cap itself: 16 KiB in all.
Case body_at_cap(const World& world) {
  Draft draft(world, "body/at-the-cap", "A good chain and line ends, 16 KiB in all");
  draft.cites("RFC 8555 §9.1", {"N76"});
  draft.importance = Importance::kMedium;
  constexpr std::size_t kCap = 16 * 1024;
  std::string text = crypto::write_pem(draft.chain);
  text.resize(kCap, '\n');
  draft.answer = Draft::served(draft.url(), text);
  draft.expected = passes();
  return draft.finish();
}

// As many certificates as are taken.
Case six(const World& world) {
  Draft draft(world, "body/six-certificates", "Six certificates, four of them unrelated");
  draft.cites("RFC 8555 §9.1", {"N85"});
  draft.importance = Importance::kLow;
  for (const auto& one : {world.pa_signer.certificate, world.pa_root.certificate,
                          world.narrow_root.certificate, world.delisted_root.certificate}) {
    draft.chain.push_back(one);
  }
  draft.expected = passes();
  return draft.finish();
}

// ATIS-1000074: 200 and nothing else; a part of a body is no body.
Case status_206(const World& world) {
  return status(world, "fetch/status-206", "206 with the chain", 206);
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {http(w),
          port_8080(w),
          port_80(w),
          userinfo(w),
          userinfo_empty(w),
          query(w),
          query_empty(w),
          fragment(w),
          fragment_empty(w),
          loopback(w),
          loopback_6(w),
          loopback_mapped(w),
          loopback_decimal(w),
          loopback_hexadecimal(w),
          loopback_short(w),
          localhost(w),
          private_network(w),
          metadata(w),
          port_443(w),
          port_8443(w),
          numeric_label(w),
          encoded_delimiters(w),
          redirect(w),
          redirect_loop(w),
          status_404(w),
          status_403(w),
          status_500(w),
          status_203(w),
          status_204(w),
          timeout(w),
          unreachable(w),
          tls_expired(w),
          tls_wrong_host(w),
          tls_untrusted(w),
          content_type(w),
          no_caching_directive(w),
          body_empty(w),
          body_html(w),
          body_json(w),
          body_too_large(w),
          body_padded(w),
          body_crlf(w),
          body_der(w),
          body_text_before(w),
          body_text_between(w),
          body_private_key(w),
          body_other_label(w),
          body_trusted_label(w),
          body_cut(w),
          body_bad_base64(w),
          body_bad_der(w),
          body_octets_left(w),
          too_many(w),
          with_root(w),
          unrelated(w),
          body_at_cap(w),
          six(w),
          status_206(w)};
}

}  // namespace shakedown::vectors::repository
