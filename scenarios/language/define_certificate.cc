// A provider's certificate, its repository, and how it verifies.
#include <fmt/format.h>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"
#include "scenarios/model/presets.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::scenarios {
namespace {

constexpr std::uint64_t kMostCached = 10'000'000;

void finish_certificate(Reader& reader, const Node& node, CertificatePolicy& policy) {
  if (!node.has("renew_before")) {
    policy.renew_before = policy.lifetime / 3;
  } else if (policy.renew_before >= policy.lifetime) {
    reader.problem(reader.spot_of(node, "renew_before"),
                   fmt::format("{} is not shorter than the lifetime, {}",
                               sim::format_duration(policy.renew_before),
                               sim::format_duration(policy.lifetime)));
  }
  if (policy.every && *policy.every >= policy.lifetime) {
    reader.problem(
        reader.spot_of(node, "every"),
        fmt::format("{} is not shorter than the lifetime, {}: the certificate would "
                    "expire before it is renewed",
                    sim::format_duration(*policy.every), sim::format_duration(policy.lifetime)));
  }
  if (policy.use == CertificateUse::kPop && !node.has("numbers")) {
    reader.problem(node, "missing key 'numbers': a pop certificate lists the numbers it is for");
  }
  if (policy.use != CertificateUse::kPop && node.has("numbers")) {
    reader.problem(reader.spot_of(node, "numbers"), "only a certificate of kind pop lists numbers");
  }
}

const Mapping<CertificatePolicy>& certificate_mapping() {
  static const Mapping<CertificatePolicy> table = [] {
    using C = CertificatePolicy;
    Mapping<C> t("certificate", "A signing certificate and its renewal.");
    t.key("lifetime", positive_duration(), &C::lifetime)
        .by_default("90d")
        .says("From not-before to not-after.")
        .example("24h");
    t.key("renew_before", positive_duration(), &C::renew_before)
        .otherwise("a third of the lifetime")
        .says("How long before its end it is renewed.")
        .example("6h");
    t.key("every", positive_duration(), &C::every)
        .says("Renew this long after the last issuance, whatever `renew_before` says.")
        .example("10m");
    t.key("rekey", boolean(), &C::rekey)
        .by_default("true")
        .says("A new key pair with each renewal by cadence, and with each move to another CA.");
    t.key("publish", choice<Publish>(), &C::publish)
        .by_default("new_url")
        .says("Where a renewed certificate appears.");
    t.key("switch", choice<SwitchKey>(), &C::switch_key)
        .by_default("when_fetchable")
        .says("When signing changes to the new certificate.");
    t.key("kind", choice<CertificateUse>(), &C::use)
        .by_default("shaken")
        .says("What the TNAuthList holds.");
    t.key("numbers", number_ranges(), &C::numbers)
        .says("The numbers of a certificate of kind pop.")
        .example("[\"+12015550100-12015550199\"]");
    t.finish(finish_certificate);
    return t;
  }();
  return table;
}

Value<std::string> cdn() {
  Words words;
  for (const CdnPreset& preset : cdn_presets()) {
    words.emplace_back(preset.name, preset.description);
  }
  words.emplace_back("none", "The origin answers itself.");
  const Value<std::string> preset = turned(one_of(std::move(words)), [](std::string word) {
    return word == "none" ? std::string{} : word;
  });
  return {preset.shape, [preset](Reader& reader, const Node& node, std::string& into) {
            if (!preset.read(reader, node, into)) return false;
            const CdnPreset* found = find_cdn_preset(into);
            if (found == nullptr) return true;
            reader.later([found, spot = reader.spot(node)](Reader& after, const Scenario& all) {
              for (const std::string& region : found->regions) {
                const auto& known = all.network.regions;
                const bool there =
                    std::any_of(known.begin(), known.end(),
                                [&](const Region& other) { return other.name == region; });
                if (!there) {
                  after.problem(spot, fmt::format("CDN {} has an edge in region {}, which the "
                                                  "network does not have",
                                                  found->name, region));
                }
              }
            });
            return true;
          }};
}

const Mapping<Repository>& repository_mapping() {
  static const Mapping<Repository> table = [] {
    using R = Repository;
    Mapping<R> t("repository", "Where a provider's certificates are published.");
    t.key("cdn", cdn(), &R::cdn).by_default("none").says("A built-in CDN in front of the origin.");
    t.key("region", reference(Role::kRegion), &R::region)
        .otherwise("the provider's region")
        .says("Where the origin stands.")
        .example("us-central");
    t.key("max_age", duration(), &R::max_age)
        .by_default("24h")
        .says("Cache-Control: max-age of each certificate.")
        .example("1h");
    t.key("s_maxage", duration(), &R::s_maxage)
        .otherwise("not sent")
        .says("Cache-Control: s-maxage, for the edges alone.")
        .example("5m");
    t.key("negative_ttl", duration(), &R::negative_ttl)
        .by_default("10s")
        .says("How long an edge remembers that there is nothing at a URL.");
    t.key("publication_delay", distribution(), &R::publication_delay)
        .by_default("0s")
        .says("From publishing until the origin can serve it.")
        .example("30s");
    t.key("processing", distribution(), &R::processing)
        .by_default("0s")
        .says("What each answer takes at origin and edges.")
        .example("2ms");
    return t;
  }();
  return table;
}

const Mapping<CertificateCache>& cache_mapping() {
  static const Mapping<CertificateCache> table = [] {
    using C = CertificateCache;
    Mapping<C> t("cache", "A verifier's cache of certificates.");
    t.key("mode", choice<CacheMode>(), &C::mode)
        .by_default("http")
        .says("What decides how long a certificate is kept.");
    t.key("minimum", duration(), &C::minimum)
        .otherwise("24h under the policies atis74, atis82 and strict (ATIS-1000074), else 0s")
        .says("Kept at least so long, whatever HTTP says, but never beyond its expiry.")
        .example("24h");
    t.key("capacity", count(1, kMostCached), &C::capacity)
        .by_default("10000")
        .says("How many certificates it holds.");
    t.key("negative_ttl", duration(), &C::negative_ttl)
        .by_default("30s")
        .says("How long a verifier remembers that a fetch failed.")
        .example("2s");
    t.key("erase_superseded", boolean(), &C::erase_superseded)
        .by_default("true")
        .says("A newer certificate of the same signer erases the older copy.");
    return t;
  }();
  return table;
}

const Mapping<CrlPolicy>& crl_mapping() {
  static const Mapping<CrlPolicy> table = [] {
    using C = CrlPolicy;
    Mapping<C> t("crl check", "How a verifier follows the STI-PA's CRL.");
    t.key("refresh", positive_duration(), &C::refresh)
        .by_default("12h")
        .says("How often the CRL is fetched.")
        .example("1h");
    t.key("on_failure",
          turned(one_of({{"soft", "Accept the certificate."}, {"hard", "Refuse it."}}),
                 [](const std::string& word) { return word == "hard"; }),
          &C::hard_fail)
        .by_default("soft")
        .says("What to do without a usable CRL.");
    t.key("remember_number", boolean(), &C::remember_number)
        .by_default("true")
        .says("Refuse a CRL whose cRLNumber is lower than that of the newest one seen.");
    return t;
  }();
  return table;
}

const Mapping<OcspPolicy>& ocsp_mapping() {
  static const Mapping<OcspPolicy> table = [] {
    using O = OcspPolicy;
    Mapping<O> t("ocsp check",
                 "How a verifier asks the OCSP responder of the STI-CA that issued a certificate.");
    t.key("refresh", positive_duration(), &O::refresh)
        .otherwise("at its nextUpdate")
        .says("How long an answer is kept, never beyond its nextUpdate.")
        .example("1h");
    t.key("on_failure",
          turned(one_of({{"soft", "Accept the certificate."}, {"hard", "Refuse it."}}),
                 [](const std::string& word) { return word == "hard"; }),
          &O::hard_fail)
        .by_default("soft")
        .says("What to do without an answer.");
    t.key("responder",
          turned(one_of({{"configured", "The one of its STI-CA."},
                         {"certificate",
                          "The one that the certificate names in its authorityInfoAccess, which "
                          "no version of ATIS-1000080 knows."}}),
                 [](const std::string& word) { return word == "certificate"; }),
          &O::responder_in_certificate)
        .by_default("configured")
        .says("Whom it asks.");
    t.key("timeout", positive_duration(), &O::timeout)
        .by_default("2s")
        .says("The longest wait for an answer.");
    return t;
  }();
  return table;
}

struct Revocation {
  std::optional<CrlPolicy> crl;
  std::optional<OcspPolicy> ocsp;
  friend bool operator==(const Revocation&, const Revocation&) = default;
};

const Mapping<Revocation>& revocation_mapping() {
  static const Mapping<Revocation> table = [] {
    Mapping<Revocation> t("revocation", "By what a verifier learns of revocations.");
    t.key("crl", mapping_value(crl_mapping()), &Revocation::crl)
        .says("By the STI-PA's CRL.")
        .example("{refresh: 1h}");
    t.key("ocsp", mapping_value(ocsp_mapping()), &Revocation::ocsp)
        .says("By asking the STI-CA about each certificate.")
        .example("{on_failure: hard}");
    t.finish([](Reader& reader, const Node& node, Revocation& r) {
      if (r.crl.has_value() == r.ocsp.has_value()) {
        reader.problem(node, "give one of crl and ocsp");
      }
    });
    return t;
  }();
  return table;
}

struct CaListPolicy {
  std::optional<sim::Duration> refresh = 24h;
  bool enforce_expiry = true;
  bool pin_signer = false;
  bool follow_root = false;
  friend bool operator==(const CaListPolicy&, const CaListPolicy&) = default;
};

// A period, or a word for its absence.
Value<std::optional<sim::Duration>> duration_or(const std::string& word,
                                                const std::string& meaning) {
  const Value<sim::Duration> period = positive_duration();
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kEither;
  shape->words = period.shape->words + ", or " + word;
  shape->either = {period.shape, one_of({{word, meaning}}).shape};
  return {shape,
          [period, word](Reader& reader, const Node& node, std::optional<sim::Duration>& into) {
            if (node.kind == Node::Kind::kScalar && node.text == word) {
              into.reset();
              return true;
            }
            return period.read(reader, node, into.emplace());
          }};
}

const Mapping<CaListPolicy>& ca_list_mapping() {
  static const Mapping<CaListPolicy> table = [] {
    using C = CaListPolicy;
    Mapping<C> t("ca list check", "How a verifier follows the STI-PA's list of trusted CAs.");
    t.key("refresh", duration_or("never", "The list of the start is used for ever."), &C::refresh)
        .by_default("24h")
        .says("How often the list is fetched.")
        .example("1h");
    t.key("enforce_expiry", boolean(), &C::enforce_expiry)
        .by_default("true")
        .says("An expired list trusts nobody.");
    t.key("pin_signer", boolean(), &C::pin_signer)
        .by_default("false")
        .says("Believe only lists signed with the certificate that signed the first one.");
    t.key("follow_root", boolean(), &C::follow_root)
        .by_default("false")
        .says(
            "When list or CRL do not chain to the STI-PA's root of the start, install its present "
            "root.");
    return t;
  }();
  return table;
}

struct VerifyDraft {
  VerifyPolicy verify;
  Revocation revocation;
  CaListPolicy ca_list;
  friend bool operator==(const VerifyDraft&, const VerifyDraft&) = default;
};

Value<std::string> policy() {
  Words words;
  for (const stir::PolicyProfile* profile : stir::all_profiles()) {
    words.emplace_back(profile->name, profile->summary);
  }
  return one_of(std::move(words));
}

Value<bool> flag_of(std::string true_word,
                    std::string true_meaning,
                    std::string false_word,
                    std::string false_meaning) {
  return turned(one_of({{true_word, std::move(true_meaning)},
                        {std::move(false_word), std::move(false_meaning)}}),
                [true_word](const std::string& word) { return word == true_word; });
}

void verdict_keys(Mapping<VerifyDraft>& t) {
  using D = VerifyDraft;
  t.key("cached_verdicts",
        flag_of("drop", "Every certificate is judged again.", "keep",
                "Certificates judged before stay trusted."),
        [](D& d) -> bool& { return d.verify.drop_cached_verdicts; })
      .by_default("drop")
      .says("What a change of the CA list or the CRL does to verdicts on cached certificates.");
  t.key("refetch_on_bad_signature", boolean(),
        [](D& d) -> bool& { return d.verify.refetch_on_bad_signature; })
      .by_default("false")
      .says("When a signature fails under a cached certificate, fetch it once more.");
  t.key("on_failure",
        flag_of("reject", "Refuse the call with the SIP code.", "continue",
                "Put the call through, marked as failed."),
        [](D& d) -> bool& { return d.verify.reject_on_failure; })
      .by_default("continue")
      .says("What happens to a call that fails verification.");
  t.key("mixed_tn_auth_list", choice<stir::MixedListMode>(),
        [](D& d) -> stir::MixedListMode& { return d.verify.mixed_tn_auth_list; })
      .by_default("union")
      .says("How a certificate with a provider code and numbers is read.");
  t.key("number_authority", choice<stir::NumberAuthorityMode>(),
        [](D& d) -> stir::NumberAuthorityMode& { return d.verify.number_authority; })
      .by_default("none")
      .says("Which numbers a provider's certificate covers.");
  t.key("accept_base", boolean(), [](D& d) -> std::optional<bool>& { return d.verify.accept_base; })
      .otherwise("as the policy says")
      .says("Verify PASSporTs without ppt.")
      .example("true");
  t.key("require_identity", boolean(), [](D& d) -> bool& { return d.verify.require_identity; })
      .by_default("false")
      .says("Answer 428 to calls without an Identity header.");
  t.key("check_replay", boolean(), [](D& d) -> bool& { return d.verify.check_replay; })
      .by_default("false")
      .says("Refuse a PASSporT that was seen before.");
}

const Mapping<VerifyDraft>& verify_mapping() {
  static const Mapping<VerifyDraft> table = [] {
    using D = VerifyDraft;
    Mapping<D> t("verify", "How a provider verifies the calls that it receives.");
    t.key("policy", policy(), [](D& d) -> std::string& { return d.verify.policy; })
        .by_default("rfc8224")
        .says("The policy profile: order, switches and codes of the steps.");
    const auto mode_only = [](CacheMode mode) {
      CertificateCache cache;
      cache.mode = mode;
      return cache;
    };
    t.key("cache", either(turned(choice<CacheMode>(), mode_only), mapping_value(cache_mapping())),
          [](D& d) -> CertificateCache& { return d.verify.cache; })
        .by_default("http")
        .says("The cache of certificates.")
        .example("{mode: http, minimum: 24h}");
    t.key("revocation",
          either(turned(one_of({{"none", "Revocation is not checked."}}),
                        [](const std::string&) { return Revocation{}; }),
                 mapping_value(revocation_mapping())),
          &D::revocation)
        .by_default("none")
        .says("Whether and how revocation is checked.")
        .example("{crl: {refresh: 1h}}");
    t.key("ca_list", mapping_value(ca_list_mapping()), &D::ca_list)
        .by_default("{refresh: 24h}")
        .says("How the list of trusted CAs is followed.")
        .example("{refresh: never, enforce_expiry: false}");
    verdict_keys(t);
    t.key("freshness", positive_duration(),
          [](D& d) -> sim::Duration& { return d.verify.freshness; })
        .by_default("60s")
        .says("How far iat may lie from the verifier's clock.");
    t.key("fetch_timeout", positive_duration(),
          [](D& d) -> sim::Duration& { return d.verify.fetch_timeout; })
        .by_default("2s")
        .says("The longest wait for a certificate.");
    t.finish([](Reader&, const Node&, D& d) {
      d.verify.crl = d.revocation.crl;
      d.verify.ocsp = d.revocation.ocsp;
      d.verify.ca_list_refresh = d.ca_list.refresh;
      d.verify.ca_list_enforce_expiry = d.ca_list.enforce_expiry;
      d.verify.ca_list_pin_signer = d.ca_list.pin_signer;
      d.verify.follow_root = d.ca_list.follow_root;
    });
    return t;
  }();
  return table;
}

}  // namespace

Value<CertificatePolicy> certificate_value() { return mapping_value(certificate_mapping()); }

Value<Repository> repository_value() { return mapping_value(repository_mapping()); }

Value<VerifyPolicy> verify_value() {
  return turned(mapping_value(verify_mapping()), [](VerifyDraft draft) { return draft.verify; });
}

}  // namespace shakedown::scenarios
