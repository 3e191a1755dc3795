import { afterAll, expect, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/platform/config.ts';
import { testDemo } from './support/server/demo.ts';

const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((app) => app.close())));

async function server(demo: '0' | '1') {
  const { platform } = await testDemo();
  const app = await createApp({ platform, config: readConfig({ HOVEDBOK_TEST: '1', DEMO: demo }) });
  opened.push(app);
  return app.server;
}

/** The forms of the page, as a browser sends them. */
function formsOf(html: string): { fields: Record<string, string>; button: string }[] {
  return [...html.matchAll(/<form method="post" action="\/login">(.*?)<\/form>/g)].map(([, inner]) => ({
    fields: Object.fromEntries(
      [...inner!.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name, value]) => [name!, value!]),
    ),
    button: /<button type="submit">([^<]+)</.exec(inner!)![1]!,
  }));
}

test('the start page of the demo signs a newcomer in as accountant or as client', { timeout: 240_000 }, async () => {
  const app = await server('1');
  const start = await app.inject({ url: '/', remoteAddress: '10.93.0.1' });
  const forms = formsOf(start.body);
  expect(forms.map(({ button }) => button)).toEqual(['Prøv som regnskapsfører', 'Prøv som klient']);
  const seen = [];
  for (const { fields } of forms) {
    const signedIn = await app.inject({
      method: 'POST',
      url: '/login',
      remoteAddress: '10.93.0.1',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      payload: new URLSearchParams(fields).toString(),
    });
    expect([signedIn.statusCode, signedIn.headers.location]).toEqual([303, '/']);
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
    const page = await app.inject({ url: '/', headers: { cookie }, remoteAddress: '10.93.0.1' });
    seen.push([...page.body.matchAll(/<h2><a href="[^"]+">([^<]+)</g)].map(([, name]) => name));
  }
  expect(seen[0]!.length).toBeGreaterThan(2);
  expect(seen[1]).toEqual(['Lerkefjell Innredning AS']);
});

test('without the demo there is no such button', { timeout: 240_000 }, async () => {
  const app = await server('0');
  const start = await app.inject({ url: '/', remoteAddress: '10.93.0.2' });
  expect(start.statusCode).toBe(200);
  expect(formsOf(start.body)).toEqual([]);
});
