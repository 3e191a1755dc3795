import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seededNumbers } from '../seeded-numbers.ts';

export type SafTVersion = '1.20' | '1.30' | '1.40';

export interface SafTFileOptions {
  seed?: number;
  version?: SafTVersion;
  /** Vouchers; each has three lines on average. */
  transactions?: number;
  customers?: number;
  suppliers?: number;
  year?: number;
  organizationNumber?: string;
  companyName?: string;
  /** Prefix of the namespace, such as `n1`; empty for the default namespace. */
  prefix?: string;
  /** Opening balances of the balance accounts; none if false. Or the closings of an earlier file. */
  opening?: boolean | ReadonlyMap<string, bigint>;
  /** Opening balances of parties, where `opening` is a map. */
  partyOpening?: ReadonlyMap<string, bigint>;
  encoding?: string;
}

interface GeneratedLine {
  account: string;
  debit: bigint;
  credit: bigint;
  text: string;
  customer?: string;
  supplier?: string;
  tax?: { code: string; percent: string; amount: bigint };
  department?: string;
  project?: string;
  reference?: string;
  kid?: string;
  due?: string;
  currency?: { code: string; amount: string; rate: string };
}

interface GeneratedTransaction {
  id: string;
  journal: string;
  date: string;
  period: number;
  type: string;
  text: string;
  lines: GeneratedLine[];
}

interface AccountSpec {
  id: string;
  name: string;
  category: string;
  code: string;
  standard: string;
}

const ACCOUNTS: AccountSpec[] = [
  { id: '1250', name: 'Inventar & utstyr', category: 'balanseverdiForAnleggsmiddel', code: '1205', standard: '12' },
  { id: '1500', name: 'Kundefordringer', category: 'balanseverdiForOmloepsmiddel', code: '1500', standard: '15' },
  {
    id: '15010',
    name: 'Kundefordringer utland',
    category: 'balanseverdiForOmloepsmiddel',
    code: '1500',
    standard: '15',
  },
  { id: '1920', name: 'Driftskonto', category: 'balanseverdiForOmloepsmiddel', code: '1920', standard: '19' },
  { id: '2000', name: 'Aksjekapital', category: 'egenkapital', code: '2000', standard: '20' },
  { id: '2400', name: 'Leverandørgjeld', category: 'kortsiktigGjeld', code: '2400', standard: '24' },
  { id: '2600', name: 'Skattetrekk', category: 'kortsiktigGjeld', code: '2600', standard: '26' },
  { id: '2700', name: 'Utgående mva høy sats', category: 'kortsiktigGjeld', code: '2740', standard: '27' },
  { id: '2706', name: 'Utgående mva tjenester utland', category: 'kortsiktigGjeld', code: '2740', standard: '27' },
  { id: '2710', name: 'Inngående mva høy sats', category: 'kortsiktigGjeld', code: '2740', standard: '27' },
  { id: '2716', name: 'Inngående mva tjenester utland', category: 'kortsiktigGjeld', code: '2740', standard: '27' },
  { id: '3000', name: 'Salgsinntekt', category: 'salgsinntekt', code: '3000', standard: '30' },
  { id: '4300', name: 'Innkjøp av varer', category: 'varekostnad', code: '4005', standard: '43' },
  { id: '5000', name: 'Lønn', category: 'loennskostnad', code: '5000', standard: '50' },
  { id: '6701', name: 'Konsulenter <utland>', category: 'annenDriftskostnad', code: '6700', standard: '67' },
  { id: '6800', name: 'Kontorrekvisita', category: 'annenDriftskostnad', code: '6995', standard: '68' },
];
const TAX_CODES = [
  { code: '30', percent: '25', standard: '3', text: 'Utgående mva' },
  { code: '10', percent: '25', standard: '1', text: 'Inngående mva' },
  { code: '86', percent: '25', standard: '86', text: 'Tjenester fra utlandet' },
];
const JOURNALS = [
  { id: 'SALG', name: 'Utgående faktura', type: 'AR' },
  { id: 'INNKJOP', name: 'Inngående faktura', type: 'AP' },
  { id: 'BANK', name: 'Bank', type: 'GL' },
  { id: 'DIV', name: 'Diverse', type: 'GL' },
];
const DEPARTMENTS = ['10', '20'];
const PROJECTS = ['P100', 'P200', 'P300'];

