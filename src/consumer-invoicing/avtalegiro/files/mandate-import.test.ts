import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { asOwner, People } from '../../../../test/support/books/people.ts';
import { MovingClock } from '../../../../test/support/outside/sandbox.ts';
import { Api } from '../../../../test/support/http/api.ts';
import { makeKid } from '../../../kernel/kid.ts';
import { consumerInvoicingRoutes, takeMandateFile } from '../../index.ts';

const clock = new MovingClock('2026-03-15T10:00:00Z');
const people = new People(clock);
const api = new Api(people.platform, consumerInvoicingRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});
const SAMPLES = new URL('../../../../../shared/reference/avtalegiro/', import.meta.url);
const ACCOUNT = '86011117947';
const OTHER = '11110500019';

async function company(account = ACCOUNT, kidLength = 15) {
  const user = await people.user();
  const id = await people.clientAccount(user.id);
  const token = await people.token(user.id);
  // Account numbers of published samples are dummies; those from the operator are not checked again.
  await agreement(id, account, kidLength);
  const send = (text: string) =>
    api.call('POST', `/api/v2/consumer-invoicing/avtalegiro/mandate-files?client_account_id=${id}`, {
      token,
      body: text,
      headers: { 'content-type': 'text/plain' },
    });
  const mandates = async () =>
    (await api.as(token).get(`/consumer-invoicing/avtalegiro/mandates?client_account_id=${id}&per_page=1000`)).body
      .data;
  return { id, send, mandates };
}

const agreement = (id: number, account: string, kidLength = 15) =>
  asOwner(`insert into avtalegiro_agreements values ($1, $2, $3, 1, 6, null, null, true, true, now(), now())`, [
    id,
    account,
    kidLength,
  ]);

interface Line {
  kid: string;
  type?: '0' | '1' | '2';
  notice?: 'J' | 'N';
}

function file(lines: readonly Line[], account = ACCOUNT): string[] {
  const count = (n: number, width: number) => String(n).padStart(width, '0');
  const pad = (text: string) => text.padEnd(80, '0');
  return [
    pad('NY00001000008080109194900010200'),
    pad(`NY212420${'0'.repeat(9)}0000001${account}`),
    ...lines.map(({ kid, type = '1', notice = 'J' }, i) =>
      pad(`NY219470${count(i + 1, 7)}${type}${kid.padStart(25)}${notice}`),
    ),
    pad(`NY212488${count(lines.length, 8)}${count(lines.length + 2, 8)}`),
    pad(`NY000089${count(lines.length, 8)}${count(lines.length + 4, 8)}${'0'.repeat(17)}150326`),
  ];
}

const KIDS = ['100001000000012', '100002000000010', '100003000000018'];
const text = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;
const shown = (mandates: { kid: string; status: string; notification: boolean }[]) =>
  Object.fromEntries(mandates.map(({ kid, status, notification }) => [kid, `${status} ${notification}`]));

