#include "actors/serving/http_json.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace shakedown::actors {

sim::Response http_response(int status, std::string content_type, std::string body) {
  sim::Response response;
  response.status = status;
  if (!content_type.empty()) response.headers.add("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

sim::Response json_response(int status, const stir::Json& body) {
  return http_response(status, "application/json", stir::canonical_json(body));
}

sim::Request http_request(std::string_view method, std::string target) {
  sim::Request request;
  request.method = method;
  request.target = std::move(target);
  return request;
}

sim::Request json_post(std::string target, const stir::Json& body) {
  sim::Request request = http_request("POST", std::move(target));
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Accept", "application/json");
  request.body = stir::canonical_json(body);
  return request;
}

std::string path_below(std::string_view base_url, std::string_view target) {
  std::string_view path;
  if (target.starts_with(base_url)) {
    path = target.substr(base_url.size());
    path = path.substr(0, path.find_first_of("?#"));
    return std::string(path);
  }
  const auto url = sim::parse_url(target);
  return url ? url->path : std::string();
}

std::string_view media_type(const sim::Headers& headers) {
  std::string_view value = headers.get("Content-Type").value_or("");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

std::string_view bearer_token(const sim::Headers& headers) {
  std::string_view value = headers.get("Authorization").value_or("");
  constexpr std::string_view kBearer = "Bearer ";
  if (value.size() >= kBearer.size() &&
      sim::equals_ignoring_case(value.substr(0, kBearer.size()), kBearer)) {
    value.remove_prefix(kBearer.size());
  }
  return value;
}

}  // namespace shakedown::actors
