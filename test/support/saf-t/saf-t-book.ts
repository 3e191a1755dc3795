/* Small SAF-T files, written voucher by voucher, for tests with one unusual value in them. */

export interface Voucher {
  journal?: string;
  id?: string;
  period?: number;
  year?: number;
  date?: string;
  posted?: string;
  lines: string[];
}

/** The amount after `+` is debit, after `-` credit; `more` precedes the amount, as in the schema. */
export function line(account: string, amount: string, more = '', after = ''): string {
  const element = amount.startsWith('-') ? 'CreditAmount' : 'DebitAmount';
  return amountLine(account, element, amount.replace(/^[+-]/, ''), more, after);
}

export function amountLine(account: string, element: string, amount: string, more = '', after = ''): string {
  return `<Line><RecordID>$n</RecordID><AccountID>${account}</AccountID>${more}<Description>Linje</Description><${element}><Amount>${amount}</Amount></${element}>${after}</Line>`;
}

export function tax(code: string, percent: string, amount: string): string {
  return `<TaxInformation><TaxType>MVA</TaxType><TaxCode>${code}</TaxCode><TaxPercentage>${percent}</TaxPercentage><Country>NO</Country><TaxBase>100.00</TaxBase><DebitTaxAmount><Amount>${amount}</Amount></DebitTaxAmount></TaxInformation>`;
}

export interface Book {
  /** Opening and closing by account, debit positive. */
  accounts: Record<string, [opening: number, closing: number]>;
  vouchers: Voucher[];
  selection?: string;
  number?: string;
  total?: string;
  entries?: number;
  balances?: (account: string, opening: number, closing: number) => string;
  parties?: string;
}

const PLACES: Record<string, [category: string, code: string]> = {
  1060: ['balanseverdiForAnleggsmiddel', '1020'],
  1200: ['balanseverdiForAnleggsmiddel', '1205'],
  1299: ['balanseverdiForAnleggsmiddel', '1205'],
  1500: ['balanseverdiForOmloepsmiddel', '1500'],
  1920: ['balanseverdiForOmloepsmiddel', '1920'],
  2000: ['egenkapital', '2000'],
  2050: ['egenkapital', '2050'],
  2400: ['kortsiktigGjeld', '2400'],
  3000: ['salgsinntekt', '3000'],
  6800: ['annenDriftskostnad', '7700'],
};
export const DATES = (from: string, to: string) =>
  `<SelectionStartDate>${from}</SelectionStartDate><SelectionEndDate>${to}</SelectionEndDate>`;
export const PERIODS = (from: number, to: number, year: number) =>
  `<PeriodStart>${from}</PeriodStart><PeriodStartYear>${year}</PeriodStartYear><PeriodEnd>${to}</PeriodEnd><PeriodEndYear>${year}</PeriodEndYear>`;

export const side = (name: string, amount: number) =>
  `<${name}${amount < 0 ? 'Credit' : 'Debit'}Balance>${Math.abs(amount).toFixed(2)}</${name}${amount < 0 ? 'Credit' : 'Debit'}Balance>`;

export function fileOf(book: Book): string {
  const accounts = Object.entries(book.accounts).map(([id, [opening, closing]]) => {
    const [category, code] = PLACES[id]!;
    const sums = book.balances?.(id, opening, closing) ?? side('Opening', opening) + side('Closing', closing);
    return `<Account><AccountID>${id}</AccountID><AccountDescription>Konto ${id}</AccountDescription><GroupingCategory>${category}</GroupingCategory><GroupingCode>${code}</GroupingCode><AccountType>GL</AccountType>${sums}</Account>`;
  });
  const journals = new Map<string, string[]>();
  for (const v of book.vouchers) {
    const date = v.date ?? '2025-01-15';
    const list = journals.get(v.journal ?? '1') ?? [];
    journals.set(v.journal ?? '1', list);
    list.push(
      `<Transaction><TransactionID>${v.id ?? String(list.length + 1)}</TransactionID><Period>${v.period ?? Number(date.slice(5, 7))}</Period><PeriodYear>${v.year ?? Number(date.slice(0, 4))}</PeriodYear><TransactionDate>${date}</TransactionDate><Description>Bilag</Description><SystemEntryDate>${v.posted ?? date}</SystemEntryDate><GLPostingDate>${v.posted ?? date}</GLPostingDate>${v.lines.map((text, i) => text.replace('$n', String(i + 1))).join('')}</Transaction>`,
    );
  }
  const debit = book.vouchers
    .flatMap(({ lines }) => lines)
    .reduce((sum, text) => sum + Number(/<DebitAmount><Amount>([\d.]+)/.exec(text)?.[1] ?? 0), 0)
    .toFixed(2);
  return `<?xml version="1.0" encoding="UTF-8"?>
<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"><Header><AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry><AuditFileDateCreated>2026-01-10</AuditFileDateCreated><SoftwareCompanyName>Testhuset</SoftwareCompanyName><SoftwareID>Test</SoftwareID><SoftwareVersion>1</SoftwareVersion><Company><RegistrationNumber>${book.number ?? '811203335'}</RegistrationNumber><Name>Prøve AS</Name><Contact><ContactPerson><FirstName>Kari</FirstName><LastName>Prøve</LastName></ContactPerson></Contact></Company><DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria>${book.selection ?? DATES('2025-01-01', '2025-12-31')}</SelectionCriteria><TaxAccountingBasis>A</TaxAccountingBasis><UserID>kari</UserID></Header>
<MasterFiles><GeneralLedgerAccounts>${accounts.join('')}</GeneralLedgerAccounts>${book.parties ?? ''}</MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>${book.entries ?? book.vouchers.length}</NumberOfEntries><TotalDebit>${debit}</TotalDebit><TotalCredit>${book.total ?? debit}</TotalCredit>${[...journals].map(([id, list]) => `<Journal><JournalID>${id}</JournalID><Description>${id}</Description><Type>GL</Type>${list.join('')}</Journal>`).join('')}</GeneralLedgerEntries></AuditFile>`;
}

export const cost = (amount: string): string[] => [line('6800', `+${amount}`), line('1920', `-${amount}`)];
const OPEN = { 1920: [1000, 900], 2000: [-1000, -1000], 6800: [0, 100] } as const;
export const simple = (more: Partial<Book> = {}, voucher: Partial<Voucher> = {}): string =>
  fileOf({
    accounts: structuredClone(OPEN) as unknown as Book['accounts'],
    vouchers: [{ lines: cost('100.00'), ...voucher }],
    ...more,
  });
