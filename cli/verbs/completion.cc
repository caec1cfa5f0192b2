// completion: shell completions, from the table of verbs.
#include <iostream>
#include <sstream>

#include "cli/exit_code.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

std::vector<std::string> long_options(const Verb& verb) {
  po::options_description options;
  verb.add_options(options);
  options.add_options()("help", "");
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.emplace_back(verb.name);
  return joined(names);
}

// Files complete everywhere; library names where a scenario is wanted.
void write_bash(std::ostream& out) {
  out << "_shakedown() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '"
      << verb_names()
      << "' -- \"$cur\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n";
  for (const Verb& verb : verbs()) {
    out << "    " << verb.name << ") words='" << joined(long_options(verb)) << "' ;;\n";
  }
  out << "  esac\n"
         "  case ${COMP_WORDS[1]} in\n"
         "    run|check|serve) words+=\" $(shakedown list --names 2>/dev/null)\" ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
         "}\n"
         "complete -o filenames -F _shakedown shakedown\n";
}

void write_zsh(std::ostream& out) {
  out << "#compdef shakedown\nautoload -U +X bashcompinit && bashcompinit\n";
  write_bash(out);
}

void write_fish(std::ostream& out) {
  out << "complete -c shakedown -n __fish_use_subcommand -f -a '" << verb_names() << "'\n";
  for (const Verb& verb : verbs()) {
    for (const std::string& option : long_options(verb)) {
      out << "complete -c shakedown -n '__fish_seen_subcommand_from " << verb.name << "' -l "
          << option.substr(2) << '\n';
    }
  }
  out << "complete -c shakedown -n '__fish_seen_subcommand_from run check serve' -a "
         "'(shakedown list --names 2>/dev/null)'\n";
}

int completion(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  const std::string shell = arguments.size() == 1 ? arguments.front() : "";
  if (shell == "bash") {
    write_bash(std::cout);
  } else if (shell == "zsh") {
    write_zsh(std::cout);
  } else if (shell == "fish") {
    write_fish(std::cout);
  } else {
    return bad_usage("completion", "which shell? bash, zsh or fish");
  }
  return kAllMet;
}

}  // namespace

const Verb kCompletionVerb{"completion",
                           "SHELL",
                           "completions for bash, zsh or fish",
                           "  source <(shakedown completion bash)",
                           [](po::options_description&) {},
                           completion};

}  // namespace shakedown::cli
