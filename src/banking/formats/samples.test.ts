import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAmount } from '../../kernel/money.ts';
import { packageRoot } from '../../platform/package-root.ts';
import type { BankDetail, BankEntry, BankRecord, BankStatement, BankStatementEnd } from './bank-file.ts';
import { BankFaults } from './fault.ts';
import { readBankFile } from './read-bank-file.ts';

/**
 * Synthetic samples of our own, with those in `others` in the style of foreign banks; files in `public` belong to others and
 * are not in the repository.
 */
const own = join(packageRoot, 'test/fixtures/bank');
const samples = join(packageRoot, '../shared/reference/banking/samples');
const present = existsSync(samples);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Buffer, size = 65_536) {
  const faults = new BankFaults();
  const records: BankRecord[] = [];
  for await (const some of readBankFile(inPieces(bytes, size), faults)) records.push(...some);
  const of = <K extends BankRecord['kind']>(kind: K) =>
    records.filter((r): r is Extract<BankRecord, { kind: K }> => r.kind === kind);
  return {
    faults,
    file: of('file')[0],
    statements: of('statement').map((r) => r.statement),
    entries: of('entry'),
    ends: of('statement-end'),
  };
}

type Read = Awaited<ReturnType<typeof readAll>>;

describe('the Norwegian samples give what expected.json says', () => {
  const expected = JSON.parse(readFileSync(join(own, 'expected.json'), 'utf8'));

  for (const [name, truth] of Object.entries<any>(expected)) {
    test.each([65_536, 7])(`${name}, in pieces of %i bytes`, async (size) => {
      const read = await readAll(readFileSync(join(own, name)), size);
      expect(read.faults.errors).toEqual([]);
      expect(read.file!.format).toBe(truth.format);
      if (truth.rows) expectRows(read, truth.rows);
      else
        expectStatements(
          read,
          truth.statements ?? truth.notifications,
          truth.statements ? 'statement' : 'notification',
        );
    });
  }

  function expectStatements(read: Read, truth: any[], role: BankStatement['role']): void {
    expect(read.statements).toHaveLength(truth.length);
    for (const [i, known] of truth.entries()) {
      const statement = read.statements[i]!;
      expect({
        role: statement.role,
        account: statement.account.bban,
        iban: statement.account.iban,
        id: statement.id,
      }).toEqual({
        role,
        account: known.account,
        iban: known.iban,
        id: known.statement_id ?? known.id,
      });
      if (known.from) {
        expect([statement.from, statement.to]).toEqual([known.from, known.to]);
        expect([formatAmount(statement.opening!.amount), formatAmount(statement.closing!.amount)]).toEqual([
          known.opening,
          known.closing,
        ]);
      }
      const booked = known.entries.filter((entry: any) => entry.status === 'BOOK');
      expect(read.ends[i]).toMatchObject({
        refused: false,
        entryCount: booked.length,
        pendingCount: known.entries.length - booked.length,
      });
      expect(read.entries.filter((entry) => entry.statement === i).map(plainEntry)).toEqual(
        booked.map(({ status, ...entry }: any) => ({ ...entry, status, details: entry.details.map(expectedDetail) })),
      );
    }
  }

  function plainEntry(entry: BankEntry) {
    return {
      booking_date: entry.bookingDate,
      value_date: entry.valueDate,
      amount: formatAmount(entry.amount),
      currency: entry.currency,
      status: 'BOOK',
      bank_reference: entry.bankReference,
      reversal: entry.isReversal,
      batch: entry.batch !== null,
      batch_count: entry.batch?.count ?? null,
      details: entry.details.map(plainDetail),
    };
  }

  function plainDetail(detail: BankDetail) {
    return {
      amount: formatAmount(detail.amount!),
      counterparty_name: detail.counterparty.name,
      counterparty_account: detail.counterparty.account,
      kid: detail.structuredReference,
      text: detail.text,
      message_id: detail.messageId,
      payment_id: detail.paymentId,
      instruction_id: detail.instructionId,
      end_to_end_id: detail.endToEndId,
      archive_reference: detail.archiveReference,
    };
  }

  /** In the message, NOTPROVIDED stands for a missing value. */
  function expectedDetail(known: any) {
    const none = { kid: null, text: null, message_id: null, payment_id: null, instruction_id: null };
    return {
      ...none,
      ...known,
      end_to_end_id: known.end_to_end_id === 'NOTPROVIDED' ? null : (known.end_to_end_id ?? null),
    };
  }

  function expectRows(read: Read, rows: any[]): void {
    const all = read.entries.toReversed().map((entry) => ({
      booking_date: entry.bookingDate,
      value_date: entry.valueDate,
      amount: formatAmount(entry.amount),
      text: entry.text,
      counterparty_account: entry.counterparty.account,
    }));
    expect(all).toEqual(rows.map((row) => ({ value_date: null, counterparty_account: null, ...row })));
  }

  test('the pending row of the Nordea export is counted and left out; the accounts of the exports are ours', async () => {
    const nordea = await readAll(readFileSync(join(own, 'no-csv-nordea-bom.csv')));
    expect(nordea.ends.map((end) => [end.statement.account.bban, end.entryCount, end.pendingCount])).toEqual([
      ['60056123450', 4, 1],
    ]);
    const sparebank1 = await readAll(readFileSync(join(own, 'no-csv-sparebank1.csv')));
    expect(sparebank1.ends.map((end) => end.statement.account.bban)).toEqual(['32071155004']);
    const dnb = await readAll(readFileSync(join(own, 'no-csv-dnb.csv')));
    expect(dnb.ends.map((end) => end.statement.account.bban)).toEqual([null]);
  });
});

