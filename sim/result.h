// Operating errors as values. Three kinds of failure are never mixed (docs/architecture.md):
// outcomes (a call failed verification) are ordinary values and are recorded; operating errors (a
// timeout, malformed DER) are `Result<T>`; programmer errors assert, in release too.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace shakedown {

// A new code exists only where a caller would act on it; the rest is in `detail`.
enum class ErrorCode {
  kMalformed,       // The bytes are not what they should be.
  kUnsupported,     // Well-formed, but not something we can or will do.
  kTooLarge,        // A bound on size, depth or count was passed.
  kNotFound,        // No such thing.
  kRefused,         // The peer or a policy said no.
  kTimeout,         // No answer in time.
  kUnreachable,     // No connection.
  kKeyUnavailable,  // Key removed, token logged out.
  kTokenFailed,     // PKCS#11 failed; `detail` has the CKR_*.
  kEnvironment,     // Port, disk, HSM, file of this machine.
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kMalformed;
  std::string detail;  // One sentence fragment for a person, no trailing full stop.
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

// A programmer error: says where and stops the process, in release too.
[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace shakedown

#define SHAKEDOWN_ASSERT(expression) \
  ((expression) ? (void)0 : ::shakedown::assertion_failed(#expression, __FILE__, __LINE__))

// ASSIGN_OR_RETURN(auto chain, parse_chain(pem)): returns the error to the caller, else declares
// it.
#define SHAKEDOWN_CONCAT_(a, b) a##b
#define SHAKEDOWN_CONCAT(a, b) SHAKEDOWN_CONCAT_(a, b)
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_(SHAKEDOWN_CONCAT(result_, __LINE__), declaration, expression)
// NOLINTNEXTLINE(bugprone-macro-parentheses)
#define ASSIGN_OR_RETURN_(temporary, declaration, expression)                   \
  auto temporary = (expression);                                                \
  if (!temporary) return tl::unexpected<::shakedown::Error>(temporary.error()); \
  declaration = *std::move(temporary)
#define RETURN_IF_ERROR(expression)                               \
  do {                                                            \
    if (auto status_ = (expression); !status_)                    \
      return tl::unexpected<::shakedown::Error>(status_.error()); \
  } while (false)
