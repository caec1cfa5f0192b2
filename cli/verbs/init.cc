// init: a commented scenario to start from.
#include <filesystem>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/verb.h"
#include "scenarios/language/json_schema.h"

namespace shakedown::cli {
namespace {

int init(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() != 1) return bad_usage("init", "name the FILE to write, or - for stdout");
  const std::string& path = arguments.front();
  if (path == "-") {
    std::cout << scenarios::init_text();
    return kAllMet;
  }
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return bad_usage("init", path + " exists; nothing was written");
  }
  const Status written = write_file(path, scenarios::init_text());
  if (!written) {
    std::cerr << "shakedown init: " << written.error().detail << '\n';
    return kEnvironment;
  }
  std::cerr << path << " written; next: shakedown run " << path << '\n';
  return kAllMet;
}

}  // namespace

const Verb kInitVerb{"init",
                     "FILE",
                     "write a commented scenario that runs as it is",
                     "",
                     [](po::options_description&) {},
                     init};

}  // namespace shakedown::cli
