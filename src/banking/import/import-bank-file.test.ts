import fc from 'fast-check';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { houseAccount, imported, importContent } from '../../../test/support/bank/bank-import.ts';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { zipOf } from '../../../test/support/files/zip-of.ts';
import { camt053, type CamtEntry, type CamtStatement } from '../../demo/camt-file.ts';
import { addDays } from '../../kernel/local-date.ts';
import { formatAmount } from '../../kernel/money.ts';

const platform = withFiles(testPlatform());
const IBAN = 'NO5315034011238';

interface Movement {
  date: string;
  amount: bigint;
  text: string;
  reference: string | null;
}

const entryOf = ({ date, amount, text, reference }: Movement): CamtEntry => ({
  date,
  amount,
  text,
  reference,
  counterparty: null,
  counterpartyAccount: null,
  kid: null,
});

/** A statement with these movements and this opening balance. */
function statementOf(
  movements: readonly Movement[],
  opening: bigint,
  more: Partial<CamtStatement> = {},
): CamtStatement {
  const sum = movements.reduce((total, { amount }) => total + amount, 0n);
  const from = movements[0]?.date ?? '2026-01-01';
  return {
    id: `${from} ${opening}`,
    number: 1,
    from,
    to: movements.at(-1)?.date ?? from,
    opening,
    closing: opening + sum,
    entries: movements.map(entryOf),
    ...more,
  };
}

let messages = 0;
function fileOf(statements: readonly CamtStatement[], iban = IBAN): string {
  return [...camt053(`M${++messages}`, { iban, ownerName: 'Oss AS', bic: 'DNBANOKK' }, statements)].join('');
}

async function open() {
  const books = await openBooks();
  return { books, account: await houseAccount(books, '15034011238') };
}

async function contentOf(books: Books): Promise<string[]> {
  const rows = await books.platform.database.transaction(
    { clientAccounts: [books.clientAccountId], mode: 'read' },
    (tx) =>
      tx.rows<{ booking_date: string; amount: number; memo: string; bank_reference: string | null }>(sql`
        select booking_date, amount, memo, bank_reference from bank_transactions
        where client_account_id = ${books.clientAccountId}`),
  );
  return rows.map((row) => `${row.booking_date} ${row.amount} ${row.memo} ${row.bank_reference}`).sort();
}

/** Rows of every table that an import writes to, of this client account. */
async function keptRows(books: Books): Promise<Record<string, number>> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
    tx.one<Record<string, number>>(sql`
      select (select count(*) from bank_transactions where client_account_id = ${books.clientAccountId}) as transactions,
        (select count(*) from bank_transaction_details where client_account_id = ${books.clientAccountId}) as details,
        (select count(*) from bank_statements where client_account_id = ${books.clientAccountId}) as statements,
        (select count(*) from bank_imports where client_account_id = ${books.clientAccountId}) as imports,
        (select count(*) from bank_notifications where client_account_id = ${books.clientAccountId}) as notifications,
        (select coalesce(sum(total), 0)::bigint from bank_transaction_counts where client_account_id = ${books.clientAccountId}) as counted,
        (select count(*) from files where client_account_id = ${books.clientAccountId}) as files`),
  );
}

const NOTHING = { transactions: 0, details: 0, statements: 0, imports: 0, notifications: 0, counted: 0, files: 0 };
const march: Movement[] = [
  { date: '2026-03-02', amount: -3000n, text: 'Kaffe', reference: null },
  { date: '2026-03-02', amount: -3000n, text: 'Kaffe', reference: null },
  { date: '2026-03-02', amount: -3000n, text: 'Kaffe', reference: null },
  { date: '2026-03-03', amount: 125000n, text: 'Faktura 17', reference: 'R1' },
];

