import { expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { atLogin, idPortenWorld } from '../../../test/support/outside/id-porten.ts';
import { credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { authenticate } from '../../tenancy/index.ts';
import { SubmissionSender, vatReturnRoutes } from '../../vat-return/index.ts';
import { registerPages } from '../index.ts';

const clock = new MovingClock('2026-03-15T10:00:00Z');
const sandbox = await testSandbox(clock);
const world = await idPortenWorld(sandbox, clock);
const platform = withFiles(world.platform);
const { server } = apiOf(vatReturnRoutes, platform);
await registerPages(server, { platform, authenticate: authenticate(platform), demoSignIns: [], sendsMail: true });

test('the page settles, sends, says what is missing and what was refused, and shows the receipt', async () => {
  const organizationNumber = '312869179';
  const books = await openBooks({ organizationNumber, clock, name: 'Fjell & Fjord AS' });
  await books.post('2026-01-15', [debit('1920', 1250), credit('3000', 1000, { tax_code: '3' })]);
  const path = `/client-accounts/${books.clientAccountId}/vat-return`;
  const authorization = `Bearer ${books.token}`;
  const show = async (query = '?year=2026', language = 'nb') => {
    const answer = await server.inject({ url: path + query, headers: { authorization, 'accept-language': language } });
    return {
      ...answer,
      text: answer.body
        .replace(/<style>[\s\S]*?<\/style>/g, '')
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' '),
    };
  };
  const order = (form: Record<string, string>) =>
    server.inject({
      method: 'POST',
      url: path,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ from_date: '2026-01-01', to_date: '2026-02-28', ...form }).toString(),
    });
  const submissionId = async () => {
    const { body } = await server.inject({
      url: `/api/v2/vat-return/submissions?client_account_id=${books.clientAccountId}&order_by=-from_date`,
      headers: { authorization },
    });
    return (JSON.parse(body) as { data: { id: number }[] }).data[0]!.id;
  };

  expect((await show()).text).toContain('1. termin 2026 Frist 10.04.2026');
  expect((await order({ do: 'settle' })).statusCode).toBe(303);
  expect((await show()).body).toContain('Send til Skatteetaten');

  const refused = await order({ do: 'send' });
  expect(refused.statusCode).toBe(403);
  expect(refused.body).toContain('role="alert"');
  expect(refused.body).toContain(`/integrations?client_account_id=${books.clientAccountId}`);

  const begun = await world.api.as(books.token).post('/integrations/altinn/authorize');
  await world.api.call('GET', await atLogin(begun.body.authorization_url as string), { token: books.token });
  await sandbox.act('mva_validation', 'register', { organizationNumber, months: 12 });
  const invalid = await order({ do: 'send' });
  expect([invalid.statusCode, invalid.body]).toEqual([422, expect.stringContaining('R049')]);

  await sandbox.act('mva_validation', 'register', { organizationNumber, months: 2 });
  expect((await order({ do: 'send' })).headers.location).toBe(`${path}?year=2026#term-2026-01-01`);
  const waiting = await show();
  expect(waiting.text).toContain('Sendt, venter på svar fra Skatteetaten');
  expect(waiting.headers.refresh).toBe('10');

  clock.pass(10);
  const id = await submissionId();
  await new SubmissionSender(platform).advance({ clientAccountId: books.clientAccountId, id });
  const answered = await show('?year=2026', 'en');
  expect(answered.text).toMatch(/Received by Skatteetaten .*To pay 250\.00 .*KID \d+ Account 12345678903/);
  expect(answered.body).toMatch(/\/api\/v2\/files\/\d+\/download\?inline=true">Receipt/);
  expect(answered.headers.refresh).toBeUndefined();
  expect((await show('?year=x')).statusCode).toBe(200);
  expect((await order({ do: 'send', from_date: 'x' })).statusCode).toBe(400);
});
