// The section `network`.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"
#include "scenarios/model/presets.h"

namespace shakedown::scenarios {
namespace {

// More than this would repeat itself for ever.
constexpr std::uint32_t kMostLoss = 900'000;

struct NetworkDraft {
  Network network;
  std::vector<std::pair<std::string, sim::Duration>> regions;
  std::vector<std::pair<std::string, sim::Duration>> rtt;
  std::vector<std::pair<std::string, sim::Link>> access;
  friend bool operator==(const NetworkDraft&, const NetworkDraft&) = default;
};

Value<std::string> network_preset() {
  Words words;
  for (const NetworkPreset& preset : network_presets()) {
    words.emplace_back(preset.name, preset.description);
  }
  return one_of(std::move(words));
}

template <class T, class Link>
void link_keys(Mapping<T>& t, Link link) {
  t.key("latency", distribution(), [link](T& x) -> sim::Latency& { return link(x).latency; })
      .by_default("0s")
      .says("One-way delay, added to half the round trip between the regions.")
      .example("{lognormal: {median: 2ms, p95: 9ms}}");
  t.key("bandwidth", bandwidth(),
        [link](T& x) -> std::uint64_t& { return link(x).bytes_per_second; })
      .otherwise("unlimited")
      .says("Charged in segments of 1,460 octets.")
      .example("10MB/s");
  t.key("loss", percentage(kMostLoss),
        [link](T& x) -> std::uint32_t& { return link(x).loss_per_million; })
      .by_default("0%")
      .says("Of segments; each loss costs a retransmission timeout.")
      .example("0.1%");
}

const Mapping<sim::Link>& access_mapping() {
  static const Mapping<sim::Link> table = [] {
    Mapping<sim::Link> t("access link", "One actor's own link, in both directions.");
    link_keys(t, [](sim::Link& link) -> sim::Link& { return link; });
    return t;
  }();
  return table;
}

bool check_region_name(Reader& reader, const Node& key, const std::string&) {
  std::string ignored;
  return name().read(reader, key, ignored);
}

// "us-east us-west"
bool check_region_pair(Reader& reader, const Node& key, const std::string& pair) {
  const std::size_t blank = pair.find(' ');
  if (blank == std::string::npos || blank == 0 || blank + 1 == pair.size() ||
      pair.find(' ', blank + 1) != std::string::npos) {
    reader.wrong_value(key, "a pair of regions, such as \"us-east us-west\"");
    return false;
  }
  reader.refer(Role::kRegion, key, pair.substr(0, blank));
  reader.refer(Role::kRegion, key, pair.substr(blank + 1));
  return true;
}

bool check_actor(Reader& reader, const Node& key, const std::string& actor) {
  reader.refer(Role::kPart, key, actor);
  return true;
}

// The preset's regions and round trips first, then the file's.
void finish_network(Reader&, const Node&, NetworkDraft& draft) {
  Network& network = draft.network;
  if (const NetworkPreset* preset = find_network_preset(network.preset)) {
    network.regions = preset->regions;
    network.rtt = preset->rtt;
    network.default_region = preset->regions.front().name;
  }
  for (const auto& given : draft.regions) {
    const std::string& region = given.first;
    const auto known = std::find_if(network.regions.begin(), network.regions.end(),
                                    [&](const Region& other) { return other.name == region; });
    if (known != network.regions.end()) {
      known->inner_rtt = given.second;
    } else {
      network.regions.push_back({region, given.second});
    }
  }
  for (const auto& [pair, rtt] : draft.rtt) {
    const std::size_t blank = pair.find(' ');
    if (blank == std::string::npos) continue;
    network.rtt.push_back({pair.substr(0, blank), pair.substr(blank + 1), rtt});
  }
  network.access = {draft.access.begin(), draft.access.end()};
}

const Mapping<NetworkDraft>& network_mapping() {
  static const Mapping<NetworkDraft> table = [] {
    using D = NetworkDraft;
    Mapping<D> t("network", "Where regions lie and what the links between actors are like.");
    t.key("preset", network_preset(), [](D& d) -> std::string& { return d.network.preset; })
        .by_default("us")
        .says("The regions to begin with.");
    t.key("regions",
          keyed<sim::Duration>("regions with their inner round trips, such as {asia: 2ms}",
                               check_region_name, duration()),
          &D::regions)
        .says("Further regions, each with the round trip inside it.")
        .example("{asia: 2ms}");
    t.key("rtt",
          keyed<sim::Duration>("round trips, such as {\"us-east us-west\": 62ms}",
                               check_region_pair, duration()),
          &D::rtt)
        .says(
            "Round trips between pairs of regions, over those of the preset. A pair without one "
            "has 40 ms more than its slower inner round trip.")
        .example("{\"us-east us-west\": 62ms}");
    link_keys(t, [](D& d) -> sim::Link& { return d.network.link; });
    t.key("access",
          keyed<sim::Link>("access links by actor, such as {beta-voice: {latency: 30ms}}",
                           check_actor, mapping_value(access_mapping())),
          &D::access)
        .says("Links of single actors, instead of `latency`, `bandwidth` and `loss` above.")
        .example("{beta-voice: {latency: 30ms, loss: 1%}}");
    t.key("tcp_round_trips",
          turned(integer(0, 10), [](std::int64_t n) { return static_cast<int>(n); }),
          [](D& d) -> int& { return d.network.setup.tcp_round_trips; })
        .by_default("1")
        .says("Before the first octet of a new connection.");
    t.key("tls_round_trips",
          turned(integer(0, 10), [](std::int64_t n) { return static_cast<int>(n); }),
          [](D& d) -> int& { return d.network.setup.tls_round_trips; })
        .by_default("1")
        .says("Of the TLS handshake: 1 in TLS 1.3, 2 in TLS 1.2.");
    t.key("keep_alive", duration(),
          [](D& d) -> sim::Duration& { return d.network.setup.kept_alive; })
        .by_default("15s")
        .says("How long an idle connection stays open to be used again.");
    t.finish(finish_network);
    return t;
  }();
  return table;
}

}  // namespace

Value<Network> network_value() {
  return turned(mapping_value(network_mapping()), [](NetworkDraft draft) { return draft.network; });
}

}  // namespace shakedown::scenarios
