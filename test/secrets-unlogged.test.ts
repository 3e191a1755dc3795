import { afterAll, expect, it } from 'vitest';
import { Metrics } from '../src/platform/observability/metrics.ts';
import { observeHttp } from '../src/platform/observability/observe-http.ts';
import { registerOAuth, registerSignIn, tenancyRoutes } from '../src/tenancy/index.ts';
import { Api } from './support/http/api.ts';
import { asOwner, People } from './support/books/people.ts';

const people = new People();
const lines: string[] = [];
const keep = (...parts: unknown[]) =>
  void lines.push(JSON.stringify(parts, (_, value) => (value instanceof Error ? `${value.stack}` : value)));
const platform = { ...people.platform, log: { info: keep, warn: keep, error: keep } };
const api = new Api(platform, tenancyRoutes);
afterAll(() => api.close());

it('no secret reaches the log or the audit log, whatever happens to the request', async () => {
  observeHttp(api.server, { platform, metrics: new Metrics() });
  await registerSignIn(api.server, platform);
  await registerOAuth(api.server, platform, { publicUrl: 'http://localhost' });
  const password = 'hemmelig passord nummer sju';
  const user = await people.user(undefined, password);
  const token = await people.token(user.id);
  const id = await people.clientAccount(user.id);
  const me = api.as(token);
  const made = await me.post('/access-tokens', { name: 'x' }, { 'idempotency-key': 'logg' });
  const client = await me.post('/oauth/clients', { client_name: 'x', grant_types: ['client_credentials'] });
  const email = `logg${Date.now()}@example.test`;
  await me.post('/invitations', { email, client_account_id: id, role_id: 1 }, { 'idempotency-key': 'logg2' });
  const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1', [email]);
  const invitation = /\/invitations\/(\S+)/.exec(rows[0].text_body)![1]!;
  const signIn = await api.call('POST', '/api/v2/sessions', { body: { email: user.email, password } });
  const session = /=([^;]+);/.exec(String(signIn.headers['set-cookie']))![1]!;
  await api.call('POST', '/api/v2/sessions', { body: { email: user.email, password: `${password}!` } });
  await api.call('GET', `/public/v2/invitations/${invitation}`);
  await api.call('POST', `/public/v2/invitations/${invitation}/accept`, { body: { password } });
  await api.call('GET', `/api/v2/users/me?access_token=${token}`, { headers: { cookie: `hovedbok=${session}` } });
  // The database becomes unreachable in the middle of a request with secrets.
  await people.platform.database.close();
  const failed = await api.call('GET', `/public/v2/invitations/${invitation}`, {
    headers: { authorization: `Bearer ${token}x` },
  });
  expect(failed.status).toBe(503);
  const stored = await asOwner(
    `select string_agg(t, e'\\n') as text from (
       select a::text from audit_log a where user_id = $1 or client_account_id in (0, $2)
       union all select k::text from idempotency_keys k where user_id = $1) s (t)`,
    [user.id, id],
  );
  const written = `${lines.join('\n')}\n${stored.rows[0].text}`;
  expect(lines.length).toBeGreaterThan(5);
  const secrets = { password, token, made: made.body.token, client: client.body.client_secret, invitation, session };
  for (const [name, secret] of Object.entries(secrets)) {
    expect([name, secret]).toEqual([name, expect.stringMatching(/.{15,}/)]);
    expect([name, written.includes(secret)]).toEqual([name, false]);
  }
});
