/**
 * VAT of a set of entries, from their lines. The set is a relation `chosen` (id, vat_date, entry_date, posting_no,
 * source); $1 is the client account. Used by the fold, by its check, and by reports for entries that are not folded
 * yet.
 */

/** The month or day that an entry's VAT belongs to. */
export const VAT_DATE = 'coalesce(e.vat_term, e.entry_date)';

/** VAT accounts of the national chart, without the settlement account (2740). */
export const VAT_ACCOUNTS = { from: '2700', before: '2740' } as const;

/** Columns of `journal_entries e` for the relation `chosen`. */
export const CHOSEN_COLUMNS = `e.id, ${VAT_DATE} as vat_date, e.entry_date, e.posting_no, e.source`;

/**
 * To be set in the transaction before one of these statements and reset after it. The planner has no estimate of the
 * number of rows in a set of entries, and an estimate of one makes it compare every line with every other. The lookup
 * by key, the lines of each entry, is a lateral join and so remains one, in the order of the primary key, which no
 * other index has.
 */
export const NO_NESTED_LOOPS = 'set local enable_nestloop = off; set local enable_sort = off';
export const NESTED_LOOPS = 'set local enable_nestloop = on; set local enable_sort = on';

const RELATIONS = `
taxed as materialized (
  select c.id as entry_id, c.vat_date, c.entry_date, c.posting_no, c.source, l.line_no, l.account_code, l.debit, l.credit,
    l.tax_code, l.tax_rate, l.tax_deduction, l.base_line_no,
    -- Øre that VAT may be off its base: rounding, and half a hundredth of a foreign currency.
    1 + ceil(coalesce(l.exchange_rate, 0) / 2) as rounding,
    l.account_code >= '${VAT_ACCOUNTS.from}' and l.account_code < '${VAT_ACCOUNTS.before}' as on_vat_account
  from chosen c cross join lateral (
    select line_no, account_code, debit, credit, tax_code, tax_rate, tax_deduction, base_line_no, exchange_rate
    from journal_entry_lines
    where client_account_id = $1 and entry_id = c.id and (tax_code is not null
      or (account_code >= '${VAT_ACCOUNTS.from}' and account_code < '${VAT_ACCOUNTS.before}'))
    order by line_no offset 0
  ) l
),
-- A VAT line carries the code of its base line; where its writer left that out, a line on a VAT account takes it over.
vat as (
  select v.entry_id, v.vat_date, v.base_line_no, coalesce(v.tax_code, b.tax_code) as code, v.tax_rate, v.account_code, v.debit, v.credit
  from taxed v left join taxed b on v.tax_code is null and b.entry_id = v.entry_id and b.line_no = v.base_line_no
  where v.base_line_no is not null and (v.tax_code is not null or (v.on_vat_account and b.tax_code is not null))
),
vat_of_base as (
  select entry_id, base_line_no, sum(debit) as debit, sum(credit) as credit from vat group by entry_id, base_line_no
),
-- VAT that the base should have: on its own side for sales and deductions, on the other one for reverse charge.
base as (
  select b.*, v.base_line_no is not null as linked, coalesce(v.debit, 0) as posted_debit, coalesce(v.credit, 0) as posted_credit,
    case when t.is_import_paid or t.direction = 'none' then 0
      when t.direction = 'sale' then round(b.debit * coalesce(b.tax_rate, 0) / 100)
      else round(b.debit * coalesce(b.tax_rate, 0) * coalesce(b.tax_deduction, 100) / 10000)
        + case when t.direction = 'reverse' then round(b.credit * coalesce(b.tax_rate, 0) / 100) else 0 end end as expected_debit,
    case when t.is_import_paid or t.direction = 'none' then 0
      when t.direction = 'sale' then round(b.credit * coalesce(b.tax_rate, 0) / 100)
      else round(b.credit * coalesce(b.tax_rate, 0) * coalesce(b.tax_deduction, 100) / 10000)
        + case when t.direction = 'reverse' then round(b.debit * coalesce(b.tax_rate, 0) / 100) else 0 end end as expected_credit
  from taxed b
  join tax_codes t on t.client_account_id = $1 and t.code = b.tax_code
  left join vat_of_base v on v.entry_id = b.entry_id and v.base_line_no = b.line_no
  where b.tax_code is not null and b.base_line_no is null
),
untied as (
  select entry_id, array_agg(distinct tax_code order by tax_code) as codes, sum(debit) as base_debit, sum(credit) as base_credit,
    sum(expected_debit) as expected_debit, sum(expected_credit) as expected_credit, count(*) as line_count,
    sum(rounding) as rounding
  from base where not linked and expected_debit + expected_credit > 0 group by entry_id
),
alone as (
  select entry_id, vat_date, entry_date, posting_no, source, account_code, debit, credit from taxed
  where on_vat_account and tax_code is null and base_line_no is null
)`;

