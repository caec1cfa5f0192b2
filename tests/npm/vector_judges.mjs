// Judges what tests/vectors/npm_judges.py gives it on standard input: chains by pkijs and by
// @peculiar/x509, PASSporTs by jose. Writes, for each judge, [case, whether it holds, why] of every
// question to standard output. All in JSON.
import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import * as jose from 'jose';
import pkijs from 'pkijs';
import * as x509 from '@peculiar/x509';

pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }));
x509.cryptoProvider.set(webcrypto);

function octets(base64) {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

// Its own certification path engine: RFC 5280 §6, revocation aside.
async function byPkijs({ chain, anchors, time }) {
  const [leaf, ...rest] = chain.map((der) => pkijs.Certificate.fromBER(octets(der)));
  const engine = new pkijs.CertificateChainValidationEngine({
    certs: [...rest, leaf],
    trustedCerts: anchors.map((der) => pkijs.Certificate.fromBER(octets(der))),
    checkDate: new Date(time),
  });
  const verdict = await engine.verify({ passedWhenNotRevValues: true });
  return [verdict.result, verdict.resultMessage ?? ''];
}

// Its builder goes by names, key identifiers and signatures; the dates are ours to compare.
async function byPeculiar({ chain, anchors, time }) {
  const trusted = anchors.map((der) => new x509.X509Certificate(octets(der)));
  const [leaf, ...rest] = chain.map((der) => new x509.X509Certificate(octets(der)));
  const builder = new x509.X509ChainBuilder({ certificates: [...trusted, ...rest] });
  const path = await builder.build(leaf);
  const at = new Date(time);
  if (path.some((one) => at < one.notBefore || at > one.notAfter)) return [false, 'a date'];
  const end = path[path.length - 1];
  return [trusted.some((one) => end.equal(one)), `ends at ${end.subject}`];
}

async function byJose({ token, certificate }) {
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
  const key = await jose.importX509(pem, 'ES256');
  await jose.compactVerify(token, key, { algorithms: ['ES256'] });
  return [true, ''];
}

async function ask(judge, questions) {
  const answers = [];
  for (const question of questions) {
    let answer;
    try {
      answer = await judge(question);
    } catch (error) {
      answer = [false, `${error.name ?? ''} ${error.message ?? error.resultMessage ?? error}`];
    }
    answers.push([question.case, ...answer]);
  }
  return answers;
}

const given = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(
  JSON.stringify({
    pkijs: await ask(byPkijs, given.chains),
    '@peculiar/x509': await ask(byPeculiar, given.chains),
    jose: await ask(byJose, given.tokens),
  }),
);
