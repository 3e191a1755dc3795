import { formatAmount } from '../kernel/money.ts';
import type { Language, Text } from '../platform/errors.ts';
import { voucherNumber } from './xml/entries-statement.ts';
import type { SafTBooks } from './books/read-books.ts';

/** Most lines listed for one kind of warning. */
const MOST_LISTED = 100;

/** Questions an auditor may ask, and remarks on the books rather than on the file. */
export async function exportWarnings(books: SafTBooks): Promise<Text[]> {
  return [
    ...unlistedGroupings(books),
    ...openingSum(books),
    ...unassigned(books),
    ...(await seriesGaps(books)),
    ...(await taxAmounts(books)),
    ...(await taxValidity(books)),
    ...(await currencyAmounts(books)),
  ];
}

export function warningsText(warnings: readonly Text[], language: Language): string {
  const none = { nb: 'Ingen merknader', en: 'No remarks' };
  return `${(warnings.length > 0 ? warnings : [none]).map((text) => text[language]).join('\n')}\n`;
}

function unlistedGroupings({ accounts }: SafTBooks): Text[] {
  return accounts
    .filter(({ unlisted }) => unlisted !== null)
    .map(({ code, unlisted, category, groupingCode }) => ({
      nb: `Konto ${code}: grupperingen ${unlisted} er ikke i listen; ${category} ${groupingCode} er skrevet`,
      en: `Account ${code}: the grouping ${unlisted} is not in the list; ${category} ${groupingCode} is written`,
    }));
}

function openingSum({ accounts }: SafTBooks): Text[] {
  const sum = accounts.reduce((total, account) => total + account.opening, 0n);
  if (sum === 0n) return [];
  const amount = formatAmount(sum);
  return [
    {
      nb: `Summen av inngående saldoer er ${amount}: resultatet av tidligere år er ikke overført til egenkapitalen`,
      en: `The opening balances sum up to ${amount}: the result of earlier years was not transferred to equity`,
    },
  ];
}

/** Lines of a subsidiary ledger's account without a partner. */
function unassigned({ accounts, parties }: SafTBooks): Text[] {
  const ofParties = new Map<string, bigint>();
  for (const party of parties.byId.values())
    for (const { account, closing } of [...party.balances.customer, ...party.balances.supplier])
      ofParties.set(account, (ofParties.get(account) ?? 0n) + closing);
  return accounts
    .filter(({ code, role, closing }) => role !== 0 && closing !== (ofParties.get(code) ?? 0n))
    .map(({ code, closing }) => {
      const [balance, sum] = [formatAmount(closing), formatAmount(ofParties.get(code) ?? 0n)];
      return {
        nb: `Konto ${code}: saldoen er ${balance}, kundenes og leverandørenes saldoer summerer til ${sum}`,
        en: `Account ${code}: the balance is ${balance}, those of customers and suppliers sum up to ${sum}`,
      };
    });
}

async function seriesGaps({ subject }: SafTBooks): Promise<Text[]> {
  const { tx, clientAccountId, range, knownPostingNo } = subject;
  const { rows } = await tx.client.query<{
    series: string;
    fiscal_year: number;
    first: number;
    last: number;
    missing: number;
  }>(
    `select series, fiscal_year, min(sequence_number) as first, max(sequence_number) as last,
       (max(sequence_number) - min(sequence_number) + 1 - count(*))::int as missing
     from journal_entries where client_account_id = $1 and entry_date between $2::date and $3::date
       and posting_no <= coalesce($4::bigint, posting_no)
     group by series, fiscal_year having max(sequence_number) - min(sequence_number) + 1 <> count(*)
     order by series, fiscal_year`,
    [clientAccountId, range.from, range.to, knownPostingNo],
  );
  return rows.map(({ series, fiscal_year: year, first, last, missing }) => ({
    nb: `Serie ${series} ${year}: ${missing} numre mellom ${first} og ${last} er ikke i utvalget (datert utenfor perioden)`,
    en: `Series ${series} ${year}: ${missing} numbers between ${first} and ${last} are not in the selection (dated outside it)`,
  }));
}

