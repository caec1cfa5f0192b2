// The certificate profile (ATIS-1000080 §6.4.1, RFC 8226). A violation that makes a certificate
// useless is 437 everywhere; a deviation that does no harm fails under profile strict only.
// Deployed verifiers do not look.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::profile {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;
using crypto::TnEntry;

constexpr std::string_view kStep = "certificate_profile";
constexpr std::string_view kFields = "ATIS-1000080 §6.4.1";
constexpr std::string_view kFieldsV5 = "ATIS-1000080.v005 §6.4.1.1";

// 437 in every profile that looks at certificates.
Expectations error() { return fails(kStep, 437).passing_in(kDeployed); }

// The profile says no, sound verifiers report it.
Expectations lint() { return passes().but(kStrict, kStep, 437); }

// A leaf with one change.
template <class Change>
Case leaf(const World& world,
          const char* id,
          const char* title,
          std::string_view clause,
          std::string_view number,
          const Expectations& expected,
          Change change) {
  Draft draft(world, id, title);
  draft.cites(std::string(clause), {number});
  draft.leaf_with(change);
  draft.expected = expected;
  return draft.finish();
}

// An intermediate with one change.
template <class Change>
Case ca(const World& world,
        const char* id,
        const char* title,
        std::string_view clause,
        std::string_view number,
        const Expectations& expected,
        Change change) {
  Draft draft(world, id, title);
  draft.cites(std::string(clause), {number});
  draft.intermediate_with(change);
  draft.expected = expected;
  return draft.finish();
}

// OpenSSL's path validation does not mind what stands at the end of the path.
Case leaf_is_ca(const World& world) {
  return leaf(world, "profile/leaf-is-a-ca", "The leaf's cA is TRUE", "RFC 9060 §4", "N105",
              error(), [](auto& spec) {
                put(spec, extension::basic_constraints(true));
                put(spec, extension::key_usage(crypto::kDigitalSignature | crypto::kKeyCertSign));
              });
}

Case no_key_usage(const World& world) {
  return leaf(world, "profile/key-usage-missing", "The leaf has no keyUsage", kFields, "N107",
              error(), [](auto& spec) { drop(spec, oid::kKeyUsage); });
}

Case key_usage_wrong(const World& world) {
  return leaf(world, "profile/key-usage-key-agreement", "The leaf's key may only agree on keys",
              kFields, "N107", error(),
              [](auto& spec) { put(spec, extension::key_usage(crypto::kKeyAgreement)); });
}

Case key_usage_more(const World& world) {
  return leaf(world, "profile/key-usage-more", "The leaf's key may sign and agree on keys", kFields,
              "N108", lint(), [](auto& spec) {
                put(spec, extension::key_usage(crypto::kDigitalSignature | crypto::kKeyAgreement));
              });
}

Case key_usage_not_critical(const World& world) {
  return leaf(world, "profile/key-usage-not-critical", "The leaf's keyUsage is not critical",
              kFields, "N109", lint(), [](auto& spec) {
                auto usage = extension::key_usage(crypto::kDigitalSignature);
                usage.critical = false;
                put(spec, usage);
              });
}

// X.690 §11.2.2: trailing zero bits are dropped: 03 02 07 80, not 03 02 00 80.
Case key_usage_not_der(const World& world) {
  return leaf(world, "profile/key-usage-not-der", "keyUsage counts its trailing zero bits",
              "X.690 §11.2.2", "N108", lint(), [](auto& spec) {
                put(spec, extension::raw(oid::kKeyUsage, true, std::string("\x03\x02\x00\x80", 4)));
              });
}

Case constraints_not_critical(const World& world) {
  return leaf(world, "profile/basic-constraints-not-critical",
              "The leaf's basicConstraints is not critical", kFields, "N109", lint(),
              [](auto& spec) {
                auto constraints = extension::basic_constraints(false);
                constraints.critical = false;
                put(spec, constraints);
              });
}

Case constraints_missing(const World& world) {
  return leaf(world, "profile/basic-constraints-missing", "The leaf has no basicConstraints",
              kFields, "N109", lint(), [](auto& spec) { drop(spec, oid::kBasicConstraints); });
}

// Replaces the leaf's key: the call is still signed by the world's leaf key, which fails where the
// profile is not looked at.
void set_key(crypto::CertificateSpec& spec, const std::string& hex) {
  const auto spki = crypto::from_hex(hex);
  SHAKEDOWN_ASSERT(spki.has_value());
  spec.subject_spki_der = *spki;
  put(spec, extension::subject_key_identifier(*spki));
}

