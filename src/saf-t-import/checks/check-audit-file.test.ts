import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SafTFile, withFault } from '../../../test/support/saf-t/saf-t-file.ts';
import { openAuditFile } from '../audit-file/audit-file-source.ts';
import { checkAuditFile } from './check-audit-file.ts';
import { FAULTS, type FaultCode } from './fault-catalogue.ts';
import { FaultList } from './fault.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(content: string | Uint8Array) {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const faults = new FaultList();
  const source = await openAuditFile(path, faults);
  if (!source) return { faults, book: null };
  const book = await checkAuditFile(source, faults);
  source.close();
  return { faults, book };
}

const valid = new SafTFile({ transactions: 40, seed: 11 });
const xml = valid.toString();
const old = new SafTFile({ transactions: 40, seed: 7, version: '1.20' }).toString();

describe('a valid file', () => {
  it.each(['1.20', '1.30', '1.40'] as const)('of version %s has no fault', async (version) => {
    const file = new SafTFile({ transactions: 60, seed: 3, version });
    const { faults, book } = await check(file.toString());
    expect([...faults.errors, ...faults.warnings]).toEqual([]);
    expect(book).toMatchObject({
      transactionCount: 60,
      lineCount: file.lineCount,
      debit: file.total,
      credit: file.total,
    });
    for (const [id, account] of book!.accounts) expect([id, account.closing]).toEqual([id, file.closing.get(id)]);
  });

  it('may use any prefix', async () => {
    const { faults, book } = await check(new SafTFile({ transactions: 10, prefix: 'n1' }).toString());
    expect(faults.errors).toEqual([]);
    expect(book!.transactionCount).toBe(10);
  });

  it.each([
    ['ISO-8859-1', 'latin1'],
    ['windows-1252', 'latin1'],
  ] as const)('may be %s', async (encoding, as) => {
    const text = new SafTFile({ transactions: 10, encoding }).toString();
    const { faults, book } = await check(Buffer.from(text, as));
    expect(faults.errors).toEqual([]);
    expect(book!.accounts.get('2400')!.record.description).toBe('Leverandørgjeld');
  });

  it('may be UTF-16 with a byte order mark', async () => {
    const { faults, book } = await check(
      Buffer.from(`\uFEFF${new SafTFile({ transactions: 5, encoding: 'UTF-16' }).toString()}`, 'utf16le'),
    );
    expect(faults.errors).toEqual([]);
    expect(book!.accounts.get('2400')!.record.description).toBe('Leverandørgjeld');
  });

  it('may have its entries before its masters, and its elements in another order', async () => {
    const start = xml.indexOf('  <MasterFiles>');
    const end = xml.indexOf('  <GeneralLedgerEntries>');
    const last = xml.indexOf('</AuditFile>');
    const turned = xml.slice(0, start) + xml.slice(end, last) + xml.slice(start, end) + xml.slice(last);
    const { faults, book } = await check(
      turned.replaceAll(/(<AccountID>\d+<\/AccountID>\s*)(<Description>[^<]*<\/Description>)/g, '$2$1'),
    );
    expect([...faults.errors, ...faults.warnings]).toEqual([]);
    expect(book!.lineCount).toBe(valid.lineCount);
  });
});

const CUSTOMER = '<CustomerID>1000';
const AMOUNT = '<DebitAmount>\n            <Amount>';

