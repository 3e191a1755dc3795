import sql, { type Sql } from 'sql-template-tag';

/**
 * SHA-256 of all contents of a posted entry, lines included, computed by the database. %L quotes every value and writes
 * null as NULL, so no two different entries have the same text; dates and times are formatted independently of any
 * setting. `form 1`: a later form would get its own number, and old blocks would remain valid.
 */
export function entryHashes(clientAccountId: number, firstPostingNo: number | Sql, lastPostingNo: number | Sql): Sql {
  return sql`
    select e.posting_no, e.id as entry_id, sha256(convert_to(format(
      'form 1 %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L',
      e.client_account_id, e.id, e.posting_no, e.series, e.fiscal_year, e.sequence_number, to_char(e.entry_date, 'YYYY-MM-DD'),
      e.period, e.memo, e.source, e.voucher_id, e.relation_type, e.relation_id, e.document_reference, e.cancels_entry_id,
      e.cancellation_reason, e.debit_total, e.credit_total, e.line_count,
      to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.created_by_id, e.origin)
      -- Entries without one have the hash they had before there were VAT terms.
      || coalesce(' vat_term ' || to_char(e.vat_term, 'YYYY-MM-DD'), '')
      || coalesce((select string_agg(format(
        E'\n%L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L %L',
        l.line_no, l.account_code, to_char(l.entry_date, 'YYYY-MM-DD'), l.debit, l.credit, l.dimension_set_id,
        l.business_partner_id, l.tax_code, l.tax_rate, l.tax_deduction, l.tax_amount, l.base_line_no, l.currency_code,
        l.currency_amount, l.exchange_rate, to_char(l.due_date, 'YYYY-MM-DD'), l.payment_reference, l.document_reference,
        l.memo, l.origin), '' order by l.line_no)
        from journal_entry_lines l where l.client_account_id = e.client_account_id and l.entry_id = e.id), ''), 'UTF8')) as hash
    from journal_entries e
    where e.client_account_id = ${clientAccountId} and e.posting_no between ${firstPostingNo} and ${lastPostingNo}
    order by e.posting_no`;
}
