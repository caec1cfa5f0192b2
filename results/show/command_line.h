// Command lines that our pages tell people to type. Quoted for a POSIX shell, so that what was
// copied does what it says and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/record/records.h"

namespace shakedown::results {

// As it is if no shell would touch it, else in single quotes. Control characters are spelled out:
// such a word does not work when it is pasted, but it cannot act on the terminal that shows it.
std::string shell_quoted(std::string_view word);

// "shakedown replay rotation-1 --db runs.sqlite"; --db is left out for the default.
std::string command(std::string_view verb,
                    const std::vector<std::string>& arguments,
                    std::string_view database);

// "shakedown run rotation --seed 7 --set traffic.0.rate=2/s": the same scenario once more.
std::string run_again(const RunInfo& run);

}  // namespace shakedown::results
