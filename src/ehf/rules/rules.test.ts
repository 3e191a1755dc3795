import { expect, test } from 'vitest';
import { randomInvoices } from '../../../test/support/outside/random-invoices.ts';
import { type Invoice, type InvoiceLine, type Party, readInvoice, validate, writeInvoice } from '../index.ts';
import { RULES } from '../validate.ts';

const [base] = [...randomInvoices(3, 40, 2)].filter(
  ({ kind, currency }) => kind === 'Invoice' && currency === 'NOK',
) as [Invoice];
const plain: Invoice = {
  ...base,
  allowances: [],
  period: { start: '2026-01-01', end: '2026-01-31' },
  lines: [],
};
const line: InvoiceLine = {
  ...base.lines[0]!,
  quantity: { value: 2n, scale: 0 },
  price: { value: 50n, scale: 0 },
  baseQuantity: null,
  unit: 'EA',
  amount: 10000n,
  tax: { code: 'S', percent: { value: 25n, scale: 0 } },
  allowances: [],
};
const invoice: Invoice = {
  ...plain,
  lines: [line],
  taxAmount: 2500n,
  taxSubtotals: [{ taxable: 10000n, tax: 2500n, category: line.tax, exemptionReason: null, exemptionReasonCode: null }],
  totals: {
    lines: 10000n,
    taxExclusive: 10000n,
    taxInclusive: 12500n,
    allowances: null,
    charges: null,
    prepaid: null,
    rounding: null,
    payable: 12500n,
  },
};

const seller = (part: Partial<Party>) => ({ seller: { ...invoice.seller, ...part } });
const buyer = (part: Partial<Party>) => ({ buyer: { ...invoice.buyer, ...part } });
const totals = (part: Partial<Invoice['totals']>) => ({ totals: { ...invoice.totals, ...part } });
const lines = (part: Partial<InvoiceLine>) => ({ lines: [{ ...line, ...part }] });
const subtotal = (part: Partial<Invoice['taxSubtotals'][number]>) => ({
  taxSubtotals: [{ ...invoice.taxSubtotals[0]!, ...part }],
});
const zero = { value: 0n, scale: 0 };
const free = (code: string, percent: typeof zero | null, reason: string | null): Partial<Invoice> => ({
  ...lines({ tax: { code, percent } }),
  ...subtotal({ tax: 0n, category: { code, percent }, exemptionReason: reason }),
  taxAmount: 0n,
  ...totals({ taxInclusive: 10000n, payable: 10000n }),
});
const discount = { isCharge: false, reasonCode: null, reason: 'Rabatt', percent: null, amount: 100n, base: null };

const broken = (change: Partial<Invoice>, rewrite: (xml: string) => string = (xml) => xml) =>
  validate(readInvoice(Buffer.from(rewrite(writeInvoice({ ...invoice, ...change }))))).map(({ rule }) => rule);

test('the document that others are made of keeps all rules', () => expect(broken({})).toEqual([]));

