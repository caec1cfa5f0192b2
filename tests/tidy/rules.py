"""What the `tidy` test enforces, as data. tidy.py applies it.

A room is a folder with sources; actors/events.h is a room of its own. Everything here is a decision
of docs/architecture.md.
"""

import re

# Room -> the rooms (or single headers) that it may include, beside itself. Bottom to top: a room
# may name only rooms that stand before it, so that no two can include one another.
ARROWS = {
    "sim": [],
    "sim/virtual_time": ["sim"],
    "sim/wall_time": ["sim"],

    "crypto/octets": ["sim"],
    "crypto/keys": ["sim", "crypto/octets"],
    "crypto/x509": ["sim", "crypto/octets", "crypto/keys"],

    "stir/jose": ["sim", "crypto/octets", "crypto/keys"],
    "stir/call": ["sim"],
    "stir/passport": ["sim", "crypto/octets", "crypto/keys", "stir/jose", "stir/call"],
    "stir/credential": ["sim", "crypto/octets", "crypto/keys", "crypto/x509", "stir/jose"],
    "stir/acme": ["sim", "crypto/octets", "crypto/keys", "stir/jose", "stir/credential"],
    "stir/verification": ["sim", "stir/jose", "stir/call", "stir/passport", "stir/credential"],
}
STIR = list(ARROWS)[list(ARROWS).index("crypto/octets"):]
ARROWS |= {
    "inspect": ["sim", *STIR],
    "vectors/drafting": ["sim", *STIR],
    "vectors/cases": ["sim", *STIR, "vectors/drafting"],
    "vectors": ["sim", *STIR, "vectors/drafting", "vectors/cases"],

    # What several roles share, then the roles, which do not see one another.
    "actors/events": ["sim", "stir/credential/certificate_role.h"],
    "actors/workload": ["sim"],
    "actors/serving": ["sim", "stir/jose"],
    "actors/caching": ["sim", "actors/events"],
    "actors/clients": ["sim", *STIR, "actors/workload", "actors/serving"],
    "actors/acme": ["sim", *STIR, "actors/workload", "actors/serving", "actors/caching"],
    "actors/issuing": ["sim", *STIR, "actors/events", "actors/workload", "actors/serving",
                       "actors/acme"],
    "actors/signing": ["sim", *STIR, "actors/events", "actors/workload", "actors/clients",
                       "actors/acme"],
    "actors/verifying": ["sim", *STIR, "actors/events", "actors/workload", "actors/caching",
                         "actors/clients"],
    "actors/calls": ["sim", "crypto/x509", "stir/call", "actors/events", "actors/signing"],
    "actors/delegation": ["sim", *STIR, "actors/serving", "actors/clients", "actors/issuing"],
}
PARTS = [room for room in ARROWS if room.startswith("actors/")]
ROLES = ["policy_administrator", "certification_authority", "repository", "master_key_service",
         "transit", "enterprise", "adversary", "provider"]
ARROWS |= {f"actors/{role}": ["sim", *STIR, *PARTS] for role in ROLES}
ACTORS = [*PARTS, *(f"actors/{role}" for role in ROLES)]
ARROWS |= {
    "results/record": ["sim", "actors/events", "crypto/octets/digest.h", "crypto/octets/bytes.h"],
    "results/read": ["sim", "actors/events", "results/record"],
    "results/show": ["sim", "actors/events", "results/record", "results/read",
                     "stir/verification/step.h"],

    "scenarios/library": [],
    "scenarios/model": ["sim", "crypto/x509", "stir/credential", "stir/verification",
                        "actors/events", "actors/signing/key_custody.h",
                        "actors/provider/forwarding.h", "results/read/metrics.h"],
    "scenarios/language": ["sim", "stir/verification", "actors/events", "results/read/metrics.h",
                           "results/read/statistics.h", "scenarios/model"],
    "scenarios/play": ["sim", *STIR, *ACTORS, "results/record", "results/read", "scenarios/model"],
    "scenarios/play/actions": ["sim", *STIR, *ACTORS, "scenarios/model", "scenarios/play"],
}
# The top: only these may name a runtime, and they may include everything below.
BELOW = list(ARROWS)
ARROWS |= {
    "cli": BELOW,
    "cli/verbs": [*BELOW, "cli"],
}
# Tests mirror the tree and may include everything.
UNRESTRICTED = ["tests"]

# These are pure: time is an argument, there is no Env and no world.
PURE = ["stir", "inspect", "vectors"]
FORBIDDEN_IN_PURE = ["sim/env.h", "sim/world.h"]

# Libraries and the rooms that may include their headers. Tests may include any.
LIBRARIES = [
    (re.compile(r"openssl/"), ["crypto", "sim/wall_time/tls"]),
    (re.compile(r"p11-kit/|pkcs11"), ["crypto"]),
    (re.compile(r"boost/context/"), ["sim/virtual_time"]),
    (re.compile(r"boost/(asio|beast)"), ["sim/wall_time"]),
    (re.compile(r"httplib\.h"), ["sim/wall_time", "cli"]),
    (re.compile(r"boost/program_options"), ["cli"]),
    (re.compile(r"sqlite3\.h"), ["results"]),
    (re.compile(r"yaml-cpp/"), ["scenarios/language"]),
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
CONFLICT_MARKS = re.compile(r"^(<{7}|>{7}|={7})( |$)")
# Control characters but tab and line end; C1 controls; characters that turn the reading direction.
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache", ".vscode", ".idea"}
BINARY_SUFFIXES = (".der", ".p12", ".png", ".gz", ".zst", ".sqlite", ".sqlite-shm", ".sqlite-wal",
                   ".pcap", ".pcapng", ".pyc")
