"""What `./dev test NAME` must install and build before the tests whose names match can run.

    python3 tests/needs.py NAME

Prints three lines for the shell: sections of packages.txt, targets of the build, and commands that
need no build (then the other two are empty). Exits 1 if no test's name matches the regular
expression NAME, as ctest would understand it.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = {"run", "build"}
GTEST = PROGRAM | {"test"}

# Test -> (sections beside those of the build, targets beside the program).
WITH_PROGRAM = {
    "readme_commands": (set(), set()), "ci_commands": (set(), set()),
    "written_output": (set(), set()), "killed_runs": (set(), set()),
    "external_product": (set(), set()), "shortened_scenarios": (set(), set()),
    "inspect_and_verify": ({"judges"}, set()), "outside_judge": ({"judges"}, set()),
    "chain_judges": ({"judges"}, set()), "outside_judges": ({"judges"}, set()),
    "npm_judges": ({"npm"}, set()), "acme_npm": ({"npm"}, set()),
    "acme_clients": ({"judges", "interop"}, set()), "acme_pebble": ({"interop"}, set()),
    "forged_proof": (set(), {"credulous_shakedown"}),
    "no_key_in_clear": (set(), {"telling_shakedown"}),
}
# Test -> the command; for these python3 is enough.
WITHOUT_BUILD = {
    "tidy": "tests/tidy/tidy.py .",
    "tidy_self_test": "tests/tidy/tidy_self_test.py",
    "readme_commands_self_test": "tests/docs/readme_commands_self_test.py",
    "needs": "tests/needs_test.py",
}
DECLARED = re.compile(r"^\s*(?:TYPED_)?TEST(?:_[FP])?\((\w+),\s*(\w+)\)", re.M)


def gtest_names():
    """(name as ctest has it, test program) of all that tests/*/*.cc and its headers declare."""
    for folder in sorted(os.listdir(os.path.join(ROOT, "tests"))):
        path = os.path.join(ROOT, "tests", folder)
        if not os.path.isdir(path):
            continue
        for name in sorted(os.listdir(path)):
            if name.endswith((".cc", ".h")):
                with open(os.path.join(path, name), encoding="utf-8") as file:
                    for suite, test in DECLARED.findall(file.read()):
                        yield f"{folder}/{suite}.{test}", f"{folder}_test"


def needs_of(name):
    """(sections, targets, commands), or None."""
    pattern = re.compile(name)
    sections, targets, commands = set(), set(), []
    for test, program in gtest_names():
        if pattern.search(test):
            sections |= GTEST
            targets |= {program, "shakedown"}
    for test, (more, others) in WITH_PROGRAM.items():
        if pattern.search(test):
            sections |= GTEST | more
            targets |= {"shakedown"} | others
    library = os.path.join(ROOT, "scenarios", "library")
    for scenario in sorted(os.listdir(library)):
        stem = os.path.splitext(scenario)[0]
        if scenario.endswith(".yaml") and (pattern.search(f"scenario/{stem}")
                                           or pattern.search(f"mechanisms/{stem}")):
            sections |= GTEST
            targets.add("shakedown")
    for test, command in WITHOUT_BUILD.items():
        if pattern.search(test):
            commands.append(command)
    if not targets and not commands:
        return None
    return sections, targets, [] if targets else commands


def main():
    found = needs_of(sys.argv[1])
    if found is None:
        sys.exit(1)
    sections, targets, commands = found
    print(*sorted(sections))
    print(*sorted(targets))
    print(*commands, sep=";")


if __name__ == "__main__":
    main()
