// Which OpenSSL this process runs on: artefacts are byte-identical only for one version.
#pragma once

#include <string>

namespace shakedown::crypto {

std::string openssl_version();  // "OpenSSL 3.0.19 27 Jan 2026"

}  // namespace shakedown::crypto
