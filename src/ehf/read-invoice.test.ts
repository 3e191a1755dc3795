import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomInvoices } from '../../test/support/outside/random-invoices.ts';
import { XmlError } from '../platform/xml/xml-stream.ts';
import { formatDecimal, NoInvoice, readInvoice, validate, writeInvoice } from './index.ts';

const SAMPLES = new URL('../../../shared/reference/peppol/samples/', import.meta.url);
const sample = (name: string) => readInvoice(readFileSync(new URL(name, SAMPLES)));

describe.skipIf(!existsSync(SAMPLES))('the public samples', () => {
  test.each([
    ['openpeppol-norwegian-example-1.xml', 'NO9386011117947'],
    ['ehf-3-faktura-1.xml', '86011117947'],
  ])('%s', (name, account) => {
    const document = sample(name);
    expect(validate(document)).toEqual([]);
    const { invoice } = document;
    expect(invoice).toMatchObject({
      kind: 'Invoice',
      number: 'TOSL108',
      issueDate: '2013-06-30',
      dueDate: '2013-07-20',
      currency: 'NOK',
      buyerReference: '3150bdn',
      taxAmount: 36528n,
      totals: { lines: 143650n, taxInclusive: 180178n, prepaid: 100000n, rounding: 22n, payable: 80200n },
      seller: { vatId: 'NO123456785MVA', taxRegistration: 'Foretaksregisteret', legalName: 'The Sellercompany ASA' },
      payee: { name: 'Ebeneser Scrooge AS' },
      paymentMeans: [{ code: '31', reference: '0003434323213231', account, bic: 'DNBANOKK' }],
    });
    expect(
      invoice.taxSubtotals.map(({ category, taxable, tax }) => [
        category.code,
        formatDecimal(category.percent!),
        taxable,
        tax,
      ]),
    ).toEqual([
      ['S', '25', 146050n, 36513n],
      ['S', '15', 100n, 15n],
      ['E', '0', -2500n, 0n],
    ]);
    expect(invoice.lines.map(({ amount }) => amount)).toEqual([127300n, -396n, 496n, -2500n, 18750n]);
    expect(invoice.attachments.map(({ fileName, uri }) => fileName ?? uri)).toEqual([
      'http://www.suppliersite.eu/sheet001.html',
      'Hours-spent.csv',
    ]);
  });

  test('an invoice and the credit note of it', () => {
    const [invoice, credit] = [
      sample('openpeppol-base-example.xml'),
      sample('openpeppol-base-creditnote-correction.xml'),
    ];
    expect([validate(invoice), validate(credit)]).toEqual([[], []]);
    expect(credit.invoice).toMatchObject({
      kind: 'CreditNote',
      typeCode: '381',
      precedingInvoices: [{ number: 'Snippet1' }],
      totals: invoice.invoice.totals,
    });
  });

  test.each([
    ['NO991825827MVA', false],
    ['NO991 825 827MVA', true],
    ['NL991 825 827', false],
  ])('the VAT identifier %s breaks NO-R-001: %s', (id, isBroken) => {
    const set = readFileSync(new URL('openpeppol-unit-NO-R-001.xml', SAMPLES), 'utf8');
    const fragments = set.match(/<Invoice [\s\S]*?<\/Invoice>/g)!;
    const fragment = fragments.find((each) => each.includes(`>${id}<`))!;
    const rules = validate(readInvoice(Buffer.from(fragment))).map(({ rule }) => rule);
    expect(rules.includes('NO-R-001')).toBe(isBroken);
  });
});

const written = () => writeInvoice([...randomInvoices(1, 1, 2)][0]!);
const refusal = (xml: string) => {
  try {
    readInvoice(Buffer.from(xml));
  } catch (error) {
    return error instanceof XmlError ? error.problem : error instanceof NoInvoice ? `no invoice: ${error.root}` : error;
  }
  return 'read';
};

test.each<[string, (xml: string) => string, string]>([
  ['as it is', (xml) => xml, 'read'],
  ['a document type', (xml) => xml.replace('?>', '?><!DOCTYPE Invoice [<!ENTITY a "b">]>'), 'doctype-refused'],
  ['an entity', (xml) => xml.replace('Verkstedet', '&xxe;'), 'not-well-formed'],
  ['half of it', (xml) => xml.slice(0, xml.length / 2), 'truncated'],
  ['nothing', () => '', 'not-well-formed'],
  ['deep nesting', (xml) => xml.replace('<cbc:ID>', `${'<x>'.repeat(100)}<cbc:ID>`), 'xml-limit'],
  [
    'a prefix that nobody declared',
    (xml) => xml.replace('<cbc:ProfileID>', '<abc:ProfileID/><cbc:ProfileID>'),
    'not-well-formed',
  ],
  [
    'another document',
    () => '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
    'no invoice: {urn:oasis:names:specification:ubl:schema:xsd:Order-2}Order',
  ],
])('%s: %#', (_, change, expected) => expect(refusal(change(written()))).toBe(expected));

test('prefixes are the document’s own', () => {
  const xml = written();
  const other = xml
    .replaceAll('cbc:', 'b:')
    .replaceAll('xmlns:cbc', 'xmlns:b')
    .replaceAll('cac:', 'a:')
    .replaceAll('xmlns:cac', 'xmlns:a');
  expect(other).not.toContain('cbc:');
  expect(readInvoice(Buffer.from(other)).invoice).toEqual(readInvoice(Buffer.from(xml)).invoice);
});

test.each<[string, (xml: string) => string, string, string]>([
  [
    'a second number',
    (xml) => xml.replace('<cbc:IssueDate>', '<cbc:ID>2</cbc:ID><cbc:IssueDate>'),
    'UBL-ONCE',
    'cbc:ID[2]',
  ],
  ['no date', (xml) => xml.replace(/<cbc:IssueDate>[^<]*/, '<cbc:IssueDate>30.06.2026'), 'UBL-VALUE', 'cbc:IssueDate'],
  [
    'no number',
    (xml) => xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$1tusen'),
    'UBL-VALUE',
    'cac:LegalMonetaryTotal/cbc:PayableAmount',
  ],
  [
    'three decimals',
    (xml) => xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.005'),
    'BR-DEC-18',
    'cac:LegalMonetaryTotal/cbc:PayableAmount',
  ],
  [
    'more than books take',
    (xml) => xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$19999999999999999'),
    'UBL-VALUE',
    'cac:LegalMonetaryTotal/cbc:PayableAmount',
  ],
])('%s is a finding', (_, change, rule, path) => {
  const { findings } = readInvoice(Buffer.from(change(written())));
  expect(findings).toMatchObject([{ rule, path, severity: 'fatal' }]);
});
