"""The certification paths of the catalogue, judged by others: `openssl verify`, `certtool --verify`
and a path built with python3-cryptography.

    python3 tests/vectors/chain_judges.py PROGRAM

A case is judged if some profile gets as far as chain_is_trusted: that step's answer is compared
with "a path to a trusted root at the time of the case", without revocation. What profile `strict`
finds nothing wrong with must please `openssl verify -x509_strict`, too. Disagreements must be those
of docs/judges.md. certtool has no option for the time: faketime sets its clock.
"""

import base64
import datetime
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from judged import Expectations, catalogue_of, compare
from outside_judge import body_of, certificates, decode, is_valid, signature_holds

# Critical extensions that this judge of ours with python3-cryptography has processed.
PROCESSED = {x509.BasicConstraints.oid, x509.KeyUsage.oid, x509.CertificatePolicies.oid,
             x509.ExtendedKeyUsage.oid, x509.SubjectAlternativeName.oid}


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", ""))


def pem(der):
    lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


class Anchors:
    """The members of trust lists, as PEM files."""

    def __init__(self, folder):
        self.folder, self.files = folder, {}
        with open(os.path.join(folder, "sti-pa-signer.pem"), "rb") as file:
            self.signer = certificates(file.read())[0]
        with open(os.path.join(folder, "trust-list.jwt"), encoding="ascii") as file:
            self.shared = file.read()

    def of(self, case):
        """A file with the members of the case's list; none of an expired or unsigned one."""
        token = case.get("trust_list", self.shared).strip()
        key = token, case["verification_time"]
        if key not in self.files:
            head, payload, signature = token.split(".")
            signed = f"{head}.{payload}".encode()
            members = []
            claims = json.loads(decode(payload))
            at = instant(case["verification_time"]).replace(tzinfo=datetime.timezone.utc)
            if at.timestamp() <= claims["exp"] and signature_holds(
                    self.signer.public_key(), decode(signature), signed):
                members = claims["trustList"]
            name = os.path.join(self.folder, f"anchors-{len(self.files)}.pem")
            with open(name, "w", encoding="ascii") as file:
                file.write("".join(members))
            self.files[key] = name
        return self.files[key]


def chains_of(case):
    """That of the first Identity header field, and others that the transcript has for the rest."""
    chains = [[base64.b64decode(one) for one in case["chain"]]]
    for exchange in case["http"] + case.get("cached", []):
        named = any(f"<{exchange['url']}>" in value for value in case["identity"][1:])
        if (named or exchange not in case["http"]) and exchange.get("status") == 200:
            chain = [one.public_bytes(Encoding.DER) for one in certificates(body_of(exchange))]
            if chain not in chains:
                chains.append(chain)
    return chains


class Question:
    """Whether a chain of a case leads to one of its anchors; its files for the tools."""

    def __init__(self, number, case, chain, folder, anchors):
        self.case, self.time, self.ders = case["id"], case["verification_time"], chain
        self.anchors = anchors.of(case)
        self.leaf, self.rest, self.chain = (
            os.path.join(folder, f"{number}-{part}.pem") for part in ("leaf", "rest", "chain"))
        pems = [pem(der) for der in self.ders]
        for name, part in ((self.leaf, pems[:1]), (self.rest, pems[1:]), (self.chain, pems)):
            with open(name, "w", encoding="ascii") as file:
                file.write("".join(part))


