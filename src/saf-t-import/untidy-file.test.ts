import sql from 'sql-template-tag';
import { afterAll, describe, expect, it } from 'vitest';
import { amountLine, cost, line, side, simple, tax } from '../../test/support/saf-t/saf-t-book.ts';
import { exportOf, schemaFaults } from '../../test/support/saf-t/saf-t-export.ts';
import { codesOf, resultOf, SafTImports, warningsOf } from '../../test/support/saf-t/saf-t-imports.ts';
import { verifyBooks } from '../ledger/index.ts';

const books = new SafTImports();
afterAll(() => books.close());

describe('untidy and sound', () => {
  const party = '<CustomerID>10009</CustomerID>';
  it.each([
    ['a customer', '<Customers/>', line('1920', '-100.00', party), 'customer-unknown'],
    ['a supplier', '', line('1920', '-100.00', '<SupplierID>77</SupplierID>'), 'supplier-unknown'],
    [
      'a dimension',
      '',
      line('1920', '-100.00', '<Analysis><AnalysisType>KST</AnalysisType><AnalysisID>9</AnalysisID></Analysis>'),
      'analysis-unknown',
    ],
    ['a VAT code without tax', '', line('1920', '-100.00', '', tax('X0', '0', '0.00')), 'tax-code-made'],
    [
      'a VAT code that is a standard code',
      '',
      line('1920', '-100.00', '', tax('1', '25', '20.00')),
      'tax-code-standard',
    ],
    ['an owner', '', line('1920', '-100.00', '', '<OwnerID>E1</OwnerID>'), 'owner-unknown'],
  ])('%s that the file does not list is made', async (_title, parties, credit, code) => {
    const xml = simple(
      { parties: parties === '<Customers/>' ? '' : parties },
      { lines: [line('6800', '+100.00'), credit] },
    );
    const result = resultOf(await books.takeText(xml));
    expect(warningsOf(result)).toContain(code);
    const id = result.client_account_id;
    expect(await verifyBooks(books.database, id)).toEqual([]);
    const exported = await exportOf(books.database, id, { from: '2025-01-01', to: '2025-12-31' });
    expect(schemaFaults(exported)).toBe('');
  });

  it('a made customer keeps its number, and a listed one in the same file its own', async () => {
    const xml = simple({}, { lines: [line('6800', '+100.00'), line('1920', '-100.00', party)] });
    const { client_account_id: id } = resultOf(await books.takeText(xml));
    expect(
      await books.rows(
        id,
        sql`select name, customer_code, is_customer from business_partners where client_account_id = ${id}`,
      ),
    ).toEqual([{ name: '10009', customer_code: '10009', is_customer: true }]);
  });

  it('a VAT code with tax that nobody knows is refused, also after a line without', async () => {
    const vouchers = ['0.00', '20.00'].map((amount, i) => ({
      lines: [line('6800', '+50.00', '', tax('X1', i === 0 ? '0' : '25', amount)), line('1920', '-50.00')],
    }));
    expect(codesOf(await books.takeText(simple({ vouchers })))).toEqual(['tax-code-unknown']);
  });

  it.each([
    ['NO 811203335 MVA', ['registration-number']],
    ['NO811203335MVA', ['registration-number']],
    ['811.203.335', ['registration-number']],
    ['811203335MVA', ['registration-number']],
    ['811 203 335', []],
  ])('the number %s is nine digits', async (number, warnings) => {
    const result = resultOf(await books.takeText(simple({ number })));
    expect(warningsOf(result)).toEqual(warnings);
    const [client] = await books.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows(sql`select organization_number from client_accounts where id = ${result.client_account_id}`),
    );
    expect(client).toEqual({ organization_number: '811203335' });
  });

  it.each([
    ['2025-01-15T00:00:00', '2025-01-15'],
    ['2025-01-15T09:30:00.000+01:00', '2025-01-15'],
    ['2025-01-14T23:00:00Z', '2025-01-15'],
    ['2025-01-15 00:00:00', '2025-01-15'],
  ])('the date %s is %s', async (written, day) => {
    const xml = simple().replace('<TransactionDate>2025-01-15', `<TransactionDate>${written}`);
    const result = resultOf(await books.takeText(xml));
    expect(await books.entries(result.client_account_id)).toMatchObject([{ date: day }]);
    expect(warningsOf(result)).toEqual(['date-with-time']);
  });

  it('warnings of one kind do not hide the others', async () => {
    const vouchers = Array.from({ length: 1200 }, (_, i) => ({
      id: String(i),
      lines: i === 1199 ? cost('100.00') : [],
    }));
    const result = resultOf(await books.takeText(simple({ vouchers, entries: 3 })));
    expect(warningsOf(result)).toEqual(['entries-total', 'transaction-empty']);
    expect(result.warning_count).toBe(1200);
  });

  it('is the same on parties: zero sides, numbers, dimensions and accounts that are not listed', async () => {
    const customer = (more: string, number = '811203335') =>
      `<Customers><Customer><RegistrationNumber>${number}</RegistrationNumber><Name>Kunde</Name><CustomerID>1</CustomerID><BalanceAccount>${more}</BalanceAccount><PartyInfo><Analysis><AnalysisType>KST</AnalysisType><AnalysisID>9</AnalysisID></Analysis></PartyInfo></Customer></Customers>`;
    const sums = `${side('Opening', 0)}<OpeningCreditBalance>0.00</OpeningCreditBalance>${side('Closing', 0)}`;
    const result = resultOf(
      await books.takeText(simple({ parties: customer(`<AccountID>1599</AccountID>${sums}`, 'NO 811 203 335 MVA') })),
    );
    expect(warningsOf(result)).toEqual(['analysis-unknown', 'loose-account', 'registration-number', 'zero-side']);
    const id = result.client_account_id;
    expect(
      await books.rows(id, sql`select organization_number from business_partners where client_account_id = ${id}`),
    ).toEqual([{ organization_number: '811203335' }]);
    expect(await books.rows(id, sql`select code from dimension_values where client_account_id = ${id}`)).toEqual([
      { code: '9' },
    ]);
    // A balance on an account that is listed nowhere would be lost.
    const lost = customer(`<AccountID>1599</AccountID>${side('Opening', 5)}${side('Closing', 5)}`);
    expect(codesOf(await books.takeText(simple({ parties: lost })))).toEqual(['account-unknown']);
  });

  it('a side of zero beside the other is left out, on accounts and lines; two amounts are refused', async () => {
    const both = (credit: string) =>
      simple().replace('<CreditAmount>', `<DebitAmount><Amount>${credit}</Amount></DebitAmount><CreditAmount>`);
    expect(warningsOf(resultOf(await books.takeText(both('0.00'))))).toEqual(['zero-side']);
    expect(codesOf(await books.takeText(both('1.00')))).toContain('both-sides');
    const accounts = (zero: string) =>
      simple({
        balances: (_, opening, closing) =>
          `${side('Opening', opening)}${side('Closing', closing)}<Opening${opening < 0 ? 'Debit' : 'Credit'}Balance>${zero}</Opening${opening < 0 ? 'Debit' : 'Credit'}Balance>`,
      });
    expect(warningsOf(resultOf(await books.takeText(accounts('0.00'))))).toEqual(['zero-side']);
    expect(codesOf(await books.takeText(accounts('1.00')))).toContain('both-sides');
  });
});