/** One fault per row: the change, and the expected report with its line (of the change, plus an offset). */
const FAULT_ROWS: [title: string, code: FaultCode, from: string, to: string, nth?: number, offset?: number][] = [
  ['a wrong version', 'version-unknown', '<AuditFileVersion>1.30', '<AuditFileVersion>3.14', 1, -1],
  ['another country', 'country-unknown', '<AuditFileCountry>NO', '<AuditFileCountry>DK', 1, -2],
  [
    'no selection',
    'element-missing',
    xml.slice(xml.indexOf('    <SelectionCriteria>'), xml.indexOf('    <TaxAccountingBasis>')),
    '',
    1,
  ],
  [
    'a selection that ends before it starts',
    'selection-invalid',
    '2025-12-31</SelectionEnd',
    '2024-12-31</SelectionEnd',
    1,
  ],
  ['an element that is not in the schema', 'element-unknown', '<SourceID>', '<Source/><SourceID>'],
  ['an account without id', 'element-missing', '<AccountID>1920</AccountID>', '', 1, -1],
  ['an empty account id', 'element-missing', '<AccountID>1920</AccountID>', '<AccountID/>', 1, -1],
  [
    'an account id twice',
    'element-repeated',
    '<AccountID>1920</AccountID>',
    '<AccountID>1920</AccountID><AccountID>1921</AccountID>',
  ],
  ['the same account twice', 'account-duplicate', '<AccountID>1920</AccountID>', '<AccountID>1500</AccountID>', 1, -1],
  ['the same customer twice', 'customer-duplicate', '<CustomerID>10001', '<CustomerID>10000', 1, -2],
  ['the same supplier twice', 'supplier-duplicate', '<SupplierID>20001', '<SupplierID>20000', 1, -2],
  ['the same tax code twice', 'tax-code-duplicate', '<TaxCode>10', '<TaxCode>30', 1, -1],
  ['the same analysis value twice', 'analysis-duplicate', '<AnalysisID>20<', '<AnalysisID>10<', 1, -3],
  ['the same voucher twice', 'transaction-duplicate', '<TransactionID>S2<', '<TransactionID>S1<', 1, -1],
  ['an unknown account', 'account-unknown', '<AccountID>3000', '<AccountID>3999', 2],
  ['an unknown tax code', 'tax-code-unknown', '<TaxCode>30', '<TaxCode>31', 2, -2],
  ['a voucher that does not balance', 'transaction-unbalanced', AMOUNT, `${AMOUNT}1`],
  ['three decimals', 'amount-malformed', AMOUNT, `${AMOUNT}0.001`],
  ['a comma', 'amount-malformed', AMOUNT, `${AMOUNT}1,`, 1, 1],
  ['an exponent', 'amount-malformed', AMOUNT, `${AMOUNT}1e`, 1, 1],
  ['a date that does not exist', 'date-malformed', '<TransactionDate>2025-01-01', '<TransactionDate>2025-02-29'],
  ['a date in another form', 'date-malformed', '<TransactionDate>2025-01-01', '<TransactionDate>01.01.2025'],
  [
    'a date outside the selection',
    'date-outside-selection',
    /<Period>1<.*?<GLPostingDate>[^<]*/s.exec(xml)![0],
    '<Period>12</Period><PeriodYear>2024</PeriodYear><TransactionDate>2024-12-31</TransactionDate><GLPostingDate>2024-12-31',
    1,
  ],
  ['a period that does not exist', 'number-malformed', '<Period>1<', '<Period>19<', 1, -2],
  ['a period in letters', 'number-malformed', '<Period>1<', '<Period>jan<'],
  [
    'debit and credit',
    'both-sides',
    '          <DebitAmount>',
    '          <CreditAmount><Amount>1.00</Amount></CreditAmount><DebitAmount>',
    1,
    -5,
  ],
  ['no amount', 'element-missing', '<DebitAmount>', '<!-- <DebitAmount>', 1],
  ['customer and supplier', 'customer-and-supplier', CUSTOMER, `<SupplierID>20000</SupplierID>${CUSTOMER}`, 6, -3],
  ['a wrong total of debit', 'debit-total', '<TotalDebit>', '<TotalDebit>1', 1, -2],
  ['a wrong total of credit', 'credit-total', '<TotalCredit>', '<TotalCredit>1', 1, -3],
  ['a wrong closing balance', 'closing-balance', '<ClosingCreditBalance>', '<ClosingCreditBalance>1', 1],
  [
    'both opening balances',
    'both-sides',
    '<OpeningDebitBalance>1000000.00',
    '<OpeningCreditBalance>1.00</OpeningCreditBalance><OpeningDebitBalance>1000001.00',
    1,
    -6,
  ],
  [
    'another format',
    'not-saf-t',
    'urn:StandardAuditFile-Taxation-Financial:NO',
    'urn:StandardAuditFile-Taxation-Financial:DK',
  ],
  ['a tag that is not closed', 'not-well-formed', '</TransactionID>', ''],
];

