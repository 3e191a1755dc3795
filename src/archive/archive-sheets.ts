import sql, { type Sql } from 'sql-template-tag';

/** A table for people and spreadsheets; the JSON files contain the complete data. */
export interface Sheet {
  path: string;
  header: string[];
  query: Sql;
}

/** Øre as kroner with a decimal comma. */
const kroner = (column: Sql): Sql => sql`replace((${column}::numeric / 100)::numeric(20, 2)::text, '.', ',')`;

export function sheets(clientAccountId: number): Sheet[] {
  const id = clientAccountId;
  return [
    {
      path: 'csv/journal-entries.csv',
      header: [
        'posting_no',
        'series',
        'fiscal_year',
        'number',
        'entry_date',
        'period',
        'memo',
        'source',
        'total',
        'lines',
        'posted_at',
        'posted_by',
        'cancels',
        'cancellation_reason',
        'document_reference',
        'files',
        'entry_id',
      ],
      query: sql`
        select e.posting_no, e.series, e.fiscal_year, e.sequence_number as number, e.entry_date, e.period, e.memo, e.source,
          ${kroner(sql`e.debit_total`)} as total, e.line_count as lines,
          to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as posted_at, u.email as posted_by,
          (select o.series || ' ' || o.fiscal_year || '-' || o.sequence_number from journal_entries o
            where o.client_account_id = e.client_account_id and o.id = e.cancels_entry_id) as cancels,
          e.cancellation_reason, e.document_reference,
          (select string_agg(encode(f.sha256, 'hex'), ' ' order by f.id) from files f
            where f.client_account_id = e.client_account_id and (f.id = e.voucher_id or f.id in (
              select v.voucher_id from journal_entry_vouchers v where v.client_account_id = e.client_account_id and v.entry_id = e.id))) as files,
          e.id as entry_id
        from journal_entries e left join users u on u.id = e.created_by_id
        where e.client_account_id = ${id} order by e.posting_no`,
    },
    {
      path: 'csv/journal-entry-lines.csv',
      header: [
        'series',
        'fiscal_year',
        'number',
        'line_no',
        'entry_date',
        'account_code',
        'account_name',
        'debit',
        'credit',
        'vat_code',
        'vat_rate',
        'vat_amount',
        'vat_base_line',
        'business_partner',
        'dimensions',
        'currency_code',
        'currency_amount',
        'exchange_rate',
        'due_date',
        'payment_reference',
        'document_reference',
        'memo',
        'entry_id',
      ],
      query: sql`
        select e.series, e.fiscal_year, e.sequence_number as number, l.line_no, l.entry_date, l.account_code,
          coalesce(c.name_nb, g.name_nb) as account_name, ${kroner(sql`l.debit`)} as debit, ${kroner(sql`l.credit`)} as credit,
          l.tax_code as vat_code, replace(l.tax_rate::text, '.', ',') as vat_rate,
          case when l.tax_amount is not null then ${kroner(sql`l.tax_amount`)} end as vat_amount, l.base_line_no as vat_base_line,
          p.name as business_partner,
          (select string_agg(m.dimension_type || ' ' || coalesce(d.name, m.value_id::text), ', ' order by m.dimension_type)
            from dimension_set_members m
            left join dimension_values d on d.client_account_id = m.client_account_id and d.id = m.value_id
            where m.client_account_id = l.client_account_id and m.dimension_set_id = l.dimension_set_id
              and m.dimension_type <> 'business_partner') as dimensions,
          l.currency_code, replace(trim_scale(l.currency_amount)::text, '.', ',') as currency_amount,
          replace(trim_scale(l.exchange_rate)::text, '.', ',') as exchange_rate, l.due_date, l.payment_reference,
          l.document_reference, l.memo, l.entry_id
        from journal_entries e
        join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
        left join client_gl_accounts c on c.client_account_id = l.client_account_id and c.account_code = l.account_code
        left join gl_accounts g on g.account_code = l.account_code
        left join business_partners p on p.client_account_id = l.client_account_id and p.id = l.business_partner_id
        where e.client_account_id = ${id} order by e.posting_no, l.line_no`,
    },
    {
      path: 'csv/balances.csv',
      header: ['month', 'account_code', 'account_name', 'debit', 'credit', 'change'],
      query: sql`
        select to_char(b.month, 'YYYY-MM') as month, b.account_code, coalesce(c.name_nb, g.name_nb) as account_name,
          ${kroner(sql`b.debit`)} as debit, ${kroner(sql`b.credit`)} as credit, ${kroner(sql`(b.debit - b.credit)`)} as change
        from (
          select month, account_code, sum(debit) as debit, sum(credit) as credit from (
            select month, account_code, debit, credit from account_balances where client_account_id = ${id}
            union all
            select month, account_code, debit, credit from balance_deltas where client_account_id = ${id}) a
          group by month, account_code) b
        left join client_gl_accounts c on c.client_account_id = ${id} and c.account_code = b.account_code
        left join gl_accounts g on g.account_code = b.account_code
        order by b.month, b.account_code`,
    },
    {
      path: 'csv/accounts.csv',
      header: ['account_code', 'valid_from', 'name_nb', 'name_en', 'account_type', 'saft_category', 'saft_code'],
      query: sql`
        select v.account_code, v.valid_from, v.name_nb, v.name_en, coalesce(c.account_type, g.account_type) as account_type,
          v.saft_category, v.saft_code
        from (
          select account_code, null::date as valid_from, name_nb, name_en, saft_category, saft_code from (
            select c.account_code, coalesce(c.name_nb, g.name_nb) as name_nb, coalesce(c.name_en, g.name_en) as name_en,
              coalesce(c.saft_category, g.saft_category) as saft_category, coalesce(c.saft_code, g.saft_code) as saft_code
            from client_gl_accounts c left join gl_accounts g on g.account_code = c.account_code
            where c.client_account_id = ${id} and not exists (
              select 1 from client_gl_account_versions v where v.client_account_id = ${id} and v.account_code = c.account_code)) today
          union all
          select account_code, valid_from, name_nb, name_en, saft_category, saft_code
          from client_gl_account_versions where client_account_id = ${id}) v
        join client_gl_accounts c on c.client_account_id = ${id} and c.account_code = v.account_code
        left join gl_accounts g on g.account_code = v.account_code
        order by v.account_code, v.valid_from nulls first`,
    },
  ];
}
