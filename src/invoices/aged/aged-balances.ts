import sql, { join, raw } from 'sql-template-tag';
import { openLinesSelect } from '../../banking/index.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/** Customers owe us, suppliers are owed by us. */
export type Side = 'customer' | 'supplier';

/** Age of an overdue claim: not yet due, then up to 30, 60 and 90 days, and longer. */
export const BUCKETS = ['not_due', 'days_1_30', 'days_31_60', 'days_61_90', 'days_over_90'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Open items of one customer or supplier; positive in the direction of the side: owed to us, or owed by us. */
export interface AgedBalance {
  businessPartnerId: number | null;
  name: string | null;
  code: string | null;
  items: number;
  buckets: Record<Bucket, Ore>;
  total: Ore;
}

export interface AgedBalances {
  side: Side;
  date: LocalDate;
  partners: AgedBalance[];
  buckets: Record<Bucket, Ore>;
  total: Ore;
}

/**
 * Open items at the end of a day by the number of days overdue, in kroner. Counted from the due date, or from the line's own
 * date if it has none. A customer's overpayment is a negative amount that is not yet due.
 */
export async function readAgedBalances(
  tx: Transaction,
  clientAccountId: number,
  side: Side,
  date: LocalDate,
): Promise<AgedBalances> {
  // Every open item is read: nested loops would look up each one separately, an index scan its page once for each line on it.
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true), set_config('enable_indexscan', 'off', true)`);
  const sign = side === 'customer' ? 1 : -1;
  const rows = await tx.rows<
    { id: number | null; name: string | null; code: string | null; items: number } & Record<Bucket, string>
  >(sql`
    with open as (
      select l.business_partner_id as id, ${sign} * l.remaining as remaining, coalesce(l.due_date, l.entry_date) as due
      from (${openLinesSelect(clientAccountId, { at: date, side })}) l),
    -- In two steps, so that each item is looked at once and added once.
    parts as (
      select id, count(*) as items, sum(remaining) as remaining,
        case when remaining < 0 or due >= ${date}::date then 0 when due >= ${date}::date - 30 then 1
          when due >= ${date}::date - 60 then 2 when due >= ${date}::date - 90 then 3 else 4 end as bucket
      from open group by 1, 4),
    sums as (
      select id, sum(items)::int as items, ${join(
        BUCKETS.map((name, i) => sql`coalesce(sum(remaining) filter (where bucket = ${i}), 0) as ${raw(name)}`),
      )}
      from parts group by 1)
    select s.*, p.name, case when ${side} = 'customer' then p.customer_code else p.supplier_code end as code
    from sums s
    left join business_partners p on p.client_account_id = ${clientAccountId} and p.id = s.id
    order by p.name collate nb_no nulls last, s.id`);
  const partners = rows.map((row): AgedBalance => {
    const buckets = Object.fromEntries(BUCKETS.map((name) => [name, ore(row[name])])) as Record<Bucket, Ore>;
    return {
      businessPartnerId: row.id,
      name: row.name,
      code: row.code,
      items: row.items,
      buckets,
      total: sumOf(buckets),
    };
  });
  const buckets = Object.fromEntries(
    BUCKETS.map((name) => [name, partners.reduce((sum, partner) => sum + partner.buckets[name], 0n)]),
  ) as Record<Bucket, Ore>;
  return { side, date, partners, buckets, total: sumOf(buckets) };
}

function sumOf(buckets: Record<Bucket, Ore>): Ore {
  return BUCKETS.reduce((sum, name) => sum + buckets[name], 0n);
}
