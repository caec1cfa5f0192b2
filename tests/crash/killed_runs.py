"""What kill -9 leaves of a run, at twenty random moments.

    python3 tests/crash/killed_runs.py BINARY [SEED]

One run is played to its end. Then the same run is begun twenty times and killed: ten times in a new
database, ten times as the second run of the database that holds the whole one. Same seed, same
records: so what a killed run has committed must be, row by row, the beginning of what the whole
run recorded, and at least as many calls as its progress bar had reported.
"""

import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROUNDS = 20
LONGEST = 1.7  # Seconds from the first sign of the run to its end, at most.
SHORTEST_WHOLE = 2 * LONGEST
# By the number that counts them, or a column that orders them. The run's number is compared apart.
ORDERED = {"call": "number", "verification": "number", "fetch": "number", "issuance": "number",
           "revocation": "number", "event": "number"}
REPORTED = re.compile(rb"(\d+) of \d+ calls")


def overrides(scale):
    arguments = []
    for flow, seconds in enumerate((10, 20, 40)):
        arguments += ["--set", f"traffic.{flow}.rate=1/{seconds * 1000 // scale}ms"]
    return arguments


def run_line(binary, database, scale):
    return [binary, "run", "rotation", "--db", database, *overrides(scale)]


def shakedown(binary, *arguments):
    result = subprocess.run([binary, *arguments], capture_output=True, check=False,
                            stdin=subprocess.DEVNULL)
    return (result.returncode, result.stdout.decode("utf-8", "replace"),
            result.stderr.decode("utf-8", "replace"))