function random(seed: number): (below: number) => number {
  const next = seededNumbers(seed);
  return (below) => next() % below;
}

/** A valid SAF-T file of any size, made twice from one seed: once to count its totals, once to write it. */
export class SafTFile {
  readonly options: Required<Omit<SafTFileOptions, 'opening' | 'partyOpening'>> &
    Pick<SafTFileOptions, 'opening' | 'partyOpening'>;
  readonly opening = new Map<string, bigint>();
  readonly closing = new Map<string, bigint>();
  readonly partyOpening = new Map<string, bigint>();
  readonly partyClosing = new Map<string, bigint>();
  lineCount = 0;
  total = 0n;

  constructor(options: SafTFileOptions = {}) {
    this.options = {
      seed: 1,
      version: '1.30',
      transactions: 20,
      customers: 5,
      suppliers: 3,
      year: 2025,
      organizationNumber: '999999999',
      companyName: 'Fjell & Fjord Prøve AS',
      prefix: '',
      encoding: 'UTF-8',
      ...options,
    };
    this.#count();
  }

  #count(): void {
    const { opening, customers, suppliers } = this.options;
    for (const account of ACCOUNTS) this.opening.set(account.id, 0n);
    if (opening instanceof Map) {
      for (const [account, amount] of opening) this.opening.set(account, amount);
      for (const [party, amount] of this.options.partyOpening ?? []) this.partyOpening.set(party, amount);
    } else if (opening !== false) {
      for (let i = 0; i < customers; i++) this.#openParty(`1500 ${10000 + i}`, BigInt(100_00 * (i % 7)));
      for (let i = 0; i < suppliers; i++) this.#openParty(`2400 ${20000 + i}`, BigInt(-55_55 * (i % 5)));
      this.opening.set('1920', 1_000_000_00n);
      let sum = 0n;
      for (const amount of this.opening.values()) sum += amount;
      this.opening.set('2000', -sum);
    }
    for (const [account, amount] of this.opening) this.closing.set(account, amount);
    for (const [party, amount] of this.partyOpening) this.partyClosing.set(party, amount);
    for (const transaction of this.#transactions()) {
      for (const line of transaction.lines) {
        const net = line.debit - line.credit;
        this.closing.set(line.account, this.closing.get(line.account)! + net);
        const party = line.customer ?? line.supplier;
        if (party) {
          const key = `${line.account} ${party}`;
          this.partyClosing.set(key, (this.partyClosing.get(key) ?? 0n) + net);
        }
        this.total += line.debit;
        this.lineCount++;
      }
    }
  }

  #openParty(key: string, amount: bigint): void {
    this.partyOpening.set(key, amount);
    const account = key.slice(0, 4);
    this.opening.set(account, this.opening.get(account)! + amount);
  }

  *#transactions(): Generator<GeneratedTransaction> {
    const { transactions, seed, year } = this.options;
    const next = random(seed);
    for (let i = 0; i < transactions; i++) {
      const day = Math.floor((i * 364) / transactions);
      const date = new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10);
      const journal = Math.floor((i * JOURNALS.length) / transactions);
      yield this.#transaction(i, date, JOURNALS[journal]!.id, next);
    }
  }

  /** Vouchers are sorted by journal, so each has the kind of its journal. */
  #transaction(i: number, date: string, journal: string, next: (below: number) => number): GeneratedTransaction {
    const base = { id: `${journal[0]}${i + 1}`, journal, date, period: Number(date.slice(5, 7)) };
    const net = BigInt(100 + next(2_000_000));
    const vat = (net * 25n + 50n) / 100n;
    const customer = String(10000 + next(this.options.customers));
    const supplier = String(20000 + next(this.options.suppliers));
    const due = new Date(Date.parse(`${date}T00:00:00Z`) + 14 * 86_400_000).toISOString().slice(0, 10);
    const reference = String(50_000 + i);
    if (journal === 'SALG') {
      const department = next(2) === 0 ? DEPARTMENTS[next(2)] : undefined;
      const project = next(3) === 0 ? PROJECTS[next(3)] : undefined;
      return {
        ...base,
        type: 'SI',
        text: `Faktura ${reference}`,
        lines: [
          {
            account: '1500',
            debit: net + vat,
            credit: 0n,
            text: `Faktura ${reference}`,
            customer,
            reference,
            due,
            kid: `${reference}7`,
          },
          {
            account: '3000',
            debit: 0n,
            credit: net,
            text: 'Salg av varer',
            tax: { code: '30', percent: '25', amount: vat },
            department,
            project,
            reference,
          },
          { account: '2700', debit: 0n, credit: vat, text: 'Mva', reference },
        ],
      };
    }
    if (journal === 'INNKJOP') {
      if (next(10) === 0) {
        const rate = '11.5';
        const euro = net - (net % 23n) + 23n;
        const amount = euro;
        const tax = (amount * 25n + 50n) / 100n;
        const foreign = `${(amount * 2n) / 23n}`.padStart(3, '0');
        const currency = { code: 'EUR', amount: `${foreign.slice(0, -2)}.${foreign.slice(-2)}`, rate };
        return {
          ...base,
          type: 'PI',
          text: `Konsulent ${reference}`,
          lines: [
            {
              account: '6701',
              debit: amount,
              credit: 0n,
              text: 'Tjenester',
              tax: { code: '86', percent: '25', amount: tax },
              currency,
            },
            { account: '2706', debit: 0n, credit: tax, text: 'Mva' },
            { account: '2716', debit: tax, credit: 0n, text: 'Mva' },
            { account: '2400', debit: 0n, credit: amount, text: 'Leverandør', supplier, reference, due, currency },
          ],
        };
      }
      return {
        ...base,
        type: 'PI',
        text: `Innkjøp "${reference}"`,
        lines: [
          {
            account: next(2) ? '4300' : '6800',
            debit: net,
            credit: 0n,
            text: 'Innkjøp',
            tax: { code: '10', percent: '25', amount: vat },
            reference,
          },
          { account: '2710', debit: vat, credit: 0n, text: 'Mva', reference },
          { account: '2400', debit: 0n, credit: net + vat, text: 'Innkjøp', supplier, reference, due },
        ],
      };
    }
    if (journal === 'BANK') {
      return {
        ...base,
        type: 'P',
        text: 'Betaling',
        lines: [
          { account: '1920', debit: net, credit: 0n, text: 'Betaling' },
          { account: '1500', debit: 0n, credit: net, text: 'Innbetaling', customer, kid: `${reference}7` },
        ],
      };
    }
    return {
      ...base,
      type: 'GL',
      text: 'Lønn',
      lines: [
        { account: '5000', debit: net, credit: 0n, text: 'Lønn', department: DEPARTMENTS[next(2)] },
        { account: '2600', debit: 0n, credit: net / 3n, text: 'Skattetrekk' },
        { account: '1920', debit: 0n, credit: net - net / 3n, text: 'Netto lønn' },
      ],
    };
  }

  /** The file in pieces. */
  *pieces(): Generator<string> {
    const { prefix, encoding, version } = this.options;
    const xmlns = prefix ? `xmlns:${prefix}` : 'xmlns';
    let text = `<?xml version="1.0" encoding="${encoding}"?>\n<AuditFile ${xmlns}="urn:StandardAuditFile-Taxation-Financial:NO">\n`;
    text += this.#header() + this.#masters(version === '1.20') + this.#totals();
    let journal = '';
    for (const transaction of this.#transactions()) {
      if (transaction.journal !== journal) {
        if (journal) text += '    </Journal>\n';
        journal = transaction.journal;
        const { id, name, type } = JOURNALS.find((one) => one.id === journal)!;
        text += `    <Journal>\n      <JournalID>${id}</JournalID>\n      <Description>${name}</Description>\n      <Type>${type}</Type>\n`;
      }
      text += this.#transactionText(transaction, version);
      if (text.length > 200_000) {
        yield this.#prefixed(text);
        text = '';
      }
    }
    if (journal) text += '    </Journal>\n';
    yield this.#prefixed(`${text}  </GeneralLedgerEntries>\n</AuditFile>\n`);
  }

  #prefixed(text: string): string {
    const { prefix } = this.options;
    return prefix ? text.replace(/<(\/?)(?=[A-Za-z])/g, `<$1${prefix}:`) : text;
  }

  toString(): string {
    return [...this.pieces()].join('');
  }

  async write(path: string): Promise<void> {
    await pipeline(Readable.from(this.pieces()), createWriteStream(path));
  }

  #header(): string {
    const { version, organizationNumber, companyName, year } = this.options;
    return `  <Header>
    <AuditFileVersion>${version}</AuditFileVersion>
    <AuditFileCountry>NO</AuditFileCountry>
    <AuditFileDateCreated>${year + 1}-01-15</AuditFileDateCreated>
    <SoftwareCompanyName>Prøvehuset</SoftwareCompanyName>
    <SoftwareID>Prøveregnskap</SoftwareID>
    <SoftwareVersion>1.0</SoftwareVersion>
    <Company>
      <RegistrationNumber>${organizationNumber}</RegistrationNumber>
      <Name>${esc(companyName)}</Name>
      <Contact>
        <ContactPerson>
          <FirstName>Kari</FirstName>
          <LastName>Nordmann</LastName>
        </ContactPerson>
      </Contact>
    </Company>
    <DefaultCurrencyCode>NOK</DefaultCurrencyCode>
    <SelectionCriteria>
      <SelectionStartDate>${year}-01-01</SelectionStartDate>
      <SelectionEndDate>${year}-12-31</SelectionEndDate>
    </SelectionCriteria>
    <TaxAccountingBasis>A</TaxAccountingBasis>
  </Header>
`;
  }

  #masters(old: boolean): string {
    const accounts = ACCOUNTS.map(({ id, name, category, code, standard }) => {
      const grouping = old
        ? `        <StandardAccountID>${standard}</StandardAccountID>\n`
        : `        <GroupingCategory>${category}</GroupingCategory>\n        <GroupingCode>${code}</GroupingCode>\n`;
      return `      <Account>
        <AccountID>${id}</AccountID>
        <AccountDescription>${esc(name)}</AccountDescription>
${grouping}        <AccountType>GL</AccountType>
${balance('Opening', this.opening.get(id)!, 8)}${balance('Closing', this.closing.get(id)!, 8)}      </Account>\n`;
    });
    return `  <MasterFiles>
    <GeneralLedgerAccounts>
${accounts.join('')}    </GeneralLedgerAccounts>
    <Customers>
${this.#parties('Customer', 10000, this.options.customers, '1500', old)}    </Customers>
    <Suppliers>
${this.#parties('Supplier', 20000, this.options.suppliers, '2400', old)}    </Suppliers>
    <TaxTable>
      <TaxTableEntry>
        <TaxType>MVA</TaxType>
        <Description>Merverdiavgift</Description>
${TAX_CODES.map(
  (tax) => `        <TaxCodeDetails>
          <TaxCode>${tax.code}</TaxCode>
          <Description>${tax.text}</Description>
          <TaxPercentage>${tax.percent}</TaxPercentage>
          <Country>NO</Country>
          <StandardTaxCode>${tax.standard}</StandardTaxCode>
          <BaseRate>100</BaseRate>
        </TaxCodeDetails>
