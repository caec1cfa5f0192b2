"""Each expectation of the library fails when the mechanism that it is about is taken away.

    python3 tests/replays/remove_mechanisms.py BINARY SCENARIO

Plays the scenario once for each entry of MECHANISMS, with the mechanism removed by --set, and wants
exactly that expectation (others may fail as well) to be unmet and exit code 1.
"""

import json
import os
import subprocess
import sys
import tempfile

P = "ecosystem.providers"
E = "ecosystem.enterprises"
T = "ecosystem.transit"

# Scenario -> expectation -> the overrides that remove its mechanism.
MECHANISMS = {
    "first-call": {
        "honest-calls-pass": ["ecosystem.cas.ca-one.listed=false"],
        "unsigned-calls-have-no-verdict": ["timeline.0.with=own_ca"],
        "a-foreign-ca-is-refused": ["timeline.1.with=no_identity"],
        "the-second-call-needs-no-fetch": [f"{P}.beta-voice.verify.cache=none"],
        "nobody-waits-long": ["network.latency=300ms"],
    },
    "rotation": {
        "no-call-is-lost": [f"{P}.acme-tel.certificate.switch=at_once"],
        "every-ten-minutes-a-new-certificate": [f"{P}.acme-tel.certificate.lifetime=8h",
                                                f"{P}.acme-tel.certificate.every=6h"],
        "haste-loses-calls": [f"{P}.hasty-tel.certificate.switch=when_fetchable"],
        "haste-loses-only-the-gap": [f"{P}.hasty-tel.repository.publication_delay=2h"],
        "in-place-loses-calls": [f"{P}.inplace-tel.certificate.publish=new_url"],
        "callers-do-not-wait": [f"{P}.beta-voice.verify.cache=none", "network.latency=100ms"],
    },
    "ca-delisting": {
        "hourly-is-safe-within-an-hour": [f"{P}.hourly.verify.ca_list.refresh=24h"],
        "daily-is-safe-within-a-day": [f"{P}.daily.verify.ca_list.refresh=never",
                                       f"{P}.daily.verify.ca_list.enforce_expiry=false"],
        "expiry-ends-trust": [f"{P}.once.verify.ca_list.enforce_expiry=false"],
        "without-expiry-it-never-ends": [f"{P}.blind.verify.ca_list.enforce_expiry=true"],
        "kept-verdicts-never-end": [f"{P}.sticky.verify.cached_verdicts=drop"],
        "others-are-untouched": [f"{P}.gamma-tel.ca=ca-one"],
        "others-are-untouched-daily": [f"{P}.gamma-tel.ca=ca-one"],
        "an-expired-list-trusts-nobody": [f"{P}.once.verify.ca_list.enforce_expiry=false"],
        "delisted-calls-fail-at-the-chain": ["timeline.0.ca=ca-two"],
        "acme-recovers": ["timeline.1.to=ca-one"],
        "acme-recovers-daily": ["timeline.1.to=ca-one"],
        "what-it-cost-acme": ["timeline.1.to=ca-one"],
        "who-was-affected": [f"{P}.delta-tel.ca=ca-two"],
    },
    "key-compromise": {
        "ten-minute-certificates-end-it": [f"{P}.short-tel.certificate.every=6h",
                                           f"{P}.short-tel.certificate.lifetime=8h"],
        "and-need-no-detection": [f"{P}.short-tel.certificate.lifetime=90d"],
        "hourly-crl": [f"{P}.hourly.verify.revocation=none"],
        "twelve-hourly-crl": [f"{P}.twelve-hourly.verify.revocation=none"],
        "no-control-no-end": [f"{P}.unchecking.verify.revocation.crl.refresh=1h"],
        "few-forged-calls-pass-there": [f"{P}.hourly.verify.revocation=none"],
        "revoked-calls-fail-there": [f"{P}.hourly.verify.revocation=none"],
        "nothing-to-steal-in-an-hsm": [f"{P}.vault-tel.keys=memory"],
        "short-tel-loses-no-call": [f"{P}.short-tel.repository.publication_delay=30s",
                                    f"{P}.short-tel.certificate.switch=at_once"],
        "long-tel-loses-no-call": ["timeline.4.at=9h"],
        "the-price-of-short-certificates": [f"{P}.short-tel.certificate.every=6h",
                                            f"{P}.short-tel.certificate.lifetime=8h"],
        "and-of-long-ones": [f"{P}.long-tel.certificate.lifetime=12h",
                              f"{P}.long-tel.certificate.renew_before=4h"],
        "an-envelope-costs-milliseconds": ["network.latency=20ms"],
    },
    "delegation": {
        "in-range-passes": [f"{E}.call-center.certificate.numbers=[\"+1970555\"]",
                            f"{E}.call-center.certificate.enforce_scope=false"],
        "out-of-range-fails-at-coverage": [
            f"{E}.call-center.certificate.numbers=[\"+1303555\", \"+1970555\"]",
            f"{P}.acme-tel.delegates=[\"+1303555\", \"+1970555\"]"],
        "a-shaken-verifier-ignores-base": [f"{P}.shaken-only.verify.policy=rfc8224"],
        "the-provider-vouches": [f"{E}.bank.mode=rfc9060"],
        "over-scoped-fails-at-the-chain": [f"{P}.acme-tel.delegates=[\"+1303555\", \"+1719555\"]"],
        "valid-while-it-lasts": ["ecosystem.cas.ca-one.listed=false"],
        "expired-fails-at-the-chain": [f"{E}.lapsed.certificate.lifetime=30d"],
        "good-until-robbed": ["timeline.1.at=10m"],
        "revoked-fails": [f"{P}.beta-voice.verify.revocation=none"],
        "a-delegate-signs-no-shaken": [f"{E}.pretender.signs=base"],
        "union-takes-listed-and-others": [f"{P}.reads-union.verify.mixed_tn_auth_list=reject"],
        "intersection-takes-listed": [f"{P}.reads-intersection.verify.mixed_tn_auth_list=reject"],
        "intersection-refuses-others": [f"{P}.reads-intersection.verify.mixed_tn_auth_list=union"],
        "refused-takes-nothing": [f"{P}.reads-refused.verify.mixed_tn_auth_list=union"],
    },
    "revocation-policies": {
        "ocsp-ends-it-within-minutes": [f"{P}.ocsp-hard.verify.revocation.ocsp.refresh=55m"],
        "revoked-calls-fail-there": [f"{P}.ocsp-hard.verify.revocation=none"],
        "soft-is-as-quick": [f"{P}.ocsp-soft.verify.revocation=none"],
        "soft-opens-in-the-outage": [f"{P}.ocsp-soft.verify.revocation.ocsp.on_failure=hard"],
        "soft-shuts-after-it": ["timeline.7.for=5h"],
        "soft-loses-no-call": [f"{P}.ocsp-soft.verify.revocation.ocsp.on_failure=hard"],
        "hard-turns-the-honest-away": [f"{P}.ocsp-hard.verify.revocation.ocsp.on_failure=soft"],
        "answers-bridge-the-first-half-hour": ["ecosystem.cas.ca-one.ocsp.valid_for=5m"],
        "hard-recovers": ["timeline.7.for=5h"],
        "another-ca-is-untouched": [f"{P}.other-tel.ca=ca-one"],
        "the-crl-takes-hours": [f"{P}.crl-hourly.verify.revocation=none"],
        "the-crl-needs-no-responder": [f"{P}.crl-hourly.verify.revocation="
                                       "{ocsp: {on_failure: hard}}"],
        "unchecked-it-never-ends": [f"{P}.unchecking.verify.revocation.crl.refresh=1h"],
        "a-kept-answer-takes-no-time": [f"{P}.ocsp-hard.verify.revocation.ocsp.refresh=1s"],
    },
    "crl-life-cycle": {
        "all-are-on-the-next-list": ["timeline.1.count=1202"],
        "within-the-hour": ["ecosystem.policy_administrator.crl.publish_every=3h"],
        "nobody-is-refused-before-publication": [
            "ecosystem.policy_administrator.crl.on_revocation=publish_at_once"],
        "refused-once-published": [f"{P}.hard.verify.revocation.crl.refresh=4h"],
        "the-last-list-bridges-the-outage": [
            "ecosystem.policy_administrator.crl.valid_for=1h"],
        "and-still-refuses": ["ecosystem.policy_administrator.crl.valid_for=1h"],
        "expired-lets-the-revoked-in-softly": [
            f"{P}.soft.verify.revocation.crl.on_failure=hard"],
        "expired-turns-everybody-away-hard": [f"{P}.hard.verify.revocation.crl.on_failure=soft"],
        "soft-loses-no-call": [f"{P}.soft.verify.revocation.crl.on_failure=hard"],
        "hard-recovers": ["timeline.2.for=10h"],
        "soft-shuts-again": ["timeline.2.for=10h"],
        "the-outage-is-noticed": ["timeline.2.for=1h"],
        "rollback-is-noticed": [f"{P}.hard.verify.revocation.crl.remember_number=false"],
        "memory-keeps-the-newer-list": [f"{P}.hard.verify.revocation.crl.remember_number=false"],
        "forgetting-lets-the-thief-in": [
            f"{P}.forgetful.verify.revocation.crl.remember_number=true"],
        "and-out-when-it-is-over": ["timeline.8.for=3h 20m"],
        "older-entries-stay": ["timeline.0.at=15h 10m"],
    },
    "diverted-calls": {
        "honest-forwards-verify": [f"{T}.forward-tel.div=none"],
        "a-chain-of-two-verifies": [f"{T}.second-forward.div=none"],
        "whose-number-it-is": ["traffic.own-number.called=[\"+1720555\"]"],
        "not-its-number": [f"{P}.number-reader.verify.number_authority=none"],
        "who-knows-no-div-loses-them": [f"{P}.shaken-only.verify.policy=rfc8224"],
        "a-gateway-saves-them": ["ecosystem.cas.ca-two.listed=false"],
        "without-div": [f"{T}.silent.div=honest"],
        "without-the-original": [f"{T}.forgetful.div=honest"],
        "a-number-not-called": [f"{T}.misnaming.div=honest"],
        "a-target-not-ringing": [f"{T}.misdirecting.div=honest"],
        "another-caller": [f"{T}.renaming.div=honest"],
        "changed-after-signing": [f"{T}.tampering.div=honest"],
        "signed-under-no-listed-ca": ["ecosystem.cas.ca-dark.listed=true"],
        "good-until-revoked": ["timeline.0.at=10m"],
        "revoked-fails": [f"{P}.chain-reader.verify.revocation=none"],
    },
    "delegate-authority-revoked": {
        "good-until-revoked": ["timeline.0.at=10m"],
        "one-entry-on-the-list": ["timeline.0.which=current",
                                  "timeline.0.certificate_of=other-tel"],
        "all-below-it-fall": ["timeline.0.certificate_of=other-tel"],
        "each-of-them": [f"{P}.crl-reader.verify.revocation=none"],
        "unchecked-nothing-falls": [f"{P}.unchecking.verify.revocation.crl.refresh=10m"],
        "who-is-vouched-for-stands": [f"{E}.bank.mode=rfc9060"],
        "the-delegator-itself-stands": ["timeline.0.which=current"],
        "another-delegator-is-untouched": ["timeline.0.certificate_of=other-tel"],
    },
    "delegation-variants": {
        "two-levels-in-scope-pass": [f"{E}.reseller.delegates=[\"+1720555\"]",
                                     f"{E}.clinic.certificate.enforce_scope=false",
                                     f"{E}.boutique.certificate.enforce_scope=false"],
        "one-number-passes": [f"{E}.reseller.delegates=[\"+1720555\"]",
                              f"{E}.clinic.certificate.enforce_scope=false",
                              f"{E}.boutique.certificate.enforce_scope=false"],
        "its-neighbour-fails-at-coverage": [f"{E}.boutique.certificate.numbers=[\"+1303555\"]"],
        "the-second-level-exceeds-the-first": [
            f"{E}.reseller.delegates=[\"+1303555\", \"+1720555\"]"],
        "the-first-level-exceeds-the-provider": [
            f"{P}.acme-tel.delegates=[\"+1303555\", \"+1720555\", \"+1970555\"]"],
        "good-until-revoked": ["timeline.0.at=10m"],
        "one-entry-on-the-list": ["timeline.0.certificate_of=code-tel"],
        "below-a-revoked-level-all-fall": [f"{P}.beta-voice.verify.revocation=none"],
        "beside-it-they-stand": ["timeline.0.which=current"],
        "a-code-covers-its-numbers": [f"{P}.code-tel.delegates=[\"+1720555\"]",
                                      f"{E}.code-shop.certificate.enforce_scope=false"],
        "a-code-says-nothing-of-numbers": [f"{P}.code-tel.delegates=true"],
        "a-database-does": [f"{P}.number-reader.verify.number_authority=none"],
        "kept-constraints-pass": [f"{E}.reminder.claims={{crn: Free cruise}}"],
        "another-value-fails": [f"{E}.pedlar.claims={{crn: Your invoice}}"],
        "a-missing-claim-fails": [f"{E}.taciturn.claims={{crn: Your invoice}}"],
        "an-excluded-claim-fails": [f"{E}.talkative.certificate.constraints=none"],
    },
    "administrator-key-roll": {
        "who-holds-the-root-notices-nothing": [f"{P}.rooted.verify.ca_list.pin_signer=true"],
        "tokens-go-on": ["timeline.1.provider=busy-tel"],
        "the-pinned-refuse-newer-lists": [f"{P}.pinned.verify.ca_list.pin_signer=false"],
        "and-live-on-the-last": ["ecosystem.policy_administrator.ca_list.valid_for=2h"],
        "until-it-expires": [f"{P}.pinned.verify.ca_list.pin_signer=false"],
        "a-suspension-shows-at-the-renewal": [
            f"{P}.suspended-tel.certificate.lifetime=4h",
            f"{P}.suspended-tel.certificate.renew_before=30m"],
        "then-it-signs-no-call": [f"{P}.suspended-tel.certificate.lifetime=12h"],
        "no-login-while-suspended": ["timeline.1.provider=removed-tel"],
        "reinstated-it-recovers": ["timeline.4.provider=removed-tel"],
        "the-withdrawn-is-revoked": ["timeline.2.certificates=keep"],
        "as-its-ca-reports": ["timeline.2.certificates=keep"],
        "kept-until-it-expires": ["timeline.3.certificates=revoke"],
        "then-never-again": ["timeline.3.provider=busy-tel"],
        "no-token-for-a-code-that-is-gone": ["timeline.3.provider=busy-tel"],
    },
}

