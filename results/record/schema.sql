-- What a run of shakedown leaves behind.
--
-- One database holds any number of runs, and every row says which it belongs to. Names say what is
-- meant; a column that ends in _ns is an integer of nanoseconds, since 1970-01-01T00:00:00Z where it
-- names an instant, a difference otherwise. Instants are times of the simulated world unless the
-- comment says that they are the machine's. NULL means "there was none".
--
-- (The tables that grow with every call spell their choices with OR: for a list of three or more
-- after IN, SQLite builds a little table at every insertion, which costs ten times the row.)
--
--   select * from interop_matrix where run = 1;
--   select step, result, took_ns from trace_step where run = 1 and call = 17;

PRAGMA application_id = 1936223076;  -- 'shkd'
PRAGMA user_version = 2;

-- One execution of a scenario, and all that is needed to play it again.
CREATE TABLE run (
  number            INTEGER PRIMARY KEY,
  id                TEXT    NOT NULL UNIQUE,       -- 'rotation-1': what people call it
  scenario          TEXT    NOT NULL,              -- its name
  scenario_file     TEXT    NOT NULL,              -- as the user named it
  scenario_text     TEXT    NOT NULL,              -- the YAML, byte for byte
  scenario_sha256   TEXT    NOT NULL,
  question          TEXT    NOT NULL,
  clock             TEXT    NOT NULL CHECK (clock IN ('virtual', 'wall')),
  seed              TEXT    NOT NULL CHECK (seed NOT GLOB '*[^0-9]*'),  -- 64 bits, unsigned
  shuffle_ties      TEXT    CHECK (shuffle_ties NOT GLOB '*[^0-9]*'),   -- NULL: not shuffled
  overrides         TEXT    NOT NULL CHECK (json_valid(overrides)),     -- [["path", "value"], ...]
  costs             TEXT    NOT NULL CHECK (json_valid(costs)),         -- modelled service times
  version           TEXT    NOT NULL,              -- of shakedown
  openssl_version   TEXT    NOT NULL,              -- the artefact digest holds for it alone
  host              TEXT    NOT NULL,
  started_ns        INTEGER NOT NULL,              -- the machine's clock
  ended_ns          INTEGER,                       -- the machine's clock
  epoch_ns          INTEGER NOT NULL,              -- where the world began
  world_ended_ns    INTEGER,                       -- where it stopped
  state             TEXT    NOT NULL
                    CHECK (state IN ('unfinished', 'finished', 'interrupted', 'failed')),
  end_detail        TEXT,                          -- why it failed or was interrupted
  outcome_digest    TEXT,                          -- who, when, what, why: equal on every machine
  artefact_digest   TEXT,                          -- and the bytes: equal for one OpenSSL version
  digest_form       INTEGER NOT NULL,              -- of what the digests are made of: run_digest.h
  calls             INTEGER NOT NULL DEFAULT 0,    -- these totals are written at the end
  calls_passed      INTEGER NOT NULL DEFAULT 0,
  calls_failed      INTEGER NOT NULL DEFAULT 0,
  calls_unverified  INTEGER NOT NULL DEFAULT 0,
  verifications     INTEGER NOT NULL DEFAULT 0,
  fetches           INTEGER NOT NULL DEFAULT 0,
  late_answers      INTEGER NOT NULL DEFAULT 0,    -- came after their exchange had timed out
  refused_handlers  INTEGER NOT NULL DEFAULT 0,    -- answered 503 by a full pool: a harness fault
  events            INTEGER NOT NULL DEFAULT 0,    -- processed by the world
  lag_p99_ns        INTEGER NOT NULL DEFAULT 0,    -- wall clock: how late waits ended
  blocked           TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(blocked))  -- waited for ever
) STRICT;

