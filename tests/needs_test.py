"""The `needs` test: what tests/needs.py says agrees with what ctest knows.

    python3 tests/needs_test.py [BUILD_FOLDER]

Without a build only what needs none is checked.
"""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import needs  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else None


class Needs(unittest.TestCase):
    def test_a_script_needs_no_build(self):
        self.assertEqual(needs.needs_of("^tidy$"), (set(), set(), ["tests/tidy/tidy.py ."]))

    def test_a_test_program_and_the_packages_for_it(self):
        sections, targets, _ = needs.needs_of("stir/TelephoneNumber")
        self.assertEqual(targets, {"stir_test", "shakedown"})
        self.assertEqual(sections, {"run", "build", "test"})
        self.assertIn("interop", needs.needs_of("acme_pebble")[0])

    def test_a_name_that_nobody_has(self):
        self.assertIsNone(needs.needs_of("no such test"))

    @unittest.skipUnless(BUILD, "no build given")
    def test_every_test_of_ctest_is_known(self):
        listed = subprocess.run(["ctest", "--test-dir", BUILD, "--show-only=json-v1"], check=True,
                                capture_output=True)
        names = {test["name"] for test in json.loads(listed.stdout)["tests"]}
        programs = {}
        for name in sorted(names):
            if name.endswith("_NOT_BUILT"):
                continue
            head = name.split("/")[0]
            if "." in name and head not in ("scenario", "mechanisms"):
                programs.setdefault(head, name)
                continue
            with self.subTest(name):
                self.assertIsNotNone(needs.needs_of(f"^{name}$"))
        for folder in programs:
            with self.subTest(folder):
                self.assertIn(f"{folder}_test", needs.needs_of(f"^{folder}/")[1])


if __name__ == "__main__":
    unittest.main()
