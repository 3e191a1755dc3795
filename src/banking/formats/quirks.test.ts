import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAmount } from '../../kernel/money.ts';
import { packageRoot } from '../../platform/package-root.ts';
import type { BankRecord } from './bank-file.ts';
import { BankFaults } from './fault.ts';
import { readBankFile } from './read-bank-file.ts';

async function* whole(bytes: Uint8Array) {
  yield bytes;
}

async function read(bytes: Uint8Array) {
  const faults = new BankFaults();
  const records: BankRecord[] = [];
  for await (const some of readBankFile(whole(bytes), faults)) records.push(...some);
  const entries = records.filter((record) => record.kind === 'entry');
  const ends = records.filter((record) => record.kind === 'statement-end');
  return {
    faults,
    entries,
    ends,
    format: records.find((record) => record.kind === 'file')?.format,
    amounts: entries.map(({ amount }) => formatAmount(amount)),
  };
}

const fixture = (name: string) => read(readFileSync(join(packageRoot, 'test/fixtures/quirks/bank', name)));
const csv = (...lines: string[]) => read(Buffer.from(`${lines.join('\n')}\n`));

describe('files as banks really write them', () => {
  test('a decimal point where the bank once wrote a comma', async () => {
    const { faults, amounts, format } = await fixture('01-dnb-decimal-point.csv');
    expect([format, faults.errors, amounts]).toEqual(['csv-dnb', [], ['-34.90', '-21.83', '10027.20']]);
  });

  test('what is reserved says so at the end of its text', async () => {
    const { ends, amounts } = await fixture('02-dnb-reserved-at-end.csv');
    expect([amounts, ends[0]!.pendingCount]).toEqual([['-99.00'], 2]);
    expect((await fixture('02b-dnb-later-export.csv')).amounts).toEqual(['-1105.00', '300.00', '-99.00']);
  });

  test.each(['03a-handelsbanken-total-row.csv', '03b-handelsbanken-balance-rows.csv'])(
    '%s: rows below the entries are checked, not refused',
    async (name) => {
      const { faults, amounts } = await fixture(name);
      expect([faults.errors, amounts]).toEqual([[], ['12500.50', '-20000.00']]);
    },
  );

  test('nynorsk: text, counterparty and value date', async () => {
    const { format, faults, amounts, entries } = await fixture('04-eika-nynorsk.csv');
    expect([format, faults.errors, amounts]).toEqual(['csv-eika', [], ['-112.50', '3400.00']]);
    expect(entries[0]).toMatchObject({ valueDate: '2026-01-06', text: 'TESTKAFEEN RAULAND TESTKAFEEN' });
    expect(entries[1]!.counterparty).toMatchObject({ name: 'Prøvekunde AS', account: '86012080338' });
  });

  test('MT940 with blanks for the entry date', async () => {
    const { faults, amounts, entries } = await fixture('27-mt940-blanks-entry-date.sta');
    expect([faults.errors, amounts, entries[0]!.bookingDate]).toEqual([[], ['-65.00'], '2026-03-02']);
  });

  test('OCR giro of mandates only: told, nothing refused', async () => {
    const { faults, entries } = await fixture('35b-ocr-only-fbo.txt');
    expect([faults.errors, entries, faults.warnings.map(({ code }) => code)]).toEqual([[], [], ['service-skipped']]);
  });
});

const DNB = '"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"';
const HANDELSBANKEN = 'Bokført dato;Beskrivelse;Til konto;Beløp inn;Beløp ut;Valuta;Status';
const row = (text: string, out: string, into = '') => `"10.02.2026";"${text}";"10.02.2026";"${out}";"${into}"`;

describe('the decimal mark is decided by the amounts of the file', () => {
  test('an amount that reads two ways waits for one that does not', async () => {
    const { faults, amounts } = await csv(DNB, row('A', '12.500'), row('B', '', '1.000'), row('C', '99,90'));
    expect([faults.errors, amounts]).toEqual([[], ['-12500.00', '1000.00', '-99.90']]);
  });

  test('nothing decides it: refused with line and column', async () => {
    const { faults } = await csv(DNB, row('A', '100'), row('B', '12.500'));
    expect(faults.errors).toMatchObject([
      { code: 'amount-two-readings', line: 3, path: 'Ut fra konto', found: '12.500' },
    ]);
  });

  test('the file writes both ways: refused', async () => {
    const { faults } = await csv(DNB, row('A', '12.50'), row('B', '12.500'), row('C', '12,50'));
    expect(faults.errors.map(({ code }) => code)).toContain('amount-two-readings');
    expect(faults.fileRefused).toBe(true);
  });
});