describe('files in the manner of other banks', () => {
  const others = join(own, 'others');
  const read = (name: string, size?: number) => readAll(readFileSync(join(others, name)), size);
  const codes = (faults: BankFaults) => Object.keys(faults.counts);
  const summary = (end: BankStatementEnd) => [end.entryCount, formatAmount(end.sum), end.refused];

  test.each(readdirSync(others))('%s says the same in pieces of seven bytes', async (name) => {
    expect(await read(name, 7)).toEqual(await read(name));
  });

  test.each(['camt053-v02-currencies-mixed.xml', 'camt053-v08-currencies-mixed.xml'])(
    '%s: balances in different currencies refuse the statement, its entry is read',
    async (name) => {
      const { faults, entries, ends } = await read(name);
      expect(codes(faults)).toEqual(expect.arrayContaining(['currency-mismatch', 'balance-mismatch']));
      expect(entries).toMatchObject([
        {
          amount: 940n,
          currency: 'EUR',
          bookingDate: '2025-12-31',
          valueDate: '2026-01-02',
          counterparty: { name: 'Fjordglass AB' },
          structuredReference: '7002600417770029',
        },
      ]);
      expect(ends.map(summary)).toEqual([[1, '9.40', true]]);
    },
  );

  test('camt.054: three details without amounts enrich one entry', async () => {
    const { faults, statements, entries } = await read('camt054-v02-details-without-amounts.xml');
    expect(faults.errors).toEqual([]);
    expect(statements).toMatchObject([{ role: 'notification', account: { iban: 'CH9300762011623852957' } }]);
    expect(entries).toMatchObject([{ amount: -3_100_000n, bookingDate: '2026-02-03', bankReference: 'VARSEL-31-1' }]);
    expect(entries[0]!.details.map((detail) => [detail.structuredReferences, detail.text])).toEqual([
      [['Leie 2'], 'Leie kontor'],
      [['Leie 3'], null],
      [['Felles 1', 'Felles 2'], 'Felleskost del 1 Felleskost del 2'],
    ]);
  });

  test('an account in euro: six entries, opening and closing agree', async () => {
    const { faults, ends, entries, statements } = await read('camt053-v02-euro-account.xml');
    expect(faults.errors).toEqual([]);
    expect(ends.map(summary)).toEqual([[6, '3779.75', false]]);
    expect(statements).toMatchObject([
      { number: '31', currency: 'EUR', account: { bic: 'NDEAFIHH', ownerName: 'LYSVERK AS' } },
    ]);
    expect(entries[2]!.details).toMatchObject([
      { messageId: '0007', paymentId: 'SAMLEORDRE-7', instructionId: 'ORDRE-7-1', endToEndId: '20260507-L1' },
    ]);
  });

  test('version 04: a batch of two payments', async () => {
    const { file, faults, entries } = await read('camt053-v04-batch.xml');
    expect(file!.format).toBe('camt.053.001.04');
    expect(faults.errors).toEqual([]);
    expect(entries[0]!.details.map((d) => [d.amount, d.counterparty.bic, d.structuredReference])).toEqual([
      [210_750n, 'PREMCHBEXXX', '770000000000000000000000011'],
      [137_550n, 'DEUXCHBEYYY', '770000000000000000000000022'],
    ]);
  });

  test.each([
    ['pain001-v03-sepa-order.xml', 'pain.001'],
    ['pain002-v03-group-rejected.xml', 'pain.002'],
    ['pain002-v03-payment-rejected.xml', 'pain.002'],
  ])('%s is refused by name', async (name, message) => {
    const { faults } = await read(name);
    expect(faults.errors).toMatchObject([{ code: 'format-refused', found: expect.stringContaining(message) }]);
  });

  test('OCR giro: payments of five types in their settlements, one with text', async () => {
    const { faults, statements, entries, ends } = await read('ocr-giro-all-types.txt');
    expect(faults.errors).toEqual([]);
    expect(statements).toMatchObject([{ role: 'notification', currency: 'NOK', account: { bban: '98760543217' } }]);
    expect(ends.map(summary)).toEqual([[entries.length, '20453.00', false]]);
    expect(entries.map((entry) => [formatAmount(entry.amount), entry.details.length])).toEqual([
      ['5840.00', 10],
      ['2113.00', 3],
      ['12500.00', 1],
    ]);
    expect(entries[0]!.details[0]).toMatchObject({
      amount: 64_000n,
      text: 'Øre og bær fra Åse',
      counterparty: { account: '90022222227' },
      transactionCode: '21',
    });
    expect(entries.every((entry) => entry.bookingDate === '2026-03-12')).toBe(true);
  });

  test('OCR giro: an unknown payer is null', async () => {
    const { faults, entries } = await read('ocr-giro-unknown-payer.txt');
    expect(faults.errors).toEqual([]);
    expect(entries).toMatchObject([
      { amount: 31_000n, bookingDate: '2026-03-24', details: [{ counterparty: { account: null } }] },
    ]);
  });

  test('MT940: two statements in a chain; wrapped details, a value date that no calendar has', async () => {
    const chain = await read('mt940-two-statements.sta');
    expect(chain.faults.errors).toEqual([]);
    expect(
      chain.ends.map((end) => [
        formatAmount(end.statement.opening!.amount),
        formatAmount(end.sum),
        formatAmount(end.statement.closing!.amount),
      ]),
    ).toEqual([
      ['500.00', '-25.50', '474.50'],
      ['474.50', '-25.50', '449.00'],
    ]);
    const wrapped = await read('mt940-details-wrapped.sta');
    expect(wrapped.faults.errors).toEqual([]);
    expect(wrapped.faults.warnings.map((fault) => fault.code)).toEqual(['value-date-february']);
    expect(wrapped.entries).toMatchObject([
      { amount: -450n, bookingDate: '2024-03-01', valueDate: '2024-02-29', counterparty: { bic: '87654321' } },
    ]);
    expect(wrapped.entries[0]!.text).toContain('Kvartalsgebyr');
  });
});

