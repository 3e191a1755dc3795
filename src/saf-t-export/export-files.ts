import { formatAmount } from '../kernel/money.ts';
import { assert } from '../kernel/assert.ts';
import { EntryPieces, type EntryCount } from './xml/entry-pieces.ts';
import { safTExportErrors } from './errors.ts';
import { FILE_END, headerXml } from './xml/header-xml.ts';
import type { ExportJournal } from './books/journals.ts';
import { mastersXml } from './xml/masters-xml.ts';
import type { SafTBooks } from './books/read-books.ts';
import { LIMIT, textElement, plain } from './xml/xml-text.ts';

/** A file of the set: read its bytes to the end before requesting the next file. */
export interface ExportFile {
  /** From 1. */
  number: number;
  of: number;
  /** Buffers are reused once the next chunk but one is requested. */
  chunks: AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 256 * 1024;
/** Chunks that wait for their reader before the database is paused. */
const CHUNKS_AHEAD = 2;

/** The beginning and end of the files around their entries. */
class Frame {
  readonly #books: SafTBooks;

  constructor(books: SafTBooks) {
    this.#books = books;
  }

  /** Every file states the totals of the whole set. */
  entriesBegin(): string {
    const { entries, journals } = this.#books;
    const sum = (side: 'debit' | 'credit') => journals.reduce((total, journal) => total + journal[side], 0n);
    return `<GeneralLedgerEntries>${plain('NumberOfEntries', entries)}${plain('TotalDebit', formatAmount(sum('debit')))}${plain('TotalCredit', formatAmount(sum('credit')))}\n`;
  }

  journalBegin({ series, description, type }: ExportJournal): string {
    return `<Journal>${textElement('JournalID', series, LIMIT.short)}${textElement('Description', description, LIMIT.long)}${textElement('Type', type, LIMIT.code)}\n`;
  }

  readonly journalEnd = '</Journal>\n';
  readonly entriesEnd = `</GeneralLedgerEntries>\n${FILE_END}`;

  journal(index: number): ExportJournal {
    const journal = this.#books.journals[index];
    assert(journal, 'more entries came than the journals have');
    return journal;
  }
}

/** File boundaries of a set: the number of transactions after which each file ends. Empty for one file. */
export type Cuts = readonly number[];

/**
 * Divides the set so that no file exceeds the limit. This needs a first pass over the entries, because the name of the
 * first file contains the number of files. Master files are in the first. Throws 422 if an indivisible part exceeds the
 * limit.
 */
export async function planCuts(books: SafTBooks, limit: number): Promise<Cuts> {
  const frame = new Frame(books);
  const size = (text: string) => Buffer.byteLength(text);
  const around = size(headerXml(books)) + size(frame.entriesBegin()) + size(frame.entriesEnd);
  let masters = 0;
  for await (const text of mastersXml(books)) masters += size(text);
  const refuse = (part: string, needed: number) => safTExportErrors.file_limit_too_small({ limit, part, needed });
  if (around + masters > limit) throw refuse('MasterFiles', around + masters);
  const cuts: number[] = [];
  let [file, transaction, transactions, journal, left] = [around + masters, 0, 0, -1, 0];
  let open = 0;
  await new EntryPieces(books).copy({
    begin: () => {
      transaction = 0;
      if (left > 0) return;
      left = frame.journal(++journal).entries;
      open = size(frame.journalBegin(frame.journal(journal))) + size(frame.journalEnd);
      file += open;
    },
    piece: (bytes) => {
      transaction += bytes.length;
      return true;
    },
    end: () => {
      if (file + transaction > limit) {
        if (around + open + transaction > limit) throw refuse('Transaction', around + open + transaction);
        cuts.push(transactions);
        file = around + open;
        transactions = 0;
      }
      file += transaction;
      transactions++;
      left--;
    },
  });
  return cuts;
}

/**
 * The files of the set, one after the other. Written entries are counted, and the last file ends with an error if the
 * count differs from the header: an unreadable file is better than a wrong one.
 */
export async function* exportFiles(
  books: SafTBooks,
  cuts: Cuts,
  progress: (share: number) => void = () => {},
): AsyncGenerator<ExportFile> {
  const writer = new EntryWriter(books, cuts, progress);
  const of = cuts.length + 1;
  try {
    for (let number = 1; number <= of; number++) yield { number, of, chunks: writer.file(number) };
    await writer.finish();
  } finally {
    writer.abandon();
  }
}

type Item = { bytes: Buffer; whole: Buffer } | 'cut';

class EntryWriter {
  readonly #books: SafTBooks;
  readonly #cuts: Cuts;
  readonly #progress: (share: number) => void;
  readonly #frame: Frame;
  readonly #pieces: EntryPieces;
  #items: Item[] = [];
  #buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #filled = 0;
  /** Buffers lent out, the oldest first. */
  readonly #lent: Buffer[] = [];
  readonly #free: Buffer[] = [];
  #wake: (() => void) | undefined;
  #done: Promise<EntryCount> | undefined;
  #ended = false;
  #failure: unknown;
  #journal = -1;
  #leftInJournal = 0;
  #leftInFile: number;
  #file = 0;
  #written = 0;

