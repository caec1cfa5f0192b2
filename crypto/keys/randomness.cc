#include "crypto/keys/randomness.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <sys/random.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <mutex>

#include "crypto/octets/chacha20.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

// The stream of this thread. OpenSSL cannot be asked for ChaCha20 here: it is what is asking.
struct ThreadStream {
  bool entered = false;
  std::uint64_t drawn = 0;
  ChaCha20 cipher;
};

thread_local ThreadStream stream;

bool fill_from_system(unsigned char* out, std::size_t size) {
  while (size > 0) {
    const ssize_t got = getrandom(out, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool fill(unsigned char* out, std::size_t size) {
  if (!stream.entered) return fill_from_system(out, size);
  stream.cipher.fill({out, size});
  stream.drawn += size;
  return true;
}

// The functions of a RAND algorithm (provider-rand(7)). There is no state but the thread's stream,
// so one simrand_instance serves all and nothing needs a lock.
int simrand_instance = 0;

extern "C" {
void* simrand_new(void*, void*, const OSSL_DISPATCH*) { return &simrand_instance; }

void simrand_free(void*) {}

int simrand_instantiate(
    void*, unsigned int, int, const unsigned char*, std::size_t, const OSSL_PARAM*) {
  return 1;
}

int simrand_uninstantiate(void*) { return 1; }

int simrand_generate(void*,
                     unsigned char* out,
                     std::size_t size,
                     unsigned int,
                     int,
                     const unsigned char*,
                     std::size_t) {
  return fill(out, size) ? 1 : 0;
}

int simrand_reseed(
    void*, int, const unsigned char*, std::size_t, const unsigned char*, std::size_t) {
  return 1;
}

std::size_t simrand_nonce(void*, unsigned char* out, unsigned int, std::size_t least, std::size_t) {
  return out == nullptr || fill(out, least) ? least : 0;
}

int simrand_enable_locking(void*) { return 1; }

int simrand_lock(void*) { return 1; }

void simrand_unlock(void*) {}

const OSSL_PARAM* simrand_gettable(void*, void*) {
  static const OSSL_PARAM kParameters[] = {
      OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, nullptr),
      OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, nullptr),
      OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, nullptr),
      OSSL_PARAM_END,
  };
  return kParameters;
}

int simrand_get(void*, OSSL_PARAM parameters[]) {
  constexpr unsigned kStrength = 256;
  OSSL_PARAM* const state = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STATE);
  OSSL_PARAM* const strength = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STRENGTH);
  OSSL_PARAM* const request = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_MAX_REQUEST);
  return (state == nullptr || OSSL_PARAM_set_int(state, EVP_RAND_STATE_READY) == 1) &&
                 (strength == nullptr || OSSL_PARAM_set_uint(strength, kStrength) == 1) &&
                 (request == nullptr ||
                  OSSL_PARAM_set_size_t(request, std::numeric_limits<int>::max()) == 1)
             ? 1
             : 0;
}

const OSSL_ALGORITHM* simrand_query(void*, int operation, int* no_cache) {
  using Function = void (*)(void);
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_RAND_NEWCTX, reinterpret_cast<Function>(simrand_new)},
      {OSSL_FUNC_RAND_FREECTX, reinterpret_cast<Function>(simrand_free)},
      {OSSL_FUNC_RAND_INSTANTIATE, reinterpret_cast<Function>(simrand_instantiate)},
      {OSSL_FUNC_RAND_UNINSTANTIATE, reinterpret_cast<Function>(simrand_uninstantiate)},
      {OSSL_FUNC_RAND_GENERATE, reinterpret_cast<Function>(simrand_generate)},
      {OSSL_FUNC_RAND_RESEED, reinterpret_cast<Function>(simrand_reseed)},
      {OSSL_FUNC_RAND_NONCE, reinterpret_cast<Function>(simrand_nonce)},
      {OSSL_FUNC_RAND_ENABLE_LOCKING, reinterpret_cast<Function>(simrand_enable_locking)},
      {OSSL_FUNC_RAND_LOCK, reinterpret_cast<Function>(simrand_lock)},
      {OSSL_FUNC_RAND_UNLOCK, reinterpret_cast<Function>(simrand_unlock)},
      {OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, reinterpret_cast<Function>(simrand_gettable)},
      {OSSL_FUNC_RAND_GET_CTX_PARAMS, reinterpret_cast<Function>(simrand_get)},
      {0, nullptr},
  };
  static const OSSL_ALGORITHM kAlgorithms[] = {
      {"SIMRAND", "provider=simrand", kFunctions, "random streams of the simulator"},
      {nullptr, nullptr, nullptr, nullptr},
  };
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? kAlgorithms : nullptr;
}