`,
).join('')}      </TaxTableEntry>
    </TaxTable>
    <AnalysisTypeTable>
${DEPARTMENTS.map((id) => analysis('A', 'Avdeling', id, `Avdeling ${id}`)).join('')}${PROJECTS.map((id) => analysis('P', 'Prosjekt', id, `Prosjekt ${id}`)).join('')}    </AnalysisTypeTable>
  </MasterFiles>
`;
  }

  #parties(element: 'Customer' | 'Supplier', first: number, count: number, account: string, old: boolean): string {
    let text = '';
    for (let i = 0; i < count; i++) {
      const id = String(first + i);
      const key = `${account} ${id}`;
      const open = this.partyOpening.get(key) ?? 0n;
      const close = this.partyClosing.get(key) ?? 0n;
      const [indent, before, after] = old
        ? [8, '', '']
        : [10, '        <BalanceAccount>\n', '        </BalanceAccount>\n'];
      const pad = ' '.repeat(indent);
      text += `      <${element}>
        <Name>${element === 'Customer' ? 'Kunde' : 'Leverandør'} ${id}</Name>
        <${element}ID>${id}</${element}ID>
${before}${pad}<AccountID>${account}</AccountID>
${balance('Opening', open, indent)}${balance('Closing', close, indent)}${after}      </${element}>\n`;
    }
    return text;
  }

  #totals(): string {
    return `  <GeneralLedgerEntries>
    <NumberOfEntries>${this.options.transactions}</NumberOfEntries>
    <TotalDebit>${kroner(this.total)}</TotalDebit>
    <TotalCredit>${kroner(this.total)}</TotalCredit>
`;
  }

  #transactionText(transaction: GeneratedTransaction, version: SafTVersion): string {
    const voucherType = version === '1.20' ? '' : `        <VoucherType>${transaction.type}</VoucherType>\n`;
    let text = `      <Transaction>
        <TransactionID>${transaction.id}</TransactionID>
        <Period>${transaction.period}</Period>
        <PeriodYear>${this.options.year}</PeriodYear>
        <TransactionDate>${transaction.date}</TransactionDate>
        <SourceID>kari</SourceID>
${voucherType}        <Description>${esc(transaction.text)}</Description>
        <SystemEntryDate>${transaction.date}</SystemEntryDate>
        <GLPostingDate>${transaction.date}</GLPostingDate>\n`;
    transaction.lines.forEach((line, i) => (text += lineText(line, i + 1, version)));
    return text + '      </Transaction>\n';
  }
}

