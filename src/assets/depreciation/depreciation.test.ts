import fc from 'fast-check';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { endOfMonth, startOfMonth } from '../../kernel/local-date.ts';
import { cancelEntry, createPeriodLock, ledgerRoutes, verifyBooks } from '../../ledger/index.ts';
import { assetsRoutes } from '../index.ts';
import { createDepreciationRun } from './depreciation-run-create.ts';
import { firstDay, monthNumber } from './month.ts';
import { DepreciationSchedule } from './schedule.ts';

const api = apiOf([...assetsRoutes, ...ledgerRoutes], testPlatform());

async function makeAsset(books: Books, more: object): Promise<number> {
  const body = { client_account_id: books.clientAccountId, name: 'Eiendel', ...more };
  const made = await api('POST', '/assets', books.token, body);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.id;
}

function buy(books: Books, id: number, date: string, amount: number | string, account = '1280') {
  return books.post(date, [debit(account, amount, { dimensions: [{ type: 'asset', id }] }), credit('1920', amount)]);
}

async function run(books: Books, month: string, more: object = {}) {
  const answer = await api('POST', '/depreciation-runs', books.token, {
    client_account_id: books.clientAccountId,
    month,
    ...more,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

async function bookValue(books: Books, id: number): Promise<string> {
  return (await api('GET', `/assets/${id}/depreciation-plan`, books.token)).body.book_value;
}

const amounts = (answer: { assets: { asset_id: number; amount: string }[] }) =>
  Object.fromEntries(answer.assets.map(({ asset_id, amount }) => [asset_id, amount]));

describe('a run', () => {
  test('posts one entry with a pair of lines for each asset, to the øre of the worked examples', async () => {
    const books = await openBooks();
    const pc = await makeAsset(books, { asset_class: 'OFFICE_EQUIPMENT', acquisition_date: '2024-12-20' });
    const software = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2024-03-10' });
    const land = await makeAsset(books, { asset_class: 'LAND', acquisition_date: '2024-03-10' });
    await buy(books, pc, '2024-12-20', 45_000);
    await buy(books, software, '2024-03-10', 100_000, '1060');
    await buy(books, land, '2024-03-10', 500_000, '1150');
    const answer = await run(books, '2024-12');
    expect(amounts(answer)).toEqual({ [pc]: '13500.00', [software]: '27777.78' });
    expect(answer).toMatchObject({ status: 'posted', version: 1, entry_date: '2024-12-31', total: '41277.78' });
    const { body: entry } = await api('GET', `/journal-entries/${answer.journal_entry_id}`, books.token);
    expect(entry).toMatchObject({ entry_date: '2024-12-31', memo: 'Avskrivning desember 2024' });
    expect(
      entry.lines.map((line: Record<string, unknown>) => [line.account_code, line.debit, line.credit, line.memo]),
    ).toEqual([
      ['6015', '13500.00', '0.00', 'Eiendel'],
      ['1299', '0.00', '13500.00', 'Eiendel'],
      ['6029', '27777.78', '0.00', 'Eiendel'],
      ['1299', '0.00', '27777.78', 'Eiendel'],
    ]);
    expect(await bookValue(books, pc)).toBe('31500.00');
  });

  test('run again it posts nothing; after a late addition the difference alone', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    expect(amounts(await run(books, '2025-01'))).toEqual({ [id]: '1000.00' });
    expect(amounts(await run(books, '2025-02'))).toEqual({ [id]: '1000.00' });
    const again = await run(books, '2025-02');
    expect([again.status, again.id, again.assets]).toEqual(['nothing', null, []]);
    await buy(books, id, '2025-02-15', 3_500, '1060');
    const second = await run(books, '2025-02');
    expect([second.version, amounts(second)]).toEqual([2, { [id]: '100.00' }]);
    expect(amounts(await run(books, '2025-03'))).toEqual({ [id]: '1100.00' });
  });

  test('months that were forgotten are made up for once, whatever is run afterwards', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    expect(amounts(await run(books, '2025-04'))).toEqual({ [id]: '4000.00' });
    expect((await run(books, '2025-02')).status).toBe('nothing');
    expect(amounts(await run(books, '2025-05'))).toEqual({ [id]: '1000.00' });
  });

  test('what was depreciated cannot become land, which has no accounts for it', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    await run(books, '2025-01');
    const refused = await api('PUT', `/assets/${id}`, books.token, { asset_class: 'LAND' });
    expect([refused.status, refused.body.details.code]).toEqual([400, 'assets.class_not_depreciated']);
    const planned = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    const plan = { method: 'linear', life_months: 12 };
    expect((await api('PUT', `/assets/${planned}/depreciation-plan`, books.token, plan)).status).toBe(200);
    expect((await api('PUT', `/assets/${planned}`, books.token, { asset_class: 'LAND' })).status).toBe(400);
    expect((await run(books, '2025-02')).status).toBe('posted');
  });

  test('a dry run changes nothing and says what it would be', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    const dry = await run(books, '2025-01', { dry_run: true });
    expect(dry).toMatchObject({ dry_run: true, status: 'proposed', journal_entry_id: null, total: '1000.00' });
    expect(await bookValue(books, id)).toBe('36000.00');
    const list = await api('GET', `/depreciation-runs?client_account_id=${books.clientAccountId}`, books.token);
    expect(list.body.meta.records).toBe(0);
  });

  test('a locked month moves to the first open day, says so, and stays of its month', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    await books.run(createPeriodLock, { lockedUntilDate: '2025-02-28', comment: 'Avstemt' });
    const january = await run(books, '2025-01');
    expect(january).toMatchObject({ entry_date: '2025-03-01', total: '1000.00' });
    expect(january.notes).toEqual(['Perioden er låst til og med 2025-02-28; avskrivningen føres 2025-03-01']);
    expect((await run(books, '2025-01')).status).toBe('nothing');
    expect(amounts(await run(books, '2025-02'))).toEqual({ [id]: '1000.00' });
    expect(amounts(await run(books, '2025-03'))).toEqual({ [id]: '1000.00' });
    const { body: plan } = await api('GET', `/assets/${id}/depreciation-plan`, books.token);
    expect(plan.months.slice(0, 4).map(({ posted }: { posted: string }) => posted)).toEqual([
      '1000.00',
      '1000.00',
      '1000.00',
      '0.00',
    ]);
  });

  test('a cancelled run is run again', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    const first = await run(books, '2025-01');
    await books.run(cancelEntry, { id: first.journal_entry_id, reason: 'Feil', entryDate: '2025-02-01' });
    expect(await bookValue(books, id)).toBe('36000.00');
    expect(amounts(await run(books, '2025-01'))).toEqual({ [id]: '1000.00' });
  });

  test('a purchase that is cancelled takes its depreciation with it', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    const bought = await buy(books, id, '2025-01-10', 36_000, '1060');
    await run(books, '2025-01');
    await run(books, '2025-02');
    await books.run(cancelEntry, { id: bought.id, reason: 'Kjøpet er hevet' });
    expect(amounts(await run(books, '2025-03'))).toEqual({ [id]: '-2000.00' });
    expect(await bookValue(books, id)).toBe('0.00');
  });

  test('what a person posted by hand counts', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    const dimensions = [{ type: 'asset', id }];
    await books.post('2025-01-31', [debit('6029', 800, { dimensions }), credit('1299', 800, { dimensions })]);
    expect(amounts(await run(books, '2025-01'))).toEqual({ [id]: '200.00' });
  });

  test('stops at retirement, for what is out of use, and where nobody wants it', async () => {
    const books = await openBooks();
    const bought = { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' };
    const retired = await makeAsset(books, { ...bought, retirement_date: '2025-02-20' });
    const manual = await makeAsset(books, { ...bought, auto_depreciate: false });
    const without = await makeAsset(books, { name: 'Ukjent' });
    for (const id of [retired, manual, without]) await buy(books, id, '2025-01-10', 36_000, '1060');
    const answer = await run(books, '2025-03');
    expect(amounts(answer)).toEqual({ [retired]: '1000.00' });
    expect(answer.notes).toEqual(['1 eiendel(er) uten klasse avskrives ikke: 3 Ukjent']);
  });

  test('uses the accounts that the client account has chosen', async () => {
    const books = await openBooks();
    const chosen = await api('PUT', '/asset-classes/SOFTWARE/accounts', books.token, {
      client_account_id: books.clientAccountId,
      asset_account: '1060',
      accumulated_account: '1069',
      expense_account: '6029',
    });
    expect(chosen.status).toBe(200);
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    const { journal_entry_id } = await run(books, '2025-01');
    const { body: entry } = await api('GET', `/journal-entries/${journal_entry_id}`, books.token);
    expect(entry.lines.map((line: { account_code: string }) => line.account_code)).toEqual(['6029', '1069']);
  });

  test('two at once post once; under one idempotency key both get the same answer', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    const answers = await Promise.all([1, 2, 3, 4].map(() => run(books, '2025-01')));
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['nothing', 'nothing', 'nothing', 'posted']);
    const keyed = () =>
      api(
        'POST',
        '/depreciation-runs',
        books.token,
        { client_account_id: books.clientAccountId, month: '2025-02' },
        { 'idempotency-key': 'februar' },
      );
    const first = await keyed();
    expect((await keyed()).body).toEqual(first.body);
    expect(await bookValue(books, id)).toBe('34000.00');
  });
});

