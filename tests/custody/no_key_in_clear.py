"""No secret key stands in clear in anything that a run writes, on the wall clock.

    python3 tests/custody/no_key_in_clear.py TELLING_BINARY

TELLING_BINARY is the program with an OpenSSL that tells every key it makes (telling_openssl.cc).
A shortened first-call is played with keys under `envelope` and in the `hsm`; all that is written
meanwhile is read again and again, the token of SoftHSM and files without a name as well, and
searched for every key in every form in which a careless writer would leave it. The same search
must find each form of a key that is planted.
"""

import base64
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (Encoding, NoEncryption, PrivateFormat,
                                                          PublicFormat)

SHORTENED = ["traffic.1.start=1s", "traffic.1.for=2s", "traffic.1.rate=3/s", "timeline.0.at=3s",
             "timeline.0.for=1s", "timeline.1.at=4s", "timeline.1.for=1s", "duration=6s",
             "expect.1.before=4s", "expect.2.after=4s"]
CUSTODIES = ("envelope", "hsm")


def forms(secret):
    """Octet strings, each of which gives `secret` away: name -> octets."""
    hexes = secret.hex()
    found = {"raw": secret, "hex": hexes.encode(), "HEX": hexes.upper().encode(),
             "he:x": secret.hex(":").encode(), "HE:X": secret.hex(":").upper().encode(),
             "decimal": str(int.from_bytes(secret, "big")).encode(),
             "C": b",".join(b"0x%02x" % octet for octet in secret)}
    # Inside something longer (DER, PEM, JWK), base64 falls in one of three steps.
    for step in range(3):
        padded = b"\0" * step + secret
        inner = padded[3 if step else 0:len(padded) - len(padded) % 3]
        found[f"base64 {step}"] = base64.b64encode(inner)
        found[f"base64url {step}"] = base64.urlsafe_b64encode(inner)
    return found


class Written:
    """All octets that were ever seen in a folder's files and in the open files of a process."""

    def __init__(self, folder):
        self.folder = folder
        self.seen = {}
        self.names = set()

    def take(self, name, octets):
        if octets:
            self.names.add(name)
            self.seen.setdefault(hashlib.sha256(octets).digest(), octets)

    def look(self, process):
        for path, _, names in os.walk(self.folder):
            for name in names:
                self.read(os.path.join(path, name), name)
        fds = f"/proc/{process.pid}/fd"
        try:
            for fd in os.listdir(fds):
                target = os.readlink(f"{fds}/{fd}")
                if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/sys/")):
                    self.read(f"{fds}/{fd}", os.path.basename(target))
        except OSError:
            pass  # It has just closed one, or has ended.

    def read(self, path, name):
        try:
            if os.path.getsize(path) < 64_000_000:
                with open(path, "rb") as file:
                    self.take(name, file.read())
        except OSError:
            pass  # Files come and go.

    def find(self, secrets):
        """Which of them are there, and how."""
        # PEM breaks its lines, JSON writes the breaks as \\n.
        plain = b"\0".join(self.seen.values())
        joined = plain.replace(b"\\n", b"").replace(b"\r", b"").replace(b"\n", b"")
        return [(secret.hex()[:8], name) for secret in secrets
                for name, octets in forms(secret).items() if octets in plain or octets in joined]


def check_that_the_search_finds():
    """Plants one key at a time in one form at a time."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_numbers().private_value.to_bytes(32, "big")
    text = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    plants = dict(forms(secret))
    for encoding in (Encoding.DER, Encoding.PEM):
        for container in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
            plants[f"{encoding} {container}"] = key.private_bytes(encoding, container,
                                                                  NoEncryption())
    plants["PEM in JSON"] = json.dumps({"key": key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()}).encode()
    plants["JWK"] = json.dumps({"kty": "EC", "d": text}).encode()
    for name, octets in plants.items():
        planted = Written("")
        planted.take("planted", b"before" + octets + b"after")
        if not planted.find([secret]):
            sys.exit(f"the search does not find a key as {name}")
    if Written("").find([secret]):
        sys.exit("the search finds what is not there")


def learnt_from(path):
    with open(path, encoding="ascii") as file:
        lines = [line.split() for line in file]
    return {kind: {bytes.fromhex(secret) for name, secret in lines if name == kind}
            for kind in ("ec", "aes")}


def public_key(scalar):
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()).public_key(
        ).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_that_all_keys_were_learnt(database, scalars):
    """Whoever has a certificate has a key that was told."""
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT kind, issued_to, der FROM certificate").fetchall()
    connection.close()
    known = {public_key(scalar) for scalar in scalars}
    for kind, owner, der in rows:
        key = x509.load_der_x509_certificate(der).public_key()
        if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) not in known:
            sys.exit(f"the key of {owner}'s {kind} certificate was not learnt")
    if len([kind for kind, _, _ in rows if kind == "end_entity"]) < 2:
        sys.exit("nobody got a certificate")


def play(binary, folder, custody):
    os.makedirs(f"{folder}/tmp")
    learnt = f"{folder}.learnt"
    arguments = [binary, "run", "first-call", "--clock", "wall", "--db", "run.sqlite", "--json",
                 "--report", "report.html", "--junit", "junit.xml", "--ready-file", "ready.json"]
    for provider in ("acme-tel", "beta-voice"):
        arguments += ["--set", f"ecosystem.providers.{provider}.keys={custody}"]
    for override in SHORTENED:
        arguments += ["--set", override]
    written = Written(folder)
    with open(f"{folder}/out", "wb") as out, open(f"{folder}/err", "wb") as err:
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            env={**os.environ, "TMPDIR": f"{folder}/tmp", "SHAKEDOWN_LEARNT_KEYS": learnt})
        while process.poll() is None:
            written.look(process)
            time.sleep(0.2)
    written.look(process)
    if process.returncode != 0:
        sys.exit(f"{custody}: ended with {process.returncode}: "
                 + open(f"{folder}/err", encoding="utf-8").read())
    keys = learnt_from(learnt)
    check_that_all_keys_were_learnt(f"{folder}/run.sqlite", keys["ec"])
    for name in ("run.sqlite", "run.sqlite-wal", "report.html", "junit.xml", "ready.json", "out"):
        if name not in written.names:
            sys.exit(f"{custody}: {name} was not seen: {sorted(written.names)}")
    if not any(name.endswith(".object") for name in written.names):
        sys.exit(f"{custody}: the token was not seen: {sorted(written.names)}")
    if os.listdir(f"{folder}/tmp"):
        sys.exit(f"{custody}: it left {os.listdir(f'{folder}/tmp')} behind")
    if custody == "envelope" and not keys["aes"]:
        sys.exit("no data key was learnt")
    found = written.find(keys["ec"] | keys["aes"])
    if found:
        sys.exit(f"{custody}: keys in clear: {found}")
    print(f"{custody}: {len(keys['ec'])} private and {len(keys['aes'])} data keys, none of them in "
          f"{len(written.seen)} contents of {len(written.names)} files, "
          f"{sum(map(len, written.seen.values()))} octets")


def main(binary):
    binary = os.path.abspath(binary)
    check_that_the_search_finds()
    with tempfile.TemporaryDirectory() as folder:
        for custody in CUSTODIES:
            play(binary, f"{folder}/{custody}", custody)


if __name__ == "__main__":
    main(sys.argv[1])
