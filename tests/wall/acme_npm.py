"""Whole tkauth-01 orders at our STI-CA with SPC tokens of our STI-PA: by npm's acme-client, which
takes a challenge's answer from its caller, and by `shakedown acme --spc-token`.

    python3 tests/wall/acme_npm.py BINARY

Each chain is verified by OpenSSL under the root on the CA list, and a PASSporT signed with its key
by `shakedown verify`. A token for another account's key is refused. The packages are those of
tests/npm/package-lock.json; ./dev test installs them.
"""

import base64
import datetime
import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

SKIPPED = 77  # For ctest.
NPM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "npm")
TN_AUTH_LIST = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.26")
SPC_709J = bytes.fromhex("3008a0061604") + b"709J"


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def base64url(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def new_key(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


def pem_of(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode()


def thumbprint_fingerprint(key):
    """As RFC 9448 §5.4 has it: of the JWK (RFC 7638)."""
    point, octets = key.public_key().public_numbers(), key.key_size // 8
    x, y = (base64url(number.to_bytes(octets, "big")) for number in (point.x, point.y))
    jwk = f'{{"crv":"P-{key.key_size}","kty":"EC","x":"{x}","y":"{y}"}}'
    return "SHA256 " + hashlib.sha256(jwk.encode()).digest().hex(":").upper()


def deployed_fingerprint(key):
    """As deployed clients send it: of the SubjectPublicKeyInfo."""
    der = key.public_key().public_bytes(serialization.Encoding.DER,
                                        serialization.PublicFormat.SubjectPublicKeyInfo)
    return "SHA256 " + hashlib.sha256(der).digest().hex(":").upper()


def request_for(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "US"),
                      x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme Tel"),
                      x509.NameAttribute(x509.NameOID.COMMON_NAME, "SHAKEN 709J")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(x509.UnrecognizedExtension(TN_AUTH_LIST, SPC_709J), False)
    signed = builder.sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


class Served:
    """A running `shakedown serve` in `folder`, and what an outsider does with it."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        ready = os.path.join(folder, "ready.json")
        self.process = subprocess.Popen([binary, "serve", "--ready-file", ready], cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"failed: serve is not ready (exit code {self.process.poll()})")
            time.sleep(0.1)
        with open(ready, encoding="utf-8") as file:
            self.facts = json.load(file)
        self.write("tls.pem", self.facts["tls_ca_pem"])
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(
                context=ssl.create_default_context(cadata=self.facts["tls_ca_pem"])))
        self.write("root.pem", self.listed_root())
        self.directory = self.facts["cas"]["ca-one"]["directory"]

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def ask(self, url, body=None, headers=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data=data, headers=headers or {})
        if body is not None:
            request.add_header("Content-Type", "application/json")
        with self.opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def listed_root(self):
        payload = self.ask(self.facts["trust_list"])["caList"].split(".")[1]
        roots = json.loads(base64.urlsafe_b64decode(payload + "=="))["trustList"]
        check(len(roots) == 1, "one CA is listed")
        return roots[0]

    def token(self, fingerprint):
        administrator = self.facts["policy_administrator"]
        login = self.ask(administrator + "/api/v1/auth/login",
                         {"userId": "acme-tel", "password": "test-password-of-acme-tel"})
        answer = self.ask(
            administrator + "/api/v1/account/acme-tel/token",
            {"atc": {"tktype": "TNAuthList", "tkvalue": base64url(SPC_709J), "ca": False,
                     "fingerprint": fingerprint}},
            {"Authorization": login["accessToken"]})
        return answer["token"]

    def run(self, *command, expected=0, given=None):
        environment = {**os.environ, "NODE_EXTRA_CA_CERTS": os.path.join(self.folder, "tls.pem"),
                       "NO_PROXY": "*", "no_proxy": "*"}
        done = subprocess.run(command, cwd=self.folder, env=environment, check=False, timeout=120,
                              input=given or "", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        if done.returncode != expected:
            print(done.stdout, done.stderr, file=sys.stderr)
            sys.exit(f"failed: {' '.join(command)} ended with {done.returncode}")
        return done.stdout if expected == 0 else done.stderr

    def judge(self, chain, key):
        """OpenSSL's word on the chain, and ours on a call that is signed with it."""
        self.write("chain.pem", chain)
        self.run("openssl", "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted",
                 "chain.pem", "chain.pem")
        leaf = x509.load_pem_x509_certificate(chain.encode())
        check(leaf.public_key().public_numbers() == key.public_key().public_numbers(), "its key")
        scope = leaf.extensions.get_extension_for_oid(TN_AUTH_LIST).value.value
        check(scope == SPC_709J, "its TNAuthList")
        decoded = json.loads(self.run(self.binary, "inspect", "chain.pem", "--format", "json"))
        check(decoded["kind"] == "certificates" and not decoded["findings"],
              f"lint: {decoded['findings']}")
        self.write("identity.txt", identity(key))
        self.run(self.binary, "verify", "identity.txt", "--chain", "chain.pem", "--trust",
                 "root.pem")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(timeout=20) == 0, "serve ends with 0")


def identity(key):
    url = "https://cr.acme-tel.test/acme/1.pem"
    header = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": url}
    now = int(datetime.datetime.now().timestamp())
    claims = {"attest": "A", "dest": {"tn": ["14155550100"]}, "iat": now,
              "orig": {"tn": "12015550100"}, "origid": "123e4567-e89b-42d3-a456-426614174000"}
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode())
                      for part in (header, claims))
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = signed + "." + base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"{token};info=<{url}>;alg=ES256;ppt=shaken\n"


