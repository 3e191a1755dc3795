import sql from 'sql-template-tag';
import { insertion } from '../../platform/database/columns.ts';
import type { Context } from '../../platform/operation.ts';

interface NewDimensionValue {
  /**
   * From `takeIds`, which holds the row lock of the client account, so that no other transaction reads the same highest
   * number.
   */
  id: number;
  type: string;
  name: string;
  code?: string | null | undefined;
  description?: string | null | undefined;
  autonomy_level?: string | null | undefined;
}

/** A value of a dimension with the next number of its kind; numbers have no gaps. */
export async function insertDimensionValue(
  { tx, clientAccountId, caller, now }: Pick<Context, 'tx' | 'clientAccountId' | 'caller' | 'now'>,
  { id, type, name, code, description, autonomy_level }: NewDimensionValue,
): Promise<void> {
  const { next } = await tx.one<{ next: number }>(sql`
    select coalesce(max(sequence_number), 0) + 1 as next from dimension_values
    where client_account_id = ${clientAccountId} and dimension_type = ${type}`);
  await tx.execute(sql`
    insert into dimension_values ${insertion({
      client_account_id: clientAccountId,
      dimension_type: type,
      id,
      sequence_number: next,
      name,
      code,
      description,
      autonomy_level,
      created_at: now,
      created_by_id: caller.userId,
      updated_at: now,
      updated_by_id: caller.userId,
    })}`);
}
