// OpenSSL's error queue belongs to the thread and fibers share it: it must be empty on every
// return.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <functional>
#include <vector>

#include "crypto/keys/cryptoki.h"
#include "crypto/keys/envelope.h"
#include "crypto/keys/hsm.h"
#include "crypto/keys/randomness.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/path.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

TEST(ErrorQueue, IsEmptyAfterEveryFailure) {
  const testing::Hierarchy hierarchy;
  const PublicKey& key = *hierarchy.leaf.key->public_key();
  const Bytes off_curve = Bytes(1, '\x04') + Bytes(64, '\x11');
  const Es256Signature zero{};
  const Bytes iv(12, 'i');
  const Bytes der = hierarchy.leaf.certificate->der();
  Bytes odd_curve = der;  // A certificate that only OpenSSL refuses, or that nobody minds.
  odd_curve[der.find(key.uncompressed_point()) + 20] ^= 1;
  const std::vector<CertificatePtr> none;
  const std::vector<std::function<bool()>> failures{
      [&] { return PublicKey::from_uncompressed_point(off_curve).has_value(); },
      [&] { return key.verify("m", zero); },
      [&] { return PrivateKey::from_pem("nonsense").has_value(); },
      [&] { return Certificate::from_der(der.substr(1)).has_value(); },
      [&] {
        const auto read = Certificate::from_der(odd_curve);
        return read && (*read)->is_signed_by(*hierarchy.intermediate.certificate);
      },
      [&] { return hierarchy.leaf.certificate->is_signed_by(*hierarchy.root.certificate); },
      [&] { return validate_path(hierarchy.leaf.certificate, none, none, sim::Time{}).ok; },
      [&] { return decode_tn_auth_list("\x30\x02\xff\xff").has_value(); },
      [&] { return decode_jwt_claim_constraints("nonsense").has_value(); },
      [&] { return aes256_gcm_open(SecretBytes(32), iv, "", Bytes(20, 'x')).has_value(); },
      [&] { return Crl::read("\x30nonsense").has_value(); },
      [&] { return parse_request("nonsense").has_value(); },
      [&] {
        const auto hsm = MUST(Hsm::open_temporary());
        const KeyHandle master = MUST(hsm->generate_master_key("m"));
        return hsm->unwrap(master, Bytes(48, 'x'), iv).has_value();
      },
  };
  ERR_clear_error();
  for (std::size_t i = 0; i < failures.size(); ++i) {
    EXPECT_FALSE(failures[i]()) << i;
    EXPECT_EQ(ERR_peek_error(), 0u) << i;
  }
}

TEST(CryptokiErrors, HaveTheirNames) {
  EXPECT_EQ(cryptoki_error_name(CKR_PIN_INCORRECT), "CKR_PIN_INCORRECT");
  EXPECT_EQ(cryptoki_error_name(0x7fffffff), "CKR 0x7fffffff");
  EXPECT_EQ(cryptoki_status(CKR_DEVICE_MEMORY, "C_Sign").error(),
            (Error{ErrorCode::kTokenFailed, "C_Sign: CKR_DEVICE_MEMORY"}));
  EXPECT_EQ(cryptoki_status(CKR_USER_NOT_LOGGED_IN, "C_Sign").error().code,
            ErrorCode::kKeyUnavailable);
}

}  // namespace
}  // namespace shakedown::crypto
