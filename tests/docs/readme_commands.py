"""The `readme_commands` test: what README.md tells people to type works, and prints what it shows.

    python3 tests/docs/readme_commands.py BUILD_FOLDER FILE.md...

A ```sh block is run as one script. In any other block a line that begins with "$ " is a command and
the lines after it are what it prints: each must occur, in this order; "…" stands for any text, and
a line of it alone for any lines. A command must succeed unless it ends with "# exits N".
All blocks of a file run in one temporary folder, in their order. Of a CI configuration (.yml) the
lines that begin with "shakedown" run, in a folder whose scenarios/ holds first-call.yaml.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

# Commands that only a person or another test runs. Nothing else is skipped.
SKIPPED = [
    (re.compile(r"\./dev (run|test|build|bench|image|package|deb|lint|format)\b"),
     "builds everything; CI runs ./dev test itself"),
    (re.compile(r"(sudo )?apt(-get)? install\b"), "changes the machine; tests/package does it"),
    (re.compile(r"git clone\b|cd shakedown$"), "needs a network"),
    (re.compile(r".*\bbaseline\.sqlite"), "the reader's own recording"),
    (re.compile(r"(docker|buildah|podman) "), "./dev image does it"),
]
EXIT_CODE = re.compile(r"#\s*exits (\d+)\s*$")


def blocks(text):
    """(language, first line's number, lines) of each fenced block."""
    language, start, lines = None, 0, []
    for number, line in enumerate(text.split("\n"), 1):
        fence = re.match(r"\s*```\s*(\w*)", line)
        if fence and language is None:
            language, start, lines = fence.group(1) or "text", number + 1, []
        elif fence:
            yield language, start, lines
            language = None
        elif language is not None:
            lines.append(line)


def ci_blocks(text):
    """The same of a CI configuration: each command of ours as a block."""
    for number, line in enumerate(text.split("\n"), 1):
        command = re.match(r"\s*(?:- |run: )?(shakedown .*)", line)
        if command:
            yield "text", number, ["$ " + command.group(1)]


def skip_reason(command):
    return next((why for pattern, why in SKIPPED if pattern.match(command.strip())), None)


def commands_of(language, start, lines):
    """(line number, script, expected output lines) of a block."""
    if language == "sh":
        kept = [line for line in lines if not skip_reason(line)]
        if any(line.strip() and not line.strip().startswith("#") for line in kept):
            yield start, "set -e\n" + "\n".join(kept), []
        return
    number, script, expected = 0, None, []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            if script is not None:
                yield number, script, expected
            number, script, expected = start + offset, line[2:], []
        elif script is not None and script.endswith("\\"):
            script += "\n" + line.removeprefix("> ")
        elif script is not None:
            expected.append(line)
    if script is not None:
        yield number, script, expected


def missing_line(expected, output):
    """The first expected line that the output does not have after the lines before it."""
    position = 0
    actual = [line.rstrip() for line in output.split("\n")]
    for line in expected:
        line = line.rstrip()
        if line in ("", "…"):
            continue
        pattern = re.compile(".*".join(map(re.escape, line.split("…"))))
        rest = range(position, len(actual))
        found = next((i for i in rest if pattern.fullmatch(actual[i])), None)
        if found is None:
            return line
        position = found + 1
    return None


def check(where, script, expected, folder, environment):
    print(f"{where}: {script}", flush=True)
    result = subprocess.run(["sh", "-c", script], cwd=folder, env=environment, check=False,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=300)
    output = result.stdout.decode("utf-8", "replace")
    wanted = EXIT_CODE.search(script)
    if result.returncode != int(wanted.group(1) if wanted else 0):
        print(output)
        print(f"{where}: FAILED: exit code {result.returncode}")
        return False
    missing = missing_line(expected, output)
    if missing is not None:
        print(output)
        print(f"{where}: FAILED: this line is not printed: {missing}")
        return False
    return True


def main(build, files):
    build = os.path.abspath(build)
    environment = dict(os.environ, PATH=build + os.pathsep + os.environ["PATH"], NO_COLOR="1")
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    run = failed = 0
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(build, os.path.join(folder, "build"))
            is_ci = path.endswith(".yml")
            scenarios = os.path.join(folder, "scenarios")
            if is_ci:
                os.mkdir(scenarios)
                shutil.copy(os.path.join(source, "scenarios/library/first-call.yaml"), scenarios)
            else:
                os.symlink(os.path.join(source, "scenarios"), scenarios)
            for language, start, lines in (ci_blocks if is_ci else blocks)(text):
                for number, script, expected in commands_of(language, start, lines):
                    if skip_reason(script):
                        continue
                    run += 1
                    where = f"{os.path.basename(path)}:{number}"
                    failed += not check(where, script, expected, folder, environment)
    print(f"{run} commands, {failed} failed")
    return 1 if failed or run == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
