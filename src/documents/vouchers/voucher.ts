import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { type Caller } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { RelationFields } from '../../platform/http/relations.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { FileView, seesAll } from '../files/file.ts';

export const VOUCHER_STATUSES = ['PENDING', 'DRAFT', 'ARCHIVED', 'BOOKED', 'DELETED'] as const;

export const VoucherView = strict({
  id: Type.Integer({ minimum: 1, description: 'Also the id of the file' }),
  client_account_id: Id,
  status: Type.Enum([...VOUCHER_STATUSES], { description: 'BOOKED: a posted entry uses it. DRAFT: a draft names it' }),
  description: nullable(Type.String()),
  name: Type.String({ description: 'Of the file' }),
  content_type: Type.String(),
  size_bytes: Type.Integer(),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  ...RelationFields,
  file: Type.Optional(FileView),
  journal_entries: Type.Optional(
    Type.Array(
      strict({
        id: Id,
        series: Type.String(),
        fiscal_year: Type.Integer(),
        sequence_number: Type.Integer(),
        entry_date: DateText,
        memo: Type.String(),
        linked_later: Type.Boolean({ description: 'false: the entry was posted with it' }),
      }),
    ),
  ),
  collections: Type.Optional(Type.Array(strict({ id: Id, name: Type.String() }))),
});
export type VoucherView = Static<typeof VoucherView>;

interface VoucherRow extends Omit<VoucherView, 'created_at' | 'updated_at'> {
  created_at: Date;
  updated_at: Date;
}

/** Posted entries of the voucher `v`, each once, with the kind of link. */
export const ENTRIES_OF_VOUCHER = sql`(
  select e.id as entry_id, false as linked_later from journal_entries e
  where e.client_account_id = v.client_account_id and e.voucher_id = v.id
  union all
  select l.entry_id, true from journal_entry_vouchers l
  where l.client_account_id = v.client_account_id and l.voucher_id = v.id)`;

/** Derived from the books, so that it never differs from them. */
const STATUS = sql`
  case
    when v.status <> 'DELETED' and exists ${ENTRIES_OF_VOUCHER} then 'BOOKED'
    when v.status = 'PENDING' and exists (select 1 from draft_journal_entries d
      where d.client_account_id = v.client_account_id and d.input->>'voucher_id' = v.id::text) then 'DRAFT'
    else v.status
  end`;

/** Vouchers as a relation `w`: those of `v` (voucher) and `f` (its file) that satisfy `where`. */
export function voucherRelation(where: Sql): Sql {
  return sql`(
    select v.id, v.client_account_id, ${STATUS} as status, v.description, f.name, f.content_type, f.size_bytes, v.created_at,
      v.created_by_id, v.updated_at, v.updated_by_id
    from vouchers v join files f on f.client_account_id = v.client_account_id and f.id = v.id
    where ${where}
  ) w`;
}

export async function voucherRows(tx: Transaction, where: Sql, tail: Sql): Promise<VoucherView[]> {
  const rows = await tx.rows<VoucherRow>(sql`
    select id, client_account_id, status, description, name, content_type, size_bytes, created_at, created_by_id, updated_at,
      updated_by_id
    from ${voucherRelation(where)} ${tail}`);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  }));
}

/** One voucher that the caller may see. Throws 404. */
export async function findVoucher(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  caller: Caller,
): Promise<VoucherView> {
  const own = seesAll(caller, clientAccountId) ? sql`` : sql`and v.created_by_id = ${caller.userId}`;
  const [voucher] = await voucherRows(tx, sql`v.client_account_id = ${clientAccountId} and v.id = ${id} ${own}`, sql``);
  if (!voucher) throw requestErrors.not_found({ what: 'Voucher' });
  return voucher;
}
