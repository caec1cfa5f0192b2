// inspect: any artefact decoded and linted.
#include "actors/stir/inspect.h"

#include <iostream>

#include "cli/exit_code.h"
#include "cli/source.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kLargestArtefact = 16 * 1024 * 1024;

int inspect(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() > 1) return bad_usage("inspect", "one FILE, or - for standard input");
  const std::string path = arguments.empty() ? "-" : arguments.front();
  const std::string format = text_option(given, "format");
  if (format != "text" && format != "json") {
    return bad_usage("inspect", "--format: '" + format + "', expected text or json");
  }
  const auto octets = read_file(path, kLargestArtefact);
  if (!octets) {
    std::cerr << "shakedown inspect: " << octets.error().detail << '\n';
    return octets.error().code == ErrorCode::kEnvironment ? kEnvironment : kBadUsage;
  }
  const stir::Inspection inspection = stir::inspect(*octets);
  if (format == "json") {
    std::cout << stir::inspection_json(inspection).dump(2) << '\n';
  } else {
    std::cout << stir::inspection_text(inspection);
  }
  return inspection.kind == stir::ArtefactKind::kUnknown ? kBadUsage : kAllMet;
}

}  // namespace

const Verb kInspectVerb{
    "inspect",
    "[FILE|-]",
    "decode and lint an Identity header, PASSporT, certificate or chain, CSR, CRL, token or list",
    "Nothing is verified against a trust anchor: see shakedown verify.\n"
    "  shakedown inspect certificate.pem\n"
    "  pbpaste | shakedown inspect - --format json",
    [](po::options_description& options) {
      options.add_options()("format", po::value<std::string>()->default_value("text"),
                            "text or json");
    },
    inspect};

}  // namespace shakedown::cli
