"""`shakedown inspect` and `shakedown verify` as a person or a script uses them: every kind of
artefact, bad input, the table of all profiles, exit codes, and docs/lint.md against `--rules`.

    python3 tests/inspect/inspect_and_verify.py PROGRAM SOURCE_FOLDER

The artefacts are those of the vector catalogue; OCSP messages and a request of its own kind are
made by the openssl command, so that another's encoder is read too.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from email.utils import format_datetime

PROFILES = ["rfc8224", "atis74", "atis82", "strict", "deployed"]


class Checks:
    def __init__(self, program, source, folder):
        self.program, self.source, self.folder = program, source, folder
        self.failures = 0

    def run(self, *arguments, stdin=b""):
        result = subprocess.run([self.program, *arguments], cwd=self.folder, input=stdin,
                                capture_output=True, timeout=120, check=False)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def path(self, name, octets):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(octets)
        return name

    def expect(self, what, held, shown=""):
        if not held:
            self.failures += 1
            print(f"FAILED: {what}\n{shown}")

    def inspected(self, what, name, kind, *options):
        """The document and the findings of an artefact that is of this kind."""
        code, out, errors = self.run("inspect", name, "--json", *options)
        self.expect(f"{what}: exit 0", code == 0, out + errors)
        answer = json.loads(out)
        self.expect(f"{what}: is {kind}", answer["kind"] == kind, out)
        for finding in answer["findings"]:
            self.expect(f"{what}: a finding has four members",
                        sorted(finding) == ["clause", "detail", "rule", "severity"], str(finding))
        return answer

    def sound(self, what, name, kind, *options):
        """As inspected, and without an error or a lint."""
        answer = self.inspected(what, name, kind, *options)
        bad = [f for f in answer["findings"] if f["severity"] != "warning"]
        self.expect(f"{what}: nothing to object to", not bad, json.dumps(bad, indent=1))
        return answer["document"]


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True,
                   timeout=60)


def check_catalogue(checks, cases):
    good = next(one for one in cases if all(one["expected"][p]["passed"] for p in PROFILES))
    identity = checks.path("identity.txt", b"Identity: " + good["identity"][0].encode() + b"\r\n")
    chain = [base64.b64decode(der) for der in good["chain"]]
    pem = "".join("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der).decode() +
                  "-----END CERTIFICATE-----\n" for der in chain)
    checks.path("chain.pem", pem.encode())
    checks.path("leaf.der", chain[0])
    at = ["--at", good["verification_time"]]
    document = checks.sound("an Identity header", identity, "identity_header", *at, "--signer",
                            "leaf.der")
    checks.expect("its payload is shown", document["payload"]["attest"] in "ABC", str(document))
    token = checks.path("token.txt", good["identity"][0].split(";")[0].encode())
    checks.sound("a PASSporT", token, "passport", *at)
    document = checks.sound("a chain", "chain.pem", "certificates", *at)
    checks.expect("all of it is shown", len(document["certificates"]) == len(chain))
    checks.sound("a certificate in DER", "leaf.der", "certificates")
    signer = ["--signer", "vectors/sti-pa-signer.pem"]
    document = checks.sound("a CA list", "vectors/trust-list.jwt", "ca_list", *signer)
    checks.expect("its members", document["members"][0]["subject"].startswith("CN="), document)
    later = checks.inspected("a CA list with an expired member", "vectors/trust-list.jwt",
                             "ca_list", *at)
    checks.expect("whose root is named", [f["rule"] for f in later["findings"]] ==
                  ["is_valid_at_the_time"], later["findings"])
    checks.sound("a CRL", "vectors/crl.der", "crl", *at, *signer)
    checks.sound("trusted roots", "vectors/trusted-roots.pem", "certificates")

    late = checks.inspected("a late Identity header", identity, "identity_header", "--at",
                            "2026-07-01T00:00:00Z")
    checks.expect("is not fresh", [f["rule"] for f in late["findings"]] == ["iat_is_fresh"], late)
    forged = checks.inspected("a CRL of another signer", "vectors/crl.der", "crl", "--signer",
                              "leaf.der")
    checks.expect("is not the signer's",
                  "signature_verifies" in [f["rule"] for f in forged["findings"]], forged)
    versions = {}
    for version in ["v003", "v004", "v005"]:
        answer = checks.inspected("another profile version", "vectors/trusted-roots.pem",
                                  "certificates", "--profile-version", version)
        versions[version] = answer["document"]["certificates"][0]["profile"]
    checks.expect("the version of the profile is chosen",
                  versions == {v: v for v in versions}, versions)
    checks.sound("the STI-PA's own PKI", "vectors/sti-pa-signer.pem", "certificates",
                 "--profile-version", "none")
    # Hostile artefacts end in findings, never in a fault.
    for one in cases[::10]:
        for value in one["identity"][:1]:
            code, out, errors = checks.run("inspect", "--json", stdin=value.encode())
            checks.expect(f"{one['id']} is inspected", code in (0, 4) and json.loads(out), errors)
    return identity, good


def check_others_encoders(checks):
    folder = checks.folder
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/C=US/O=Test/CN=Test CA")
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "one.key", "-out", "one.csr", "-subj", "/C=US/O=Test/CN=SHAKEN 709J")
    openssl(folder, "x509", "-req", "-in", "one.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-set_serial", "4660", "-out", "one.pem")
    request = checks.inspected("a request of openssl", "one.csr", "certificate_request")
    checks.expect("without TNAuthList", "csr_tn_auth_list_matches_order" in
                  [f["rule"] for f in request["findings"]], request)
    openssl(folder, "ocsp", "-issuer", "ca.pem", "-cert", "one.pem", "-reqout", "request.ocsp")
    with open(os.path.join(folder, "index.txt"), "w", encoding="ascii") as index:
        index.write("R\t361231235959Z\t260101000000Z,keyCompromise\t1234\tunknown\t/CN=x\n")
    openssl(folder, "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey",
            "ca.key", "-reqin", "request.ocsp", "-respout", "response.ocsp", "-ndays", "7",
            "-noverify")
    asked = checks.sound("an OCSP request of openssl", "request.ocsp", "ocsp_request")
    checks.expect("its serial", asked["requests"][0]["serial"] == "1234", asked)
    answered = checks.sound("an OCSP response of openssl", "response.ocsp", "ocsp_response",
                            "--at", "now", "--signer", "ca.pem")
    one = answered["responses"][0]
    checks.expect("its answer", (one["status"], one["reason"], one["revoked_at"]) ==
                  ("revoked", "keyCompromise", "2026-01-01T00:00:00Z"), one)
    checks.expect("its id is the request's", one["certificate_id"] == asked["requests"][0], one)
    with open(os.path.join(folder, "response.ocsp"), "rb") as file:
        octets = file.read()
    with open(os.path.join(folder, "changed.ocsp"), "wb") as file:  # "keyCompromise" no longer.
        file.write(octets.replace(b"\x0a\x01\x01", b"\x0a\x01\x04", 1))
    changed = checks.inspected("an OCSP response that was changed", "changed.ocsp",
                               "ocsp_response", "--signer", "ca.pem")
    checks.expect("is not signed", "signature_verifies" in
                  [f["rule"] for f in changed["findings"]], changed)
    code, out, _ = checks.run("inspect", stdin=base64.b64encode(octets))
    checks.expect("base64 on standard input", code == 0 and out.startswith("ocsp_response\n"), out)
    return octets


def check_bad_input(checks, der):
    cases = {
        "nothing": b"",
        "blanks": b" \r\n",
        "garbage": bytes(range(256)),
        "a text": b"hello world",
        "truncated DER": der[:-1],
        "DER and more": der + b"\0",
        "truncated PEM": b"-----BEGIN CERTIFICATE-----\nMIIB",
        "PEM without a block": b"see -----BEGIN here",
        "text and PEM of nothing known": b"see\n-----BEGIN X-----\nMAA=\n-----END X-----\n",
        "a control character in a name": b"0\x0c1\n0\x08\x06\x03U\x04\x03\x1b\x01\x1b",
        "one octet over the bound": b"0" * (16 * 1024 * 1024 + 1),
    }
    for what, octets in cases.items():
        code, out, errors = checks.run("inspect", checks.path("bad", octets))
        checks.expect(f"{what}: exit 4 and one line", code == 4 and not out and
                      errors.count("\n") == 1 and errors.startswith("shakedown inspect: bad: "),
                      f"{code} {out!r} {errors!r}")
    for options in [["--profile-version", "v9"], ["--at", "soon"], ["--fail-on", "all"],
                    ["--format", "yaml"], ["--signer", "nowhere.pem"], ["bad", "bad"]]:
        code, out, errors = checks.run("inspect", "leaf.der", *options)
        checks.expect(f"{options} is bad usage", code == 4 and not out, f"{code} {errors}")
    code, out, _ = checks.run("inspect", stdin=b"abc;info=<\x1b[31m\xff>")
    checks.expect("no control character reaches the terminal", code == 0 and "\x1b" not in out, out)
    for severity, expected in [("error", 0), ("lint", 1), ("warning", 1)]:
        code, _, _ = checks.run("inspect", "vectors/sti-pa-root.pem", "--fail-on", severity)
        checks.expect(f"--fail-on {severity}", code == expected, str(code))


def check_rules(checks):
    code, out, _ = checks.run("inspect", "--rules")
    checks.expect("--rules: exit 0", code == 0)
    printed = [tuple(re.split(r"  +", line)[:3]) for line in out.splitlines()]
    documented, artefact = [], None
    with open(os.path.join(checks.source, "docs", "lint.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                artefact = line[3:].strip()
            row = re.match(r"\| `(\w+)` \| (\w+) \|", line)
            if row:
                documented.append((artefact, row[1], row[2]))
    checks.expect("docs/lint.md has the rules that --rules prints", printed == documented,
                  str(set(printed) ^ set(documented)))
    checks.expect("twice the same", out == checks.run("inspect", "--rules")[1])


def check_verify(checks, identity, good):
    with open(os.path.join(checks.source, "docs", "profiles.md"), encoding="utf-8") as file:
        steps = sum(line.startswith("| `") for line in file)
    judge = ["verify", identity, "--chain", "chain.pem", "--trust", "vectors/trusted-roots.pem",
             "--crl", "vectors/crl.der", "--at", good["verification_time"]]
    code, out, errors = checks.run(*judge)
    rows = out.splitlines()
    checks.expect("verify: exit 0", code == 0, out + errors)
    checks.expect("a column a profile", rows[0].split() == [*PROFILES, "clause"], rows[0])
    checks.expect("a row a step", rows[steps + 1].split() == ["verdict"] + ["passed"] * 5, out)
    checks.expect("what each makes of it",
                  [row.split()[0] for row in rows[steps + 3:]] == PROFILES, out)
    code, out, _ = checks.run(*judge, "--json")
    answer = json.loads(out)
    checks.expect("as JSON, by profile and by step",
                  [p["profile"] for p in answer["profiles"]] == PROFILES and
                  len(answer["steps"]) == steps and
                  all(sorted(s["results"]) == sorted(PROFILES) for s in answer["steps"]), out)
    code, out, _ = checks.run(*judge, "--profile", "strict")
    checks.expect("one profile", code == 0 and out.startswith("strict: ") and "atis74" not in out,
                  out)
    answer = json.loads(checks.run(*judge, "--profile", "strict", "--json")[1])
    checks.expect("one profile as JSON",
                  [p["profile"] for p in answer["profiles"]] == ["strict"] and
                  list(answer["steps"][0]["results"]) == ["strict"], str(answer)[:300])
    late = judge[:-1] + ["2026-01-05T10:00:00Z"]
    code, out, _ = checks.run(*late)
    checks.expect("a late call: exit 1 and the code", code == 1 and "403 Stale Date" in out, out)
    code, out, _ = checks.run(*judge[:2], *judge[-2:])
    checks.expect("without a chain: exit 5", code == 5 and "undecided" in out, out)
    code, _, errors = checks.run(*judge, "--profile", "lax")
    checks.expect("an unknown profile: exit 4", code == 4 and "expected one of rfc8224" in errors,
                  errors)
    code, _, errors = checks.run("verify", checks.path("bad", b""))
    checks.expect("no header: exit 4 and one line", code == 4 and errors.count("\n") == 1, errors)


def call_options(case):
    """How `verify` is told of a case's call; None if the command has no words for it."""
    headers = {h["name"]: h["value"] for h in case["sip"]["headers"]}
    at = datetime.fromisoformat(case["verification_time"].replace("Z", "+00:00"))
    if headers.get("Date") != format_datetime(at.astimezone(timezone.utc), usegmt=True):
        return None
    uris = [re.search("<([^>]*)>", headers.get(name, "")) for name in
            ("P-Asserted-Identity" if "P-Asserted-Identity" in headers else "From", "To")]
    return uris[0] and uris[1] and ["--from", uris[0][1], "--to", uris[1][1]]


