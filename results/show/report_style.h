// The style sheet of the HTML report, results/show/report.css, as it was when this binary was
// built.
#pragma once

#include <string_view>

namespace shakedown::results {

// Valid for the life of the process; thread-safe.
std::string_view report_style();

}  // namespace shakedown::results
