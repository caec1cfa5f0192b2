// Enterprises with delegated numbers (RFC 9060, ATIS-1000092).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {
namespace {

constexpr std::size_t kMostClaims = 16;
constexpr std::size_t kLongestClaims = 2'000;  // Names and values together.
// What every PASSporT of an enterprise has of its own.
constexpr std::array<std::string_view, 6> kOwnClaims{"attest", "dest", "div",
                                                     "iat",    "orig", "origid"};

// As JWTClaimName (RFC 8226 §8), and nothing that would have to be escaped.
Value<std::string> claim_name() {
  return word("the name of a claim (letters, digits, '-' and '_', at most 64)",
              "^[A-Za-z0-9_-]{1,64}$");
}

bool check_claim_name(Reader& reader, const Node& node, const std::string&) {
  std::string read;
  return claim_name().read(reader, node, read);
}

bool check_further_claim(Reader& reader, const Node& node, const std::string& claim) {
  if (!check_claim_name(reader, node, claim)) return false;
  if (std::find(kOwnClaims.begin(), kOwnClaims.end(), claim) == kOwnClaims.end()) return true;
  reader.problem(node, fmt::format("{} is written by the one who signs", in_quotes(claim)));
  return false;
}

const Mapping<ClaimConstraints>& constraints_mapping() {
  static const Mapping<ClaimConstraints> table = [] {
    using C = ClaimConstraints;
    Mapping<C> t("claim constraints",
                 "What a delegate certificate demands of the claims that it signs; at least one "
                 "key. With `must_exclude` it is EnhancedJWTClaimConstraints (RFC 9118), without "
                 "it JWTClaimConstraints (RFC 8226).");
    t.key("must_include", list_of(claim_name(), 1, kMostClaims), &C::must_include)
        .says("Claims that must be there, beside iat, orig and dest.")
        .example("[crn]");
    t.key("permitted",
          keyed<std::vector<std::string>>(
              "values by claim, such as {crn: [Your appointment, Your invoice]}", check_claim_name,
              list_of(text(), 1, kMostClaims)),
          &C::permitted)
        .says("Which values a claim may have if it is there.")
        .example("{crn: [Your appointment, Your invoice]}");
    t.key("must_exclude", list_of(claim_name(), 1, kMostClaims), &C::must_exclude)
        .says(
            "Claims that must not be there. With iat, orig or dest among them the constraints are "
            "void (RFC 9118 §3).")
        .example("[attest, origid]");
    t.finish([](Reader& reader, const Node& node, C& c) {
      if (c == C{} && node.members.empty()) {
        reader.problem(node, "give at least one of must_include, permitted and must_exclude");
      }
    });
    return t;
  }();
  return table;
}

Value<ClaimConstraints> claim_constraints() {
  ClaimConstraints none;
  none.none = true;
  return either(turned(one_of({{"none", "It may sign whatever claims."}}),
                       [none](const std::string&) { return none; }),
                mapping_value(constraints_mapping()));
}

// The certificate's keys fill the enterprise: `enforce_scope` is a matter of its delegator.
const Mapping<Enterprise>& delegate_certificate_mapping() {
  static const Mapping<Enterprise> table = [] {
    using E = Enterprise;
    Mapping<E> t("delegate certificate", "What the delegating provider issues to an enterprise.");
    t.key("numbers", number_ranges(), [](E& e) -> NumberRanges& { return e.certificate.numbers; })
        .otherwise("the enterprise's numbers")
        .says("The TNAuthList.")
        .example("[\"+12015550100-12015550199\"]");
    t.key("lifetime", positive_duration(),
          [](E& e) -> sim::Duration& { return e.certificate.lifetime; })
        .by_default("30d")
        .says("From not-before to not-after.");
    t.key("renew_before", positive_duration(),
          [](E& e) -> sim::Duration& { return e.certificate.renew_before; })
        .otherwise("a third of the lifetime")
        .says("How long before its end it is renewed.")
        .example("6h");
    t.key("every", positive_duration(),
          [](E& e) -> std::optional<sim::Duration>& { return e.certificate.every; })
        .says("Renew this long after the last issuance, whatever `renew_before` says.")
        .example("12h");
    t.key("rekey", boolean(), [](E& e) -> bool& { return e.certificate.rekey; })
        .by_default("true")
        .says("A new key pair with each certificate.");
    t.key("enforce_scope", boolean(), &E::enforce_scope)
        .by_default("true")
        .says("The delegator refuses numbers beyond its own; false: it is careless.");
    t.key("constraints", claim_constraints(), &E::constraints)
        .otherwise("{must_exclude: [attest, origid]} (ATIS-1000092)")
        .says("What the delegator's certificate demands of the claims.")
        .example("{must_include: [crn], permitted: {crn: [Your appointment]}}");
    t.finish([](Reader& reader, const Node& node, E& e) {
      CertificatePolicy& policy = e.certificate;
      if (!node.has("renew_before")) policy.renew_before = policy.lifetime / 3;
      for (const char* key : {"renew_before", "every"}) {
        const bool is_every = std::string_view(key) == "every";
        const sim::Duration given =
            is_every ? policy.every.value_or(sim::Duration{}) : policy.renew_before;
        if (given < policy.lifetime) continue;
        reader.problem(
            reader.spot_of(node, key),
            fmt::format("{} is not shorter than the lifetime, {}", sim::format_duration(given),
                        sim::format_duration(policy.lifetime)));
      }
    });
    return t;
  }();
  return table;
}

// Chains get longer with each level: leaf, delegate CAs, STI-CA's intermediate.
constexpr std::size_t kMostDelegatingEnterprises = 2;

const Enterprise* find_enterprise(const Scenario& all, std::string_view name) {
  for (const Enterprise& enterprise : all.ecosystem.enterprises) {
    if (enterprise.name == name) return &enterprise;
  }
  return nullptr;
}

void check_delegator(Reader& reader, const Node& node, const Enterprise& enterprise) {
  reader.later([spot = reader.spot_of(node, "delegated_by"), name = enterprise.delegated_by](
                   Reader& after, const Scenario& all) {
    const auto cannot = [&] {
      after.problem(spot, fmt::format("{} cannot delegate: it needs 'delegates: true'", name));
    };
    for (const Provider& provider : all.ecosystem.providers) {
      if (provider.name == name && !provider.delegates) return cannot();
    }
    const Enterprise* above = find_enterprise(all, name);
    if (above != nullptr && !above->delegates) return cannot();
    std::size_t levels = 0;
    for (; above != nullptr; above = find_enterprise(all, above->delegated_by)) {
      if (++levels <= kMostDelegatingEnterprises) continue;
      return after.problem(
          spot, fmt::format("more than {} enterprises between it and a delegating provider",
                            kMostDelegatingEnterprises));
    }
  });
}

struct EnterpriseDraft {
  Enterprise enterprise;
  Delegates delegates;
  friend bool operator==(const EnterpriseDraft&, const EnterpriseDraft&) = default;
};

const Mapping<EnterpriseDraft>& enterprise_mapping() {
  static const Mapping<EnterpriseDraft> table = [] {
    using D = EnterpriseDraft;
    Mapping<D> t("enterprise", "Somebody who signs with a delegate certificate for his numbers.");
    t.key("name", name(), [](D& d) -> std::string& { return d.enterprise.name; })
        .required()
        .says("Its name.")
        .example("bank");
    t.key("region", reference(Role::kRegion),
          [](D& d) -> std::string& { return d.enterprise.region; })
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-east");
    t.key("delegated_by", reference(Role::kCaller),
          [](D& d) -> std::string& { return d.enterprise.delegated_by; })
        .required()
        .says(
            "The provider or enterprise whose delegate CA certificate issues; it has `delegates`.")
        .example("acme-tel");
    t.key("through", reference(Role::kProvider),
          [](D& d) -> std::string& { return d.enterprise.through; })
        .required()
        .says("The originating provider that takes its calls.")
        .example("beta-voice");
    t.key("numbers", number_ranges(), [](D& d) -> NumberRanges& { return d.enterprise.numbers; })
        .required()
        .says("The numbers that it calls from.")
        .example("[\"+12015550100-12015550199\"]");
    t.key("mode", choice<DelegationMode>(),
          [](D& d) -> DelegationMode& { return d.enterprise.mode; })
        .by_default("rfc9060")
        .says("Who verifies its PASSporTs.");
    t.key("signs", choice<EnterpriseSigns>(),
          [](D& d) -> EnterpriseSigns& { return d.enterprise.signs; })
        .by_default("base")
        .says("What it signs.");
    t.key("claims",
          keyed<std::string>("texts by claim, such as {crn: Your appointment}", check_further_claim,
                             text()),
          [](D& d) -> std::vector<std::pair<std::string, std::string>>& {
            return d.enterprise.claims;
          })
        .says("Further claims of the PASSporTs that it signs.")
        .example("{crn: Your appointment}");
    t.key("keys", choice<actors::KeyCustody>(),
          [](D& d) -> actors::KeyCustody& { return d.enterprise.keys; })
        .by_default("memory")
        .says("Who keeps its private key.");
    t.key("certificate", mapping_value(delegate_certificate_mapping()),
          [](D& d) -> Enterprise& { return d.enterprise; })
        .says("Its delegate certificate.")
        .example("{lifetime: 7d}");
    t.key("delegates", delegates_value(false), &D::delegates)
        .by_default("false")
        .says(
            "It delegates further, as resellers do, under a delegate CA certificate of its own: "
            "the numbers of its certificate with true, else those of the list.")
        .example("true");
    t.finish([](Reader& reader, const Node& node, D& draft) {
      Enterprise& e = draft.enterprise;
      e.mark = node.place.mark;
      if (e.certificate.numbers.empty()) e.certificate.numbers = e.numbers;
      if (draft.delegates.yes) {
        e.delegates =
            draft.delegates.numbers.empty() ? e.certificate.numbers : draft.delegates.numbers;
      }
      reader.declare("name", e.name, reader.spot_of(node, "name"));
      std::size_t octets = 0;
      for (const auto& [claim, value] : e.claims) octets += claim.size() + value.size();
      if (e.claims.size() > kMostClaims || octets > kLongestClaims) {
        reader.problem(reader.spot_of(node, "claims"),
                       fmt::format("more than {} claims, or than {} characters in all", kMostClaims,
                                   kLongestClaims));
      }
      check_delegator(reader, node, e);
    });
    return t;
  }();
  return table;
}

}  // namespace

Value<Enterprise> enterprise_value() {
  return turned(mapping_value(enterprise_mapping()),
                [](EnterpriseDraft draft) { return std::move(draft.enterprise); });
}

}  // namespace shakedown::scenarios
