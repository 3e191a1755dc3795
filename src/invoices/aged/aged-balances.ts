import sql from 'sql-template-tag';
import { openItemsSelect } from '../../banking/index.ts';
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
  // Every open item is read: nested loops would look up each one separately.
  await tx.execute(sql`set local enable_nestloop = off`);
  const sign = side === 'customer' ? 1 : -1;
  const rows = await tx.rows<
    { id: number | null; name: string | null; code: string | null; items: number } & Record<Bucket, string>
  >(sql`
    with open as (
      select i.business_partner_id, ${sign} * i.remaining as remaining,
        case when ${sign} * i.remaining < 0 then 0 else ${date}::date - coalesce(i.due_date, i.entry_date) end as overdue
      from (${openItemsSelect(clientAccountId, { at: date })}) i where i.side = ${side}),
    sums as (
      select business_partner_id as id, count(*)::int as items,
        coalesce(sum(remaining) filter (where overdue <= 0), 0) as not_due,
        coalesce(sum(remaining) filter (where overdue between 1 and 30), 0) as days_1_30,
        coalesce(sum(remaining) filter (where overdue between 31 and 60), 0) as days_31_60,
        coalesce(sum(remaining) filter (where overdue between 61 and 90), 0) as days_61_90,
        coalesce(sum(remaining) filter (where overdue > 90), 0) as days_over_90
      from open group by 1)
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
