import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerOAuth, registerSignIn, tenancyRoutes } from '../src/tenancy/index.ts';
import { Api } from './support/http/api.ts';
import { hasBrowser, openBrowser } from './support/pages/browser.ts';
import { asOwner, People } from './support/books/people.ts';

const PASSWORD = 'riktig hest batteri';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe.skipIf(!hasBrowser)('the sign-in, consent and invitation pages in a browser', { timeout: 240_000 }, () => {
  let people: People;
  let api: Api;
  let site: string;
  let browser: Browser;
  let program: Server;
  let back: string;
  beforeAll(async () => {
    people = new People();
    api = new Api(people.platform, tenancyRoutes);
    const port = await freePort();
    site = `http://127.0.0.1:${port}`;
    await registerSignIn(api.server, people.platform, { home: '/login' });
    await registerOAuth(api.server, people.platform, { publicUrl: site });
    await api.server.listen({ port, host: '127.0.0.1' });
    program = createServer((_, answer) => answer.end('<title>back</title>'));
    await new Promise<void>((done) => program.listen(0, '127.0.0.1', done));
    back = `http://127.0.0.1:${(program.address() as AddressInfo).port}/back`;
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => program.close(done));
    await api.close();
    await people.close();
  });

  /** A page without scripts of ours; violations of its own policy are recorded. */
  async function open(language: 'nb-NO' | 'en-GB'): Promise<{ page: Page; refused: string[] }> {
    const context = await browser.newContext({ locale: language });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy/.test(message.text())) refused.push(message.text());
    });
    return { page, refused };
  }

  /** The same HTML checked by axe in a page without the policy, which would block axe. */
  async function faultsOf(page: Page): Promise<string[]> {
    const context = await browser.newContext();
    const copy = await context.newPage();
    await copy.setContent(await page.content());
    await copy.evaluate(axe);
    const found = (await copy.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
    await context.close();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  it.each([
    ['nb-NO', 'Gi tilgang'],
    ['en-GB', 'Grant access'],
  ] as const)('%s: from the program through sign-in and consent and back, by keyboard', async (language, allow) => {
    const user = await people.user(undefined, PASSWORD);
    const registered = await api.server.inject({
      method: 'POST',
      url: '/v2/oauth/register',
      remoteAddress: `10.5.0.${language === 'nb-NO' ? 1 : 2}`,
      payload: { client_name: 'Kasse', redirect_uris: [back] },
    });
    const { client_id, client_secret } = registered.json<{ client_id: string; client_secret: string }>();
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id,
      response_type: 'code',
      redirect_uri: back,
      scope: 'read:profile',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const { page, refused } = await open(language);
    await page.goto(`${site}/v2/oauth/authorize?${query.toString()}`);
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('#email').fill(user.email);
    await page.locator('#password').fill('feil passord');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('#password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: allow }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: allow }).press('Enter');
    await page.waitForURL(`${back}**`);
    expect(refused).toEqual([]);
    const answer = await fetch(`${site}/v2/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: new URL(page.url()).searchParams.get('code')!,
        redirect_uri: back,
        code_verifier: verifier,
        client_id,
        client_secret,
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const me = await fetch(`${site}/api/v2/users/me`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(await me.json()).toMatchObject({ id: user.id });
    await page.context().close();
  });

  it('an invitation is accepted on its page', async () => {
    const owner = await people.user();
    const id = await people.clientAccount(owner.id, { displayName: 'Nettleser AS' });
    const email = `${randomBytes(6).toString('hex')}@example.test`;
    const sent = await api.call('POST', '/api/v2/invitations', {
      token: await people.token(owner.id),
      body: { email, client_account_id: id, role_id: 1 },
      headers: { host: site.slice('http://'.length) },
    });
    expect(sent.status).toBe(201);
    const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1', [email]);
    const { page } = await open('nb-NO');
    await page.goto(/(http:\S+\/invitations\/\S+)/.exec(rows[0].text_body)![1]!);
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('#first_name').fill('Eva');
    await page.locator('#last_name').fill('Ek');
    await page.locator('#password').fill('en lang passordfrase');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site}/login`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('en lang passordfrase');
    const signedIn = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await page.keyboard.press('Enter');
    expect((await signedIn).status()).toBe(303);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'hovedbok', httpOnly: true, sameSite: 'Lax' });
    await page.context().close();
  });
});
