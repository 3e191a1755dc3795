import sql, { type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Transaction } from '../../../platform/database/pool.ts';

/**
 * The subject of a proposal: an open transaction, or one payment of a batch. Amounts as numbers: øre and hundredths of a
 * currency, all exact. `ore` is null if the rate is unknown.
 */
export interface MatchUnit {
  transaction_id: number;
  /** A payment of a batch; null for a transaction with one payment or none. */
  detail_id: number | null;
  /** More than one: a batch. As a whole it is a unit for matches with ledger lines; its details are units for open items. */
  details: number;
  bank_account_id: number;
  booking_date: LocalDate;
  amount: number;
  ore: number | null;
  currency_code: string | null;
  currency_amount: number | null;
  kid: string | null;
  end_to_end_id: string | null;
  /** Our order of a batch of payments; null if the unit is one payment of it. */
  payment_id: string | null;
  account: string | null;
  name: string | null;
  text: string;
  is_reversal: boolean;
  /** The partner with this account number or name, if it is the only one. */
  account_partner: number | null;
  name_partner: number | null;
}

export interface UnitScope {
  bankAccountId?: number | null;
  transactionIds?: readonly number[] | null;
}

/** Account numbers of partners: entered with them, in accounts of theirs, or learned from matches. */
export const partnerAccounts = (clientAccountId: number): Sql => sql`
  select regexp_replace(a.account_number, '[^0-9A-Za-z]', '', 'g') as account, a.partner
  from (
    select p.id as partner, n.account_number from business_partners p,
      jsonb_to_recordset(case when jsonb_typeof(p.bank_accounts) = 'array' then p.bank_accounts else '[]' end) as n (account_number text)
    where p.client_account_id = ${clientAccountId}
    union all
    select business_partner_id, unnest(array[bban, iban]) from bank_accounts
    where client_account_id = ${clientAccountId} and business_partner_id is not null and is_active
    union all
    select business_partner_id, account_number from bank_partner_accounts where client_account_id = ${clientAccountId}
  ) a where a.account_number is not null`;

/** Letters and digits, without the legal form: the form in which names are compared. */
export const folded = (expression: Sql): Sql => sql`
  nullif(regexp_replace(regexp_replace(lower(${expression}), '[^a-z0-9æøå]+', ' ', 'g'), '^ +| (as|asa|da|ans|enk|gmbh|ab|ltd)?( )*$| +', '', 'g'), '')`;

/** Open transactions and details, one row each. */
export function unitsSelect(
  clientAccountId: number,
  { bankAccountId = null, transactionIds = null }: UnitScope = {},
): Sql {
  return sql`
    select u.transaction_id, u.detail_id, u.details, u.bank_account_id, u.booking_date, u.amount, u.ore, u.currency_code,
      u.currency_amount, u.kid, u.end_to_end_id, u.payment_id, u.account, u.name, u.text, u.is_reversal, a.partner as account_partner,
      n.partner as name_partner
    from (
      select t.id as transaction_id, case when g.details > 1 then d.id end as detail_id, coalesce(g.details, 0)::int as details,
        t.bank_account_id, coalesce(t.booking_date, t.value_date, (t.created_at at time zone 'Europe/Oslo')::date) as booking_date, x.amount,
        case when b.currency_code = 'NOK' then x.amount else round(x.amount * t.exchange_rate)::bigint end as ore,
        case when b.currency_code <> 'NOK' then b.currency_code
          when t.instructed_currency_code <> 'NOK' and x.amount = t.amount then t.instructed_currency_code end as currency_code,
        case when b.currency_code <> 'NOK' then x.amount
          when t.instructed_currency_code <> 'NOK' and x.amount = t.amount
            then round(sign(t.amount) * abs(t.instructed_amount) * 100)::bigint end as currency_amount,
        coalesce(d.structured_reference, case when g.details > 1 then null else t.structured_reference end) as kid,
        coalesce(d.end_to_end_id, case when g.details > 1 then null else t.end_to_end_id end) as end_to_end_id,
        case when g.details > 1 or t.amount >= 0 then null else t.payment_id end as payment_id,
        regexp_replace(coalesce(case when x.amount >= 0 then d.sender_account else d.receiver_account end,
          case when g.details > 1 then null else t.counterparty_account end), '[^0-9A-Za-z]', '', 'g') as account,
        coalesce(case when x.amount >= 0 then d.sender_name else d.receiver_name end,
          case when g.details > 1 then null when t.amount >= 0 then t.payor_name else t.payee_name end) as name,
        concat_ws(' ', case when g.details > 1 then null else t.memo end, d.description, d.invoice_number) as text,
        t.is_reversal
      from bank_transactions t
      join bank_accounts b on b.client_account_id = ${clientAccountId} and b.id = t.bank_account_id
      left join (select transaction_id, count(*) as details, min(id) as id from bank_transaction_details
        where client_account_id = ${clientAccountId} group by 1) g on g.transaction_id = t.id
      left join bank_transaction_details d on d.client_account_id = ${clientAccountId} and d.transaction_id = t.id
      left join (select detail_id, sum(amount)::bigint as matched from bank_match_transactions
        where client_account_id = ${clientAccountId} and is_active and detail_id is not null group by 1) m on m.detail_id = d.id
      cross join lateral (select case when g.details > 1 then coalesce(d.amount, 0) - coalesce(m.matched, 0)
        else t.amount - t.external_reconciled_amount - t.matched_amount end as amount) x
      where t.client_account_id = ${clientAccountId} and t.external_reconciled_amount + t.matched_amount <> t.amount
        and x.amount <> 0
        and (${bankAccountId}::bigint is null or t.bank_account_id = ${bankAccountId})
        and (${transactionIds === null ? null : [...transactionIds]}::bigint[] is null or t.id = any(${transactionIds === null ? null : [...transactionIds]}::bigint[]))
    ) u
    left join (select account, min(partner) as partner from (${partnerAccounts(clientAccountId)}) p
      group by 1 having min(partner) = max(partner)) a on a.account = u.account
    left join (select ${folded(sql`name`)} as name, min(id) as partner from business_partners
      where client_account_id = ${clientAccountId} group by 1 having count(*) = 1) n on n.name = ${folded(sql`u.name`)}`;
}

export function readUnits(tx: Transaction, clientAccountId: number, scope: UnitScope = {}): Promise<MatchUnit[]> {
  return tx.rows<MatchUnit>(
    sql`${unitsSelect(clientAccountId, scope)} order by u.booking_date, u.transaction_id, u.detail_id`,
  );
}

export const unitKey = ({ transaction_id, detail_id }: Pick<MatchUnit, 'transaction_id' | 'detail_id'>) =>
  detail_id === null ? transaction_id : detail_id;
