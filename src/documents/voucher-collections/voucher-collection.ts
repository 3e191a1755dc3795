import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { RelationFields } from '../../platform/http/relations.ts';
import { Id, nullable, type Static, strict, TimeText, Type, MultiLineText } from '../../platform/http/schema.ts';
import { voucherRows, VoucherView } from '../vouchers/voucher.ts';

const name = Type.String({ minLength: 1, maxLength: 150, pattern: '\\S' });
const description = Type.Optional(nullable(MultiLineText({ maxLength: 1000 })));

export const NewCollection = strict({ client_account_id: Id, name, description });
export const CollectionChanges = strict({
  client_account_id: Type.Optional(Id),
  name: Type.Optional(name),
  description,
});

export const CollectionView = strict({
  id: Id,
  client_account_id: Id,
  name: Type.String(),
  description: nullable(Type.String()),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  ...RelationFields,
  vouchers: Type.Optional(Type.Array(VoucherView)),
});
export type CollectionView = Static<typeof CollectionView>;

export const COLLECTION_RELATIONS = ['vouchers', 'client_account', 'created_by', 'updated_by'] as const;

interface CollectionRow extends Omit<CollectionView, 'created_at' | 'updated_at'> {
  created_at: Date;
  updated_at: Date;
}

export async function collectionRows(tx: Transaction, clientAccountId: number, tail: Sql): Promise<CollectionView[]> {
  const rows = await tx.rows<CollectionRow>(sql`
    select id, client_account_id, name, description, created_at, created_by_id, updated_at, updated_by_id
    from voucher_collections where client_account_id = ${clientAccountId} ${tail}`);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  }));
}

/** One collection. Throws 404. */
export async function findCollection(tx: Transaction, clientAccountId: number, id: number): Promise<CollectionView> {
  const [collection] = await collectionRows(tx, clientAccountId, sql`and id = ${id}`);
  if (!collection) throw requestErrors.not_found({ what: 'Voucher collection' });
  return collection;
}

export async function attachVouchers(tx: Transaction, clientAccountId: number, collections: readonly CollectionView[]) {
  const members = await tx.rows<{ collection_id: number; voucher_id: number }>(sql`
    select collection_id, voucher_id from voucher_collection_members
    where client_account_id = ${clientAccountId}
      and collection_id = any(${collections.map((collection) => collection.id)}::bigint[])`);
  const ids = [...new Set(members.map((member) => member.voucher_id))];
  const vouchers = new Map(
    (
      await voucherRows(
        tx,
        sql`v.client_account_id = ${clientAccountId} and v.id = any(${ids}::bigint[])`,
        sql`order by id`,
      )
    ).map((voucher) => [voucher.id, voucher]),
  );
  for (const collection of collections) {
    collection.vouchers = members
      .filter((member) => member.collection_id === collection.id)
      .map((member) => vouchers.get(member.voucher_id)!)
      .toSorted((a, b) => a.id - b.id);
  }
}
