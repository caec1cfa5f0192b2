#include "sim/wall_time/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdint>

namespace shakedown::sim::wall {
namespace {

constexpr std::size_t kMaxNames = 256;
constexpr long kHour = 3600;
constexpr long kYear = 365 * 24 * kHour;
// The organisation that every certificate of a testbed carries, so that nobody trusts one by
// mistake.
constexpr const char* kOrganisation = "SHAKEDOWN TEST - NOT TRUSTED";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }

  void operator()(X509* certificate) const { X509_free(certificate); }

  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

template <class T>
using Owned = std::unique_ptr<T, Free>;

tl::unexpected<Error> openssl_failed(const char* what) {
  ERR_clear_error();
  return fail(ErrorCode::kEnvironment, std::string("OpenSSL failed: ") + what);
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  serial >>= 1;  // Positive (RFC 5280 §4.1.2.2).
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial | 1U) == 1;
}

// Everything but the extensions and the signature.
bool fill_in(X509* certificate, EVP_PKEY* key, const char* common_name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto add = [subject](const char* field, const char* text) {
    return X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text), -1, -1, 0) == 1;
  };
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_random_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kYear) != nullptr &&
         add("O", kOrganisation) && add("CN", common_name) &&
         X509_set_pubkey(certificate, key) == 1;
}

std::string subject_alternative_names(const std::vector<std::string>& hosts) {
  std::string names = "IP:127.0.0.1,DNS:localhost";
  const std::size_t count = std::min(hosts.size(), kMaxNames);
  for (std::size_t i = 0; i < count; ++i) {
    // A comma or newline would be read as another entry of OpenSSL's little language.
    const bool plain =
        !hosts[i].empty() && hosts[i].find_first_of(",; \t\r\n") == std::string::npos;
    if (!plain) continue;
    const bool is_address = hosts[i].find_first_not_of("0123456789.") == std::string::npos ||
                            hosts[i].find(':') != std::string::npos;
    names += (is_address ? ",IP:" : ",DNS:") + hosts[i];
  }
  return names;
}

std::shared_ptr<EVP_PKEY> generate_key() {
  return {EVP_EC_gen("P-256"), [](EVP_PKEY* key) { EVP_PKEY_free(key); }};
}

TlsContext new_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), [](SSL_CTX* c) { SSL_CTX_free(c); });
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Tickets and the session cache are off: a session resumed or not would be a hidden state of the
  // listener, and two runs would differ by it.
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  // Buffers of idle connections are given back: a thousand idle clients cost little.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

// The number of certificates added, or -1.
int add_trusted(X509_STORE* store, const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return -1;
  int count = 0;
  while (true) {
    const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) return -1;
    ++count;
  }
  ERR_clear_error();  // The end of the text is reported as an error.
  return count;
}

}  // namespace

Result<TlsAuthority> TlsAuthority::create() {
  TlsAuthority authority;
  authority.key_ = generate_key();
  authority.certificate_ = {X509_new(), [](X509* c) { X509_free(c); }};
  EVP_PKEY* key = authority.key_.get();
  X509* certificate = authority.certificate_.get();
  if (!key || !certificate) return openssl_failed("no key for the TLS authority");
  const bool made =
      fill_in(certificate, key, "TLS of this run") &&
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
      add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
      add_extension(certificate, certificate, NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      X509_sign(certificate, key, EVP_sha256()) > 0;
  const Owned<BIO> pem(BIO_new(BIO_s_mem()));
  if (!made || !pem || PEM_write_bio_X509(pem.get(), certificate) != 1)
    return openssl_failed("no certificate for the TLS authority");
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &text);
  authority.certificate_pem_.assign(text, static_cast<std::size_t>(size));
  return authority;
}

Result<TlsContext> TlsAuthority::server_context(const std::vector<std::string>& hosts) const {
  const std::shared_ptr<EVP_PKEY> key = generate_key();
  const Owned<X509> certificate(X509_new());
  const TlsContext context = new_context(TLS_server_method());
  if (!key || !certificate || !context) return openssl_failed("no key for the listener");
  X509* issuer = certificate_.get();
  const bool made =
      fill_in(certificate.get(), key.get(), "localhost") &&
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
      add_extension(certificate.get(), issuer, NID_subject_key_identifier, "hash") &&
      add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid") &&
      add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
      add_extension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth") &&
      add_extension(certificate.get(), issuer, NID_subject_alt_name,
                    subject_alternative_names(hosts)) &&
      X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0;
  if (!made || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return openssl_failed("no certificate for the listener");
  }
  return context;
}

Result<TlsContext> tls_client_context(const std::vector<std::string>& trusted_pem, bool verify) {
  TlsContext context = new_context(TLS_client_method());
  if (!context) return openssl_failed("no client context");
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  for (const std::string& pem : trusted_pem) {
    if (add_trusted(SSL_CTX_get_cert_store(context.get()), pem) < 1) {
      ERR_clear_error();
      return fail(ErrorCode::kMalformed, "no PEM certificate in a trust file for TLS");
    }
  }
  return context;
}

ssl_ctx_st* tls_context_for_owner(const TlsContext& context) {
  SSL_CTX_up_ref(context.get());
  return context.get();
}

bool tls_expect_peer(ssl_st* ssl, const std::string& name, bool is_address) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl);
  if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1;
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(expected, name.c_str(), 0) == 1;
}

std::string tls_refusal(const ssl_st* ssl) {
  const long verified = SSL_get_verify_result(ssl);
  return verified == X509_V_OK ? "" : X509_verify_cert_error_string(verified);
}

}  // namespace shakedown::sim::wall
