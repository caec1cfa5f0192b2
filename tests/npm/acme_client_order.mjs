// Orders a certificate with npm's acme-client as tests/wall/acme_npm.py tells it on standard input,
// and writes what it saw to standard output, both as JSON. acme-client's own completeChallenge()
// always posts {}, and its auto() knows the challenges of names alone: a token goes by the API below.
import { readFileSync } from 'node:fs';
import acme from 'acme-client';

const wish = JSON.parse(readFileSync(0, 'utf8'));

const client = new acme.Client({
  directoryUrl: wish.directory,
  accountKey: wish.account_key,
  backoffAttempts: 30,
  backoffMin: 100,
  backoffMax: 1000,
});

// The type of the last problem document, which acme-client's errors do not tell.
let problem = '';
acme.axios.interceptors.response.use((response) => {
  if (response.status >= 400 && response.data) problem = response.data.type;
  return response;
});

// Why the server refused: "TYPE: its own words"; "" if it did not.
async function refused(promise) {
  problem = '';
  try {
    await promise;
    return '';
  } catch (error) {
    const type = (problem || '').replace('urn:ietf:params:acme:error:', '');
    return type ? `${type}: ${error.message}` : error.message;
  }
}

const seen = {};
await client.createAccount({ termsOfServiceAgreed: true, contact: ['mailto:a@acme-tel.test'] });
const order = await client.createOrder({
  identifiers: [{ type: 'TNAuthList', value: wish.identifier }],
});
const [authorization] = await client.getAuthorizations(order);
seen.identifier = authorization.identifier;
const challenge = authorization.challenges.find((each) => each.type === 'tkauth-01');
seen.challenge = challenge;

seen.empty_answer = await refused(client.completeChallenge(challenge));
seen.key_authorization = await refused(client.getChallengeKeyAuthorization(challenge));
seen.early = await refused(client.finalizeOrder(order, wish.csr));

await client.api.completeChallenge(challenge.url, { [wish.member]: wish.token });
seen.invalid = await refused(client.waitForValidStatus(authorization));
if (!seen.invalid) {
  const finalized = await client.finalizeOrder(order, wish.csr);
  seen.chain = await client.getCertificate(finalized);
  if (wish.revoke) {
    await client.revokeCertificate(seen.chain, { reason: 4 });
    seen.revoked_twice = await refused(client.revokeCertificate(seen.chain, { reason: 4 }));
    await client.updateAccountKey(wish.next_account_key);
    seen.account = (await client.updateAccount({ contact: ['mailto:b@acme-tel.test'] })).contact;
    await client.updateAccount({ status: 'deactivated' });
    seen.deactivated = await refused(
      client.createOrder({ identifiers: [{ type: 'TNAuthList', value: wish.identifier }] }),
    );
  }
}
process.stdout.write(JSON.stringify(seen));
