"""Plants one violation of each rule in a small tree and checks that tidy.py finds exactly it;
plants look-alikes and checks that it stays silent.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TIDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")

CLEAN = {
    "sim/env.h": "#pragma once\n",
    "sim/time.h": "#pragma once\n",
    "sim/virtual_time/world.h": '#pragma once\n#include "sim/env.h"\n',
    "sim/wall_time/tls.cc": "#include <openssl/ssl.h>\n",
    "actors/events.h": '#pragma once\n#include "sim/time.h"\n',
    "crypto/keys/key.h": "#pragma once\n#include <openssl/evp.h>\n",
    "stir/passport/passport.h":
        '#pragma once\n#include "sim/time.h"\n#include "crypto/keys/key.h"\n',
    "actors/provider/provider.h": '#pragma once\n#include "stir/passport/passport.h"\n',
    "results/record/recorder.cc": '#include <sqlite3.h>\n#include "actors/events.h"\n'
                           "namespace {\nusing Row = int;\nbool good(int row) { return row; }\n}\n",
    "scenarios/play/director.cc": '#include "actors/provider/provider.h"\n',
    "cli/verbs/run.cc": '#include "sim/virtual_time/world.h"\n',
    "tests/sim/world_test.cc": '#include "sim/virtual_time/world.h"\n',
}
COMPILED = [path for path in CLEAN if path.endswith(".cc")]

# (what is planted, path, text, the rule that must fire)
VIOLATIONS = [
    ("sim knows STIR", "sim/a.cc", '#include "stir/passport/passport.h"\n', "layer"),
    ("sim names a runtime", "sim/a.cc", '#include "sim/virtual_time/world.h"\n', "layer"),
    ("one runtime sees the other", "sim/wall_time/a.cc",
     '#include "sim/virtual_time/world.h"\n', "layer"),
    ("crypto sees stir", "crypto/keys/a.cc", '#include "stir/passport/passport.h"\n', "layer"),
    ("stir sees a role", "stir/call/a.cc", '#include "actors/provider/provider.h"\n', "layer"),
    ("stir sees Env", "stir/call/a.cc", '#include "sim/env.h"\n', "layer"),
    ("an actor names a runtime", "actors/provider/a.cc",
     '#include "sim/virtual_time/world.h"\n', "layer"),
    ("an actor sees results", "actors/provider/a.cc",
     '#include "results/record/recorder.h"\n', "layer"),
    ("a role sees another", "actors/enterprise/a.cc",
     '#include "actors/provider/provider.h"\n', "layer"),
    ("keys see certificates", "crypto/keys/a.cc", '#include "crypto/x509/path.h"\n', "layer"),
    ("a folder without arrows", "actors/new_role/a.cc", "int x;\n", "layer"),
    ("a base name of another room", "stir/call/key.h", "#pragma once\n", "base_name"),
    ("results sees an actor", "results/read/a.cc",
     '#include "actors/provider/provider.h"\n', "layer"),
    ("results sees stir", "results/read/a.cc", '#include "stir/passport/passport.h"\n', "layer"),
    ("results sees scenarios", "results/read/a.cc",
     '#include "scenarios/play/director.h"\n', "layer"),
    ("scenarios names a runtime", "scenarios/play/a.cc",
     '#include "sim/virtual_time/world.h"\n', "layer"),
    ("scenarios sees cli", "scenarios/play/a.cc", '#include "cli/play.h"\n', "layer"),
    ("a relative include", "sim/a.cc", '#include "../sim/env.h"\n', "include"),
    ("OpenSSL in a role", "actors/provider/a.cc", "#include <openssl/evp.h>\n", "library"),
    ("OpenSSL in the wall runtime", "sim/wall_time/a.cc", "#include <openssl/evp.h>\n", "library"),
    ("OpenSSL in cli", "cli/a.cc", "#include <openssl/evp.h>\n", "library"),
    ("SQLite in scenarios", "scenarios/play/a.cc", "#include <sqlite3.h>\n", "library"),
    ("YAML in results", "results/read/a.cc", "#include <yaml-cpp/yaml.h>\n", "library"),
    ("Beast in an actor", "actors/provider/a.cc", "#include <boost/beast.hpp>\n", "library"),
    ("system_clock", "actors/provider/a.cc",
     "auto t = std::chrono::system_clock::now();\n", "wall_clock"),
    ("steady_clock in virtual time", "sim/virtual_time/a.cc",
     "auto t = std::chrono::steady_clock::now();\n", "wall_clock"),
    ("time(nullptr)", "scenarios/play/a.cc", "auto t = time(nullptr);\n", "wall_clock"),
    ("std::time(NULL)", "scenarios/play/a.cc", "auto t = std::time( NULL );\n", "wall_clock"),
    ("gettimeofday", "results/read/a.cc", "gettimeofday(&t, nullptr);\n", "wall_clock"),
    ("OpenSSL's clock", "crypto/keys/a.cc", "X509_gmtime_adj(t, 0);\n", "hidden_clock"),
    ("std::rand", "actors/provider/a.cc", "int x = std::rand();\n", "randomness"),
    ("rand", "tests/a.cc", "int x = rand();\n", "randomness"),
    ("random_device", "sim/wall_time/a.cc", "std::random_device d;\n", "randomness"),
    ("a distribution of std", "sim/a.cc",
     "std::uniform_int_distribution<int> d(0, 1);\n", "randomness"),
    ("sleep_for", "actors/provider/a.cc", "std::this_thread::sleep_for(d);\n", "sleep"),
    ("usleep", "scenarios/play/a.cc", "usleep(10);\n", "sleep"),
    ("range-for over a local unordered map", "results/read/a.cc",
     "std::unordered_map<int, std::vector<int>> seen;\nvoid f() { for (auto& s : seen) g(s); }\n",
     "unordered_iteration"),
    ("range-for over a member", "scenarios/play/a.cc",
     "struct S { std::unordered_set<int> seen_; };\n"
     "void f(S& s) {\n  for (int i : s.seen_) {\n  }\n}\n",
     "unordered_iteration"),
    ("iterators", "actors/provider/a.cc",
     "std::unordered_set<int> seen;\nstd::vector<int> v(seen.begin(), seen.end());\n",
     "unordered_iteration"),
    ("a file of 601 lines", "sim/a.cc", "int x();\n" * 601, "file_length"),
    ("a line of 101 columns", "sim/a.cc", "//" + "x" * 99 + "\n", "line_length"),
    ("a leftover", "docs/a.md", "FIX" + "ME later\n", "leftover"),
    ("another leftover", "scenarios/library/a.yaml", "# TO" + "DO\n", "leftover"),
    ("a conflict", "sim/a.cc", "<" * 7 + " HEAD\n", "conflict"),
    ("a zero-width space", "README.md", "zero\u200bwidth\n", "control_character"),
    ("an escape character", "sim/a.cc", "// \x1b[0m\n", "control_character"),
    ("text from right to left", "sim/a.cc", "// \u202e\n", "control_character"),
    ("a header without guard", "sim/a.h", "int x();\n", "header"),
    ("a link to nowhere", "docs/a.md", "see [this](nowhere.md#part)\n", "link"),
    ("a document that is not there", "README.md", "see `docs/nowhere.md`\n", "link"),
    ("a name of the folder's other sources", "results/show/z.cc",
     "namespace {\nconstexpr int kMost = 3;\nbool good(int n) { return n < kMost; }\n}\n", "unity"),
    ("Latin 1", "docs/a.md", b"caf\xe9\n", "encoding"),
]

# Look-alikes that must pass.
INNOCENT = [
    ("a ban in a comment", "sim/a.cc", "// not steady_clock, never std::rand()\n"),
    ("a ban in a string", "sim/a.cc", 'const char* s = "std::rand() time(NULL)";\n'),
    ("a ban in a raw string", "sim/a.cc", 'auto s = R"sql(\nsystem_clock\n)sql";\n'),
    ("a long line in a raw string", "sim/a.cc", 'auto s = R"(\n' + "x" * 200 + '\n)";\n'),
    ("a digit separator", "sim/a.cc", "int x = 1'000'000; // it's fine\n"),
    ("other things named time", "sim/a.cc",
     "auto t = world.time();\nauto u = event->time(0);\nValue time();\n"),
    ("the wall runtime's clock", "sim/wall_time/a.cc", "auto t = steady_clock::now();\n"),
    ("lookup in an unordered map", "actors/provider/a.cc",
     "std::unordered_map<int, int> m;\nbool f() { return m.find(1) != m.end(); }\n"),
    ("iteration over a vector beside an unordered map", "results/read/a.cc",
     "std::unordered_map<int, int> m;\nvoid f(V& v) { for (auto& x : v) m[x] = 1; }\n"),
    ("an overload, and the same alias", "results/record/b.cc",
     "namespace {\nusing Row = int;\nbool good(char c) { return c; }\n}\n"),
    ("the same name in another library", "scenarios/play/b.cc",
     "namespace {\nbool good(int n) { return n; }\n}\n"),
    ("fictitious numbers", "docs/a.md", "+1 201 555 XX" + "XX\n"),
    ("links", "docs/a.md", "[self](a.md#x) [web](https://example.test/) `docs/a.md`\n"),
]


def plant(root, files):
    for path, text in files.items():
        absolute = os.path.join(root, path)
        os.makedirs(os.path.dirname(absolute), exist_ok=True)
        with open(absolute, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))


class TidySelfTest(unittest.TestCase):
    def run_tidy(self, files, compiled=None):
        with tempfile.TemporaryDirectory() as root:
            plant(root, {**CLEAN, **files})
            arguments = [sys.executable, TIDY, root]
            if compiled is not None:
                plant(root, {"build/compile_commands.json": json.dumps(
                    [{"file": os.path.join(root, path)} for path in compiled])})
                arguments += ["--build", os.path.join(root, "build")]
            return subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8",
                                  check=False)

    def expect_only(self, result, path, rule):
        lines = result.stdout.splitlines()
        if rule == "layer":  # An arrow that points upwards may close a circle, too.
            lines = [line for line in lines if ": circle: " not in line]
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(len(lines), 1, result.stdout)
        self.assertTrue(lines[0].startswith(path + ":"), lines[0])
        self.assertIn(f": {rule}: ", lines[0])

    def test_the_clean_tree_passes(self):
        result = self.run_tidy({}, COMPILED)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_each_planted_violation_is_found(self):
        for what, path, text, rule in VIOLATIONS:
            with self.subTest(what):
                self.expect_only(self.run_tidy({path: text}), path, rule)

    def test_look_alikes_pass(self):
        for what, path, text in INNOCENT:
            with self.subTest(what):
                result = self.run_tidy({path: text})
                self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_a_circle_between_any_two_folders_is_found(self):
        """On the shortest way and on a longer one, whatever the lists of arrows say."""
        header = "#pragma once\n"
        for files, circle in [
                ({"crypto/x509/path.h": header + '#include "crypto/keys/key.h"\n',
                  "crypto/keys/key.h": header + '#include "crypto/x509/path.h"\n'},
                 "crypto/keys -> crypto/x509 -> crypto/keys"),
                ({"actors/serving/a.h": header + '#include "actors/clients/b.h"\n',
                  "actors/clients/b.h": header + '#include "actors/acme/c.h"\n',
                  "actors/acme/c.h": header + '#include "actors/serving/a.h"\n'},
                 "actors/acme -> actors/serving -> actors/clients -> actors/acme"),
                ({"cli/verb.h": header + '#include "cli/verbs/help.h"\n',
                  "cli/verbs/help.h": header + '#include "cli/verb.h"\n'},
                 "cli -> cli/verbs -> cli")]:
            with self.subTest(circle):
                result = self.run_tidy(files)
                self.assertEqual(result.returncode, 1)
                circles = [line for line in result.stdout.splitlines() if ": circle: " in line]
                self.assertEqual([line.split(": circle: ")[1] for line in circles], [circle])

    def test_paths_of_this_machine_are_found(self):
        with tempfile.TemporaryDirectory() as above:
            root, home = os.path.join(above, "checkout"), "/elsewhere/somebody"
            for what, text, found in [("the checkout", f"see {root}/README.md", True),
                                      ("the folder above it", f"see ({above}/other/x.md)", True),
                                      ("the home folder", f"cd {home}/x", True),
                                      ("the web", f"https://example.test{root}/x", False),
                                      ("a relative path", f"tests{home}/x", False),
                                      ("a longer name", f"{home}-of-another/x", False),
                                      ("the image", "/usr/share/doc /etc/shakedown", False)]:
                with self.subTest(what):
                    plant(root, {**CLEAN, "docs/a.md": text + "\n"})
                    result = subprocess.run([sys.executable, TIDY, root], check=False,
                                            capture_output=True, text=True,
                                            env={**os.environ, "HOME": home})
                    if found:
                        self.expect_only(result, "docs/a.md", "machine_path")
                    else:
                        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_an_exception_that_is_no_longer_needed_is_found(self):
        result = self.run_tidy({"tests/tidy/rules.py": ""})
        self.assertEqual(result.returncode, 1)
        self.assertIn(": exception: ", result.stdout)

    def test_a_test_that_nobody_compiles_is_found(self):
        path = "tests/new_folder/new_test.cc"
        self.expect_only(self.run_tidy({path: "int x;\n"}, COMPILED), path, "compiled")

    def test_the_sources_of_a_unity_build_are_compiled(self):
        with tempfile.TemporaryDirectory() as root:
            unity = "build/CMakeFiles/sim.dir/Unity/unity_0_cxx.cxx"
            plant(root, {**CLEAN, unity: "".join(
                f'#include "{os.path.join(root, path)}"\n' for path in COMPILED)})
            plant(root, {"build/compile_commands.json":
                         json.dumps([{"file": os.path.join(root, unity)}])})
            result = subprocess.run([sys.executable, TIDY, root, "--build", root + "/build"],
                                    capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_a_missing_build_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            plant(root, CLEAN)
            result = subprocess.run([sys.executable, TIDY, root, "--build", root + "/none"],
                                    capture_output=True, text=True, check=False)
        self.expect_only(result, "CMakeLists.txt", "compiled")


if __name__ == "__main__":
    unittest.main()
