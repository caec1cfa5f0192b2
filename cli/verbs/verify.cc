// verify: a pasted Identity header, every step and clause, the verdicts of all profiles side by
// side.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/verb.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/crl.h"
#include "stir/call/sip_call.h"
#include "stir/jose/json.h"
#include "stir/verification/run_to_verdict.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kLargestInput = 16 * 1024 * 1024;

// What the user gave, read.
struct Given {
  std::string identity;
  stir::SipCall call;
  sim::Time at;
  std::optional<stir::CertificateAnswer> chain;
  std::vector<crypto::CertificatePtr> anchors;
  crypto::CrlPtr crl;
};

struct ProfileVerdict {
  const stir::PolicyProfile* profile = nullptr;
  stir::Verdict verdict;
  bool lacks_chain = false;  // It asked for the certificate, and none was given.
  bool undecided = false;    // And that decides.
};

std::string trimmed_header(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.back())) text.pop_back();
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  text.erase(0, begin);
  for (const std::string_view name : {"identity", "y"}) {
    const std::size_t colon = text.find(':');
    if (colon == name.size() && sim::equals_ignoring_case(text.substr(0, colon), name)) {
      begin = colon + 1;
      while (begin < text.size() && is_space(text[begin])) ++begin;
      return text.substr(begin);
    }
  }
  return text;
}

Result<stir::Party> party(const std::string& text, const char* option) {
  if (auto number = stir::canonical_telephone_number(text)) {
    return stir::telephone_number(*std::move(number));
  }
  auto from_uri = stir::canonical_party(text);
  if (!from_uri) {
    return fail(ErrorCode::kMalformed,
                fmt::format("{}: '{}' is neither a number nor a SIP or tel URI", option, text));
  }
  return *std::move(from_uri);
}

// Who called whom: what the options say, else what the PASSporT claims itself.
Status read_call(const po::variables_map& options, Given& given) {
  const auto header = stir::parse_identity_header(given.identity);
  const auto token = stir::PassportToken::decode(header.token);
  const stir::Passport& claims = token.content();
  given.call.orig = claims.orig;
  if (options.count("from") > 0) {
    ASSIGN_OR_RETURN(given.call.orig, party(text_option(options, "from"), "--from"));
  }
  given.call.orig_source = stir::SipCall::OrigSource::kFrom;
  given.call.from = given.call.orig;
  if (options.count("to") > 0) {
    ASSIGN_OR_RETURN(auto dest, party(text_option(options, "to"), "--to"));
    given.call.dest.push_back(std::move(dest));
  } else {
    for (const auto& tn : claims.dest_tn) given.call.dest.push_back(stir::telephone_number(tn));
    for (const auto& uri : claims.dest_uri) given.call.dest.push_back(stir::uri(uri));
  }
  given.call.identity = {given.identity};
  return {};
}

Result<Given> read_given(const po::variables_map& options) {
  Given given;
  const auto arguments = arguments_of(options);
  ASSIGN_OR_RETURN(auto text,
                   read_file(arguments.empty() ? "-" : arguments.front(), kLargestInput));
  given.identity = trimmed_header(std::move(text));
  if (given.identity.empty()) return fail(ErrorCode::kMalformed, "there is no Identity header");
  given.at = machine_time();
  if (options.count("at") > 0) {
    const std::string at = text_option(options, "at");
    const auto time = sim::parse_time(at);
    if (!time) return fail(ErrorCode::kMalformed, "--at: '" + at + "': " + time.error().detail);
    given.at = *time;
  }
  RETURN_IF_ERROR(read_call(options, given));
  given.call.date = std::chrono::floor<std::chrono::seconds>(given.at);
  if (options.count("chain") > 0) {
    ASSIGN_OR_RETURN(const auto pem, read_file(text_option(options, "chain"), kLargestInput));
    given.chain = stir::read_certificate_body(pem);
  }
  if (options.count("trust") > 0) {
    ASSIGN_OR_RETURN(const auto pem, read_file(text_option(options, "trust"), kLargestInput));
    auto bundle = crypto::read_pem_certificates(pem, {.octets = kLargestInput, .blocks = 1000});
    if (!bundle) return fail(bundle.error().code, "--trust: " + bundle.error().detail);
    given.anchors = std::move(bundle->certificates);
  }
  if (options.count("crl") > 0) {
    ASSIGN_OR_RETURN(const auto octets, read_file(text_option(options, "crl"), kLargestInput));
    auto crl = crypto::Crl::read(octets);
    if (!crl) return fail(crl.error().code, "--crl: " + crl.error().detail);
    given.crl = *std::move(crl);
  }
  return given;
}