describe.skipIf(!present)('the public samples', () => {
  const read = (name: string) => readAll(readFileSync(join(samples, 'public', name)));
  const codes = (faults: BankFaults) => Object.keys(faults.counts);
  const summary = (end: BankStatementEnd) => [end.entryCount, formatAmount(end.sum), end.refused];

  test('every file is read without a crash, whatever it says', async () => {
    for (const name of readdirSync(join(samples, 'public'))) {
      const { faults, ends } = await read(name);
      expect(faults.fileRefused || ends.length > 0, name).toBe(true);
    }
  });

  test.each(['genkgo-camt053.v2.minimal.ultimate.xml', 'genkgo-camt053.v8.xml'])(
    '%s: balances in different currencies refuse the statement, its entry is read',
    async (name) => {
      const { faults, entries, ends } = await read(name);
      expect(codes(faults)).toContain('currency-mismatch');
      expect(codes(faults)).toContain('balance-mismatch');
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({
        amount: 885n,
        currency: 'EUR',
        bookingDate: '2014-12-31',
        valueDate: '2015-01-02',
        structuredReference: '4654654654654654',
      });
      expect(ends.map(summary)).toEqual([[1, '8.85', true]]);
    },
  );

  test('camt.054: three details without amounts enrich one entry', async () => {
    const { faults, statements, entries } = await read('genkgo-camt054.v2.xml');
    expect(faults.errors).toEqual([]);
    expect(statements[0]).toMatchObject({ role: 'notification', account: { iban: 'CH2801234000123456789' } });
    expect(entries[0]).toMatchObject({
      amount: -20000000n,
      bookingDate: '2007-10-18',
      bankReference: 'AAAASESS-FP-ACCR001',
    });
    expect(entries[0]!.details.map((detail) => detail.structuredReferences)).toEqual([
      ['ISR ref number V1'],
      ['ISR ref number V2'],
      ['Ref number V3 block 1', 'Ref number V3 block 2'],
    ]);
    expect(entries[0]!.details[2]!.text).toBe(
      'Unstructured Remittance Information V3 block 1 Unstructured Remittance Information V3 block 2',
    );
  });

  test('Nordea of Finland: six entries, opening and closing agree', async () => {
    const { faults, ends, statements } = await read('iso20022js-nordea-camt053.v2.xml');
    expect(faults.errors).toEqual([]);
    expect(ends.map(summary)).toEqual([[6, '8600.00', false]]);
    expect(statements[0]).toMatchObject({ number: '25', account: { bic: 'NDEAFIHH', ownerName: 'TEST COMPANY' } });
  });

  test('version 04: a batch of two payments', async () => {
    const { file, faults, entries } = await read('oca-camt053.v4-txdtls.xml');
    expect(file!.format).toBe('camt.053.001.04');
    expect(faults.errors).toEqual([]);
    expect(entries[0]!.details.map((d) => [d.amount, d.counterparty.bic, d.structuredReference])).toEqual([
      [218700n, 'POFICHBEXXX', '302388292000011111111111111'],
      [129600n, 'POFICHBEYYY', '302388292000022222222222222'],
    ]);
  });

  test.each([
    ['iso20022js-pain001.v3.xml', 'pain.001'],
    ['iso20022js-nordea-pain002.v3-group-reject.xml', 'pain.002'],
  ])('%s is refused by name', async (name, message) => {
    const { faults } = await read(name);
    expect(faults.errors).toMatchObject([{ code: 'format-refused', found: expect.stringContaining(message) }]);
  });

  test('OCR giro: twenty payments in their settlements', async () => {
    const { faults, statements, entries, ends } = await read('netsgiro-ocr-giro-transactions.txt');
    expect(faults.errors).toEqual([]);
    expect(statements[0]).toMatchObject({ role: 'notification', currency: 'NOK', account: { bban: '99991042764' } });
    expect(ends.map(summary)).toEqual([[entries.length, '51449.00', false]]);
    expect(entries.flatMap((entry) => entry.details)).toHaveLength(20);
    expect(entries[0]!.details[0]).toMatchObject({
      amount: 102000n,
      text: 'Foo bar baz',
      counterparty: { account: '99990512341' },
      transactionCode: '21',
    });
    expect(entries.every((entry) => entry.bookingDate === '1992-01-20')).toBe(true);
  });

  test('OCR giro: an unknown payer is null', async () => {
    const { faults, entries } = await read('javanetsgiro-ocr3.txt');
    expect(faults.errors).toEqual([]);
    expect(entries).toMatchObject([
      { amount: 44000n, bookingDate: '2004-03-24', details: [{ counterparty: { account: null } }] },
    ]);
  });

  test('MT940: two statements in a chain; wrapped details', async () => {
    const generic = await read('mt940-jejik-generic.sta');
    expect(generic.faults.errors).toEqual([]);
    expect(
      generic.ends.map((end) => [
        formatAmount(end.statement.opening!.amount),
        formatAmount(end.sum),
        formatAmount(end.statement.closing!.amount),
      ]),
    ).toEqual([
      ['100.00', '-10.00', '90.00'],
      ['90.00', '-10.00', '80.00'],
    ]);
    const wrapped = await read('mt940-details-wrapped.sta');
    expect(wrapped.faults.errors).toEqual([]);
    expect(wrapped.faults.warnings.map((fault) => fault.code)).toEqual(['value-date-february']);
    expect(wrapped.entries).toMatchObject([
      {
        amount: -600n,
        bookingDate: '2016-03-01',
        valueDate: '2016-02-29',
        text: 'ENTGELTABSCHLUSS Pauschalen2017-01-01T13:12:11',
        counterparty: { account: null, bic: '12345678' },
      },
    ]);
  });
});
