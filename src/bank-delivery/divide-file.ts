import { createReadStream } from 'node:fs';
import { NO_ATTRIBUTES, type XmlListener, XmlStream } from '../platform/xml/xml-stream.ts';

/** Whether a file of this format can be divided by statements. */
export function isDivisible(format: string | null): boolean {
  return format !== null && (format.startsWith('camt.') || format === 'ocr-giro' || format === 'mt940');
}

/**
 * A bank file reduced to the given statements, so that no client account receives those of another. The file was read before
 * and is complete.
 */
export async function* divideFile(path: string, format: string, keep: ReadonlySet<number>): AsyncGenerator<Buffer> {
  if (format === 'ocr-giro') yield* divideOcr(path, keep);
  else if (format === 'mt940') yield* divideMt940(path, keep);
  else yield* divideCamt(path, keep);
}

async function* divideCamt(path: string, keep: ReadonlySet<number>): AsyncGenerator<Buffer> {
  const writer = new CamtPart(keep);
  const stream = new XmlStream(writer);
  for await (const piece of createReadStream(path)) {
    stream.write(piece as Buffer);
    if (writer.length > 0) yield Buffer.from(writer.take());
  }
  stream.end();
  yield Buffer.from(writer.take());
}

const STATEMENTS = new Set(['Stmt', 'Ntfctn', 'Rpt']);

/** Writes the tokens that it receives, without the statements that are excluded. */
class CamtPart implements XmlListener {
  readonly #keep: ReadonlySet<number>;
  readonly #names: string[] = [];
  #parts: string[] = ['<?xml version="1.0" encoding="UTF-8"?>\n'];
  #statements = 0;
  /** Depth of the excluded statement; 0 for none. */
  #skipped = 0;

  constructor(keep: ReadonlySet<number>) {
    this.#keep = keep;
  }

  get length(): number {
    return this.#parts.length;
  }

  take(): string {
    const text = this.#parts.join('');
    this.#parts = [];
    return text;
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#names.push(name);
    if (this.#skipped > 0) return;
    const local = name.slice(name.indexOf(':') + 1);
    if (STATEMENTS.has(local) && !this.#isWithinStatement() && !this.#keep.has(this.#statements++)) {
      this.#skipped = this.#names.length;
      return;
    }
    const written =
      attributes === NO_ATTRIBUTES
        ? ''
        : Object.entries(attributes)
            .map(([key, value]) => ` ${key}="${escaped(value).replaceAll('"', '&quot;')}"`)
            .join('');
    this.#parts.push(`<${name}${written}>`);
  }

  text(text: string): void {
    if (this.#skipped === 0 && this.#names.length > 0) this.#parts.push(escaped(text));
  }

  close(): void {
    const depth = this.#names.length;
    const name = this.#names.pop()!;
    if (this.#skipped === 0) this.#parts.push(`</${name}>`);
    else if (this.#skipped === depth) this.#skipped = 0;
  }

  #isWithinStatement(): boolean {
    return this.#names.slice(0, -1).some((name) => STATEMENTS.has(name.slice(name.indexOf(':') + 1)));
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]!);
}

/** Assignments are identified by their order; the total of the transmission is recomputed. */
async function* divideOcr(path: string, keep: ReadonlySet<number>): AsyncGenerator<Buffer> {
  const lines = (await readLatin1(path)).split(/\r?\n/).filter((line) => line.startsWith('NY'));
  const kept: string[] = [];
  let assignment = -1;
  let isKept = true;
  const totals = { transactions: 0, sum: 0n };
  for (const line of lines) {
    const [service, record] = [line.slice(2, 4), line.slice(6, 8)];
    if (service === '09' && record === '20') isKept = keep.has(++assignment);
    else if (record === '20' || service === '00') isKept = service === '00';
    if (!isKept) continue;
    if (record === '88') {
      totals.transactions += Number(line.slice(8, 16));
      totals.sum += BigInt(line.slice(24, 41));
    }
    kept.push(
      service === '00' && record === '89'
        ? line.slice(0, 8) +
            String(totals.transactions).padStart(8, '0') +
            String(kept.length + 1).padStart(8, '0') +
            String(totals.sum).padStart(17, '0') +
            line.slice(41)
        : line,
    );
  }
  yield Buffer.from(`${kept.join('\r\n')}\r\n`, 'latin1');
}

/** Statements from their `:20:` to their end; the envelopes around them name only the bank, and are omitted. */
async function* divideMt940(path: string, keep: ReadonlySet<number>): AsyncGenerator<Buffer> {
  const kept: string[] = [];
  let statement = -1;
  let isWithin = false;
  for (const line of (await readLatin1(path)).split(/\r?\n/)) {
    const bare = line.replace(/^\xEF\xBB\xBF/, '').replace(/^(?:\{[123]:[^{}]*\}|\{4:)+/, '');
    if (bare.startsWith(':20:')) {
      statement++;
      isWithin = true;
    }
    const isEnd = bare === '-' || bare.startsWith('-}') || bare === '\u0003';
    if (isWithin && keep.has(statement)) kept.push(isEnd ? '-' : bare);
    if (isEnd) isWithin = false;
  }
  yield Buffer.from(`${kept.join('\r\n')}\r\n`, 'latin1');
}

async function readLatin1(path: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const piece of createReadStream(path)) parts.push(piece as Buffer);
  return Buffer.concat(parts).toString('latin1');
}
