"""What the program emits, judged by outsiders: python3-cryptography, openssl and certtool.

    python3 tests/wall/outside_judges.py BINARY

Fetches over HTTPS from a serving process: the CA list, an SPC token, a PASSporT, certificate
chains, OCSP answers before and after a revocation over ACME, and the CRL with one certificate
revoked. None of our own code judges here. Each judge also has to refuse what it accepted once one
octet of it is another.
"""

import base64
import datetime
import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key)
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtensionOID, NameOID

SHAKEN_POLICY = "2.16.840.1.114569.1.1.3"
TN_AUTH_LIST = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.26")
SPC_709J = b"\x30\x08\xa0\x06\x16\x04709J"  # SEQUENCE { [0] IA5String }
ORIGID = "123e4567-e89b-12d3-a456-426655440000"
ECDSA = ec.ECDSA(hashes.SHA256())


class Refused(Exception):
    """A judge's no."""


def require(condition, complaint):
    if not condition:
        raise Refused(complaint)


def unpadded(text):
    require("=" not in text, "base64url with padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Client:
    """HTTPS that trusts the testbed's own TLS authority, and nobody else."""

    def __init__(self, tls_ca_pem):
        self.trust = ssl.create_default_context(cadata=tls_ca_pem)

    def open(self, url, headers=None, body=None):
        request = urllib.request.Request(url, data=body, headers=headers or {})
        return urllib.request.urlopen(request, context=self.trust, timeout=20)

    def get(self, url, headers=None, body=None):
        with self.open(url, headers, body) as answer:
            return answer.read()

    def post(self, url, body, headers=None):
        headers = {"Content-Type": "application/json", **(headers or {})}
        return json.loads(self.get(url, headers, json.dumps(body).encode()))

    def chain(self, url):
        text = self.get(url).decode("ascii")
        end = "-----END CERTIFICATE-----\n"
        return [x509.load_pem_x509_certificate((part + end).encode())
                for part in text.split(end) if part.strip()]


def judge_jws(text, key, media_type):
    """The header and the payload of a compact JWS whose ES256 signature `key` verifies."""
    parts = text.split(".")
    require(len(parts) == 3, "not three parts")
    try:
        header = json.loads(unpadded(parts[0]))
        payload = json.loads(unpadded(parts[1]))
        signature = unpadded(parts[2])
    except ValueError as error:
        raise Refused(str(error)) from error
    require(header.get("alg") == "ES256", "alg")
    require(str(header.get("typ")).lower() == media_type, "typ")
    require(len(signature) == 64, "an ES256 signature has 64 octets")
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(utils.encode_dss_signature(r, s), f"{parts[0]}.{parts[1]}".encode(), ECDSA)
    except InvalidSignature as error:
        raise Refused("signature") from error
    return header, payload


def extension(certificate, oid):
    return certificate.extensions.get_extension_for_oid(oid)


def judge_link(subject, issuer):
    require(subject.issuer == issuer.subject, "issuer and subject differ")
    constraints = extension(issuer, ExtensionOID.BASIC_CONSTRAINTS)
    require(constraints.critical and constraints.value.ca, "the issuer is no CA")
    require(extension(issuer, ExtensionOID.KEY_USAGE).value.key_cert_sign, "keyCertSign")
    identifier = extension(issuer, ExtensionOID.SUBJECT_KEY_IDENTIFIER).value.digest
    if subject is not issuer:
        authority = extension(subject, ExtensionOID.AUTHORITY_KEY_IDENTIFIER).value
        require(authority.key_identifier == identifier, "key identifiers differ")
    try:
        issuer.public_key().verify(subject.signature, subject.tbs_certificate_bytes, ECDSA)
    except InvalidSignature as error:
        raise Refused("certificate signature") from error


def judge_chain(chain, root):
    now = datetime.datetime.utcnow()
    path = chain if chain[-1] == root else [*chain, root]
    for certificate in path:
        require(certificate.not_valid_before <= now < certificate.not_valid_after, "validity")
        require(isinstance(certificate.public_key().curve, ec.SECP256R1), "not P-256")
        organization = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        require("TEST - NOT TRUSTED" in organization[0].value, "it does not say TEST")
    for subject, issuer in zip(path, path[1:]):
        judge_link(subject, issuer)
    judge_link(root, root)


def judge_end_entity(certificate, revocation_url):
    require(extension(certificate, TN_AUTH_LIST).value.value == SPC_709J, "TNAuthList")
    policies = [policy.policy_identifier.dotted_string
                for policy in extension(certificate, ExtensionOID.CERTIFICATE_POLICIES).value]
    require(SHAKEN_POLICY in policies, "certificate policy")
    usage = extension(certificate, ExtensionOID.KEY_USAGE)
    require(usage.critical and usage.value.digital_signature, "key usage")
    points = extension(certificate, ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    require([name.value for name in points[0].full_name] == [revocation_url], "CRL pointer")
    require(points[0].crl_issuer is not None, "it names no CRL issuer")
    return points[0].crl_issuer[0].value


def judge_crl(der, signer, url):
    """The list as x509 sees it; signed by `signer`, and an indirect one."""
    try:
        crl = x509.load_der_x509_crl(der)
        valid = crl.is_signature_valid(signer.public_key())
        point = extension(crl, ExtensionOID.ISSUING_DISTRIBUTION_POINT)
        number = extension(crl, ExtensionOID.CRL_NUMBER).value.crl_number
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise Refused(str(error)) from error
    require(valid, "CRL signature")
    require(crl.issuer == signer.subject, "CRL issuer")
    require(extension(signer, ExtensionOID.KEY_USAGE).value.crl_sign, "cRLSign")
    require(point.critical and point.value.indirect_crl, "not an indirect CRL")
    require([name.value for name in point.value.full_name] == [url], "distribution point")
    require(number >= 1, "CRL number")
    require(crl.last_update <= datetime.datetime.utcnow() < crl.next_update, "CRL validity")
    return crl


def flip(octets, position):
    return octets[:position] + bytes([octets[position] ^ 1]) + octets[position + 1:]


def must_refuse(what, judge, *arguments):
    try:
        judge(*arguments)
    except Refused:
        return
    sys.exit(f"the judge accepts a {what} with one octet changed: it judges nothing")


def refuse_changed_jws(what, text, key, media_type):
    judge_jws(text, key, media_type)
    header, payload, signature = text.split(".")
    for name, changed in (
            ("payload", [header, recode(payload), signature]),
            ("header", [recode(header), payload, signature]),
            ("signature", [header, payload, recode(signature)])):
        must_refuse(f"{what} ({name})", judge_jws, ".".join(changed), key, media_type)


def recode(part):
    octets = unpadded(part)
    return base64.urlsafe_b64encode(flip(octets, len(octets) // 2)).decode().rstrip("=")


def tool(wanted, *command):
    result = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    said = (result.stdout + result.stderr).decode("utf-8", "replace")
    if (result.returncode == 0) != wanted:
        sys.exit(f"{' '.join(command)} ended with {result.returncode}:\n{said}")
    return said


def write(name, octets):
    with open(name, "wb") as file:
        file.write(octets)
    return name


def pem_of(*certificates):
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


class Ecosystem:
    """What a serving process offers, as an outsider finds it."""

    def __init__(self, ready):
        self.client = Client(ready["tls_ca_pem"])
        self.ready = ready
        self.root = self.client.chain(ready["trust_anchor_url"])[0]

    def log_in(self, name):
        login = self.client.post(self.ready["policy_administrator"] + "/api/v1/auth/login",
                                 {"userId": name, "password": f"test-password-of-{name}"})
        return {"Authorization": login["accessToken"]}

    def spc_token(self, key):
        """A token for the account with this key, and what it is to certify."""
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        claim = {"tktype": "TNAuthList", "ca": False,
                 "tkvalue": base64.urlsafe_b64encode(SPC_709J).decode().rstrip("="),
                 "fingerprint": "SHA256 " + hashlib.sha256(spki).digest().hex(":").upper()}
        answer = self.client.post(
            self.ready["policy_administrator"] + "/api/v1/account/acme-tel/token", {"atc": claim},
            self.log_in("acme-tel"))
        return answer["token"], claim

    def signer_of(self, jws):
        url = json.loads(unpadded(jws.split(".")[0]))["x5u"]
        require(url.startswith("https://"), "x5u")
        chain = self.client.chain(url)
        judge_chain(chain, self.root)
        return chain[0]


def judge_the_ca_list(ecosystem):
    text = json.loads(ecosystem.client.get(ecosystem.ready["trust_list"]))["caList"]
    signer = ecosystem.signer_of(text)
    _, payload = judge_jws(text, signer.public_key(), "jwt")
    require(payload["exp"] > time.time() and payload["sequence"] >= 1, "CA list claims")
    refuse_changed_jws("CA list", text, signer.public_key(), "jwt")
    roots = [x509.load_pem_x509_certificate(member.encode()) for member in payload["trustList"]]
    require(len(roots) == 1, "one CA is listed")
    judge_link(roots[0], roots[0])
    return roots[0]


def judge_the_token(ecosystem):
    token, claim = ecosystem.spc_token(ec.generate_private_key(ec.SECP256R1()).public_key())
    signer = ecosystem.signer_of(token)
    _, payload = judge_jws(token, signer.public_key(), "jwt")
    require(payload["atc"] == claim, "the token certifies something else")
    require(payload["exp"] > time.time() and payload["jti"], "token claims")
    refuse_changed_jws("SPC token", token, signer.public_key(), "jwt")


def judge_the_passport(ecosystem, listed_root):
    """Returns the chain that its x5u leads to."""
    now = int(time.time())
    answer = ecosystem.client.post(
        ecosystem.ready["providers"]["acme-tel"]["signing"],
        {"signingRequest": {"attest": "A", "orig": {"tn": "12015550100"},
                            "dest": {"tn": ["14155550100"]}, "iat": now, "origid": ORIGID}})
    token, *parameters = answer["signingResponse"]["identity"].split(";")
    parameters = dict(parameter.split("=", 1) for parameter in parameters)
    chain = ecosystem.client.chain(parameters["info"].strip("<>"))
    judge_chain(chain, listed_root)
    key = chain[0].public_key()
    header, payload = judge_jws(token, key, "passport")
    require(header == {"alg": "ES256", "ppt": "shaken", "typ": "passport",
                       "x5u": parameters["info"].strip("<>")}, f"header {header}")
    require(payload == {"attest": "A", "dest": {"tn": ["14155550100"]}, "iat": now,
                        "orig": {"tn": "12015550100"}, "origid": ORIGID}, f"payload {payload}")
    require(parameters["alg"] == "ES256" and parameters["ppt"].strip('"') == "shaken", "parameters")
    refuse_changed_jws("PASSporT", token, key, "passport")
    return chain


def judge_the_chain_with_tools(chain, root):
    write("root.pem", pem_of(root))
    write("rest.pem", pem_of(*chain[1:]))
    leaf = write("leaf.pem", pem_of(chain[0]))
    write("bad.pem", b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(
        flip(chain[0].public_bytes(Encoding.DER), -1)) + b"-----END CERTIFICATE-----\n")
    openssl = ["openssl", "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted",
               "rest.pem"]
    tool(True, *openssl, leaf)
    tool(False, *openssl, "bad.pem")
    path = write("path.pem", pem_of(*chain))
    bad_path = write("bad_path.pem", open("bad.pem", "rb").read() + pem_of(*chain[1:]))
    certtool = ["certtool", "--verify", "--load-ca-certificate", "root.pem", "--infile"]
    tool(True, *certtool, path)
    tool(False, *certtool, bad_path)


def order_a_certificate(ecosystem, binary, ca):
    """The chain of a new certificate of `ca`, and its key. `shakedown acme` only fetches them."""
    account_key = ec.generate_private_key(ec.SECP256R1())
    write("account.pem", account_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8,
                                                   NoEncryption()))
    write("tls.pem", ecosystem.ready["tls_ca_pem"].encode())
    write("token.txt", ecosystem.spc_token(account_key.public_key())[0].encode())
    tool(True, binary, "acme", "--directory", ecosystem.ready["cas"][ca]["directory"], "--tls-ca",
         "tls.pem", "--spc-token", "token.txt", "--account-key", "account.pem", "--output",
         "ordered.pem", "--key-out", "ordered.key")
    with open("ordered.pem", "rb") as file:
        blocks = file.read().split(b"-----BEGIN ")[1:]
    with open("ordered.key", "rb") as file:
        key = load_pem_private_key(file.read(), None)
    return [x509.load_pem_x509_certificate(b"-----BEGIN " + block) for block in blocks], key


def revoke_by_its_key(ecosystem, ca, certificate, key):
    """RFC 8555 §7.6, signed with the certificate's own key."""
    def encoded(octets):
        return base64.urlsafe_b64encode(octets).decode().rstrip("=")

    directory = json.loads(ecosystem.client.get(ecosystem.ready["cas"][ca]["directory"]))
    with ecosystem.client.open(directory["newNonce"]) as answer:
        nonce = answer.headers["Replay-Nonce"]
    point = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": encoded(point.x.to_bytes(32, "big")),
           "y": encoded(point.y.to_bytes(32, "big"))}
    protected = {"alg": "ES256", "jwk": jwk, "nonce": nonce, "url": directory["revokeCert"]}
    payload = {"certificate": encoded(certificate.public_bytes(Encoding.DER)), "reason": 1}
    parts = [encoded(json.dumps(part).encode()) for part in (protected, payload)]
    r, s = utils.decode_dss_signature(key.sign(".".join(parts).encode(), ECDSA))
    body = {"protected": parts[0], "payload": parts[1],
            "signature": encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}
    ecosystem.client.get(directory["revokeCert"], {"Content-Type": "application/jose+json"},
                         json.dumps(body).encode())


def openssl_reads(response, request, certificate, issuer, hashed="-sha1"):
    """What `openssl ocsp` makes of an answer: good, revoked, or why it takes none."""
    done = subprocess.run(  # With -no_nonce, it keeps that of the request that it reads.
        ["openssl", "ocsp", "-no_nonce", hashed, "-issuer", issuer, "-cert", certificate, "-reqin",
         request, "-respin", response, "-CAfile", "root.pem", "-verify_other", "path.pem"],
        capture_output=True, check=False, stdin=subprocess.DEVNULL, text=True)
    said = done.stdout + done.stderr
    status = said.partition(f"{certificate}: ")[2].split("\n")[0]
    if "Response verify OK" in said and "WARNING" not in said and status in ("good", "revoked"):
        return status
    return f"refused: {said}"


def judge_the_ocsp(ecosystem, binary, ca, root):
    """By POST and by GET; a certificate of ours is revoked in between."""
    url = ecosystem.ready["cas"][ca]["directory"].removesuffix("/acme/directory") + "/ocsp"
    chain, key = order_a_certificate(ecosystem, binary, ca)
    judge_chain(chain, root)
    write("root.pem", pem_of(root))
    write("path.pem", pem_of(*chain))
    for index, certificate in enumerate([*chain, root]):
        write(f"{index}.pem", pem_of(certificate))

    def ask(subject, expected, by_get=False):
        issuer, certificate = f"{subject + 1}.pem", f"{subject}.pem"
        hashed = "-sha256" if by_get else "-sha1"
        tool(True, "openssl", "ocsp", hashed, "-issuer", issuer, "-cert", certificate, "-reqout",
             "request.der", *(["-no_nonce"] if by_get else []))
        with open("request.der", "rb") as file:
            request = file.read()
        if by_get:
            path = urllib.parse.quote(base64.b64encode(request).decode(), safe="")
            answer = ecosystem.client.get(f"{url}/{path}")
        else:
            answer = ecosystem.client.get(url, {"Content-Type": "application/ocsp-request"},
                                          request)
        write("response.der", answer)
        said = openssl_reads("response.der", "request.der", certificate, issuer, hashed)
        require(said == expected, f"OCSP of certificate {subject}: {said} instead of {expected}")
        # Of the status, and of the signature of the responder's certificate at the end.
        for position in (len(answer) // 4, len(answer) - 1):
            write("bad.der", flip(answer, position))
            said = openssl_reads("bad.der", "request.der", certificate, issuer, hashed)
            if not said.startswith("refused"):
                sys.exit(f"openssl takes an OCSP answer with octet {position} changed: {said}")
        return answer

    for subject in range(len(chain)):
        ask(subject, "good")
        ask(subject, "good", by_get=True)
    revoke_by_its_key(ecosystem, ca, chain[0], key)
    ask(0, "revoked", by_get=True)
    read = ocsp.load_der_ocsp_response(ask(0, "revoked"))
    require(read.revocation_reason == x509.ReasonFlags.key_compromise, "OCSP reason")
    require(read.serial_number == chain[0].serial_number, "OCSP serial")
    # The answer about the revoked one is none about the intermediate, nor one to another question.
    tool(True, "openssl", "ocsp", "-issuer", f"{len(chain)}.pem", "-cert",
         f"{len(chain) - 1}.pem", "-reqout", "other.der")
    said = openssl_reads("response.der", "other.der", f"{len(chain) - 1}.pem",
                         f"{len(chain)}.pem")
    require(said.startswith("refused"), f"an answer to another question: {said}")


def judge_the_crl(ecosystem, chain):
    """Revokes the end entity of `chain`, and waits until the list says so."""
    end_entity = chain[0]
    url = ecosystem.ready["crl"]
    named_issuer = judge_end_entity(end_entity, url)
    report = {"issuerDN": base64.b64encode(end_entity.issuer.public_bytes()).decode(),
              "serial": f"{end_entity.serial_number:032x}", "reason": "keyCompromise",
              "certificate": base64.b64encode(end_entity.public_bytes(Encoding.DER)).decode(),
              "chain": pem_of(*chain[1:]).decode()}
    ecosystem.client.post(ecosystem.ready["policy_administrator"] + "/sti-pa/revocations", report,
                          ecosystem.log_in("acme-tel"))
    der = ecosystem.client.get(url)
    information = extension(x509.load_der_x509_crl(der), ExtensionOID.AUTHORITY_INFORMATION_ACCESS)
    signers = ecosystem.client.chain(information.value[0].access_location.value)
    judge_chain(signers, ecosystem.root)
    crl = judge_crl(der, signers[0], url)
    require(crl.issuer == named_issuer, "certificates name another CRL issuer")
    require(len(crl) == 1, "one certificate is revoked")
    entry = crl[0]
    require(entry.serial_number == end_entity.serial_number, "revoked serial")
    issuer = entry.extensions.get_extension_for_class(x509.CertificateIssuer)
    require(issuer.critical, "certificateIssuer is not critical")
    require(issuer.value.get_values_for_type(x509.DirectoryName) == [end_entity.issuer],
            "the entry is of another CA")
    for position in (len(der) // 2, len(der) - 1):
        must_refuse("CRL", judge_crl, flip(der, position), signers[0], url)
    write("signer.pem", pem_of(signers[0]))
    write("anchor.pem", pem_of(ecosystem.root))
    write("list.pem", crl.public_bytes(Encoding.PEM))
    write("list.der", der)
    write("bad.der", flip(der, len(der) - 1))
    openssl = ["openssl", "crl", "-inform", "DER", "-noout", "-text", "-CAfile", "signer.pem"]
    said = tool(True, *openssl, "-in", "list.der")
    require("verify OK" in said and "Indirect CRL" in said, said)
    said = subprocess.run([*openssl, "-in", "bad.der"], capture_output=True, check=False).stderr
    require(b"verify failure" in said, said)
    # GnuTLS verifies no CRL of an issuer that is not a CA itself: it may only read this one.
    said = tool(True, "certtool", "--crl-info", "--infile", "list.pem")
    require("Revoked certificates (1):" in said, said)


def serve(binary):
    process = subprocess.Popen(
        [binary, "serve", "--port", "0", "--ready-file", "ready.json", "--set",
         "ecosystem.policy_administrator.crl.on_revocation=publish_at_once"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not os.path.exists("ready.json"):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            sys.exit(f"serve did not get ready (exit code {process.poll()})")
        time.sleep(0.1)
    with open("ready.json", encoding="utf-8") as file:
        return process, json.load(file)


def main(binary):
    binary = os.path.abspath(binary)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        process, ready = serve(binary)
        try:
            ecosystem = Ecosystem(ready)
            judge_chain([ecosystem.root], ecosystem.root)
            listed_root = judge_the_ca_list(ecosystem)
            judge_the_token(ecosystem)
            chain = judge_the_passport(ecosystem, listed_root)
            judge_the_chain_with_tools(chain, listed_root)
            judge_the_crl(ecosystem, chain)  # Before the next revocation: it counts the entries.
            judge_the_ocsp(ecosystem, binary, next(iter(ready["cas"])), listed_root)
        except Refused as refusal:
            raise SystemExit(f"an outsider refuses what we emit: {refusal}") from refusal
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
            os.chdir("/")
    if process.returncode != 0:
        sys.exit(f"serve ended with {process.returncode}")
    print("CA list, SPC token, PASSporT, chains, OCSP and CRL are accepted, changed ones refused")


if __name__ == "__main__":
    main(sys.argv[1])
