import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from './schema.ts';

/** A person inside another record. */
export const RelatedUser = strict(
  {
    id: Id,
    first_name: Type.String(),
    last_name: Type.String(),
    created_at: TimeText,
    profile_image_url: nullable(Type.String()),
    last_login: nullable(TimeText),
  },
  { title: 'UserSummary' },
);

/** A client account inside another record. */
export const RelatedClientAccount = strict(
  { id: Id, unique_name: Type.String(), display_name: Type.String() },
  { title: 'ClientAccountSummary' },
);

/** The relations that most records have; absent unless requested. */
export const RelationFields = {
  client_account: Type.Optional(RelatedClientAccount),
  created_by: Type.Optional(nullable(RelatedUser)),
  updated_by: Type.Optional(nullable(RelatedUser)),
};

interface Owned {
  client_account_id: number;
  created_by_id?: number | null;
  updated_by_id?: number | null;
}

/** Adds `client_account`, `created_by` and `updated_by` to the records, if requested. */
export async function attachRelations(
  tx: Transaction,
  records: readonly Owned[],
  asked: ReadonlySet<string>,
): Promise<void> {
  const people = (['created_by', 'updated_by'] as const).filter((relation) => asked.has(relation));
  if (people.length > 0) {
    const users = await usersById(
      tx,
      records.flatMap((record) => people.map((relation) => record[`${relation}_id`])),
    );
    for (const record of records)
      for (const relation of people)
        Object.assign(record, { [relation]: users.get(record[`${relation}_id`] ?? 0) ?? null });
  }
  if (asked.has('client_account')) {
    const accounts = await tx.rows<{ id: number; unique_name: string; display_name: string }>(sql`
      select id, unique_name, display_name from client_accounts
      where id = any(${[...new Set(records.map((record) => record.client_account_id))]}::bigint[])`);
    const byId = new Map(accounts.map((account) => [account.id, account]));
    for (const record of records) Object.assign(record, { client_account: byId.get(record.client_account_id) });
  }
}

/** The columns of a related person. */
export interface RelatedUserRow {
  id: number;
  first_name: string;
  last_name: string;
  created_at: Date;
  profile_image_url: string | null;
  last_login: Date | null;
}

export function relatedUserView(row: RelatedUserRow): Static<typeof RelatedUser> {
  return {
    id: row.id,
    first_name: row.first_name,
    last_name: row.last_name,
    created_at: isoSeconds(row.created_at),
    profile_image_url: row.profile_image_url,
    last_login: row.last_login && isoSeconds(row.last_login),
  };
}

async function usersById(tx: Transaction, ids: readonly (number | null | undefined)[]) {
  const wanted = [...new Set(ids.filter((id) => id != null))];
  const rows = await tx.rows<RelatedUserRow>(sql`
    select id, first_name, last_name, created_at, profile_image_url, last_login from users where id = any(${wanted}::bigint[])`);
  return new Map(rows.map((row) => [row.id, relatedUserView(row)]));
}
