import { dateInNorway } from '../kernel/local-date.ts';

/** Describes the contents of the archive and how to read them, for a reader in ten years without our software. */
export function readme(subject: { display_name: string; organization_number: string | null }, now: Date): string {
  const name = subject.display_name + (subject.organization_number ? ` (${subject.organization_number})` : '');
  return `${NB.replace('{name}', () => name).replace('{date}', dateInNorway(now))}

----------------------------------------------------------------------

${EN.replace('{name}', () => name).replace('{date}', dateInNorway(now))}
`;
}

const NB = `Arkiv av regnskapet til {name}, laget {date}

Arkivet inneholder alt som er oppbevart for klientkontoen, fra ett og samme øyeblikk: bokførte bilag med linjer,
grunndata, kladder, periodelåser, endringslogg, hashkjede og alle opplastede dokumenter
(bokføringsloven § 13: oppbevares i fem år etter regnskapsårets slutt).

csv/      for regneark: UTF-8, semikolon, desimalkomma, beløp i kroner; apostrof foran tekst som ligner en formel
  journal-entries.csv        bilag i bokføringsrekkefølge; "files" er navn i mappen files/
  journal-entry-lines.csv    alle linjer: konto, debet, kredit, mva, dimensjoner, valuta, tekst
  balances.csv               bevegelse per måned og konto
  accounts.csv               kontoer med navn og SAF-T-gruppering, og fra hvilken dato de gjelder
tables/   fullstendig: én fil per tabell, ett JSON-objekt per linje (JSON Lines, UTF-8)
  beløp er hele øre; satser og kurser er tekst med alle desimaler; tider er UTC; hasher er heksadesimale
  journal_entries, journal_entry_lines      bokførte bilag og linjer
  draft_journal_entries                     kladder: ikke en del av regnskapet
  balances                                  saldo per konto, måned og dimensjonssett (0: ingen)
  client_gl_accounts, gl_accounts           kontoer i bruk (tomt felt: som i den nasjonale kontoplanen) og kontoplanen
  client_gl_account_versions                hva kontoene het, med dato
  tax_codes, tax_code_rates                 mva-koder og satser med dato
  business_partners, dimension_values, dimension_sets, dimension_set_members
  period_locks, audit_log                   låser; hvem, når, hva, før og etter
  client_account_users, users, roles        hvem som har hatt tilgang
  files, vouchers, journal_entry_vouchers   dokumentene og bilagene de hører til
  chain_blocks                              hashkjeden
saf-t/    regnskapet år for år som SAF-T Financial, som andre regnskapssystemer kan lese inn
files/    hvert dokument under sin SHA-256; navn og type står i tables/files.jsonl
manifest.json   alle filer i arkivet med størrelse og SHA-256, og det som eventuelt mangler ("faults")

Hashkjeden beviser at bokførte bilag ikke er endret. Blokk n: hash = SHA-256 av previous_hash fulgt av entry_hashes i
rekkefølge; previous_hash er hash av blokken før, 32 nullbyte i den første. entry_hashes[i] er SHA-256 av teksten til
bilaget med posting_no = first_posting_no + i, slik den er beskrevet under "Hash chain" nedenfor.`;

const EN = `Archive of the books of {name}, made {date}

The archive holds everything that is kept of the client account, all from one moment: posted entries with their lines,
masters, drafts, period locks, change log, hash chain and every uploaded document (bokføringsloven § 13: kept for five
years from the end of the fiscal year).

csv/      for spreadsheets: UTF-8, semicolons, decimal comma, kroner; an apostrophe before text that looks like a formula
  journal-entries.csv        entries in the order of posting; "files" names files in the folder files/
  journal-entry-lines.csv    every line: account, debit, credit, VAT, dimensions, currency, text
  balances.csv               movement per month and account
  accounts.csv               accounts with name and SAF-T grouping, and from which date these hold
tables/   complete: a file per table, a JSON object per line (JSON Lines, UTF-8)
  amounts are whole øre; rates are text with all decimals; times are UTC; hashes are hexadecimal
  journal_entries, journal_entry_lines      posted entries and lines
  draft_journal_entries                     drafts: no part of the books
  balances                                  balance per account, month and dimension set (0: none)
  client_gl_accounts, gl_accounts           accounts in use (empty: as in the national chart) and the national chart
  client_gl_account_versions                what the accounts were called, by date
  tax_codes, tax_code_rates                 VAT codes, and rates by date
  business_partners, dimension_values, dimension_sets, dimension_set_members
  period_locks, audit_log                   locks; who, when, what, before and after
  client_account_users, users, roles        who had access
  files, vouchers, journal_entry_vouchers   the documents and the entries they belong to
  chain_blocks                              the hash chain
saf-t/    the books year by year as SAF-T Financial, which other accounting systems can take in
files/    every document under its SHA-256; names and types are in tables/files.jsonl
manifest.json   every file of the archive with its size and SHA-256, and what is missing, if anything ("faults")

Hash chain
It proves that posted entries were not changed. Block n: hash = SHA-256 of previous_hash followed by entry_hashes in
order; previous_hash is the hash of the block before, 32 zero bytes in the first. entry_hashes[i] is the SHA-256 of the
UTF-8 text of the entry with posting_no = first_posting_no + i:
  "form 1", then of journal_entries: client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date,
  period, memo, source, voucher_id, relation_type, relation_id, document_reference, cancels_entry_id,
  cancellation_reason, debit_total, credit_total, line_count, posted_at (without the Z), created_by_id, origin;
  then for each line, in order of line_no, a line feed (without a space before it) and of journal_entry_lines: line_no,
  account_code, entry_date, debit, credit, dimension_set_id, business_partner_id, tax_code, tax_rate, tax_deduction,
  tax_amount, base_line_no, currency_code, currency_amount, exchange_rate, due_date, payment_reference,
  document_reference, memo, origin.
Values are separated by one space. A value is written in single quotes, with quotes inside doubled; one that contains a
backslash has its backslashes doubled and an E before the first quote; an empty value is NULL without quotes.`;
