// Signs a user in with Auth.js. It writes the address that the user must open, reads the one that the browser is sent back to,
// and writes the session.
import { createInterface } from 'node:readline';
import { Auth } from '@auth/core';

const { issuer, client_id, secret, application } = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const cookies = new Map();
const config = {
  basePath: '/auth',
  secret: 'of the shop',
  trustHost: true,
  providers: [
    {
      id: 'connect',
      name: 'Connect',
      type: 'oidc',
      issuer,
      clientId: client_id,
      clientSecret: secret,
      checks: ['pkce', 'state', 'nonce'],
    },
  ],
  callbacks: {
    jwt: ({ token, profile }) => ({ ...token, ...(profile && { amr: profile.amr, subject: profile.sub }) }),
    session: ({ session, token }) => ({ ...session, amr: token.amr, subject: token.subject }),
  },
};

async function visit(address, form) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  const body = form && new URLSearchParams(form);
  const answer = await Auth(new Request(address, { method: form ? 'POST' : 'GET', headers, body }), config);
  for (const line of answer.headers.getSetCookie()) {
    const [pair] = line.split(';');
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  return answer;
}

const { csrfToken } = await (await visit(`${application}/auth/csrf`)).json();
const sent = await visit(`${application}/auth/signin/connect`, { csrfToken, callbackUrl: application });
console.log(sent.headers.get('location'));
const back = await visit((await lines.next()).value);
const session = await (await visit(`${application}/auth/session`)).json();
console.log(JSON.stringify({ ...session, location: back.headers.get('location') }));
process.exit(0);
