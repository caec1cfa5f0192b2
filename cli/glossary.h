// What the steps of a verification ask, for those who show calls (results/ does not know them).
#pragma once

#include "results/show/show_call.h"

namespace shakedown::cli {

results::StepGlossary step_glossary();

}  // namespace shakedown::cli