def ask_openssl(questions, *options):
    for question in questions:
        at = instant(question.time).replace(tzinfo=datetime.timezone.utc)
        given = [option for name, option in ((question.anchors, "-trusted"),
                                             (question.rest, "-untrusted"))
                 if os.path.getsize(name) for option in (option, name)]
        done = subprocess.run(
            ["openssl", "verify", "-no-CAfile", "-no-CApath", "-no-CAstore", "-attime",
             str(int(at.timestamp())), *options, *given, question.leaf],
            check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        reasons = [line for line in done.stdout.splitlines() if line.startswith("error ")]
        yield question.case, done.returncode == 0, "; ".join(reasons)


def ask_certtool(questions, folder):
    """One shell for all questions of one time, with that time as its clock."""
    script = os.path.join(folder, "certtool.sh")
    by_time = {}
    for question in questions:
        by_time.setdefault(question.time, []).append(question)
    for time, asked in by_time.items():
        with open(script, "w", encoding="utf-8") as file:
            for question in asked:
                file.write(f"certtool --verify --load-ca-certificate '{question.anchors}' --infile "
                           f"'{question.chain}' >'{question.chain}.said' 2>&1; echo $?\n")
        clock = instant(time).strftime("%Y-%m-%d %H:%M:%S")
        done = subprocess.run(["faketime", "-f", clock, "sh", script], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
        codes = done.stdout.split()
        assert len(codes) == len(asked), done.stdout
        for question, code in zip(asked, codes):
            with open(question.chain + ".said", encoding="utf-8", errors="replace") as file:
                lines = [line.strip() for line in file if line.strip()]
            yield question.case, code == "0", lines[-1] if lines else "nothing"


class NoPath(Exception):
    """Why a certificate is not part of a path."""


def extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def must_process(certificate):
    """RFC 5280 §6.1.4 (o), §6.1.5 (f)."""
    for one in certificate.extensions:
        if one.critical and one.oid not in PROCESSED:
            raise NoPath(f"critical extension {one.oid.dotted_string}")


def must_be_signed(child, parent):
    key, algorithm = parent.public_key(), child.signature_hash_algorithm
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(child.signature, child.tbs_certificate_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(child.signature, child.tbs_certificate_bytes, padding.PKCS1v15(), algorithm)
        else:
            raise NoPath("a key of another kind")
    except (InvalidSignature, TypeError, ValueError) as error:
        raise NoPath("signature") from error


def must_issue(child, parent, below):
    """RFC 5280 §6.1.3 (a)(1), (a)(4), §6.1.4 (k) to (n). `below`: intermediates under it."""
    if child.issuer != parent.subject:
        raise NoPath("names")
    constraints, usage = extension(parent, x509.BasicConstraints), extension(parent, x509.KeyUsage)
    if constraints is None or not constraints.ca:
        raise NoPath("no CA")
    if constraints.path_length is not None and constraints.path_length < below:
        raise NoPath("path length")
    if usage is not None and not usage.key_cert_sign:
        raise NoPath("keyCertSign")
    must_be_signed(child, parent)


def walk(child, others, roots, at, below=0):
    """Returns if there is a path from `child` to a root."""
    if not is_valid(child, at):
        raise NoPath("validity")
    must_process(child)
    why = NoPath("no issuer")
    for parent in roots + others:
        try:
            must_issue(child, parent, below)
            if parent in roots:
                if not is_valid(parent, at):
                    raise NoPath("validity of the root")
                return
            left = [other for other in others if other is not parent]
            own = parent.issuer == parent.subject
            walk(parent, left, roots, at, below + (0 if own else 1))
            return
        except NoPath as objection:
            if str(objection) != "names":
                why = objection
    raise why


def ask_python(questions):
    for question in questions:
        try:
            chain = [x509.load_der_x509_certificate(der) for der in question.ders]
            with open(question.anchors, "rb") as file:
                octets = file.read()
            roots = certificates(octets) if octets else []
            walk(chain[0], chain[1:], roots, instant(question.time))
        except (ValueError, NoPath, x509.DuplicateExtension) as objection:
            yield question.case, False, f"{type(objection).__name__} {objection}"
            continue
        yield question.case, True, "a path"


def weigh(judge, expected, answers, disagreements, comments):
    """Of several chains of a case, one decides. Returns how many it agreed on, by what it said."""
    said, agreed = {}, {True: 0, False: 0}
    for case, says, comment in answers:
        said.setdefault(case, {})[says] = comment
    for case, says in said.items():
        if expected[case] in says:
            agreed[expected[case]] += 1
        else:
            disagreements[case, judge] = not expected[case]
            comments[case, judge] = says[not expected[case]]
    print(f"{judge}: agrees on {agreed[True]} good and {agreed[False]} others, "
          f"disagrees on {len(said) - agreed[True] - agreed[False]}")
    return agreed


def chains_to_judge(catalogue, folder):
    """Case -> whether a path is expected; the questions; cases that `strict` objects nothing to."""
    expectations = Expectations(catalogue["profiles"], "chain_is_trusted")
    strict = Expectations(["strict"], "certificate_profile")
    anchors = Anchors(folder)
    expected, questions, exemplary = {}, [], set()
    for number, case in enumerate(catalogue["cases"]):
        trusted = expectations.of(case)
        if trusted is None or not case["chain"]:
            continue
        expected[case["id"]] = trusted
        questions += [Question(f"{number}-{index}", case, chain, folder, anchors)
                      for index, chain in enumerate(chains_of(case))]
        if strict.of(case):
            exemplary.add(case["id"])
    print(f"{len(expected)} of {len(catalogue['cases'])} cases have a chain to judge, "
          f"{sum(expected.values())} of them a trusted one")
    return expected, questions, exemplary


def judge_all(catalogue, folder):
    expected, questions, exemplary = chains_to_judge(catalogue, folder)
    disagreements, comments = {}, {}
    for judge, answers in (("openssl", ask_openssl(questions)),
                           ("certtool", ask_certtool(questions, folder)),
                           ("python3-cryptography", ask_python(questions))):
        agreed = weigh(judge, expected, answers, disagreements, comments)
        assert agreed[True] and agreed[False], "it agrees on one kind only: it judges nothing"
    # OpenSSL's stricter reading of RFC 5280 knows nothing of SHAKEN's profile: one way only.
    fine = [question for question in questions if question.case in exemplary]
    weigh("openssl -x509_strict", expected, ask_openssl(fine, "-x509_strict"), disagreements,
          comments)
    return compare("chains", disagreements, comments)


def main(program):
    warnings.simplefilter("ignore")  # Of serial numbers that are wrong on purpose.
    with tempfile.TemporaryDirectory() as folder:
        return 0 if judge_all(catalogue_of(program, folder), folder) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
