// Account keys that the project itself never signs with: P-384 and Ed25519, by OpenSSL.
#pragma once

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

class OtherSigner {
 public:
  static OtherSigner p384() { return OtherSigner(EVP_EC_gen("P-384")); }

  static OtherSigner ed25519() {
    std::array<unsigned char, 32> scalar{};
    scalar.fill(7);
    return OtherSigner(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, scalar.data(), scalar.size()));
  }

  bool is_ed25519() const { return EVP_PKEY_is_a(key_.get(), "ED25519") == 1; }

  std::string algorithm() const { return is_ed25519() ? "EdDSA" : "ES384"; }

  stir::Json jwk() const {
    std::array<unsigned char, 128> octets{};
    std::size_t size = octets.size();
    if (is_ed25519()) {
      EXPECT_EQ(EVP_PKEY_get_raw_public_key(key_.get(), octets.data(), &size), 1);
      return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", text(octets.data(), size)}};
    }
    EXPECT_EQ(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, octets.data(),
                                              octets.size(), &size),
              1);
    EXPECT_EQ(size, 97u);  // 04, X, Y.
    return {{"crv", "P-384"},
            {"kty", "EC"},
            {"x", text(octets.data() + 1, 48)},
            {"y", text(octets.data() + 49, 48)}};
  }

  // A flattened JWS.
  std::string sign(const stir::Json& header, const std::string& payload) const {
    const std::string head = crypto::base64url_encode(stir::canonical_json(header));
    const std::string body = crypto::base64url_encode(payload);
    return stir::canonical_json({{"protected", head},
                                 {"payload", body},
                                 {"signature", crypto::base64url_encode(raw(head + "." + body))}});
  }

 private:
  explicit OtherSigner(EVP_PKEY* key)
      : key_(key, &EVP_PKEY_free) {}

  static std::string text(const unsigned char* octets, std::size_t size) {
    return crypto::base64url_encode({reinterpret_cast<const char*>(octets), size});
  }

  // As a JWS has it: R || S for both (RFC 7518 §3.4, RFC 8032 §5.1.6).
  std::string raw(const std::string& message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EXPECT_EQ(EVP_DigestSignInit_ex(context.get(), nullptr, is_ed25519() ? nullptr : "SHA384",
                                    nullptr, nullptr, key_.get(), nullptr),
              1);
    std::array<unsigned char, 256> made{};
    std::size_t size = made.size();
    EXPECT_EQ(
        EVP_DigestSign(context.get(), made.data(), &size,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()),
        1);
    std::string signature(reinterpret_cast<const char*>(made.data()), size);
    if (is_ed25519()) return signature;
    const unsigned char* cursor = made.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> decoded(
        d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(size)), &ECDSA_SIG_free);
    signature.assign(96, '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    EXPECT_EQ(BN_bn2binpad(ECDSA_SIG_get0_r(decoded.get()), out, 48), 48);
    EXPECT_EQ(BN_bn2binpad(ECDSA_SIG_get0_s(decoded.get()), out + 48, 48), 48);
    return signature;
  }

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace shakedown::actors
