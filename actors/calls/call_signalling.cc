#include "actors/calls/call_signalling.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stir/call/sip_call.h"

namespace shakedown::actors {
namespace {

// "sip:+12015550100@host;user=phone" between `before` and `after`.
std::string subscriber_uri(std::string_view number,
                           std::string_view host,
                           std::string_view before = "",
                           std::string_view after = "") {
  constexpr std::size_t kRest = 17;
  std::string uri;
  uri.reserve(before.size() + number.size() + host.size() + after.size() + kRest);
  uri.append(before).append("sip:+").append(number).append(1, '@').append(host);
  return uri.append(";user=phone").append(after);
}

std::string_view route_host(std::string_view route) {  // "<sip:transit-one.test;lr>"
  route.remove_prefix(std::min<std::size_t>(5, route.size()));
  return route.substr(0, route.find_first_of(";>"));
}

void add_route(sim::Headers& headers, std::string_view host) {
  headers.add("Route", std::string("<sip:").append(host).append(";lr>"));
}

// "<sip:+12015550100@host>" for another number; as it is if it has no user part.
std::string with_number(std::string_view address, std::string_view number) {
  const std::size_t scheme = address.find("sip:");
  const std::size_t at = address.find('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos || at < scheme) {
    return std::string(address);
  }
  std::string changed(address.substr(0, scheme + 4));
  changed += '+';
  changed += number;
  changed += address.substr(at);
  return changed;
}

bool is_stir_code(int code) {
  constexpr std::array kCodes{403, 428, 436, 437, 438};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace

sim::Request make_invite(Invite invite) {
  sim::Request request;
  request.protocol = sim::Protocol::kSip;
  request.method = "INVITE";
  auto& headers = request.headers;
  request.target = subscriber_uri(invite.called_number,
                                  invite.route.empty() ? invite.to_host : invite.route.front());
  if (!invite.route.empty()) {
    for (std::size_t i = 1; i < invite.route.size(); ++i) add_route(headers, invite.route[i]);
    add_route(headers, invite.to_host);
  }
  headers.add("From", subscriber_uri(invite.calling_number, invite.from_host, "<", ">;tag=1"));
  headers.add("To", subscriber_uri(invite.called_number, invite.to_host, "<", ">"));
  headers.add("Call-ID", std::string(invite.call_id));
  headers.add("CSeq", "1 INVITE");
  headers.add("Max-Forwards", "70");
  headers.add("P-Asserted-Identity",
              subscriber_uri(invite.calling_number, invite.from_host, "<", ">"));
  headers.add("Date", sim::format_http_date(invite.date));
  if (invite.identity) headers.add("Identity", *std::move(invite.identity));
  return request;
}

Result<sim::Request> for_next_hop(sim::Request request) {
  const auto routes = request.headers.get_all("Route");
  if (routes.empty()) return fail(ErrorCode::kNotFound, "no Route entry is left");
  const std::size_t host = request.target.find('@');
  const std::size_t host_end = request.target.find_first_of(":;?", host);
  if (host == std::string::npos) return fail(ErrorCode::kMalformed, "a Request-URI without user");
  request.target.replace(host + 1, host_end == std::string::npos ? host_end : host_end - host - 1,
                         route_host(routes.front()));
  std::vector<std::string> rest(routes.begin() + 1, routes.end());
  request.headers.remove("Route");
  for (std::string& route : rest) request.headers.add("Route", std::move(route));
  return request;
}

std::vector<std::string> hosts_ahead(const sim::Request& request) {
  std::vector<std::string> hosts;
  for (const auto& route : request.headers.get_all("Route")) hosts.emplace_back(route_host(route));
  return hosts;
}

sim::Request retargeted(sim::Request request, std::string_view number) {
  request.target = with_number(request.target, number);
  if (const auto to = request.headers.get("To")) {
    request.headers.set("To", with_number(std::string(*to), number));
  }
  return request;
}

CallOutcome outcome_of(const sim::Answer& answer) {
  if (answer.kind != sim::Answer::Kind::kResponse) return CallOutcome::kUnverified;
  const auto& response = answer.response;
  if (is_stir_code(response.status)) return CallOutcome::kFailed;
  const auto verstat = response.headers.get(kVerstatHeader);
  if (verstat == stir::to_string(stir::Verstat::kTnValidationPassed)) return CallOutcome::kPassed;
  if (verstat == stir::to_string(stir::Verstat::kTnValidationFailed)) return CallOutcome::kFailed;
  for (const stir::Reason& reason : stir::read_reasons(response.headers)) {
    if (is_stir_code(reason.cause)) return CallOutcome::kFailed;
  }
  return CallOutcome::kUnverified;
}

}  // namespace shakedown::actors
