import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { dueDate, termOf } from '../terms/term.ts';

/** Amounts per account, debit − credit. */
export type AccountAmounts = ReadonlyMap<string, Ore>;

export interface Settlement {
  id: number;
  from: LocalDate;
  to: LocalDate;
  version: number;
  kind: 'FULL' | 'DIFFERENCE';
  entryDate: LocalDate;
  /** VAT payable of the whole term in whole kroner, after this settlement. */
  payable: bigint;
  /** The amounts of its entry. */
  entry: AccountAmounts;
  journalEntryId: number;
  voucherId: number | null;
  /** Its entry was cancelled: it no longer settles anything. */
  cancelled: boolean;
  createdAt: Date;
  createdById: number;
}

export const SettlementView = strict({
  id: nullable(Id),
  client_account_id: Id,
  from_date: DateText,
  to_date: DateText,
  due_date: nullable(Type.String({ format: 'date', description: 'For the return and its payment' })),
  version: Type.Integer({ description: '1 for the first of the term; a later one settles what has changed since' }),
  kind: Type.Enum(['FULL', 'DIFFERENCE']),
  entry_date: DateText,
  vat_payable: Type.String({
    description: 'Of the whole term in whole kroner, as fastsattMerverdiavgift; negative: refund',
  }),
  lines: Type.Array(strict({ account_code: Type.String(), debit: Type.String(), credit: Type.String() }), {
    description: 'What the entry holds',
  }),
  settlement_voucher_id: nullable(Id),
  settlement_journal_entry_id: nullable(Id),
  is_cancelled: Type.Boolean(),
  is_dry_run: Type.Boolean(),
  created_at: nullable(TimeText),
  created_by_id: nullable(Id),
});
export type SettlementView = Static<typeof SettlementView>;

interface Row {
  id: number;
  from_date: LocalDate;
  to_date: LocalDate;
  version: number;
  kind: Settlement['kind'];
  entry_date: LocalDate;
  payable: number;
  entry: Record<string, string>;
  journal_entry_id: number;
  voucher_id: number | null;
  cancelled: boolean;
  created_at: Date;
  created_by_id: number;
}

export async function settlements(
  tx: Transaction,
  clientAccountId: number,
  where: Sql,
  tail: Sql = sql`order by s.from_date, s.to_date, s.version`,
): Promise<Settlement[]> {
  const rows = await tx.rows<Row>(sql`
    select s.id, s.from_date, s.to_date, s.version, s.kind, s.entry_date, s.payable, s.entry, s.journal_entry_id, s.voucher_id,
      exists (select 1 from journal_entries c
        where c.client_account_id = s.client_account_id and c.cancels_entry_id = s.journal_entry_id) as cancelled,
      s.created_at, s.created_by_id
    from vat_settlements s where s.client_account_id = ${clientAccountId} and ${where} ${tail}`);
  return rows.map((row) => ({
    id: row.id,
    from: row.from_date,
    to: row.to_date,
    version: row.version,
    kind: row.kind,
    entryDate: row.entry_date,
    payable: ore(row.payable),
    entry: new Map(Object.entries(row.entry).map(([account, amount]) => [account, BigInt(amount)])),
    journalEntryId: row.journal_entry_id,
    voucherId: row.voucher_id,
    cancelled: row.cancelled,
    createdAt: row.created_at,
    createdById: row.created_by_id,
  }));
}

/** The stored form of amounts per account: øre as text, because JSON numbers are not exact for all. */
export function amountsJson(amounts: AccountAmounts): string {
  return JSON.stringify(Object.fromEntries([...amounts].map(([account, amount]) => [account, String(amount)])));
}

export function settlementView(clientAccountId: number, settlement: Settlement): SettlementView {
  return {
    id: settlement.id,
    ...commonView(clientAccountId, settlement),
    settlement_voucher_id: settlement.voucherId,
    settlement_journal_entry_id: settlement.journalEntryId,
    is_cancelled: settlement.cancelled,
    is_dry_run: false,
    created_at: isoSeconds(settlement.createdAt),
    created_by_id: settlement.createdById,
  };
}

/** The settlement as it would be if posted now. */
export function planView(
  clientAccountId: number,
  plan: Pick<Settlement, 'from' | 'to' | 'version' | 'kind' | 'entryDate' | 'payable' | 'entry'>,
): SettlementView {
  return {
    id: null,
    ...commonView(clientAccountId, plan),
    settlement_voucher_id: null,
    settlement_journal_entry_id: null,
    is_cancelled: false,
    is_dry_run: true,
    created_at: null,
    created_by_id: null,
  };
}

function commonView(
  clientAccountId: number,
  plan: Pick<Settlement, 'from' | 'to' | 'version' | 'kind' | 'entryDate' | 'payable' | 'entry'>,
) {
  const term = termOf(plan);
  return {
    client_account_id: clientAccountId,
    from_date: plan.from,
    to_date: plan.to,
    due_date: term && dueDate(term),
    version: plan.version,
    kind: plan.kind,
    entry_date: plan.entryDate,
    vat_payable: formatAmount(plan.payable * 100n),
    lines: [...plan.entry].map(([account, amount]) => ({
      account_code: account,
      debit: formatAmount(amount > 0n ? amount : 0n),
      credit: formatAmount(amount < 0n ? -amount : 0n),
    })),
  };
}
