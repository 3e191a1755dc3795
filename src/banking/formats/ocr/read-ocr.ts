import { formatAmount, type Ore } from '../../../kernel/money.ts';
import type { BankEntry, BankRecord } from '../bank-file.ts';
import type { BankFaults } from '../fault.ts';
import { newDetail, newEntry, newStatement } from '../new-entry.ts';
import { StatementProof } from '../statement-proof.ts';
import { type AssignmentStart, readAssignmentEnd, readAssignmentStart } from './assignment.ts';
import type { OcrRecord } from './ocr-record.ts';
import { ocrRecords } from './ocr-records.ts';
import { type PaymentItem1, readPaymentItem1, readPaymentItem2, readPaymentText } from './payment.ts';
import { readTransmissionEnd, readTransmissionStart, type TransmissionStart } from './transmission.ts';

/** Limit of payments in one assignment, which are held in memory together. */
const MOST = 500_000;

/**
 * Reads OCR giro (Nets/BSK, 80 characters). A notification for each assignment, with an entry for each settlement: the
 * statement normally shows it as one sum. All or nothing: every fault refuses the file.
 */
export async function* readOcr(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<BankRecord[]> {
  const reader = new OcrReader(faults);
  for await (const records of ocrRecords(bytes, faults)) {
    for (const record of records) reader.read(record);
    if (reader.records.length) yield reader.take();
  }
  reader.end();
  if (reader.records.length) yield reader.take();
}

interface Totals {
  transactions: number;
  records: number;
  sum: Ore;
}

interface Payment {
  item: PaymentItem1;
  record: OcrRecord;
  hasItem2: boolean;
}

class OcrReader {
  records: BankRecord[] = [];
  readonly #faults: BankFaults;
  #state: 'start' | 'file' | 'assignment' | 'skipping' | 'end' = 'start';
  #transmission: TransmissionStart | null = null;
  #assignment: AssignmentStart | null = null;
  #assignmentLine = 0;
  /** Service of the open assignment; all its records have the same. Its end also has the type of its start. */
  #service = '';
  #type = '';
  #statements = 0;
  #settlements = new Map<string, BankEntry>();
  #payment: Payment | null = null;
  #line = 0;
  #held = 0;
  #inAssignment: Totals = { transactions: 0, records: 0, sum: 0n };
  #inFile: Totals = { transactions: 0, records: 0, sum: 0n };

  constructor(faults: BankFaults) {
    this.#faults = faults;
  }

  take(): BankRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }

  read(record: OcrRecord): void {
    this.#line = record.line;
    if (record.text.trim() === '' || record.text === '\u001a') return;
    if (record.text.length !== 80) {
      return record.fault('record-length', 'record', `${record.text.length} characters`, '80 characters');
    }
    if (!/^NY\d{6}/.test(record.text))
      return record.fault('record-unexpected', 'record', record.at(1, 8), 'NY and six digits');
    if (this.#state === 'end')
      return record.fault('record-unexpected', 'record', record.at(1, 8), 'nothing after NY000089');
    this.#inFile.records++;
    this.#inAssignment.records++;
    const inside = this.#state === 'assignment' || this.#state === 'skipping';
    if (inside && record.service !== this.#service) {
      return record.fault('record-unexpected', 'service', record.service, this.#service);
    }
    const kind = record.service === '00' ? `00${record.type}${record.recordType}` : record.recordType;
    switch (kind) {
      case '000010':
        return this.#startTransmission(record);
      case '20':
        return this.#startAssignment(record);
      case '30':
      case '31':
      case '32':
        return this.#payments(record, kind);
      case '88':
        return this.#endAssignment(record);
      case '000089':
        return this.#endTransmission(record);
      default:
        if (this.#state !== 'skipping') this.#unexpected(record);
    }
  }

  end(): void {
    if (this.#state !== 'end')
      this.#faults.add('truncated', { line: this.#line, expected: 'NY000089, the end of the transmission' });
  }

  #unexpected(record: OcrRecord): void {
    const expected = {
      start: 'NY000010',
      file: 'NY090020 | NY000089',
      assignment: 'NY09tt30 | NY090088',
      skipping: '',
      end: '',
    };
    record.fault('record-unexpected', 'record', record.at(1, 8), expected[this.#state]);
  }

  #startTransmission(record: OcrRecord): void {
    if (this.#state !== 'start') return this.#unexpected(record);
    this.#state = 'file';
    this.#transmission = readTransmissionStart(record);
    this.records.push({
      kind: 'file',
      format: 'ocr-giro',
      messageId: `${this.#transmission.sender}-${this.#transmission.number}`,
      createdAt: null,
      recipientName: null,
      recipientId: this.#transmission.receiver,
    });
  }

  #startAssignment(record: OcrRecord): void {
    if (this.#state !== 'file') return this.#unexpected(record);
    this.#inAssignment = { transactions: 0, records: 1, sum: 0n };
    this.#service = record.service;
    this.#type = record.type;
    if (record.service !== '09') {
      this.#state = 'skipping';
      return record.fault('service-skipped', 'service', record.service, '09');
    }
    if (record.type !== '00') return this.#unexpected(record);
    this.#state = 'assignment';
    this.#assignment = readAssignmentStart(record);
    this.#assignmentLine = record.line;
    this.#settlements = new Map();
    this.#held = 0;
  }

  #payments(record: OcrRecord, kind: '30' | '31' | '32'): void {
    if (this.#state === 'skipping') return;
    if (this.#state !== 'assignment') return this.#unexpected(record);
    if (kind === '30') return this.#startPayment(record);
    const { item, hasItem2 } = this.#payment ?? {};
    if (!item || (kind === '31' && hasItem2)) return this.#unexpected(record);
    const number = record.digits(9, 15, 'transaction number');
    if (number !== item.number || record.type !== item.type) {
      return record.fault('record-linkage', 'transaction', `${record.type} ${number}`, `${item.type} ${item.number}`);
    }
    const detail = this.#detail();
    if (!detail) return;
    if (kind === '32') {
      detail.text = readPaymentText(record);
      return;
    }
    this.#payment!.hasItem2 = true;
    const item2 = readPaymentItem2(record);
    detail.archiveReference = item2.archiveReference;
    detail.counterparty.account = item2.payer;
    if (!/^0*$/.test(item2.form)) detail.bankInformation += `, form ${item2.form}`;
  }

  #detail() {
    const key = this.#payment && settlementKey(this.#payment.item);
    return key ? this.#settlements.get(key)?.details.at(-1) : undefined;
  }

  #startPayment(record: OcrRecord): void {
    this.#closePayment();
    const item = readPaymentItem1(record);
    this.#payment = { item, record, hasItem2: false };
    this.#inAssignment.transactions++;
    this.#inAssignment.sum += item.amount;
    if (item.settled === null) return;
    if (++this.#held > MOST) return record.fault('xml-limit', 'assignment', `more than ${MOST} payments`, null);
    const key = settlementKey(item)!;
    let entry = this.#settlements.get(key);
    if (!entry) {
      entry = newEntry({
        statement: this.#statements,
        position: this.#settlements.size + 1,
        bookingDate: item.settled,
        amount: 0n,
        currency: 'NOK',
        line: record.line,
        path: 'settlement',
      });
      entry.entryReference = item.settlement;
      entry.batch = { count: 0, total: 0n, messageId: null, paymentId: null };
      this.#settlements.set(key, entry);
    }
    const detail = newDetail(record.line, `payment ${item.number}`);
    detail.amount = item.amount;
    detail.currency = 'NOK';
    detail.transactionCode = item.type;
    detail.structuredReference = item.kid;
    if (item.kid) detail.structuredReferences = [item.kid];
    detail.bankInformation = `serial ${item.serial}`;
    entry.details.push(detail);
    entry.amount += item.amount;
    entry.batch!.count!++;
    entry.batch!.total = entry.amount;
  }

  #closePayment(): void {
    if (this.#payment && !this.#payment.hasItem2) {
      this.#payment.record.fault('element-missing', 'amount item 2', null, `NY09${this.#payment.item.type}31`);
    }
    this.#payment = null;
  }

  #endAssignment(record: OcrRecord): void {
    const isOpen = this.#state === 'assignment' || this.#state === 'skipping';
    if (!isOpen || record.type !== this.#type) return this.#unexpected(record);
    const end = readAssignmentEnd(record);
    if (this.#state === 'skipping')
      this.#inAssignment = { ...this.#inAssignment, transactions: end.transactions, sum: end.sum };
    this.#closePayment();
    this.#compare(record, end, this.#inAssignment);
    this.#inFile.transactions += this.#inAssignment.transactions;
    this.#inFile.sum += this.#inAssignment.sum;
    if (this.#state === 'assignment') this.#tell(record, end.generated);
    this.#state = 'file';
  }

  #tell(record: OcrRecord, generated: string | null): void {
    const { account, number } = this.#assignment!;
    const path = `assignment ${number}`;
    const statement = newStatement(this.#statements++, 'notification', account, 'NOK', this.#assignmentLine, path);
    statement.id = `${this.#transmission?.number ?? ''}/${number}`;
    statement.number = number;
    statement.createdAt = generated;
    const proof = new StatementProof(statement, this.#faults);
    this.records.push({ kind: 'statement', statement });
    for (const entry of this.#settlements.values()) {
      proof.add(entry);
      this.records.push(entry);
    }
    this.records.push(proof.end(record.line, path));
    this.#settlements = new Map();
  }

  #endTransmission(record: OcrRecord): void {
    if (this.#state !== 'file') return this.#unexpected(record);
    this.#state = 'end';
    this.#compare(record, readTransmissionEnd(record), this.#inFile);
  }

  #compare(record: OcrRecord, stated: Totals, counted: Totals): void {
    if (stated.transactions !== counted.transactions) {
      record.fault('total-count', 'number of transactions', `${stated.transactions}`, `${counted.transactions}`);
    }
    if (stated.records !== counted.records) {
      record.fault('total-records', 'number of records', `${stated.records}`, `${counted.records}`);
    }
    if (stated.sum !== counted.sum)
      record.fault('total-sum', 'sum', formatAmount(stated.sum), formatAmount(counted.sum));
  }
}

/** Same date, centre, day code and partial settlement: normally one credit on the statement. */
function settlementKey(item: PaymentItem1): string | null {
  return item.settled === null ? null : `${item.settled} ${item.settlement}`;
}
