import { isKid } from '../../../kernel/kid.ts';
import { formatAmount, type Ore } from '../../../kernel/money.ts';
import { type BankRecord, type BankStatement, fileAccount } from '../bank-file.ts';
import { decodeText } from '../decode-text.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import type { BankFaults } from '../fault.ts';
import { newEntry, newStatement } from '../new-entry.ts';
import { isCurrency } from '../read-value.ts';
import { StatementProof } from '../statement-proof.ts';
import { CsvBroken, type CsvCells, CsvSplitter } from './csv-cells.ts';
import { CsvDecimal } from './csv-decimal.ts';
import { type CsvFooter, readFooter } from './csv-footer.ts';
import { type CsvHeader, nearestHeader, readHeader } from './csv-header.ts';
import { isPending } from './csv-pending.ts';
import type { CsvColumn } from './csv-profile.ts';
import { type AmountForm, amountForm, readCsvAmount, readCsvDate } from './csv-values.ts';
import { RunningBalance } from './running-balance.ts';

/** Reads the export of an online bank. One statement for each of our accounts in it; a fault in a row refuses the file. */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<BankRecord[]> {
  let head = '';
  let reader: CsvReader | null = null;
  let splitter: CsvSplitter | null = null;
  try {
    for await (const piece of decodeText(bytes, faults)) {
      let text = piece;
      if (!splitter) {
        head += text;
        const at = headerEnd(head);
        if (at < 0) {
          if (head.length > 100_000) break;
          continue;
        }
        const header = readHeader(head.slice(0, at).replace(PREAMBLE, '').trim());
        if (!header) break;
        reader = new CsvReader(header, faults);
        splitter = new CsvSplitter(header.separator);
        text = head.replace(/^\uFEFF/, '');
      }
      reader!.rows(splitter.write(text));
      if (reader!.records.length) yield reader!.take();
    }
    if (!splitter) {
      const header = readHeader(head.replace(PREAMBLE, '').trim());
      if (!header) {
        tellUnknown(head, faults);
        return;
      }
      reader = new CsvReader(header, faults);
      splitter = new CsvSplitter(header.separator);
      reader.rows(splitter.write(head.replace(/^\uFEFF/, '')));
    }
    reader!.rows(splitter.end());
    reader!.end();
    if (reader!.records.length) yield reader!.take();
  } catch (error) {
    if (!(error instanceof CsvBroken)) throw error;
    faults.add(error.code, { line: error.line });
  }
}

/** Byte order mark, blank lines, and the line that tells Excel the separator. */
const PREAMBLE = /^\uFEFF?\s*(?:sep=.\r?\n)?\s*/;

function tellUnknown(head: string, faults: BankFaults): void {
  const text = head.replace(PREAMBLE, '').trim();
  const [line = ''] = text.split('\n', 1);
  const nearest = nearestHeader(line.trim());
  const expected = nearest && `the header of ${nearest.bank}; not known in it: ${nearest.unknown.join(', ')}`;
  faults.add('format-unknown', { line: 1, found: line.slice(0, 200), ...(expected ? { expected } : {}) });
}

function headerEnd(text: string): number {
  const start = PREAMBLE.exec(text)![0].length;
  const end = text.indexOf('\n', start);
  return end < 0 || start === text.length ? -1 : end;
}

/** Limit of rows held until an amount decides the decimal mark; beyond it there is hardly one. */
const MOST_WAITING = 10_000;
const AMOUNT_COLUMNS: readonly CsvColumn[] = ['amount', 'in', 'out', 'balance'];

interface OwnAccount {
  statement: BankStatement;
  proof: StatementProof;
  balance: RunningBalance;
  position: number;
}

/** Sums of all rows, including pending ones. */
interface Sums {
  in: Ore;
  out: Ore;
}

class CsvReader {
  records: BankRecord[] = [];
  readonly #header: CsvHeader;
  readonly #faults: BankFaults;
  readonly #accounts = new Map<string, OwnAccount>();
  #sawHeader = false;
  readonly #decimal = new CsvDecimal();
  #waiting: CsvCells[] = [];
  /** The first ambiguous amount, read with the decimal mark of the others; refused if the file turns out to use both. */
  #readByOthers: { line: number; path: string; found: string } | null = null;
  readonly #footers = new Map<CsvFooter['kind'], { amount: Ore; line: number }>();
  readonly #booked: Sums = { in: 0n, out: 0n };
  readonly #all: Sums = { in: 0n, out: 0n };
  #line = 1;
  #cells: string[] = [];

  constructor(header: CsvHeader, faults: BankFaults) {
    this.#header = header;
    this.#faults = faults;
    const { format } = header.profile;
    this.records.push({
      kind: 'file',
      format,
      messageId: null,
      createdAt: null,
      recipientName: null,
      recipientId: null,
    });
  }

