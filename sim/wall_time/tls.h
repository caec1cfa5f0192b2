// The testbed's own TLS: a certification authority made for one run, the certificate of the HTTPS
// listener, and contexts for both sides. Nothing to do with STI certificates. All keys are P-256,
// live in memory only and end with the run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/result.h"

struct ssl_ctx_st;   // SSL_CTX of OpenSSL: only tls.cc sees inside.
struct ssl_st;       // SSL
struct evp_pkey_st;  // EVP_PKEY
struct x509_st;      // X509

namespace shakedown::sim::wall {

// Shared by all connections made from it. Thread-safe once made.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Valid from an hour before it was made until a year later, by the machine's clock.
class TlsAuthority {
 public:
  // Errors: kEnvironment (OpenSSL cannot make keys).
  static Result<TlsAuthority> create();

  // The certificate of the authority, for the trust stores of outsiders.
  const std::string& certificate_pem() const { return certificate_pem_; }

  // A context for a listener: TLS 1.2 or later, no renegotiation, no session tickets, and a new
  // certificate for IP 127.0.0.1, DNS localhost and up to 256 of `hosts`, names or addresses (the
  // rest can be reached by the loopback address).
  Result<TlsContext> server_context(const std::vector<std::string>& hosts) const;

 private:
  TlsAuthority() = default;

  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  std::string certificate_pem_;
};

// A context for clients that trust exactly the certificates in `trusted_pem` (each string may hold
// several). Errors: kMalformed (no certificate in one of them).
// `verify` false takes any certificate: for outsiders on this machine whose authority nobody gave.
Result<TlsContext> tls_client_context(const std::vector<std::string>& trusted_pem,
                                      bool verify = true);

// For connection.cc, which leaves OpenSSL's own types to this file.
// The same context with one more owner, who must give it back (asio's wrapper does).
ssl_ctx_st* tls_context_for_owner(const TlsContext& context);
// Makes a client's handshake ask for, and insist on, this peer: a DNS name or an IP address. False:
// `name` can be neither.
bool tls_expect_peer(ssl_st* ssl, const std::string& name, bool is_address);
// Why the peer's certificate was refused; empty if it was not.
std::string tls_refusal(const ssl_st* ssl);

}  // namespace shakedown::sim::wall
