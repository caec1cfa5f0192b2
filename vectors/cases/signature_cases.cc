// The signature: 64 octets R || S of ES256 over the two parts as they stand (RFC 7515 §5.1, RFC
// 7518 §3.4), by the key of the certificate.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::signature {
namespace {

std::string signing_input(const Draft& draft) { return stir::signing_input(draft.passport); }

crypto::Es256Signature sign(const crypto::PrivateKey& key, std::string_view octets) {
  const auto signature = key.sign(octets);
  SHAKEDOWN_ASSERT(signature.has_value());
  return *signature;
}

std::string raw(const crypto::Es256Signature& signature) {
  return {signature.begin(), signature.end()};
}

// An Identity whose third part is `octets`.
void sign_with(Draft& draft, std::string_view octets) {
  draft.identities = {{stir::write_identity_header(
      signing_input(draft) + "." + crypto::base64url_encode(octets), draft.url())}};
}

std::string honest(const Draft& draft) { return raw(sign(*draft.key, signing_input(draft))); }

// RFC 7515 §5.2: somebody raised the attestation after it was signed.
Case altered_payload(const World& world) {
  Draft draft(world, "signature/payload-altered", "attest C was made A after signing");
  draft.cites("RFC 8224 §6.2 step 5", {"N28"});
  draft.importance = Importance::kCritical;
  auto signed_content = draft.passport;
  signed_content.attest = "C";
  sign_with(draft, raw(sign(*draft.key, stir::signing_input(signed_content))));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// RFC 7518 §3.4: not the DER that OpenSSL writes.
Case der_encoded(const World& world) {
  Draft draft(world, "signature/der", "The signature is DER, SEQUENCE of two INTEGERs");
  draft.cites("RFC 7518 §3.4", {"N58"});
  sign_with(draft, crypto::signature_to_der(sign(*draft.key, signing_input(draft))));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// S || R.
Case swapped(const World& world) {
  Draft draft(world, "signature/swapped", "R and S are swapped");
  draft.cites("RFC 7518 §3.4", {"N59"});
  const std::string octets = honest(draft);
  sign_with(draft, octets.substr(32) + octets.substr(0, 32));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// 32 octets each, always.
Case short_by_one(const World& world) {
  Draft draft(world, "signature/63-octets", "The last octet is missing");
  draft.cites("RFC 7518 §3.4", {"N60"});
  sign_with(draft, honest(draft).substr(0, 63));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

Case long_by_one(const World& world) {
  Draft draft(world, "signature/65-octets", "An octet of zero stands in front");
  draft.cites("RFC 7518 §3.4", {"N60"});
  sign_with(draft, std::string(1, '\0') + honest(draft));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

Case empty(const World& world) {
  Draft draft(world, "signature/empty", "The third part is empty, alg says ES256");
  draft.cites("RFC 7515 §5.2", {"N60"});
  draft.importance = Importance::kCritical;
  sign_with(draft, "");
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// FIPS 186-5 §6.4.2: R and S are in [1, n-1]. Zero verified everything once (CVE-2022-21449).
Case all_zero(const World& world) {
  Draft draft(world, "signature/zero", "R and S are 0");
  draft.cites("FIPS 186-5 §6.4.2", {"N61"});
  draft.importance = Importance::kCritical;
  sign_with(draft, std::string(64, '\0'));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

Case zero_s(const World& world) {
  Draft draft(world, "signature/s-zero", "S is 0");
  draft.cites("FIPS 186-5 §6.4.2", {"N61"});
  draft.importance = Importance::kCritical;
  sign_with(draft, honest(draft).substr(0, 32) + std::string(32, '\0'));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// The order of P-256.
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

Case order(const World& world) {
  Draft draft(world, "signature/order", "R and S are n, the order of the group");
  draft.cites("FIPS 186-5 §6.4.2", {"N61"});
  draft.importance = Importance::kCritical;
  const auto n = crypto::from_hex(kOrder);
  SHAKEDOWN_ASSERT(n.has_value());
  sign_with(draft, *n + *n);
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// The certificate is honest, the signer is somebody else.
Case other_key(const World& world) {
  Draft draft(world, "signature/other-key", "Signed by a key that is not the certificate's");
  draft.cites("RFC 8224 §6.2 step 5", {"N62"});
  draft.importance = Importance::kCritical;
  draft.key = key_named("mallory");
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// Not even the issuer may sign for the leaf.
Case issuer_key(const World& world) {
  Draft draft(world, "signature/issuer-key", "Signed by the intermediate's key");
  draft.cites("RFC 8224 §6.2 step 5", {"N62"});
  draft.importance = Importance::kCritical;
  draft.key = world.intermediate.key;
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// RFC 7515 §5.1 step 5: the encoded parts are signed.
Case over_json(const World& world) {
  Draft draft(world, "signature/over-json", "The JSON texts were signed, not their base64url");
  draft.cites("RFC 7515 §5.1", {"N63"});
  const std::string text =
      stir::header_json(draft.passport) + "." + stir::payload_json(draft.passport);
  sign_with(draft, raw(sign(*draft.key, text)));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// RFC 7518 §3.4: SHA-256 once.
Case double_hash(const World& world) {
  Draft draft(world, "signature/double-hash", "The hash was hashed again");
  draft.cites("RFC 7518 §3.4", {"N65"});
  crypto::Sha256 hash;
  hash.update(signing_input(draft));
  const auto digest = hash.finish();
  sign_with(draft, raw(sign(*draft.key, std::string(digest.begin(), digest.end()))));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// Any signature of the key, of another call.
Case of_another_call(const World& world) {
  Draft draft(world, "signature/of-another-call", "The signature of another PASSporT of the key");
  draft.cites("RFC 8224 §6.2 step 5", {"N28"});
  draft.importance = Importance::kCritical;
  auto other = draft.passport;
  other.orig = stir::telephone_number(std::string(kOtherNumber));
  sign_with(draft, raw(sign(*draft.key, stir::signing_input(other))));
  draft.expected = fails("signature_verifies", 438);
  return draft.finish();
}

// ECDSA has two values of S for each signature; neither RFC 7518 nor RFC 8225 demand the low one.
Case other_s(const World& world) {
  Draft draft(world, "signature/n-minus-s", "S is n - S: as valid as S");
  draft.cites("RFC 7518 §3.4, FIPS 186-5 §6.4.2");
  draft.importance = Importance::kMedium;
  const auto n = crypto::from_hex(kOrder);
  SHAKEDOWN_ASSERT(n.has_value());
  std::string octets = honest(draft);
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference =
        static_cast<unsigned char>((*n)[i]) - static_cast<unsigned char>(octets[32 + i]) - borrow;
    borrow = difference < 0 ? 1 : 0;
    octets[32 + i] = static_cast<char>(difference + borrow * 256);
  }
  sign_with(draft, octets);
  draft.expected = passes();
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {altered_payload(w), der_encoded(w), swapped(w),     short_by_one(w),    long_by_one(w),
          empty(w),           all_zero(w),    zero_s(w),      order(w),           other_key(w),
          issuer_key(w),      over_json(w),   double_hash(w), of_another_call(w), other_s(w)};
}

}  // namespace shakedown::vectors::signature
