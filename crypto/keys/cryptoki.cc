#include "crypto/keys/cryptoki.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace shakedown::crypto {
namespace {

constexpr std::array kUsualPlaces{
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
};

constexpr const char* kConfigurationVariable = "SOFTHSM2_CONF";

struct ErrorName {
  CK_RV code;
  std::string_view name;
};

#define SHAKEDOWN_CKR(name) \
  ErrorName { name, #name }
constexpr std::array kErrorNames{
    SHAKEDOWN_CKR(CKR_OK),
    SHAKEDOWN_CKR(CKR_CANCEL),
    SHAKEDOWN_CKR(CKR_HOST_MEMORY),
    SHAKEDOWN_CKR(CKR_SLOT_ID_INVALID),
    SHAKEDOWN_CKR(CKR_GENERAL_ERROR),
    SHAKEDOWN_CKR(CKR_FUNCTION_FAILED),
    SHAKEDOWN_CKR(CKR_ARGUMENTS_BAD),
    SHAKEDOWN_CKR(CKR_NO_EVENT),
    SHAKEDOWN_CKR(CKR_NEED_TO_CREATE_THREADS),
    SHAKEDOWN_CKR(CKR_CANT_LOCK),
    SHAKEDOWN_CKR(CKR_ATTRIBUTE_READ_ONLY),
    SHAKEDOWN_CKR(CKR_ATTRIBUTE_SENSITIVE),
    SHAKEDOWN_CKR(CKR_ATTRIBUTE_TYPE_INVALID),
    SHAKEDOWN_CKR(CKR_ATTRIBUTE_VALUE_INVALID),
    SHAKEDOWN_CKR(CKR_ACTION_PROHIBITED),
    SHAKEDOWN_CKR(CKR_DATA_INVALID),
    SHAKEDOWN_CKR(CKR_DATA_LEN_RANGE),
    SHAKEDOWN_CKR(CKR_DEVICE_ERROR),
    SHAKEDOWN_CKR(CKR_DEVICE_MEMORY),
    SHAKEDOWN_CKR(CKR_DEVICE_REMOVED),
    SHAKEDOWN_CKR(CKR_ENCRYPTED_DATA_INVALID),
    SHAKEDOWN_CKR(CKR_ENCRYPTED_DATA_LEN_RANGE),
    SHAKEDOWN_CKR(CKR_FUNCTION_CANCELED),
    SHAKEDOWN_CKR(CKR_FUNCTION_NOT_PARALLEL),
    SHAKEDOWN_CKR(CKR_FUNCTION_NOT_SUPPORTED),
    SHAKEDOWN_CKR(CKR_KEY_HANDLE_INVALID),
    SHAKEDOWN_CKR(CKR_KEY_SIZE_RANGE),
    SHAKEDOWN_CKR(CKR_KEY_TYPE_INCONSISTENT),
    SHAKEDOWN_CKR(CKR_KEY_NOT_NEEDED),
    SHAKEDOWN_CKR(CKR_KEY_CHANGED),
    SHAKEDOWN_CKR(CKR_KEY_NEEDED),
    SHAKEDOWN_CKR(CKR_KEY_INDIGESTIBLE),
    SHAKEDOWN_CKR(CKR_KEY_FUNCTION_NOT_PERMITTED),
    SHAKEDOWN_CKR(CKR_KEY_NOT_WRAPPABLE),
    SHAKEDOWN_CKR(CKR_KEY_UNEXTRACTABLE),
    SHAKEDOWN_CKR(CKR_MECHANISM_INVALID),
    SHAKEDOWN_CKR(CKR_MECHANISM_PARAM_INVALID),
    SHAKEDOWN_CKR(CKR_OBJECT_HANDLE_INVALID),
    SHAKEDOWN_CKR(CKR_OPERATION_ACTIVE),
    SHAKEDOWN_CKR(CKR_OPERATION_NOT_INITIALIZED),
    SHAKEDOWN_CKR(CKR_PIN_INCORRECT),
    SHAKEDOWN_CKR(CKR_PIN_INVALID),
    SHAKEDOWN_CKR(CKR_PIN_LEN_RANGE),
    SHAKEDOWN_CKR(CKR_PIN_EXPIRED),
    SHAKEDOWN_CKR(CKR_PIN_LOCKED),
    SHAKEDOWN_CKR(CKR_SESSION_CLOSED),
    SHAKEDOWN_CKR(CKR_SESSION_COUNT),
    SHAKEDOWN_CKR(CKR_SESSION_HANDLE_INVALID),
    SHAKEDOWN_CKR(CKR_SESSION_PARALLEL_NOT_SUPPORTED),
    SHAKEDOWN_CKR(CKR_SESSION_READ_ONLY),
    SHAKEDOWN_CKR(CKR_SESSION_EXISTS),
    SHAKEDOWN_CKR(CKR_SESSION_READ_ONLY_EXISTS),
    SHAKEDOWN_CKR(CKR_SESSION_READ_WRITE_SO_EXISTS),
    SHAKEDOWN_CKR(CKR_SIGNATURE_INVALID),
    SHAKEDOWN_CKR(CKR_SIGNATURE_LEN_RANGE),
    SHAKEDOWN_CKR(CKR_TEMPLATE_INCOMPLETE),
    SHAKEDOWN_CKR(CKR_TEMPLATE_INCONSISTENT),
    SHAKEDOWN_CKR(CKR_TOKEN_NOT_PRESENT),
    SHAKEDOWN_CKR(CKR_TOKEN_NOT_RECOGNIZED),
    SHAKEDOWN_CKR(CKR_TOKEN_WRITE_PROTECTED),
    SHAKEDOWN_CKR(CKR_UNWRAPPING_KEY_SIZE_RANGE),
    SHAKEDOWN_CKR(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
    SHAKEDOWN_CKR(CKR_USER_ALREADY_LOGGED_IN),
    SHAKEDOWN_CKR(CKR_USER_NOT_LOGGED_IN),
    SHAKEDOWN_CKR(CKR_USER_PIN_NOT_INITIALIZED),
    SHAKEDOWN_CKR(CKR_USER_TYPE_INVALID),
    SHAKEDOWN_CKR(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
    SHAKEDOWN_CKR(CKR_USER_TOO_MANY_TYPES),
    SHAKEDOWN_CKR(CKR_WRAPPED_KEY_INVALID),
    SHAKEDOWN_CKR(CKR_WRAPPED_KEY_LEN_RANGE),
    SHAKEDOWN_CKR(CKR_WRAPPING_KEY_HANDLE_INVALID),
    SHAKEDOWN_CKR(CKR_WRAPPING_KEY_SIZE_RANGE),
    SHAKEDOWN_CKR(CKR_WRAPPING_KEY_TYPE_INCONSISTENT),
    SHAKEDOWN_CKR(CKR_RANDOM_SEED_NOT_SUPPORTED),
    SHAKEDOWN_CKR(CKR_RANDOM_NO_RNG),
    SHAKEDOWN_CKR(CKR_DOMAIN_PARAMS_INVALID),
    SHAKEDOWN_CKR(CKR_CURVE_NOT_SUPPORTED),
    SHAKEDOWN_CKR(CKR_BUFFER_TOO_SMALL),
    SHAKEDOWN_CKR(CKR_SAVED_STATE_INVALID),
    SHAKEDOWN_CKR(CKR_INFORMATION_SENSITIVE),
    SHAKEDOWN_CKR(CKR_STATE_UNSAVEABLE),
    SHAKEDOWN_CKR(CKR_CRYPTOKI_NOT_INITIALIZED),
    SHAKEDOWN_CKR(CKR_CRYPTOKI_ALREADY_INITIALIZED),
    SHAKEDOWN_CKR(CKR_MUTEX_BAD),
    SHAKEDOWN_CKR(CKR_MUTEX_NOT_LOCKED),
    SHAKEDOWN_CKR(CKR_NEW_PIN_MODE),
    SHAKEDOWN_CKR(CKR_NEXT_OTP),
    SHAKEDOWN_CKR(CKR_EXCEEDED_MAX_ITERATIONS),
    SHAKEDOWN_CKR(CKR_FIPS_SELF_TEST_FAILED),
    SHAKEDOWN_CKR(CKR_PIN_TOO_WEAK),
    SHAKEDOWN_CKR(CKR_PUBLIC_KEY_INVALID),
    SHAKEDOWN_CKR(CKR_FUNCTION_REJECTED),
};
#undef SHAKEDOWN_CKR

// Sets an environment variable while the module reads it.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value)
      : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }

  ~ScopedVariable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

struct Use {
  std::mutex mutex;
  std::condition_variable ended;
  std::weak_ptr<CryptokiModule> module;
  bool initialized = false;
};

Use& the_use() {
  static Use& use = *new Use;  // Outlives an Hsm in any static.
  return use;
}

}  // namespace

Result<std::shared_ptr<CryptokiModule>> CryptokiModule::acquire(std::string_view library_path) {
  Use& use = the_use();
  std::unique_lock lock(use.mutex);
  if (auto module = use.module.lock()) return module;
  // The last user may be finalising it on another thread.
  use.ended.wait(lock, [&] { return !use.initialized; });
  std::shared_ptr<CryptokiModule> module(new CryptokiModule);
  RETURN_IF_ERROR(module->load(library_path));
  RETURN_IF_ERROR(module->make_folder());
  RETURN_IF_ERROR(module->initialize());
  use.initialized = true;
  use.module = module;
  return module;
}

Status CryptokiModule::load(std::string_view library_path) {
  std::vector<std::string> places(kUsualPlaces.begin(), kUsualPlaces.end());
  if (!library_path.empty()) places = {std::string(library_path)};
  // Never closed: SoftHSM registers destructors of its own with OpenSSL and the C library.
  void* library = nullptr;
  for (const std::string& place : places) {
    if (library == nullptr) library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  if (library == nullptr) {
    return fail(ErrorCode::kEnvironment,
                fmt::format("no PKCS#11 module ({}); is softhsm2 installed?", places.front()));
  }
  const auto get_list =
      reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get_list == nullptr || get_list(&functions_) != CKR_OK || functions_ == nullptr) {
    return fail(ErrorCode::kEnvironment, fmt::format("{} is no PKCS#11 module", places.front()));
  }
  return {};
}

Status CryptokiModule::make_folder() {
  ASSIGN_OR_RETURN(folder_, PrivateFolder::make("shakedown-hsm"));
  std::error_code error;
  std::filesystem::create_directory(folder() + "/tokens", error);
  std::ofstream configuration(folder() + "/softhsm2.conf");
  configuration << "directories.tokendir = " << folder() << "/tokens\n"
                << "objectstore.backend = file\n"  // The only one that Debian builds.
                << "log.level = ERROR\n"
                << "slots.removable = false\n";
  configuration.close();
  if (error || !configuration) {
    return fail(ErrorCode::kEnvironment, fmt::format("cannot write to {}", folder()));
  }
  return {};
}

Status CryptokiModule::initialize() {
  const ScopedVariable variable(kConfigurationVariable, folder() + "/softhsm2.conf");
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  if (const CK_RV code = functions_->C_Initialize(&arguments); code != CKR_OK) {
    return fail(ErrorCode::kEnvironment,
                fmt::format("C_Initialize: {}", cryptoki_error_name(code)));
  }
  initialized_ = true;
  return {};
}

CryptokiModule::~CryptokiModule() {
  // One that failed to initialise is destroyed within acquire, which holds the lock.
  if (initialized_) functions_->C_Finalize(nullptr);
  folder_ = PrivateFolder();
  if (!initialized_) return;
  Use& use = the_use();
  const std::lock_guard lock(use.mutex);
  use.initialized = false;
  use.ended.notify_all();
}

Status cryptoki_status(CK_RV code, std::string_view what) {
  switch (code) {
    case CKR_OK:
      return {};
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_SESSION_HANDLE_INVALID:
      return fail(ErrorCode::kKeyUnavailable,
                  fmt::format("{}: {}", what, cryptoki_error_name(code)));
    default:
      return fail(ErrorCode::kTokenFailed, fmt::format("{}: {}", what, cryptoki_error_name(code)));
  }
}

std::string cryptoki_error_name(CK_RV code) {
  for (const ErrorName& known : kErrorNames) {
    if (known.code == code) return std::string(known.name);
  }
  return fmt::format("CKR {:#x}", code);
}

}  // namespace shakedown::crypto