def play_whole(binary):
    """A whole run that lasts long enough to be killed; returns its scale."""
    scale = 1
    while True:
        began = time.monotonic()
        code = subprocess.run(run_line(binary, "whole.sqlite", scale), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
        if code not in (0, 1):
            sys.exit(f"the whole run ended with {code}")
        if time.monotonic() - began >= SHORTEST_WHOLE:
            return scale
        os.unlink("whole.sqlite")
        scale *= 2


def has_begun(database, runs_before):
    if runs_before == 0:
        return os.path.exists(database)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    runs = connection.execute("SELECT count(*) FROM run").fetchone()[0]
    connection.close()
    return runs > runs_before


class ProgressReader(threading.Thread):
    """Reads the terminal that the process believes to have, until the process is gone."""

    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal
        self.text = b""
        self.start()

    def run(self):
        try:
            while chunk := os.read(self.terminal, 4096):
                self.text += chunk
        except OSError:  # How a pseudo-terminal says that nobody is left at the other end.
            pass
        os.close(self.terminal)

    def calls_reported(self):
        self.join()
        return max((int(number) for number in REPORTED.findall(self.text)), default=0)


def open_terminal():
    """A progress bar needs a terminal; a bare chroot has none to give."""
    try:
        return pty.openpty()
    except OSError as error:
        print(f"{error}: what the process had reported is not compared")
        return None


def kill_a_run(binary, database, runs_before, delay, scale):
    """Returns how many calls the process had reported when it died; None without a terminal."""
    terminal = open_terminal()
    process = subprocess.Popen(run_line(binary, database, scale), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=terminal[1] if terminal else subprocess.DEVNULL)
    reader = None
    if terminal:
        os.close(terminal[1])
        reader = ProgressReader(terminal[0])
    deadline = time.monotonic() + 60
    while not has_begun(database, runs_before):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit("the run did not begin")
        time.sleep(0.001)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        sys.exit(f"the run had ended, with {process.returncode}, before it was killed")
    return reader.calls_reported() if reader else None


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


class Killed:
    """The database that a killed run left, next to the whole one."""

    def __init__(self, database, run):
        self.run = run
        self.connection = sqlite3.connect(database)
        self.connection.execute("ATTACH 'whole.sqlite' AS whole")

    def one(self, sql, *values):
        return self.connection.execute(sql, values).fetchone()[0]

    def check_integrity(self):
        if self.one("PRAGMA main.integrity_check") != "ok":
            sys.exit("the database is damaged")
        if self.connection.execute("PRAGMA main.foreign_key_check").fetchall():
            sys.exit("a row refers to one that is not there")

    def has_run(self):
        """Killed while the tables were being made: then there is no run at all, and no half one."""
        if self.one("SELECT count(*) FROM main.sqlite_schema") == 0:
            return False
        return self.one("SELECT count(*) FROM main.run WHERE number = ?", self.run) == 1

    def rows(self, schema, table, run, limit=-1):
        """In order, without the run; call and verification numbers count from the run's first."""
        offsets = {"call": {"number": "call", "verification": "verification"},
                   "verification": {"number": "verification", "call": "call"}}.get(table, {})
        chosen = []
        for name in columns(self.connection, table):
            if name == "run":
                continue
            if name in offsets:
                first = f"(SELECT min(number) FROM {schema}.{offsets[name]} WHERE run = {run})"
                chosen.append(f"{name} - {first}")
            else:
                chosen.append(name)
        order = ORDERED.get(table, "fingerprint")
        return self.connection.execute(
            f"SELECT {', '.join(chosen)} FROM {schema}.{table} WHERE run = {run} "
            f"ORDER BY {order} LIMIT {limit}").fetchall()

    def check_prefix(self):
        """Returns how many calls it holds."""
        for table in ORDERED:
            mine = self.rows("main", table, self.run)
            if mine != self.rows("whole", table, 1, len(mine)):
                sys.exit(f"{table}: what was committed is not the beginning of the whole run's")
        mine = self.rows("main", "certificate", self.run)
        if not set(mine) <= set(self.rows("whole", "certificate", 1)):
            sys.exit("it holds a certificate that the whole run never made")
        return self.one("SELECT count(*) FROM main.call WHERE run = ?", self.run)

    def check_children(self, calls):
        """Each committed call has all that the whole run recorded of it."""
        for what, sql in {
                "verifications": "SELECT count(*) FROM {0}.verification AS v JOIN {0}.call AS c "
                                 "ON c.number = v.call WHERE c.run = {1} AND c.number < {2}",
                "fetches": "SELECT count(*) FROM {0}.fetch AS f JOIN {0}.call AS c "
                           "ON c.run = f.run AND c.id = f.call_id WHERE c.run = {1} "
                           "AND c.number < {2}"}.items():
            counts = []
            for schema, run in (("main", self.run), ("whole", 1)):
                first = self.one(f"SELECT coalesce(min(number), 0) FROM {schema}.call "
                                 f"WHERE run = {run}")
                counts.append(self.one(sql.format(schema, run, first + calls)))
            if counts[0] != counts[1]:
                sys.exit(f"of {counts[1]} {what} of its calls it holds {counts[0]}")

    def state(self):
        return self.connection.execute(
            "SELECT state, ended_ns, outcome_digest FROM main.run WHERE number = ?",
            (self.run,)).fetchone()


def check_commands(binary, database, run, calls):
    """show, sql, report and diff take a killed run as they take others, and say what it is."""
    code, out, error = shakedown(binary, "sql", f"select state from run where number = {run}",
                                 "--db", database, "--format", "csv")
    if code != 0 or "unfinished" not in out:
        sys.exit(f"sql ended with {code}: {out}{error}")
    if calls > 0:
        _, last, _ = shakedown(binary, "sql", f"select max(number) from call where run = {run}",
                               "--db", database, "--format", "csv")
        code, out, error = shakedown(binary, "show", last.split()[-1], "--run", str(run), "--db",
                                     database)
        if code != 0 or "signature_verifies" not in out or ", unfinished\n" not in out:
            sys.exit(f"show ended with {code}: {out}{error}")
    code, _, error = shakedown(binary, "report", str(run), "--db", database, "--output",
                               "killed.html")
    with open("killed.html", encoding="utf-8") as file:
        if code != 0 or "Unfinished: " not in file.read():
            sys.exit(f"report ended with {code}: {error}")
    if run > 1:
        code, out, error = shakedown(binary, "diff", "1", str(run), "--db", database)
        if code != 1 or "is unfinished" not in out:
            sys.exit(f"diff ended with {code}: {out}{error}")


def check_next_run(binary, database):
    """The next run goes on in the same file."""
    code, _, error = shakedown(binary, "run", "first-call", "--db", database, "--quiet")
    if code != 0:
        sys.exit(f"the next run ended with {code}: {error}")


def main(binary, seed):
    binary = os.path.abspath(binary)
    moments = random.Random(seed)
    reported_in = committed_in = without_terminal = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        scale = play_whole(binary)
        for number in range(ROUNDS):
            # One of the first moments, too, when tables are still being made.
            delay = moments.uniform(0, LONGEST) if number != 2 else moments.uniform(0, 0.01)
            runs_before = number % 2
            database = f"killed-{number}.sqlite"
            if runs_before:
                shutil.copyfile("whole.sqlite", database)
            reported = kill_a_run(binary, database, runs_before, delay, scale)
            if number % 4 < 2:  # Else this script is the first to open what was left.
                shakedown(binary, "sql", "select count(*) from call", "--db", database)
            killed = Killed(database, runs_before + 1)
            killed.check_integrity()
            calls = 0
            has_run = killed.has_run()
            if has_run:
                calls = killed.check_prefix()
                killed.check_children(calls)
                if killed.state() != ("unfinished", None, None):
                    sys.exit(f"the run says {killed.state()}")
            killed.connection.close()
            if reported is None:
                without_terminal += 1
                reported = 0
            if calls < reported:
                sys.exit(f"{reported} calls were reported, {calls} are there")
            if has_run and number % 4 in (0, 3):  # They take longer than the run did.
                check_commands(binary, database, runs_before + 1, calls)
            check_next_run(binary, database)
            print(f"killed after {delay:.3f} s: {reported} reported, {calls} committed")
            reported_in += reported > 0
            committed_in += calls > 0
            os.unlink(database)
        os.chdir("/")
    # Half of the moments lie beyond the second after which the progress bar appears.
    if reported_in < (ROUNDS - without_terminal) // 5 or committed_in < ROUNDS // 3:
        sys.exit(f"only {reported_in} runs reported calls and {committed_in} had committed some")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