describe('a run by the schedule', () => {
  const automatic = (books: Books, month: string) =>
    books.run(createDepreciationRun, { month: monthNumber(month), dryRun: false, automatic: true, language: 'nb' });

  test('posts, drafts or proposes as each asset allows, and the draft counts when it is posted', async () => {
    const books = await openBooks();
    const bought = { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' };
    const full = await makeAsset(books, { ...bought, autonomy_level: 'FULL' });
    const draft = await makeAsset(books, { ...bought, autonomy_level: 'DRAFT' });
    const none = await makeAsset(books, { ...bought, autonomy_level: 'NONE' });
    for (const id of [full, draft, none]) await buy(books, id, '2025-01-10', 36_000, '1060');
    const january = await automatic(books, '2025-01-01');
    expect(january.assets!.map(({ asset_id, outcome }) => [asset_id, outcome])).toEqual([
      [full, 'posted'],
      [draft, 'drafted'],
      [none, 'proposed'],
    ]);
    // Run again: the draft still waits, and the proposal is made again.
    const again = await automatic(books, '2025-01-01');
    expect(again.assets!.map(({ asset_id, outcome }) => [asset_id, outcome])).toEqual([[none, 'proposed']]);
    const posted = await api('POST', `/journal-entries/${january.draft_id}/post`, books.token, {});
    expect(posted.status, JSON.stringify(posted.body)).toBeLessThan(300);
    const february = await automatic(books, '2025-02-01');
    expect(february.assets!.map(({ asset_id, amount }) => [asset_id, amount])).toEqual([
      [full, '1000.00'],
      [draft, '1000.00'],
      [none, '2000.00'],
    ]);
  });
});

test('the schedule runs the month that ended once', async () => {
  const books = await openBooks();
  const bought = { asset_class: 'SOFTWARE', acquisition_date: '2026-02-10', autonomy_level: 'FULL' };
  const id = await makeAsset(books, bought);
  await buy(books, id, '2026-02-10', 36_000, '1060');
  const schedule = new DepreciationSchedule(books.platform);
  expect(await schedule.due()).toContain(books.clientAccountId);
  expect(await schedule.run(books.clientAccountId)).toBe(true);
  expect(await schedule.run(books.clientAccountId)).toBe(false);
  expect(await schedule.due()).not.toContain(books.clientAccountId);
  const { body } = await api('GET', `/depreciation-runs?client_account_id=${books.clientAccountId}`, books.token);
  expect(body.data).toMatchObject([{ month: '2026-02', is_automatic: true, status: 'posted', total: '1000.00' }]);
});

describe('an own plan', () => {
  const plan = (books: Books, id: number, body: object) =>
    api('PUT', `/assets/${id}/depreciation-plan`, books.token, body);

  test('from the start: life and residual value of its own', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'MACHINERY_AND_PLANT', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 130_000, '1200');
    expect((await plan(books, id, { method: 'linear', life_months: 24, residual_value: '10000' })).status).toBe(200);
    const { body } = await api('GET', `/assets/${id}/depreciation-plan`, books.token);
    expect(body).toMatchObject({ method: 'linear', remaining_plan: '120000.00', book_value: '130000.00' });
    expect(body.months).toHaveLength(24);
    expect(body.months.at(-1)).toMatchObject({ month: '2026-12', closing_balance: '10000.00' });
  });

  test('acts forward only', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
    await buy(books, id, '2025-01-10', 36_000, '1060');
    await run(books, '2025-06');
    const past = await plan(books, id, { valid_from: '2025-06-01', method: 'linear', life_months: 10 });
    expect([past.status, past.body.details.code]).toEqual([400, 'assets.plan_in_the_past']);
    expect((await plan(books, id, { valid_from: '2025-07-01', method: 'linear', life_months: 10 })).status).toBe(200);
    expect(amounts(await run(books, '2025-07'))).toEqual({ [id]: '3000.00' });
  });

  test('what is wrong with it is said, all at once', async () => {
    const books = await openBooks();
    const id = await makeAsset(books, { asset_class: 'SOFTWARE' });
    const answer = await plan(books, id, { rate: '1.5', residual_value: '-1' });
    expect(answer.body.details.fields.map(({ path }: { path: string }) => path)).toEqual(['residual_value', 'rate']);
    const land = await makeAsset(books, { asset_class: 'LAND' });
    expect((await plan(books, land, { method: 'linear' })).body.details.code).toBe('assets.class_not_depreciated');
    const month = await api('POST', '/depreciation-runs', books.token, {
      client_account_id: books.clientAccountId,
      month: '2025-13',
    });
    expect([month.status, month.body.details.fields[0].path]).toEqual([400, 'month']);
  });
});

