#include "actors/provider/provider.h"

#include <algorithm>
#include <utility>

#include "actors/calls/call_signalling.h"
#include "actors/calls/relay.h"
#include "actors/provider/external_services.h"
#include "actors/provider/rest_interface.h"
#include "stir/call/identity_header.h"
#include "stir/passport/authentication.h"
#include "stir/passport/passport_token.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kStartPatience = std::chrono::seconds{1};  // Before a 503.

// An enterprise signs base PASSporTs (ATIS-1000092), which SHAKEN profiles leave alone.
VerificationServiceOptions for_customers(VerificationServiceOptions options) {
  const sim::Duration freshness = options.policy.freshness;
  const bool check_revocation = options.policy.check_revocation;
  options.policy = stir::policy_for(*stir::profile_by_name("rfc8224"));
  options.policy.freshness = freshness;
  options.policy.check_revocation = check_revocation;
  return options;
}

std::string_view host_of_from(const sim::Request& request) {
  const auto from = request.headers.get("From");
  if (!from) return {};
  std::string_view address = stir::address_of(*from);
  address.remove_prefix(std::min(address.find('@') + 1, address.size()));
  return address.substr(0, address.find_first_of(";:?"));
}

std::string next_number(std::string number) {
  char& last = number.back();
  last = last == '9' ? '0' : static_cast<char>(last + 1);
  return number;
}

void falsify(stir::Passport& passport, Diversion diversion) {
  if (diversion == Diversion::kOtherNumber) passport.div->value = next_number(passport.div->value);
  if (diversion == Diversion::kOtherCaller) passport.orig.value = next_number(passport.orig.value);
  if (diversion != Diversion::kOtherTarget) return;
  for (std::string& number : passport.dest_tn) number = next_number(number);
}

// One character of the signature of "header.payload.signature;info=...".
std::string with_broken_signature(std::string header) {
  const std::size_t signature = header.find('.', header.find('.') + 1) + 1;
  header[signature] = header[signature] == 'A' ? 'B' : 'A';
  return header;
}

}  // namespace

