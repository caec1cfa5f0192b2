#include "actors/signing/authentication_service.h"

#include <array>
#include <utility>

#include "stir/call/identity_header.h"
#include "stir/passport/passport.h"

namespace shakedown::actors {

AuthenticationService::AuthenticationService(
    sim::Env& env,
    KeyStore& keys,
    std::function<SigningIdentityPtr()> identity,
    OwnValidity own_validity,
    std::vector<std::pair<std::string, std::string>> other_claims)
    : env_(env),
      keys_(keys),
      identity_(std::move(identity)),
      own_validity_(own_validity),
      other_claims_(std::move(other_claims)) {}

Result<SignedIdentity> AuthenticationService::sign(const stir::SipCall& call,
                                                   std::string_view attest,
                                                   std::string_view origid) {
  const sim::Time asked_at = env_.now();
  const SigningIdentityPtr identity = identity_();
  if (!identity) return fail(ErrorCode::kRefused, "no certificate is in use yet");
  const bool ignored = own_validity_ == OwnValidity::kIgnored;
  auto to_sign = stir::passport_to_sign(
      {.call = &call,
       .now = asked_at,
       .attest = attest,
       .origid = origid,
       .x5u = identity->x5u,
       .not_before = ignored ? sim::Time::min() : identity->certificate->not_before(),
       .not_after = ignored ? sim::kNever : identity->certificate->not_after()});
  if (!to_sign) return tl::unexpected<Error>(std::move(to_sign).error());
  to_sign->passport.other_claims = other_claims_;
  SignedIdentity signed_identity;
  ASSIGN_OR_RETURN(signed_identity.header, write_signed(*identity, to_sign->passport));
  signed_identity.date = to_sign->date;
  signed_identity.latency = env_.now() - asked_at;
  return signed_identity;
}

Result<std::string> AuthenticationService::sign_diversion(stir::Passport diversion) {
  const SigningIdentityPtr identity = identity_();
  if (!identity) return fail(ErrorCode::kRefused, "no certificate is in use yet");
  diversion.x5u = identity->x5u;
  return write_signed(*identity, diversion);
}

Result<std::string> AuthenticationService::write_signed(const SigningIdentity& identity,
                                                        const stir::Passport& passport) {
  const std::string signing_input = stir::signing_input(passport);
  ASSIGN_OR_RETURN(const auto signature, keys_.sign(identity.key, signing_input));
  return stir::write_identity_header(stir::encode(signing_input, signature), identity.x5u,
                                     passport.ppt);
}

std::string make_uuid(sim::Random& random) {
  std::array<std::uint8_t, 16> octets{};
  random.fill(octets);
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0F) | 0x40);
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3F) | 0x80);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = kDigits[octets[i] >> 4];
    text[at++] = kDigits[octets[i] & 0x0F];
  }
  return text;
}

}  // namespace shakedown::actors
