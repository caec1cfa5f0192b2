// inspect: any artefact decoded and linted.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/verb.h"
#include "crypto/x509/certificate_bundle.h"
#include "inspect/inspection.h"
#include "stir/jose/json.h"

namespace shakedown::cli {
namespace {

Status read_profile_version(const std::string& text, stir::InspectOptions& options) {
  if (text == "none") {
    options.judge_profile = false;
    return {};
  }
  for (const auto version :
       {stir::ProfileVersion::kV003, stir::ProfileVersion::kV004, stir::ProfileVersion::kV005}) {
    if (text == to_string(version)) options.profile_version = version;
  }
  if (options.profile_version) return {};
  return fail(ErrorCode::kMalformed,
              "--profile-version: '" + text + "', expected v003, v004, v005 or none");
}

Result<sim::Time> judged_at(const std::string& text) {
  if (text == "now") return machine_time();
  const auto time = sim::parse_time(text);
  if (!time) return fail(ErrorCode::kMalformed, "--at: '" + text + "': " + time.error().detail);
  return *time;
}

Result<crypto::CertificatePtr> signer_of(const std::string& path) {
  constexpr std::size_t kLargestSigner = 64 * 1024;
  ASSIGN_OR_RETURN(const auto octets, read_file(path, kLargestSigner));
  if (auto certificate = crypto::Certificate::from_der(octets)) return *std::move(certificate);
  const auto bundle = crypto::read_pem_certificates(octets);
  if (!bundle) return fail(ErrorCode::kMalformed, "--signer: " + bundle.error().detail);
  return bundle->certificates.front();
}

Result<stir::Severity> failing_severity(const std::string& text) {
  for (const auto severity :
       {stir::Severity::kWarning, stir::Severity::kLint, stir::Severity::kError}) {
    if (text == to_string(severity)) return severity;
  }
  return fail(ErrorCode::kMalformed, "--fail-on: '" + text + "', expected error, lint or warning");
}

struct InspectRequest {
  stir::InspectOptions options;
  std::optional<stir::Severity> fail_on;
  std::string path;
  bool json = false;
};

Result<InspectRequest> read_inspect_request(const po::variables_map& given) {
  InspectRequest request;
  const auto arguments = arguments_of(given);
  if (arguments.size() > 1) return fail(ErrorCode::kMalformed, "one FILE, or - for standard input");
  request.path = arguments.empty() ? "-" : arguments.front();
  const std::string format = text_option(given, "format");
  if (format != "text" && format != "json") {
    return fail(ErrorCode::kMalformed, "--format: '" + format + "', expected text or json");
  }
  request.json = format == "json" || given.count("json") > 0;
  if (given.count("profile-version") > 0) {
    RETURN_IF_ERROR(read_profile_version(text_option(given, "profile-version"), request.options));
  }
  if (given.count("at") > 0) {
    ASSIGN_OR_RETURN(request.options.at, judged_at(text_option(given, "at")));
  }
  if (given.count("fail-on") > 0) {
    ASSIGN_OR_RETURN(request.fail_on, failing_severity(text_option(given, "fail-on")));
  }
  return request;
}

int refuse(const Error& error) {
  std::cerr << "shakedown inspect: " << error.detail << '\n';
  return error.code == ErrorCode::kEnvironment ? kEnvironment : kBadUsage;
}

std::string first_error(const stir::Inspection& inspection) {
  for (const auto& finding : inspection.findings) {
    if (finding.severity == stir::Severity::kError) return finding.detail;
  }
  return "unknown";
}

int inspect(const po::variables_map& given) {
  if (given.count("rules") > 0) {
    std::cout << stir::lint_rules_text();
    return kAllMet;
  }
  auto request = read_inspect_request(given);
  if (!request) return bad_usage("inspect", request.error().detail);
  if (given.count("signer") > 0) {
    auto signer = signer_of(text_option(given, "signer"));
    if (!signer) return refuse(signer.error());
    request->options.signer = *std::move(signer);
  }
  const auto octets = read_file(request->path, stir::kLargestArtefact);
  if (!octets) return refuse(octets.error());
  const stir::Inspection inspection = stir::inspect(*octets, request->options);
  if (request->json) std::cout << stir::indented_json(stir::inspection_json(inspection)) << '\n';
  if (inspection.kind == stir::ArtefactKind::kUnknown) {
    std::cerr << "shakedown inspect: " << request->path << ": " << first_error(inspection) << '\n';
    return kBadUsage;
  }
  if (!request->json) std::cout << stir::inspection_text(inspection);
  const auto worst = inspection.worst();
  return request->fail_on && worst && *worst >= *request->fail_on ? kNotMet : kAllMet;
}

}  // namespace

const Verb kInspectVerb{
    "inspect",
    "[FILE|-]",
    "decode and lint an Identity header, PASSporT, certificate or chain, CSR, CRL, token, list, "
    "OCSP",
    "Text, PEM, DER or the base64 of DER. Exit 0 whatever it finds, unless --fail-on is given: "
    "then\n"
    "1 with a finding that severe. Nothing is verified against a trust anchor: see shakedown "
    "verify.\n"
    "  shakedown inspect certificate.pem\n"
    "  pbpaste | shakedown inspect - --json\n"
    "  shakedown inspect list.crl --signer sti-pa.pem --at now --fail-on error",
    [](po::options_description& options) {
      const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
      options.add_options()("format", po::value<std::string>()->default_value("text"),
                            "text or json");
      options.add_options()("json", "the same as --format json");
      options.add_options()(
          "profile-version", text("VERSION"),
          "of ATIS-1000080: v003, v004, v005, or none for another PKI; by default "
          "the one in force when a certificate was issued");
      options.add_options()("at", text("TIME"),
                            "judge also whether it is fresh and valid then, RFC 3339 or now");
      options.add_options()("signer", text("FILE"),
                            "judge also whether this certificate's key has signed it, PEM or DER");
      options.add_options()("fail-on", text("SEVERITY"),
                            "exit 1 with a finding of error, lint or warning at least");
      options.add_options()("rules", "list all rules: artefact, id, severity, clause, versions");
    },
    inspect};

}  // namespace shakedown::cli