Expectations unusable_key() { return fails(kStep, 437).but(kDeployed, "signature_verifies", 437); }

// The generator of P-384 for a key.
Case key_p384(const World& world) {
  return leaf(world, "profile/leaf-key-p384", "The leaf's key is on P-384", kFields, "N64",
              unusable_key(), [](auto& spec) {
                set_key(spec,
                        "3076301006072a8648ce3d020106052b8104002203620004"
                        "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
                        "59f741e082542a385502f25dbf55296c3a545e3872760ab7"
                        "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
                        "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f");
              });
}

// The generator of secp256k1: also 256 bits.
Case key_secp256k1(const World& world) {
  return leaf(world, "profile/leaf-key-secp256k1", "The leaf's key is on secp256k1", kFields,
              "N111", unusable_key(), [](auto& spec) {
                set_key(spec,
                        "3056301006072a8648ce3d020106052b8104000a03420004"
                        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
              });
}

// 2048 bits; the modulus is no product of two primes that anybody knows.
Case key_rsa(const World& world) {
  return leaf(world, "profile/leaf-key-rsa", "The leaf's key is RSA", kFields, "N111",
              unusable_key(), [](auto& spec) {
                std::string modulus;
                for (int i = 0; i < 256; ++i) modulus += "c7";
                set_key(spec, "30820122300d06092a864886f70d01010105000382010f003082010a0282010100" +
                                  modulus + "0203010001");
              });
}

// RFC 5480 §2.1.1: namedCurve and nothing else, for all of PKIX, so that no path can be built;
// explicit parameters chose an attacker's generator once (CVE-2020-0601). These are P-256's own.
Case key_explicit(const World& world) {
  return leaf(
      world, "profile/leaf-key-explicit", "The leaf's curve is spelled out", "RFC 5480 §2.1.1",
      "N112", fails("chain_is_trusted", 437), [&](auto& spec) {
        const std::string p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
        set_key(spec,
                "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101"
                "022100" +
                    p +
                    "30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"
                    "04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
                    "0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
                    "022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                    "020101034200" +
                    crypto::to_hex(world.leaf_key->public_key()->uncompressed_point()));
      });
}

Case no_list(const World& world) {
  return leaf(world, "profile/tn-auth-list-missing", "The leaf has no TNAuthList", kFields, "N115",
              error(), [](auto& spec) { drop(spec, oid::kTnAuthList); });
}

Case list_twice(const World& world) {
  return leaf(world, "profile/tn-auth-list-twice", "The leaf has two TNAuthLists", "RFC 5280 §4.2",
              "N119", error(),
              [](auto& spec) { spec.extensions.push_back(spec.extensions.back()); });
}

// The octets of a TNAuthList that nobody may take for one.
Case list_der(const World& world,
              const char* id,
              const char* title,
              std::string_view clause,
              std::string_view number,
              std::string_view hex) {
  Draft draft(world, id, title);
  draft.cites(std::string(clause), {number});
  draft.leaf_list_der(hex);
  draft.expected = error();
  return draft.finish();
}

constexpr std::string_view kModule = "RFC 8226 Appendix A";

Case list_empty(const World& world) {
  return list_der(world, "profile/tn-auth-list-empty", "SEQUENCE of nothing", kModule, "N116",
                  "3000");
}

Case list_implicit(const World& world) {
  return list_der(world, "profile/tn-auth-list-implicit", "spc with an implicit tag", kModule,
                  "N117", "3006a00431323334");
}

Case list_utf8(const World& world) {
  return list_der(world, "profile/tn-auth-list-utf8", "spc as UTF8String", kModule, "N117",
                  "3008a0060c0431323334");
}

Case list_left_over(const World& world) {
  return list_der(world, "profile/tn-auth-list-octets-left", "An octet follows the list", kModule,
                  "N117", "3008a0061604313233340a");
}

Case list_indefinite(const World& world) {
  return list_der(world, "profile/tn-auth-list-indefinite", "Indefinite length (BER)",
                  "X.690 §10.1", "N117", "3080a0061604313233340000");
}

Case list_long_length(const World& world) {
  return list_der(world, "profile/tn-auth-list-long-length", "A length in more octets than needed",
                  "X.690 §10.1", "N117", "308108a006160431323334");
}

Case list_unknown_choice(const World& world) {
  return list_der(world, "profile/tn-auth-list-unknown-choice", "An alternative [3]", kModule,
                  "N117", "3008a306160431323334");
}

Case list_garbage(const World& world) {
  return list_der(world, "profile/tn-auth-list-garbage", "No DER at all", kModule, "N117", "ffff");
}

Case list_of(const World& world,
             const char* id,
             const char* title,
             std::string_view clause,
             std::string_view number,
             const Expectations& expected,
             const std::vector<TnEntry>& entries) {
  Draft draft(world, id, title);
  draft.cites(std::string(clause), {number});
  draft.leaf_list(entries);
  draft.expected = expected;
  return draft.finish();
}

Case range_one(const World& world) {
  return list_of(world, "profile/range-of-one", "A range with count 1", "RFC 8226 §9", "N125",
                 error(), {TnEntry::range("12015550100", 1)});
}

Case range_zero(const World& world) {
  return list_of(world, "profile/range-of-none", "A range with count 0", "RFC 8226 §9", "N125",
                 error(), {TnEntry::range("12015550100", 0)});
}

// A count of -2.
Case range_negative(const World& world) {
  return list_der(world, "profile/range-negative", "A range with a negative count", "RFC 8226 §9",
                  "N125", "3014a1123010160b31323031353535303130300201fe");
}

Case range_longer(const World& world) {
  return list_of(world, "profile/range-gains-a-digit",
                 "start + count has one digit more than start", "RFC 8226 §9", "N125", error(),
                 {TnEntry::range("99", 5)});
}

Case range_star(const World& world) {
  return list_of(world, "profile/range-from-a-star", "A range that starts at *2", "RFC 8226 §9",
                 "N125", error(), {TnEntry::range("*2", 5)});
}

Case two_spcs(const World& world) {
  return list_of(world, "profile/two-provider-codes", "Two provider codes", kFields, "N120", lint(),
                 {TnEntry::service_provider_code("709J"), TnEntry::service_provider_code("818H")});
}

Case spc_lower_case(const World& world) {
  return leaf(world, "profile/provider-code-lower-case", "The provider code is 709j", kFieldsV5,
              "N121", lint(), [](auto& spec) {
                const auto der =
                    crypto::encode_tn_auth_list({TnEntry::service_provider_code("709j")});
                put(spec, extension::tn_auth_list(*der));
                spec.subject = crypto::Name{{{"C", "US", false},
                                             {"O", "Alpha Telecom (TEST - NOT TRUSTED)", false},
                                             {"CN", "SHAKEN 709j", false}}};
              });
}

crypto::Name subject(std::string_view country, std::string_view name) {
  return {{{"C", std::string(country), false},
           {"O", "Alpha Telecom (TEST - NOT TRUSTED)", false},
           {"CN", std::string(name), false}}};
}

Case name_other_spc(const World& world) {
  return leaf(world, "profile/name-of-another-provider", "CN says 818H, TNAuthList 709J", kFields,
              "N130", lint(), [](auto& spec) { spec.subject = subject("US", "SHAKEN 818H"); });
}

Case name_without_shaken(const World& world) {
  return leaf(world, "profile/name-without-shaken", "CN does not contain SHAKEN", kFields, "N130",
              lint(), [](auto& spec) { spec.subject = subject("US", "709J"); });
}

// "contain": words around the two are allowed (switch X20).
Case name_with_more(const World& world) {
  return leaf(world, "profile/name-with-more", "CN contains SHAKEN 709J and more", kFieldsV5,
              "N130", passes(),
              [](auto& spec) { spec.subject = subject("US", "Alpha SHAKEN 709J 2"); });
}

Case no_organisation(const World& world) {
  return leaf(world, "profile/subject-without-o", "The subject has no O", kFields, "N131", lint(),
              [](auto& spec) {
                spec.subject = crypto::Name{{{"C", "US", false}, {"CN", "SHAKEN 709J", false}}};
              });
}

Case country_long(const World& world) {
  return leaf(world, "profile/country-usa", "C=USA", kFieldsV5, "N131", lint(),
              [](auto& spec) { spec.subject = subject("USA", "SHAKEN 709J"); });
}

Case two_names(const World& world) {
  return leaf(world, "profile/two-common-names", "The subject has two CNs", kFields, "N131", lint(),
              [](auto& spec) {
                auto name = subject("US", "SHAKEN 709J");
                name.attributes.push_back({"CN", "Alpha", false});
                spec.subject = name;
              });
}

Case no_policy(const World& world) {
  return leaf(world, "profile/policy-missing", "The leaf has no certificatePolicies", kFields,
              "N132", lint(), [](auto& spec) { drop(spec, oid::kCertificatePolicies); });
}

Case other_policy(const World& world) {
  return leaf(world, "profile/policy-of-somebody", "A policy that is not SHAKEN's", kFields, "N132",
              lint(), [](auto& spec) { put(spec, extension::certificate_policies({"1.2.3.4"})); });
}

Case two_policies(const World& world) {
  return leaf(world, "profile/two-policies", "SHAKEN's policy 1.3 and 1.4", kFields, "N132", lint(),
              [](auto& spec) {
                put(spec, extension::certificate_policies(
                              {"2.16.840.1.114569.1.1.3", "2.16.840.1.114569.1.1.4"}));
              });
}

// Both versions of the United States' policy are met.
Case policy_1_4(const World& world) {
  return leaf(
      world, "profile/policy-1-4", "SHAKEN's policy 1.4", kFields, "N132", passes(),
      [](auto& spec) { put(spec, extension::certificate_policies({"2.16.840.1.114569.1.1.4"})); });
}

// Switch X9.
Case any_policy(const World& world) {
  return ca(world, "profile/intermediate-any-policy", "anyPolicy in the intermediate", kFields,
            "N132", passes(),
            [](auto& spec) { put(spec, extension::certificate_policies({"2.5.29.32.0"})); });
}

Case no_point(const World& world) {
  return leaf(world, "profile/crl-point-missing", "The leaf has no cRLDistributionPoints", kFields,
              "N133", lint(), [](auto& spec) { drop(spec, oid::kCrlDistributionPoints); });
}

// Many live certificates lack cRLIssuer.
Case no_crl_issuer(const World& world) {
  return leaf(world, "profile/crl-issuer-missing", "The distribution point has no cRLIssuer",
              kFields, "N133", passes(),
              [](auto& spec) { put(spec, extension::crl_distribution_points(kCrlUrl)); });
}

Case ldap_point(const World& world) {
  return leaf(world, "profile/crl-point-ldap", "The distribution point is an ldap URI", kFields,
              "N133", lint(), [&](auto& spec) {
                put(spec,
                    extension::crl_distribution_points("ldap://sti-pa.test/cn=crl",
                                                       world.pa_signer.certificate->subject_der()));
              });
}

Case access(const World& world) {
  return leaf(world, "profile/authority-info-access", "The leaf has an AIA", kFieldsV5, "N134",
              lint(), [](auto& spec) {
                put(spec, extension::authority_info_access(
                              {{std::string(oid::kCaIssuers), "https://alpha-ca.test/ca.crt"}}));
              });
}

// TLS client authentication.
Case extended_usage(const World& world) {
  return leaf(world, "profile/extended-key-usage", "The leaf has an extKeyUsage", kFieldsV5, "N134",
              lint(), [](auto& spec) {
                put(spec, extension::raw("2.5.29.37", false,
                                         "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"));
              });
}

Case alternative_name(const World& world) {
  return leaf(world, "profile/subject-alt-name", "The leaf has a dNSName", kFieldsV5, "N134",
              lint(), [](auto& spec) {
                put(spec, extension::raw("2.5.29.17", false,
                                         "\x30\x08\x82\x06"
                                         "a.test"));
              });
}

Case serial_zero(const World& world) {
  return leaf(world, "profile/serial-zero", "The serial number is 0", "RFC 5280 §4.1.2.2", "N135",
              lint(), [](auto& spec) { spec.serial = std::string(1, '\0'); });
}

Case serial_negative(const World& world) {
  return leaf(world, "profile/serial-negative", "The serial number is negative",
              "RFC 5280 §4.1.2.2", "N135", lint(),
              [](auto& spec) { spec.serial.front() = '\x80'; });
}

Case serial_20(const World& world) {
  return leaf(world, "profile/serial-20-octets", "The serial number has 20 octets",
              "RFC 5280 §4.1.2.2", "N135", passes(),
              [](auto& spec) { spec.serial = std::string(20, '\x11'); });
}

Case serial_21(const World& world) {
  return leaf(world, "profile/serial-21-octets", "The serial number has 21 octets",
              "RFC 5280 §4.1.2.2", "N135", lint(),
              [](auto& spec) { spec.serial = std::string(21, '\x11'); });
}

Case serial_8(const World& world) {
  return leaf(world, "profile/serial-64-bits", "The serial number has 64 bits", kFieldsV5, "N135",
              passes(), [](auto& spec) { spec.serial = "\x51\x22\x33\x44\x55\x66\x77\x41"; });
}

Case serial_short(const World& world) {
  return leaf(world, "profile/serial-32-bits", "The serial number has 32 bits", kFieldsV5, "N135",
              lint(), [](auto& spec) { spec.serial = "\x51\x22\x33\x44"; });
}

Case version_1(const World& world) {
  return leaf(world, "profile/version-1", "The version field says 1", "RFC 5280 §4.1.2.1", "N136",
              error(), [](auto& spec) { spec.version = 1; });
}

Case no_subject_key(const World& world) {
  return leaf(world, "profile/subject-key-identifier-missing", "The leaf has no SKI", kFields,
              "N101", lint(), [](auto& spec) { drop(spec, oid::kSubjectKeyIdentifier); });
}

Case other_subject_key(const World& world) {
  return leaf(world, "profile/subject-key-identifier-other",
              "The leaf's SKI is not the SHA-1 of its key", kFieldsV5, "N101", lint(),
              [](auto& spec) {
                put(spec, extension::raw(oid::kSubjectKeyIdentifier, false,
                                         "\x04\x04"
                                         "abcd"));
              });
}

Case no_authority_key(const World& world) {
  return leaf(world, "profile/authority-key-identifier-missing", "The leaf has no AKI", kFields,
              "N101", lint(), [](auto& spec) { drop(spec, oid::kAuthorityKeyIdentifier); });
}

// v005: keyCertSign only (switch X8).
Case ca_key_usage(const World& world) {
  Draft draft(world, "profile/intermediate-key-usage-more", "The intermediate may also sign CRLs");
  draft.cites(std::string(kFieldsV5), {"N108"});
  draft.intermediate_with(
      [](auto& spec) { put(spec, extension::key_usage(crypto::kKeyCertSign | crypto::kCrlSign)); });
  draft.expected = lint();
  return draft.finish();
}

Case ca_policy(const World& world) {
  return ca(world, "profile/intermediate-policy-missing", "The intermediate has no policy", kFields,
            "N132", lint(), [](auto& spec) { drop(spec, oid::kCertificatePolicies); });
}

Case ca_point(const World& world) {
  return ca(world, "profile/intermediate-crl-point-missing",
            "The intermediate has no cRLDistributionPoints", kFields, "N133", lint(),
            [](auto& spec) { drop(spec, oid::kCrlDistributionPoints); });
}

Case ca_extension(const World& world) {
  return ca(world, "profile/intermediate-extended-key-usage", "The intermediate has an extKeyUsage",
            kFieldsV5, "N134", lint(), [](auto& spec) {
              put(spec, extension::raw("2.5.29.37", false,
                                       "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"));
            });
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {leaf_is_ca(w),
          no_key_usage(w),
          key_usage_wrong(w),
          key_usage_more(w),
          key_usage_not_critical(w),
          key_usage_not_der(w),
          constraints_not_critical(w),
          constraints_missing(w),
          key_p384(w),
          key_secp256k1(w),
          key_rsa(w),
          key_explicit(w),
          no_list(w),
          list_twice(w),
          list_empty(w),
          list_implicit(w),
          list_utf8(w),
          list_left_over(w),
          list_indefinite(w),
          list_long_length(w),
          list_unknown_choice(w),
          list_garbage(w),
          range_one(w),
          range_zero(w),
          range_negative(w),
          range_longer(w),
          range_star(w),
          two_spcs(w),
          spc_lower_case(w),
          name_other_spc(w),
          name_without_shaken(w),
          name_with_more(w),
          no_organisation(w),
          country_long(w),
          two_names(w),
          no_policy(w),
          other_policy(w),
          two_policies(w),
          policy_1_4(w),
          any_policy(w),
          no_point(w),
          no_crl_issuer(w),
          ldap_point(w),
          access(w),
          extended_usage(w),
          alternative_name(w),
          serial_zero(w),
          serial_negative(w),
          serial_20(w),
          serial_21(w),
          serial_8(w),
          serial_short(w),
          version_1(w),
          no_subject_key(w),
          other_subject_key(w),
          no_authority_key(w),
          ca_key_usage(w),
          ca_policy(w),
          ca_point(w),
          ca_extension(w)};
}

}  // namespace shakedown::vectors::profile
