// Signs a user in with openid-client. It writes the address that the user must open, reads the one that the browser is sent back
// to, and writes a report.
import { createInterface } from 'node:readline';
import * as client from 'openid-client';

const { issuer, client_id, secret, callback, out, scope, service } = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const insecure = { execute: [client.allowInsecureRequests] };

const config = await client.discovery(new URL(issuer), client_id, secret, undefined, insecure);
const verifier = client.randomPKCECodeVerifier();
const checks = {
  pkceCodeVerifier: verifier,
  expectedNonce: client.randomNonce(),
  expectedState: client.randomState(),
  idTokenExpected: true,
};
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  nonce: checks.expectedNonce,
  state: checks.expectedState,
});
console.log(address.href);

const tokens = await client.authorizationCodeGrant(config, new URL((await lines.next()).value), checks);
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
const introspection = await client.tokenIntrospection(config, refreshed.refresh_token);
await client.tokenRevocation(config, refreshed.refresh_token);
const revoked = await client.tokenIntrospection(config, refreshed.refresh_token);
const refusal = await client.refreshTokenGrant(config, refreshed.refresh_token).catch((error) => error);

const program = await client.discovery(new URL(issuer), service.client_id, service.secret, undefined, insecure);
const own = await client.clientCredentialsGrant(program, { scope: service.scope });

const end = client.buildEndSessionUrl(config, {
  id_token_hint: refreshed.id_token,
  post_logout_redirect_uri: out,
  state: 'over',
});
console.log(
  JSON.stringify({
    claims,
    userinfo,
    refreshed: refreshed.claims(),
    introspection,
    revoked,
    refusal: refusal.error,
    own: own.scope,
    end: end.href,
  }),
);
process.exit(0);