# What no switch takes away: it would be another scenario.
WITHOUT_MECHANISM = {"rotation": {"in-place-loses-no-others"}}


def run(binary, folder, scenario, overrides):
    arguments = [binary, "run", scenario, "--json", "--db", "db.sqlite"]
    for override in overrides:
        arguments += ["--set", override]
    result = subprocess.run(arguments, cwd=folder, capture_output=True, check=False,
                            stdin=subprocess.DEVNULL)
    if result.returncode not in (0, 1):
        print(result.stderr.decode("utf-8", "replace"))
        sys.exit(f"exit code {result.returncode} with {overrides}")
    return result.returncode, json.loads(result.stdout)


def main(binary, scenario):
    binary = os.path.abspath(binary)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        _, whole = run(binary, folder, scenario, [])
        ids = {expectation["id"] for expectation in whole["expectations"]}
        covered = set(MECHANISMS[scenario]) | WITHOUT_MECHANISM.get(scenario, set())
        if ids != covered:
            bad.append(f"expectations and mechanisms differ: {sorted(ids ^ covered)}")
        for expectation, overrides in MECHANISMS[scenario].items():
            code, result = run(binary, folder, scenario, overrides)
            verdict = [one for one in result["expectations"] if one["id"] == expectation]
            if code != 1 or not verdict or verdict[0]["met"]:
                bad.append(f"{expectation} is still met without its mechanism: {verdict}")
            else:
                print(f"{expectation}: {verdict[0]['actual']}, wanted {verdict[0]['expected']}")
    if bad:
        sys.exit("\n".join(bad))


if __name__ == "__main__":
    main(*sys.argv[1:])
