// The words of the scenario language and what they mean: for parsing, schema, documentation,
// reports.
#include <array>

#include "scenarios/model/model.h"

namespace shakedown::scenarios {

template <>
std::span<const Choice<actors::KeyCustody>> choices<actors::KeyCustody>() {
  static constexpr std::array kAll{
      Choice<actors::KeyCustody>{actors::KeyCustody::kMemory, "memory",
                                 "The private key is in the process."},
      Choice<actors::KeyCustody>{
          actors::KeyCustody::kEnvelope, "envelope",
          "Stored under a data key that a master key in a hosted HSM wraps."},
      Choice<actors::KeyCustody>{actors::KeyCustody::kHsm, "hsm",
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
std::span<const Choice<stir::ProfileVersion>> choices<stir::ProfileVersion>() {
  static constexpr std::array kAll{
      Choice<stir::ProfileVersion>{
          stir::ProfileVersion::kV003, "v003",
          "The CRL's URL in leaves only, without cRLIssuer; CAs may sign CRLs."},
      Choice<stir::ProfileVersion>{stir::ProfileVersion::kV004, "v004", "CAs may sign CRLs."},
      Choice<stir::ProfileVersion>{stir::ProfileVersion::kV005, "v005", "The newest."},
  };
  return kAll;
}

template <>
std::span<const Choice<stir::MixedListMode>> choices<stir::MixedListMode>() {
  static constexpr std::array kAll{
      Choice<stir::MixedListMode>{stir::MixedListMode::kUnion, "union",
                                  "The provider's numbers and the listed ones."},
      Choice<stir::MixedListMode>{stir::MixedListMode::kIntersection, "intersection",
                                  "Only the listed numbers, and only by that provider."},
      Choice<stir::MixedListMode>{stir::MixedListMode::kReject, "reject", "No call is covered."},
  };
  return kAll;
}

template <>
std::span<const Choice<stir::NumberAuthorityMode>> choices<stir::NumberAuthorityMode>() {
  static constexpr std::array kAll{
      Choice<stir::NumberAuthorityMode>{
          stir::NumberAuthorityMode::kNone, "none",
          "A provider's certificate covers any number (deployed practice)."},
      Choice<stir::NumberAuthorityMode>{stir::NumberAuthorityMode::kDatabase, "database",
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
std::span<const Choice<actors::Diversion>> choices<actors::Diversion>() {
  static constexpr std::array kAll{
      Choice<actors::Diversion>{actors::Diversion::kHonest, "honest",
                                "A div PASSporT beside what the call had, and it is right."},
      Choice<actors::Diversion>{actors::Diversion::kNone, "none", "No div PASSporT."},
      Choice<actors::Diversion>{actors::Diversion::kAlone, "alone",
                                "A div PASSporT without the PASSporTs that it refers to."},
      Choice<actors::Diversion>{actors::Diversion::kOtherNumber, "other_number",
                                "Its `div` names a number that was not called."},
      Choice<actors::Diversion>{actors::Diversion::kOtherTarget, "other_target",
                                "Its `dest` is not where the call goes."},
      Choice<actors::Diversion>{actors::Diversion::kOtherCaller, "other_caller",
                                "Its `orig` is another caller."},
      Choice<actors::Diversion>{actors::Diversion::kBrokenSignature, "broken_signature",
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
