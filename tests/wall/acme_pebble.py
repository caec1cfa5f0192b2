"""`shakedown acme` against Debian's pebble, an ACME server that is strict and unkind on purpose: it
refuses good nonces (its default share), forgets proven names at random, and issues from RSA keys.

    python3 tests/wall/acme_pebble.py BINARY

First with challenges that always hold, until nonces were refused; then with http-01 that pebble
really asks for, names coming from pebble-challtestsrv; then with external accounts. Each chain is
verified by OpenSSL under the root that pebble's management interface tells.
"""

import base64
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request

# One nonce in twenty is refused and an order takes some ten requests: after so many orders, none
# has been in one run of a million.
MOST_ORDERS = 30
LEAST_ORDERS = 6


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, folder, expected=0):
    """Standard output and standard error, as texts."""
    done = subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != expected:
        print(done.stdout, done.stderr, file=sys.stderr)
        sys.exit(f"failed: {' '.join(command)} ended with {done.returncode}, not {expected}")
    return done.stdout, done.stderr


def make_tls(folder):
    """An authority, and a certificate for 127.0.0.1 from it: pebble brings none along."""
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "ca.key", "-out", "tls-ca.pem", "-days", "2", "-subj", "/CN=test authority",
        folder=folder)
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=localhost", folder=folder)
    with open(os.path.join(folder, "tls.ext"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    run("openssl", "x509", "-req", "-in", "tls.csr", "-CA", "tls-ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-days", "2", "-extfile", "tls.ext", "-out", "tls.pem", folder=folder)


class Pebble:
    """A running pebble, its settings those of Debian's example but for ports and paths."""

    def __init__(self, folder, settings=None, environment=None, arguments=()):
        self.folder = folder
        self.port, management, self.http_port = free_port(), free_port(), free_port()
        self.directory = f"https://127.0.0.1:{self.port}/dir"
        self.management = f"https://127.0.0.1:{management}"
        config = {"listenAddress": f"127.0.0.1:{self.port}",
                  "managementListenAddress": f"127.0.0.1:{management}",
                  "certificate": "tls.pem", "privateKey": "tls.key", "httpPort": self.http_port,
                  "tlsPort": free_port(), "ocspResponderURL": "",
                  "externalAccountBindingRequired": False, **(settings or {})}
        with open(os.path.join(folder, "pebble.json"), "w", encoding="utf-8") as file:
            json.dump({"pebble": config}, file)
        self.log = open(os.path.join(folder, "pebble.log"), "w", encoding="utf-8")
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PEBBLE_")}
        self.process = subprocess.Popen(
            ["pebble", "-config", "pebble.json", *arguments], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT, env={**clean, **(environment or {})})
        context = ssl.create_default_context(cafile=os.path.join(folder, "tls-ca.pem"))
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        self.root = self.wait_for_root()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()

    def wait_for_root(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                with self.opener.open(self.management + "/roots/0", timeout=5) as answer:
                    pem = answer.read()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit("failed: pebble does not answer")
                time.sleep(0.1)
        with open(os.path.join(self.folder, "root.pem"), "wb") as file:
            file.write(pem)
        return "root.pem"

    def said(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()


def order(binary, pebble, *more, expected=0):
    """Exit code as expected; what was said on standard error."""
    return run(binary, "acme", "--directory", pebble.directory, "--tls-ca", "tls-ca.pem",
               "--output", "chain.pem", "--key-out", "key.pem", *more,
               folder=pebble.folder, expected=expected)[1]


def judge(pebble, names):
    """OpenSSL's word on chain.pem: path, names, and that the key belongs to it."""
    folder = pebble.folder
    run("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", names[0],
        "-CAfile", pebble.root, "-untrusted", "chain.pem", "chain.pem", folder=folder)
    text = run("openssl", "x509", "-in", "chain.pem", "-noout", "-ext", "subjectAltName",
               folder=folder)[0]
    check(sorted(re.findall(r"DNS:([^,\s]+)", text)) == sorted(names), f"names: {text}")
    certified = run("openssl", "x509", "-in", "chain.pem", "-noout", "-pubkey", folder=folder)[0]
    held = run("openssl", "pkey", "-in", "key.pem", "-pubout", folder=folder)[0]
    check(certified == held, "the key is the certificate's")
    mode = stat.S_IMODE(os.stat(os.path.join(folder, "key.pem")).st_mode)
    check(mode == 0o600, f"the key is for its owner alone: {mode:o}")


def names_of(names):
    return [part for name in names for part in ("--dns", name)]


def challenges_that_hold(binary, folder):
    environment = {"PEBBLE_VA_ALWAYS_VALID": "1", "PEBBLE_VA_NOSLEEP": "1"}
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "account.pem",
        folder=folder)
    with Pebble(folder, environment=environment) as pebble:
        refused = orders = 0
        while orders < LEAST_ORDERS or (refused == 0 and orders < MOST_ORDERS):
            names = [["one.example.org"], ["two.example.org", "www.two.example.org"],
                     ["*.three.example.org"]][orders % 3]
            # Every other order by one account, whose names pebble may remember.
            account = ["--account-key", "account.pem", "--contact", "a@example.net"]
            said = order(binary, pebble, *names_of(names), *(account if orders % 2 else []))
            judge(pebble, names)
            refused += int(re.search(r"nonces refused (\d+)", said)[1])
            orders += 1
        check(refused > 0, "pebble refuses nonces")
        check("reject 5% of good nonces" in pebble.said(), "its share is the default")
        print(f"{orders} certificates, {refused} nonces refused", flush=True)

        said = order(binary, pebble, "--dns", "late.example.org", "--timeout", "1ms", expected=6)
        check("in time" in said, f"no time: {said}")
        bad_inputs(binary, pebble)
    said = order(binary, pebble, "--dns", "one.example.org", expected=6)
    check("directory" in said, f"nobody listens: {said}")
    said = run(binary, "acme", "--directory", "https://acme.example.org/dir", "--dns", "a.example",
               folder=folder, expected=6)[1]
    check("localhost alone" in said, f"another machine: {said}")
    interrupted(binary, folder)


def interrupted(binary, folder):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(60)
        process = subprocess.Popen(
            [binary, "acme", "--directory", f"http://127.0.0.1:{silent.getsockname()[1]}/dir",
             "--dns", "a.example"], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection = silent.accept()[0]
        process.send_signal(signal.SIGINT)
        check(process.wait(timeout=20) == 2, "SIGINT interrupts")
        connection.close()


def bad_inputs(binary, pebble):
    for more, about in ((["--dns", "not a name"], "not a host name"), ([], "either --dns"),
                        (["--dns", "a.example", "--spc-token", "root.pem"], "either --dns"),
                        (["--spc-token", "root.pem"], "--account-key"),
                        (["--spc-token", "root.pem", "--account-key", "account.pem"],
                         "--spc-token"),
                        (["--dns", "a.example", "--account-key", "root.pem"], "--account-key"),
                        (["--dns", "a.example", "--account-key", "none.pem"], "none.pem"),
                        (["--dns", "a.example", "--external-account", "kid"], "KID=KEY"),
                        (["--dns", "a.example", "--http-port", "70000"], "--http-port"),
                        (["--dns", "a.example", "--timeout", "soon"], "--timeout")):
        said = order(binary, pebble, *more, expected=4)
        check(about in said, f"{more}: {said}")
    said = run(binary, "acme", "--help", folder=pebble.folder)[0]
    check("--directory URL" in said, f"its help: {said}")
    said = run(binary, "acme", "--directory", pebble.directory, "--tls-ca", pebble.root, "--dns",
               "a.example", folder=pebble.folder, expected=6)[1]
    check("directory" in said, f"another authority of HTTPS: {said}")
    said = run(binary, "acme", "--directory", pebble.management + "/roots/0", "--dns", "a.example",
               folder=pebble.folder, expected=1)[1]
    check("shakedown acme:" in said, f"no directory: {said}")


def challenges_that_are_checked(binary, folder):
    dns, management = free_port(socket.SOCK_DGRAM), free_port()
    zone = subprocess.Popen(
        ["pebble-challtestsrv", "-dns01", f"127.0.0.1:{dns}", "-management",
         f"127.0.0.1:{management}", "-http01", "", "-https01", "", "-tlsalpn01", "",
         "-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        environment = {"PEBBLE_VA_NOSLEEP": "1"}
        with Pebble(folder, environment=environment,
                    arguments=["-dnsserver", f"127.0.0.1:{dns}"]) as pebble:
            names = ["one.example.org", "two.example.org"]
            order(binary, pebble, *names_of(names), "--http-port", str(pebble.http_port))
            judge(pebble, names)
            os.remove(os.path.join(folder, "chain.pem"))
            said = order(binary, pebble, *names_of(names), expected=1)
            check("order: connection:" in said or "order: unauthorized:" in said,
                  f"nobody answers the challenge: {said}")
            check(not os.path.exists(os.path.join(folder, "chain.pem")), "no certificate")
            said = order(binary, pebble, "--dns", "*.wild.example.org", expected=1)
            check("order: " in said, f"dns-01 is not prepared: {said}")
    finally:
        zone.terminate()
        zone.wait(timeout=20)
    print("http-01: as expected", flush=True)


def external_accounts(binary, folder):
    key = base64.urlsafe_b64encode(b"thirty-two octets of shared key.").decode().rstrip("=")
    settings = {"externalAccountBindingRequired": True, "externalAccountMACKeys": {"kid-1": key}}
    environment = {"PEBBLE_VA_ALWAYS_VALID": "1", "PEBBLE_VA_NOSLEEP": "1"}
    with Pebble(folder, settings, environment) as pebble:
        said = order(binary, pebble, "--dns", "one.example.org", expected=1)
        check("externalAccountRequired" in said, f"without an external account: {said}")
        wrong = f"kid-1={key[::-1]}"
        said = order(binary, pebble, "--dns", "one.example.org", "--external-account", wrong,
                     expected=1)
        check("new-account: " in said, f"a wrong MAC: {said}")
        order(binary, pebble, "--dns", "one.example.org", "--external-account", f"kid-1={key}")
        judge(pebble, ["one.example.org"])
    print("external accounts: as expected", flush=True)


def main(binary):
    binary = os.path.abspath(binary)
    for part in (challenges_that_hold, challenges_that_are_checked, external_accounts):
        with tempfile.TemporaryDirectory() as folder:
            make_tls(folder)
            part(binary, folder)


if __name__ == "__main__":
    main(sys.argv[1])
