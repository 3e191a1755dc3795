import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../test/support/files/zip-of.ts';
import { formatAmount } from '../../kernel/money.ts';
import { openBankFile } from './bank-file-source.ts';
import type { BankRecord } from './bank-file.ts';
import { bankFaultLine, BankFaults } from './fault.ts';
import { readBankFile } from './read-bank-file.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(file: string | Buffer, size = 65_536, limits = { bytes: 1e9 }) {
  const faults = new BankFaults();
  const records: BankRecord[] = [];
  for await (const some of readBankFile(inPieces(Buffer.from(file as string), size), faults, limits))
    records.push(...some);
  const entries = records.filter((record) => record.kind === 'entry');
  const ends = records.filter((record) => record.kind === 'statement-end');
  return { faults, records, entries, ends, codes: [...faults.errors, ...faults.warnings].map((fault) => fault.code) };
}

const ENTRY = `<Ntry><Amt Ccy="NOK">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-16</Dt></BookgDt></Ntry>`;
const BALANCE = (code: string, amount: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="NOK">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-16</Dt></Dt></Bal>`;
const STATEMENT = `<Stmt><Id>S1</Id><Acct><Id><IBAN>NO5315034011238</IBAN></Id><Ccy>NOK</Ccy></Acct>
${BALANCE('OPBD', '10.00')}${BALANCE('CLBD', '110.00')}
${ENTRY}
</Stmt>`;
const CAMT = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>
${STATEMENT}
</BkToCstmrStmt></Document>`;

const MT940 = `:20:REF
:25:NO5315034011238
:28C:12/1
:60F:C260101NOK100,00
:61:2512311231D10,00NTRFNONREF//BANK1
:86:Coffee at
the corner
:61:2601020102RC5,50NTRFORDER7//BANK2
:86:Taken back
:62F:C260102NOK84,50
-
`;

const item1 = (number: string, amount: number, kid: string) =>
  `NY091030${number}17032601201000100${String(amount).padStart(17, '0')}${kid.padStart(25)}000000`;
const item2 = (number: string, payer: string) =>
  `NY091031${number}00043226109456115400000000170326${payer}${'0'.repeat(22)}`;
const OCR = [
  `NY00001000008080017003100010200${'0'.repeat(49)}`,
  `NY090020001767676000000115034011238${'0'.repeat(45)}`,
  item1('0000001', 1000000, '0001210012'),
  item2('0000001', '42025501238'),
  item1('0000002', 848000, '0001210020'),
  item2('0000002', '00000000000'),
  `NY090088000000020000000600000000001848000170326170326170326${'0'.repeat(21)}`,
  `NY000089000000020000000800000000001848000170326${'0'.repeat(33)}`,
];

const DNB = `"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"
"27.02.2026";"Kreditrente";"28.02.2026";"";"12,34"
"02.02.2026";"KIWI";"02.02.2026";"1 249,90";""
`;

const HANDELSBANKEN = `Utført dato;Bokført dato;Rentedato;Beskrivelse;Type;Undertype;Fra konto;Avsender;Til konto;Mottakernavn;Beløp inn;Beløp ut;Valuta;Status;Melding/KID/Fakt.nr
03.02.2026;03.02.2026;03.02.2026;"Betaling
i to linjer";Betaling;Innenlands;90411111111;Oss AS;60217100227;Grønland Papir AS;;-1234.5;NOK;Bokført;0001210004
02.02.2026;;02.02.2026;Kaffe;Kort;Varekjøp;90411111111;;;;;-30.00;NOK;Reservert;
02.02.2026;02.02.2026;02.02.2026;Innbetaling;Betaling;Innenlands;86013100456;Havnegata Kafe AS;90411111111;Oss AS;12500.00;;NOK;Bokført;Faktura 7
Inngående saldo;100.00
Utgående saldo;11365.50
`;

describe('what is right', () => {
  test('MT940: reversed credit goes out, entry dates take the year of the value date, references', async () => {
    const { faults, entries, ends } = await read(MT940);
    expect(faults.errors).toEqual([]);
    expect(entries).toMatchObject([
      {
        amount: -1000n,
        bookingDate: '2025-12-31',
        bankReference: 'BANK1',
        endToEndId: null,
        text: 'Coffee at the corner',
        balanceAfter: 9000n,
        place: { line: 5 },
      },
      { amount: -550n, isReversal: true, bankReference: 'BANK2', endToEndId: 'ORDER7', balanceAfter: 8450n },
    ]);
    expect(ends[0]).toMatchObject({
      refused: false,
      statement: { number: '12', page: '1', account: { bban: '15034011238' } },
    });
  });

  test('MT940: an entry date across the turn of the year', async () => {
    const { entries } = await read(
      MT940.replace(':61:2512311231', ':61:2601010102').replace(':61:2601020102', ':61:2601021231'),
    );
    expect(entries.map((entry) => entry.bookingDate)).toEqual(['2026-01-02', '2025-12-31']);
  });

  test.each([['\r\n'], ['\n'], ['']])('OCR giro with records ended by %j', async (end) => {
    const { faults, entries, ends } = await read(OCR.join(end));
    expect(faults.errors).toEqual([]);
    expect(entries).toMatchObject([
      { amount: 1848000n, bookingDate: '2026-03-17', batch: { count: 2, total: 1848000n } },
    ]);
    expect(entries[0]!.details.map((d) => [d.amount, d.structuredReference, d.counterparty.account])).toEqual([
      [1000000n, '0001210012', '42025501238'],
      [848000n, '0001210020', null],
    ]);
    expect(ends[0]!.statement).toMatchObject({ role: 'notification', account: { bban: '15034011238' } });
  });

  test('OCR giro: a minus is subtracted, in the control sum too', async () => {
    const minus = OCR.with(4, OCR[4]!.slice(0, 31) + '-' + OCR[4]!.slice(32)).map((record) =>
      record.replace('00000000001848000', '00000000000152000'),
    );
    const { faults, entries } = await read(minus.join('\n'));
    expect(faults.errors).toEqual([]);
    expect(entries[0]).toMatchObject({ amount: 152000n });
  });

  test('Handelsbanken: Latin-1, cells over lines, pending rows, balances below', async () => {
    const { faults, entries, ends } = await read(Buffer.from(HANDELSBANKEN, 'latin1'), 5);
    expect(faults.errors).toEqual([]);
    expect(entries).toMatchObject([
      {
        amount: -123450n,
        text: 'Betaling i to linjer',
        structuredReference: '0001210004',
        counterparty: { name: 'Grønland Papir AS', account: '60217100227' },
        place: { line: 2 },
      },
      {
        amount: 1250000n,
        text: 'Innbetaling Faktura 7',
        counterparty: { name: 'Havnegata Kafe AS' },
        place: { line: 5 },
      },
    ]);
    expect(ends[0]).toMatchObject({
      refused: false,
      pendingCount: 1,
      statement: { opening: { amount: 10000n }, closing: { amount: 1136550n } },
    });
  });

  test('an export of two accounts is two statements', async () => {
    const { ends, entries } = await read(`Dato;Beskrivelse;Rentedato;Inn;Ut;Til konto;Fra konto;
02.02.2026;A;02.02.2026;10,00;;32071155004;;
02.02.2026;B;02.02.2026;;-5,00;;15034011238;
02.02.2026;C;02.02.2026;1,00;;32071155004;;
`);
    expect(ends.map((end) => [end.statement.account.bban, formatAmount(end.sum)])).toEqual([
      ['32071155004', '11.00'],
      ['15034011238', '-5.00'],
    ]);
    expect(entries.map((entry) => entry.statement)).toEqual([0, 1, 0]);
  });

  test.each([
    ['newest first', ['03.02.2026;-5,00;95,00', '02.02.2026;20,00;100,00'], '80.00', '95.00'],
    ['oldest first', ['02.02.2026;20,00;100,00', '03.02.2026;-5,00;95,00'], '80.00', '95.00'],
  ])('a column of balances, %s, proves the rows', async (_, rows, opening, closing) => {
    const header = 'Bokføringsdato;Beløp;Avsender;Mottaker;Navn;Tittel;Valuta;Betalingstype;Saldo';
    const full = rows.map((row) => {
      const [date, amount, balance] = row.split(';');
      return `${date};${amount};60056123450;60056123450;;T;NOK;;${balance}`;
    });
    const { faults, ends } = await read([header, ...full].join('\n'));
    expect(faults.errors).toEqual([]);
    expect([ends[0]!.statement.opening, ends[0]!.statement.closing].map((b) => formatAmount(b!.amount))).toEqual([
      opening,
      closing,
    ]);
    const wrong = await read([header, ...full].join('\n').replace('95,00', '96,00'));
    expect(wrong.codes).toEqual(['running-balance', ...(wrong.codes.slice(1) as [])]);
    expect(wrong.ends[0]!.refused).toBe(true);
  });

  test('a reversal in camt: the sign is the mark alone, the counterparty the one we paid', async () => {
    const returned = ENTRY.replace('<Sts>', '<RvslInd>true</RvslInd><Sts>').replace(
      '</Ntry>',
      `<NtryDtls><TxDtls><Refs><EndToEndId>V-1</EndToEndId></Refs>
       <AmtDtls><InstdAmt><Amt Ccy="EUR">8.75</Amt><CcyXchg><SrcCcy>EUR</SrcCcy><UnitCcy>EUR</UnitCcy><XchgRate>11.4286</XchgRate></CcyXchg></InstdAmt></AmtDtls>
       <Chrgs><Amt Ccy="NOK">25.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Chrgs>
       <RltdPties><Dbtr><Nm>Us</Nm></Dbtr><DbtrAcct><Id><IBAN>NO5315034011238</IBAN></Id></DbtrAcct><Cdtr><Nm>Supplier</Nm></Cdtr></RltdPties>
       <RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrInf></TxDtls></NtryDtls></Ntry>`,
    );
    const { faults, entries } = await read(CAMT.replace(ENTRY, returned));
    expect(faults.errors).toEqual([]);
    expect(entries[0]).toMatchObject({
      amount: 10000n,
      isReversal: true,
      endToEndId: 'V-1',
      counterparty: { name: 'Supplier' },
      return: { reason: 'AC04', text: 'Account closed' },
      original: { amount: '8.75', currency: 'EUR', rate: '11.4286', unit: 'EUR' },
      details: [{ fees: [{ amount: -2500n, currency: 'NOK' }] }],
    });
  });

  test('camt in Latin-1, with prefixes, in version 08, of two accounts', async () => {
    const second = STATEMENT.replace('NO5315034011238', 'NO9386011117947')
      .replace('<Id>S1', '<Id>S2')
      .replace('</CdtDbtInd><Sts>BOOK</Sts>', '</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>');
    const xml = CAMT.replace('</BkToCstmrStmt>', `${second}</BkToCstmrStmt>`)
      .replace('UTF-8', 'ISO-8859-1')
      .replace('001.02', '001.08')
      .replace('</BookgDt>', '</BookgDt><AddtlNtryInf>Grønland</AddtlNtryInf>')
      .replace(/<(\/?)([A-Z])/g, '<$1n:$2')
      .replace('xmlns=', 'xmlns:n=');
    const { faults, entries, ends, records } = await read(Buffer.from(xml, 'latin1'), 3);
    expect(faults.errors).toEqual([]);
    expect(records[0]).toMatchObject({ kind: 'file', format: 'camt.053.001.08', messageId: 'M1' });
    expect(entries.map((entry) => entry.text)).toEqual(['Grønland', null]);
    expect(ends.map((end) => end.statement.account.bban)).toEqual(['15034011238', '86011117947']);
  });

  test('one statement of two fails: the other stands', async () => {
    const second = STATEMENT.replace('110.00', '111.00');
    const { faults, ends } = await read(CAMT.replace('</BkToCstmrStmt>', `${second}</BkToCstmrStmt>`));
    expect(faults.fileRefused).toBe(false);
    expect(ends.map((end) => end.refused)).toEqual([false, true]);
    expect(faults.errors.map(bankFaultLine)).toEqual([
      'balance-mismatch: line 10, Stmt[2]: Opening balance plus entries is not the closing balance. (found 111.00, expected 10.00 + 100.00 = 110.00)',
    ]);
  });
});

describe('faults, with their place', () => {
  const camt: [string, string, string, string, number | null][] = [
    ['<Amt Ccy="NOK">100.00', '<Amt Ccy="NOK">100.005', 'amount-decimals', 'Stmt[1]/Ntry[1]/Amt', 5],
    ['<Amt Ccy="NOK">100.00', '<Amt Ccy="NOK">-100.00', 'amount-malformed', 'Stmt[1]/Ntry[1]/Amt', 5],
    ['<Amt Ccy="NOK">100.00', '<Amt Ccy="NOK">1,00', 'amount-malformed', 'Stmt[1]/Ntry[1]/Amt', 5],
    ['<Amt Ccy="NOK">100.00', '<Amt Ccy="NOK">99999999999999999.00', 'amount-malformed', 'Stmt[1]/Ntry[1]/Amt', 5],
    ['<Amt Ccy="NOK">100.00', '<Amt>100.00', 'currency-malformed', 'Stmt[1]/Ntry[1]/Amt', 5],
    ['<Amt Ccy="NOK">100.00', '<Amt Ccy="SEK">100.00', 'currency-mismatch', 'Stmt[1]/Ntry[1]', 5],
    ['<Amt Ccy="NOK">100.00</Amt>', '', 'element-missing', 'Stmt[1]/Ntry[1]', 5],
    [
      '<Amt Ccy="NOK">100.00</Amt>',
      '<Amt Ccy="NOK">50.00</Amt><Amt Ccy="NOK">50.00</Amt>',
      'element-repeated',
      'Stmt[1]/Ntry[1]/Amt',
      5,
    ],
    ['CRDT</CdtDbtInd><Sts>', 'CREDIT</CdtDbtInd><Sts>', 'mark-unknown', 'Stmt[1]/Ntry[1]/CdtDbtInd', 5],
    ['<Sts>BOOK</Sts>', '<Sts>DONE</Sts>', 'status-unknown', 'Stmt[1]/Ntry[1]', 5],
    ['<Sts>BOOK</Sts>', '', 'element-missing', 'Stmt[1]/Ntry[1]', 5],
    ['<BookgDt><Dt>2026-03-16', '<BookgDt><Dt>2026-02-29', 'date-malformed', 'Stmt[1]/Ntry[1]/BookgDt/Dt', 5],
    ['<BookgDt><Dt>2026-03-16', '<BookgDt><Dt>16.03.2026', 'date-malformed', 'Stmt[1]/Ntry[1]/BookgDt/Dt', 5],
    [BALANCE('CLBD', '110.00'), '', 'balance-missing', 'Stmt[1]', 6],
    ['110.00', '109.99', 'balance-mismatch', 'Stmt[1]', 6],
    ['<Id>S1</Id>', '', 'element-missing', 'Stmt[1]', 6],
    ['<Acct><Id><IBAN>NO5315034011238</IBAN></Id><Ccy>NOK</Ccy></Acct>', '', 'element-missing', 'Stmt[1]', 6],
    [
      '<BookgDt>',
      `<AddtlNtryInf>${'x'.repeat(20_001)}</AddtlNtryInf><BookgDt>`,
      'text-too-long',
      'Stmt[1]/Ntry[1]/AddtlNtryInf',
      5,
    ],
    ['</GrpHdr>', '</GrpHdr>some text', 'value-unexpected', 'BkToCstmrStmt', 3],
  ];
  test.each(camt)('camt: %s becomes %s: %s', async (from, to, code, path, line) => {
    expect(CAMT).toContain(from);
    const { faults, ends } = await read(CAMT.replace(from, to));
    expect(faults.errors.map((fault) => [fault.code, fault.line])).toContainEqual([code, line]);
    expect(faults.errors.find((fault) => fault.code === code)!.path).toBe(path === 'BkToCstmrStmt' ? 'Document' : path);
    expect(faults.fileRefused || ends[0]!.refused).toBe(true);
  });

  test.each([
    [
      'a document type',
      CAMT.replace('<Document', '<!DOCTYPE Document [<!ENTITY a "aaaa">]><Document'),
      'doctype-refused',
    ],
    ['an entity', CAMT.replace('M1', '&lol;'), 'not-well-formed'],
    ['the end missing', CAMT.slice(0, -20), 'truncated'],
    ['a wrong end tag', CAMT.replace('</Stmt>', '</Stmtt>'), 'not-well-formed'],
    ['depth', CAMT.replace('M1', '<a>'.repeat(100)), 'xml-limit'],
    ['another message', CAMT.replaceAll('BkToCstmrStmt>', 'BkToCstmrAcctRpt>'), 'format-refused'],
    ['another XML', '<?xml version="1.0"?><AuditFile><Header/></AuditFile>', 'format-unknown'],
    ['bytes that are not UTF-8', Buffer.from(CAMT.replace('M1', 'Ø'), 'latin1'), 'encoding'],
    ['nothing', '', 'file-empty'],
    ['EDIFACT', "UNB+UNOC:3+00008080+1+260301:1200+1'", 'format-refused'],
    ['a PDF', '%PDF-1.7 ...', 'format-refused'],
    ['a text', 'Dear bank; please find', 'format-unknown'],
    ['a CSV of nobody', 'a;b;c;d\n1;2;3;4\n', 'format-unknown'],
  ])('%s refuses the file', async (_, file, code) => {
    const { faults } = await read(file);
    expect(faults.errors.map((fault) => fault.code)).toEqual([code]);
    expect(faults.fileRefused).toBe(true);
  });

  test('a file beyond the limit', async () => {
    const { codes } = await read(CAMT, 100, { bytes: 500 });
    expect(codes).toContain('file-too-large');
  });

  test('every fault of a file is told', async () => {
    const bad = ENTRY.replace('100.00', '1.001').replace('2026-03-16', '2026-13-01');
    const { faults } = await read(CAMT.replace(ENTRY, `${bad}\n${bad}`));
    expect(faults.counts).toMatchObject({ 'amount-decimals': 2, 'date-malformed': 2, 'balance-mismatch': 1 });
  });

  test.each([
    [':62F:C260102NOK84,50', ':62F:C260102NOK84,51', 'balance-mismatch', 10],
    [':62F:C260102NOK84,50', ':62F:C260102SEK84,50', 'currency-mismatch', 10],
    [':62F:C260102NOK84,50', ':62F:C260102NOK84', 'amount-malformed', 10],
    [':61:2512311231D10,00', ':61:2513311231D10,00', 'date-malformed', 5],
    [':61:2512311231D10,00', ':61:2512311232D10,00', 'date-malformed', 5],
    [':61:2512311231D10,00', ':61:2512311231D10,001', 'amount-decimals', 5],
    [':61:2512311231D10,00', ':61:2512311231X10,00', 'mark-unknown', 5],
    [':60F:C260101NOK100,00\n', '', 'record-unexpected', 4],
    [':25:NO5315034011238\n', '', 'element-missing', 9],
    [':20:REF\n', '', 'format-unknown', 1],
  ])('MT940: %j becomes %j: %s', async (from, to, code, line) => {
    expect(MT940).toContain(from);
    const { faults } = await read(MT940.replace(from, to));
    expect(faults.errors.map((fault) => [fault.code, fault.line])).toContainEqual([code, line]);
  });

  const change = (line: number, at: number, text: string) =>
    OCR.with(line, OCR[line]!.slice(0, at - 1) + text + OCR[line]!.slice(at - 1 + text.length));
  test.each<[string, string[], string, number]>([
    ['a wrong sum', change(6, 25, '00000000001848001'), 'total-sum', 7],
    ['a wrong count', change(6, 9, '00000003'), 'total-count', 7],
    ['a wrong number of records', change(7, 17, '00000009'), 'total-records', 8],
    ['a short record', OCR.with(2, OCR[2]!.slice(0, 79)), 'record-length', 3],
    ['an impossible date', change(2, 16, '310226'), 'date-malformed', 3],
    ['letters in an amount', change(2, 33, '0000000000x'), 'number-malformed', 3],
    ['a sign of its own', change(2, 32, '+'), 'mark-unknown', 3],
    ['another number on item 2', change(3, 9, '0000009'), 'record-linkage', 4],
    ['item 2 missing', OCR.toSpliced(3, 1), 'element-missing', 3],
    ['item 1 missing', OCR.toSpliced(2, 1), 'record-unexpected', 3],
    ['the end missing', OCR.slice(0, 7), 'truncated', 7],
    ['records after the end', [...OCR, OCR[0]!], 'record-unexpected', 9],
    ['the start of the assignment missing', OCR.toSpliced(1, 1), 'record-unexpected', 2],
  ])('OCR giro: %s', async (_, records, code, line) => {
    const { faults } = await read(records.join('\n'));
    expect(faults.errors.map((fault) => [fault.code, fault.line])).toContainEqual([code, line]);
    expect(faults.fileRefused).toBe(true);
  });

  test('OCR giro: a wrong KID is told and kept; another service is skipped', async () => {
    const wrong = await read(change(2, 65, '0001210013').join('\n'));
    expect([wrong.codes, wrong.faults.fileRefused]).toEqual([['kid-doubtful'], false]);
    const mandates = [
      'NY212420000000000000000215034011238000000000000000000000000000000000000000000000',
      'NY21947000000011          0001210012J00000000000000000000000000000000000000000000'.slice(0, 80),
      'NY212488000000010000000300000000000000000000000000000000000000000000000000000000',
    ];
    const both = [...OCR.slice(0, 7), ...mandates, OCR[7]!.replace('000000020000000800', '000000030000001100')];
    const { codes, faults, entries } = await read(both.join('\n'));
    expect([codes, faults.errors, entries.length]).toEqual([['service-skipped'], [], 1]);
  });

  test.each([
    ['1 249,90', '12 49,90', 'amount-malformed'],
    ['1 249,90', '1249,905', 'amount-decimals'],
    ['1 249,90', '1.24.90', 'amount-malformed'],
    ['1 249,90', '1.24,90', 'amount-malformed'],
    ['"1 249,90";""', '"1 249,90";"3,00"', 'amount-ambiguous'],
    ['"1 249,90";""', '"";""', 'amount-ambiguous'],
    ['"02.02.2026";"KIWI"', '"30.02.2026";"KIWI"', 'date-malformed'],
    ['"02.02.2026";"KIWI"', '"02/02/2026";"KIWI"', 'date-malformed'],
    ['"KIWI";', '', 'column-count'],
    ['"KIWI"', '"KIWI', 'column-count'],
  ])('CSV: %s becomes %s: %s, nothing stands', async (from, to, code) => {
    expect(DNB).toContain(from);
    const { faults } = await read(DNB.replace(from, to));
    expect(faults.errors.map((fault) => [fault.code, fault.line])).toContainEqual([code, 3]);
    expect(faults.fileRefused).toBe(true);
  });

  test('CSV: a quoted cell that never ends', async () => {
    const { codes } = await read(DNB.replace(/"\n$/, ''));
    expect(codes).toContain('quote-open');
  });
});

describe('damage', () => {
  const files: [string, Buffer][] = [
    ['camt', Buffer.from(CAMT)],
    ['MT940', Buffer.from(MT940)],
    ['OCR giro', Buffer.from(OCR.join('\r\n'), 'latin1')],
    ['DNB', Buffer.from(DNB)],
    ['Handelsbanken', Buffer.from(HANDELSBANKEN, 'latin1')],
  ];

  test.each(files.slice(0, 3))('%s cut off at any byte is refused', async (name, bytes) => {
    // Text that may follow the last significant part: line ends and the end mark of MT940.
    const whole = name === 'MT940' ? bytes.indexOf(':62F:') + ':62F:C260102NOK84,5'.length : bytes.length;
    for (let length = 0; length < whole; length++) {
      const { faults } = await read(bytes.subarray(0, length));
      expect(faults.errorCount, `${length} bytes`).toBeGreaterThan(0);
    }
  });

  test.each(files)('%s with random damage: a fault or sound entries, never a crash', async (_, bytes) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom('replace', 'insert', 'remove'),
        fc.integer({ min: 1, max: 200 }),
        async (spots, how, size) => {
          let damaged = Buffer.from(bytes);
          for (const [at, byte] of spots) {
            const put = how === 'remove' ? [] : [byte];
            damaged = Buffer.concat([
              damaged.subarray(0, at),
              Buffer.from(put),
              damaged.subarray(at + (how === 'insert' ? 0 : 1)),
            ]);
          }
          const { faults, ends, entries } = await read(damaged, size);
          for (const fault of faults.errors) expect(bankFaultLine(fault)).toContain(fault.code);
          if (faults.fileRefused) return;
          expect(ends.length).toBeGreaterThan(0);
          for (const { statement, sum, refused, entryCount } of ends) {
            const own = entries.filter((entry) => entry.statement === statement.index);
            expect(refused || own.length === entryCount).toBe(true);
            if (refused || !statement.opening || !statement.closing) continue;
            expect(statement.opening.amount + sum).toBe(statement.closing.amount);
          }
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  test.each(files)('%s gives the same in pieces of any size', async (_, bytes) => {
    const whole = await read(bytes);
    for (const size of [1, 2, 3, 17, 80, 256]) {
      const pieces = await read(bytes, size);
      expect(pieces.records).toEqual(whole.records);
      expect(pieces.faults.errors).toEqual(whole.faults.errors);
    }
  });
});

describe('the pace', () => {
  test('a large statement is read no faster than it is taken, and held nowhere', async () => {
    const total = 2000;
    const piece = Buffer.from(ENTRY.repeat(50));
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      const [head, tail] = CAMT.replace('110.00', `${10 + total * 50 * 100}.00`).split(ENTRY);
      yield Buffer.from(head!);
      for (; given < total; given++) yield piece;
      yield Buffer.from(tail!);
    }
    const faults = new BankFaults();
    let entries = 0;
    let ahead = 0;
    let heap = 0;
    for await (const records of readBankFile(source(), faults)) {
      entries += records.filter((record) => record.kind === 'entry').length;
      ahead = Math.max(ahead, given - entries / 50);
      if (given === total / 10) heap = process.memoryUsage().heapUsed;
    }
    expect(faults.errors).toEqual([]);
    expect(entries).toBe(total * 50);
    expect(ahead).toBeLessThanOrEqual(2);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100e6);
  });

  test('who stops taking ends the reading', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(CAMT.slice(0, 900));
        while (true) yield Buffer.from(ENTRY);
      } finally {
        ended = true;
      }
    }
    for await (const records of readBankFile(source(), new BankFaults()))
      if (records.some((r) => r.kind === 'entry')) break;
    expect(ended).toBe(true);
  });
});

