"""An outsider's view of the catalogue: python3-cryptography reads what `shakedown vectors` wrote
and must agree on the signatures and chains of every case that is to pass, and on the promises of
the schema.

    python3 tests/vectors/outside_judge.py PROGRAM

It parses the Identity header, the JWS, the PEM bodies and the trust list with code of its own.
"""

import base64
import datetime
import filecmp
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

FILES = ["vectors.json", "vectors.schema.json", "trust-list.jwt", "crl.der", "sti-pa-signer.pem",
         "sti-pa-root.pem", "trusted-roots.pem", "delisted-roots.pem"]
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def certificates(octets):
    blocks = PEM.findall(octets)
    if not blocks:
        return [x509.load_der_x509_certificate(octets)]
    return [x509.load_pem_x509_certificate(block) for block in blocks]


def signature_holds(key, raw, signing_input):
    if len(raw) != 64:
        return False
    numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(*numbers), signing_input, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def signed_by(child, parent):
    if child.issuer != parent.subject:
        return False
    try:
        parent.public_key().verify(child.signature, child.tbs_certificate_bytes,
                                   ec.ECDSA(child.signature_hash_algorithm))
    except (InvalidSignature, AttributeError, TypeError):
        return False
    return True


def is_valid(certificate, at):
    """Newer versions of the library warn of times without zone, older ones have no others."""
    if hasattr(certificate, "not_valid_before_utc"):
        at = at.replace(tzinfo=datetime.timezone.utc)
        return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return certificate.not_valid_before <= at <= certificate.not_valid_after


def path_to(leaf, others, roots, at):
    """A path of valid signatures, names and dates from the leaf to a root, or None."""
    if not is_valid(leaf, at):
        return None
    for root in roots:
        if signed_by(leaf, root) and is_valid(root, at):
            return [leaf, root]
    for index, other in enumerate(others):
        if signed_by(leaf, other):
            rest = path_to(other, others[:index] + others[index + 1:], roots, at)
            if rest:
                return [leaf] + rest
    return None


def body_of(exchange):
    if "body" in exchange:
        return exchange["body"].encode()
    return base64.b64decode(exchange["body_base64"])


def roots_of(token, signer):
    """The members of a trust list that are signed by the STI-PA."""
    head, payload, signature = token.split(".")
    assert json.loads(decode(head))["alg"] == "ES256"
    assert signature_holds(signer.public_key(), decode(signature), f"{head}.{payload}".encode())
    members = [certificates(pem.encode())[0] for pem in json.loads(decode(payload))["trustList"]]
    return [member for member in members if member.issuer == member.subject]


def judge(case, roots):
    """Why an outsider would not believe any Identity header of the case; None: he would."""
    exchanges = {exchange["url"]: exchange for exchange in case["http"]}
    if not case["configuration"].get("refetch_on_bad_signature"):
        exchanges.update((exchange["url"], exchange) for exchange in case.get("cached", []))
    at = datetime.datetime.fromisoformat(case["verification_time"].replace("Z", ""))
    why = "no Identity header"
    for value in case["identity"]:
        token, *parameters = value.split(";")
        token = token.strip()
        info = [re.fullmatch(r"\s*info\s*=\s*<(.*)>\s*", parameter, re.IGNORECASE)
                for parameter in parameters]
        url = next((match.group(1) for match in info if match), None)
        parts = token.split(".")
        if url not in exchanges or len(parts) != 3 or not parts[0]:
            why = "no full token with a URL that answers"
            continue
        exchange = exchanges[url]
        if exchange.get("status") != 200:
            why = "not fetched"
            continue
        chain = certificates(body_of(exchange))
        if not signature_holds(chain[0].public_key(), decode(parts[2]),
                               f"{parts[0]}.{parts[1]}".encode()):
            why = "the signature does not verify"
            continue
        if not path_to(chain[0], chain[1:], roots, at):
            why = "no path to a listed root"
            continue
        return None
    return why


# Cases that pass in our verifier and that this plain judge cannot follow, and why.
BEYOND = {
    "identity/compact-base": "the token must be rebuilt from the call",
}


def check_types(value, schema, definitions, where):
    """As much of JSON Schema as the catalogue's schema uses."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), f"{where}: not {schema['type']}"
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value}"
    if "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{where}: {value}"
    if "oneOf" in schema:
        fits = [all(name in value for name in one["required"]) for one in schema["oneOf"]]
        assert sum(fits) == 1, f"{where}: oneOf"
    for name in schema.get("required", []):
        assert name in value, f"{where}: {name} is missing"
    if isinstance(value, dict):
        for name, member in value.items():
            rule = schema.get("properties", {}).get(name, schema.get("additionalProperties", True))
            assert rule is not False, f"{where}: {name} is not in the schema"
            if isinstance(rule, dict):
                check_types(member, rule, definitions, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for index, member in enumerate(value):
            check_types(member, schema["items"], definitions, f"{where}[{index}]")


def check_catalogue(folder):
    def read(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    catalogue = json.loads(read("vectors.json"))
    schema = json.loads(read("vectors.schema.json"))
    check_types(catalogue, schema, schema["definitions"], "vectors.json")
    signer, pa_root = certificates(read("sti-pa-signer.pem"))
    assert certificates(read("sti-pa-root.pem")) == [pa_root] and signed_by(signer, pa_root)
    crl = x509.load_der_x509_crl(read("crl.der"))
    assert crl.is_signature_valid(signer.public_key()) and crl.issuer == signer.subject
    roots = roots_of(read("trust-list.jwt").decode(), signer)
    assert roots == certificates(read("trusted-roots.pem"))
    assert not set(roots) & set(certificates(read("delisted-roots.pem")))

    wrong = []
    agreed = refused = 0
    for case in catalogue["cases"]:
        mine = roots
        if "trust_list" in case:
            try:
                mine = roots_of(case["trust_list"], signer)
            except AssertionError:
                mine = []
        passing = [name for name, verdict in case["expected"].items() if verdict["passed"]]
        steps = {verdict.get("step") for verdict in case["expected"].values()}
        if "rfc8224" in passing:
            why = judge(case, mine)
            if why and case["id"] not in BEYOND:
                wrong.append(f"{case['id']}: to pass, but {why}")
            agreed += not why
        elif steps == {"signature_verifies"} and len(case["identity"]) == 1:
            if not judge(case, mine):
                wrong.append(f"{case['id']}: to fail at its signature, which verifies")
            refused += 1
    for line in wrong:
        print(line)
    print(f"{len(catalogue['cases'])} cases: {agreed} believed as expected, {refused} signatures "
          f"refused as expected, {len(BEYOND)} beyond this judge, {len(wrong)} disagreements")
    return not wrong and agreed > 0 and refused > 0


def main():
    warnings.simplefilter("ignore")  # Of serial numbers that are wrong on purpose.
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        first, second = os.path.join(folder, "first"), os.path.join(folder, "second")
        for each in (first, second):
            subprocess.run([program, "vectors", "-o", each], check=True, stdout=subprocess.DEVNULL)
        same, different, missing = filecmp.cmpfiles(first, second, FILES, shallow=False)
        assert sorted(os.listdir(first)) == sorted(FILES), os.listdir(first)
        assert len(same) == len(FILES), f"not the same twice: {different + missing}"
        return 0 if check_catalogue(first) else 1


if __name__ == "__main__":
    sys.exit(main())
