// Scenario texts that the tests of the language share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "scenarios/language/parse.h"

namespace shakedown::scenarios {

// Small and good. Tests change one thing of it.
inline constexpr std::string_view kBase = R"(scenario: base
question: Is it good?
ecosystem:
  cas: [{name: ca-one}, {name: ca-two}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-two}
traffic:
  - {from: acme-tel, to: beta-voice, rate: 1/s, for: 10m}
)";

// The scenario of the design's page.
inline constexpr std::string_view kKeyCompromise = R"(scenario: key-compromise
question: How long does a stolen signing key stay useful, and what does each control cost?
epoch: 2026-01-05T09:00:00Z
seed: 7
ecosystem:
  policy_administrator: {crl: {publish_every: 1h}, ca_list: {valid_for: 24h}}
  cas: [{name: ca-one}, {name: ca-two}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, keys: envelope, certificate: {lifetime: 24h, renew_before: 6h, rekey: true}, repository: {cdn: coast-to-coast}}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-two, verify: {policy: rfc8224, cache: http, revocation: {crl: {refresh: 1h}}}}
traffic:
  - {from: acme-tel, to: beta-voice, rate: 1/3s, for: 6h, attest: A}
timeline:
  - {at: 1h,     do: steal_key, of: acme-tel, by: mallory}
  - {at: 1h,     do: call, from: mallory, as: acme-tel, to: beta-voice, rate: 1/10s, for: 5h}
  - {at: 2h,     do: rotate, provider: acme-tel, because: compromise}
  - {at: 2h 5m,  do: revoke, certificate_of: acme-tel, which: stolen, reason: keyCompromise}
expect:
  - {calls_from: acme-tel, passed: {at_least: 99.9%}}
  - {calls_from: mallory, after: 4h 30m, passed: {at_most: 0}}
  - {metric: exposure_window, of: mallory, at_most: 3h 15m}
  - {metric: post_dial_delay, p99: 250ms}
)";

// As kBase with an ecosystem around a story about a repository.
inline constexpr std::string_view kSlowRepository = R"(scenario: slow-repository
question: Do cached certificates carry verifiers through a repository outage?
ecosystem:
  cas:
    - name: ca-one
  providers:
    - name: acme-tel
      spc: 709J
      numbers: [+1201555]
      ca: ca-one
    - name: beta-voice
      spc: 709E
      numbers: [+1415555]
      ca: ca-one
traffic:
  - {from: acme-tel, to: beta-voice, rate: 1/s, for: 20m}
timeline:
  - {at: 10m, do: outage, of: acme-tel/origin, for: 5m}
expect:
  - {calls_from: acme-tel, passed: {at_least: 99%}}
  - {calls_from: acme-tel, failed_at: certificate_fetched, at_most: 12}
)";

// Transit providers and an enterprise.
inline constexpr std::string_view kDelegation = R"(scenario: delegation
question: Is it good?
ecosystem:
  cas: [{name: ca-one}, {name: ca-two}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, delegates: true}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-two}
  transit: [{name: long-haul, does: carry}]
  enterprises:
    - {name: bank, delegated_by: acme-tel, through: beta-voice, numbers: ["+12015550100"], mode: rfc9060}
traffic:
  - {from: bank, to: beta-voice, rate: 1/s, for: 10m}
)";

// Every key of the language, or nearly.
inline constexpr std::string_view kEverything = R"(scenario: everything
question: "Does the parser know all keys?"
description: >
  Long text
  over lines.
epoch: 2026-03-01T00:00:00-05:00
seed: 18
duration: 12h
network:
  preset: us
  regions: {asia: 3ms}
  rtt: {"us-west asia": 110ms, "us-east us-west": 62ms}
  latency: {lognormal: {median: 2ms, p95: 9ms}}
  bandwidth: 100Mbit/s
  loss: 0.1%
  access:
    beta-voice: {latency: {uniform: [1ms, 3ms]}, bandwidth: 10MB/s, loss: 1%}
    acme-tel/origin: {latency: {normal: {mean: 4ms, deviation: 1ms}}}
    acme-tel/edge-us-west: {latency: {quantiles: {p0: 1ms, p50: 2ms, p99.9: 30ms, p100: 1s}}}
  tcp_round_trips: 1
  tls_round_trips: 2
  keep_alive: 30s