describe('mandate files', () => {
  it('new, changed, deleted; the same file twice; a full list ends the others', async () => {
    const one = await company();
    const first = text(file(KIDS.map((kid) => ({ kid }))));
    expect((await one.send(first)).body).toMatchObject({ already_imported: false, mandates: 3, changed: 3 });
    clock.pass(60);
    expect((await one.send(first)).body).toMatchObject({ already_imported: true, changed: 0 });
    const before = await one.mandates();
    const second = text(file([{ kid: KIDS[0]!, notice: 'N' }, { kid: KIDS[1]!, type: '2' }, { kid: KIDS[2]! }]));
    expect((await one.send(second)).body).toMatchObject({ mandates: 3, changed: 2 });
    expect(shown(await one.mandates())).toEqual({
      [KIDS[0]!]: 'ACTIVE false',
      [KIDS[1]!]: 'INACTIVE true',
      [KIDS[2]!]: 'ACTIVE true',
    });
    const unchanged = (list: { kid: string; updated_at: string }[]) =>
      list.find(({ kid }) => kid === KIDS[2])!.updated_at;
    expect(unchanged(await one.mandates())).toBe(unchanged(before));
    const full = text(file([{ kid: KIDS[1]!, type: '0' }]));
    expect((await one.send(full)).body).toMatchObject({ mandates: 1, changed: 3 });
    expect(shown(await one.mandates())).toEqual({
      [KIDS[0]!]: 'INACTIVE false',
      [KIDS[1]!]: 'ACTIVE true',
      [KIDS[2]!]: 'INACTIVE true',
    });
  });

  it('a file that comes again after newer ones changes nothing', async () => {
    const one = await company();
    const first = text(file([{ kid: KIDS[0]! }]));
    await one.send(first);
    await one.send(text(file([{ kid: KIDS[0]!, type: '2' }])));
    expect((await one.send(first)).body).toMatchObject({ already_imported: true, mandates: 1, changed: 0 });
    expect(shown(await one.mandates())).toEqual({ [KIDS[0]!]: 'INACTIVE true' });
  });

  it('a file for two accounts that came before one of them was known: the other is taken in when it comes again', async () => {
    const one = await company();
    const both = [...file([{ kid: KIDS[0]! }]).slice(0, -1), ...file([{ kid: KIDS[1]! }], OTHER).slice(1, -1)];
    const content = text([...both, 'NY0000890000000200000008'.padEnd(80, '0')]);
    const deliver = (...accounts: string[]) =>
      takeMandateFile(
        people.platform,
        { caller: null, clientAccountId: one.id, accounts: new Set(accounts) },
        async function* () {
          yield Buffer.from(content, 'latin1');
        },
      );
    const first = await deliver(ACCOUNT);
    expect(first).toMatchObject({ already_imported: false, mandates: 1, changed: 1 });
    await one.send(text(file([{ kid: KIDS[0]!, type: '2' }])));
    await agreement(one.id, OTHER);
    const again = { file_id: first.file_id, mandates: 1, changed: 1 };
    expect(await deliver(ACCOUNT, OTHER)).toMatchObject({ ...again, already_imported: false });
    expect(await deliver(ACCOUNT, OTHER)).toMatchObject({ already_imported: true, changed: 0 });
    expect(shown(await one.mandates())).toEqual({ [KIDS[0]!]: 'INACTIVE true', [KIDS[1]!]: 'ACTIVE true' });
  });

  it('more than a statement holds: each counts once, and a full list ends those that are not in it', async () => {
    const one = await company();
    const kids = (first: number) => Array.from({ length: 9_000 }, (_, i) => makeKid(`${first + i}00000000`, 'MOD10'));
    const all = kids(200_000);
    const changes = [...all.map((kid) => ({ kid })), ...all.map((kid) => ({ kid, notice: 'N' as const }))];
    expect((await one.send(text(file(changes)))).body).toMatchObject({ mandates: 18_000, changed: 18_000 });
    const listed = all
      .slice(0, 8_999)
      .map((kid, i) => ({ kid, type: '0' as const, notice: i < 10 ? 'J' : 'N' }) as const);
    expect((await one.send(text(file(listed)))).body).toMatchObject({ mandates: 8_999, changed: 11, warning_count: 0 });
    const gone = kids(100_000).map((kid) => ({ kid, type: '2' as const }));
    const { warning_count: count, warnings } = (await one.send(text(file(gone)))).body;
    expect([count, warnings.length, warnings[0].line, warnings[99].line]).toEqual([9_000, 100, 3, 102]);
    const { rows } = await asOwner(
      `select is_active, notification, count(*)::int from avtalegiro_mandates where client_account_id = $1 and kid like '2%'
       group by 1, 2 order by 1, 2`,
      [one.id],
    );
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
      'false false 1',
      'true false 8989',
      'true true 10',
    ]);
  });

  it('the database keeps no mandate without its agreement', async () => {
    const one = await company();
    await one.send(text(file([{ kid: KIDS[0]! }])));
    const refused = { code: '23503', constraint: 'avtalegiro_mandates_agreement' };
    await expect(
      asOwner(`insert into avtalegiro_mandates values ($1, '12345678903', '1234', true, true, now(), now())`, [one.id]),
    ).rejects.toMatchObject(refused);
    await expect(
      asOwner(`delete from avtalegiro_agreements where client_account_id = $1`, [one.id]),
    ).rejects.toMatchObject(refused);
  });

  it('the latest news of a mandate in one file counts', async () => {
    const one = await company();
    await one.send(text(file([{ kid: KIDS[0]! }, { kid: KIDS[0]!, type: '2' }])));
    expect(shown(await one.mandates())).toEqual({ [KIDS[0]!]: 'INACTIVE true' });
  });

  it('warns of what is odd: unknown deletion, wrong check digit, other length', async () => {
    const one = await company();
    const odd = text(file([{ kid: KIDS[0]!, type: '2' }, { kid: '100001000000019' }, { kid: '1234567' }]));
    const { body } = await one.send(odd);
    expect(
      body.warnings.map(({ line, message_en: message }: { line: number; message_en: string }) => `${line} ${message}`),
    ).toEqual([
      '3 deletes a mandate that was not known',
      '4 the KID has a wrong check digit',
      '5 the KID has 7 characters; the agreement says 15',
    ]);
  });

  it.each([
    ['CR LF', '\r\n', '\r\n'],
    ['LF', '\n', '\n'],
    ['no last line end', '\n', ''],
    ['no line ends', '', ''],
  ])('lines that end in %s', async (_, between, last) => {
    const one = await company();
    const answer = await one.send(file(KIDS.map((kid) => ({ kid }))).join(between) + last);
    expect(answer.body).toMatchObject({ mandates: 3 });
  });

  it.runIf(existsSync(SAMPLES))('the operator’s sample', async () => {
    const one = await company('99991042764');
    const { body } = await one.send(readFileSync(new URL('mandates-16-new.txt', SAMPLES), 'latin1'));
    expect(body).toMatchObject({
      mandates: 16,
      changed: 16,
      sender: '00008080',
      transmission_number: '1091949',
      warning_count: 0,
    });
    const mandates = await one.mandates();
    expect(mandates.filter(({ notification }: { notification: boolean }) => notification)).toHaveLength(11);
  });
});