def check_agreement(checks, cases):
    """`verify` gives the verdict of the catalogue: two cases for each step that can be put so."""
    times = {}
    for case in cases:
        steps = {one.get("step", "") for one in case["expected"].values()}
        plain = (not case["configuration"] and len(case["identity"]) == 1 and
                 len(case["http"]) == 1 and case["http"][0].get("status") == 200 and
                 "body" in case["http"][0] and
                 not {"cached", "crl", "trust_list"} & set(case))
        if not plain or all(times.get(step, 0) >= 2 for step in steps):
            continue
        call = call_options(case)
        if call is None:
            continue
        for step in steps:
            times[step] = times.get(step, 0) + 1
        checks.path("case.txt", case["identity"][0].encode())
        checks.path("case.pem", case["http"][0]["body"].encode())
        _, out, errors = checks.run(
            "verify", "case.txt", "--chain", "case.pem", "--trust", "vectors/trusted-roots.pem",
            "--crl", "vectors/crl.der", "--at", case["verification_time"], "--json", *call)
        verdicts = {p["profile"]: {"passed": p["passed"], "verstat": p["verstat"],
                                   **({} if p["passed"] else
                                      {"step": p["failed_step"], "code": p["code"]})}
                    for p in json.loads(out)["profiles"]}
        checks.expect(f"verify agrees on {case['id']}", verdicts == case["expected"],
                      f"{verdicts}\n{case['expected']}\n{errors}")
    checks.expect("cases of many steps", len(times) > 20, str(times))


def main(program, source):
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(os.path.abspath(program), os.path.abspath(source), folder)
        code, _, errors = checks.run("vectors", "-o", "vectors")
        checks.expect("the catalogue is written", code == 0, errors)
        with open(os.path.join(folder, "vectors", "vectors.json"), encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        identity, good = check_catalogue(checks, cases)
        check_bad_input(checks, check_others_encoders(checks))
        check_rules(checks)
        check_verify(checks, identity, good)
        check_agreement(checks, cases)
        print(f"{checks.failures} failures")
        return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
