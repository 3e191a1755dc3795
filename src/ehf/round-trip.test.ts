import { expect, test } from 'vitest';
import { randomInvoices } from '../../test/support/outside/random-invoices.ts';
import { exactJson } from '../platform/exact-json.ts';
import { readInvoice, validate, writeInvoice } from './index.ts';

test('ten thousand random documents are read as they were written, and keep every rule', { timeout: 240_000 }, () => {
  let lines = 0;
  for (const invoice of randomInvoices(16931, 10_000)) {
    const document = readInvoice(Buffer.from(writeInvoice(invoice)));
    lines += document.invoice.lines.length;
    // Most are equal as text, which is faster to compare than field by field.
    if (exactJson(document.invoice) !== exactJson(invoice)) expect(document.invoice).toEqual(invoice);
    const findings = validate(document);
    if (findings.length > 0)
      expect({ number: invoice.number, findings }).toEqual({ number: invoice.number, findings: [] });
  }
  expect(lines).toBeGreaterThan(40_000);
});

test('a document of ten thousand lines is read and checked', { timeout: 240_000 }, () => {
  const [invoice] = randomInvoices(7, 1, 10_000);
  const document = readInvoice(Buffer.from(writeInvoice(invoice!)));
  expect(document.invoice.lines).toHaveLength(10_000);
  expect(document.invoice.totals).toEqual(invoice!.totals);
  expect(validate(document)).toEqual([]);
});
