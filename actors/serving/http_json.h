// Small builders and readers of HTTP messages with JSON bodies, shared by the actors' services and
// their clients. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sim/message.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

sim::Response http_response(int status, std::string content_type, std::string body);

sim::Response json_response(int status, const stir::Json& body);

sim::Request http_request(std::string_view method, std::string target);

sim::Request json_post(std::string target, const stir::Json& body);

// The path of a request below the base URL of the service (World::base_url, which on the wall clock
// ends in a path itself): "/crl" of "https://sti-pa.test/crl". Without query and fragment.
std::string path_below(std::string_view base_url, std::string_view target);

// "text/html; charset=utf-8" -> "text/html".
std::string_view media_type(const sim::Headers& headers);

// "Bearer abc" and "abc" (what deployed STI-PA clients send) both give "abc".
std::string_view bearer_token(const sim::Headers& headers);

}  // namespace shakedown::actors
