"""Plays the library with several builds of shakedown and in several ways, and compares the outcome
digests: they must be equal for each scenario. `./dev digests` runs it; it takes some minutes.

    python3 tests/digests/compare_builds.py BINARY...
"""

import json
import os
import subprocess
import sys
import tempfile

# Ways to play that must not change an outcome: name, what stands before and after the command.
WAYS = [
    ("plain", [], []),
    ("one core", ["taskset", "-c", "0"], []),
    ("shuffled ties", [], ["--shuffle-ties", "1"]),
]


def play(binary, before, scenario, after, folder):
    command = before + [binary, "run", scenario, "--json", "--quiet",
                        "--db", os.path.join(folder, "digests.sqlite")] + after
    result = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        print(result.stderr.decode("utf-8", "replace"))
        sys.exit(f"exit code {result.returncode}: {' '.join(command)}")
    return json.loads(result.stdout)


def library():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scenarios/library")
    return sorted(name[:-5] for name in os.listdir(source) if name.endswith(".yaml"))


def main(binaries):
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for scenario in library():
            digests = {}
            for binary in binaries:
                for name, before, after in WAYS if binary == binaries[0] else WAYS[:1]:
                    outcome = play(binary, before, scenario, after, folder)["digest"]
                    digests.setdefault(outcome, []).append(f"{binary} ({name})")
            other = play(binaries[0], [], scenario, ["--seed", "987654321"], folder)
            same = play(binaries[0], [], scenario, [], folder)
            if other["artefact_digest"] == same["artefact_digest"]:
                print(f"{scenario}: another seed gave the same artefacts")
                different += 1
            print(f"{scenario}: {' '.join(digests)}")
            if len(digests) > 1:
                different += 1
                for digest, players in digests.items():
                    print(f"  {digest}: {', '.join(players)}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main([os.path.abspath(path) for path in sys.argv[1:]]))
