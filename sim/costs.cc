#include "sim/costs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

namespace shakedown::sim {
namespace {

constexpr std::size_t kLongestFile = 64 * 1024;
constexpr std::size_t kCharged = kWorkKinds - 1;  // All but kOther, which is free of charge.

constexpr std::array<std::string_view, kWorkKinds> kWorkNames = {"generate_key",
                                                                 "sign",
                                                                 "verify_signature",
                                                                 "issue_certificate",
                                                                 "decode_certificates",
                                                                 "validate_chain",
                                                                 "build_crl",
                                                                 "read_crl",
                                                                 "encrypt",
                                                                 "decrypt",
                                                                 "hsm_sign",
                                                                 "hsm_unwrap",
                                                                 "hsm_generate_key",
                                                                 "other"};

constexpr std::size_t index_of(Work work) { return static_cast<std::size_t>(work); }

}  // namespace

std::string_view to_string(Work work) { return kWorkNames[index_of(work)]; }

// OpenSSL 3.0 on one core of a server CPU of 2021, P-256 throughout: a certificate as it is decoded
// one by one, a chain of end entity, intermediate and root, a CRL of 1,000 entries, SoftHSM's
// session objects. Verifying takes three times as long as signing, and decoding longer than both.
Costs Costs::typical() {
  Costs costs{};
  const auto set = [&costs](Work work, Duration time) {
    costs.service_time[index_of(work)] = time;
  };
  set(Work::kGenerateKey, 36us);
  set(Work::kSign, 29us);
  set(Work::kVerifySignature, 87us);
  set(Work::kIssueCertificate, 500us);
  set(Work::kDecodeCertificates, 590us);
  set(Work::kValidateChain, 250us);
  set(Work::kBuildCrl, 600us);
  set(Work::kReadCrl, 530us);
  set(Work::kEncrypt, 1us);
  set(Work::kDecrypt, 1us);
  set(Work::kHsmSign, 70us);
  set(Work::kHsmUnwrap, 20us);
  set(Work::kHsmGenerateKey, 140us);
  return costs;
}

Result<Costs> Costs::from_json(std::string_view text) {
  if (text.size() > kLongestFile) return fail(ErrorCode::kTooLarge, "cost file over 64 KiB");
  std::set<std::string> seen;
  std::string repeated;
  const auto note_keys = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key) {
      const auto& key = value.get_ref<const std::string&>();
      if (!seen.insert(key).second && repeated.empty()) repeated = key;
    }
    return true;
  };
  const nlohmann::json file = nlohmann::json::parse(text, note_keys, /*allow_exceptions=*/false);
  if (!file.is_object()) return fail(ErrorCode::kMalformed, "a cost file is one JSON object");
  if (!repeated.empty()) {
    return fail(ErrorCode::kMalformed, fmt::format("cost '{}' is given twice", repeated));
  }
  Costs costs = typical();
  for (const auto& [name, value] : file.items()) {
    std::size_t index = 0;
    while (index < kCharged && kWorkNames[index] != name) ++index;
    if (index == kCharged) {
      return fail(ErrorCode::kMalformed, fmt::format("unknown kind of work '{}'", name));
    }
    if (!value.is_string()) {
      return fail(ErrorCode::kMalformed,
                  fmt::format("cost of '{}' is not a text like \"29us\"", name));
    }
    const Result<Duration> time = parse_duration(value.get_ref<const std::string&>());
    if (!time) {
      return fail(ErrorCode::kMalformed,
                  fmt::format("cost of '{}': {}", name, time.error().detail));
    }
    if (*time < Duration::zero()) {
      return fail(ErrorCode::kMalformed, fmt::format("cost of '{}' is negative", name));
    }
    if (*time > 24h) {
      return fail(ErrorCode::kMalformed, fmt::format("cost of '{}' is over a day", name));
    }
    costs.service_time[index] = *time;
  }
  return costs;
}

std::string Costs::to_json() const {
  std::string text = "{\n";
  for (std::size_t i = 0; i < kCharged; ++i) {
    text += fmt::format("  \"{}\": \"{}\"{}\n", kWorkNames[i], format_duration(service_time[i]),
                        i + 1 < kCharged ? "," : "");
  }
  return text + "}\n";
}

}  // namespace shakedown::sim
