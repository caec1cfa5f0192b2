#include "results/show/mermaid.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "results/show/text.h"

namespace shakedown::results {
namespace {

// Letters, digits and harmless marks stay; everything else of ASCII becomes "#NN;".
std::string safe(std::string_view text) {
  std::string out;
  for (const char c : shortened(printable(text), 120)) {
    const auto octet = static_cast<unsigned char>(c);
    const bool harmless = octet >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view(" -_.,/+=()").find(c) != std::string_view::npos;
    out += harmless ? std::string(1, c) : fmt::format("#{};", static_cast<int>(octet));
  }
  return out;
}

class Diagram {
 public:
  // The alias of a participant, declared when it is first named.
  std::string alias(const std::string& name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    const auto index = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) names_.push_back(name);
    return fmt::format("p{}", index);
  }

  void arrow(const std::string& from,
             std::string_view kind,
             const std::string& to,
             std::string_view text) {
    const std::string a = alias(from);
    const std::string b = alias(to);
    add(fmt::format("{}{}{}: {}", a, kind, b, safe(text)));
  }

  void note(const std::string& over, std::string_view text) {
    const std::string a = alias(over);
    add(fmt::format("Note over {}: {}", a, safe(text)));
  }

  std::string write() const {
    std::string out = "sequenceDiagram\n";
    for (std::size_t i = 0; i < names_.size(); ++i) {
      out += fmt::format("  participant p{} as {}\n", i, safe(names_[i]));
    }
    return out + body_;
  }

 private:
  void add(const std::string& line) { body_ += "  " + line + "\n"; }

  std::vector<std::string> names_;
  std::string body_;
};

std::vector<std::string> hops_of(const CallRecord& call) {
  std::vector<std::string> hops{call.from};
  std::string_view rest = call.via;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view hop = rest.substr(0, comma);
    while (!hop.empty() && hop.front() == ' ') hop.remove_prefix(1);
    while (!hop.empty() && hop.back() == ' ') hop.remove_suffix(1);
    if (!hop.empty()) hops.emplace_back(hop);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  hops.push_back(call.to);
  return hops;
}

std::string verdict_of(const VerificationRecord& one) {
  std::string verdict = one.verstat;
  if (one.code != 0) verdict += fmt::format(" {} {}", one.code, one.reason);
  if (!one.failed_step.empty()) verdict += fmt::format(" ({})", one.failed_step);
  return verdict;
}

}  // namespace

std::string mermaid_sequence(const CallDetail& detail) {
  const CallRecord& call = detail.call;
  Diagram diagram;
  const std::vector<std::string> hops = hops_of(call);
  for (const std::string& hop : hops) diagram.alias(hop);

  if (!call.signing_error.empty()) {
    diagram.note(call.from, "unsigned: " + call.signing_error);
  } else if (call.signing_latency) {
    diagram.note(call.from, fmt::format("signs, attest {}, {}", call.attest,
                                        short_duration(*call.signing_latency)));
  }
  for (std::size_t i = 0; i + 1 < hops.size(); ++i) {
    diagram.arrow(hops[i], "->>", hops[i + 1],
                  fmt::format("INVITE {} to {}", call.calling_number, call.called_number));
  }
  for (const FetchRecord& fetch : detail.fetches) {
    const std::string server = fetch.edge.empty() ? "nobody" : fetch.edge;
    diagram.arrow(fetch.by, "->>", server, fmt::format("GET {} {}", fetch.what, fetch.url));
    diagram.arrow(
        server, fetch.status == 0 ? "--x" : "-->>", fetch.by,
        fmt::format("{} {} in {}", fetch.status == 0 ? "no answer" : std::to_string(fetch.status),
                    to_string(fetch.result), short_duration(fetch.latency)));
  }
  for (const VerificationRecord& one : detail.verifications) {
    diagram.note(one.verifier, verdict_of(one));
  }
  for (std::size_t i = hops.size(); i-- > 1;) {
    diagram.arrow(hops[i], call.sip_status == 0 ? "--x" : "-->>", hops[i - 1],
                  call.sip_status == 0 ? "no answer" : std::to_string(call.sip_status));
  }
  diagram.note(call.from, fmt::format("{} after {}", to_string(call.outcome),
                                      short_duration(call.recorded_at - call.placed_at)));
  return diagram.write();
}

}  // namespace shakedown::results
