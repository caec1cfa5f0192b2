// The testbed's own TLS: a certification authority made for one run, the certificate of the HTTPS
// listener, and contexts for both sides. Nothing to do with STI certificates. All keys are P-256,
// live in memory only and end with the run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/result.h"

struct ssl_ctx_st;   // SSL_CTX of OpenSSL: only tls.cc and connection.cc see inside.
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
  // certificate for IP 127.0.0.1, DNS localhost and up to 256 of `hosts` (the rest can be reached
  // by the loopback address).
  Result<TlsContext> server_context(const std::vector<std::string>& hosts) const;

 private:
  TlsAuthority() = default;

  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  std::string certificate_pem_;
};

// A context for clients that trust exactly the certificates in `trusted_pem` (each string may hold
// several). Errors: kMalformed (no certificate in one of them).
Result<TlsContext> tls_client_context(const std::vector<std::string>& trusted_pem);

}  // namespace shakedown::sim::wall
