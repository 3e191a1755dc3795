import type { BankEntry, BankRecord, BankStatement } from '../bank-file.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import type { BankFaults } from '../fault.ts';
import { newEntry, newStatement } from '../new-entry.ts';
import { StatementProof } from '../statement-proof.ts';
import { textLines } from '../text-lines.ts';
import { readBalanceField } from './balance-field.ts';
import { readInformation } from './information.ts';
import { readStatementLine } from './statement-line.ts';
import { type TagField, TagLines } from './tag-lines.ts';

/** Reads SWIFT MT940: a statement from each `:20:`. A page (`:60M:`, `:62M:`) is a separate statement. */
export async function* readMt940(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<BankRecord[]> {
  const reader = new Mt940Reader(faults);
  const fields = new TagLines();
  yield reader.begin();
  for await (const lines of textLines(bytes, faults)) {
    for (const line of lines) {
      const field = fields.add({ number: line.number, text: line.text.replace(/^\uFEFF/, '') });
      if (field) reader.read(field);
    }
    if (reader.records.length) yield reader.take();
  }
  const last = fields.end();
  if (last) reader.read(last);
  reader.end();
  if (reader.records.length) yield reader.take();
}

class Mt940Reader {
  records: BankRecord[] = [];
  readonly #faults: BankFaults;
  #statement: BankStatement | null = null;
  #proof: StatementProof | null = null;
  #begun = false;
  #count = 0;
  #position = 0;
  #line = 0;
  /** The entry that waits for its `:86:`. */
  #entry: BankEntry | null = null;

  constructor(faults: BankFaults) {
    this.#faults = faults;
  }

  begin(): BankRecord[] {
    return [
      { kind: 'file', format: 'mt940', messageId: null, createdAt: null, recipientName: null, recipientId: null },
    ];
  }

  take(): BankRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }

  read(field: TagField): void {
    this.#line = field.line;
    if (field.tag !== '86') this.#emit();
    if (field.tag === '20') return this.#open(field);
    const statement = this.#statement;
    if (!statement) {
      // A statement may have more fields after its closing balance; they are ignored.
      if (this.#count > 0 && ['86', '64', '65'].includes(field.tag)) return;
      return this.#fault('record-unexpected', field, `:${field.tag}:`, ':20:');
    }
    const text = field.lines[0]!.trim();
    switch (field.tag) {
      case '25':
      case '25P':
        this.#once(statement.account.iban ?? statement.account.bban ?? statement.account.other, field);
        Object.assign(statement.account, newStatement(0, 'statement', text, null, 0, '').account);
        return;
      case '28':
      case '28C':
        this.#once(statement.number, field);
        [statement.number = null, statement.page = null] = text.split('/') as [string?, string?];
        return;
      case '60F':
      case '60M':
        return this.#openingBalance(statement, field);
      case '61':
        return this.#statementLine(statement, field);
      case '86':
        return this.#information(field);
      case '62F':
      case '62M':
        return this.#closingBalance(statement, field);
      default:
    }
  }

  end(): void {
    this.#emit();
    if (this.#statement) this.#faults.add('truncated', { line: this.#line, expected: ':62F: or :62M:' });
    else if (this.#count === 0) this.#faults.add('truncated', { line: this.#line, expected: ':20:' });
  }

  #open(field: TagField): void {
    if (this.#statement) this.#faults.add('truncated', { line: field.line, found: ':20:', expected: ':62F: or :62M:' });
    const path = `statement ${this.#count + 1}`;
    const statement = newStatement(this.#count++, 'statement', null, null, field.line, path);
    statement.id = field.lines[0]!.trim() || null;
    this.#statement = statement;
    this.#proof = new StatementProof(statement, this.#faults);
    this.#begun = false;
    this.#position = 0;
  }

  #openingBalance(statement: BankStatement, field: TagField): void {
    this.#once(statement.opening, field);
    const balance = readBalanceField(field.lines[0]!);
    if ('code' in balance) return this.#fault(balance.code, field, balance.found, balance.expected);
    statement.opening = { amount: balance.amount, date: balance.date };
    statement.currency = statement.account.currency = balance.currency;
  }

  #closingBalance(statement: BankStatement, field: TagField): void {
    const balance = readBalanceField(field.lines[0]!);
    if ('code' in balance) this.#fault(balance.code, field, balance.found, balance.expected);
    else {
      statement.closing = { amount: balance.amount, date: balance.date };
      if (statement.currency !== null && balance.currency !== statement.currency) {
        this.#fault('currency-mismatch', field, balance.currency, statement.currency);
      }
    }
    if (!statement.opening) this.#fault('balance-missing', field, null, ':60F:');
    const { iban, bban, other } = statement.account;
    if (iban === null && bban === null && other === null) this.#fault('element-missing', field, null, ':25:');
    this.#begin();
    this.records.push(this.#proof!.end(field.line, `:${field.tag}:`));
    this.#statement = null;
    this.#proof = null;
  }

  #statementLine(statement: BankStatement, field: TagField): void {
    if (!statement.opening) return this.#fault('record-unexpected', field, ':61:', ':60F: before it');
    this.#begin();
    this.#position++;
    const line = readStatementLine(field.lines);
    if ('code' in line) return this.#fault(line.code, field, line.found, line.expected);
    if (line.valueDateMoved) this.#fault('value-date-february', field, field.lines[0]!.slice(0, 6), line.valueDate);
    const entry = newEntry({
      statement: statement.index,
      position: this.#position,
      bookingDate: line.bookingDate,
      amount: line.amount,
      currency: statement.currency!,
      line: field.line,
      path: `:61: ${this.#position}`,
    });
    entry.valueDate = line.valueDate;
    entry.isReversal = line.isReversal;
    entry.bankReference = line.bankReference;
    entry.endToEndId = line.customerReference;
    entry.transactionCode = line.transactionCode;
    entry.text = line.more;
    this.#entry = entry;
  }

  #information(field: TagField): void {
    const entry = this.#entry;
    if (!entry) return;
    const information = readInformation(field.lines);
    entry.text = [information.title, information.text, entry.text].filter((part) => part !== null).join(' ') || null;
    entry.counterparty = information.counterparty;
    this.#emit();
  }

  #emit(): void {
    if (!this.#entry) return;
    this.#proof!.add(this.#entry);
    this.records.push(this.#entry);
    this.#entry = null;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.records.push({ kind: 'statement', statement: this.#statement! });
  }

  #once(standing: unknown, field: TagField): void {
    if (standing !== null) this.#fault('element-repeated', field, `:${field.tag}:`, null);
  }

  #fault(code: BankFaultCode, field: TagField, found: string | null, expected: string | null): void {
    this.#faults.add(code, {
      line: field.line,
      path: `:${field.tag}:`,
      statement: this.#statement?.index ?? null,
      found,
      expected,
    });
  }
}