-- Who takes part: the ecosystem of the scenario.
CREATE TABLE participant (
  run     INTEGER NOT NULL REFERENCES run (number),
  name    TEXT    NOT NULL,
  role    TEXT    NOT NULL CHECK (role IN (
            'policy_administrator', 'certification_authority', 'repository', 'cdn_edge', 'provider',
            'transit', 'master_key_service', 'enterprise', 'adversary', 'external')),
  region  TEXT,
  detail  TEXT,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

-- One telephone call, recorded when its INVITE was answered or given up. `verification` is the one
-- that the terminating provider made of it (the last, if several); it follows in the same
-- transaction, so it is no foreign key.
CREATE TABLE call (
  number              INTEGER PRIMARY KEY,         -- counts the calls of the database
  run                 INTEGER NOT NULL REFERENCES run (number),
  id                  TEXT    NOT NULL,            -- unique in the run; also the SIP Call-ID
  originating         TEXT    NOT NULL,            -- the actor that placed it
  claims_to_be        TEXT    NOT NULL,            -- whose certificate it carries
  terminating         TEXT    NOT NULL,            -- the provider that it was for
  calling_number      TEXT    NOT NULL,
  called_number       TEXT    NOT NULL,
  via                 TEXT,                        -- transit providers, comma-separated
  attest              TEXT    CHECK (attest = 'A' OR attest = 'B' OR attest = 'C'),
  outcome             TEXT    NOT NULL
                      CHECK (outcome = 'passed' OR outcome = 'failed' OR outcome = 'unverified'),
  sip_status          INTEGER CHECK (sip_status BETWEEN 100 AND 699),
  placed_ns           INTEGER NOT NULL,
  recorded_ns         INTEGER NOT NULL,
  signing_latency_ns  INTEGER,                     -- request to answer, authentication service
  post_dial_delay_ns  INTEGER,                     -- INVITE sent to verdict
  signing_error       TEXT,                        -- why it went out unsigned
  verification        INTEGER
) STRICT;

-- The forms that verifications take: the steps they ran and how each ended, as a JSON array of
-- [step, result] in order. A few dozen serve millions of verifications, of all runs: so no run here.
CREATE TABLE trace_shape (
  number  INTEGER PRIMARY KEY,
  steps   TEXT    NOT NULL UNIQUE CHECK (json_valid(steps))
) STRICT;

-- The signers that verifiers met, of all runs: where the certificate was, which one it was, and
-- whose path it had. One row serves all calls under a certificate. '' means "not known".
CREATE TABLE signer (
  number       INTEGER PRIMARY KEY,
  x5u          TEXT    NOT NULL,
  certificate  TEXT    NOT NULL,                   -- SHA-256 of its DER
  issuer_root  TEXT    NOT NULL,                   -- the STI-CA whose root ended the path
  UNIQUE (x5u, certificate, issuer_root)
) STRICT;

-- One run of a verification service over one call. The first step that failed decided. `trace`
-- packs the times: [[position, started_ns, took_ns], ...] of those steps of the shape (counted from
-- 0) that took time or did not start where the step before had ended. View trace_step unfolds it.
-- `signer` and `trace_shape` are codes that the recorder made itself a moment before: checking them
-- at each row would cost a tenth of it and find nothing, so they are no foreign keys.
CREATE TABLE verification (
  number             INTEGER PRIMARY KEY,          -- counts those of the database
  run                INTEGER NOT NULL REFERENCES run (number),
  call               INTEGER REFERENCES call (number),  -- NULL: a request that came from outside
  unmatched_call_id  TEXT,                         -- of a call whose end was not recorded
  verifier           TEXT    NOT NULL,             -- the actor
  profile            TEXT    NOT NULL,
  verstat            TEXT    NOT NULL CHECK (
                       verstat = 'TN-Validation-Passed' OR verstat = 'TN-Validation-Failed' OR
                       verstat = 'No-TN-Validation' OR verstat = 'other'),
  code               INTEGER CHECK (code BETWEEN 100 AND 699),
  reason             TEXT,                         -- the phrase that goes with the code
  failed_step        TEXT,
  detail             TEXT,                         -- why, for a person
  signer             INTEGER,                      -- signer.number
  attest             TEXT    CHECK (length(attest) = 1),
  started_ns         INTEGER NOT NULL,
  latency_ns         INTEGER NOT NULL,             -- request to answer, verification service
  trace_shape        INTEGER,                      -- trace_shape.number; NULL: no trace
  trace              TEXT    NOT NULL
) STRICT;

-- What can be fetched, and what it means: the recorder writes the words that it knows.
CREATE TABLE fetch_what (
  what         TEXT  PRIMARY KEY,
  description  TEXT  NOT NULL
) STRICT, WITHOUT ROWID;

-- One exchange for something that caches hold. No foreign key to `call`: a fetch is recorded before
-- the call that waits for it.
CREATE TABLE fetch (
  run         INTEGER NOT NULL REFERENCES run (number),
  number      INTEGER NOT NULL,
  actor       TEXT    NOT NULL,                    -- who asked
  call_id     TEXT,                                -- call.id of the call that waited for it
  what        TEXT    NOT NULL REFERENCES fetch_what (what),
  url         TEXT    NOT NULL,
  edge        TEXT,                                -- who answered
  result      TEXT    NOT NULL CHECK (
                result = 'hit' OR result = 'stale' OR result = 'miss' OR result = 'error'),
  status      INTEGER CHECK (status BETWEEN 100 AND 599),
  octets      INTEGER NOT NULL,                    -- of the body of the answer; 0: none
  ended_ns    INTEGER NOT NULL,
  latency_ns  INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- A certificate that an authority (or a delegating provider) made.
CREATE TABLE certificate (
  run            INTEGER NOT NULL REFERENCES run (number),
  fingerprint    TEXT    NOT NULL,                 -- SHA-256 of the DER
  kind           TEXT    NOT NULL CHECK (kind IN (
                   'root', 'intermediate', 'end_entity', 'delegate_ca', 'delegate')),
  ca             TEXT    NOT NULL,                 -- who issued it
  issued_to      TEXT    NOT NULL,
  subject        TEXT    NOT NULL,
  serial         TEXT    NOT NULL,
  tn_auth_list   TEXT,
  not_before_ns  INTEGER NOT NULL,
  not_after_ns   INTEGER NOT NULL,
  recorded_ns    INTEGER NOT NULL,
  der            BLOB    NOT NULL,
  PRIMARY KEY (run, fingerprint)
) STRICT, WITHOUT ROWID;

-- An attempt of a provider to get a certificate into use.
CREATE TABLE issuance (
  run           INTEGER NOT NULL REFERENCES run (number),
  number        INTEGER NOT NULL,
  provider      TEXT    NOT NULL,
  ca            TEXT    NOT NULL,
  because       TEXT    NOT NULL,                  -- 'first', 'renewal', 'rotation', or an order's own word
  issued        INTEGER NOT NULL CHECK (issued IN (0, 1)),
  error         TEXT,
  fingerprint   TEXT,
  url           TEXT,                              -- where it was published
  new_key       INTEGER NOT NULL CHECK (new_key IN (0, 1)),
  started_ns    INTEGER NOT NULL,
  published_ns  INTEGER,
  used_from_ns  INTEGER,                           -- signing switched to it
  ended_ns      INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- A revocation that took effect: a CRL of the STI-PA that names the certificate was published.
CREATE TABLE revocation (
  run           INTEGER NOT NULL REFERENCES run (number),
  number        INTEGER NOT NULL,
  fingerprint   TEXT,
  issuer        TEXT    NOT NULL,
  serial        TEXT    NOT NULL,
  reason        TEXT,                              -- RFC 5280 §5.3.1
  reported_by   TEXT,
  reported_ns   INTEGER NOT NULL,
  published_ns  INTEGER NOT NULL,
  crl_number    INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- What can happen beside all this, and what it means: the recorder writes the words that it knows.
CREATE TABLE event_kind (
  kind         TEXT  PRIMARY KEY,
  description  TEXT  NOT NULL
) STRICT, WITHOUT ROWID;

-- Whatever else a reader of the timeline wants to see: 'key_stolen', 'ca_removed', 'fault_began'.
CREATE TABLE event (
  run      INTEGER NOT NULL REFERENCES run (number),
  number   INTEGER NOT NULL,
  at_ns    INTEGER NOT NULL,
  actor    TEXT    NOT NULL,                       -- who recorded it
  kind     TEXT    NOT NULL REFERENCES event_kind (kind),
  subject  TEXT,                                   -- whom or what it happened to
  done_by  TEXT,                                   -- NULL: the scenario's timeline
  detail   TEXT,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- What the scenario expected and what came of it.
CREATE TABLE expectation (
  run       INTEGER NOT NULL REFERENCES run (number),
  position  INTEGER NOT NULL,
  id        TEXT    NOT NULL,
  text      TEXT    NOT NULL,
  met       INTEGER NOT NULL CHECK (met IN (0, 1)),
  expected  TEXT    NOT NULL,
  actual    TEXT    NOT NULL,
  file      TEXT,
  line      INTEGER CHECK (line > 0),
  PRIMARY KEY (run, position),
  UNIQUE (run, id)
) STRICT, WITHOUT ROWID;

-- What was measured: each metric of the whole run, and as expectations and `measure:` narrow it. An
-- empty word narrows nothing; `after` and `before` are moments of the story as scenarios write them
-- ('4h 30m'). A metric that is one number has the statistic 'value', or no row if nothing was
-- recorded for it; one of many values has 'count' and, unless that is 0, all others. In ppm (parts
-- per million) 999000 is 99.9%.
CREATE TABLE metric (
  run            INTEGER NOT NULL REFERENCES run (number),
  id             TEXT    NOT NULL,                 -- 'exposure_window', ...: docs/scenario-language.md
  of             TEXT    NOT NULL,                 -- whose
  victim         TEXT    NOT NULL,                 -- whom somebody pretended to be
  terminating    TEXT    NOT NULL,                 -- the provider that was called
  repository_of  TEXT    NOT NULL,                 -- whose certificates were fetched
  after          TEXT    NOT NULL,
  before         TEXT    NOT NULL,
  statistic      TEXT    NOT NULL CHECK (statistic IN (
                   'value', 'count', 'p50', 'p90', 'p95', 'p99', 'p999', 'mean', 'max')),
  value          INTEGER NOT NULL,
  unit           TEXT    NOT NULL CHECK (unit IN ('count', 'ppm', 'ns')),
  PRIMARY KEY (run, id, of, victim, terminating, repository_of, after, before, statistic)
) STRICT, WITHOUT ROWID;

-- Each call with the verification that its terminating provider made of it.
CREATE VIEW call_detail AS
SELECT c.run, c.number AS call, c.id, c.originating, c.claims_to_be, c.terminating,
       c.calling_number, c.called_number, c.via, c.attest, c.outcome, c.sip_status,
       c.placed_ns, c.recorded_ns, c.signing_latency_ns, c.post_dial_delay_ns, c.signing_error,
       v.number AS verification, v.verifier, v.profile, v.verstat, v.code, v.reason,
       v.failed_step, v.detail, s.x5u, s.certificate, s.issuer_root,
       v.latency_ns AS verification_latency_ns
FROM call AS c
LEFT JOIN verification AS v ON v.number = c.verification
LEFT JOIN signer AS s ON s.number = v.signer;

-- Who reached whom, and with what outcome. An impersonated provider has a row of its own.
CREATE VIEW interop_matrix AS
SELECT run, originating, claims_to_be, terminating,
       count(*) AS calls,
       count(*) FILTER (WHERE outcome = 'passed') AS passed,
       count(*) FILTER (WHERE outcome = 'failed') AS failed,
       count(*) FILTER (WHERE outcome = 'unverified') AS unverified,
       round(100.0 * count(*) FILTER (WHERE outcome = 'passed') / count(*), 2) AS passed_percent
FROM call
GROUP BY run, originating, claims_to_be, terminating;

-- What 'signing' and 'verification' took, per pair of providers. Quantiles are nearest-rank: always
-- measured values.
CREATE VIEW latency_quantiles AS
WITH latency AS (
  SELECT run, 'signing' AS what, originating, terminating, signing_latency_ns AS ns
  FROM call
  WHERE signing_latency_ns IS NOT NULL
  UNION ALL
  SELECT c.run, 'verification', c.originating, c.terminating, v.latency_ns
  FROM call AS c
  JOIN verification AS v ON v.number = c.verification),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY run, what, originating, terminating ORDER BY ns) AS rank,
         count(*) OVER (PARTITION BY run, what, originating, terminating) AS calls
  FROM latency)
SELECT run, what, originating, terminating, calls,
       max(ns) FILTER (WHERE rank = (50 * calls + 99) / 100) AS p50_ns,
       max(ns) FILTER (WHERE rank = (95 * calls + 99) / 100) AS p95_ns,
       max(ns) FILTER (WHERE rank = (99 * calls + 99) / 100) AS p99_ns,
       max(ns) AS max_ns
FROM ranked
GROUP BY run, what, originating, terminating;

-- How long signing took, per pair of providers.
CREATE VIEW signing_latency AS
SELECT run, originating, terminating, calls, p50_ns, p95_ns, p99_ns, max_ns
FROM latency_quantiles
WHERE what = 'signing';

-- How long verification took, per pair of providers.
CREATE VIEW verification_latency AS
SELECT run, originating, terminating, calls, p50_ns, p95_ns, p99_ns, max_ns
FROM latency_quantiles
WHERE what = 'verification';

-- Who stole whose key, or was certified in whose name, and when first.
CREATE VIEW theft AS
SELECT run, done_by AS thief, subject AS victim, min(at_ns) AS stolen_ns
FROM event
WHERE kind IN ('key_stolen', 'certificate_mis_issued') AND done_by IS NOT NULL
GROUP BY run, done_by, subject;

-- How long each thief could use what it stole: from the first theft to its last call in the
-- victim's name that passed. No such call: exposed_ns is 0 and last_passed_ns is NULL.
CREATE VIEW exposure AS
SELECT t.run, t.thief, t.victim, t.stolen_ns,
       max(c.placed_ns) FILTER (WHERE c.outcome = 'passed') AS last_passed_ns,
       coalesce(max(c.placed_ns) FILTER (WHERE c.outcome = 'passed') - t.stolen_ns, 0)
         AS exposed_ns,
       count(c.number) FILTER (WHERE c.outcome = 'passed') AS passed,
       count(c.number) AS attempted
FROM theft AS t
LEFT JOIN call AS c ON c.run = t.run AND c.originating = t.thief AND c.claims_to_be = t.victim
                   AND c.placed_ns >= t.stolen_ns
GROUP BY t.run, t.thief, t.victim;

-- What relies on a CA: its certificates and those delegated below them, the providers that hold
-- them, the calls that were signed with them. Ask with a time:
--   select * from affected_by_ca where run = 1 and ca = 'ca-one' and until_ns >= ...;
CREATE VIEW affected_by_ca AS
WITH RECURSIVE reliant (run, ca, fingerprint, kind, holder, from_ns, until_ns) AS (
  SELECT run, ca, fingerprint, kind, issued_to, not_before_ns, not_after_ns
  FROM certificate
  WHERE kind IN ('end_entity', 'delegate_ca')
  UNION
  SELECT c.run, r.ca, c.fingerprint, c.kind, c.issued_to, c.not_before_ns, c.not_after_ns
  FROM reliant AS r
  JOIN certificate AS c ON c.run = r.run AND c.ca = r.holder
  WHERE r.kind = 'delegate_ca' AND c.kind IN ('delegate', 'delegate_ca'))
SELECT run, ca, 'certificate' AS what, fingerprint AS id, holder, from_ns, until_ns
FROM reliant
UNION ALL
SELECT run, ca, 'provider', holder, holder, min(from_ns), max(until_ns)
FROM reliant
GROUP BY run, ca, holder
UNION ALL
SELECT c.run, r.ca, 'call', c.id, c.claims_to_be, c.placed_ns, c.recorded_ns
FROM reliant AS r
JOIN signer AS s ON s.certificate = r.fingerprint
JOIN verification AS v ON v.run = r.run AND v.signer = s.number
JOIN call AS c ON c.number = v.call
GROUP BY r.ca, c.number;

-- The packed traces, one row a step.
CREATE VIEW trace_step AS
SELECT v.run, v.call, v.number AS verification, v.verifier,
       shape.key + 1 AS position,
       shape.value ->> 0 AS step,
       shape.value ->> 1 AS result,
       CASE WHEN shape.value ->> 1 = 'skipped' THEN NULL
            ELSE coalesce(
              own.value ->> 1,
              (SELECT (e.value ->> 1) + (e.value ->> 2) FROM json_each(v.trace) AS e
               WHERE e.value ->> 0 < shape.key ORDER BY e.key DESC LIMIT 1),
              0)
       END AS started_ns,
       CASE WHEN shape.value ->> 1 = 'skipped' THEN NULL
            ELSE coalesce(own.value ->> 2, 0)
       END AS took_ns
FROM verification AS v
JOIN trace_shape AS t ON t.number = v.trace_shape
JOIN json_each(t.steps) AS shape
LEFT JOIN json_each(v.trace) AS own ON own.value ->> 0 = shape.key;