int simrand_provider(const OSSL_CORE_HANDLE* handle,
                     const OSSL_DISPATCH*,
                     const OSSL_DISPATCH** out,
                     void** context) {
  using Function = void (*)(void);
  static const OSSL_DISPATCH kProvider[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<Function>(simrand_query)},
      {0, nullptr},
  };
  *out = kProvider;
  *context = const_cast<OSSL_CORE_HANDLE*>(handle);
  return 1;
}
}  // extern "C"

std::atomic<bool> installed = false;

Status install() {
  const ErrorQueueGuard guard;
  // Naming one provider stops OpenSSL from loading "default" by itself. Both stay for the life of
  // the process.
  // `used`: written and never read, but a leak checker must find them.
  [[gnu::used]] static const OSSL_PROVIDER* streams = nullptr;
  [[gnu::used]] static const OSSL_PROVIDER* algorithms = nullptr;
  if (OSSL_PROVIDER_add_builtin(nullptr, "simrand", simrand_provider) != 1 ||
      (streams = OSSL_PROVIDER_load(nullptr, "simrand")) == nullptr ||
      (algorithms = OSSL_PROVIDER_load(nullptr, "default")) == nullptr) {
    return fail(ErrorCode::kEnvironment, openssl_error("random provider not loaded"));
  }
  if (RAND_set_DRBG_type(nullptr, "SIMRAND", nullptr, nullptr, nullptr) != 1) {
    return fail(ErrorCode::kEnvironment,
                openssl_error("random provider not installed, something drew before"));
  }
  // The first draw settles the choice, and proves that octets come from here.
  stream.cipher = ChaCha20(sim::Lineage{}.high, sim::Lineage{}.low);
  stream.drawn = 0;
  stream.entered = true;
  unsigned char octet = 0;
  const bool drew = RAND_bytes(&octet, 1) == 1 && RAND_priv_bytes(&octet, 1) == 1;
  stream.entered = false;
  if (!drew || stream.drawn != 2) {
    return fail(ErrorCode::kEnvironment, openssl_error("random provider is not in use"));
  }
  return {};
}

}  // namespace

Status install_randomness_provider() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (installed) return {};
  RETURN_IF_ERROR(install());
  installed = true;
  return {};
}

bool randomness_provider_is_installed() { return installed; }

void enter_random_stream(sim::Lineage key) {
  SHAKEDOWN_ASSERT(installed);
  SHAKEDOWN_ASSERT(!stream.entered);
  stream.cipher = ChaCha20(key.high, key.low);
  stream.drawn = 0;
  stream.entered = true;
}

void leave_random_stream() {
  SHAKEDOWN_ASSERT(stream.entered);
  stream.entered = false;
}

std::uint64_t octets_drawn_from_stream() { return stream.drawn; }

Bytes random_bytes(std::size_t size) {
  const ErrorQueueGuard guard;
  Bytes octets(size, '\0');
  SHAKEDOWN_ASSERT(
      RAND_bytes_ex(nullptr, reinterpret_cast<unsigned char*>(octets.data()), size, 0) == 1);
  return octets;
}

SecretBytes random_secret(std::size_t size) {
  const ErrorQueueGuard guard;
  SecretBytes octets(size);
  SHAKEDOWN_ASSERT(RAND_priv_bytes_ex(nullptr, octets.data(), size, 0) == 1);
  return octets;
}

}  // namespace shakedown::crypto
