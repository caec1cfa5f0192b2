// The section `ecosystem`: STI-PA, STI-CAs, providers and transit providers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {
namespace {

constexpr std::int64_t kMostServers = 1'024;

// ---- STI-PA and STI-CAs
// --------------------------------------------------------------------------

const Mapping<PolicyAdministrator>& crl_publication_mapping() {
  static const Mapping<PolicyAdministrator> table = [] {
    using P = PolicyAdministrator;
    Mapping<P> t("crl publication", "The STI-PA's CRL.");
    t.key("publish_every", positive_duration(), &P::crl_publish_every)
        .by_default("1h")
        .says("How often a new one is published.");
    t.key("valid_for", positive_duration(), &P::crl_valid_for)
        .by_default("24h")
        .says("From thisUpdate to nextUpdate.");
    t.key("on_revocation",
          turned(one_of({{"wait", "It appears with the next scheduled CRL."},
                         {"publish_at_once", "A CRL is published for it."}}),
                 [](const std::string& word) { return word == "publish_at_once"; }),
          &P::crl_published_at_once)
        .by_default("wait")
        .says("When a revocation appears.");
    t.finish([](Reader& reader, const Node& node, P& p) {
      if (p.crl_valid_for < p.crl_publish_every) {
        reader.problem(node, "the CRL expires before the next one is published");
      }
    });
    return t;
  }();
  return table;
}

const Mapping<PolicyAdministrator>& ca_list_publication_mapping() {
  static const Mapping<PolicyAdministrator> table = [] {
    using P = PolicyAdministrator;
    Mapping<P> t("ca list publication", "The STI-PA's signed list of trusted CAs.");
    t.key("publish_every", positive_duration(), &P::ca_list_publish_every)
        .otherwise("when it changes")
        .says("How often a new one is published although nothing changed.")
        .example("24h");
    t.key("valid_for", positive_duration(), &P::ca_list_valid_for)
        .by_default("24h")
        .says("Until its `exp`.");
    return t;
  }();
  return table;
}

const Mapping<PolicyAdministrator>& token_mapping() {
  static const Mapping<PolicyAdministrator> table = [] {
    Mapping<PolicyAdministrator> t("token", "SPC tokens, with which providers order certificates.");
    t.key("valid_for", positive_duration(), &PolicyAdministrator::token_valid_for)
        .by_default("24h")
        .says("Until its `exp`.");
    return t;
  }();
  return table;
}

const Mapping<PolicyAdministrator>& policy_administrator_mapping() {
  static const Mapping<PolicyAdministrator> table = [] {
    using P = PolicyAdministrator;
    const auto whole = [](P& p) -> P& { return p; };
    Mapping<P> t("policy administrator", "The STI-PA: who is trusted, who is revoked.");
    t.key("region", reference(Role::kRegion), &P::region)
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-central");
    t.key("crl", mapping_value(crl_publication_mapping()), whole)
        .says("How the CRL is published.")
        .example("{publish_every: 1h}");
    t.key("ca_list", mapping_value(ca_list_publication_mapping()), whole)
        .says("How the list of trusted CAs is published.")
        .example("{valid_for: 24h}");
    t.key("token", mapping_value(token_mapping()), whole)
        .says("SPC tokens.")
        .example("{valid_for: 24h}");
    return t;
  }();
  return table;
}

const Mapping<CertificationAuthority>& responder_mapping() {
  static const Mapping<CertificationAuthority> table = [] {
    Mapping<CertificationAuthority> t("ocsp responder", "How an STI-CA answers OCSP, at /ocsp.");
    t.key("valid_for", positive_duration(), &CertificationAuthority::ocsp_valid_for)
        .by_default("24h")
        .says("From an answer's thisUpdate to its nextUpdate.")
        .example("1h");
    t.key("in_certificates", boolean(), &CertificationAuthority::ocsp_in_certificates)
        .by_default("false")
        .says(
            "Its URL stands in the authorityInfoAccess of the certificates, which no version of "
            "ATIS-1000080 knows.");
    t.finish([](Reader& reader, const Node& node, CertificationAuthority& ca) {
      if (ca.ocsp_valid_for < 2s) {
        reader.problem(reader.spot_of(node, "valid_for"), "an answer must be valid for 2s or more");
      }
    });
    return t;
  }();
  return table;
}

Value<std::string> https_url() {
  return word("an https URL", "^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[!-~]{0,400}$");
}

const Mapping<IssuedCertificates>& issued_certificates_mapping() {
  static const Mapping<IssuedCertificates> table = [] {
    using C = IssuedCertificates;
    Mapping<C> t("issued certificates", "What the certificates of an STI-CA look like.");
    t.key("profile", choice<stir::ProfileVersion>(), &C::profile)
        .by_default("v005")
        .says("The version of ATIS-1000080 whose profile it follows.");
    t.key("policy", word("an OID", "^[0-2](\\.(0|[1-9][0-9]{0,8})){2,16}$"), &C::policy)
        .by_default("\"2.16.840.1.114569.1.1.3\"")
        .says("The certificate policy: by default version 1.3 of the US SHAKEN policy.")
        .example("\"2.16.840.1.114569.1.1.4\"");
    t.key("practice_statement", https_url(), &C::practice_statement)
        .says("Where its certification practice statement is: a qualifier of the policy.")
        .example("\"https://ca-one.test/practices.html\"");
    t.key("call_placement", list_of(https_url(), 1, 8), &C::call_placement)
        .says(
            "Call placement services of out-of-band STIR, in an extension of a draft "
            "(draft-sliwa-stir-cert-cps-ext), under a private number.")
        .example("[\"https://placement.test/oob/v1\"]");
    t.key("no_rev_avail", boolean(), &C::no_rev_avail)
        .by_default("false")
        .says(
            "Signing certificates say that nothing is published of their revocation (RFC 9608), "
            "instead of where the CRL is. No version of ATIS-1000080 allows it.");
    return t;
  }();
  return table;
}

const Mapping<CertificationAuthority>& ca_mapping() {
  static const Mapping<CertificationAuthority> table = [] {
    using C = CertificationAuthority;
    Mapping<C> t("ca", "An STI-CA, with a root, an issuing intermediate and an order service.");
    t.key("name", name(), &C::name).required().says("Its name.").example("ca-one");
    t.key("region", reference(Role::kRegion), &C::region)
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-east");
    t.key("listed", boolean(), &C::listed)
        .by_default("true")
        .says("It is on the STI-PA's list from the start.");
    t.key("certificate_valid_for", positive_duration(), &C::certificate_valid_for)
        .by_default("398d")
        .says("The longest lifetime of a certificate that it issues.");
    t.key("processing", distribution(), &C::processing)
        .by_default("200ms")
        .says("The time it takes to issue a certificate.");
    t.key("acme", choice<AcmeReading>(), &C::acme)
        .by_default("deployed")
        .says("How it reads what ACME clients send.");
    t.key("certificates", mapping_value(issued_certificates_mapping()), &C::certificates)
        .says("What its certificates look like.")
        .example("{profile: v004}");
    t.key("ocsp", mapping_value(responder_mapping()), [](C& c) -> C& { return c; })
        .says("Its OCSP responder.")
        .example("{valid_for: 1h}");
    t.key("subscribers", count(0, kMostSubscribers), &C::subscribers)
        .by_default("0")
        .says("Further holders of its certificates, which place no calls; for revoke_many.")
        .example("1203");
    t.finish([](Reader& reader, const Node& node, C& ca) {
      ca.mark = node.place.mark;
      if (ca.certificates.no_rev_avail && ca.ocsp_in_certificates) {
        reader.problem(reader.spot_of(node, "ocsp"),
                       "no_rev_avail and ocsp.in_certificates make certificates invalid together "
                       "(RFC 9608 §4)");
      }
      reader.declare("name", ca.name, reader.spot_of(node, "name"));
    });
    return t;
  }();
  return table;
}

// ---- providers and transit providers
// -------------------------------------------------------------

const Mapping<ExternalProduct>& external_mapping() {
  static const Mapping<ExternalProduct> table = [] {
    using E = ExternalProduct;
    Mapping<E> t("external product",
                 "Your own product in this provider's place, on the wall clock; at least one key.");
    t.key("verification", url(), &E::verification)
        .says("Its verification service (ATIS-1000082).")
        .example("\"http://127.0.0.1:8080/stir/v1/verification\"");
    t.key("signing", url(), &E::signing)
        .says("Its authentication service (ATIS-1000082).")
        .example("\"http://127.0.0.1:8080/stir/v1/signing\"");
    t.key("sip", host_port(), &E::sip)
        .says("Where it takes INVITEs. Reserved: this version plays no scenario that has it.")
        .example("\"127.0.0.1:5060\"");
    t.key("command", list_of(text(), 1, 256), &E::command)
        .says("A program that is run for each question, with its arguments. Reserved as `sip` is.")
        .example("[./my-verifier, --stdin]");
    t.finish([](Reader& reader, const Node& node, E& external) {
      if (external == E{} && node.members.empty()) {
        reader.problem(node, "give at least one of verification, signing, sip and command");
      }
    });
    return t;
  }();
  return table;
}

// What every signer has; `of` finds the Provider in a T.
template <class T, class Of>
void signer_keys(Mapping<T>& t, Of of, bool required) {
  t.key("spc", spc(), [of](T& x) -> std::string& { return of(x).spc; })
      .says("The service provider code, the OCN in North America.")
      .example("\"709J\"")
      .is_required = required;
  t.key("numbers", number_ranges(), [of](T& x) -> NumberRanges& { return of(x).numbers; })
      .says(
          "Its telephone numbers: numbers, prefixes and ranges, of the fictional form "
          "+1 NPA 555 XXXX.")
      .example("[\"+1201555\"]")
      .is_required = required;
  t.key("ca", reference(Role::kCa), [of](T& x) -> std::string& { return of(x).ca; })
      .says("The STI-CA that issues its certificates.")
      .example("ca-one")
      .is_required = required;
  t.key("keys", choice<actors::KeyCustody>(),
        [of](T& x) -> actors::KeyCustody& { return of(x).keys; })
      .by_default("memory")
      .says("Who keeps the private keys.");
  t.key("servers",
        turned(integer(1, kMostServers), [](std::int64_t n) { return static_cast<int>(n); }),
        [of](T& x) -> int& { return of(x).servers; })
      .by_default("1")
      .says("How many signatures and verifications it works on at a time.");
  t.key("certificate", certificate_value(),
        [of](T& x) -> CertificatePolicy& { return of(x).certificate; })
      .says("Its certificate and the renewal.")
      .example("{lifetime: 24h, renew_before: 6h}");
  t.key("repository", repository_value(), [of](T& x) -> Repository& { return of(x).repository; })
      .says("Where its certificates are published.")
      .example("{cdn: coast-to-coast}");
}

// What can be said only when the CA is known.
void check_lifetime(Reader& reader, const Node& node, const Provider& provider) {
  const Node::Member* certificate = node.find("certificate");
  Spot spot = reader.spot_of(node, "certificate");
  if (certificate != nullptr && certificate->value->has("lifetime")) {
    spot = {certificate->value->find("lifetime")->value->place, spot.path + ".lifetime"};
  }
  reader.later([spot, ca = provider.ca, lifetime = provider.certificate.lifetime](
                   Reader& after, const Scenario& all) {
    for (const CertificationAuthority& authority : all.ecosystem.cas) {
      if (authority.name != ca || lifetime <= authority.certificate_valid_for) continue;
      after.problem(spot, fmt::format("{} is longer than the {} that {} issues for",
                                      sim::format_duration(lifetime),
                                      sim::format_duration(authority.certificate_valid_for), ca));
    }
  });
}

struct ProviderDraft {
  Provider provider;
  Delegates delegates;
  friend bool operator==(const ProviderDraft&, const ProviderDraft&) = default;
};

void finish_provider(Reader& reader, const Node& node, ProviderDraft& draft) {
  Provider& provider = draft.provider;
  provider.mark = node.place.mark;
  reader.declare("name", provider.name, reader.spot_of(node, "name"));
  reader.declare("service provider code", provider.spc, reader.spot_of(node, "spc"));
  if (draft.delegates.yes) {
    provider.delegates =
        draft.delegates.numbers.empty() ? provider.numbers : draft.delegates.numbers;
    provider.delegates_by_code = draft.delegates.by_code;
  }
  check_lifetime(reader, node, provider);
}

const Mapping<ProviderDraft>& provider_mapping() {
  static const Mapping<ProviderDraft> table = [] {
    using D = ProviderDraft;
    const auto provider = [](D& d) -> Provider& { return d.provider; };
    Mapping<D> t("provider",
                 "A voice service provider: it signs the calls of its subscribers and "
                 "verifies those that it receives.");
    t.key("name", name(), [](D& d) -> std::string& { return d.provider.name; })
        .required()
        .says("Its name.")
        .example("acme-tel");
    t.key("region", reference(Role::kRegion),
          [](D& d) -> std::string& { return d.provider.region; })
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-east");
    signer_keys(t, provider, true);
    t.key("attest", attestation(), [](D& d) -> char& { return d.provider.attest; })
        .by_default("A")
        .says("The attestation of its calls, where the traffic says nothing else.");
    t.key("verify", verify_value(), [](D& d) -> VerifyPolicy& { return d.provider.verify; })
        .says("How it verifies.")
        .example("{policy: rfc8224, cache: http, revocation: {crl: {refresh: 1h}}}");
    t.key("delegates", delegates_value(true), &D::delegates)
        .by_default("false")
        .says(
            "It has a delegate CA certificate (RFC 9060) and can delegate numbers to enterprises: "
            "its own with true, those of the list, or all of its provider code.")
        .example("true");
    t.key("external", mapping_value(external_mapping()),
          [](D& d) -> std::optional<ExternalProduct>& { return d.provider.external; })
        .says("Your own product plays this provider.")
        .example("{verification: \"http://127.0.0.1:8080/stir/v1/verification\"}");
    t.finish(finish_provider);
    return t;
  }();
  return table;
}

struct TransitDraft {
  Transit transit;
  Provider signer;
  friend bool operator==(const TransitDraft&, const TransitDraft&) = default;
};

void finish_transit(Reader& reader, const Node& node, TransitDraft& draft) {
  Transit& transit = draft.transit;
  transit.mark = node.place.mark;
  reader.declare("name", transit.name, reader.spot_of(node, "name"));
  const bool forwards = transit.does == TransitDoes::kForward;
  if (!forwards && node.has("div")) {
    reader.problem(reader.spot_of(node, "div"), "only a transit provider that does forward has it");
  }
  if (!forwards && transit.does != TransitDoes::kResign) {
    for (const Node::Member& member : node.members) {
      constexpr std::array<std::string_view, 4> kOfAll{"name", "region", "does", "div"};
      if (std::find(kOfAll.begin(), kOfAll.end(), member.key) != kOfAll.end()) continue;
      reader.problem(reader.spot_of(node, member.key),
                     fmt::format("only a transit provider that does resign or forward has {}",
                                 in_quotes(member.key)));
    }
    return;
  }
  for (const char* key : {"spc", "ca"}) {
    if (node.has(key)) continue;
    reader.problem(node, fmt::format("missing key '{}': a transit provider that does {} needs "
                                     "a certificate",
                                     key, to_string(transit.does)));
  }
  if (forwards && !node.has("numbers")) {
    reader.problem(node, "missing key 'numbers': those whose calls it forwards");
  }
  reader.declare("service provider code", draft.signer.spc, reader.spot_of(node, "spc"));
  draft.signer.mark = transit.mark;
  draft.signer.name = transit.name;
  draft.signer.region = transit.region;
  if (!node.has("attest")) draft.signer.attest = 'C';
  check_lifetime(reader, node, draft.signer);
  transit.signer = draft.signer;
}

const Mapping<TransitDraft>& transit_mapping() {
  static const Mapping<TransitDraft> table = [] {
    using D = TransitDraft;
    const auto signer = [](D& d) -> Provider& { return d.signer; };
    Mapping<D> t("transit provider", "An intermediate or gateway provider on the way of calls.");
    t.key("name", name(), [](D& d) -> std::string& { return d.transit.name; })
        .required()
        .says("Its name.")
        .example("long-haul");
    t.key("region", reference(Role::kRegion), [](D& d) -> std::string& { return d.transit.region; })
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-central");
    t.key("does", choice<TransitDoes>(), [](D& d) -> TransitDoes& { return d.transit.does; })
        .by_default("carry")
        .says(
            "What it does with the Identity header. With resign and forward it needs `spc` and "
            "`ca`, and may have what signing providers have; with forward also `numbers`.");
    t.key("div", choice<actors::Diversion>(),
          [](D& d) -> actors::Diversion& { return d.transit.diversion; })
        .by_default("honest")
        .says("How it signs that a call was forwarded; only with forward.");
    t.key("attest", attestation(), [](D& d) -> char& { return d.signer.attest; })
        .otherwise("C")
        .says("The attestation of what it signs.");
    signer_keys(t, signer, false);
    t.finish(finish_transit);
    return t;
  }();
  return table;
}

// ---- the whole
// -----------------------------------------------------------------------------------

const Mapping<Ecosystem>& ecosystem_mapping() {
  static const Mapping<Ecosystem> table = [] {
    using E = Ecosystem;
    Mapping<E> t("ecosystem", "Who is there.");
    t.key("policy_administrator", mapping_value(policy_administrator_mapping()),
          &E::policy_administrator)
        .says("The STI-PA; there is always one.")
        .example("{crl: {publish_every: 1h}, ca_list: {valid_for: 24h}}");
    t.key("cas", list_of(mapping_value(ca_mapping())), &E::cas)
        .required()
        .says("The STI-CAs.")
        .example("[{name: ca-one}]");
    t.key("providers",
          list_of(turned(mapping_value(provider_mapping()),
                         [](ProviderDraft draft) { return draft.provider; })),
          &E::providers)
        .required()
        .says("The service providers.")
        .example("[{name: acme-tel, spc: \"709J\", numbers: [\"+1201555\"], ca: ca-one}]");
    t.key("transit",
          list_of(turned(mapping_value(transit_mapping()),
                         [](TransitDraft draft) { return draft.transit; })),
          &E::transit)
        .says("Providers that calls pass through, named by `via`.")
        .example("[{name: long-haul, does: strip}]");
    t.key("enterprises", list_of(enterprise_value()), &E::enterprises)
        .says("Enterprises that call with delegated numbers.")
        .example(
            "[{name: bank, delegated_by: acme-tel, through: acme-tel, numbers: "
            "[\"+12015550100-12015550199\"]}]");
    return t;
  }();
  return table;
}

}  // namespace

Value<Ecosystem> ecosystem_value() { return mapping_value(ecosystem_mapping()); }

}  // namespace shakedown::scenarios
