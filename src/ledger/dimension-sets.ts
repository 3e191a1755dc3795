import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { AppError } from '../platform/errors.ts';
import type { Masters } from './masters.ts';
import { numberArray, textArray } from './pg-array.ts';
import type { Accepted } from './posting/posting-job.ts';

/**
 * Gives every line the id of its dimension set. A set is created at first use, under the row lock of the client
 * account; its members must be active values of their type. Known sets stay cached until the masters change. Call the
 * returned function after the commit: it caches the sets that were found or created here.
 */
export async function resolveDimensionSets(
  tx: Transaction,
  accepted: Accepted[],
  heads: Map<number, { next_id: number }>,
): Promise<() => void> {
  const unknown = new Map<Masters, Set<string>>();
  const linesOf = ({ results }: Accepted) =>
    results.flatMap((result) => (result instanceof AppError ? [] : result.lines));
  for (const one of accepted) {
    for (const { dimensionKey } of linesOf(one)) {
      if (!dimensionKey || one.masters.sets.has(dimensionKey)) continue;
      const keys = unknown.get(one.masters);
      if (keys) keys.add(dimensionKey);
      else unknown.set(one.masters, new Set([dimensionKey]));
    }
  }
  const found = new Map<Masters, Map<string, number>>();
  // One query per client account, all sent at once.
  await Promise.all(
    [...unknown].map(([masters, keys]) => {
      const own = new Map<string, number>();
      found.set(masters, own);
      return findOrMake(tx, masters.clientAccountId, own, [...keys], heads.get(masters.clientAccountId)!);
    }),
  );
  for (const one of accepted)
    for (const line of linesOf(one))
      line.dimensionSetId = line.dimensionKey
        ? (one.masters.sets.get(line.dimensionKey) ?? found.get(one.masters)!.get(line.dimensionKey)!)
        : null;
  return () => {
    for (const [masters, own] of found) for (const [key, id] of own) masters.sets.set(key, id);
  };
}

/** Values that a set names but that are not active values of that type. */
export async function unknownMembers(
  tx: Transaction,
  clientAccountId: number,
  keys: readonly string[],
): Promise<Set<string>> {
  const members = new Map(keys.flatMap(membersOf).map((member) => [`${member.type}:${member.id}`, member]));
  const rows = await tx.rows<{ member: string }>(sql`
    select v.type || ':' || v.id as member
    from unnest(${textArray([...members.values()].map((m) => m.type))}::text[], ${numberArray([...members.values()].map((m) => m.id))}::bigint[]) as v (type, id)
    where not exists (select 1 from dimension_values d
        where d.client_account_id = ${clientAccountId} and d.id = v.id and d.dimension_type = v.type and d.is_active)
      and not (v.type = 'business_partner' and exists (select 1 from business_partners b
        where b.client_account_id = ${clientAccountId} and b.id = v.id and b.is_active))`);
  return new Set(rows.map((row) => row.member));
}

async function findOrMake(
  tx: Transaction,
  clientAccountId: number,
  known: Map<string, number>,
  keys: string[],
  head: { next_id: number },
): Promise<void> {
  const found = await tx.rows<{ key: string; id: number }>(sql`
    select key, id from dimension_sets where client_account_id = ${clientAccountId} and key = any(${textArray(keys)}::text[])`);
  for (const { key, id } of found) known.set(key, id);
  const missing = keys.filter((key) => !known.has(key));
  if (missing.length === 0) return;
  const ids = missing.map(() => head.next_id++);
  await tx.execute(sql`
    insert into dimension_sets (client_account_id, id, key)
    select ${clientAccountId}, id, key from unnest(${numberArray(ids)}::int[], ${textArray(missing)}::text[]) as v (id, key)`);
  const members = missing.flatMap((key, i) => membersOf(key).map((member) => ({ ...member, set: ids[i]! })));
  await tx.execute(sql`
    insert into dimension_set_members (client_account_id, dimension_type, value_id, dimension_set_id)
    select ${clientAccountId}, type, id, set
    from unnest(${textArray(members.map((m) => m.type))}::text[], ${numberArray(members.map((m) => m.id))}::bigint[],
      ${numberArray(members.map((m) => m.set))}::int[]) as v (type, id, set)`);
  missing.forEach((key, i) => known.set(key, ids[i]!));
}

export function membersOf(key: string): { type: string; id: number }[] {
  return key.split(',').map((member) => {
    const [type = '', id = ''] = member.split(':');
    return { type, id: Number(id) };
  });
}