describe('an import', () => {
  test('whose job broke off between commit and report tells the same result when the job runs again', async () => {
    const { books } = await open();
    const file = fileOf([statementOf(march, 10_000n)]);
    const first = await imported(platform, books, file, { jobId: 71 });
    expect(await imported(platform, books, file, { jobId: 71 })).toEqual(first);
    expect(await imported(platform, books, file, { jobId: 72 })).toMatchObject({ already_imported: true });
  });

  test('three equal coffees are three; the file is kept, and the same bytes change nothing', async () => {
    const { books } = await open();
    const file = fileOf([statementOf(march, 10_000n)]);
    const first = await imported(platform, books, file);
    expect(first).toMatchObject({ already_imported: false, counts: { imported: 4, already_known: 0, refused: 0 } });
    const after = await keptRows(books);
    expect(after).toEqual({
      transactions: 4,
      details: 4,
      statements: 1,
      imports: 1,
      notifications: 0,
      counted: 4,
      files: 1,
    });
    const again = await imported(platform, books, file);
    expect(again).toMatchObject({
      already_imported: true,
      file_id: first.file_id,
      counts: { imported: 0, already_known: 4 },
    });
    const redelivered = await imported(platform, books, fileOf([statementOf(march, 10_000n)]));
    expect(redelivered).toMatchObject({
      already_imported: false,
      counts: { imported: 0, already_known: 4 },
      statements: [{ status: 'known' }],
    });
    expect(await keptRows(books)).toEqual({ ...after, imports: 2, files: 2 });
  });

  test('a statement that fails is refused whole with its reason, the others stand', async () => {
    const { books } = await open();
    const good = statementOf(march.slice(0, 3), 10_000n);
    const bad = statementOf(march.slice(3), 1_000n, { closing: 999n });
    const last = statementOf([{ date: '2026-03-04', amount: 100n, text: 'Rente', reference: null }], 126_000n);
    const result = await imported(platform, books, fileOf([good, bad, last]));
    expect(result.statements.map(({ status, imported: count }) => [status, count])).toEqual([
      ['imported', 3],
      ['refused', 0],
      ['imported', 1],
    ]);
    expect(result.errors).toMatchObject([{ code: 'balance-mismatch', statement: 1 }]);
    expect(await keptRows(books)).toMatchObject({ transactions: 4, statements: 2, counted: 4 });
    // The day of the refused statement is missing between the two.
    expect(result.warnings).toMatchObject([{ code: 'days-missing', found: expect.stringContaining('2026-03-03') }]);
  });

  test('an unknown account is refused with its number; another account of the file stands; once registered, it comes in', async () => {
    const { books } = await open();
    const foreign = fileOf([statementOf(march, 0n)], 'NO9386011117947');
    const refused = await importContent(platform, books, foreign);
    expect(refused).toMatchObject({
      status: 'refused',
      errors: [
        {
          code: 'account-unknown',
          found: '86011117947',
          expected: '15034011238',
          message_en: expect.stringContaining('POST /bank-accounts'),
        },
      ],
    });
    expect(await keptRows(books)).toEqual(NOTHING);
    const inner = (xml: string) => /<Stmt>[^]*<\/Stmt>/.exec(xml)![0];
    const both = fileOf([statementOf(march, 0n)]).replace('</Stmt>', `</Stmt>${inner(foreign)}`);
    expect((await imported(platform, books, both)).statements.map(({ status }) => status)).toEqual([
      'imported',
      'refused',
    ]);
    await houseAccount(books, '86011117947');
    expect((await imported(platform, books, both)).counts).toMatchObject({ imported: 4, already_known: 4, refused: 0 });
  });

  test('an account in another currency, and one out of use, are refused', async () => {
    const books = await openBooks();
    await houseAccount(books, '15034011238', { currency_code: 'EUR' });
    const outcome = await importContent(platform, books, fileOf([statementOf(march, 0n)]));
    expect(outcome).toMatchObject({
      status: 'refused',
      errors: [{ code: 'account-currency', found: 'NOK', expected: 'EUR' }],
    });
  });

  test('the chain is told of from the day it is to begin; missing days close it', async () => {
    const books = await openBooks();
    await houseAccount(books, '15034011238', { statement_start_date: '2026-03-01' });
    const day = (date: string, opening: bigint) =>
      statementOf([{ date, amount: 100n, text: 'Rente', reference: null }], opening);
    expect((await imported(platform, books, fileOf([day('2026-03-03', 200n)]))).warnings).toMatchObject([
      { code: 'start-missing', found: '2026-03-01 - 2026-03-02' },
    ]);
    expect((await imported(platform, books, fileOf([day('2026-03-06', 500n)]))).warnings).toMatchObject([
      { code: 'days-missing', found: '2026-03-04 - 2026-03-05: 5.00' },
    ]);
    expect(
      (await imported(platform, books, fileOf([day('2026-03-05', 400n), day('2026-03-04', 300n)]))).warnings,
    ).toMatchObject([{ code: 'days-missing', found: '2026-03-04: 4.00' }]);
    expect((await imported(platform, books, fileOf([day('2026-03-07', 700n)]))).warnings).toMatchObject([
      { code: 'chain-broken', found: '7.00', expected: '6.00 (2026-03-06 - 2026-03-06)' },
    ]);
  });

  test('a longer statement over known days is an overlap: only the rest is new', async () => {
    const { books } = await open();
    await imported(platform, books, fileOf([statementOf(march.slice(0, 3), 10_000n)]));
    const whole = await imported(platform, books, fileOf([statementOf(march, 10_000n)]));
    expect(whole.statements).toMatchObject([
      { imported: 1, already_known: 3, overlaps: [{ from_date: '2026-03-02', to_date: '2026-03-02' }] },
    ]);
    expect(whole.warnings).toEqual([]);
  });

  test('what another kind of source words otherwise is left to a person, who may take it in', async () => {
    const { books } = await open();
    await imported(platform, books, fileOf([statementOf(march, 10_000n)]));
    const csv =
      'Dato;Beskrivelse;Rentedato;Inn;Ut;Til konto;Fra konto;\n03.03.2026;Innbetaling fra kunde;03.03.2026;1250,00;;15034011238;;\n';
    const left = await imported(platform, books, csv);
    expect(left).toMatchObject({
      counts: { imported: 0, suspicious: 1 },
      suspicious: [{ line: 2, booking_date: '2026-03-03', amount: '1250.00', text: 'Innbetaling fra kunde' }],
    });
    expect((await imported(platform, books, csv, { acceptSuspicious: true })).counts).toMatchObject({
      imported: 1,
      suspicious: 0,
    });
    expect((await keptRows(books)).transactions).toBe(5);
  });

  test('two at once for one account: every entry once', async () => {
    const { books } = await open();
    const files = Array.from({ length: 4 }, () => fileOf([statementOf(march, 10_000n)]));
    await Promise.all(files.map((file) => imported(platform, books, file)));
    expect((await keptRows(books)).transactions).toBe(4);
  });
});