// The events of an asset, one after the other, over the months.
type Event =
  | { what: 'buy' | 'add'; amount: number }
  | { what: 'reverse' }
  | { what: 'run' | 'rerun' | 'lock' | 'dispose' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 200_000_00 }).map((amount): Event => ({ what: 'add', amount })) },
  { weight: 5, arbitrary: fc.constant<Event>({ what: 'run' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>({ what: 'rerun' }, { what: 'lock' }, { what: 'reverse' }, { what: 'dispose' }),
  },
);

test('through any life, value less remaining plan is the residual, and the books stay clean', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300_000_00 }),
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 0, max: 50_000_00 }),
      fc.array(event, { minLength: 4, maxLength: 12 }),
      async (cost, life, residual, events) => {
        const books = await openBooks();
        const money = (amount: number) => (amount / 100).toFixed(2);
        const id = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2024-01-15' });
        const residualValue = money(Math.min(residual, cost - 1));
        const own = { method: 'linear', life_months: life, residual_value: residualValue };
        expect((await api('PUT', `/assets/${id}/depreciation-plan`, books.token, own)).status).toBe(200);
        let month = monthNumber('2024-01-15');
        let last = await buy(books, id, '2024-01-15', money(cost), '1060');
        let lastCancelled = true;
        let disposed = false;
        for (const { what, ...more } of events) {
          const day = endOfMonth(firstDay(month));
          if (what === 'run') {
            await run(books, firstDay(month));
            month++;
          } else if (what === 'rerun') await run(books, startOfMonth(firstDay(month - 1)));
          else if (what === 'lock')
            await books
              .run(createPeriodLock, { lockedUntilDate: endOfMonth(firstDay(month - 1)), comment: 'x' })
              .catch(() => {});
          else if (what === 'reverse') {
            if (lastCancelled) continue;
            await books.run(cancelEntry, { id: last.id, reason: 'x', entryDate: day });
            lastCancelled = true;
          } else if (what === 'dispose') {
            const gone = { kind: 'scrap', disposed_on: day };
            const answer = await api('POST', `/assets/${id}/disposal`, books.token, gone);
            expect([201, 400], JSON.stringify(answer.body)).toContain(answer.status);
            if (answer.status === 201) disposed = true;
          } else {
            last = await buy(books, id, day, money((more as { amount: number }).amount), '1060');
            lastCancelled = false;
          }
          const { body } = await api('GET', `/assets/${id}/depreciation-plan`, books.token);
          const rest = Math.round((Number(body.book_value) - Number(body.remaining_plan)) * 100);
          const closing = Math.round(Number(body.months.at(-1)?.closing_balance ?? 0) * 100);
          expect(rest).toBe(closing);
          if (!disposed) continue;
          expect([body.book_value, rest]).toEqual(['0.00', 0]);
          break;
        }
        expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
      },
    ),
    { seed: 11, numRuns: 25 },
  );
}, 60_000);

test('a run of others, or of nobody, is not shown', async () => {
  const [mine, theirs] = [await openBooks(), await openBooks()];
  const id = await makeAsset(mine, { asset_class: 'SOFTWARE', acquisition_date: '2025-01-10' });
  await buy(mine, id, '2025-01-10', 36_000, '1060');
  const made = await run(mine, '2025-01');
  expect((await api('GET', `/depreciation-runs/${made.id}`, theirs.token)).status).toBe(403);
  expect((await api('GET', `/depreciation-runs/${made.id + 500}`, mine.token)).status).toBe(404);
  const { body } = await api('GET', `/depreciation-runs/${made.id}`, mine.token);
  expect(body).toMatchObject({ month: '2025-01', posted_count: 1, assets: [{ asset_id: id, amount: '1000.00' }] });
  const count = await mine.platform.database.transaction(
    { clientAccounts: [mine.clientAccountId], mode: 'read' },
    (tx) => tx.rows(sql`select id from depreciation_runs where client_account_id = ${mine.clientAccountId}`),
  );
  expect(count).toHaveLength(1);
});