interface LineFacts {
  number: string;
  line_no: number;
  found: string;
  expected: string;
}

async function lines({ subject }: SafTBooks, columns: string, where: string): Promise<LineFacts[]> {
  const { tx, clientAccountId, range, knownPostingNo } = subject;
  const { rows } = await tx.client.query<LineFacts>(
    `select ${voucherNumber('e.')} as number, l.line_no, ${columns}
     from journal_entry_lines l join journal_entries e on e.client_account_id = $1 and e.id = l.entry_id
     where l.client_account_id = $1 and l.entry_date between $2::date and $3::date
       and e.posting_no <= coalesce($4::bigint, e.posting_no) and ${where}
     order by l.entry_id, l.line_no limit ${MOST_LISTED}`,
    [clientAccountId, range.from, range.to, knownPostingNo],
  );
  return rows;
}

/** Either the whole tax or the deductible share is allowed; an amount of 0.00 means that it is unknown. */
async function taxAmounts(books: SafTBooks): Promise<Text[]> {
  const whole = '(l.debit + l.credit) * l.tax_rate / 100';
  const share = `${whole} * coalesce(l.tax_deduction, 100) / 100`;
  const found = await lines(
    books,
    `(l.tax_amount * 0.01)::text as found, (round(${whole}) * 0.01)::text as expected`,
    `l.tax_code is not null and l.base_line_no is null and l.tax_amount <> 0 and l.tax_rate is not null
       and abs(l.tax_amount - ${whole}) > 100 and abs(l.tax_amount - ${share}) > 100
       and not exists (select from tax_codes t where t.client_account_id = $1 and t.code = l.tax_code and t.is_import_paid)
       and coalesce(l.origin -> 'tax' -> 0 ->> 'base', '') = ''`,
  );
  return found.map(({ number, line_no: line, found: tax, expected }) => ({
    nb: `Bilag ${number}, linje ${line}: mva ${tax}, grunnlag × sats er ${expected}`,
    en: `Transaction ${number}, line ${line}: VAT ${tax}, base × rate is ${expected}`,
  }));
}

async function taxValidity(books: SafTBooks): Promise<Text[]> {
  const found = await lines(
    books,
    `l.tax_code as found, l.entry_date::text as expected`,
    `l.tax_code is not null and l.base_line_no is null and not exists (select from tax_code_rates r
       where r.client_account_id = $1 and r.code = l.tax_code and r.valid_from <= l.entry_date
         and coalesce(r.valid_to, l.entry_date) >= l.entry_date)`,
  );
  return found.map(({ number, line_no: line, found: code, expected: date }) => ({
    nb: `Bilag ${number}, linje ${line}: mva-kode ${code} har ingen sats ${date}`,
    en: `Transaction ${number}, line ${line}: VAT code ${code} has no rate on ${date}`,
  }));
}

/**
 * As written: in 1.30 a currency amount has two decimals. A rate with few decimals cannot reproduce the øre of a large
 * amount.
 */
async function currencyAmounts(books: SafTBooks): Promise<Text[]> {
  const [amount, rate] =
    books.subject.version === '1.40'
      ? ['l.currency_amount', 'l.exchange_rate']
      : ['round(l.currency_amount, 2)', 'round(l.exchange_rate, 8)'];
  const found = await lines(
    books,
    `l.currency_code || ' ' || trim_scale(${amount}) || ' × ' || trim_scale(${rate}) as found,
     ((l.debit + l.credit) * 0.01)::text as expected`,
    `l.currency_code is not null and abs(${amount} * ${rate} - (l.debit + l.credit) * 0.01) > 0.01 * greatest(1, ${amount} / 100)`,
  );
  return found.map(({ number, line_no: line, found: product, expected }) => ({
    nb: `Bilag ${number}, linje ${line}: ${product} er ikke ${expected}`,
    en: `Transaction ${number}, line ${line}: ${product} is not ${expected}`,
  }));
}
