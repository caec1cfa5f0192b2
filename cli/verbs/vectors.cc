// vectors: the catalogue of verification cases, for outsiders to run against their own verifiers.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/verb.h"
#include "vectors/catalogue_json.h"
#include "vectors/comparison.h"

namespace shakedown::cli {
namespace {

int write_files(const vectors::Catalogue& catalogue, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    std::cerr << "shakedown vectors: " << folder << ": " << error.message() << '\n';
    return kEnvironment;
  }
  for (const auto& file : vectors::catalogue_files(catalogue)) {
    const auto path = (std::filesystem::path(folder) / file.name).string();
    if (const Status written = write_file(path, file.content); !written) {
      std::cerr << "shakedown vectors: " << written.error().detail << '\n';
      return kEnvironment;
    }
  }
  std::cout << fmt::format("{} cases in {}\n", catalogue.cases.size(),
                           (std::filesystem::path(folder) / "vectors.json").string());
  return kAllMet;
}

int print_check(const vectors::Catalogue& catalogue) {
  const auto differences = vectors::check(catalogue);
  for (const auto& one : differences) {
    std::cout << fmt::format("{} under {}: expected {}; found {}", one.case_id, one.profile,
                             vectors::to_text(one.expected), vectors::to_text(one.found));
    if (!one.detail.empty()) std::cout << " (" << one.detail << ')';
    std::cout << '\n';
  }
  std::cout << fmt::format("{} cases, {} profiles, {} differences\n", catalogue.cases.size(),
                           vectors::kProfiles, differences.size());
  return differences.empty() ? kAllMet : kNotMet;
}

int print_list(const vectors::Catalogue& catalogue) {
  for (const auto& one : catalogue.cases) {
    std::cout << fmt::format("{:<46} {}\n", one.id, one.title);
  }
  return kAllMet;
}

int run_vectors(const po::variables_map& options) {
  const std::string folder = text_option(options, "output");
  const auto chosen = options.count("output") + options.count("check") + options.count("list");
  if (chosen != 1 || !arguments_of(options).empty()) {
    return bad_usage("vectors", "one of -o FOLDER, --check and --list");
  }
  const std::string base = options.count("base-time") > 0 ? text_option(options, "base-time")
                                                          : std::string(vectors::kDefaultBaseTime);
  const auto time = sim::parse_time(base);
  if (!time) return bad_usage("vectors", "--base-time: '" + base + "': " + time.error().detail);
  const auto catalogue = vectors::build_catalogue(*time);
  if (!catalogue) return bad_usage("vectors", "--base-time: " + catalogue.error().detail);
  if (options.count("list") > 0) return print_list(*catalogue);
  if (options.count("check") > 0) return print_check(*catalogue);
  return write_files(*catalogue, folder);
}

}  // namespace

const Verb kVectorsVerb{
    "vectors",
    "",
    "a catalogue of verification cases to run against any verifier",
    "Each case: Identity header, INVITE, what each URL answers, and the expected step, code and\n"
    "verstat under each policy profile. Two invocations write the same octets.\n"
    "  shakedown vectors -o vectors\n"
    "  shakedown vectors --check",
    [](po::options_description& options) {
      options.add_options()("output,o", po::value<std::string>()->value_name("FOLDER"),
                            "write vectors.json, its JSON Schema, the trust list and the CRL");
      options.add_options()("check", "run our own verifier over all cases and profiles");
      options.add_options()("list", "ids and titles");
      options.add_options()("base-time", po::value<std::string>()->value_name("TIME"),
                            "when the calls are made, RFC 3339; 2026-01-05T00:00:00Z by default");
    },
    run_vectors};

}  // namespace shakedown::cli
