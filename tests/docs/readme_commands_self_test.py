"""readme_commands.py must notice a command that fails and an output that is not printed."""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "readme_commands.py")


class ReadmeCommandsSelfTest(unittest.TestCase):
    def run_on(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "README.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return subprocess.run([sys.executable, "-B", SCRIPT, folder, path],
                                  capture_output=True, check=False).returncode

    def test_what_works_passes(self):
        self.assertEqual(self.run_on("```sh\necho a > f\n```\n```\n$ cat f\na\n```\n"), 0)
        self.assertEqual(self.run_on("```text\n$ printf '1\\n2\\n34\\n'\n1\n…\n3…\n```\n"), 0)
        self.assertEqual(self.run_on("```\n$ printf '%s' \\\n> long\nlong\n```\n"), 0)
        self.assertEqual(self.run_on("```\n$ false  # exits 1\n```\n"), 0)

    def test_a_failing_command_is_noticed(self):
        self.assertEqual(self.run_on("```sh\nfalse\ntrue\n```\n"), 1)
        self.assertEqual(self.run_on("```\n$ false\n```\n"), 1)
        self.assertEqual(self.run_on("```\n$ true  # exits 1\n```\n"), 1)

    def test_another_output_is_noticed(self):
        self.assertEqual(self.run_on("```\n$ echo a\nb\n```\n"), 1)
        self.assertEqual(self.run_on("```\n$ printf '1\\n2\\n'\n2\n1\n```\n"), 1)

    def test_a_readme_without_commands_is_noticed(self):
        self.assertEqual(self.run_on("```sh\n./dev test\n```\n"), 1)


if __name__ == "__main__":
    unittest.main()