// A testbed on this machine publishes at a port of its own, which is no fault of the header's.
std::uint16_t port_of_testbed(const std::string& identity) {
  const auto info = stir::parse_identity_header(identity).info;
  const auto url = info ? sim::parse_url(*info) : std::nullopt;
  return url && url->host == "127.0.0.1" ? url->port.value_or(0) : 0;
}

// The files answer where a network would. Without a chain nothing stands at x5u.
struct FileSources {
  const Given& given;
  bool lacks_chain = false;  // It was asked for, and none was given.

  sim::Time now() const { return given.at; }

  stir::CertificateAnswer certificate(const stir::VerificationRun&) {
    if (given.chain) return *given.chain;
    lacks_chain = true;
    stir::CertificateAnswer nothing;
    nothing.detail = "not fetched: give the chain with --chain";
    return nothing;
  }

  stir::ChainVerdictPtr chain_verdict(const stir::VerificationRun& run) const {
    return std::make_shared<const stir::ChainVerdict>(
        stir::validate_chain(*run.chain(), given.anchors, given.at));
  }

  stir::RevocationAnswer revocation(const stir::VerificationRun& run) const {
    if (!given.crl) return stir::revocation_undetermined("no CRL was given (--crl)");
    return stir::check_path_revocation(run.chain_verdict()->path, *given.crl, given.at);
  }

  bool signature(const stir::VerificationRun& run) const { return stir::signature_verifies(run); }

  bool replay(const stir::VerificationRun&) const { return false; }
};

ProfileVerdict judge(const Given& given, const stir::PolicyProfile& profile) {
  stir::VerificationPolicy policy = stir::policy_for(profile);
  policy.allow_private_addresses = true;  // Nothing is fetched here.
  policy.own_port = port_of_testbed(given.identity);
  policy.run_later_steps = true;
  std::vector<stir::Passport> passports;
  auto runs = stir::runs_of(policy,
                            {.passports = {},
                             .identity = nullptr,
                             .call = &given.call,
                             .number_authority = nullptr,
                             .received_at = given.at},
                            given.call.identity, passports);
  FileSources sources{given};
  ProfileVerdict judged{.profile = &profile,
                        .verdict = stir::run_to_verdict(runs.front(), sources)};
  judged.lacks_chain = sources.lacks_chain;
  judged.undecided =
      judged.lacks_chain && judged.verdict.failed_step == stir::Step::kCertificateFetched;
  return judged;
}

std::string verdict_text(const ProfileVerdict& judged) {
  if (judged.undecided) return "undecided";
  if (judged.verdict.passed) return "passed";
  return judged.verdict.code == 0 ? "no verdict" : std::to_string(judged.verdict.code);
}

const stir::StepOutcome* outcome_of(const ProfileVerdict& judged, stir::Step step) {
  for (const auto& outcome : judged.verdict.steps) {
    if (outcome.step == step) return &outcome;
  }
  return nullptr;
}

std::string cell(const ProfileVerdict& judged, stir::Step step) {
  const auto* outcome = outcome_of(judged, step);
  if (outcome == nullptr) return "-";
  switch (outcome->result) {
    case stir::StepOutcome::Result::kSkipped:
      return "-";
    case stir::StepOutcome::Result::kPassed:
      return "ok";
    case stir::StepOutcome::Result::kReported:
      return "report";
    case stir::StepOutcome::Result::kFailed:
      return judged.lacks_chain && (step == stir::Step::kCertificateFetched ||
                                    step == stir::Step::kCertificateParses)
                 ? "?"
                 : "FAIL " + std::to_string(outcome->code);
  }
  return "";
}

