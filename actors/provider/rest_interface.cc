#include "actors/provider/rest_interface.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "stir/call/sip_call.h"
#include "stir/jose/json.h"

namespace shakedown::actors {
namespace {

using stir::Json;

constexpr std::int64_t kLatestNumericDate = std::int64_t{1} << 33;  // The year 2242.

struct RestError {
  std::string_view id;
  int status;
  std::string_view text;
};

constexpr RestError kNoBody{"SVC4000", 400, "Error: Missing request body."};
constexpr RestError kMissing{"SVC4001", 400, "Error: Missing mandatory parameter '%1'."};
constexpr RestError kNotAcceptable{"SVC4002", 406,
                                   "Error: Requested response body type '%1' is not supported."};
constexpr RestError kNotFound{"SVC4003", 404, "Error: Requested resource was not found."};
constexpr RestError kMediaType{"SVC4004", 415,
                               "Error: Unsupported request body type, expected '%1'."};
constexpr RestError kInvalid{"SVC4005", 400, "Error: Invalid '%1' parameter value: %2."};
constexpr RestError kNotJson{"SVC4006", 400, "Error: Failed to parse received message body: %1."};
constexpr RestError kMethod{"POL4050", 405, "Error: Method not allowed"};
constexpr RestError kNotReady{"POL5000", 503, "Error: Not ready yet. Please try again later."};
constexpr RestError kInternal{"POL5000", 500,
                              "Error: Internal Server Error. Please try again later."};

sim::Response json_response(int status, const Json& body) {
  return {.status = status,
          .reason = {},
          .headers = {{"Content-Type", "application/json"}},
          .body = stir::canonical_json(body)};
}

sim::Response error_response(const RestError& error, std::vector<std::string> variables = {}) {
  const Json exception{{"messageId", std::string(error.id)},
                       {"text", std::string(error.text)},
                       {"variables", std::move(variables)}};
  const char* kind = error.id.starts_with("POL") ? "policyException" : "serviceException";
  return json_response(error.status, Json{{"requestError", Json{{kind, exception}}}});
}

// Reads a request's members; the first thing that is wrong stands in `error`.
class Members {
 public:
  explicit Members(const Json& object)
      : object_(object) {}

  std::optional<std::string> text(const char* name) {
    const Json* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (member->is_string()) return member->get<std::string>();
    invalid(name, "expected a string");
    return std::nullopt;
  }

  std::optional<sim::Time> numeric_date(const char* name) {
    const Json* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (member->is_number_integer()) {
      const auto value = stir::integer_member(object_, name);
      if (value && *value > 0 && *value < kLatestNumericDate) {
        return sim::from_unix_seconds(*value);
      }
    }
    invalid(name, "expected seconds since 1970");
    return std::nullopt;
  }

  // {"tn": "..."} or {"uri": "..."}, for orig and from.
  std::optional<stir::Party> party(const char* name) {
    const auto all = parties(name);
    if (all.empty()) return std::nullopt;
    if (all.size() == 1) return all.front();
    invalid(name, "expected one number");
    return std::nullopt;
  }

  // {"tn": ["...", ...], "uri": [...]}; a plain string is taken for a list of one.
  std::vector<stir::Party> parties(const char* name) {
    const Json* member = find(name);
    std::vector<stir::Party> all;
    if (member == nullptr) return all;
    if (!member->is_object()) {
      invalid(name, "expected an object with tn or uri");
      return all;
    }
    for (const char* kind : {"tn", "uri"}) {
      const Json* values = stir::find_member(*member, kind);
      if (values == nullptr) continue;
      const Json list = values->is_array() ? *values : Json::array({*values});
      for (const Json& value : list) add(name, kind, value, all);
    }
    if (all.empty() && !error_) missing(std::string(name) + ".tn");
    return all;
  }

  const std::optional<sim::Response>& error() const { return error_; }

  void missing(std::string name) {
    if (!error_) error_ = error_response(kMissing, {std::move(name)});
  }

  void invalid(std::string name, std::string why) {
    if (!error_) error_ = error_response(kInvalid, {std::move(name), std::move(why)});
  }

 private:
  const Json* find(const char* name) {
    const Json* member = stir::find_member(object_, name);
    if (member == nullptr) missing(name);
    return member;
  }

