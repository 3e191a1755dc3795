import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { Analysis } from '../books/analyses.ts';
import { CopyRows } from '../copy-rows.ts';
import {
  type AccountRole,
  type EntriesForm,
  entriesStatement,
  FIRST_LINE,
  FROM_SAF_T,
  LAST_LINE,
  OF_CUSTOMERS,
  OF_SUPPLIERS,
  ROLE_SHIFT,
} from './entries-statement.ts';
import { transactionTypes, voucherTypes } from '../books/journals.ts';
import { placeOfPartner } from '../books/parties.ts';
import type { SafTBooks } from '../books/read-books.ts';
import { group, LIMIT, textElement, xmlText } from './xml-text.ts';

/** Receives the entries as they arrive; its arguments may be overwritten after it returns. */
export interface EntryListener {
  /** Before the first piece of a transaction. */
  begin(): void;
  /** Returns whether more may follow. */
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

const NOTHING = Buffer.alloc(0);

/** Planner methods that are turned off for the copy. */
const WAYS_OFF = ['sort', 'hashjoin', 'mergejoin', 'bitmapscan', 'seqscan', 'material'];

/** The entries of the selection as XML, line by line, with the names of dimensions and partners filled in. */
export class EntryPieces {
  readonly #books: SafTBooks;
  readonly #sets = new Map<number, Buffer>();
  readonly #asCustomer = new Map<number, Buffer>();
  readonly #asSupplier = new Map<number, Buffer>();
  readonly #asAnalysis = new Map<number, Buffer>();
  #copy: CopyRows | undefined;

  constructor(books: SafTBooks) {
    this.#books = books;
    for (const [set, values] of books.setMembers) {
      this.#sets.set(set, Buffer.from(values.map((value) => reference(books.analyses.of(value)!)).join('')));
    }
    for (const party of books.parties.byId.values()) {
      const { id, ids } = party;
      if (ids.customer !== null)
        this.#asCustomer.set(id, Buffer.from(textElement('CustomerID', ids.customer, LIMIT.mid1)));
      if (ids.supplier !== null)
        this.#asSupplier.set(id, Buffer.from(textElement('SupplierID', ids.supplier, LIMIT.mid1)));
      const analysis = books.analyses.ofPartner(id);
      if (analysis) this.#asAnalysis.set(id, Buffer.from(reference(analysis)));
    }
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
    const form = await this.#prepare();
    const count: EntryCount = { entries: 0, lines: 0, debit: 0n, credit: 0n };
    let [debit, credit] = [0, 0];
    const settle = () => {
      count.debit += BigInt(debit);
      count.credit += BigInt(credit);
      [debit, credit] = [0, 0];
    };
    this.#copy = new CopyRows(entriesStatement(subject, form), (row) => {
      const bits = row.readInt32BE(4);
      const amount = row.readInt32BE(12) * 2 ** 32 + row.readUInt32BE(16);
      if (amount > 0) debit += amount;
      else credit -= amount;
      // Numbers are faster than bigints, as long as they are exact.
      if (debit > 2 ** 52 || credit > 2 ** 52) settle();
      count.lines++;
      if (bits & FIRST_LINE) {
        count.entries++;
        listener.begin();
      }
      const goesOn = this.#line(row, bits, listener);
      if (bits & LAST_LINE) listener.end();
      return goesOn;
    });
    await this.#copy.run(subject.tx.client);
    for (const way of WAYS_OFF) await subject.tx.client.query(`set local enable_${way} to default`);
    settle();
    return count;
  }

  /** Columns 3 to 7 of the row: text, set, text, partner, text. */
  #line(row: Buffer, bits: number, listener: EntryListener): boolean {
    let at = 20;
    let length = row.readInt32BE(at);
    listener.piece(row.subarray(at + 4, (at += 4 + length)));
    let set = -1;
    if (row.readInt32BE(at) === 4) set = row.readInt32BE((at += 4));
    at += 4;
    length = row.readInt32BE(at);
    const middle = length > 0 ? row.subarray(at + 4, at + 4 + length) : NOTHING;
    at += 4 + Math.max(length, 0);
    let partner = -1;
    if (row.readInt32BE(at) === 8) {
      partner = row.readInt32BE(at + 4) * 2 ** 32 + row.readUInt32BE(at + 8);
      at += 8;
    }
    at += 4;
    if (set >= 0) {
      const analyses = this.#sets.get(set);
      if (analyses) listener.piece(analyses);
    }
    const party = partner < 0 ? NOTHING : this.#partner(partner, bits, listener);
    if (middle.length > 0) listener.piece(middle);
    if (party.length > 0) listener.piece(party);
    length = row.readInt32BE(at);
    return listener.piece(row.subarray(at + 4, at + 4 + length));
  }

  #partner(id: number, bits: number, listener: EntryListener): Buffer {
    const party = this.#books.parties.byId.get(id);
    assert(party, `business partner ${id} is not among those of the selection`);
    const role = ((bits >> ROLE_SHIFT) & 3) as AccountRole;
    const place = placeOfPartner(party, role, (bits & FROM_SAF_T) !== 0);
    if (place === 'none') return NOTHING;
    const found = (
      place === 'customer' ? this.#asCustomer : place === 'supplier' ? this.#asSupplier : this.#asAnalysis
    ).get(id);
    assert(found, `business partner ${id} has no place in the master files`);
    if (place !== 'analysis') return found;
    listener.piece(found);
    return NOTHING;
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
      users: JSON.stringify(await userNames(this.#books)),
      journals: JSON.stringify(voucherTypes(journals)),
      sources: JSON.stringify(transactionTypes(await sourcesOf(this.#books))),
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

function reference({ type, id }: Analysis): string {
  return group('Analysis', textElement('AnalysisType', type, LIMIT.code) + textElement('AnalysisID', id, LIMIT.mid1));
}

/** The user who created an entry, by sign-in address, or by number if that is too long. */
async function userNames({ subject: { tx, clientAccountId, range } }: SafTBooks): Promise<Record<string, string>> {
  const rows = await tx.rows<{ id: number; email: string }>(sql`
    select id, email from users where id in (select distinct created_by_id from journal_entries
      where client_account_id = ${clientAccountId} and entry_date between ${range.from} and ${range.to})`);
  return Object.fromEntries(
    rows.map(({ id, email }) => [
      id,
      xmlText(email.length <= LIMIT.mid1 ? email : `bruker-${id}`, LIMIT.mid1) ?? `bruker-${id}`,
    ]),
  );
}

async function sourcesOf({ subject: { tx, clientAccountId, range } }: SafTBooks): Promise<string[]> {
  const rows = await tx.rows<{ source: string }>(sql`
    select distinct source from journal_entries
    where client_account_id = ${clientAccountId} and entry_date between ${range.from} and ${range.to}`);
  return rows.map(({ source }) => source);
}
