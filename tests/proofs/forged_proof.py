"""A signature that was taken for good, and is not, ends the program with exit code 3.

    python3 tests/proofs/forged_proof.py BINARY CREDULOUS_BINARY

The second one is the same program with a ledger that expects every signature to be good.
inplace-tel of `rotation` has calls that fail at their signature: there the real verification must
disagree, in whichever way proofs are run, and what was recorded since the last commit must not
count.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile


def run(binary, *arguments):
    result = subprocess.run([binary, "run", "rotation", "--db", "db.sqlite", *arguments],
                            capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return result.returncode, result.stderr.decode("utf-8", "replace")


def main(binary, credulous):
    binary, credulous = os.path.abspath(binary), os.path.abspath(credulous)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        code, error = run(binary, "--quiet")
        if code != 0:
            sys.exit(f"the honest program ended with {code}: {error}")
        for arguments in ([], ["--inline-proofs"], ["--json"], ["--shuffle-ties", "3"]):
            code, error = run(credulous, *arguments)
            print(arguments, code, error.strip())
            if code != 3:
                sys.exit(f"it ended with {code}, expected 3")
            if "beta-voice: verify_signature at 2026-01-05T" not in error:
                sys.exit("it does not say what disagreed")
            if "this is a bug" not in error or "shakedown run rotation --seed 7" not in error:
                sys.exit("it does not say how to see it again")
        connection = sqlite3.connect("db.sqlite")
        states = connection.execute("SELECT state, end_detail FROM run ORDER BY number").fetchall()
        false_calls = connection.execute(
            "SELECT count(*) FROM call AS c JOIN call AS honest ON honest.id = c.id "
            "WHERE honest.run = 1 AND c.run > 1 AND c.outcome <> honest.outcome").fetchone()[0]
        connection.close()
        os.chdir("/")
    if states[0][0] != "finished" or len(states) != 5:
        sys.exit(f"runs: {states}")
    for state, detail in states[1:]:
        if state != "failed" or "verify_signature" not in detail:
            sys.exit(f"the run says: {state}, {detail}")
    if false_calls != 0:
        sys.exit(f"{false_calls} calls stand there as passed that were not")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