test.each<[string, Partial<Invoice>]>([
  ['BR-02', { number: null }],
  ['BR-03', { issueDate: null }],
  ['BR-05', { currency: null }],
  ['BR-06', seller({ legalName: null })],
  ['BR-07', buyer({ legalName: null })],
  ['BR-08', seller({ address: null })],
  ['BR-09', seller({ address: { ...invoice.seller.address!, country: null } })],
  ['BR-10', buyer({ address: null })],
  ['BR-12 BR-CO-13', totals({ lines: null })],
  ['BR-15', totals({ payable: null })],
  ['BR-16 BR-CO-10 BR-S-08', { lines: [] }],
  ['BR-21', lines({ id: null })],
  ['BR-23', lines({ unit: null })],
  ['BR-25', lines({ name: null })],
  ['BR-26', lines({ price: null })],
  ['BR-27 PEPPOL-EN16931-R120', lines({ price: { value: -50n, scale: 0 } })],
  ['BR-29', { period: { start: '2026-01-31', end: '2026-01-01' } }],
  ['BR-42 BR-CO-23', lines({ allowances: [{ ...discount, reason: null }], quantity: { value: 202n, scale: 2 } })],
  ['BR-53 PEPPOL-EN16931-R054', { taxCurrency: 'EUR' }],
  ['BR-61', { paymentMeans: [{ ...invoice.paymentMeans[0]!, account: null }] }],
  ['BR-62', seller({ endpoint: { value: '991825827', scheme: null } })],
  ['BR-CL-04 PEPPOL-EN16931-CL007', { currency: 'KRO' }],
  ['BR-CL-14', seller({ address: { ...invoice.seller.address!, country: 'NORGE' } })],
  ['BR-CL-23', lines({ unit: 'stk' })],
  ['BR-CO-04 BR-S-08', lines({ tax: { code: null, percent: null } })],
  ['BR-CO-10', { ...totals({ lines: 9999n, taxExclusive: 9999n, taxInclusive: 12499n, payable: 12499n }) }],
  ['BR-CO-13 BR-CO-15', totals({ taxExclusive: 9999n })],
  ['BR-CO-14 BR-CO-15', { taxAmount: 2501n }],
  ['BR-CO-15 BR-CO-16', totals({ taxInclusive: 12501n })],
  ['BR-CO-16', totals({ payable: 12501n })],
  [
    'BR-CO-17 BR-S-09',
    { ...subtotal({ tax: 2600n }), taxAmount: 2600n, ...totals({ taxInclusive: 12600n, payable: 12600n }) },
  ],
  ['BR-CO-18 BR-S-01 PEPPOL-EN16931-R053 PEPPOL-EN16931-R054', { taxSubtotals: [] }],
  ['BR-CO-25', { dueDate: null, paymentTerms: null }],
  ['BR-CO-14 BR-S-01 BR-Z-08', subtotal({ category: { code: 'Z', percent: zero }, tax: 0n })],
  ['BR-S-02 NO-R-002', seller({ vatId: null, taxRegistration: null })],
  ['BR-S-05 BR-S-08', lines({ tax: { code: 'S', percent: zero } })],
  [
    'BR-S-08',
    {
      ...subtotal({ taxable: 20000n, tax: 5000n }),
      taxAmount: 5000n,
      ...totals({ taxInclusive: 15000n, payable: 15000n }),
    },
  ],
  ['BR-S-10', subtotal({ exemptionReason: 'fritatt' })],
  ['BR-E-10', free('E', zero, null)],
  ['', free('E', zero, 'Unntatt')],
  ['BR-Z-10', free('Z', zero, 'bok')],
  ['BR-O-02', { ...free('O', null, 'Utenfor loven'), ...buyer({ vatId: null }) }],
  ['', { ...free('O', null, 'Utenfor loven'), ...buyer({ vatId: null }), ...seller({ vatId: null }) }],
  ['BR-AE-02', { ...free('AE', zero, 'Snudd'), ...buyer({ vatId: null, legalId: null }) }],
  ['BR-G-05', { ...free('G', zero, 'Utførsel'), ...lines({ tax: { code: 'G', percent: { value: 25n, scale: 0 } } }) }],
  ['PEPPOL-EN16931-R001', { profileId: null }],
  ['PEPPOL-EN16931-R003', { buyerReference: null, orderReference: null }],
  ['BR-01 PEPPOL-EN16931-R004', { customizationId: null }],
  ['PEPPOL-EN16931-R004', { customizationId: 'urn:cen.eu:en16931:2017' }],
  ['PEPPOL-EN16931-R007', { profileId: 'urn:www.cenbii.eu:profile:bii05:ver2.0' }],
  ['PEPPOL-EN16931-R010', buyer({ endpoint: null })],
  ['PEPPOL-EN16931-R020', seller({ endpoint: null })],
  [
    'PEPPOL-EN16931-R040',
    lines({
      allowances: [{ ...discount, percent: { value: 10n, scale: 0 }, base: 5000n }],
      quantity: { value: 202n, scale: 2 },
    }),
  ],
  [
    'PEPPOL-EN16931-R041',
    lines({ allowances: [{ ...discount, percent: { value: 1n, scale: 0 } }], quantity: { value: 202n, scale: 2 } }),
  ],
  ['PEPPOL-EN16931-R120', lines({ quantity: { value: 3n, scale: 0 } })],
  ['PEPPOL-EN16931-R121', lines({ baseQuantity: zero })],
  ['PEPPOL-EN16931-R130', lines({ baseQuantity: { value: 1n, scale: 0 }, baseUnit: 'HUR' })],
  ['PEPPOL-EN16931-R110', lines({ period: { start: '2025-12-31', end: null } })],
  ['PEPPOL-EN16931-P0100', { typeCode: '381' }],
  ['PEPPOL-EN16931-P0112', { typeCode: '384' }],
  ['PEPPOL-COMMON-R041', buyer({ legalId: { value: '987654321', scheme: '0192' } })],
  ['NO-R-001', seller({ vatId: 'NO991825827' })],
  ['NO-R-001', seller({ vatId: 'NO991825828MVA' })],
  ['NO-R-002', seller({ taxRegistration: null })],
])('%s', (rules, change) =>
  expect([...new Set(broken(change))].sort()).toEqual(rules.split(' ').filter(Boolean).sort()),
);

test('in the XML alone', () => {
  expect(broken({}, (xml) => xml.replace('</cbc:ProfileID>', '</cbc:ProfileID><cbc:Note/>'))).toContain(
    'PEPPOL-EN16931-R008',
  );
  expect(broken({}, (xml) => xml.replace('currencyID="NOK"', 'currencyID="EUR"'))).toEqual(['PEPPOL-EN16931-R051']);
});

test('a rule that is broken on every line is told a bounded number of times', () => {
  const many = Array.from({ length: 1000 }, () => ({ ...line, unit: 'stk' }));
  const found = broken({ lines: many });
  expect(found.filter((rule) => rule === 'BR-CL-23')).toHaveLength(20);
});

test('every rule has its identifier once and both languages', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { nb, en } of RULES) expect([nb, en].every((text) => text.length > 10)).toBe(true);
});

test('the XML of a small invoice', async () => {
  await expect(writeInvoice(invoice).replaceAll('><', '>\n<')).toMatchFileSnapshot(
    '../../../test/golden/ehf/invoice.xml',
  );
});