  take(): BankRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }

  rows(rows: readonly CsvCells[]): void {
    for (const row of rows) {
      if (!this.#sawHeader) this.#sawHeader = readHeader(row.cells.join(this.#header.separator)) !== null;
      else this.#arrive(row);
    }
  }

  /** A row is read when the decimal mark is known, or irrelevant for it. */
  #arrive(row: CsvCells): void {
    this.#at(row);
    const forms = this.#isFooterAt() ? [] : this.#forms();
    for (const form of forms) this.#decimal.see(form);
    if (this.#waiting.length === 0 && (this.#decimal.isDecided || !forms.includes('either'))) return this.#take(row);
    this.#waiting.push(row);
    if (this.#decimal.isDecided || this.#waiting.length > MOST_WAITING) this.#takeWaiting();
  }

  #takeWaiting(): void {
    for (const row of this.#waiting.splice(0)) this.#take(row);
  }

  #take(row: CsvCells): void {
    this.#at(row);
    if (this.#isFooterAt()) this.#footer();
    else this.#row(row);
  }

  #at(row: CsvCells): void {
    this.#line = row.line;
    this.#cells = row.cells;
  }

  #forms(): AmountForm[] {
    return AMOUNT_COLUMNS.map((column) => this.#cell(column)).flatMap((text) => (text === '' ? [] : amountForm(text)));
  }

  end(): void {
    this.#takeWaiting();
    if (this.#readByOthers && this.#decimal.mark === null)
      this.#faults.add('amount-two-readings', { ...this.#readByOthers, expected: '1 234,50 | 1234.50' });
    if (this.#accounts.size === 0) this.#fault('element-missing', 'row', null, 'at least one row below the header');
    const only = this.#accounts.size === 1;
    if (only) this.#checkTotals();
    for (const { statement, proof, balance } of this.#accounts.values()) {
      balance.settle(statement);
      const broken = balance.brokenAt;
      if (broken) this.#faults.add('running-balance', { ...broken.place, statement: statement.index });
      const [opening, closing] = [this.#footers.get('opening'), this.#footers.get('closing')];
      if (only && opening) statement.opening = { amount: opening.amount, date: null };
      if (only && closing) statement.closing = { amount: closing.amount, date: null };
      this.records.push(proof.end(this.#line, this.#header.profile.bank));
    }
  }

  /** Totals below the rows are the sums of the booked rows, or of all rows. */
  #checkTotals(): void {
    for (const [kind, side] of [
      ['total-in', 'in'],
      ['total-out', 'out'],
    ] as const) {
      const stated = this.#footers.get(kind);
      if (!stated) continue;
      const size = stated.amount < 0n ? -stated.amount : stated.amount;
      if (size === this.#booked[side] || size === this.#all[side]) continue;
      this.#faults.add('footer-mismatch', {
        line: stated.line,
        path: kind,
        found: formatAmount(stated.amount),
        expected: formatAmount(this.#booked[side]),
      });
    }
  }

  #cell(column: CsvColumn): string {
    const at = this.#header.columns.indexOf(column);
    return at < 0 ? '' : (this.#cells[at] ?? '').replace(/\s+/g, ' ').trim();
  }

  #isFooterAt(): boolean {
    return readCsvDate(this.#cell('bookingDate')) === null && readFooter(this.#cells, null) !== null;
  }

  /** Balances and totals below the rows: `Inngående saldo pr. 01.05.2026:;;25 000,00 NOK`. */
  #footer(): void {
    const footer = readFooter(this.#cells, this.#decimal.mark)!;
    if (footer.amount === null)
      return this.#fault('amount-malformed', footer.kind, this.#cells.join(' ').trim(), '1 234,50 | 1234.50');
    this.#footers.set(footer.kind, { amount: footer.amount, line: this.#line });
  }

  #row(row: CsvCells): void {
    const { columns, names } = this.#header;
    const needed = columns.findLastIndex((column) => column !== 'ignored') + 1;
    const extra = row.cells.slice(names.length).some((cell) => cell !== '');
    if (row.cells.length < needed || extra) {
      return this.#fault('column-count', 'row', `${row.cells.length} columns`, `${names.length} columns`);
    }
    const cell = (column: CsvColumn) => this.#cell(column);
    const pending = isPending(cell);
    const amount = this.#amount();
    if (amount === null) return;
    const own = this.#own(amount);
    own.position++;
    for (const sums of pending ? [this.#all] : [this.#all, this.#booked]) {
      if (amount > 0n) sums.in += amount;
      else sums.out -= amount;
    }
    if (pending) {
      own.proof.pendingCount++;
      return;
    }
    this.#entry(own, amount);
  }

  #entry(own: OwnAccount, amount: Ore): void {
    const { statement } = own;
    const bookingDate = readCsvDate(this.#cell('bookingDate'));
    if (bookingDate === null)
      return this.#fault('date-malformed', this.#name('bookingDate'), this.#cell('bookingDate'), '31.01.2026');
    const valueText = this.#cell('valueDate');
    const valueDate = valueText === '' ? null : readCsvDate(valueText);
    if (valueText !== '' && valueDate === null)
      return this.#fault('date-malformed', this.#name('valueDate'), valueText, '31.01.2026');
    const currency = this.#cell('currency') || statement.currency || 'NOK';
    if (!isCurrency(currency)) return this.#fault('currency-malformed', this.#name('currency'), currency, 'NOK');
    statement.currency ??= currency;
    if (currency !== statement.currency)
      return this.#fault('currency-mismatch', this.#name('currency'), currency, statement.currency);
    const balance = this.#balance();
    if (balance === undefined) return;
    const entry = newEntry({
      statement: statement.index,
      position: own.position,
      bookingDate,
      amount,
      currency,
      line: this.#line,
      path: 'row',
    });
    entry.valueDate = valueDate;
    entry.balanceAfter = balance;
    entry.text = [this.#cell('text'), this.#cell('moreText')].filter((text) => text !== '').join(' ') || null;
    entry.transactionCode = [this.#cell('type'), this.#cell('subtype')].filter((text) => text !== '').join('-') || null;
    const other = this.#cell(amount >= 0n ? 'fromAccount' : 'toAccount');
    const name = this.#cell('counterpartyName') || this.#cell(amount >= 0n ? 'payerName' : 'payeeName');
    const { bban, iban, other: text } = fileAccount(other);
    entry.counterparty = { name: name || null, account: bban ?? iban ?? text, bic: null };
    this.#reference(entry);
    own.balance.add(entry);
    own.proof.add(entry);
    this.records.push(entry);
  }

  /** A column with a KID, an invoice number or a message: it is a KID only if its check digit is right. */
  #reference(entry: { structuredReference: string | null; structuredReferences: string[]; text: string | null }): void {
    const reference = this.#cell('reference');
    if (reference === '') return;
    const digits = reference.replace(/\s/g, '');
    if (digits.length >= 4 && isKid(digits)) {
      entry.structuredReference = digits;
      entry.structuredReferences = [digits];
    } else entry.text = entry.text === null ? reference : `${entry.text} ${reference}`;
  }

  /** Signed; null after a fault was reported. */
  #amount(): Ore | null {
    if (this.#header.columns.includes('amount')) return this.#read('amount');
    const [inText, outText] = [this.#cell('in'), this.#cell('out')];
    const given = (text: string) => text !== '' && !/^[-+]?0+([.,]0+)?$/.test(text);
    if (given(inText) === given(outText)) {
      // A row with zero amounts is information; a row without any amount is damaged.
      if (!given(inText) && (inText !== '' || outText !== '')) return 0n;
      this.#fault(
        'amount-ambiguous',
        `${this.#name('in')}, ${this.#name('out')}`,
        `${inText} | ${outText}`,
        'one amount',
      );
      return null;
    }
    const column = given(inText) ? 'in' : 'out';
    const value = this.#read(column);
    if (value === null) return null;
    // The column decides the sign. Some banks repeat it as a sign on outgoing amounts.
    if (column === 'out') return value > 0n ? -value : value;
    if (value >= 0n) return value;
    this.#fault('amount-malformed', this.#name('in'), inText, 'an amount without a sign');
    return null;
  }

  #read(column: CsvColumn): Ore | null {
    const text = this.#cell(column);
    const value = readCsvAmount(text, this.#decimal.mark);
    if (typeof value === 'bigint') {
      if (amountForm(text) === 'either')
        this.#readByOthers ??= { line: this.#line, path: this.#name(column), found: text };
      return value;
    }
    this.#fault(value, this.#name(column), text, '1 234,50 | 1234.50');
    return null;
  }

  /** Undefined after a fault was reported. */
  #balance(): Ore | null | undefined {
    return this.#cell('balance') === '' ? null : (this.#read('balance') ?? undefined);
  }

  /** Our account is the payee's for incoming money, the payer's for outgoing. */
  #own(amount: Ore): OwnAccount {
    const text = this.#cell(amount >= 0n ? 'toAccount' : 'fromAccount').replace(/[\s.]/g, '');
    const key = text === '' && this.#accounts.size === 1 ? [...this.#accounts.keys()][0]! : text;
    const known = this.#accounts.get(key);
    if (known) return known;
    const statement = newStatement(
      this.#accounts.size,
      'statement',
      text || null,
      null,
      this.#line,
      this.#header.profile.bank,
    );
    const own = {
      statement,
      proof: new StatementProof(statement, this.#faults),
      balance: new RunningBalance(),
      position: 0,
    };
    this.#accounts.set(key, own);
    this.records.push({ kind: 'statement', statement });
    return own;
  }

  #name(column: CsvColumn): string {
    return this.#header.names[this.#header.columns.indexOf(column)] ?? column;
  }

  #fault(code: BankFaultCode, path: string, found: string | null, expected: string | null): void {
    this.#faults.add(code, { line: this.#line, path, found, expected });
  }
}
