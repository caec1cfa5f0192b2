// Identifiers of RFC 6960 §4 and of its hashes, for ocsp.cc and ocsp_reader.cc. Constants.
#pragma once

#include <string_view>

namespace shakedown::crypto::oid {

inline constexpr std::string_view kSha1 = "1.3.14.3.2.26";
inline constexpr std::string_view kSha256 = "2.16.840.1.101.3.4.2.1";
inline constexpr std::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";
inline constexpr std::string_view kOcspBasic = "1.3.6.1.5.5.7.48.1.1";
inline constexpr std::string_view kOcspNonce = "1.3.6.1.5.5.7.48.1.2";
inline constexpr std::string_view kOcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

}  // namespace shakedown::crypto::oid