describe('a ZIP of files', () => {
  const day = (date: string, opening: bigint) =>
    fileOf([statementOf([{ date, amount: 100n, text: 'Rente', reference: null }], opening)]);

  test('comes in by the names of its members; one that breaks off is refused, and named', async () => {
    const { books } = await open();
    const zip = await zipOf({
      '3.xml': day('2026-03-04', 300n),
      '1.xml': day('2026-03-02', 100n),
      '2.xml': day('2026-03-03', 200n).slice(0, -40),
    });
    const result = await imported(platform, books, zip);
    expect(result.statements.map(({ file, status, index }) => [file, status, index])).toEqual([
      ['1.xml', 'imported', 0],
      ['2.xml', 'refused', 0],
      ['3.xml', 'imported', 0],
    ]);
    expect(result.errors).toMatchObject([{ file: '2.xml', code: expect.any(String) }]);
    expect(result.warnings).toMatchObject([
      { file: '3.xml', code: 'days-missing', found: expect.stringContaining('2026-03-03') },
    ]);
    expect(await keptRows(books)).toMatchObject({ transactions: 2, statements: 2, files: 1 });
  });

  test('of which nothing stands is refused', async () => {
    const { books } = await open();
    const outcome = await importContent(platform, books, await zipOf({ 'a.txt': 'hello', 'b.xml': '<a/>' }));
    expect(outcome).toMatchObject({ status: 'refused', errors: [{ file: 'a.txt' }, { file: 'b.xml' }] });
    expect(await keptRows(books)).toEqual(NOTHING);
  });
});

