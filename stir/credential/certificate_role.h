// What a certificate is in the STI hierarchy.
#pragma once

#include <cstdint>
#include <string_view>

namespace shakedown::stir {

// One bit each, so that the rules of the profile can name several.
enum class CertificateRole : std::uint8_t {
  kRoot = 1,
  kIntermediate = 2,
  kEndEntity = 4,
  kDelegateCa = 8,
  kDelegate = 16
};

// Inline, because results/ and the events name it and link nothing of stir/.
constexpr std::string_view to_string(CertificateRole role) {
  switch (role) {
    case CertificateRole::kRoot:
      return "root";
    case CertificateRole::kIntermediate:
      return "intermediate";
    case CertificateRole::kEndEntity:
      return "end_entity";
    case CertificateRole::kDelegateCa:
      return "delegate_ca";
    case CertificateRole::kDelegate:
      return "delegate";
  }
  return "";
}

}  // namespace shakedown::stir
