import { isDeepStrictEqual } from 'node:util';
import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { reconciliationErrors } from './errors.ts';
import { requireBankAccount } from '../accounts/require-bank-account.ts';
import { readReconciliation, readReconciliations } from './reconciliation.ts';
import { reconciliationView, type ReconciliationView, type SignedView } from './reconciliation-view.ts';

const read = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;
const write = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export const getReconciliation = readOperation({
  name: 'bank-reconciliation.get',
  access: read,
  run: async ({ tx, clientAccountId }, input: { bankAccountId: number; date: LocalDate }) =>
    reconciliationView(await readReconciliation(tx, clientAccountId, input.bankAccountId, input.date)),
});

/**
 * Signs that bank and ledger agree, with the figures that were seen. Under the row lock of the client account, so that
 * nothing is posted in between.
 */
export const signReconciliation = writeOperation({
  name: 'bank-reconciliation.sign',
  access: write,
  async run(
    { tx, clientAccountId, caller, now, audit },
    input: { bankAccountId: number; date: LocalDate; comment: string | null },
  ) {
    const id = await takeIds(tx, clientAccountId);
    await requireBankAccount(tx, clientAccountId, input.bankAccountId);
    const seen = await readReconciliation(tx, clientAccountId, input.bankAccountId, input.date);
    if (seen.bankBalance === null) throw reconciliationErrors.no_balance({ date: input.date });
    if (seen.unexplained !== 0n)
      throw reconciliationErrors.does_not_agree({
        bank_balance: formatAmount(seen.bankBalance),
        ledger_balance: formatAmount(seen.ledgerBalance),
        not_booked: formatAmount(seen.notBookedTotal),
        not_in_bank: formatAmount(seen.notInBankTotal),
        unexplained: formatAmount(seen.unexplained!),
      });
    const standing = await tx.maybe(sql`
      select id from bank_reconciliations where client_account_id = ${clientAccountId}
        and bank_account_id = ${input.bankAccountId} and reconciled_on = ${input.date} and reopened_at is null`);
    if (standing) throw reconciliationErrors.already_signed({ reconciled_on: input.date });
    await tx.execute(sql`
      insert into bank_reconciliations (client_account_id, id, bank_account_id, reconciled_on, bank_balance, ledger_balance, snapshot,
        comment, signed_at, signed_by_id)
      values (${clientAccountId}, ${id}, ${input.bankAccountId}, ${input.date}, ${seen.bankBalance}, ${seen.ledgerBalance},
        ${JSON.stringify(reconciliationView(seen))}, ${input.comment}, ${now}, ${caller.userId})`);
    const made = await findSigned(tx, clientAccountId, id);
    audit({ recordType: 'bank_reconciliation', recordId: id, after: made });
    return made;
  },
});

/** Opens a signed reconciliation again; it is kept with who, when and why. */
export const reopenReconciliation = writeOperation({
  name: 'bank-reconciliation.reopen',
  access: write,
  async run({ tx, clientAccountId, caller, now, audit }, { id, reason }: { id: number; reason: string }) {
    const before = await findSigned(tx, clientAccountId, id);
    const changed = await tx.execute(sql`
      update bank_reconciliations set reopened_at = ${now}, reopened_by_id = ${caller.userId}, reopen_reason = ${reason}
      where client_account_id = ${clientAccountId} and id = ${id} and reopened_at is null`);
    if (changed === 0) throw reconciliationErrors.not_signed();
    const after = await findSigned(tx, clientAccountId, id);
    audit({ recordType: 'bank_reconciliation', recordId: id, before, after });
    return after;
  },
});

export const listReconciliations = readOperation({
  name: 'bank-reconciliation.list',
  access: read,
  async run({ tx, clientAccountId }, input: Page & { bankAccountId: number | null }) {
    const where = sql`(${input.bankAccountId}::bigint is null or bank_account_id = ${input.bankAccountId})`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from bank_reconciliations where client_account_id = ${clientAccountId} and ${where}`,
    );
    const rows = await readSigned(
      tx,
      clientAccountId,
      where,
      sql`order by reconciled_on desc, id desc ${limitOffset(input)}`,
    );
    return envelope(rows, input, records);
  },
});

interface SignedRow extends Omit<
  SignedView,
  'bank_balance' | 'ledger_balance' | 'signed_at' | 'reopened_at' | 'is_intact'
> {
  bank_balance: number;
  ledger_balance: number;
  signed_at: Date;
  reopened_at: Date | null;
}

async function readSigned(tx: Transaction, clientAccountId: number, where: Sql, tail: Sql): Promise<SignedView[]> {
  const rows = await tx.rows<SignedRow>(sql`
    select id, client_account_id, bank_account_id, reconciled_on, bank_balance, ledger_balance, comment, signed_at, signed_by_id,
      reopened_at, reopened_by_id, reopen_reason, snapshot
    from bank_reconciliations where client_account_id = ${clientAccountId} and ${where} ${tail}`);
  const standing = rows.filter(({ reopened_at }) => reopened_at === null);
  const days = standing.map((row) => ({ bankAccountId: row.bank_account_id, date: row.reconciled_on }));
  const found = await readReconciliations(tx, clientAccountId, days);
  const now = new Map(standing.map(({ id }, i) => [id, reconciliationView(found[i]!)]));
  return rows.map((row) => ({
    ...row,
    bank_balance: formatAmount(ore(row.bank_balance)),
    ledger_balance: formatAmount(ore(row.ledger_balance)),
    signed_at: isoSeconds(row.signed_at),
    reopened_at: row.reopened_at && isoSeconds(row.reopened_at),
    is_intact: row.reopened_at ? null : isSame(now.get(row.id)!, row.snapshot),
  }));
}

/** Intact: the current figures of that day equal the signed ones. */
function isSame(now: ReconciliationView, signed: ReconciliationView): boolean {
  const plain = ({ statement_date: _, ...view }: ReconciliationView) => JSON.parse(JSON.stringify(view)) as unknown;
  return isDeepStrictEqual(plain(now), plain(signed));
}

async function findSigned(tx: Transaction, clientAccountId: number, id: number): Promise<SignedView> {
  const [found] = await readSigned(tx, clientAccountId, sql`id = ${id}`, sql``);
  if (!found) throw requestErrors.not_found({ what: 'Reconciliation' });
  return found;
}
