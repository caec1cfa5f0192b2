// The path from the leaf to a root of the trust list (RFC 5280 §6.1). Drawings: A <- B means that A
// signed B; "listed" roots stand in the STI-PA's list.
#include "crypto/x509/forbidden_signatures.h"
#include "vectors/cases/groups.h"

namespace shakedown::vectors::chain {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;

constexpr std::string_view kStep = "chain_is_trusted";

// listed root <- intermediate <- leaf that ended an hour ago
Case leaf_expired(const World& world) {
  Draft draft(world, "chain/leaf-expired", "The leaf ended an hour ago");
  draft.cites("RFC 5280 §6.1.3 (a)(2)", {"N91"});
  draft.importance = Importance::kCritical;
  draft.leaf_with([&](auto& spec) { spec.not_after = world.base - kHour; });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// The same at its last second: notAfter is included (RFC 5280 §4.1.2.5).
Case leaf_last_second(const World& world) {
  Draft draft(world, "chain/leaf-last-second", "The leaf ends this second");
  draft.cites("RFC 5280 §4.1.2.5", {"N91"});
  draft.leaf_with([&](auto& spec) { spec.not_after = world.base; });
  draft.expected = passes();
  return draft.finish();
}

// listed root <- intermediate <- leaf that begins in an hour
Case leaf_not_yet(const World& world) {
  Draft draft(world, "chain/leaf-not-yet-valid", "The leaf begins in an hour");
  draft.cites("RFC 5280 §6.1.3 (a)(2)", {"N92"});
  draft.leaf_with([&](auto& spec) { spec.not_before = world.base + kHour; });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// notBefore is included, too.
Case leaf_first_second(const World& world) {
  Draft draft(world, "chain/leaf-first-second", "The leaf begins this second");
  draft.cites("RFC 5280 §4.1.2.5", {"N92"});
  draft.leaf_with([&](auto& spec) { spec.not_before = world.base; });
  draft.expected = passes();
  return draft.finish();
}

// Valid on arrival, not when it was signed. ATIS-1000082 has no such error case.
Case signed_before(const World& world) {
  Draft draft(world, "chain/signed-before-not-before", "iat is 30 s before the leaf's notBefore");
  draft.cites("RFC 8224 §6.2 step 4", {"N93"});
  draft.leaf_with([&](auto& spec) { spec.not_before = world.base; });
  draft.passport.iat -= 30;
  draft.expected = fails("signed_within_validity", 437).passing_in(kApi);
  return draft.finish();
}

// listed root <- intermediate that ended an hour ago <- leaf
Case intermediate_expired(const World& world) {
  Draft draft(world, "chain/intermediate-expired", "The intermediate ended an hour ago");
  draft.cites("RFC 5280 §6.1.3 (a)(2)", {"N94"});
  draft.importance = Importance::kCritical;
  draft.intermediate_with([&](auto& spec) { spec.not_after = world.base - kHour; });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// expired root (still listed) <- intermediate <- leaf
Case root_expired(const World& world) {
  Draft draft(world, "chain/root-expired", "The listed root ended two days ago");
  draft.cites("RFC 5280 §6.1.3 (a)(2)", {"N94"});
  under_root(draft, world.expired_root, "chain/root-expired");
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// unlisted root <- intermediate <- leaf
Case root_unlisted(const World& world) {
  Draft draft(world, "chain/root-not-listed", "A root that the STI-PA never listed");
  draft.cites("ATIS-1000074 §5.3.1", {"N95"});
  draft.importance = Importance::kCritical;
  under_root(draft, world.unlisted_root, "chain/root-not-listed");
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// unlisted root (in the body) <- intermediate <- leaf
Case root_presented(const World& world) {
  Draft draft(world, "chain/root-in-the-body", "The unlisted root stands in the body");
  draft.cites("RFC 5280 §6.1.1 (d)", {"N95"});
  draft.importance = Importance::kCritical;
  under_root(draft, world.unlisted_root, "chain/root-in-the-body");
  draft.chain.push_back(world.unlisted_root.certificate);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// root with the listed root's name and another key <- intermediate <- leaf
Case root_namesake(const World& world) {
  Draft draft(world, "chain/root-with-a-listed-name",
              "A root of the listed root's name, other key");
  draft.cites("RFC 5280 §6.1.3 (a)(1)", {"N95"});
  draft.importance = Importance::kCritical;
  const auto key = key_named("chain/root-with-a-listed-name");
  auto facts = world.facts("Alpha CA", "chain/root-with-a-listed-name", *key);
  facts.not_before = world.base - 365 * kDay;
  auto spec = stir::make_root(facts);
  SHAKEDOWN_ASSERT(spec.has_value());
  const Authority fake{issued(*spec, *key), key};
  under_root(draft, fake, "chain/root-with-a-listed-name ca");
  draft.chain.push_back(fake.certificate);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// delisted root <- intermediate <- leaf
Case root_delisted(const World& world) {
  Draft draft(world, "chain/root-delisted", "The root left the trust list");
  draft.cites("ATIS-1000084, ATIS-1000080 §6.3", {"N96"});
  draft.importance = Importance::kCritical;
  under_root(draft, world.delisted_root, "chain/root-delisted");
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// delisted root <- leaf; the second one that left
Case root_delisted_direct(const World& world) {
  Draft draft(world, "chain/root-delisted-direct", "A leaf directly under a delisted root");
  draft.cites("ATIS-1000084, ATIS-1000080 §6.3", {"N96"});
  draft.importance = Importance::kCritical;
  const auto& root = world.second_delisted_root;
  draft.chain = {
      issued(world.leaf_under(*root.certificate, "chain/root-delisted-direct"), *root.key)};
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- leaf: one level less is allowed.
Case leaf_under_root(const World& world) {
  Draft draft(world, "chain/leaf-under-root", "A leaf directly under a listed root");
  draft.cites("RFC 5280 §6.1");
  draft.chain = {
      issued(world.leaf_under(*world.root.certificate, "chain/leaf-under-root"), *world.root.key)};
  draft.expected = passes();
  return draft.finish();
}

// listed root <- intermediate <- intermediate <- leaf
Case four_levels(const World& world) {
  Draft draft(world, "chain/two-intermediates", "Two intermediates");
  draft.cites("RFC 5280 §6.1");
  under_root(draft, world.intermediate, "chain/two-intermediates");
  draft.chain.push_back(world.intermediate.certificate);
  draft.expected = passes();
  return draft.finish();
}

// leaf <- itself
Case self_signed(const World& world) {
  Draft draft(world, "chain/self-signed", "The leaf signed itself");
  draft.cites("RFC 5280 §6.1", {"N97"});
  draft.importance = Importance::kCritical;
  auto spec = world.leaf_spec("chain/self-signed");
  spec.issuer = std::get<crypto::Name>(spec.subject);
  drop(spec, oid::kAuthorityKeyIdentifier);
  draft.chain = {issued(spec, *world.leaf_key)};
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// unlisted root of a web PKI <- leaf for a TLS server, without anything of SHAKEN
Case web_pki(const World& world) {
  Draft draft(world, "chain/tls-server", "A TLS server's certificate of a public CA");
  draft.cites("ATIS-1000074 §5.3.1", {"N98"});
  auto spec = world.leaf_under(*world.unlisted_root.certificate, "chain/tls-server");
  drop(spec, oid::kTnAuthList);
  put(spec, extension::raw("2.5.29.37", false, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"));
  draft.chain = {issued(spec, *world.unlisted_root.key)};
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate <- leaf with one bit of its signature flipped
Case leaf_bit_flip(const World& world) {
  Draft draft(world, "chain/leaf-bit-flip", "A bit of the leaf's signature is wrong");
  draft.cites("RFC 5280 §6.1.3 (a)(1)", {"N99"});
  draft.importance = Importance::kCritical;
  auto der = world.leaf->der();
  der.back() = static_cast<char>(der.back() ^ 1);
  auto certificate = crypto::Certificate::from_der(der);
  SHAKEDOWN_ASSERT(certificate.has_value());
  draft.chain.front() = *certificate;
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate; the leaf says so, but mallory signed it
Case leaf_forged(const World& world) {
  Draft draft(world, "chain/leaf-signed-by-another-key",
              "Not the intermediate's key signed the leaf");
  draft.cites("RFC 5280 §6.1.3 (a)(1)", {"N99"});
  draft.importance = Importance::kCritical;
  draft.chain.front() =
      issued(world.leaf_spec("chain/leaf-signed-by-another-key"), *key_named("mallory"));
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// The same for the intermediate.
Case intermediate_forged(const World& world) {
  Draft draft(world, "chain/intermediate-signed-by-another-key",
              "Not the root's key signed the intermediate");
  draft.cites("RFC 5280 §6.1.3 (a)(1)", {"N99"});
  draft.importance = Importance::kCritical;
  draft.chain.at(1) = issued(
      world.intermediate_spec(*world.root.certificate, "chain/intermediate-signed-by-another-key",
                              *world.intermediate.key),
      *key_named("mallory"));
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate, leaf: the signature fits, the issuer's name does not
Case names_differ(const World& world) {
  Draft draft(world, "chain/issuer-name-differs",
              "The leaf's issuer is not the intermediate's name");
  draft.cites("RFC 5280 §6.1.3 (a)(4)", {"N100"});
  draft.leaf_with([](auto& spec) {
    spec.issuer = crypto::Name{{{"C", "US", false},
                                {"O", "Somebody (TEST - NOT TRUSTED)", false},
                                {"CN", "SHAKEN CA", false}}};
  });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate (missing) <- leaf
Case intermediate_missing(const World& world) {
  Draft draft(world, "chain/intermediate-missing", "The body has the leaf only");
  draft.cites("ATIS-1000074 §5.3.2, RFC 8555 §9.1", {"N83"});
  draft.chain.pop_back();
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// The intermediate stands first: it is what would have signed the call, and a CA must not. Where
// the profile is not looked at, the signature is not by its key.
Case reversed(const World& world) {
  Draft draft(world, "chain/reversed", "The intermediate stands before the leaf");
  draft.cites("RFC 7515 §4.1.5, RFC 8555 §9.1", {"N82"});
  std::swap(draft.chain.at(0), draft.chain.at(1));
  draft.expected = fails("certificate_profile", 437).but(kDeployed, "signature_verifies", 438);
  return draft.finish();
}

// listed root <- intermediate with cA FALSE <- leaf
Case intermediate_no_ca(const World& world) {
  Draft draft(world, "chain/intermediate-is-no-ca", "The intermediate's cA is FALSE");
  draft.cites("RFC 5280 §6.1.4 (k)", {"N102"});
  draft.importance = Importance::kCritical;
  draft.intermediate_with([](auto& spec) { put(spec, extension::basic_constraints(false)); });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate without basicConstraints <- leaf
Case intermediate_no_constraints(const World& world) {
  Draft draft(world, "chain/intermediate-without-basic-constraints",
              "The intermediate has no basicConstraints");
  draft.cites("RFC 5280 §6.1.4 (k)", {"N102"});
  draft.importance = Importance::kCritical;
  draft.intermediate_with([](auto& spec) { drop(spec, oid::kBasicConstraints); });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate that may only sign data <- leaf
Case intermediate_usage(const World& world) {
  Draft draft(world, "chain/intermediate-may-not-sign", "The intermediate lacks keyCertSign");
  draft.cites("RFC 5280 §6.1.4 (n)", {"N104"});
  draft.importance = Importance::kCritical;
  draft.intermediate_with(
      [](auto& spec) { put(spec, extension::key_usage(crypto::kDigitalSignature)); });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root with pathLen 0 <- intermediate <- leaf
Case path_too_long(const World& world) {
  Draft draft(world, "chain/path-too-long", "pathLen 0 in the root, one intermediate");
  draft.cites("RFC 5280 §6.1.4 (m)", {"N103"});
  under_root(draft, world.narrow_root, "chain/path-too-long");
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root with pathLen 0 <- leaf
Case path_long_enough(const World& world) {
  Draft draft(world, "chain/path-length-kept", "pathLen 0 in the root, no intermediate");
  draft.cites("RFC 5280 §6.1.4 (m)", {"N103"});
  const auto& root = world.narrow_root;
  draft.chain = {issued(world.leaf_under(*root.certificate, "chain/path-length-kept"), *root.key)};
  draft.expected = passes();
  return draft.finish();
}

// listed root <- intermediate with pathLen 0 <- intermediate <- leaf
Case intermediate_path_length(const World& world) {
  Draft draft(world, "chain/intermediate-path-length",
              "pathLen 0 in the upper of two intermediates");
  draft.cites("RFC 5280 §6.1.4 (m)", {"N103"});
  draft.intermediate_with([](auto& spec) { put(spec, extension::basic_constraints(true, 0)); });
  const Authority upper{draft.chain.at(1), world.intermediate.key};
  under_root(draft, upper, "chain/intermediate-path-length ca");
  draft.chain.push_back(upper.certificate);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate <- intermediate of the same name, its new key <- leaf
Case self_issued(const World& world) {
  Draft draft(world, "chain/self-issued-intermediate", "A CA certified its own new key");
  draft.cites("RFC 5280 §3.2, §6.1");
  draft.importance = Importance::kMedium;
  under_root(draft, world.intermediate, "chain/self-issued-intermediate", true);
  draft.chain.push_back(world.intermediate.certificate);
  draft.expected = passes();
  return draft.finish();
}

// The same under pathLen 0: self-issued certificates do not count.
Case self_issued_path_length(const World& world) {
  Draft draft(world, "chain/self-issued-path-length", "pathLen 0, then a self-issued intermediate");
  draft.cites("RFC 5280 §6.1.4 (l)", {"N103"});
  draft.importance = Importance::kMedium;
  draft.intermediate_with([](auto& spec) { put(spec, extension::basic_constraints(true, 0)); });
  const Authority upper{draft.chain.at(1), world.intermediate.key};
  under_root(draft, upper, "chain/self-issued-path-length ca", true);
  draft.chain.push_back(upper.certificate);
  draft.expected = passes();
  return draft.finish();
}

// listed root <- intermediate <- leaf <- somebody else's leaf
Case leaf_as_ca(const World& world) {
  Draft draft(world, "chain/leaf-used-as-ca",
              "A provider issued a certificate with its leaf's key");
  draft.cites("RFC 5280 §6.1.4 (k)", {"N106"});
  draft.importance = Importance::kCritical;
  draft.key = key_named("mallory");
  auto spec =
      stir::make_end_entity(world.facts("Mallory Telecom", "chain/leaf-used-as-ca", *draft.key),
                            "818H", *world.leaf, world.crl_pointer());
  SHAKEDOWN_ASSERT(spec.has_value());
  draft.chain.insert(draft.chain.begin(), issued(*spec, *world.leaf_key));
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 5280 §4.2: what is critical and not understood.
Case critical_unknown(const World& world) {
  Draft draft(world, "chain/unknown-critical",
              "A critical extension that nobody knows, in the leaf");
  draft.cites("RFC 5280 §6.1.5 (f)", {"N110"});
  draft.leaf_with([](auto& spec) {
    put(spec, extension::raw("1.3.6.1.4.1.99999.7", true, std::string("\x05\x00", 2)));
  });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

Case critical_unknown_in_ca(const World& world) {
  Draft draft(world, "chain/unknown-critical-in-ca", "The same in the intermediate");
  draft.cites("RFC 5280 §6.1.4 (o)", {"N110"});
  draft.intermediate_with([](auto& spec) {
    put(spec, extension::raw("1.3.6.1.4.1.99999.7", true, std::string("\x05\x00", 2)));
  });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 8226 §9: TNAuthList is not critical; path validation as such does not process it.
Case critical_list(const World& world) {
  Draft draft(world, "chain/critical-tn-auth-list", "TNAuthList is marked critical");
  draft.cites("RFC 8226 §9", {"N118"});
  draft.importance = Importance::kMedium;
  draft.leaf_with([](auto& spec) {
    for (auto& one : spec.extensions) {
      if (one.oid == oid::kTnAuthList) one.critical = true;
    }
  });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 5280 §4.1.1.2: the two algorithm identifiers must be equal.
Case algorithms_differ(const World& world) {
  Draft draft(world, "chain/two-signature-algorithms", "The outer algorithm is not the signed one");
  draft.cites("RFC 5280 §4.1.1.2", {"N114"});
  draft.leaf_with([](auto& spec) { spec.outer_signature_algorithm = "1.2.840.10045.4.3.3"; });
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// iat at the very second of notBefore.
Case signed_at_start(const World& world) {
  Draft draft(world, "chain/signed-at-not-before", "iat is the leaf's notBefore");
  draft.cites("RFC 8224 §6.2 step 4", {"N93"});
  draft.leaf_with([&](auto& spec) { spec.not_before = world.base; });
  draft.verified_at = world.base + 30 * kSecond;
  draft.expected = passes();
  return draft.finish();
}

// By algorithms that the profile does not know. SHA-1 has collisions: no signature with it counts.
Case signed_with_sha1(const World& world) {
  Draft draft(world, "chain/leaf-signed-with-sha1", "The leaf is signed by ECDSA with SHA-1");
  draft.cites("ATIS-1000080 §6.4.1", {"N113"});
  draft.importance = Importance::kCritical;
  const auto scheme = crypto::ecdsa_with_sha1(*world.intermediate.key);
  SHAKEDOWN_ASSERT(scheme.has_value());
  const auto der = crypto::issue(world.leaf_spec("chain/leaf-signed-with-sha1"), *scheme);
  SHAKEDOWN_ASSERT(der.has_value());
  draft.chain.front() = *crypto::Certificate::from_der(*der);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// listed root <- intermediate with an RSA key <- leaf. Go and OpenSSL alone do not mind.
Case signed_with_rsa(const World& world) {
  Draft draft(world, "chain/leaf-signed-with-rsa", "The leaf is signed by RSA with SHA-256");
  draft.cites("ATIS-1000080 §6.4.1", {"N113"});
  draft.importance = Importance::kCritical;
  const auto rsa = crypto::generate_rsa_issuer();
  SHAKEDOWN_ASSERT(rsa.has_value());
  draft.intermediate_with([&](auto& spec) {
    spec.subject_spki_der = rsa->spki_der;
    put(spec, extension::subject_key_identifier(rsa->spki_der));
  });
  const auto der = crypto::issue(world.leaf_under(*draft.chain.at(1), "chain/leaf-signed-with-rsa"),
                                 rsa->scheme);
  SHAKEDOWN_ASSERT(der.has_value());
  draft.chain.front() = *crypto::Certificate::from_der(*der);
  draft.expected = fails("certificate_profile", 437).passing_in(kDeployed);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {leaf_expired(w),
          leaf_last_second(w),
          leaf_not_yet(w),
          leaf_first_second(w),
          signed_before(w),
          intermediate_expired(w),
          root_expired(w),
          root_unlisted(w),
          root_presented(w),
          root_namesake(w),
          root_delisted(w),
          root_delisted_direct(w),
          leaf_under_root(w),
          four_levels(w),
          self_signed(w),
          web_pki(w),
          leaf_bit_flip(w),
          leaf_forged(w),
          intermediate_forged(w),
          names_differ(w),
          intermediate_missing(w),
          reversed(w),
          intermediate_no_ca(w),
          intermediate_no_constraints(w),
          intermediate_usage(w),
          path_too_long(w),
          path_long_enough(w),
          intermediate_path_length(w),
          self_issued(w),
          self_issued_path_length(w),
          leaf_as_ca(w),
          critical_unknown(w),
          critical_unknown_in_ca(w),
          critical_list(w),
          algorithms_differ(w),
          signed_at_start(w),
          signed_with_sha1(w),
          signed_with_rsa(w)};
}

}  // namespace shakedown::vectors::chain
