#include "results/record/records.h"

#include <algorithm>

namespace shakedown::results {

std::string_view to_string(Clock clock) { return clock == Clock::kVirtual ? "virtual" : "wall"; }

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::kUnfinished:
      return "unfinished";
    case RunState::kFinished:
      return "finished";
    case RunState::kInterrupted:
      return "interrupted";
    case RunState::kFailed:
      return "failed";
  }
  return "";
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kPolicyAdministrator:
      return "policy_administrator";
    case Role::kCertificationAuthority:
      return "certification_authority";
    case Role::kRepository:
      return "repository";
    case Role::kCdnEdge:
      return "cdn_edge";
    case Role::kProvider:
      return "provider";
    case Role::kTransit:
      return "transit";
    case Role::kMasterKeyService:
      return "master_key_service";
    case Role::kEnterprise:
      return "enterprise";
    case Role::kAdversary:
      return "adversary";
    case Role::kExternal:
      return "external";
  }
  return "";
}

std::string words_of(const Expectation& expectation) {
  std::string_view text = expectation.text;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::string(text);
  text = text.substr(1, text.size() - 2);
  const std::string id = "id: " + expectation.id + ", ";
  if (text.substr(0, id.size()) == id) text.remove_prefix(id.size());
  return std::string(text);
}

std::uint64_t RunRecord::met_count() const {
  return static_cast<std::uint64_t>(std::count_if(expectations.begin(), expectations.end(),
                                                  [](const Expectation& e) { return e.met; }));
}

bool RunRecord::all_met() const { return met_count() == expectations.size(); }

}  // namespace shakedown::results
