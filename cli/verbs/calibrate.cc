// calibrate: measures this machine and writes what computations cost, for run --costs.
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "actors/workload/work.h"
#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/verb.h"
#include "crypto/keys/envelope.h"
#include "crypto/keys/es256.h"
#include "crypto/keys/hsm.h"
#include "crypto/keys/randomness.h"
#include "crypto/octets/der.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/path.h"
#include "sim/costs.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::cli {
namespace {

// The median of some rounds, so that a disturbed moment does not count.
sim::Duration measure(std::size_t times, const std::function<void()>& once) {
  constexpr std::size_t kRounds = 7;
  once();  // Warm caches and lazily fetched algorithms.
  std::vector<std::int64_t> rounds;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const std::int64_t started = monotonic_ns();
    for (std::size_t i = 0; i < times; ++i) once();
    rounds.push_back((monotonic_ns() - started) / static_cast<std::int64_t>(times));
  }
  std::sort(rounds.begin(), rounds.end());
  return sim::Duration{rounds[kRounds / 2]};
}

struct Chain {
  crypto::PrivateKeyPtr root_key;
  crypto::CertificatePtr root;
  crypto::PrivateKeyPtr leaf_key;
  crypto::CertificateSpec leaf_spec;
};

Result<Chain> make_chain(sim::Time now) {
  Chain chain;
  ASSIGN_OR_RETURN(chain.root_key, crypto::PrivateKey::generate());
  ASSIGN_OR_RETURN(chain.leaf_key, crypto::PrivateKey::generate());
  stir::CertificateFacts facts;
  facts.organization = "Calibration";
  facts.subject_spki_der = chain.root_key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = now;
  facts.not_after = now + std::chrono::hours{24};
  ASSIGN_OR_RETURN(const auto root_spec, stir::make_root(facts));
  ASSIGN_OR_RETURN(chain.root, crypto::issue_certificate(root_spec, *chain.root_key));
  facts.subject_spki_der = chain.leaf_key->public_key()->spki_der();
  ASSIGN_OR_RETURN(chain.leaf_spec,
                   stir::make_end_entity(facts, "709J", *chain.root,
                                         {.url = "https://sti-pa.test/crl",
                                          .crl_issuer_der = chain.root->subject_der()}));
  return chain;
}

// New octets each time, so that the process-wide cache of decoded certificates does not answer.
std::vector<std::string> fresh_certificates(Chain& chain, std::size_t count) {
  std::vector<std::string> ders;
  for (std::size_t i = 0; i < count; ++i) {
    chain.leaf_spec.serial =
        crypto::der::positive_integer(crypto::random_bytes(crypto::kSerialOctets));
    if (auto der = crypto::issue(chain.leaf_spec, *chain.root_key)) ders.push_back(*std::move(der));
  }
  return ders;
}

Status measure_software(sim::Costs& costs, sim::Time now) {
  ASSIGN_OR_RETURN(Chain chain, make_chain(now));
  const std::string message(420, 'm');
  ASSIGN_OR_RETURN(const auto signature, chain.leaf_key->sign(message));
  const auto& public_key = chain.leaf_key->public_key();
  costs.set(actors::work::kGenerateKey, measure(50, [] { (void)crypto::PrivateKey::generate(); }));
  costs.set(actors::work::kSign, measure(200, [&] { (void)chain.leaf_key->sign(message); }));
  costs.set(actors::work::kVerifySignature,
            measure(100, [&] { (void)public_key->verify(message, signature); }));
  costs.set(actors::work::kIssueCertificate,
            measure(50, [&] { (void)crypto::issue(chain.leaf_spec, *chain.root_key); }));
  const auto ders = fresh_certificates(chain, 1000);
  std::size_t next = 0;
  const sim::Duration decode =
      measure(50, [&] { (void)crypto::Certificate::from_der(ders[next++ % ders.size()]); });
  costs.set(actors::work::kDecodeCertificates, 2 * decode);  // Leaf and intermediate.
  ASSIGN_OR_RETURN(const auto leaf, crypto::Certificate::from_der(ders.back()));
  const std::vector<crypto::CertificatePtr> anchors{chain.root};
  costs.set(actors::work::kValidateChain,
            2 * measure(50, [&] { (void)crypto::validate_path(leaf, {}, anchors, now); }));
  crypto::CrlSpec crl;
  crl.issuer = chain.root->subject_der();
  crl.this_update = now;
  crl.indirect = true;
  ASSIGN_OR_RETURN(const auto crl_der, crypto::build_crl(crl, *chain.root_key));
  costs.set(actors::work::kBuildCrl,
            measure(50, [&] { (void)crypto::build_crl(crl, *chain.root_key); }));
  costs.set(actors::work::kReadCrl, measure(50, [&] { (void)crypto::Crl::read(crl_der); }));
  const crypto::SecretBytes key = crypto::random_secret(crypto::kAes256KeySize);
  const std::string iv(crypto::kGcmIvSize, 'i');
  ASSIGN_OR_RETURN(const auto sealed, crypto::aes256_gcm_seal(key, iv, "", std::string(32, 's')));
  costs.set(actors::work::kEncrypt, measure(500, [&] {
              (void)crypto::aes256_gcm_seal(key, iv, "", std::string(32, 's'));
            }));
  costs.set(actors::work::kDecrypt,
            measure(500, [&] { (void)crypto::aes256_gcm_open(key, iv, "", sealed); }));
  return {};
}

Status measure_module(sim::Costs& costs) {
  ASSIGN_OR_RETURN(const auto module, crypto::Hsm::open_temporary());
  const std::string message(420, 'm');
  ASSIGN_OR_RETURN(const auto signing, module->generate_signing_key("calibration"));
  costs.set(actors::work::kHsmSign, measure(100, [&] { (void)module->sign(signing, message); }));
  costs.set(actors::work::kHsmGenerateKey,
            measure(5, [&] { (void)module->generate_signing_key("calibration"); }));
  ASSIGN_OR_RETURN(const auto master, module->generate_master_key("calibration"));
  const std::string iv(crypto::kGcmIvSize, 'i');
  ASSIGN_OR_RETURN(const auto wrapped, module->wrap(master, crypto::random_secret(32), iv));
  costs.set(actors::work::kHsmUnwrap,
            measure(100, [&] { (void)module->unwrap(master, wrapped, iv); }));
  return {};
}

int calibrate(const po::variables_map& given) {
  sim::Costs costs = actors::typical_costs();
  const auto now = std::chrono::floor<std::chrono::seconds>(machine_time());
  Status status = measure_software(costs, sim::Time{now});
  if (status) status = measure_module(costs);
  if (!status) {
    std::cerr << "shakedown calibrate: " << status.error().detail << '\n';
    return kEnvironment;
  }
  const std::string path = text_option(given, "output");
  if (path.empty()) {
    std::cout << costs.to_json() << '\n';
    return kAllMet;
  }
  status = write_file(path, costs.to_json() + "\n");
  if (!status) {
    std::cerr << "shakedown calibrate: " << status.error().detail << '\n';
    return kEnvironment;
  }
  return kAllMet;
}

}  // namespace

const Verb kCalibrateVerb{"calibrate",
                          "",
                          "measure what computations cost on this machine, for run --costs",
                          "",
                          [](po::options_description& options) {
                            options.add_options()("output,o", po::value<std::string>(),
                                                  "the file to write; standard output by default");
                          },
                          calibrate};

}  // namespace shakedown::cli
