"""What the `tidy` test enforces, as data. tidy.py applies it.

A room is a folder (or one file) with its own rights; a file belongs to the longest room that is a
prefix of its path. Everything here is a decision of docs/architecture.md.
"""

import re

# Room -> the rooms whose headers it may include. The order is bottom to top.
ARROWS = {
    "sim": ["sim"],
    "sim/virtual_time": ["sim", "sim/virtual_time"],
    "sim/wall_time": ["sim", "sim/wall_time"],
    "crypto": ["sim", "crypto"],
    "stir": ["sim", "crypto", "stir"],
    "inspect": ["sim", "crypto", "stir", "inspect"],
    "vectors": ["sim", "crypto", "stir", "vectors"],
    "actors/events": ["sim", "actors/events"],
    "actors": ["sim", "crypto", "stir", "actors/events", "actors"],
    "results": ["sim", "actors/events", "results"],
    "scenarios": ["sim", "crypto", "stir", "actors/events", "actors", "results", "scenarios"],
}
# The top: only these may name a runtime, and they may include everything.
UNRESTRICTED = ["cli", "tests"]

# These are pure: time is an argument, there is no Env and no world.
FORBIDDEN_HEADERS = {
    "stir": ["sim/env.h", "sim/world.h"],
    "inspect": ["sim/env.h", "sim/world.h"],
    "vectors": ["sim/env.h", "sim/world.h"],
}

# Libraries and the rooms that may include their headers. Tests may include any.
LIBRARIES = [
    (re.compile(r"openssl/"), ["crypto", "sim/wall_time/tls"]),
    (re.compile(r"p11-kit/|pkcs11"), ["crypto"]),
    (re.compile(r"boost/context/"), ["sim/virtual_time"]),
    (re.compile(r"boost/(asio|beast)"), ["sim/wall_time"]),
    (re.compile(r"httplib\.h"), ["sim/wall_time", "cli"]),
    (re.compile(r"boost/program_options"), ["cli"]),
    (re.compile(r"sqlite3\.h"), ["results"]),
    (re.compile(r"yaml-cpp/"), ["scenarios"]),
]

# Name -> (pattern, rooms where it is allowed, why it is banned). Matched in code only: comments and
# string literals are blanked first.
BANS = {
    "wall_clock": (
        re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday"
                   r"|clock_gettime)\b"
                   r"|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(NULL|nullptr|0|&\w+)\s*\)"),
        ["sim/wall_time", "tests"],
        "the time is Env::now() or an argument"),
    "hidden_clock": (
        re.compile(r"\b(X509_gmtime_adj|X509_cmp_current_time"
                   r"|X509_time_adj\s*\(\s*(NULL|nullptr))"),
        ["sim/wall_time"],
        "it reads the machine's clock; give OpenSSL the time"),
    "randomness": (
        re.compile(r"\b(random_device|srand|drand48|arc4random)\b"
                   r"|(?<![\w.>:])(?:std::|::)?rand\s*\(\s*\)"
                   r"|\bstd::(mt19937|\w+_distribution|shuffle)\b"),
        [],
        "chance comes from sim::Random, a stream for each activity and purpose"),
    "sleep": (
        re.compile(r"\bthis_thread::sleep_(for|until)\b|(?<![\w.>])(usleep|nanosleep)\s*\("),
        ["sim/wall_time", "tests"],
        "time passes in Env::sleep_until"),
}

# File -> rule -> why the file may break it. An entry that is no longer needed fails the test.
EXCEPTIONS = {
    "cli/machine.cc": {
        "wall_clock": "what the command measures of this machine and stamps on a run; it gives the "
                      "recorder its clock. Nothing of a world reads it",
    },
    "cli/wall_play.cc": {
        "sleep": "polls for an external product before the run begins",
    },
    "sim/wall_time/wall_runtime.cc": {
        "randomness": "a secret by which listeners know our own requests; no draw of a run",
    },
}

# Iteration over unordered containers shows an order that differs between libraries.
NO_UNORDERED_ITERATION = ["actors", "scenarios", "results", "vectors"]

MAX_LINES = 600
MAX_COLUMNS = 100
CODE_SUFFIXES = (".h", ".cc", ".py", ".sh", ".cmake")
CODE_NAMES = ("dev", "run", "CMakeLists.txt", "Dockerfile")

# Spelled in pieces so that this file passes its own test.
LEFTOVERS = re.compile(r"\b(" + "|".join(["FIX" + "ME", "TO" + "DO", "X" * 3]) + r")\b")
MACHINE_PATHS = re.compile(r"\.\./sha" + r"red\b|(?<![\w.}])/(wo" + r"rk|ho" + r"me|ro" + r"ot|Us"
                           r"ers)/[\w.-]")
CONFLICT_MARKS = re.compile(r"^(<{7}|>{7}|={7})( |$)")
# Control characters but tab and line end; C1 controls; characters that turn the reading direction.
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache", ".vscode", ".idea"}
BINARY_SUFFIXES = (".der", ".p12", ".png", ".gz", ".zst", ".sqlite", ".sqlite-shm", ".sqlite-wal",
                   ".pcap", ".pcapng", ".pyc")