def order(served, account_key, token, key, member="tkauth", revoke=False):
    wish = {"directory": served.directory, "account_key": pem_of(account_key), "token": token,
            "identifier": base64url(SPC_709J), "csr": request_for(key), "member": member,
            "revoke": revoke, "next_account_key": pem_of(new_key())}
    return json.loads(served.run("node", os.path.join(NPM, "acme_client_order.mjs"),
                                 given=json.dumps(wish)))


def by_acme_client(served):
    for curve, fingerprint, member, revoke in (
            (ec.SECP256R1, thumbprint_fingerprint, "tkauth", True),
            (ec.SECP384R1, thumbprint_fingerprint, "tkauth", False),
            (ec.SECP256R1, deployed_fingerprint, "atc", False)):
        account_key, key = new_key(curve), new_key()
        seen = order(served, account_key, served.token(fingerprint(account_key)), key, member,
                     revoke)
        check(seen["identifier"] == {"type": "TNAuthList", "value": base64url(SPC_709J)}, "ordered")
        check(seen["challenge"]["tkauth-type"] == "atc", f"the challenge: {seen['challenge']}")
        check(seen["empty_answer"] == "malformed: tkauth",
              f"an answer of {{}}: {seen['empty_answer']}")
        check("unknown challenge type" in seen["key_authorization"], "acme-client knows no token")
        check(seen["early"] == "orderNotReady: the order is pending",
              f"finalize before the order is ready: {seen['early']}")
        check(not seen["invalid"], f"the token is taken: {seen['invalid']}")
        served.judge(seen["chain"], key)
        if revoke:
            check(seen["revoked_twice"] == "alreadyRevoked: revoked before",
                  f"revoked twice: {seen['revoked_twice']}")
            check(seen["account"] == ["mailto:b@acme-tel.test"], "the account by its new key")
            check(seen["deactivated"] == "unauthorized: the account is deactivated",
                  f"a deactivated account orders nothing: {seen['deactivated']}")
    print("acme-client: as expected", flush=True)


def by_a_token_for_another_key(served):
    seen = order(served, new_key(), served.token(thumbprint_fingerprint(new_key())), new_key())
    check(seen["invalid"] and "chain" not in seen, f"another's token: {seen}")
    print("another account's token:", seen["invalid"], flush=True)


def by_our_own(served):
    account_key = new_key()
    served.write("account.pem", pem_of(account_key))
    served.write("token.txt", served.token(thumbprint_fingerprint(account_key)) + "\n")
    command = [served.binary, "acme", "--directory", served.directory, "--tls-ca", "tls.pem",
               "--spc-token", "token.txt", "--output", "own.pem", "--key-out", "key.pem"]
    served.run(*command, "--account-key", "account.pem")
    with open(os.path.join(served.folder, "key.pem"), "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    with open(os.path.join(served.folder, "own.pem"), encoding="utf-8") as file:
        served.judge(file.read(), key)
    served.write("other.pem", pem_of(new_key()))
    said = served.run(*command, "--account-key", "other.pem", expected=1)
    check("order: incorrectResponse:" in said or "order: unauthorized:" in said, said)
    print("shakedown acme --spc-token: as expected", flush=True)


def main(binary):
    if not os.path.isdir(os.path.join(NPM, "node_modules")) or not shutil.which("node"):
        print("skipped: the packages of tests/npm are not installed; ./dev install npm does it")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        served = Served(os.path.abspath(binary), folder)
        try:
            for part in (by_acme_client, by_a_token_for_another_key, by_our_own):
                part(served)
        finally:
            served.stop()


if __name__ == "__main__":
    main(sys.argv[1])