function lineText(line: GeneratedLine, number: number, version: SafTVersion): string {
  const old = version === '1.20';
  const optional = (element: string, value: string | undefined) =>
    value ? `          <${element}>${value}</${element}>\n` : '';
  const dimension = (type: string, id: string | undefined) =>
    id
      ? `          <Analysis>\n            <AnalysisType>${type}</AnalysisType>\n            <AnalysisID>${id}</AnalysisID>\n          </Analysis>\n`
      : '';
  const side = line.debit > 0n || line.credit === 0n ? 'Debit' : 'Credit';
  const currency = line.currency
    ? `            <CurrencyCode>${line.currency.code}</CurrencyCode>\n            <CurrencyAmount>${line.currency.amount}</CurrencyAmount>\n            <ExchangeRate>${line.currency.rate}</ExchangeRate>\n`
    : '';
  const taxElement = old ? 'TaxAmount' : `${side}TaxAmount`;
  const tax = line.tax
    ? `          <TaxInformation>
            <TaxType>MVA</TaxType>
            <TaxCode>${line.tax.code}</TaxCode>
            <TaxPercentage>${line.tax.percent}</TaxPercentage>
            <Country>NO</Country>
            <TaxBase>${kroner(line.debit + line.credit)}</TaxBase>
            <${taxElement}>
              <Amount>${kroner(line.tax.amount)}</Amount>
            </${taxElement}>
          </TaxInformation>\n`
    : '';
  return `        <Line>
          <RecordID>${number}</RecordID>
          <AccountID>${line.account}</AccountID>
${dimension('A', line.department)}${dimension('P', line.project)}${optional('CustomerID', line.customer)}${optional('SupplierID', line.supplier)}          <Description>${esc(line.text)}</Description>
          <${side}Amount>
            <Amount>${kroner(line.debit + line.credit)}</Amount>
${currency}          </${side}Amount>
${tax}${optional('ReferenceNumber', line.reference)}${optional('CID', line.kid)}${optional('DueDate', line.due)}        </Line>\n`;
}

