// Enterprises with delegated numbers (RFC 9060, ATIS-1000092).
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/definitions.h"
#include "scenarios/values.h"

namespace shakedown::scenarios {
namespace {

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

void check_delegator(Reader& reader, const Node& node, const Enterprise& enterprise) {
  reader.later([spot = reader.spot_of(node, "delegated_by"), name = enterprise.delegated_by](
                   Reader& after, const Scenario& all) {
    for (const Provider& provider : all.ecosystem.providers) {
      if (provider.name != name || provider.delegates) continue;
      after.problem(spot, fmt::format("{} cannot delegate: it needs 'delegates: true'", name));
    }
  });
}

const Mapping<Enterprise>& enterprise_mapping() {
  static const Mapping<Enterprise> table = [] {
    using E = Enterprise;
    Mapping<E> t("enterprise", "Somebody who signs with a delegate certificate for his numbers.");
    t.key("name", name(), &E::name).required().says("Its name.").example("bank");
    t.key("region", reference(Role::kRegion), &E::region)
        .otherwise("the network's first region")
        .says("Where it stands.")
        .example("us-east");
    t.key("delegated_by", reference(Role::kProvider), &E::delegated_by)
        .required()
        .says("The provider whose delegate CA certificate issues; it has `delegates: true`.")
        .example("acme-tel");
    t.key("through", reference(Role::kProvider), &E::through)
        .required()
        .says("The originating provider that takes its calls.")
        .example("beta-voice");
    t.key("numbers", number_ranges(), &E::numbers)
        .required()
        .says("The numbers that it calls from.")
        .example("[\"+12015550100-12015550199\"]");
    t.key("mode", choice<DelegationMode>(), &E::mode)
        .by_default("rfc9060")
        .says("Who verifies its PASSporTs.");
    t.key("signs", choice<EnterpriseSigns>(), &E::signs).by_default("base").says("What it signs.");
    t.key("keys", choice<KeyCustody>(), &E::keys)
        .by_default("memory")
        .says("Who keeps its private key.");
    t.key("certificate", mapping_value(delegate_certificate_mapping()),
          [](E& e) -> E& { return e; })
        .says("Its delegate certificate.")
        .example("{lifetime: 7d}");
    t.finish([](Reader& reader, const Node& node, E& e) {
      e.mark = node.place.mark;
      if (e.certificate.numbers.empty()) e.certificate.numbers = e.numbers;
      reader.declare("name", e.name, reader.spot_of(node, "name"));
      check_delegator(reader, node, e);
    });
    return t;
  }();
  return table;
}

}  // namespace

Value<Enterprise> enterprise_value() { return mapping_value(enterprise_mapping()); }

}  // namespace shakedown::scenarios
