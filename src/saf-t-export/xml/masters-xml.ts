import type { Analysis } from '../books/analyses.ts';
import type { PartyKind } from '../books/parties.ts';
import { rowsOf } from '../books/parties.ts';
import { balanceXml, ownerXml, type PartnerRow, partyXml } from './party-xml.ts';
import type { ExportAccount } from '../books/read-accounts.ts';
import type { SafTBooks } from '../books/read-books.ts';
import type { TaxTable } from '../books/tax-table.ts';
import { group, LIMIT, plain, textElement } from './xml-text.ts';

/** The master files in pieces, in the schema's order. Parties are read while they are written. */
export async function* mastersXml(books: SafTBooks): AsyncGenerator<string> {
  yield '<MasterFiles>\n';
  yield section('GeneralLedgerAccounts', books.accounts.map(accountXml));
  yield* partiesXml(books, 'customer');
  yield* partiesXml(books, 'supplier');
  yield taxTableXml(books.taxTable, books.usedTaxCodes);
  yield section('AnalysisTypeTable', books.analyses.all().map(analysisXml));
  yield* ownersXml(books);
  yield '</MasterFiles>\n';
}

function section(name: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : `<${name}>\n${entries.join('')}</${name}>\n`;
}

function accountXml(account: ExportAccount): string {
  return `${group(
    'Account',
    textElement('AccountID', account.code, LIMIT.mid2) +
      textElement('AccountDescription', account.name, LIMIT.long) +
      textElement('GroupingCategory', account.category, LIMIT.long) +
      textElement('GroupingCode', account.groupingCode, LIMIT.mid1) +
      plain('AccountType', 'GL') +
      plain('AccountCreationDate', account.created) +
      balanceXml(account.opening, account.closing),
  )}\n`;
}

const PARTNER_COLUMNS = `id, name, is_organization, organization_number, contact_person, email, phone, website, address,
  bank_accounts, payment_terms_days, currency_code, is_active, origin`;

const PARTIES_AT_ONCE = 500;

async function* partiesXml(books: SafTBooks, kind: PartyKind): AsyncGenerator<string> {
  const parties = books.parties.sorted(kind);
  if (parties.length === 0) return;
  const element = kind === 'customer' ? 'Customers' : 'Suppliers';
  yield `<${element}>\n`;
  for (let at = 0; at < parties.length; at += PARTIES_AT_ONCE) {
    const some = parties.slice(at, at + PARTIES_AT_ONCE);
    const rows = await readPartners(books, 'id = any ($2::bigint[])', [some.map(({ id }) => id)]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    yield some.map((party) => partyXml(byId.get(party.id)!, party, kind, books)).join('');
  }
  yield `</${element}>\n`;
}

async function readPartners(books: SafTBooks, where: string, values: unknown[]): Promise<PartnerRow[]> {
  const { tx, clientAccountId, asOf } = books.subject;
  const table = asOf ? `business_partners_at($1, $${values.length + 2}::timestamptz)` : 'business_partners';
  const rows: PartnerRow[] = [];
  const found = rowsOf<PartnerRow>(
    tx,
    `select ${PARTNER_COLUMNS} from ${table} p where client_account_id = $1 and ${where} order by id`,
    [clientAccountId, ...values, ...(asOf ? [asOf] : [])],
  );
  for await (const some of found) rows.push(...some);
  return rows;
}

async function* ownersXml(books: SafTBooks): AsyncGenerator<string> {
  const owners = await readPartners(
    books,
    `((origin -> 'owner') is not null or exists (select from organizational_roles r
      where r.client_account_id = p.client_account_id and r.business_partner_id = p.id and r.role_type = 'SOLE_PROPRIETOR'))`,
    [],
  );
  yield section(
    'Owners',
    owners.map((row) => ownerXml(row, books.subject.version, books)),
  );
}

/** Several deduction shares of one code are listed side by side. */
function taxTableXml({ details, baseRates }: TaxTable, used: SafTBooks['usedTaxCodes']): string {
  if (details.length === 0) return '';
  const codes = details.map((one) => {
    const shares = new Set([...(baseRates.get(one.code) ?? ['100']), ...(used.get(one.code) ?? [])]);
    const rates = [...shares].map(Number).sort((a, b) => b - a);
    return `${group(
      'TaxCodeDetails',
      textElement('TaxCode', one.code, LIMIT.mid2) +
        plain('EffectiveDate', one.effective) +
        plain('ExpirationDate', one.expires) +
        textElement('Description', one.description, LIMIT.long) +
        plain('TaxPercentage', one.percentage) +
        plain('Country', 'NO') +
        plain('StandardTaxCode', one.standardCode) +
        plain('Compensation', String(one.compensation)) +
        [...new Set(rates)].map((rate) => plain('BaseRate', rate)).join(''),
    )}\n`;
  });
  return section('TaxTable', [
    `<TaxTableEntry><TaxType>MVA</TaxType><Description>Merverdiavgift</Description>\n${codes.join('')}</TaxTableEntry>\n`,
  ]);
}

function analysisXml(analysis: Analysis): string {
  return `${group(
    'AnalysisTypeTableEntry',
    textElement('AnalysisType', analysis.type, LIMIT.code) +
      textElement('AnalysisTypeDescription', analysis.typeName, LIMIT.long) +
      textElement('AnalysisID', analysis.id, LIMIT.mid1) +
      (textElement('AnalysisIDDescription', analysis.name, LIMIT.long) ||
        textElement('AnalysisIDDescription', analysis.id, LIMIT.long)) +
      plain('StartDate', analysis.startDate) +
      plain('EndDate', analysis.endDate) +
      plain('Status', analysis.status) +
      analysis.parents
        .filter(({ type, id }) => type && id)
        .map(({ type, id }) =>
          group('Analysis', textElement('AnalysisType', type, LIMIT.code) + textElement('AnalysisID', id, LIMIT.long)),
        )
        .join(''),
  )}\n`;
}