std::string verdict_line(const ProfileVerdict& judged) {
  std::string line =
      fmt::format("{:<11}{}", judged.profile->name, to_string(judged.verdict.verstat));
  if (judged.verdict.failed_step) {
    line += fmt::format(", {}", judged.verdict.failed_step_id());
    if (!judged.undecided) {
      line += fmt::format(": {} {}", judged.verdict.code, judged.verdict.reason);
    }
    if (!judged.verdict.detail.empty()) line += fmt::format(" ({})", judged.verdict.detail);
  }
  return line;
}

// A row for each step, a column for each profile; below them what each profile makes of it.
void print_table(const std::vector<ProfileVerdict>& all) {
  constexpr std::size_t kStepWidth = 30;
  std::string head(kStepWidth, ' ');
  for (const auto& judged : all) head += fmt::format("{:<11}", judged.profile->name);
  std::cout << head << "clause\n";
  for (std::size_t i = 0; i < stir::kSteps; ++i) {
    const auto step = static_cast<stir::Step>(i);
    std::string line = fmt::format("{:<{}}", stir::info(step).id, kStepWidth);
    for (const auto& judged : all) line += fmt::format("{:<11}", cell(judged, step));
    std::cout << line << stir::info(step).clause << '\n';
  }
  std::string verdicts = fmt::format("{:<{}}", "verdict", kStepWidth);
  for (const auto& judged : all) verdicts += fmt::format("{:<11}", verdict_text(judged));
  verdicts.erase(verdicts.find_last_not_of(' ') + 1);
  std::cout << verdicts << "\n\n";
  for (const auto& judged : all) std::cout << verdict_line(judged) << '\n';
}

// One profile: its steps in the order in which it runs them, with what each found.
void print_single(const ProfileVerdict& judged) {
  std::cout << judged.profile->name << ": " << judged.profile->summary << "\n\n";
  for (const auto& rule : judged.profile->rules) {
    if (rule.mode == stir::StepMode::kOff) continue;
    const auto* outcome = outcome_of(judged, rule.step);
    std::cout << fmt::format("{:<30}{:<11}{}", stir::info(rule.step).id, cell(judged, rule.step),
                             stir::info(rule.step).clause);
    if (outcome != nullptr && !outcome->detail.empty()) std::cout << "  " << outcome->detail;
    std::cout << '\n';
  }
  std::cout << fmt::format("{:<30}{}\n\n", "verdict", verdict_text(judged));
  std::cout << verdict_line(judged) << '\n';
}

nlohmann::json to_json(const ProfileVerdict& judged) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& outcome : judged.verdict.steps) {
    steps.push_back({{"step", stir::info(outcome.step).id},
                     {"result", stir::to_string(outcome.result)},
                     {"code", outcome.code},
                     {"detail", outcome.detail},
                     {"clause", stir::info(outcome.step).clause}});
  }
  return {{"profile", judged.profile->name},
          {"passed", judged.verdict.passed},
          {"undecided", judged.undecided},
          {"verstat", stir::to_string(judged.verdict.verstat)},
          {"code", judged.verdict.code},
          {"reason", judged.verdict.reason},
          {"failed_step", judged.verdict.failed_step_id()},
          {"detail", judged.verdict.detail},
          {"steps", std::move(steps)}};
}

// The same by step: what each profile says, side by side.
nlohmann::json steps_json(const std::vector<ProfileVerdict>& all) {
  nlohmann::json steps = nlohmann::json::array();
  for (std::size_t i = 0; i < stir::kSteps; ++i) {
    const auto step = static_cast<stir::Step>(i);
    nlohmann::json results = nlohmann::json::object();
    for (const auto& judged : all) {
      const auto* outcome = outcome_of(judged, step);
      results[std::string(judged.profile->name)] =
          outcome == nullptr ? "skipped" : stir::to_string(outcome->result);
    }
    steps.push_back({{"step", stir::info(step).id},
                     {"question", stir::info(step).question},
                     {"clause", stir::info(step).clause},
                     {"results", std::move(results)}});
  }
  return steps;
}

