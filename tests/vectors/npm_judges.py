"""The catalogue judged by npm's `jose` (each PASSporT), `pkijs` and `@peculiar/x509` (each chain).

    python3 tests/vectors/npm_judges.py PROGRAM

Chains as in chain_judges.py. jose takes the token that stands before the first ";" of an Identity
header field, and the key of the leaf at its `info`: it must verify what passes signature_verifies
and refuse what fails there, or at the rules for a JOSE header. Disagreements must be those of
docs/judges.md. The packages are those of tests/npm/package-lock.json; ./dev test installs them.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from chain_judges import chains_to_judge, weigh
from judged import REPOSITORY, Expectations, catalogue_of, compare
from outside_judge import PEM, body_of

SKIPPED = 77  # For ctest.
NPM = os.path.join(REPOSITORY, "tests", "npm")
INFO = re.compile(r";\s*info\s*=\s*<([^>]*)>", re.IGNORECASE)
# Steps that ask what RFC 7515 and RFC 7518 ask of a header.
HEADER_STEPS = {"passport_header_well_formed", "algorithm_is_es256"}


def base64_ders(pem):
    return [base64.b64encode(x509.load_pem_x509_certificate(block).public_bytes(
        Encoding.DER)).decode() for block in PEM.findall(pem)]


def leaves_of(case, position, url):
    """Whose key an Identity header field may be signed with: what was cached counts first."""
    cached = [one for one in case.get("cached", []) if one["url"] == url]
    if not cached and position == 0:
        return case["chain"][:1]
    served = [one for one in case["http"] if one["url"] == url and one.get("status") == 200]
    if cached and not case["configuration"].get("refetch_on_bad_signature"):
        served = []
    return [leaf for one in cached + served for leaf in base64_ders(body_of(one))[:1]]


def tokens_of(case):
    """The compact form of RFC 8224 is left out: a JWS library knows nothing of its call."""
    for position, value in enumerate(case["identity"]):
        token, info = value.split(";")[0].strip(), INFO.search(value)
        if token.startswith(".."):
            continue
        for leaf in leaves_of(case, position, info.group(1) if info else ""):
            yield {"case": case["id"], "token": token, "certificate": leaf}


def tokens_to_judge(catalogue):
    expectations = Expectations(catalogue["profiles"], "signature_verifies")
    expected, tokens = {}, []
    for case in catalogue["cases"]:
        verifies = expectations.of(case)
        if case["expected"]["rfc8224"].get("step") in HEADER_STEPS:
            verifies = False
        of_case = list(tokens_of(case)) if verifies is not None else []
        if of_case:
            expected[case["id"]] = verifies
            tokens += of_case
    print(f"{len(expected)} of {len(catalogue['cases'])} cases have a token to judge, "
          f"{sum(expected.values())} of them one that verifies")
    return expected, tokens


def judge_all(catalogue, folder):
    trusted, questions, _ = chains_to_judge(catalogue, folder)
    verifies, tokens = tokens_to_judge(catalogue)
    anchors = {}
    for name in {question.anchors for question in questions}:
        with open(name, "rb") as file:
            anchors[name] = base64_ders(file.read())
    chains = [{"case": question.case, "time": question.time, "anchors": anchors[question.anchors],
               "chain": [base64.b64encode(der).decode() for der in question.ders]}
              for question in questions]
    done = subprocess.run(["node", os.path.join(NPM, "vector_judges.mjs")], check=True, text=True,
                          input=json.dumps({"chains": chains, "tokens": tokens}),
                          stdout=subprocess.PIPE)
    answers = json.loads(done.stdout)
    disagreements, comments = {}, {}
    for judge, expected in (("pkijs", trusted), ("@peculiar/x509", trusted), ("jose", verifies)):
        agreed = weigh(judge, expected, answers[judge], disagreements, comments)
        assert agreed[True] and agreed[False], "it agrees on one kind only: it judges nothing"
    return compare("npm", disagreements, comments)


def main(program):
    needed = [os.path.join(NPM, "node_modules", *name.split("/"))
              for name in ("jose", "pkijs", "@peculiar/x509")]
    if not all(map(os.path.isdir, needed)) or not shutil.which("node"):
        print("skipped: the packages of tests/npm are not installed; ./dev install npm does it")
        return SKIPPED
    warnings.simplefilter("ignore")  # Of serial numbers that are wrong on purpose.
    with tempfile.TemporaryDirectory() as folder:
        return 0 if judge_all(catalogue_of(program, folder), folder) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