/**
 * role, codes, tax_rate, tax_deduction, account_code, vat_date, debit, credit, line_count: sums of the chosen entries,
 * by `day`.
 */
export function vatSums(day: string): string {
  return `${RELATIONS},
sums as (
  select ${day} as month, 'base' as role, array[tax_code] as codes, tax_rate, tax_deduction, account_code,
    sum(debit) as debit, sum(credit) as credit, count(*) as line_count
  from base group by 1, 3, 4, 5, 6
  union all
  select ${day}, 'vat', array[code], tax_rate, null::numeric, account_code, sum(debit), sum(credit), count(*)
  from vat group by 1, 3, 4, 6
  union all
  select ${day}, 'near', u.codes, null::numeric, null::numeric, a.account_code, sum(a.debit), sum(a.credit), count(*)
  from alone a join untied u using (entry_id) group by 1, 3, 6
)`;
}

/** True if an entry `a` cancels the settlement of a term. */
const TAKES_BACK_SETTLEMENT = `exists (
      select from journal_entries c join journal_entries o on o.client_account_id = c.client_account_id and o.id = c.cancels_entry_id
      where c.client_account_id = $1 and c.id = a.entry_id and o.source = 'vat-settlement')`;

/**
 * True if an entry `a`, written by a person or another system, moves VAT accounts to the settlement account and nothing
 * else, apart from the øre of each. An entry that merely touches the settlement account is not one.
 */
const HAS_FORM_OF_SETTLEMENT = `(
      select bool_or(s.account_code >= '2740' and s.account_code < '2741')
        and coalesce(sum(s.debit + s.credit) filter (where s.account_code < '2700' or s.account_code >= '2741'), 0)
          < 100 * count(*) filter (where s.account_code >= '2700' and s.account_code < '2740')
      from journal_entry_lines s where s.client_account_id = $1 and s.entry_id = a.entry_id)`;

/**
 * Rows of `vat_notes` of the chosen entries, after `vatSums`. One øre per line is the rounding of gross amounts and of
 * totals.
 */
export const VAT_NOTES = `
nearby as (
  select entry_id, sum(debit) as debit, sum(credit) as credit from alone group by entry_id
),
differences as (
  select b.entry_id, array[b.tax_code] as codes, sum(b.debit) as base_debit, sum(b.credit) as base_credit,
    sum(b.expected_debit) as expected_debit, sum(b.expected_credit) as expected_credit,
    sum(b.posted_debit) as posted_debit, sum(b.posted_credit) as posted_credit
  from base b left join nearby n using (entry_id)
  where b.linked or (n.entry_id is null and b.expected_debit + b.expected_credit > 0)
  group by b.entry_id, b.tax_code
  having bool_or(abs(b.expected_debit - b.posted_debit) > b.rounding or abs(b.expected_credit - b.posted_credit) > b.rounding)
  union all
  select u.entry_id, u.codes, u.base_debit, u.base_credit, u.expected_debit, u.expected_credit, n.debit, n.credit
  from untied u join nearby n using (entry_id)
  where abs(u.expected_debit - n.debit) > u.rounding or abs(u.expected_credit - n.credit) > u.rounding
),
notes as (
  select d.entry_id, 'difference' as kind, d.codes, null::text as account_code, c.posting_no, c.vat_date, base_debit, base_credit,
    expected_debit, expected_credit, posted_debit, posted_credit
  from differences d join chosen c on c.id = d.entry_id
  union all
  select a.entry_id, case when a.source like '%opening' then 'opening' when a.source = 'vat-settlement'
      or (a.source = 'cancellation' and ${TAKES_BACK_SETTLEMENT}) or ${HAS_FORM_OF_SETTLEMENT}
    then 'settlement' else 'loose' end, '{}', a.account_code, min(a.posting_no), min(a.vat_date), 0, 0, 0, 0,
    sum(a.debit), sum(a.credit)
  from alone a left join untied u using (entry_id) where u.entry_id is null
  group by a.entry_id, a.source, a.account_code
)`;

export const NOTE_COLUMNS =
  'entry_id, kind, codes, account_code, posting_no, vat_date, base_debit, base_credit, expected_debit, expected_credit, posted_debit, posted_credit';
