// The verbs of the command `shakedown`, one file each. A table of them drives parsing, --help, the
// shell completions and the man page, so that these cannot disagree.
#pragma once

#include <boost/program_options.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::cli {

namespace po = boost::program_options;

struct Verb {
  std::string_view name;       // "run"
  std::string_view arguments;  // "SCENARIO..."; "" if none.
  std::string_view summary;    // One line for the overview.
  std::string_view details;    // A paragraph and examples, for `shakedown VERB --help`.
  // Adds options; positional arguments arrive under "argument".
  void (*add_options)(po::options_description& options);
  int (*run)(const po::variables_map& given);  // Returns an ExitCode.
};

std::span<const Verb> verbs();

// Positional arguments, in order.
std::vector<std::string> arguments_of(const po::variables_map& given);

// The option's text, or "" if it was not given.
std::string text_option(const po::variables_map& given, const char* name);

// Says what is wrong on stderr and returns kBadUsage: `shakedown run: no scenario given`.
int bad_usage(std::string_view verb, const std::string& message);

// The verbs themselves.
extern const Verb kAcmeVerb;
extern const Verb kBenchVerb;
extern const Verb kCalibrateVerb;
extern const Verb kCheckVerb;
extern const Verb kCompletionVerb;
extern const Verb kDiffVerb;
extern const Verb kInitVerb;
extern const Verb kInspectVerb;
extern const Verb kListVerb;
extern const Verb kReplayVerb;
extern const Verb kReportVerb;
extern const Verb kRunVerb;
extern const Verb kSchemaVerb;
extern const Verb kServeVerb;
extern const Verb kShowVerb;
extern const Verb kSqlVerb;
extern const Verb kVectorsVerb;
extern const Verb kVerifyVerb;

// Without a verb: narrates first-call and names the next command.
int narrate_first_call();

}  // namespace shakedown::cli