describe('files that are refused change nothing', () => {
  const good = () => file(KIDS.map((kid) => ({ kid })));
  const replaced = (line: number, from: number, value: string) => () => {
    const lines = good();
    lines[line - 1] = lines[line - 1]!.slice(0, from - 1) + value + lines[line - 1]!.slice(from - 1 + value.length);
    return lines;
  };
  it.each<[string, () => string[], number]>([
    ['another beginning', replaced(1, 1, 'XX'), 1],
    ['a sender that is no number', replaced(1, 9, 'ABCDEFGH'), 1],
    ['no start of an assignment', replaced(2, 7, '30'), 2],
    ['an account that is no number', replaced(2, 25, 'X'), 2],
    ['another record among mandates', replaced(3, 1, 'NY219471'), 3],
    ['an unknown registration type', replaced(3, 16, '3'), 3],
    ['no KID', replaced(4, 17, ' '.repeat(25)), 4],
    ['letters in a KID', replaced(4, 30, 'A'), 4],
    ['an unknown notice', replaced(5, 42, 'X'), 5],
    ['wrong number of transactions', replaced(6, 9, '00000004'), 6],
    ['wrong number of records', replaced(6, 17, '00000004'), 6],
    ['wrong totals of the file', replaced(7, 17, '00000006'), 7],
    ['a sum', replaced(7, 25, '00000000000000001'), 7],
    ['no end', () => good().slice(0, -1), 7],
    ['something after the end', () => [...good(), good()[2]!], 8],
    ['a short line', () => good().map((line, i) => (i === 3 ? line.slice(0, 70) : line)), 4],
    ['a long line', () => good().map((line, i) => (i === 3 ? `${line}0` : line)), 4],
    ['a full list and changes together', () => file([{ kid: KIDS[0]!, type: '0' }, { kid: KIDS[1]! }]), 5],
    ['an account without an agreement', () => file([{ kid: KIDS[0]! }], '12345678903'), 2],
  ])('%s', async (_, lines, line) => {
    const one = await company();
    const answer = await one.send(text(lines()));
    expect(answer.status, JSON.stringify(answer.body)).toBe(400);
    expect(answer.body.details.line).toBe(line);
    expect(await one.mandates()).toEqual([]);
  });
});
