// JUnit XML for CI: a testsuite for each run, a testcase for each expectation, in the form that
// Jenkins, GitLab and GitHub all read (pytest's xunit2).
#pragma once

#include <string>
#include <vector>

#include "results/record/records.h"

namespace shakedown::results {

// testcase: classname = scenario, name = the expectation's id, file and line where it stands. An
// unmet expectation is a <failure> with its message as attribute and as text. <error> is only for
// faults of the harness: a run that failed has a testcase "run" with one, and its expectations,
// which then prove nothing, are <skipped>. Well-formed whatever the texts contain.
std::string junit_xml(const std::vector<RunRecord>& runs);

}  // namespace shakedown::results
