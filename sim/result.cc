#include "sim/result.h"

namespace shakedown {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kTooLarge:
      return "too large";
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnreachable:
      return "unreachable";
    case ErrorCode::kKeyUnavailable:
      return "key unavailable";
    case ErrorCode::kTokenFailed:
      return "token failed";
    case ErrorCode::kEnvironment:
      return "environment";
  }
  return "unknown";
}

}  // namespace shakedown
