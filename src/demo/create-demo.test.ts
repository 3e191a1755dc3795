import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import sql from 'sql-template-tag';
import { testPlatform } from '../../test/support/books/books.ts';
import { asOwner } from '../../test/support/books/people.ts';
import { withFiles } from '../../test/support/http/upload.ts';
import { listAssets } from '../assets/asset-list.ts';
import { getDepreciationPlan } from '../assets/depreciation/depreciation-plan-get.ts';
import { createDepreciationRun } from '../assets/depreciation/depreciation-run-create.ts';
import { formatAmount } from '../kernel/money.ts';
import { cancelEntry, postEntry, verifyBooks } from '../ledger/index.ts';
import { type Caller, SCOPES } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Platform } from '../platform/operation.ts';
import { authenticate, callerOfUser } from '../tenancy/index.ts';
import { verifyMatching } from '../banking/index.ts';
import { bankAccountsOf } from './bank-files.ts';
import { createDemo, type DemoInfo } from './create-demo.ts';
import { voucherPdf } from './voucher-pdf.ts';
import { Book } from './story/book.ts';
import { demoStory } from './story/story.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const story = demoStory('hovedbok', '2026-11-21');

/** The demo is created once for this file: half of it, then a later start that finishes it. */
let platform: Platform;
let interrupted: unknown;
let info: DemoInfo;
let clientIds: number[];
let accountant: Caller;

beforeAll(async () => {
  let asked = 0;
  const stopping = {
    now() {
      if (++asked === 190) throw new Error('the power went');
      return NOW;
    },
  };
  interrupted = await createDemo(withFiles(testPlatform(stopping))).catch((error: unknown) => error);
  platform = withFiles(testPlatform({ now: () => new Date('2026-11-23T08:00:00Z') }));
  info = await createDemo(platform, { token: 'hb_demo_test' });
  // As autovacuum does a minute later; until then the planner has no statistics of the new rows.
  await asOwner('analyze journal_entries, journal_entry_lines');
  clientIds = await Promise.all(story.map(({ organizationNumber }) => clientIdOf(organizationNumber)));
  accountant = (await callerOfUser(platform.database, await userIdOf(info.email), SCOPES, NOW))!;
}, 120_000);

function read<T>(work: (tx: Transaction) => Promise<T>, clientAccounts: number[] = []): Promise<T> {
  return platform.database.transaction({ clientAccounts, mode: 'read' }, work);
}

async function clientIdOf(organizationNumber: string): Promise<number> {
  const query = sql`select id from client_accounts where organization_number = ${organizationNumber}`;
  return (await read((tx) => tx.one<{ id: number }>(query))).id;
}

async function userIdOf(email: string): Promise<number> {
  return (await read((tx) => tx.one<{ id: number }>(sql`select id from users where email = ${email}`))).id;
}

test('a start that was interrupted is finished by the next one, on the day it began', async () => {
  expect(interrupted).toEqual(new Error('the power went'));
  expect(info.created).toBe(true);
});