Provider::Provider(sim::Site& site, ProviderOptions options)
    : options_(std::move(options)),
      env_(site.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      keys_(make_key_store(env_, options_.custody, options_.master_key, options_.module)),
      policy_administrator_(env_, options_.policy_administrator),
      trust_source_(env_, policy_administrator_, options_.trust_anchors),
      trust_(env_, trust_source_, options_.trust),
      cache_(env_, options_.cache),
      ocsp_(options_.ocsp ? std::make_optional<OcspClient>(env_, *options_.ocsp) : std::nullopt),
      certificate_source_(env_, *keys_, policy_administrator_, options_.certificate_source),
      certificates_(env_, *keys_, certificate_source_, options_.certificate),
      authentication_(env_, *keys_, [this] { return certificates_.current(); }),
      verification_(env_, trust_, cache_, ocsp_ ? &*ocsp_ : nullptr, options_.verification),
      customer_verification_(
          env_, trust_, cache_, ocsp_ ? &*ocsp_ : nullptr, for_customers(options_.verification)) {
  if (options_.delegates) {
    delegation_.emplace(env_, *options_.delegates, options_.delegate_customers,
                        sti_ca_as_authority());
  }
  site.listen(env_, sim::Protocol::kSip, options_.host,
              [this](const sim::Request& request) { return on_invite(request); });
  site.listen(env_, sim::Protocol::kHttp, options_.host,
              [this](const sim::Request& request) { return on_http(request); });
}

void Provider::start() {
  if (options_.external.signing.empty()) certificates_.start();
  trust_.start();
}

bool Provider::wait_until_ready(sim::Time deadline) {
  if (options_.external.signing.empty() && !certificates_.wait_until_ready(deadline)) return false;
  return trust_.wait_until_ready(deadline);
}

void Provider::call(const CallRequest& request) {
  place_call(env_, request,
             [&](const stir::SipCall& facts, std::string_view attest, std::string_view origid) {
               auto signed_identity = sign(facts, attest, origid);
               if (signed_identity && overheard_) {
                 overheard_ = SignedCall{signed_identity->header, request.calling_number,
                                         request.called_number, signed_identity->date};
               }
               return signed_identity;
             });
}

Result<SignedIdentity> Provider::sign(const stir::SipCall& call,
                                      std::string_view attest,
                                      std::string_view origid) {
  if (!options_.external.signing.empty()) {
    return sign_externally(env_, options_.external.signing, call, attest, origid);
  }
  return authentication_.sign(call, attest, origid);
}

VerificationReply Provider::verify(const stir::SipCall& call, std::string_view call_id) {
  if (!options_.external.verification.empty()) {
    return verify_externally(env_, options_.external.verification, call, call_id);
  }
  return verification_.verify(call, call_id);
}

void Provider::add_customer(std::string customer_host, CustomerMode mode) {
  customers_[std::move(customer_host)] = mode;
}

sim::Response Provider::on_invite(const sim::Request& request) {
  if (request.method != "INVITE") {
    return {.status = 501, .reason = "Not Implemented", .headers = {}, .body = {}};
  }
  if (request.headers.get("Route")) return on_passing_call(request);
  return on_terminating_call(request);
}

sim::Response Provider::on_terminating_call(const sim::Request& request) {
  const auto call = stir::read_sip_call(request);
  if (!call) return {.status = 400, .reason = "Bad Request", .headers = {}, .body = {}};
  const std::string call_id(request.headers.get("Call-ID").value_or(""));
  const VerificationReply reply = verify(*call, call_id);

  sim::Response response{.status = 200, .reason = "OK", .headers = {}, .body = {}};
  const bool refused = options_.rejects_failed_calls && reply.verdict.code != 0;
  if (refused) {
    response.status = reply.verdict.code;
    response.reason = reply.verdict.reason;
  }
  // RFC 9410: the reason travels in a Reason field unless the call is refused with it.
  for (const stir::Reason& reason : reply.reasons) {
    response.headers.add("Reason", stir::write_reason(reason));
  }
  response.headers.add(kVerstatHeader, std::string(to_string(reply.verdict.verstat)));
  response.headers.add(kVerdictAtHeader, std::to_string(env_.now().time_since_epoch().count()));
  return response;
}

sim::Response Provider::on_passing_call(const sim::Request& request) {
  if (const auto customer = customers_.find(host_of_from(request)); customer != customers_.end()) {
    if (customer->second == CustomerMode::kVouch) return vouch(request);
    return relay(env_, request);
  }
  switch (options_.transit) {
    case TransitRole::kCarry:
      return relay(env_, request);
    case TransitRole::kResign:
      return resign(request, std::string_view(&options_.attest, 1));
    case TransitRole::kForward:
      return forward(request);
  }
  return relay(env_, request);
}

sim::Response Provider::vouch(const sim::Request& request) {
  const auto call = stir::read_sip_call(request);
  if (!call) return {.status = 400, .reason = "Bad Request", .headers = {}, .body = {}};
  const std::string call_id(request.headers.get("Call-ID").value_or(""));
  const VerificationReply reply = customer_verification_.verify(*call, call_id);
  return resign(request, reply.verdict.passed ? "A" : "B");
}

sim::Response Provider::resign(const sim::Request& request, std::string_view attest) {
  auto call = stir::read_sip_call(request);
  if (!call) return {.status = 400, .reason = "Bad Request", .headers = {}, .body = {}};
  sim::Request onward = request;
  onward.headers.remove("Identity");
  auto random = env_.random("origid");
  const auto signed_identity = sign(*call, attest, make_uuid(random));
  // Without a signature the call still goes on: a gateway does not drop calls for that.
  if (signed_identity) onward.headers.add("Identity", signed_identity->header);
  return relay(env_, std::move(onward));
}

sim::Response Provider::forward(const sim::Request& request) {
  const auto call = stir::read_sip_call(request);
  if (!call || call->dest.empty()) {
    return {.status = 400, .reason = "Bad Request", .headers = {}, .body = {}};
  }
  const stir::Party dialled = call->request_target.value_or(call->dest.front());
  if (!dialled.is_telephone_number()) return relay(env_, request);
  std::string number;
  for (const std::string& host : hosts_ahead(request)) {
    number = options_.forwarding.target(host, dialled.value);
    if (!number.empty()) break;
  }
  if (number.empty()) return relay(env_, request);
  sim::Request onward = retargeted(request, number);
  auto diversions = sign_diversions(*call, dialled, stir::telephone_number(number));
  if (options_.forwarding.diversion == Diversion::kAlone) onward.headers.remove("Identity");
  for (std::string& header : diversions) onward.headers.add("Identity", std::move(header));
  return relay(env_, std::move(onward));
}

// One for each PASSporT that is for the dialled number, be it the first or a diversion to it
// (RFC 8946 §4.1); none that says the same again.
std::vector<std::string> Provider::sign_diversions(const stir::SipCall& call,
                                                   const stir::Party& dialled,
                                                   const stir::Party& target) {
  const Diversion how = options_.forwarding.diversion;
  std::vector<std::string> headers;
  if (how == Diversion::kNone) return headers;
  std::vector<stir::Passport> said;
  for (const std::string& identity : call.identity) {
    if (headers.size() == options_.verification.most_identity_headers) break;
    const auto token = stir::PassportToken::decode(stir::parse_identity_header(identity).token);
    auto diversion = stir::div_passport(token.content(), dialled, target, {});
    if (!diversion) continue;  // Not for this number.
    falsify(*diversion, how);
    if (std::find(said.begin(), said.end(), *diversion) != said.end()) continue;
    said.push_back(*diversion);
    auto header = authentication_.sign_diversion(*std::move(diversion));
    if (!header) continue;  // As a call whose signature fails: it goes on without.
    headers.push_back(how == Diversion::kBrokenSignature ? with_broken_signature(*std::move(header))
                                                         : *std::move(header));
  }
  return headers;
}

Status Provider::move_to(std::string ca, std::string directory_url) {
  certificate_source_.move_to(std::move(ca), std::move(directory_url));
  return certificates_.renew_at_new_ca();
}

sim::Response Provider::on_http(const sim::Request& request) {
  const auto url = sim::parse_url(request.target);
  const std::string_view path = url ? std::string_view(url->path) : std::string_view();
  if (delegation_ && DelegationService::is_for(path)) return delegation_->answer(request, path);
  if (!wait_until_ready(env_.now() + kStartPatience)) return rest_not_ready();
  return answer_rest(
      request, path,
      {.sign = [this](const stir::SipCall& call, std::string_view attest,
                      std::string_view origid) { return sign(call, attest, origid); },
       .verify = [this](const stir::SipCall& call) { return verify(call, ""); }});
}

}  // namespace shakedown::actors