  constructor(books: SafTBooks, cuts: Cuts, progress: (share: number) => void) {
    this.#books = books;
    this.#cuts = cuts;
    this.#progress = progress;
    this.#frame = new Frame(books);
    this.#pieces = new EntryPieces(books);
    this.#leftInFile = cuts[0] ?? Infinity;
  }

  async *file(number: number): AsyncGenerator<Buffer> {
    yield Buffer.from(headerXml(this.#books));
    if (number === 1) for await (const text of mastersXml(this.#books)) if (text) yield Buffer.from(text);
    yield Buffer.from(this.#frame.entriesBegin());
    // Not earlier: a connection does one thing at a time, and the masters were read on it.
    if (!this.#done) {
      this.#done = this.#start();
      // The reader of the file gets the error.
      this.#done.catch(() => {});
    }
    for (;;) {
      const item = await this.#next();
      if (item === undefined) break;
      if (item === 'cut') break;
      yield item.bytes;
    }
    yield Buffer.from(this.#frame.entriesEnd);
  }

  async finish(): Promise<void> {
    await this.#done;
  }

  /** Has no effect once all entries are copied. */
  abandon(): void {
    if (this.#done && !this.#ended) this.#pieces.abandon();
  }

  async #start(): Promise<EntryCount> {
    try {
      const count = await this.#pieces.copy({
        begin: () => this.#beginTransaction(),
        piece: (bytes) => this.#write(bytes),
        end: () => this.#endTransaction(),
      });
      if (this.#journal >= 0) this.#text(this.#frame.journalEnd);
      this.#flush();
      this.#prove(count);
      return count;
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#ended = true;
      this.#wake?.();
    }
  }

  #prove(count: EntryCount): void {
    const { entries, lines, journals } = this.#books;
    const debit = journals.reduce((sum, journal) => sum + journal.debit, 0n);
    assert(
      count.entries === entries &&
        count.lines === lines &&
        count.debit === debit &&
        count.credit === debit &&
        this.#leftInJournal === 0,
      `wrote ${count.entries} entries, ${count.lines} lines, ${count.debit} and ${count.credit}; the books say ${entries}, ${lines}, ${debit}`,
    );
  }

  #beginTransaction(): void {
    if (this.#leftInFile === 0) {
      // The journal continues in the next file.
      if (this.#journal >= 0) this.#text(this.#frame.journalEnd);
      this.#flush();
      this.#items.push('cut');
      this.#file++;
      this.#leftInFile = this.#cuts[this.#file] ?? Infinity;
      if (this.#leftInJournal > 0) this.#text(this.#frame.journalBegin(this.#frame.journal(this.#journal)));
      else this.#openJournal();
    } else if (this.#leftInJournal === 0) {
      if (this.#journal >= 0) this.#text(this.#frame.journalEnd);
      this.#openJournal();
    }
    this.#leftInJournal--;
    this.#leftInFile--;
  }

  #openJournal(): void {
    const journal = this.#frame.journal(++this.#journal);
    this.#leftInJournal = journal.entries;
    this.#text(this.#frame.journalBegin(journal));
  }

  #endTransaction(): void {
    this.#written++;
  }

  #text(text: string): void {
    this.#write(Buffer.from(text));
  }

  /** True while the database may send more. */
  #write(bytes: Buffer): boolean {
    let from = 0;
    while (from < bytes.length) {
      const copied = bytes.copy(this.#buffer, this.#filled, from);
      this.#filled += copied;
      from += copied;
      if (this.#filled === CHUNK_BYTES) this.#flush();
    }
    return this.#items.length <= CHUNKS_AHEAD;
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#items.push({ bytes: this.#buffer.subarray(0, this.#filled), whole: this.#buffer });
    this.#buffer = this.#free.pop() ?? Buffer.allocUnsafe(CHUNK_BYTES);
    this.#filled = 0;
    this.#wake?.();
  }

  async #next(): Promise<Item | undefined> {
    while (this.#lent.length > 1) this.#free.push(this.#lent.shift()!);
    while (this.#items.length === 0 && !this.#ended) {
      this.#pieces.resume();
      await new Promise<void>((wake) => (this.#wake = wake));
    }
    const item = this.#items.shift();
    if (item !== undefined && item !== 'cut') this.#lent.push(item.whole);
    if (item === undefined && this.#failure) throw this.#failure;
    if (this.#items.length < CHUNKS_AHEAD) this.#pieces.resume();
    this.#progress(this.#written / Math.max(this.#books.entries, 1));
    return item;
  }
}
