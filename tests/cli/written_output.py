"""What is written is written, or the exit code says so.

    python3 tests/cli/written_output.py BINARY

Every verb with output into a full device, a closed descriptor and a pipe whose reader has gone;
reports and other files onto devices, FIFOs, links and into folders that take no new file.
"""

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

BINARY = os.path.abspath(sys.argv.pop(1))
FULL, CLOSED, GONE = "full", "closed", "gone"
# They write to the same stream, but only after minutes or never by themselves.
NOT_TRIED = {"acme", "bench", "calibrate", "serve"}

# With arguments under which each writes something and ends by itself.
VERBS = {
    "help": ["--help"],
    "verb help": ["run", "--help"],
    "version": ["--version"],
    "run": ["run", "first-call", "--db", "other.sqlite"],
    "run json": ["run", "first-call", "--db", "other.sqlite", "--json"],
    "check": ["check", "first-call"],
    "list": ["list"],
    "schema": ["schema"],
    "init": ["init", "-"],
    "show": ["show", "1"],
    "replay": ["replay"],
    "diff": ["diff", "first-call-1", "first-call-2"],
    "sql": ["sql", "select * from call"],
    "verify": ["verify", "identity.txt"],
    "inspect": ["inspect", "identity.txt"],
    "vectors": ["vectors", "--list"],
    "completion": ["completion", "bash"],
}


def shakedown(*arguments, stdout=subprocess.PIPE, **more):
    return subprocess.run([BINARY, *arguments], stdout=stdout, stderr=subprocess.PIPE, check=False,
                          stdin=subprocess.DEVNULL, **more)


def into(kind, arguments):
    if kind == FULL:
        with open("/dev/full", "wb") as full:
            return shakedown(*arguments, stdout=full)
    if kind == CLOSED:
        return subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', BINARY, *arguments], check=False,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return shakedown(*arguments, stdout=writing)
    finally:
        os.close(writing)


class StandardOutput(unittest.TestCase):
    def test_no_verb_is_forgotten(self):
        overview = shakedown("--help").stdout.decode()
        verbs = set(re.findall(r"^  ([a-z]+)\b", overview, re.MULTILINE))
        self.assertEqual(verbs, {line[0] for line in VERBS.values() if line[0][0] != "-"}
                         | NOT_TRIED | {"report"})

    def test_every_verb(self):
        for name, arguments in VERBS.items():
            earned = shakedown(*arguments)
            self.assertTrue(earned.stdout, name)
            self.assertIn(earned.returncode, (0, 1), f"{name}: {earned.stderr}")
            for kind, why in ((FULL, b"No space left on device"), (CLOSED, b"Bad file descriptor")):
                with self.subTest(verb=name, into=kind):
                    ended = into(kind, arguments)
                    self.assertEqual(ended.returncode, 6, ended.stderr)
                    self.assertIn(b"shakedown: standard output: " + why, ended.stderr)
            with self.subTest(verb=name, into=GONE):
                ended = into(GONE, arguments)
                self.assertEqual(ended.returncode, earned.returncode, ended.stderr)
                self.assertNotIn(b"standard output", ended.stderr)


class Files(unittest.TestCase):
    def report(self, path, *more):
        return shakedown("report", "--db", "shakedown.sqlite", "-o", path, *more)

    def test_a_new_file_takes_the_umask(self):
        os.umask(0o027)
        try:
            self.assertEqual(self.report("new.html").returncode, 0)
        finally:
            os.umask(0o022)
        self.assertEqual(stat.S_IMODE(os.stat("new.html").st_mode), 0o640)

    def test_an_existing_file_keeps_its_permissions(self):
        with open("kept.html", "w", encoding="utf-8"):
            pass
        os.chmod("kept.html", 0o600)
        self.assertEqual(self.report("kept.html").returncode, 0)
        self.assertEqual(stat.S_IMODE(os.stat("kept.html").st_mode), 0o600)
        self.assertGreater(os.path.getsize("kept.html"), 1000)

    def test_a_device_stays_a_device(self):
        ended = self.report("/dev/full")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        self.assertEqual(ended.returncode, 6)
        self.assertIn(b"/dev/full: No space left on device", ended.stderr)
        self.assertEqual(self.report("/dev/null").returncode, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_a_fifo_is_written_through(self):
        os.mkfifo("fifo")
        got = []

        def read():
            with open("fifo", "rb") as fifo:
                got.append(fifo.read())

        reader = threading.Thread(target=read)
        reader.start()
        self.assertEqual(self.report("fifo").returncode, 0)
        reader.join(30)
        self.assertTrue(stat.S_ISFIFO(os.stat("fifo").st_mode))
        self.assertIn(b"</html>", got[0])

    def test_a_link_is_followed(self):
        os.mkdir("elsewhere")
        for there in (True, False):
            name = f"target-{there}.html"
            target = os.path.join("elsewhere", name)
            if there:
                with open(target, "w", encoding="utf-8"):
                    pass
            os.symlink(target, f"link-{there}.html")
            self.assertEqual(self.report(f"link-{there}.html").returncode, 0)
            self.assertTrue(os.path.islink(f"link-{there}.html"))
            self.assertGreater(os.path.getsize(target), 1000)
        self.assertEqual(sorted(os.listdir("elsewhere")),
                         ["target-False.html", "target-True.html"])

    def test_a_planted_link_is_not_followed(self):
        with open("victim", "w", encoding="utf-8") as victim:
            victim.write("precious")
        os.symlink("victim", "page.html.tmp")
        self.assertEqual(self.report("page.html").returncode, 0)
        with open("victim", encoding="utf-8") as victim:
            self.assertEqual(victim.read(), "precious")

    def test_a_folder_that_is_not_there(self):
        ended = self.report("nowhere/page.html")
        self.assertEqual(ended.returncode, 6)
        self.assertIn(b"nowhere/page.html: No such file or directory", ended.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for _ in range(2):
            if shakedown("run", "first-call").returncode != 0:
                sys.exit("first-call did not run")
        shakedown("vectors", "-o", "vectors")
        with open("vectors/vectors.json", encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        with open("identity.txt", "w", encoding="utf-8") as file:
            file.write(cases[0]["identity"][0] + "\n")
        unittest.main()


if __name__ == "__main__":
    main()