ecosystem:
  policy_administrator:
    region: us-central
    crl: {publish_every: 1h, valid_for: 24h, on_revocation: publish_at_once}
    ca_list: {publish_every: 24h, valid_for: 25h}
    token: {valid_for: 2h}
  cas:
    - {name: ca-one, region: us-east, listed: true, certificate_valid_for: 90d, processing: {constant: 1s}, acme: strict}
    - {name: ca-two, listed: false, subscribers: 40}
  providers:
    - name: acme-tel
      region: us-mountain
      spc: "709J"
      numbers: ["+1201555", "+12125550100", "+13035550100-13035550199"]
      ca: ca-one
      keys: hsm
      attest: B
      servers: 4
      certificate:
        lifetime: 24h
        every: 10m
        rekey: false
        publish: in_place
        switch: at_once
        kind: pop
        numbers: ["+12015550100-12015550199"]
      repository:
        cdn: worldwide
        region: us-central
        max_age: 1h
        s_maxage: 5m
        negative_ttl: 2s
        publication_delay: {uniform: [1s, 30s]}
        processing: 2ms
      delegates: true
    - name: beta-voice
      spc: 0123
      numbers: ["+1415555"]
      ca: ca-two
      verify:
        policy: strict
        cache: {mode: http, minimum: 24h, capacity: 100, negative_ttl: 2s, erase_superseded: false}
        revocation: {crl: {refresh: 1h, on_failure: hard, remember_number: false}}
        ca_list: {refresh: never, enforce_expiry: false, pin_signer: true}
        cached_verdicts: keep
        on_failure: reject
        mixed_tn_auth_list: intersection
        number_authority: database
        accept_base: true
        require_identity: true
        check_replay: true
        freshness: 30s
        fetch_timeout: 1s
      external: {verification: "http://127.0.0.1:8080/stir/v1/verification", sip: "127.0.0.1:5060", command: [./verifier, --stdin]}
  transit:
    - {name: long-haul, region: us-central, does: strip}
    - name: gateway
      does: resign
      attest: B
      spc: "555X"
      ca: ca-one
      keys: envelope
      certificate: {lifetime: 7d}
      repository: {cdn: single-edge}
    - {name: forwarder, does: forward, div: other_caller, spc: "556X", numbers: ["+1312555"], ca: ca-one}
  enterprises:
    - name: bank
      delegated_by: acme-tel
      through: acme-tel
      numbers: ["+12015550100-12015550199"]
      mode: atis92
      signs: shaken
      claims: {crn: Your appointment, iss: "Bank"}
      keys: memory
      certificate: {numbers: ["+1201555"], lifetime: 7d, renew_before: 1d, rekey: true, enforce_scope: false, constraints: {must_include: [crn], permitted: {crn: [Your appointment, Your invoice]}, must_exclude: [attest]}}
traffic:
  - {id: steady, from: acme-tel, to: beta-voice, via: [long-haul, gateway], rate: 2/s, for: 1h, start: 30m, attest: C, calling: ["+12125550100"], called: ["+1415555"], pattern: poisson}
  - {from: bank, to: beta-voice, count: 100, for: 10m}
  - {from: acme-tel, to: beta-voice, count: 100, rate: 600/h}
  - {from: acme-tel, to: beta-voice, count: 10}
