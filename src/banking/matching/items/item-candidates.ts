import sql from 'sql-template-tag';
import type { Transaction } from '../../../platform/database/pool.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { type OpenItem, openItemOf, type OpenItemRow, openItemsSelect } from './open-items.ts';
import { unitsSelect } from '../matches/match-units.ts';

/** Matching facts of a transaction and an item, as bits. */
export const FACT = {
  kid: 1,
  endToEnd: 2,
  account: 4,
  number: 8,
  name: 16,
  amount: 32,
  currency: 64,
  batch: 128,
} as const;

export interface ItemCandidate {
  unit: number;
  entry_id: number;
  line_no: number;
  facts: number;
  /** Amount of the item that our own payment pays, with its sign; null if the facts contain no amount. */
  part: number | null;
}

export interface ItemCandidates {
  pairs: ItemCandidate[];
  items: Map<string, OpenItem>;
}

/** An amount that more items than this share is no evidence for any of them. */
const MOST_OF_AN_AMOUNT = 4;

/**
 * Every pair of an open transaction and an open item with a matching fact, found by joins over all of both. The facts are
 * weighed elsewhere. Amount alone is a fact only if few items have that amount.
 */
export async function readItemCandidates(tx: Transaction, clientAccountId: number): Promise<ItemCandidates> {
  const pairs = await tx.rows<ItemCandidate>(sql`
    with units as materialized (
      select coalesce(detail_id, transaction_id) as unit, booking_date, ore, currency_code, currency_amount, kid, end_to_end_id, payment_id,
        account_partner, name_partner, text from (${unitsSelect(clientAccountId)}) u
      where details < 2 or detail_id is not null
    ), items as materialized (
      select entry_id, line_no, entry_date, remaining, currency_code, currency_remaining, business_partner_id, payment_reference,
        upper(regexp_replace(document_reference, '\\s', '', 'g')) as document_number, document_id
      from (${openItemsSelect(clientAccountId)}) i
    ), foreign_units as materialized (
      select unit, currency_code, currency_amount, account_partner, name_partner from units where currency_code is not null
    ), foreign_items as materialized (
      select entry_id, line_no, currency_code, currency_remaining, business_partner_id from items where currency_code is not null
    ), rare as materialized (
      select remaining from items group by remaining having count(*) <= ${MOST_OF_AN_AMOUNT}
    ), tokens as materialized (
      select distinct unit, token from units, regexp_split_to_table(upper(text), '[^A-Z0-9ÆØÅ/_-]+') as token
      where token ~ '[0-9]' and length(token) between 3 and 70
    ), ours as materialized (
      select p.end_to_end_id, p.payment_information_id, i.entry_id, i.line_no,
        case when p.currency_code = 'NOK' then -p.amount end as part
      from outgoing_payments p join items i on i.document_id = p.document_id
      where p.client_account_id = ${clientAccountId} and p.status in ('APPROVED', 'SENT', 'RECEIVED', 'WAITING', 'ACCEPTED',
        'EXECUTED', 'SETTLED')
    ), found as (
      select unit, entry_id, line_no, ${FACT.kid}::int as fact, null::bigint as part
      from units join items on payment_reference = kid
      union all
      select unit, entry_id, line_no, ${FACT.endToEnd}::int, part from units
      join ours o on o.end_to_end_id = units.end_to_end_id where units.ore < 0
      union all
      select unit, entry_id, line_no, ${FACT.batch}::int, part from units
      join ours o on o.payment_information_id = units.payment_id where units.end_to_end_id is null
      union all
      select unit, i.entry_id, i.line_no, ${FACT.endToEnd}::int, null::bigint from units
      join (select id::text as id, document_id from document_payment_lines where client_account_id = ${clientAccountId}) p on p.id = end_to_end_id
      join items i on i.document_id = p.document_id
      union all
      select unit, entry_id, line_no, ${FACT.account}::int, null::bigint from units
      join items i on i.business_partner_id = account_partner and i.remaining = ore
      union all
      select unit, entry_id, line_no, ${FACT.account | FACT.currency}::int, null::bigint from foreign_units u
      join foreign_items i on i.business_partner_id = account_partner and i.currency_code = u.currency_code and i.currency_remaining = u.currency_amount
      union all
      select unit, entry_id, line_no, ${FACT.number}::int, null::bigint from tokens join items on document_number = token
      union all
      select unit, entry_id, line_no, ${FACT.name}::int, null::bigint from units
      join items i on i.business_partner_id = name_partner and i.remaining = ore
      union all
      select unit, entry_id, line_no, ${FACT.name | FACT.currency}::int, null::bigint from foreign_units u
      join foreign_items i on i.business_partner_id = name_partner and i.currency_code = u.currency_code and i.currency_remaining = u.currency_amount
      union all
      select unit, entry_id, line_no, ${FACT.amount}::int, null::bigint from units
      join rare on rare.remaining = ore join items i on i.remaining = ore
      where i.entry_date <= booking_date + 3 and i.entry_date >= booking_date - 400
    )
    select unit, entry_id, line_no, bit_or(fact::int) as facts, sum(part)::bigint as part from found group by 1, 2, 3 order by 1, 2, 3`);
  const items = await tx.rows<OpenItemRow>(sql`
    with pairs as materialized (
      select * from unnest(${numberArray([...new Set(pairs.map(({ entry_id }) => entry_id))])}::bigint[]) as p (id)
    ), partners as materialized (
      select account_partner as id from (${unitsSelect(clientAccountId)}) u where account_partner is not null
      union select name_partner from (${unitsSelect(clientAccountId)}) u where name_partner is not null
    )
    select i.* from (${openItemsSelect(clientAccountId)}) i
    where i.entry_id in (select id from pairs) or i.business_partner_id in (select id from partners)
    order by i.entry_date, i.entry_id, i.line_no`);
  const found = new Map<string, OpenItem>();
  for (const row of items) found.set(`${row.entry_id}:${row.line_no}`, openItemOf(row));
  return { pairs, items: found };
}
