// What several crypto tests need: a small hierarchy and the outside tools that check our DER.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/keys/es256.h"
#include "crypto/octets/der.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tn_auth_list.h"

namespace shakedown::crypto::testing {

// Unwraps a Result, or fails the test with its error.
template <class T>
T must(Result<T> result, const char* what) {
  if (!result) {
    ADD_FAILURE() << what << ": " << result.error().detail;
    std::abort();
  }
  return *std::move(result);
}

#define MUST(expression) ::shakedown::crypto::testing::must((expression), #expression)

inline Bytes hex(std::string_view text) { return MUST(from_hex(text)); }

inline sim::Time at(std::string_view text) { return MUST(sim::parse_time(text)); }

// When the certificates of the tests are valid.
inline const sim::Time kNow = at("2026-02-01T00:00:00Z");

inline PrivateKeyPtr key_from_hex(std::string_view scalar) {
  const Bytes octets = hex(scalar);
  return MUST(PrivateKey::from_scalar(as_octets(octets).first<32>()));
}

inline Name name(std::string organization, std::string common_name) {
  return Name{{{"C", "US"}, {"O", std::move(organization)}, {"CN", std::move(common_name)}}};
}

// Someone with a key and a certificate.
struct Party {
  PrivateKeyPtr key;
  CertificatePtr certificate;
};

inline constexpr std::string_view kPolicy = "2.16.840.1.114569.1.1.3";

// Specs that the tests bend before they issue.
inline CertificateSpec root_spec(const PrivateKey& key) {
  CertificateSpec spec;
  spec.serial = der::positive_integer("\x01root-ser");
  spec.issuer = spec.subject = name("Test CA", "SHAKEN Test ROOT");
  spec.not_before = at("2025-01-01T00:00:00Z");
  spec.not_after = at("2040-01-01T00:00:00Z");
  spec.subject_spki_der = key.public_key()->spki_der();
  spec.extensions = {extension::basic_constraints(true), extension::key_usage(kKeyCertSign),
                     extension::subject_key_identifier(spec.subject_spki_der)};
  return spec;
}

inline CertificateSpec intermediate_spec(const PublicKey& key,
                                         const Party& issuer,
                                         std::string common_name = "SHAKEN Test CA 1") {
  CertificateSpec spec;
  spec.serial = der::positive_integer("\x02inte-ser");
  spec.issuer = issuer.certificate->subject_der();
  spec.subject = name("Test CA", std::move(common_name));
  spec.not_before = at("2025-01-01T00:00:00Z");
  spec.not_after = at("2035-01-01T00:00:00Z");
  spec.subject_spki_der = key.spki_der();
  spec.extensions = {
      extension::basic_constraints(true), extension::key_usage(kKeyCertSign),
      extension::subject_key_identifier(spec.subject_spki_der),
      extension::authority_key_identifier(*issuer.certificate->fields().subject_key_identifier),
      extension::certificate_policies({std::string(kPolicy)})};
  return spec;
}

inline CertificateSpec leaf_spec(const PublicKey& key, const Party& issuer) {
  CertificateSpec spec;
  spec.serial = der::positive_integer("\xf3leaf-ser");
  spec.issuer = issuer.certificate->subject_der();
  spec.subject = name("Acme Telecom", "SHAKEN 709J");
  spec.not_before = at("2026-01-01T00:00:00Z");
  spec.not_after = at("2026-04-01T00:00:00Z");
  spec.subject_spki_der = key.spki_der();
  const Bytes crl_issuer = MUST(name("STI-PA", "STI-PA CRL").to_der());
  spec.extensions = {
      extension::basic_constraints(false),
      extension::key_usage(kDigitalSignature),
      extension::subject_key_identifier(spec.subject_spki_der),
      extension::authority_key_identifier(*issuer.certificate->fields().subject_key_identifier),
      extension::certificate_policies({std::string(kPolicy)}),
      extension::crl_distribution_points("https://pa.example/crl", crl_issuer),
      extension::tn_auth_list(MUST(encode_tn_auth_list({TnEntry::service_provider_code("709J")})))};
  return spec;
}

inline CertificatePtr issued(const CertificateSpec& spec, const PrivateKey& issuer_key) {
  return MUST(issue_certificate(spec, issuer_key));
}

struct Hierarchy {
  Party root, intermediate, leaf;

  Hierarchy() {
    root.key = MUST(PrivateKey::generate());
    root.certificate = issued(root_spec(*root.key), *root.key);
    intermediate.key = MUST(PrivateKey::generate());
    intermediate.certificate =
        issued(intermediate_spec(*intermediate.key->public_key(), root), *root.key);
    leaf.key = MUST(PrivateKey::generate());
    leaf.certificate = issued(leaf_spec(*leaf.key->public_key(), intermediate), *intermediate.key);
  }
};

// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "crypto-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    path_ = path;
  }

  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string write(std::string_view file, std::string_view content) const {
    const std::filesystem::path path = path_ / file;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }

 private:
  std::filesystem::path path_;
};

struct CommandResult {
  int exit_code = -1;
  std::string output;  // stdout and stderr.
};

inline CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), got);
  }
  result.exit_code = WEXITSTATUS(::pclose(pipe));
  return result;
}

inline bool has_command(const std::string& command) {
  return run_command("command -v " + command).exit_code == 0;
}

}  // namespace shakedown::crypto::testing
