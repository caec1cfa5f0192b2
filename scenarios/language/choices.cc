// The words of the scenario language and what they mean: for parsing, schema, documentation,
// reports.
#include <array>

#include "scenarios/model/model.h"

namespace shakedown::scenarios {

template <>
std::span<const Choice<KeyCustody>> choices<KeyCustody>() {
  static constexpr std::array kAll{
      Choice<KeyCustody>{KeyCustody::kMemory, "memory", "The private key is in the process."},
      Choice<KeyCustody>{KeyCustody::kEnvelope, "envelope",
                         "Stored under a data key that a master key in a hosted HSM wraps."},
      Choice<KeyCustody>{KeyCustody::kHsm, "hsm",
                         "Generated and used in an HSM of the provider's own."},
  };
  return kAll;
}

template <>
std::span<const Choice<AcmeReading>> choices<AcmeReading>() {
  static constexpr std::array kAll{
      Choice<AcmeReading>{
          AcmeReading::kDeployed, "deployed",
          "As deployed STI-CAs: also `atc` answers, padded base64, and fingerprints "
          "of the whole public key."},
      Choice<AcmeReading>{AcmeReading::kStrict, "strict", "RFC 8555, 9447 and 9448 to the letter."},
      Choice<AcmeReading>{AcmeReading::kTolerant, "tolerant",
                          "As deployed, and also the account's key in a request, other extensions "
                          "(dropped), and signatures over the JWS header alone."},
  };
  return kAll;
}

template <>
std::span<const Choice<CertificateUse>> choices<CertificateUse>() {
  static constexpr std::array kAll{
      Choice<CertificateUse>{CertificateUse::kShaken, "shaken", "The service provider code alone."},
      Choice<CertificateUse>{CertificateUse::kPop, "pop",
                             "Proof of possession: the code and `numbers`."},
  };
  return kAll;
}

template <>
std::span<const Choice<Publish>> choices<Publish>() {
  static constexpr std::array kAll{
      Choice<Publish>{Publish::kNewUrl, "new_url", "Each certificate gets a URL of its own."},
      Choice<Publish>{Publish::kInPlace, "in_place",
                      "A new certificate replaces the old one at the same URL."},
  };
  return kAll;
}

template <>
std::span<const Choice<SwitchKey>> choices<SwitchKey>() {
  static constexpr std::array kAll{
      Choice<SwitchKey>{SwitchKey::kWhenFetchable, "when_fetchable",
                        "When the new certificate can be fetched everywhere."},
      Choice<SwitchKey>{SwitchKey::kAtOnce, "at_once", "As soon as it is issued."},
  };
  return kAll;
}

template <>
std::span<const Choice<CacheMode>> choices<CacheMode>() {
  static constexpr std::array kAll{
      Choice<CacheMode>{CacheMode::kHttp, "http", "As long as HTTP caching allows."},
      Choice<CacheMode>{CacheMode::kNone, "none", "Every call fetches."},
  };
  return kAll;
}

template <>
std::span<const Choice<IssuedProfile>> choices<IssuedProfile>() {
  static constexpr std::array kAll{
      Choice<IssuedProfile>{IssuedProfile::kV003, "v003",
                            "The CRL's URL in leaves only, without cRLIssuer; CAs may sign CRLs."},
      Choice<IssuedProfile>{IssuedProfile::kV004, "v004", "CAs may sign CRLs."},
      Choice<IssuedProfile>{IssuedProfile::kV005, "v005", "The newest."},
  };
  return kAll;
}

template <>
std::span<const Choice<MixedTnAuthList>> choices<MixedTnAuthList>() {
  static constexpr std::array kAll{
      Choice<MixedTnAuthList>{MixedTnAuthList::kUnion, "union",
                              "The provider's numbers and the listed ones."},
      Choice<MixedTnAuthList>{MixedTnAuthList::kIntersection, "intersection",
                              "Only the listed numbers, and only by that provider."},
      Choice<MixedTnAuthList>{MixedTnAuthList::kReject, "reject", "No call is covered."},
  };
  return kAll;
}

template <>
std::span<const Choice<NumberAuthority>> choices<NumberAuthority>() {
  static constexpr std::array kAll{
      Choice<NumberAuthority>{NumberAuthority::kNone, "none",
                              "A provider's certificate covers any number (deployed practice)."},
      Choice<NumberAuthority>{NumberAuthority::kDatabase, "database",
                              "It covers the numbers of that provider only."},
  };
  return kAll;
}

template <>
std::span<const Choice<TransitDoes>> choices<TransitDoes>() {
  static constexpr std::array kAll{
      Choice<TransitDoes>{TransitDoes::kCarry, "carry", "Passes the Identity header on."},
      Choice<TransitDoes>{TransitDoes::kStrip, "strip", "Removes it."},
      Choice<TransitDoes>{TransitDoes::kResign, "resign", "Removes it and signs itself."},
      Choice<TransitDoes>{TransitDoes::kForward, "forward",
                          "Forwards calls for its own numbers to a number of the next provider, "
                          "and signs a div PASSporT (RFC 8946)."},
  };
  return kAll;
}

template <>
std::span<const Choice<Diversion>> choices<Diversion>() {
  static constexpr std::array kAll{
      Choice<Diversion>{Diversion::kHonest, "honest",
                        "A div PASSporT beside what the call had, and it is right."},
      Choice<Diversion>{Diversion::kNone, "none", "No div PASSporT."},
      Choice<Diversion>{Diversion::kAlone, "alone",
                        "A div PASSporT without the PASSporTs that it refers to."},
      Choice<Diversion>{Diversion::kOtherNumber, "other_number",
                        "Its `div` names a number that was not called."},
      Choice<Diversion>{Diversion::kOtherTarget, "other_target",
                        "Its `dest` is not where the call goes."},
      Choice<Diversion>{Diversion::kOtherCaller, "other_caller", "Its `orig` is another caller."},
      Choice<Diversion>{Diversion::kBrokenSignature, "broken_signature",
                        "It was changed after signing."},
  };
  return kAll;
}

template <>
std::span<const Choice<DelegationMode>> choices<DelegationMode>() {
  static constexpr std::array kAll{
      Choice<DelegationMode>{DelegationMode::kRfc9060, "rfc9060",
                             "The terminating side verifies the enterprise's PASSporT."},
      Choice<DelegationMode>{DelegationMode::kAtis92, "atis92",
                             "The originating provider verifies it, then signs `shaken` itself."},
  };
  return kAll;
}

template <>
std::span<const Choice<EnterpriseSigns>> choices<EnterpriseSigns>() {
  static constexpr std::array kAll{
      Choice<EnterpriseSigns>{EnterpriseSigns::kBase, "base", "PASSporTs without ppt."},
      Choice<EnterpriseSigns>{EnterpriseSigns::kShaken, "shaken",
                              "`shaken` PASSporTs, which a delegate certificate must not sign."},
  };
  return kAll;
}

template <>
std::span<const Choice<Pattern>> choices<Pattern>() {
  static constexpr std::array kAll{
      Choice<Pattern>{Pattern::kEven, "even", "One call in each slot, at a drawn moment of it."},
      Choice<Pattern>{Pattern::kPoisson, "poisson", "At independent moments."},
  };
  return kAll;
}

template <>
std::span<const Choice<Means>> choices<Means>() {
  static constexpr std::array kAll{
      Choice<Means>{Means::kOwn, "own", "Honestly, with the caller's own credentials."},
      Choice<Means>{Means::kStolenKey, "stolen_key", "With the key stolen from `as`."},
      Choice<Means>{Means::kOwnCa, "own_ca",
                    "With a certificate for `as` from a CA that nobody listed."},
      Choice<Means>{Means::kNoIdentity, "no_identity", "Without an Identity header."},
      Choice<Means>{
          Means::kSpoofedNumber, "spoofed_number",
          "With somebody else's numbers and the caller's own credentials, if it has any."},
      Choice<Means>{Means::kReplay, "replay", "With an Identity header captured from `as`."},
  };
  return kAll;
}

template <>
std::span<const Choice<WhichCertificate>> choices<WhichCertificate>() {
  static constexpr std::array kAll{
      Choice<WhichCertificate>{WhichCertificate::kCurrent, "current", "The one in use."},
      Choice<WhichCertificate>{WhichCertificate::kPrevious, "previous", "The one used before."},
      Choice<WhichCertificate>{WhichCertificate::kStolen, "stolen",
                               "The one whose key was stolen."},
      Choice<WhichCertificate>{WhichCertificate::kDelegateCa, "delegate_ca",
                               "That under which a provider or an enterprise delegates numbers."},
  };
  return kAll;
}

template <>
std::span<const Choice<WhichSigner>> choices<WhichSigner>() {
  static constexpr std::array kAll{
      Choice<WhichSigner>{WhichSigner::kSigner, "signer", "Of tokens and the list of CAs."},
      Choice<WhichSigner>{WhichSigner::kCrlSigner, "crl_signer", "Of the CRL."},
      Choice<WhichSigner>{WhichSigner::kRoot, "root",
                          "The root, with both signers; the STI-CAs install it at once."},
  };
  return kAll;
}

template <>
std::span<const Choice<Comparison>> choices<Comparison>() {
  static constexpr std::array kAll{
      Choice<Comparison>{Comparison::kAtLeast, "at_least", "This much or more."},
      Choice<Comparison>{Comparison::kAtMost, "at_most", "This much or less."},
      Choice<Comparison>{Comparison::kExactly, "exactly", "Just this much."},
  };
  return kAll;
}

template <>
std::span<const Choice<Counted>> choices<Counted>() {
  static constexpr std::array kAll{
      Choice<Counted>{Counted::kPassed, "passed", "Calls that passed verification."},
      Choice<Counted>{Counted::kFailed, "failed", "Calls that failed it or were refused."},
      Choice<Counted>{Counted::kUnverified, "unverified", "Calls without a verdict."},
      Choice<Counted>{Counted::kAttempted, "attempted", "All calls."},
  };
  return kAll;
}

}  // namespace shakedown::scenarios