describe('negative credit', () => {
  const signed = (sum: string) => [
    amountLine('6800', 'DebitAmount', sum),
    amountLine('1920', 'CreditAmount', `-${sum}`),
  ];
  it.each([
    ['total as written', '-100.00'],
    ['total without sign', '100.00'],
  ])('is credit where the voucher and the closings say so: %s', async (_title, total) => {
    const result = resultOf(await books.takeText(simple({ total }, { lines: signed('100.00') })));
    expect(warningsOf(result)).toEqual(['credit-signed']);
    expect(await books.balances(result.client_account_id)).toEqual({
      1920: '900.00',
      2000: '-1000.00',
      6800: '100.00',
    });
  });

  it('is credit on balances too where these sum up to zero so', async () => {
    const balances = (_: string, opening: number, closing: number) =>
      (side('Opening', opening) + side('Closing', closing)).replaceAll(/CreditBalance>(?=\d)/g, 'CreditBalance>-');
    const result = resultOf(await books.takeText(simple({ balances }, { lines: signed('100.00') })));
    expect(warningsOf(result)).toEqual(['credit-signed']);
    expect(result.accounts.find((account) => account.account_code === '2000')).toMatchObject({
      opening_balance: '-1000.00',
      imported_closing_balance: '-1000.00',
    });
  });

  it('is debit where the voucher balances as written', async () => {
    const lines = [amountLine('6800', 'CreditAmount', '-100.00'), amountLine('1920', 'CreditAmount', '100.00')];
    const result = resultOf(await books.takeText(simple({ total: '0.00' }, { lines })));
    expect(warningsOf(result)).toEqual(['amount-negative']);
    expect((await books.balances(result.client_account_id))['6800']).toBe('100.00');
  });

  it('that no reading explains is refused', async () => {
    const lines = [amountLine('6800', 'DebitAmount', '100.00'), amountLine('1920', 'CreditAmount', '-90.00')];
    expect(codesOf(await books.takeText(simple({}, { lines })))).toContain('transaction-unbalanced');
  });
});