  void add(const char* name, const char* kind, const Json& value, std::vector<stir::Party>& all) {
    const std::string where = std::string(name) + "." + kind;
    if (!value.is_string()) return invalid(where, "expected a string");
    const auto text = value.get<std::string>();
    if (std::string_view(kind) == "uri") {
      auto uri = stir::canonical_uri(text);
      if (!uri) return invalid(where, uri.error().detail);
      all.push_back(stir::uri(*std::move(uri)));
      return;
    }
    auto number = stir::canonical_telephone_number(text);
    if (!number) return invalid(where, "not a telephone number");
    all.push_back(stir::telephone_number(*std::move(number)));
  }

  const Json& object_;
  std::optional<sim::Response> error_;
};

sim::Response sign(const Json& object, const RestServices& services) {
  Members members(object);
  stir::SipCall call;
  const auto attest = members.text("attest");
  const auto orig = members.party("orig");
  call.dest = members.parties("dest");
  const auto iat = members.numeric_date("iat");
  const auto origid = members.text("origid");
  if (attest && *attest != "A" && *attest != "B" && *attest != "C") {
    members.invalid("attest", "expected A, B or C");
  }
  if (members.error()) return *members.error();
  call.orig = *orig;
  call.orig_source = stir::SipCall::OrigSource::kPAssertedIdentity;
  call.from = *orig;
  call.date = *iat;
  const auto signed_identity = services.sign(call, *attest, *origid);
  if (!signed_identity) {
    if (signed_identity.error().code == ErrorCode::kRefused) {
      return error_response(kInvalid, {"signingRequest", signed_identity.error().detail});
    }
    return error_response(kInternal);
  }
  return json_response(200, Json{{"signingResponse", Json{{"identity", signed_identity->header}}}});
}

sim::Response verify(const Json& object, const RestServices& services) {
  Members members(object);
  stir::SipCall call;
  const auto from = members.party("from");
  call.dest = members.parties("to");
  const auto time = members.numeric_date("time");
  const auto identity = members.text("identity");
  if (members.error()) return *members.error();
  call.orig = *from;
  call.orig_source = stir::SipCall::OrigSource::kPAssertedIdentity;
  call.from = *from;
  call.date = *time;
  call.identity.push_back(*identity);
  const VerificationReply reply = services.verify(call);
  Json body{{"verstat", std::string(to_string(reply.verdict.verstat))}};
  if (!reply.verdict.passed && reply.verdict.code != 0) {
    body["reasoncode"] = reply.verdict.code;
    body["reasontext"] = std::string(reply.verdict.reason);
    body["reasondesc"] = std::string(reply.verdict.failed_step_id()) + ": " + reply.verdict.detail;
  }
  return json_response(200, Json{{"verificationResponse", std::move(body)}});
}

bool names_json(std::string_view media_types) {
  return media_types.find("application/json") != std::string_view::npos ||
         media_types.find("*/*") != std::string_view::npos ||
         media_types.find("application/*") != std::string_view::npos;
}

// Errors of the header first, then of the body, as the services in the field do.
sim::Response answer(const sim::Request& request,
                     std::string_view path,
                     const RestServices& services) {
  const bool signing = path == "/stir/v1/signing";
  if (!signing && path != "/stir/v1/verification") return error_response(kNotFound);
  if (request.method != "POST") {
    sim::Response refused = error_response(kMethod);
    refused.headers.add("Allow", "POST");
    return refused;
  }
  const auto accept = request.headers.get("Accept");
  if (accept && !names_json(*accept)) {
    return error_response(kNotAcceptable, {std::string(*accept)});
  }
  const auto type = request.headers.get("Content-Type").value_or("");
  if (!sim::equals_ignoring_case(type.substr(0, type.find(';')), "application/json")) {
    return error_response(kMediaType, {"application/json"});
  }
  if (request.body.empty()) return error_response(kNoBody);
  const auto json = stir::parse_json_object(request.body);
  if (!json) return error_response(kNotJson, {json.error().detail});
  const char* name = signing ? "signingRequest" : "verificationRequest";
  const Json* object = stir::find_member(*json, name);
  if (object == nullptr) return error_response(kMissing, {name});
  if (!object->is_object()) return error_response(kInvalid, {name, "expected an object"});
  return signing ? sign(*object, services) : verify(*object, services);
}

}  // namespace

sim::Response rest_not_ready() {
  sim::Response response = error_response(kNotReady);
  response.headers.add("Retry-After", "1");
  return response;
}

sim::Response answer_rest(const sim::Request& request,
                          std::string_view path,
                          const RestServices& services) {
  sim::Response response = answer(request, path, services);
  if (const auto id = request.headers.get("X-RequestID")) {
    response.headers.add("X-RequestID", std::string(*id));
  }
  return response;
}

}  // namespace shakedown::actors
