// The command `shakedown`: finds the verb, parses its options, runs it.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/exit_code.h"
#include "cli/standard_output.h"
#include "cli/verb.h"
#include "crypto/keys/randomness.h"
#include "scenarios/language/reader.h"

namespace shakedown::cli {
namespace {

void print_overview(std::ostream& out) {
  out << "shakedown: a whole STIR/SHAKEN ecosystem in one process. For tests only: its CAs, keys\n"
         "and numbers are not to be trusted.\n\n"
         "usage: shakedown [VERB [OPTION]... [ARGUMENT]...]\n"
         "       without a verb it plays first-call and explains it\n\n";
  for (const Verb& verb : verbs()) {
    std::string left = "  " + std::string(verb.name);
    if (!verb.arguments.empty()) left += " " + std::string(verb.arguments);
    left.resize(std::max<std::size_t>(left.size() + 2, 26), ' ');
    out << left << verb.summary << '\n';
  }
  out << "\nshakedown VERB --help explains a verb.\n"
         "Exit codes: 0 all expectations met, 1 one not met, 2 interrupted, 3 internal error,\n"
         "4 bad usage or input, 5 nothing was evaluated, 6 environment, 7 replay mismatch.\n";
}

void print_help(std::ostream& out, const Verb& verb, const po::options_description& options) {
  out << "usage: shakedown " << verb.name << " [OPTION]...";
  if (!verb.arguments.empty()) out << ' ' << verb.arguments;
  out << "\n\n" << verb.summary << "\n";
  if (!verb.details.empty()) out << '\n' << verb.details << '\n';
  out << '\n' << options;
}

int run_verb(const Verb& verb, int argc, char** argv) {
  po::options_description options("Options");
  verb.add_options(options);
  options.add_options()("help,h", "show this");
  po::options_description all;
  all.add(options).add_options()("argument", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("argument", -1);
  po::variables_map given;
  try {
    // No guessing of abbreviated options: a script that uses one breaks when another is added.
    using namespace po::command_line_style;
    po::store(po::command_line_parser(argc, argv)
                  .options(all)
                  .positional(positional)
                  .style(unix_style & ~allow_guessing)
                  .run(),
              given);
    if (given.count("help") == 0) po::notify(given);  // Which misses required options.
  } catch (const po::error& error) {
    return bad_usage(verb.name, error.what());
  }
  if (given.count("help") > 0) {
    print_help(std::cout, verb, options);
    return kAllMet;
  }
  if (verb.arguments.empty() && !arguments_of(given).empty()) {
    return bad_usage(verb.name, "unexpected argument '" + arguments_of(given).front() + "'");
  }
  return verb.run(given);
}

int unknown_verb(const std::string& name) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.emplace_back(verb.name);
  std::cerr << "shakedown: there is no verb '" << name << "'";
  if (const std::string nearest = scenarios::nearest(name, names); !nearest.empty()) {
    std::cerr << "; did you mean '" << nearest << "'?";
  }
  std::cerr << "\nshakedown --help lists them\n";
  return kBadUsage;
}

int dispatch(int argc, char** argv) {
  if (const Status installed = crypto::install_randomness_provider(); !installed) {
    std::cerr << "shakedown: " << installed.error().detail << '\n';
    return kEnvironment;
  }
  if (argc < 2) return narrate_first_call();
  const std::string name = argv[1];
  if (name == "--help" || name == "-h" || name == "help") {
    print_overview(std::cout);
    return kAllMet;
  }
  if (name == "--version") {
    std::cout << "shakedown " << SHAKEDOWN_VERSION << '\n';
    return kAllMet;
  }
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return run_verb(verb, argc - 1, argv + 1);
  }
  return unknown_verb(name);
}

}  // namespace

std::vector<std::string> arguments_of(const po::variables_map& given) {
  if (given.count("argument") == 0) return {};
  return given["argument"].as<std::vector<std::string>>();
}

std::string text_option(const po::variables_map& given, const char* name) {
  return given.count(name) > 0 ? given[name].as<std::string>() : std::string();
}

int bad_usage(std::string_view verb, const std::string& message) {
  std::cerr << "shakedown " << verb << ": " << message << "\nshakedown " << verb
            << " --help shows its options\n";
  return kBadUsage;
}

}  // namespace shakedown::cli

int main(int argc, char** argv) {
  using namespace shakedown::cli;
  hold_standard_descriptors();
  StandardOutput output;
  // The last net: whatever gets here is a bug, and is said as one.
  try {
    return output.finish(dispatch(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "shakedown: internal error: " << error.what() << '\n';
  }
  return output.finish(kInternalError);
}
