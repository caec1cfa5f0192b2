"""first-call and rotation on the wall clock, shortened, meet the expectations of the long ones.

    python3 tests/wall/shortened_scenarios.py BINARY

The day of `rotation` becomes half a minute: certificates every few seconds, gaps of a second. What
is expected of it is the same; only counts are smaller. Played in virtual time too, where the same
words must come true.
"""

import json
import os
import subprocess
import sys
import tempfile

P = "ecosystem.providers"

SHORTENED = {
    "first-call": [
        "traffic.1.start=1s", "traffic.1.for=6s", "traffic.1.rate=3/s",
        "timeline.0.at=3s", "timeline.0.for=1s", "timeline.1.at=9s", "timeline.1.for=1s",
        "expect.1.before=8s", "expect.2.after=8s", "duration=13s"],
    "rotation": [
        f"{P}.acme-tel.certificate.lifetime=20s", f"{P}.acme-tel.certificate.every=4s",
        f"{P}.acme-tel.repository.publication_delay={{uniform: [200ms, 1s]}}",
        f"{P}.acme-tel.repository.negative_ttl=1s",
        f"{P}.hasty-tel.certificate.lifetime=1m", f"{P}.hasty-tel.certificate.every=8s",
        f"{P}.hasty-tel.repository.publication_delay={{uniform: [700ms, 1500ms]}}",
        f"{P}.hasty-tel.repository.negative_ttl=1s",
        f"{P}.inplace-tel.certificate.lifetime=2m", f"{P}.inplace-tel.certificate.every=12s",
        f"{P}.beta-voice.verify.cache.negative_ttl=500ms",
        "traffic.0.rate=3/s", "traffic.1.rate=8/s", "traffic.2.rate=4/s",
        "traffic.0.for=32s", "traffic.1.for=32s", "traffic.2.for=32s", "duration=34s",
        "expect.1.at_least=8",  # 140 in a day.
        "expect.3.passed.at_least=50%",  # The gaps are no shorter, the time between them is.
        "expect.4.at_least=40"],  # 100 in a day.
}


def start(binary, name, clock):
    arguments = [binary, "run", name, "--clock", clock, "--json", "--quiet", "--db",
                 f"{name}-{clock}.sqlite"]
    for override in SHORTENED[name]:
        arguments += ["--set", override]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)


def finish(process, name, clock):
    """What is wrong with it."""
    out, _ = process.communicate(timeout=240)
    if process.returncode not in (0, 1):
        return [f"{name}, {clock}: ended with {process.returncode}"]
    result = json.loads(out)
    print(name, result["clock"], result["calls"])
    bad = []
    for one in result["expectations"]:
        print(f"  {one['id']}: {one['actual']}, expected {one['expected']}")
        if not one["met"]:
            bad.append(f"{name}, {clock}: {one['id']} is not met: {one['actual']}")
    if result["clock"] != clock or not result["expectations"] or process.returncode != 0:
        bad.append(f"{name}, {clock}: ended with {process.returncode}")
    return bad


def main(binary):
    binary = os.path.abspath(binary)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bad = []
        for name in SHORTENED:
            bad += finish(start(binary, name, "virtual"), name, "virtual")
        # Most of the time both wait: side by side they take half as long.
        running = [(start(binary, name, "wall"), name) for name in SHORTENED]
        for process, name in running:
            bad += finish(process, name, "wall")
        os.chdir("/")
    if bad:
        sys.exit("\n".join(bad))


if __name__ == "__main__":
    main(sys.argv[1])
