import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { fileRows } from '../files/file.ts';
import { ENTRIES_OF_VOUCHER, type VoucherView } from './voucher.ts';

export const VOUCHER_RELATIONS = [
  'client_account',
  'created_by',
  'updated_by',
  'file',
  'journal_entries',
  'collections',
] as const;

type Entry = NonNullable<VoucherView['journal_entries']>[number];

export async function attachVoucherRelations(
  tx: Transaction,
  vouchers: readonly VoucherView[],
  asked: ReadonlySet<string>,
): Promise<void> {
  await attachRelations(tx, vouchers, asked);
  for (const [clientAccountId, group] of groupBy(vouchers, (voucher) => voucher.client_account_id)) {
    const ids = group.map((voucher) => voucher.id);
    if (asked.has('file')) {
      const files = new Map(
        (await fileRows(tx, clientAccountId, sql`and f.id = any(${ids}::bigint[])`)).map((file) => [file.id, file]),
      );
      for (const voucher of group) voucher.file = files.get(voucher.id)!;
    }
    if (asked.has('journal_entries')) {
      const entries = await entriesOf(tx, clientAccountId, ids);
      for (const voucher of group) voucher.journal_entries = entries.get(voucher.id) ?? [];
    }
    if (asked.has('collections')) {
      const collections = await collectionsOf(tx, clientAccountId, ids);
      for (const voucher of group) voucher.collections = collections.get(voucher.id) ?? [];
    }
  }
}

async function entriesOf(tx: Transaction, clientAccountId: number, ids: number[]): Promise<Map<number, Entry[]>> {
  const rows = await tx.rows<{ voucher_id: number; entry: Entry }>(sql`
    select v.id as voucher_id, json_build_object('id', e.id, 'series', e.series, 'fiscal_year', e.fiscal_year,
      'sequence_number', e.sequence_number, 'entry_date', e.entry_date, 'memo', e.memo,
      'linked_later', u.linked_later) as entry
    from vouchers v
    cross join lateral ${ENTRIES_OF_VOUCHER} u
    join journal_entries e on e.client_account_id = v.client_account_id and e.id = u.entry_id
    where v.client_account_id = ${clientAccountId} and v.id = any(${ids}::bigint[])
    order by v.id, e.entry_date, e.id`);
  const groups = groupBy(rows, (row) => row.voucher_id);
  return new Map([...groups].map(([id, entries]) => [id, entries.map(({ entry }) => entry)]));
}

async function collectionsOf(tx: Transaction, clientAccountId: number, ids: number[]) {
  const rows = await tx.rows<{ voucher_id: number; id: number; name: string }>(sql`
    select m.voucher_id, c.id, c.name
    from voucher_collection_members m
    join voucher_collections c on c.client_account_id = m.client_account_id and c.id = m.collection_id
    where m.client_account_id = ${clientAccountId} and m.voucher_id = any(${ids}::bigint[])
    order by m.voucher_id, c.name collate nb_no, c.id`);
  const groups = groupBy(rows, (row) => row.voucher_id);
  return new Map([...groups].map(([id, group]) => [id, group.map(({ id: key, name }) => ({ id: key, name }))]));
}