// All of them, or the one of --profile.
Result<std::vector<const stir::PolicyProfile*>> chosen_profiles(const po::variables_map& options) {
  const auto all = stir::all_profiles();
  if (options.count("profile") == 0) {
    return std::vector<const stir::PolicyProfile*>(all.begin(), all.end());
  }
  const std::string name = text_option(options, "profile");
  if (const auto* profile = stir::profile_by_name(name)) return std::vector{profile};
  std::string known;
  for (const auto* profile : all) known += (known.empty() ? "" : ", ") + std::string(profile->name);
  return fail(ErrorCode::kMalformed, "--profile: '" + name + "', expected one of " + known);
}

int verify(const po::variables_map& options) {
  if (arguments_of(options).size() > 1) {
    return bad_usage("verify", "one FILE, or - for standard input");
  }
  const auto profiles = chosen_profiles(options);
  if (!profiles) return bad_usage("verify", profiles.error().detail);
  const auto given = read_given(options);
  if (!given) {
    std::cerr << "shakedown verify: " << given.error().detail << '\n';
    return given.error().code == ErrorCode::kEnvironment ? kEnvironment : kBadUsage;
  }
  std::vector<ProfileVerdict> all;
  for (const auto* profile : *profiles) all.push_back(judge(*given, *profile));
  if (options.count("json") > 0) {
    nlohmann::json verdicts = nlohmann::json::array();
    for (const auto& judged : all) verdicts.push_back(to_json(judged));
    const nlohmann::json document{{"at", sim::format_time(given->at)},
                                  {"profiles", std::move(verdicts)},
                                  {"steps", steps_json(all)}};
    std::cout << stir::indented_json(document) << '\n';
  } else {
    if (options.count("profile") > 0) {
      print_single(all.front());
    } else {
      print_table(all);
    }
    if (given->chain && given->anchors.empty()) {
      std::cerr << "no trust anchors were given (--trust): every chain ends untrusted\n";
    }
  }
  const ProfileVerdict& decisive = all.front();  // rfc8224 unless one was chosen.
  if (decisive.undecided) return kNothingRan;
  return decisive.verdict.passed ? kAllMet : kNotMet;
}

}  // namespace

const Verb kVerifyVerb{
    "verify",
    "[FILE|-]",
    "judge a pasted Identity header: every step and clause, all profiles side by side",
    "Exit 0 if it passes under rfc8224 or the --profile, 1 if not, 5 if that needs a certificate "
    "that was not given.\n"
    "Nothing is fetched. Without --from and --to the PASSporT's own claims are taken.\n"
    "  shakedown verify identity.txt --chain cert.pem --trust roots.pem --at 2026-01-05T09:00:05Z",
    [](po::options_description& options) {
      options.add_options()("chain", po::value<std::string>()->value_name("FILE"),
                            "what stands at the x5u URL, PEM");
      options.add_options()("trust", po::value<std::string>()->value_name("FILE"),
                            "roots of trusted STI-CAs, PEM");
      options.add_options()("crl", po::value<std::string>()->value_name("FILE"),
                            "the STI-PA's CRL; its signature is not checked here");
      options.add_options()("at", po::value<std::string>()->value_name("TIME"),
                            "when the call arrived, RFC 3339; now by default");
      options.add_options()("from", po::value<std::string>()->value_name("NUMBER"),
                            "the calling number or URI");
      options.add_options()("to", po::value<std::string>()->value_name("NUMBER"),
                            "the called number or URI");
      options.add_options()("profile", po::value<std::string>()->value_name("NAME"),
                            "only this one: rfc8224, atis74, atis82, strict or deployed");
      options.add_options()("json", "as JSON on standard output");
    },
    verify};

}  // namespace shakedown::cli