describe.each(story.map((company, index) => ({ company, index, name: company.name })))(
  '$name',
  ({ company, index }) => {
    test('has every entry of the story once, and as many numbers', async () => {
      const id = clientIds[index]!;
      const { entries, numbers } = await read(
        (tx) =>
          tx.one<{ entries: number; numbers: number }>(sql`
          select (select count(*) from journal_entries where client_account_id = ${id}) as entries,
            (select sum(last_number) from number_series where client_account_id = ${id}) as numbers`),
        [id],
      );
      const cancelled = company.entries.filter(({ cancelledBecause }) => cancelledBecause).length;
      expect(entries).toBe(company.entries.length + cancelled);
      expect(numbers).toBe(entries);
    });

    test('has the balances that the story tells, VAT included', async () => {
      const id = clientIds[index]!;
      const book = new Book('2026-11-21');
      for (const entry of company.entries) book.enter(entry);
      const recorded = [...book.balances('2026-11-21')].map(
        ([account, balance]) => `${account} ${formatAmount(balance)}`,
      );
      const rows = await read(
        (tx) =>
          tx.rows<{ account_code: string; balance: string }>(sql`
          select account_code, (sum(debit) - sum(credit))::text as balance from journal_entry_lines
          where client_account_id = ${id} group by account_code having sum(debit) <> sum(credit) order by account_code`),
        [id],
      );
      expect(rows.map((row) => `${row.account_code} ${formatAmount(BigInt(row.balance))}`)).toEqual(recorded);
    });

    test('has at the bank what its ledger says, from files that were imported', async () => {
      const id = clientIds[index]!;
      const rows = await read(
        (tx) =>
          tx.rows<{ account_code: string; ledger: string; bank: string; imports: number }>(sql`
            select a.account_code,
              (select sum(l.debit) - sum(l.credit) from journal_entry_lines l
                where l.client_account_id = ${id} and l.account_code = a.account_code)::text as ledger,
              (select s.closing_balance from bank_statements s where s.client_account_id = ${id} and s.bank_account_id = a.id
                order by s.to_date desc limit 1)::text as bank,
              (select count(*) from bank_imports where client_account_id = ${id}) as imports
            from bank_accounts a where a.client_account_id = ${id} and a.business_partner_id is null order by 1`),
        [id],
      );
      expect(rows.map((row) => row.account_code)).toEqual(bankAccountsOf(company).map(({ code }) => code));
      for (const row of rows) expect([row.account_code, row.bank]).toEqual([row.account_code, row.ledger]);
      expect(rows[0]!.imports).toBeGreaterThan(rows.length);
    });

    test('has its bank reconciled: everything that moved is paired, and signed', async () => {
      const id = clientIds[index]!;
      const [row] = await read(
        (tx) =>
          tx.rows<{ open: number; signed: number; accounts: number }>(sql`
            select (select count(*) from bank_transactions where client_account_id = ${id}
                and matched_amount + external_reconciled_amount <> amount) as open,
              (select count(*) from bank_reconciliations where client_account_id = ${id} and reopened_at is null) as signed,
              (select count(*) from bank_accounts where client_account_id = ${id} and business_partner_id is null) as accounts`),
        [id],
      );
      expect(row).toEqual({ open: 0, signed: row!.accounts, accounts: row!.accounts });
    });

    test('stands up to every check of verify', async () => {
      expect(await verifyBooks(platform.database, clientIds[index]!)).toEqual([]);
      expect(await verifyMatching(platform.database, clientIds[index]!)).toEqual([]);
    });

    test('was entered by the firm, through its contract', async () => {
      expect(accountant.roles.get(clientIds[index]!)).toEqual(new Set(['AA']));
      const { users } = await read(
        (tx) =>
          tx.one<{ users: string[] }>(sql`
          select array_agg(distinct u.email) as users from journal_entries e join users u on u.id = e.created_by_id
          where e.client_account_id = ${clientIds[index]!}`),
        [clientIds[index]!],
      );
      expect(users).toEqual(['medarbeider@demo.example']);
    });
  },
);

test.each(story.map((company, index) => ({ index, name: company.name, assets: company.assets })))(
  'the assets of $name were depreciated as a spreadsheet would, month by month, and a run finds nothing missing',
  async ({ index, assets }) => {
    const call = { caller: accountant, clientAccountId: clientIds[index]! };
    const { value: list } = await listAssets.call(platform, call, {
      page: 1,
      perPage: 100,
      isActive: null,
      with: new Set(),
    });
    expect(list.data.map(({ name }) => name)).toEqual(assets.map(({ name }) => name));
    for (const [i, { id }] of list.data.entries()) {
      const { plan, retired } = assets[i]!;
      const { value: recorded } = await getDepreciationPlan.call(platform, call, { id, until: null });
      const posted = recorded.months.filter((month) => month.posted !== '0.00');
      if (!plan) {
        expect(posted).toEqual([]);
        continue;
      }
      const first = recorded.months.findIndex(({ month }) => month === plan.from.slice(0, 7));
      const cents = (text: string) => Math.round(Number(text) * 100);
      const base = cents(recorded.months[first]!.opening_balance) + cents(recorded.months[first]!.change);
      const until = (n: number) => Math.round((base * n) / plan.months);
      const past = recorded.months.slice(first).filter(({ month }) => month <= (retired ?? '2026-10').slice(0, 7));
      const owned = retired ? past.slice(0, -1) : past;
      expect(owned.length).toBeGreaterThan(0);
      expect(owned.map((month) => cents(month.posted))).toEqual(owned.map((_, n) => until(n + 1) - until(n)));
    }
    const run = { month: 2026 * 12 + 10, dryRun: true, automatic: false, language: 'nb' as const };
    expect((await createDepreciationRun.call(platform, call, run)).value.assets).toEqual([]);
  },
);

