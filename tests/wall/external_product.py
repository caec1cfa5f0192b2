"""A provider of a wall-clock scenario played by another process: our own verification service.

    python3 tests/wall/external_product.py BINARY

One process plays a scenario whose beta-voice is `external:`; the other one serves an ecosystem,
told to verify against the first one's CA list. Every honest call must pass there, every call under
a rogue CA must not. Then, without the other process, the run must give up with exit code 6.
"""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SCENARIO = """
scenario: external-verifier
question: Does an outsider's verification service judge our calls as ours would?
duration: 8s
ecosystem:
  cas: [{name: ca-one}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one}
    - name: beta-voice
      spc: "818H"
      numbers: ["+1415555"]
      ca: ca-one
      external: {verification: "https://127.0.0.1:%d/beta-voice.test"}
traffic:
  - {from: acme-tel, to: beta-voice, count: 10, for: 4s}
timeline:
  - {at: 5s, do: call, from: mallory, as: acme-tel, to: beta-voice, count: 3, for: 1s, with: own_ca}
expect:
  - {id: honest, calls_from: acme-tel, passed: {exactly: 10}}
  - {id: rogue, calls_from: mallory, code: 437, failed: {exactly: 3}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_file(path, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not os.path.exists(path):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{path} was never written (exit code {process.poll()})")
        time.sleep(0.1)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check_not_ready(binary, folder):
    """A verifier without a CA list yet must not judge: it would refuse honest calls."""
    port = free_port()
    serve = subprocess.Popen(
        [binary, "serve", "--port", str(port), "--trust-list",
         f"https://127.0.0.1:{free_port()}/list", "--trust-anchor", "anchor.pem"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    trust_anyone = ssl.create_default_context()
    trust_anyone.check_hostname = False
    trust_anyone.verify_mode = ssl.CERT_NONE
    url = f"https://127.0.0.1:{port}/beta-voice.test/stir/v1/verification"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(url, context=trust_anyone, timeout=10)
            except urllib.error.HTTPError as refused:
                body = json.load(refused)
                if refused.code != 503 or "POL5000" not in json.dumps(body):
                    sys.exit(f"without a CA list it answered {refused.code} {body}")
                return
            except OSError:
                time.sleep(0.1)  # Nobody listens yet.
            else:
                sys.exit("without a CA list it answered as if it had one")
        sys.exit("it never listened")
    finally:
        serve.kill()
        serve.wait(timeout=20)


def main(binary):
    binary = os.path.abspath(binary)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with open(os.path.join(folder, "external.yaml"), "w", encoding="utf-8") as file:
            file.write(SCENARIO % port)
        run = subprocess.Popen(
            [binary, "run", "external.yaml", "--clock", "wall", "--json", "--ready-file", "a.json",
             "--wait-external", "60s"],
            cwd=folder, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        ready = wait_for_file(os.path.join(folder, "a.json"), run)
        trust = ssl.create_default_context(cadata=ready["tls_ca_pem"])
        with urllib.request.urlopen(ready["trust_anchor_url"], context=trust, timeout=10) as answer:
            anchor = answer.read()
        with open(os.path.join(folder, "anchor.pem"), "wb") as file:
            file.write(anchor)
        with open(os.path.join(folder, "tls.pem"), "w", encoding="utf-8") as file:
            file.write(ready["tls_ca_pem"])
        serve = subprocess.Popen(
            [binary, "serve", "--port", str(port), "--trust-list", ready["trust_list"],
             "--trust-anchor", "anchor.pem", "--ready-file", "b.json"],
            cwd=folder, stdin=subprocess.DEVNULL)
        try:
            out, _ = run.communicate(timeout=120)
        finally:
            serve.send_signal(signal.SIGTERM)
        if serve.wait(timeout=20) != 0:
            sys.exit(f"serve ended with {serve.returncode}")
        print(out.decode())
        if run.returncode != 0:
            subprocess.run(
                [binary, "sql", "select c.id, c.outcome, c.sip_status, v.code, v.failed_step, "
                 "v.detail, v.reason from call as c left join verification as v "
                 "on v.number = c.verification"],
                cwd=folder, check=False)
            sys.exit(f"the run ended with {run.returncode}")
        result = json.loads(out)
        if result["calls"]["total"] != 13 or result["clock"] != "wall":
            sys.exit("it did not place its calls on the wall clock")
        check_not_ready(binary, folder)
        alone = subprocess.run(
            [binary, "run", "external.yaml", "--clock", "wall", "--wait-external", "2s", "--quiet"],
            cwd=folder, stdin=subprocess.DEVNULL, check=False, timeout=120)
        if alone.returncode != 6:
            sys.exit(f"without the outsider it ended with {alone.returncode}, expected 6")


if __name__ == "__main__":
    main(sys.argv[1])