describe('the header is known whole or not at all', () => {
  test.each([
    ['one column more', `${DNB};"Gebyr"`, 'DNB; not known in it: Gebyr'],
    ['half of it in words of nobody', '"Dato";"Forklaring";"Rentedato";"Beløp bort";"Beløp til"', 'DNB'],
  ])('%s', async (_, header, expected) => {
    const { faults } = await csv(header, row('A', '1,00'));
    expect(faults.errors).toMatchObject([{ code: 'format-unknown' }]);
    expect(faults.errors[0]!.expected).toContain(expected);
  });

  test.each([
    ['csv-dnb', 'Date;Explanation;Interest date;Out of account;Into account', '10.02.2026;A;10.02.2026;5,00;'],
    ['csv-nordea', 'Booking date;Amount;Sender;Recipient;Name;Title;Balance;Currency', '2026/02/10;-5,00;;;;A;;NOK'],
    ['csv-nordea', 'Bokføringsdato;Beløp;Avsendar;Mottakar;Namn;Tittel;Saldo;Valuta', '2026/02/10;-5,00;;;;A;;NOK'],
    ['csv-sparebank1', 'Dato;Skildring;Rentedato;Inn;Ut;Til konto;Frå konto;', '10.02.2026;A;;;-5,00;;;'],
    ['csv-handelsbanken', 'Booking date;Description;Amount in;Amount out;Currency', '10.02.2026;A;;-5.00;NOK'],
  ])('%s: %s', async (format, header, line) => {
    const read = await csv(header, line);
    expect([read.format, read.faults.errors, read.amounts]).toEqual([format, [], ['-5.00']]);
  });
});

describe('what is not booked', () => {
  test.each([
    'Reservert transaksjon IKEA',
    'IKEA RESERVERT TRANSAKSJON',
    'Kjøp, reservert beløp 5,00',
    'Pending transaction IKEA',
    'IKEA ikkje bokført',
  ])('%s', async (text) => {
    const { amounts, ends } = await csv(DNB, row(text, '5,00'), row('B', '1,00'));
    expect([amounts, ends[0]!.pendingCount]).toEqual([['-1.00'], 1]);
  });

  test('a word of it alone in the text of a booked row', async () => {
    expect((await csv(DNB, row('Bord reservert på Testkafeen', '5,00'))).amounts).toEqual(['-5.00']);
  });
});

describe('rows below the entries', () => {
  const entries = ['01.02.2026;A;;100.00;;NOK;Bokført', '02.02.2026;B;;;-30.00;NOK;Bokført'];

  test.each([
    ['Totalt beløp inn på konto:;;100,00 NOK', 'Totalt beløp ut av konto:;;-30,00 NOK'],
    ['Sum inn;100', 'Sum ut;30'],
    ['Inngående saldo pr. 01.02.2026:;;1 000,00 NOK', 'Utgående  saldo pr. 02.02.2026:;;1 070,00 NOK'],
    ['Inngåande saldo: 1000,00', 'Utgåande saldo: 1070,00'],
    ['Opening balance;1000.00', 'Closing balance;1070.00'],
  ])('%s', async (...footers) => {
    const { faults, amounts } = await csv(HANDELSBANKEN, ...entries, ';;;;;;', ...footers);
    expect([faults.errors, amounts]).toEqual([[], ['100.00', '-30.00']]);
  });

  test.each([
    ['Totalt beløp inn på konto:;;101,00 NOK', 'footer-mismatch'],
    ['Sum ut;31', 'footer-mismatch'],
    ['Inngående saldo;1 000,00;\nUtgående saldo;1 071,00', 'balance-mismatch'],
    ['Utgående saldo;ukjent', 'amount-malformed'],
  ])('%s: %s', async (footer, code) => {
    const { faults } = await csv(HANDELSBANKEN, ...entries, footer);
    expect(faults.errors.map((fault) => fault.code)).toEqual([code]);
  });

  test('rows of nothing count and move nothing', async () => {
    const { faults, amounts } = await csv(HANDELSBANKEN, '01.02.2026;A;;0.00;0.00;NOK;Bokført', ...entries);
    expect([faults.errors, amounts]).toEqual([[], ['0.00', '100.00', '-30.00']]);
  });
});