test('corrections are linked entries with their reason, drafts are outside the books', async () => {
  const id = clientIds[0]!;
  const { reasons, drafts } = await read(
    (tx) =>
      tx.one<{ reasons: string[]; drafts: number }>(sql`
        select (select array_agg(cancellation_reason order by id) from journal_entries
            where client_account_id = ${id} and cancels_entry_id is not null) as reasons,
          (select count(*) from draft_journal_entries where client_account_id = ${id}) as drafts`),
    [id],
  );
  expect(reasons).toEqual(story[0]!.entries.flatMap(({ cancelledBecause }) => cancelledBecause ?? []));
  expect(drafts).toBe(story[0]!.drafts.length);
});

test('supplier invoices have their document: an upload of its own, whole and readable', async () => {
  const id = clientIds[0]!;
  const recorded = story[0]!.entries.filter(({ voucher }) => voucher);
  const rows = await read(
    (tx) =>
      tx.rows<{ memo: string; name: string; content_type: string; sha256: Buffer; storage_key: string }>(sql`
        select e.memo, f.name, f.content_type, f.sha256, f.storage_key
        from journal_entries e join files f on f.client_account_id = e.client_account_id and f.id = e.voucher_id
        where e.client_account_id = ${id} and e.cancels_entry_id is null order by e.id`),
    [id],
  );
  expect(rows.map(({ memo, name }) => `${memo} ${name}`)).toEqual(
    recorded.map(({ memo, voucher }) => `${memo} ${voucher!.fileName}`),
  );
  expect(new Set(rows.map(({ storage_key: key }) => key)).size).toBe(recorded.length);
  for (const [i, { content_type: type, sha256 }] of rows.entries()) {
    expect(type).toBe('application/pdf');
    expect(
      createHash('sha256')
        .update(await voucherPdf(recorded[i]!.voucher!))
        .digest()
        .equals(sha256),
    ).toBe(true);
  }
});

test('the first year is locked', async () => {
  const call = { caller: accountant, clientAccountId: clientIds[0]! };
  const lines = [
    { account_code: '7770', debit: 10 },
    { account_code: '1920', credit: 10 },
  ];
  const late = postEntry.call(platform, call, { entry: { entry_date: '2024-12-31', lines } });
  await expect(late).rejects.toMatchObject({ code: 'ledger.period_locked' });
  const { id } = await read(
    (tx) =>
      tx.one<{ id: number }>(sql`
        select e.id from journal_entries e
        where e.client_account_id = ${clientIds[0]!} and e.fiscal_year = 2024 and not exists (
          select from entry_holds h where h.client_account_id = e.client_account_id and h.entry_id = e.id)
        order by e.id limit 1`),
    [clientIds[0]!],
  );
  await expect(cancelEntry.call(platform, call, { id, reason: 'for sent' })).rejects.toMatchObject({
    code: 'ledger.period_locked',
  });
});

test('the accountant sees the firm and its three clients, the owner her own company', async () => {
  expect([...accountant.roles.keys()].filter((id) => clientIds.includes(id))).toHaveLength(3);
  expect(accountant.roles.size).toBe(4);
  const owner = await callerOfUser(platform.database, await userIdOf(info.ownerEmail), SCOPES, NOW);
  expect([...owner!.roles]).toEqual([[clientIds[0], new Set(['CA'])]]);
});

test('later starts make nothing and renew the token: a random one ends the one before, a given one stays', async () => {
  const find = authenticate(platform);
  const works = async (token: string) => {
    const request = { headers: { authorization: `Bearer ${token}` }, cookies: {} };
    const caller = await Promise.resolve(find(request as never)).catch(() => null);
    return caller?.userId === accountant.userId;
  };
  expect(info.token).toBe('hb_demo_test');
  expect(await works(info.token)).toBe(true);
  const second = await createDemo(platform);
  expect(second.created).toBe(false);
  expect([await works(info.token), await works(second.token)]).toEqual([false, true]);
  const third = await createDemo(platform, { token: 'hb_demo_test' });
  const fourth = await createDemo(platform, { token: 'hb_demo_test' });
  expect([await works(second.token), await works(third.token), fourth.token]).toEqual([false, true, 'hb_demo_test']);
});