describe('the container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bank-file-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function zipFile(name: string, members: Record<string, string>): Promise<string> {
    const path = join(folder, name);
    writeFileSync(path, await zipOf(members));
    return path;
  }

  test('a ZIP of statements, in the order of their names', async () => {
    const faults = new BankFaults();
    const source = await openBankFile(
      { path: await zipFile('two.zip', { '2026-03-17.xml': CAMT, '2026-03-16.sta': MT940 }) },
      faults,
    );
    const formats: string[] = [];
    for (const part of source!.parts) {
      for await (const records of readBankFile(part.open(), faults)) {
        for (const record of records) if (record.kind === 'file') formats.push(`${part.name} ${record.format}`);
      }
    }
    source!.close();
    expect(faults.errors).toEqual([]);
    expect(formats).toEqual(['2026-03-16.sta mt940', '2026-03-17.xml camt.053.001.02']);
  });

  test('a plain file, an empty one, a broken ZIP, a bomb, an Excel file', async () => {
    const path = join(folder, 'file');
    const open = async (text: string | Buffer) => {
      writeFileSync(path, text);
      const faults = new BankFaults();
      const source = await openBankFile({ path }, faults);
      source?.close();
      return [source?.parts.length ?? null, faults.errors.map((fault) => fault.code)];
    };
    expect(await open(CAMT)).toEqual([1, []]);
    expect(await open('')).toEqual([null, ['file-empty']]);
    expect(await open('PK\u0003\u0004 and no more')).toEqual([null, ['zip-invalid']]);
    const bomb = await zipFile('bomb.zip', { 'a.xml': ' '.repeat(3_000_000) });
    const faults = new BankFaults();
    expect(
      await openBankFile({ path: bomb }, faults, { bytes: 2e9, ratio: 250, ratioFrom: 1e6, members: 10, entries: 10 }),
    ).toBeNull();
    await openBankFile({ path: await zipFile('book.xlsx', { '[Content_Types].xml': '<Types/>' }) }, faults);
    expect(faults.errors.map((fault) => fault.code)).toEqual(['zip-bomb', 'format-refused']);
  });
});
