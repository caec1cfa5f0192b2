"""The test of one library scenario: it meets its expectations, in three processes.

    python3 tests/replays/play_scenario.py BINARY NAME [--update]

What it recorded fits together: every row that another names is there, and every word is in the
tables of words. The second process replays what the first recorded and must come to the same
outcome digest; the third plays it with ties shuffled and must, too. The outcome digest must also be
the one in outcome_digests.json, whatever machine, compiler or sanitizer this is: a change there is
a change of outcomes, which CHANGELOG.md has to name. --update writes it.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "outcome_digests.json")


def shakedown(binary, folder, *arguments):
    result = subprocess.run([binary, *arguments], cwd=folder, capture_output=True, check=False,
                            stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        print(result.stdout.decode("utf-8", "replace"))
        print(result.stderr.decode("utf-8", "replace"))
        sys.exit(f"exit code {result.returncode}: shakedown {' '.join(arguments)}")
    return result.stdout


def play(binary, folder, name, *arguments):
    return json.loads(shakedown(binary, folder, "run", name, "--json", "--quiet", "--db",
                                "db.sqlite", *arguments))


def read_golden():
    with open(GOLDEN, encoding="utf-8") as file:
        return json.load(file)


def main(binary, name, update):
    binary = os.path.abspath(binary)
    with tempfile.TemporaryDirectory() as folder:
        first = play(binary, folder, name)
        shakedown(binary, folder, "replay", str(first["run"]), "--db", "db.sqlite")
        with sqlite3.connect(os.path.join(folder, "db.sqlite")) as database:
            dangling = database.execute("PRAGMA foreign_key_check").fetchall()
        again = play(binary, folder, name)
        shuffled = play(binary, folder, name, "--shuffle-ties", "1")
    print(json.dumps(first["calls"]), first["digest"])
    if dangling:
        sys.exit(f"rows name others that are not there: {dangling[:5]}")
    if first["calls"]["total"] == 0 or not first["expectations"]:
        sys.exit("it judges nothing")
    if again["artefact_digest"] != first["artefact_digest"]:
        sys.exit("another process made other artefacts from the same seed")
    if shuffled["digest"] != first["digest"]:
        sys.exit("the order of ties changed an outcome")
    golden = read_golden()
    if update:
        golden[name] = first["digest"]
        with open(GOLDEN, "w", encoding="utf-8") as file:
            file.write(json.dumps(golden, indent=2, sort_keys=True) + "\n")
    elif golden.get(name) != first["digest"]:
        sys.exit(f"outcome_digests.json has {golden.get(name)}: outcomes changed, or depend on the "
                 "build. If they were meant to: CHANGELOG.md, then `./dev digests --update`")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--update" in sys.argv[3:])
