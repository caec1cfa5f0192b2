#include "actors/workload/work.h"

#include <array>

namespace shakedown::actors {
namespace {

using namespace std::chrono_literals;

// OpenSSL 3.0 on one core of a server CPU of 2021, P-256 throughout: a certificate as it is decoded
// one by one, a chain of end entity, intermediate and root, a CRL of 1,000 entries, SoftHSM's
// session objects. Verifying takes three times as long as signing, and decoding longer than both.
constexpr std::array kCostRows = {
    sim::CostRow{work::kGenerateKey, "generate_key", 36us},
    sim::CostRow{work::kSign, "sign", 29us},
    sim::CostRow{work::kVerifySignature, "verify_signature", 87us},
    sim::CostRow{work::kIssueCertificate, "issue_certificate", 500us},
    sim::CostRow{work::kDecodeCertificates, "decode_certificates", 590us},
    sim::CostRow{work::kValidateChain, "validate_chain", 250us},
    sim::CostRow{work::kBuildCrl, "build_crl", 600us},
    sim::CostRow{work::kReadCrl, "read_crl", 530us},
    sim::CostRow{work::kEncrypt, "encrypt", 1us},
    sim::CostRow{work::kDecrypt, "decrypt", 1us},
    sim::CostRow{work::kHsmSign, "hsm_sign", 70us},
    sim::CostRow{work::kHsmUnwrap, "hsm_unwrap", 20us},
    sim::CostRow{work::kHsmGenerateKey, "hsm_generate_key", 140us},
};

}  // namespace

sim::Costs typical_costs() { return sim::Costs(kCostRows); }

}  // namespace shakedown::actors