describe('a file that cannot stand leaves nothing', () => {
  const whole = () => fileOf([statementOf(march, 10_000n)]);
  test.each<[string, () => string | Buffer]>([
    ['empty', () => ''],
    ['no bank file', () => 'hello, bank'],
    ['an office document', () => Buffer.from('PK\u0003\u0004 and no more')],
    ['truncated in an entry', () => whole().slice(0, whole().indexOf('Faktura'))],
    ['truncated at the end', () => whole().slice(0, -30)],
    ['with a document type', () => whole().replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')],
    ['deeper than any message', () => whole().replace('<Ntry>', '<Ntry>'.repeat(5000))],
    ['with an amount of three decimals', () => whole().replace('>1250.00<', '>1250.001<')],
    ['with a date that does not exist', () => whole().replaceAll('<BookgDt><Dt>2026-03-03', '<BookgDt><Dt>2026-02-30')],
    ['with a mark that is unknown', () => whole().replaceAll('DBIT', 'BOTH')],
    ['with balances that do not add up', () => whole().replace('>100.00<', '>101.00<')],
    ['without statements', () => fileOf([])],
    ['Telepay', () => 'AH200TBII00BETFOR00'],
  ])('%s', async (_, content) => {
    const { books } = await open();
    const outcome = await importContent(platform, books, content());
    expect(outcome.status).toBe('refused');
    if (outcome.status === 'refused')
      expect(outcome.errors[0]).toMatchObject({
        severity: 'error',
        code: expect.any(String),
        message: expect.any(String),
      });
    expect(await keptRows(books)).toEqual(NOTHING);
  });

  test('and one that breaks off takes its whole statements with it', async () => {
    const { books } = await open();
    const next = statementOf([{ date: '2026-03-04', amount: 100n, text: 'Rente', reference: null }], 126_000n);
    const file = fileOf([statementOf(march, 10_000n), next]);
    const outcome = await importContent(platform, books, file.slice(0, file.indexOf('Rente')));
    expect(outcome.status).toBe('refused');
    expect(await keptRows(books)).toEqual(NOTHING);
  });
});

describe('random deliveries of one true history', () => {
  /**
   * Movements of some days; references always, or never and whole days only: then equal ones cannot be distinguished by
   * balance.
   */
  const history = (withReferences: boolean) =>
    fc
      .array(
        fc.record({
          day: fc.integer({ min: 0, max: 4 }),
          amount: fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
          text: fc.constantFrom('Kaffe', 'Lunsj'),
        }),
        { minLength: 1, maxLength: 14 },
      )
      .map((movements) =>
        movements
          .sort((a, b) => a.day - b.day)
          .map(({ day, amount, text }, i): Movement => ({
            date: addDays('2026-03-01', day),
            amount: BigInt(amount) * 1000n,
            text,
            reference: withReferences ? `REF${i}` : null,
          })),
      );

  const pieces = (length: number) =>
    fc
      .array(fc.tuple(fc.nat({ max: length }), fc.nat({ max: length })), { minLength: 0, maxLength: 5 })
      .chain((extra) => {
        const cut = Math.floor(length / 2);
        const all = [[0, cut], [cut, length], ...extra.map(([a, b]) => [Math.min(a, b), Math.max(a, b)])];
        return fc.shuffledSubarray([...all, all[0]!, all.at(-1)!], { minLength: all.length + 2 });
      });

  test.each([
    ['with references, cut anywhere', true],
    ['without references, by whole days', false],
  ])(
    '%s, end with that history',
    async (_, withReferences) => {
      const played = history(withReferences).chain((all) => fc.tuple(fc.constant(all), pieces(all.length)));
      await fc.assert(
        fc.asyncProperty(played, async ([all, cuts]) => {
          const { books } = await open();
          const balances = all.reduce((list, { amount }) => [...list, list.at(-1)! + amount], [50_000n]);
          for (const [from, to] of cuts as [number, number][]) {
            if (from === to) continue;
            const [first, last] = [all[from]!.date, all[to - 1]!.date];
            const start = withReferences ? from : all.findIndex(({ date }) => date >= first);
            const end = withReferences ? to : all.findLastIndex(({ date }) => date <= last) + 1;
            await imported(platform, books, fileOf([statementOf(all.slice(start, end), balances[start]!)]));
          }
          expect(await contentOf(books)).toEqual(
            all.map(({ date, amount, text, reference }) => `${date} ${amount} ${text} ${reference}`).sort(),
          );
          const sum = all.reduce((total, { amount }) => total + amount, 50_000n);
          expect(formatAmount(sum)).toBe(formatAmount(balances.at(-1)!));
        }),
        { numRuns: 12, seed: 4 },
      );
    },
    120_000,
  );
});
