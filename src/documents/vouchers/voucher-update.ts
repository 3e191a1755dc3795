import sql from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { Id, nullable, type Static, strict, Type, MultiLineText } from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { findVoucher } from './voucher.ts';
import { attachVoucherRelations } from './voucher-relations.ts';

export const VoucherChanges = strict({
  status: Type.Optional(Type.Enum(['PENDING', 'DRAFT', 'ARCHIVED'])),
  description: Type.Optional(nullable(MultiLineText({ maxLength: 1000 }))),
  collection_ids: Type.Optional(
    Type.Array(Id, { maxItems: 100, description: 'The collections it is in, in place of those it was in' }),
  ),
});
export type VoucherChanges = Static<typeof VoucherChanges>;

/**
 * Changes status, description and collections. BOOKED is derived from the books and DELETED from deleting the file;
 * neither can be set by a user. Errors: documents.voucher_booked, documents.voucher_deleted.
 */
export const updateVoucher = writeOperation({
  name: 'voucher.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { id: number; changes: VoucherChanges }) {
    const { tx, clientAccountId, caller, now } = context;
    const { changes, id } = input;
    await lockBooks(tx, clientAccountId);
    const before = await findVoucher(tx, clientAccountId, id, caller);
    await attachVoucherRelations(tx, [before], new Set(['collections']));
    if (before.status === 'DELETED') throw documentErrors.voucher_deleted();
    if (before.status === 'BOOKED' && changes.status !== undefined) throw documentErrors.voucher_booked();
    await tx.execute(sql`
      update vouchers set ${assignments({
        status: changes.status,
        description: changes.description,
        updated_at: now,
        updated_by_id: caller.userId,
      })}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    if (changes.collection_ids) await putInCollections(tx, clientAccountId, id, changes.collection_ids);
    const after = await findVoucher(tx, clientAccountId, id, caller);
    await attachVoucherRelations(tx, [after], new Set(['collections']));
    context.audit({ recordType: 'voucher', recordId: id, before, after });
    return after;
  },
});

async function putInCollections(tx: Transaction, clientAccountId: number, id: number, collectionIds: number[]) {
  const known = await tx.rows<{ id: number }>(sql`
    select id from voucher_collections
    where client_account_id = ${clientAccountId} and id = any(${collectionIds}::bigint[])`);
  const ids = new Set(known.map((row) => row.id));
  const problems = collectionIds.flatMap((collectionId, index) =>
    ids.has(collectionId)
      ? []
      : [problem(`collection_ids[${index}]`, `unknown collection ${collectionId}`, `ukjent samling ${collectionId}`)],
  );
  if (problems.length > 0) throw invalid(problems);
  await tx.execute(sql`
    delete from voucher_collection_members where client_account_id = ${clientAccountId} and voucher_id = ${id}`);
  await tx.execute(sql`
    insert into voucher_collection_members (client_account_id, collection_id, voucher_id)
    select ${clientAccountId}, c, ${id} from unnest(${[...ids]}::bigint[]) as t (c)`);
}
