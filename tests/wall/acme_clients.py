"""Ordinary ACME clients against `shakedown serve --acme-dns`: certbot, dehydrated and acme-tiny.

    python3 tests/wall/acme_clients.py BINARY

Each registers, orders and downloads over real HTTPS, trusting only the root that serve tells; each
chain is verified by OpenSSL. certbot also takes an alternate chain, revokes by the account's and by
the certificate's key, changes its contact and deactivates its account; a second serve asks for an
external account. Then requests by hand: methods, links and nonces, as RFC 8555 wants them.
"""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

EXTERNAL_KEY = base64.urlsafe_b64encode(b"thirty-two octets of shared key.").decode().rstrip("=")


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


class Served:
    """A running `serve --acme-dns` in `folder`, and how clients reach it."""

    def __init__(self, binary, folder, more=()):
        self.folder = folder
        ready = os.path.join(folder, "ready.json")
        self.process = subprocess.Popen(
            [binary, "serve", "--acme-dns", "--ready-file", ready, *more],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"serve is not ready (exit code {self.process.poll()})")
            time.sleep(0.1)
        with open(ready, encoding="utf-8") as file:
            facts = json.load(file)
        self.directory = facts["acme_dns"]["directory"]
        check(facts["acme_dns"]["directory"] not in json.dumps(facts["cas"]), "it is no STI-CA")
        self.write("tls.pem", facts["tls_ca_pem"].encode())
        self.context = ssl.create_default_context(cadata=facts["tls_ca_pem"])
        for name in ("root", "alternate_root"):
            self.write(f"{name}.pem", self.request(facts["acme_dns"][name])[2])
        trust = self.path("tls.pem")
        self.environment = {**os.environ, "REQUESTS_CA_BUNDLE": trust, "CURL_CA_BUNDLE": trust,
                            "SSL_CERT_FILE": trust, "NO_PROXY": "*", "no_proxy": "*"}

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, octets):
        with open(self.path(name), "wb") as file:
            file.write(octets)

    def request(self, url, method="GET", body=None, content_type="application/jose+json"):
        """(status, headers, body); an error status is no exception."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context))
        request = urllib.request.Request(url, data=body, method=method)
        if body is not None:
            request.add_header("Content-Type", content_type)
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def run(self, *command, expected=0, output=None):
        done = subprocess.run(command, cwd=self.folder, env=self.environment, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        if (done.returncode == 0) != (expected == 0):
            print(done.stdout.decode(), done.stderr.decode(), file=sys.stderr)
            sys.exit(f"{' '.join(command)} ended with {done.returncode}")
        if output:
            self.write(output, done.stdout)
        return (done.stdout + done.stderr).decode()

    def certbot(self, verb, *more, expected=0):
        """What it says, and its log of this run: there stand the problem documents."""
        said = self.run("certbot", verb, "--server", self.directory, "--non-interactive",
                        "--config-dir", "certbot", "--work-dir", "work", "--logs-dir", "logs",
                        *more, expected=expected)
        with open(self.path("logs/letsencrypt.log"), encoding="utf-8") as file:
            return said + file.read()

    def certonly(self, *more, expected=0):
        return self.certbot("certonly", "--manual", "--manual-auth-hook", "/bin/true",
                            "--agree-tos", "--no-eff-email", *more, expected=expected)

    def verify(self, leaf, chain, root="root.pem"):
        self.run("openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, leaf)

    def names(self, leaf):
        text = self.run("openssl", "x509", "-in", leaf, "-noout", "-ext", "subjectAltName")
        return sorted(part.strip()[4:] for part in text.split("\n")[1].split(",") if "DNS:" in part)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(timeout=20) == 0, "serve ends with 0")


def live(name, file):
    return f"certbot/live/{name}/{file}.pem"


def certbot(served):
    served.certonly("--preferred-challenges", "http", "-m", "first@example.org",
                    "-d", "example.org", "-d", "www.example.org")
    served.verify(live("example.org", "cert"), live("example.org", "chain"))
    check(served.names(live("example.org", "cert")) == ["example.org", "www.example.org"], "names")
    # A wildcard, an RSA key, the other root.
    served.certonly("--preferred-challenges", "dns", "-d", "*.wild.example.org", "--cert-name",
                    "wild", "--key-type", "rsa", "--preferred-chain",
                    "Shakedown DNS ALTERNATE ROOT")
    served.verify(live("wild", "cert"), live("wild", "chain"), "alternate_root.pem")
    check(served.names(live("wild", "cert")) == ["*.wild.example.org"], "the wildcard")
    served.certonly("--force-renewal", "--key-type", "ecdsa", "--elliptic-curve", "secp384r1",
                    "-d", "third.example.org")
    served.verify(live("third.example.org", "cert"), live("third.example.org", "chain"))

    served.certbot("update_account", "-m", "second@example.org")
    check("second@example.org" in served.certbot("show_account"), "the contact is changed")
    served.certbot("revoke", "--cert-path", live("example.org", "cert"), "--reason", "superseded",
                   "--no-delete-after-revoke")
    again = served.certbot("revoke", "--cert-path", live("example.org", "cert"),
                           "--no-delete-after-revoke", expected=1)
    check("urn:ietf:params:acme:error:alreadyRevoked" in again, f"revoked twice: {again}")
    served.certbot("revoke", "--cert-path", live("wild", "cert"), "--key-path",
                   live("wild", "privkey"), "--reason", "keycompromise", "--no-delete-after-revoke")
    # The key of a revoked certificate is not certified again.
    reuse = served.certonly("--reuse-key", "--force-renewal", "--cert-name", "wild", "-d",
                            "*.wild.example.org", expected=1)
    check("badCSR" in reuse, f"a compromised key: {reuse}")
    served.certbot("unregister")


def dehydrated(served):
    os.makedirs(served.path("dehydrated/challenges"))
    served.write("dehydrated/config", (
        f'CA="{served.directory}"\nBASEDIR="{served.path("dehydrated")}"\n'
        f'WELLKNOWN="{served.path("dehydrated/challenges")}"\nCONTACT_EMAIL="a@example.org"\n'
        f"CURL_OPTS=\"--cacert {served.path('tls.pem')} --noproxy '*'\"\n").encode())
    tool = ["dehydrated", "--config", "dehydrated/config"]
    served.run(*tool, "--register", "--accept-terms")
    served.run(*tool, "--cron", "--domain", "example.net www.example.net")
    folder = "dehydrated/certs/example.net/"
    served.verify(folder + "cert.pem", folder + "chain.pem")
    check(served.names(folder + "cert.pem") == ["example.net", "www.example.net"], "names")
    served.run(*tool, "--account")
    served.run(*tool, "--revoke", served.path(folder + "cert.pem"))
    served.run(*tool, "--deactivate")
    served.run(*tool, "--cron", "--force", "--domain", "example.net", expected=1)


def acme_tiny(served):
    served.run("openssl", "genrsa", "-out", "account.key", "2048")
    served.run("openssl", "genrsa", "-out", "short.key", "1024")
    os.makedirs(served.path("challenges"))
    for name, curve in (("first", "secp384r1"), ("second", "prime256v1")):
        served.run("openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", f"{name}.key")
        served.run("openssl", "req", "-new", "-key", f"{name}.key", "-subj", "/", "-addext",
                   f"subjectAltName=DNS:{name}.example.com", "-out", f"{name}.csr")
        served.run(*tiny(served, "account.key", name), output=f"{name}.pem")
        served.verify(f"{name}.pem", f"{name}.pem")
    refused = served.run(*tiny(served, "short.key", "first"), expected=1)
    check("badPublicKey" in refused, f"an account key of 1024 bits: {refused}")
    served.run("openssl", "req", "-new", "-key", "account.key", "-subj", "/CN=own.example.com",
               "-out", "own.csr")
    refused = served.run(*tiny(served, "account.key", "own"), expected=1)
    check("badCSR" in refused, f"the account's key as the certificate's: {refused}")


def tiny(served, key, csr):
    return ["acme-tiny", "--directory-url", served.directory, "--account-key", key, "--csr",
            f"{csr}.csr", "--acme-dir", "challenges", "--disable-check"]


def by_hand(served):
    status, headers, body = served.request(served.directory)
    urls = json.loads(body)
    check(status == 200 and {"newNonce", "newAccount", "newOrder", "revokeCert",
                             "keyChange"} <= set(urls), "the directory")
    for method, expected in (("HEAD", 200), ("GET", 204)):
        status, headers, body = served.request(urls["newNonce"], method)
        check(status == expected and headers["Replay-Nonce"] and body == b"", f"{method} new-nonce")
        check(headers["Cache-Control"] == "no-store", "a nonce is not kept")
        check(headers["Link"] == f'<{served.directory}>;rel="index"', "the index")
    status, headers, body = served.request(urls["newOrder"])
    check(status == 405 and headers["Allow"] == "POST", "GET of new-order")
    check(headers["Content-Type"] == "application/problem+json", "a problem document")
    check(served.request(urls["newOrder"], "PUT", b"{}")[0] == 405, "PUT to new-order")
    status, headers, body = served.request(urls["newAccount"], "POST", b"{}", "application/json")
    check(status == 415 and headers["Replay-Nonce"], "another media type")
    check(json.loads(body)["type"] == "urn:ietf:params:acme:error:malformed", "its type")
    check(served.request(served.directory + "/none")[0] == 404, "no such resource")


def external_account(served):
    status, _, body = served.request(served.directory)
    check(status == 200 and json.loads(body)["meta"]["externalAccountRequired"], "it is required")
    more = ["-m", "a@example.org", "-d", "example.org"]
    refused = served.certonly(*more, expected=1)
    check("eab" in refused.lower(), f"without an external account: {refused}")
    wrong = EXTERNAL_KEY[::-1].replace("=", "")
    refused = served.certonly(*more, "--eab-kid", "kid-1", "--eab-hmac-key", wrong, expected=1)
    check("MAC does not verify" in refused, f"a wrong MAC: {refused}")
    served.certonly(*more, "--eab-kid", "kid-1", "--eab-hmac-key", EXTERNAL_KEY)
    served.verify(live("example.org", "cert"), live("example.org", "chain"))


def main(binary):
    binary = os.path.abspath(binary)
    with tempfile.TemporaryDirectory() as folder:
        served = Served(binary, folder)
        try:
            for part in (by_hand, certbot, dehydrated, acme_tiny):
                part(served)
                print(f"{part.__name__}: as expected", flush=True)
        finally:
            served.stop()
    with tempfile.TemporaryDirectory() as folder:
        served = Served(binary, folder, ["--acme-external-account", f"kid-1={EXTERNAL_KEY}"])
        try:
            external_account(served)
        finally:
            served.stop()
    print("external account: as expected")


if __name__ == "__main__":
    main(sys.argv[1])