describe('a file with a fault is refused, and the fault is told with its line', () => {
  it.each(FAULT_ROWS.filter(([title]) => title !== 'no amount'))(
    '%s: %s',
    async (_title, code, from, to, nth, offset) => {
      const faulty = withFault(xml, from, to, nth);
      const { faults } = await check(faulty.xml);
      const found = faults.errors.filter((fault) => fault.code === code);
      expect(faults.errors.map((fault) => fault.code)).toContain(code);
      expect(found[0]!.severity).toBe('error');
      expect(found[0]!.message.length).toBeGreaterThan(10);
      if (offset !== undefined) expect(found[0]!.line).toBe(faulty.line + offset);
    },
  );

  it('a line without an amount', async () => {
    const at = xml.indexOf('          <DebitAmount>');
    const end = xml.indexOf('</DebitAmount>', at) + '</DebitAmount>'.length;
    const { faults } = await check(xml.slice(0, at) + xml.slice(end));
    expect(faults.errors[0]).toMatchObject({
      code: 'element-missing',
      element: 'Line/DebitAmount|CreditAmount',
      voucher: 'S1',
    });
  });

  it('tells voucher, found and expected', async () => {
    const { faults } = await check(withFault(xml, '<AccountID>3000', '<AccountID>3999', 2).xml);
    expect(faults.errors[0]).toMatchObject({
      code: 'account-unknown',
      voucher: 'S1',
      element: 'Line/AccountID',
      found: '3999',
      expected: 'an AccountID of GeneralLedgerAccounts',
    });
  });

  it('tells every fault, keeps a thousand and counts the rest', async () => {
    const many = new SafTFile({ transactions: 1500, seed: 2 });
    const early = many.toString().replaceAll(/<(PeriodYear|TransactionDate|GLPostingDate)>2025/g, '<$1>2023');
    const { faults } = await check(early);
    expect(faults.errors).toHaveLength(1000);
    expect(faults.errorCount).toBeGreaterThanOrEqual(1500);
    expect(faults.counts['date-outside-selection']).toBe(1500);
  });
});

