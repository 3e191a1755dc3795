import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { SafTBooks } from '../books/read-books.ts';
import { CopyRows } from '../copy-rows.ts';
import {
  type EntriesForm,
  entriesStatement,
  LAST_LINE,
  LINE_NO_SHIFT,
  OF_CUSTOMERS,
  OF_SUPPLIERS,
} from './entries-statement.ts';
import { EntryXml } from './entry-xml.ts';
import { LIMIT, xmlText } from './xml-text.ts';

/** Receives the entries as they arrive; its arguments may be overwritten after it returns. */
export interface EntryListener {
  /** Before the first line of a transaction. */
  begin(): void;
  /** A line, with the head or the end of its transaction. Returns whether more may follow. */
  piece(bytes: Buffer): boolean;
  end(): void;
}

/** Counts of what was copied, to be compared with the books. */
export interface EntryCount {
  entries: number;
  lines: number;
  debit: bigint;
  credit: bigint;
}

/** Planner methods that are turned off for the copy. */
const WAYS_OFF = ['sort', 'hashjoin', 'mergejoin', 'bitmapscan', 'seqscan', 'material'];

/** The entries of the selection as XML, line by line. */
export class EntryPieces {
  readonly #books: SafTBooks;
  #copy: CopyRows | undefined;

  constructor(books: SafTBooks) {
    this.#books = books;
  }

  /** Continues a copy that a listener has paused. */
  resume(): void {
    this.#copy?.resume();
  }

  /** Abandons a running copy together with its connection. */
  abandon(): void {
    this.#copy?.abandon();
  }

  /** Copies all entries; may be called repeatedly with the same result. */
  async copy(listener: EntryListener): Promise<EntryCount> {
    const { subject } = this.#books;
    const xml = await EntryXml.of(this.#books);
    const form = await this.#prepare();
    const count: EntryCount = { entries: 0, lines: 0, debit: 0n, credit: 0n };
    let [debit, credit] = [0, 0];
    const settle = () => {
      count.debit += BigInt(debit);
      count.credit += BigInt(credit);
      [debit, credit] = [0, 0];
    };
    let lineNo = 0;
    this.#copy = new CopyRows(entriesStatement(subject, form), (row) => {
      const bits = row.next().int();
      const amount = row.next().bigint();
      if (amount > 0) debit += amount;
      else credit -= amount;
      // Numbers are faster than bigints, as long as they are exact.
      if (debit > 2 ** 52 || credit > 2 ** 52) settle();
      count.lines++;
      assert(bits >> LINE_NO_SHIFT === lineNo + 1, 'the lines of an entry came in another order');
      lineNo++;
      if (lineNo === 1) {
        count.entries++;
        listener.begin();
      }
      const goesOn = listener.piece(xml.line(row, bits, lineNo, amount));
      if (bits & LAST_LINE) {
        lineNo = 0;
        listener.end();
      }
      return goesOn;
    });
    await this.#copy.run(subject.tx.client);
    for (const way of WAYS_OFF) await subject.tx.client.query(`set local enable_${way} to default`);
    settle();
    return count;
  }

  /** Sets the transaction settings that the statement reads, and those of the planner. */
  async #prepare(): Promise<EntriesForm> {
    const { subject, accounts, taxTable, journals, company, duplicates, imported } = this.#books;
    const { tx } = subject;
    const array = (list: readonly string[]) => `{${list.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
    const settings = {
      customer_accounts: array(accounts.filter(({ role }) => role === OF_CUSTOMERS).map(({ code }) => code)),
      supplier_accounts: array(accounts.filter(({ role }) => role === OF_SUPPLIERS).map(({ code }) => code)),
      import_paid: array(taxTable.importPaid),
      duplicates: array(duplicates),
      currency: company.currency,
    };
    for (const [name, value] of Object.entries(settings))
      await tx.rows(sql`select set_config(${`saf_t.${name}`}, ${value}, true)`);
    // File order is that of an index: whatever the planner estimates, nothing must be sorted.
    for (const way of WAYS_OFF) await tx.client.query(`set local enable_${way} = off`);
    const keys = [
      ...accounts.map(({ code }) => code),
      ...taxTable.details.map(({ code }) => code),
      ...journals.map(({ series }) => series),
    ];
    return {
      imported,
      duplicates: duplicates.length > 0,
      plainKeys: keys.every((key) => xmlText(key, LIMIT.mid2) === key),
    };
  }
}