function analysis(type: string, typeName: string, id: string, name: string): string {
  return `      <AnalysisTypeTableEntry>
        <AnalysisType>${type}</AnalysisType>
        <AnalysisTypeDescription>${typeName}</AnalysisTypeDescription>
        <AnalysisID>${id}</AnalysisID>
        <AnalysisIDDescription>${name}</AnalysisIDDescription>
      </AnalysisTypeTableEntry>\n`;
}

function balance(when: 'Opening' | 'Closing', amount: bigint, indent: number): string {
  const element = `${when}${amount < 0n ? 'Credit' : 'Debit'}Balance`;
  return `${' '.repeat(indent)}<${element}>${kroner(amount < 0n ? -amount : amount)}</${element}>\n`;
}

function kroner(amount: bigint): string {
  const digits = amount.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function esc(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Inserts a fault into a file: replaces the n-th occurrence (from 1) of a text. Returns the file and the line where the
 * replaced text began, from 1.
 */
export function withFault(xml: string, from: string, to: string, nth = 1): { xml: string; line: number } {
  let at = -1;
  for (let n = 0; n < nth; n++) {
    at = xml.indexOf(from, at + 1);
    if (at < 0) throw new Error(`the file has no ${nth}. ${from}`);
  }
  return { xml: xml.slice(0, at) + to + xml.slice(at + from.length), line: xml.slice(0, at).split('\n').length };
}