timeline:
  - {at: 2h, do: call, from: eve, as: acme-tel, to: beta-voice, with: replay, count: 3}
  - {at: 1h, do: steal_key, of: gateway, by: mallory}
  - {at: 1h, do: call, from: mallory, as: acme-tel, to: beta-voice, with: own_ca, rate: 100/min, for: 1m}
  - {at: 1h, do: call, from: mallory, calling: ["+19175550100"], to: beta-voice, count: 1}
  - {at: 1h, do: call, from: acme-tel, to: beta-voice, count: 1}
  - {at: 90m, do: revoke, certificate_of: gateway, which: stolen}
  - {at: 2h, do: rotate, provider: bank, rekey: false}
  - {at: 3h, do: remove_ca, ca: ca-one}
  - {at: 3h, do: move, provider: acme-tel, to: ca-two}
  - {at: 4h, do: restore_ca, ca: ca-one}
  - {at: 4h, do: suspend, provider: beta-voice}
  - {at: 4h, do: reinstate, provider: beta-voice}
  - {at: 4h, do: withdraw_spc, provider: beta-voice, certificates: revoke}
  - {at: 4h, do: remove_account, provider: beta-voice}
  - {at: 4h, do: roll_signer}
  - {at: 4h, do: revoke, certificate_of: acme-tel, which: delegate_ca}
  - {at: 4h, do: note, text: Half of it}
  - {at: 4h, do: revoke_many, ca: ca-two, count: 40, reason: privilegeWithdrawn}
  - {at: 4h, do: mis_issue, ca: ca-two, of: beta-voice, to: mallory}
  - {at: 4h, do: roll_back_crl, back: 2, for: 30m}
  - {at: 5h, do: outage, of: acme-tel/*, for: 5m, probability: 10%}
  - {at: 5h, do: latency, of: ca-one, latency: 500ms, jitter: 50ms}
  - {at: 5h, do: bandwidth, of: acme-tel/edge-us-east, rate: 10kB/s, for: 1m}
  - {at: 5h, do: slow_close, of: acme-tel/origin, latency: 1s}
  - {at: 5h, do: timeout, of: policy-administrator}
  - {at: 5h, do: slicer, of: acme-tel/origin, bytes: 64B, latency: 10ms}
  - {at: 5h, do: limit_data, of: acme-tel/origin, bytes: 1KiB}
  - {at: 5h, do: reset_peer, of: acme-tel/origin}
  - {at: 5h, do: error_status, of: acme-tel/origin, status: 502}
  - {at: 5h, do: corrupt_body, of: acme-tel/origin}
  - {at: 5h, do: clock_skew, of: beta-voice, ppm: -200}
  - {at: 5h, do: clock_step, of: beta-voice, step: -5m}
expect:
  - {id: good, calls_from: acme-tel, calls_to: beta-voice, as: acme-tel, via: gateway, attest: C, after: 1h, before: 2h, passed: 100%}
  - {calls_to: beta-voice, failed: {at_least: 1, at_most: 10}, unverified: 0, attempted: 5}
  - {calls_from: mallory, to: beta-voice, code: 437, exactly: 3}
  - {calls_from: eve, failed_at: iat_is_fresh, failed: 3}
  - {metric: exposure_window, of: mallory, at_most: 1h}
  - {metric: time_to_safety, of: ca-one, to: beta-voice, at_least: 1m, at_most: 1h}
  - {metric: recovery_time, of: acme-tel, at_most: 0}
  - {metric: calls_lost, of: acme-tel, exactly: 7}
  - {metric: verification_latency, of: acme-tel, to: beta-voice, p50: 20ms, mean: {at_most: 30ms}, max: 1s}
  - {metric: cache_hit_ratio, of: beta-voice, at_least: 99.95%}
  - {metric: certificates_issued, at_most: 200, after: 1h}
  - {affected: {by_ca: ca-one, providers: [acme-tel]}}
  - {affected: {by_ca: ca-two, providers: []}}
  - {metric: certificates_revoked, of: ca-two, exactly: 40}
  - {metric: revocation_lag, max: 1h, p999: {at_least: 1m}}
  - {happened: crl_rejected, of: beta-voice, because: crl_number_went_back, after: 1h, at_least: 1, at_most: 9}
measure:
  - {metric: exposure_window, of: mallory, victim: gateway, terminating: beta-voice}
  - {metric: fetch_latency, of: beta-voice, repository_of: acme-tel, after: 1h, before: 2h}
  - {metric: calls_lost, to: beta-voice}
)";

// The scenario, or a failed test that says what is wrong with the text.
inline Scenario parsed(std::string_view text, const ParseOptions& options = {}) {
  ParseOutcome outcome = parse_scenario(text, "good.yaml", options);
  for (const Problem& problem : outcome.problems) ADD_FAILURE() << to_string(problem);
  return outcome.scenario.value_or(Scenario{});
}

}  // namespace shakedown::scenarios
