// The PKCS#11 module of this process: loaded, initialised in a private folder, finalised when the
// last user goes. For the sources of this folder.
#pragma once

// Debian keeps it in a folder of its own; the header needs nothing else of p11-kit.
#include <p11-kit-1/p11-kit/pkcs11.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "crypto/octets/private_folder.h"
#include "sim/result.h"

namespace shakedown::crypto {

std::string cryptoki_error_name(CK_RV code);  // "CKR_PIN_INCORRECT", or the number.

// kTokenFailed with the name in `detail`; kKeyUnavailable where a key or login is missing.
Status cryptoki_status(CK_RV code, std::string_view what);

class CryptokiModule {
 public:
  // The module that is already in use, or a newly initialised one. A module is a global of its
  // library, so all Hsms of a process share one. Error: kEnvironment.
  static Result<std::shared_ptr<CryptokiModule>> acquire(std::string_view library_path);

  ~CryptokiModule();
  CryptokiModule(const CryptokiModule&) = delete;
  CryptokiModule& operator=(const CryptokiModule&) = delete;

  CK_FUNCTION_LIST& call() const { return *functions_; }

  // Held around every call: SoftHSM is no faster with several threads, and sessions are not shared.
  std::mutex& mutex() { return mutex_; }

  const std::string& folder() const { return folder_.path(); }

 private:
  CryptokiModule() = default;
  Status load(std::string_view library_path);
  Status make_folder();
  Status initialize();

  CK_FUNCTION_LIST* functions_ = nullptr;
  bool initialized_ = false;
  PrivateFolder folder_;
  std::mutex mutex_;
};

}  // namespace shakedown::crypto