const WARNING_ROWS: [title: string, code: FaultCode, from: string, to: string, nth?: number][] = [
  ['an empty element', 'element-empty', '<SourceID>kari</SourceID>', '<SourceID/>'],
  ['a text beyond its limit', 'text-too-long', '<SourceID>kari', `<SourceID>${'k'.repeat(36)}`],
  ['an account type that does not exist', 'value-unexpected', '<AccountType>GL', '<AccountType>Asset'],
  ['no description', 'element-expected', '<Description>Faktura 50000</Description>', ''],
  ['an account without grouping', 'grouping-missing', '<GroupingCode>1205</GroupingCode>', ''],
  ['a tax code without standard code', 'standard-tax-code', '<StandardTaxCode>3</StandardTaxCode>', ''],
  ['tax that is not base times rate', 'tax-amount', '<TaxBase>', '<TaxBase>9', 1],
  ['an unknown customer', 'customer-unknown', CUSTOMER, '<CustomerID>9900', 6],
  ['an unknown supplier', 'supplier-unknown', '<SupplierID>2000', '<SupplierID>9900', 4],
  ['an unknown analysis value', 'analysis-unknown', '<AnalysisID>10<', '<AnalysisID>99<', 2],
  ['an unknown owner', 'owner-unknown', '        </Line>', '<OwnerID>1</OwnerID></Line>', 1],
  ['a wrong number of entries', 'entries-total', '<NumberOfEntries>40', '<NumberOfEntries>41'],
  [
    'a document dated before its period',
    'date-outside-periods',
    '<TransactionDate>2025-01-01',
    '<TransactionDate>2024-12-31',
  ],
  ['a RecordID twice', 'record-duplicate', '<RecordID>2', '<RecordID>1', 1],
  ['a foreign amount that does not follow', 'currency-amount', '<ExchangeRate>11.5', '<ExchangeRate>1.15', 1],
  [
    'a sub-ledger that does not follow',
    'party-balance',
    '1500</AccountID>\n          <OpeningDebitBalance>',
    '1500</AccountID>\n          <OpeningDebitBalance>7',
  ],
  [
    'an owner on an account outside the chart',
    'loose-account',
    '  </MasterFiles>',
    '<Owners><Owner><Name>Eier</Name><AccountID>9999</AccountID></Owner></Owners></MasterFiles>',
  ],
  [
    'a section that is not imported',
    'section-skipped',
    '</AuditFile>',
    '<SourceDocuments><SalesInvoices/></SourceDocuments></AuditFile>',
  ],
];

describe('what the books can live with is a warning', () => {
  it.each(WARNING_ROWS)('%s: %s', async (_title, code, from, to, nth) => {
    const { faults } = await check(withFault(xml, from, to, nth).xml);
    expect(faults.warnings.map((fault) => fault.code)).toContain(code);
    expect(faults.errors).toEqual([]);
  });

  it('opening balances that do not sum to zero', async () => {
    const from = /<OpeningCreditBalance>(\d+\.\d\d)<\/OpeningCreditBalance>\s*<ClosingCreditBalance>(\d+\.\d\d)/.exec(
      xml.slice(xml.indexOf('<AccountID>2000<')),
    )!;
    const { faults } = await check(
      xml.replace(
        from[0],
        from[0].replaceAll(/\d+\.\d\d/g, (amount) => (Number(amount) + 10).toFixed(2)),
      ),
    );
    expect(faults.errors).toEqual([]);
    expect(faults.warnings[0]).toMatchObject({ code: 'opening-sum', found: '-10.00', expected: '0.00' });
  });

  it('negative amounts go to the other side, however the totals count them', async () => {
    const file = new SafTFile({ transactions: 8, seed: 5 });
    const text = file.toString();
    const line = /<CreditAmount>\s*<Amount>(\d+\.\d\d)<\/Amount>\s*<\/CreditAmount>/.exec(text)!;
    const negative = `<DebitAmount><Amount>-${line[1]}</Amount></DebitAmount>`;
    const kroner = (ore: bigint) => `${ore / 100n}.${String(ore % 100n).padStart(2, '0')}`;
    const less = file.total - BigInt(line[1]!.replace('.', ''));
    const declared = text.replace(line[0], negative).replaceAll(kroner(file.total), kroner(less));
    const { faults, book } = await check(declared);
    expect(faults.errors).toEqual([]);
    expect(faults.warnings.map((fault) => fault.code)).toContain('amount-negative');
    expect(book!.credit).toBe(file.total);
  });

  it('an old file without any grouping', async () => {
    const { faults } = await check(old.replaceAll(/<StandardAccountID>\d+<\/StandardAccountID>/g, ''));
    expect(faults.errors).toEqual([]);
    expect(faults.counts['grouping-missing']).toBe(16);
  });
});

it('every code has a sentence in both languages', () => {
  for (const [code, fault] of Object.entries(FAULTS)) {
    expect(`${code}: ${fault.nb}`).toMatch(/\.$/);
    expect(`${code}: ${fault.en}`).toMatch(/\.$/);
  }
});
