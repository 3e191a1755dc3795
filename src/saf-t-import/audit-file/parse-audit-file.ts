import { AUDIT_FILE, type Demand, type Group, type Leaf, type Node } from './audit-file-schema.ts';
import type { AuditRecord, Journal } from './audit-records.ts';
import type { FaultCode } from '../checks/fault-catalogue.ts';
import type { FaultList } from '../checks/fault.ts';
import { readValue } from '../read-value.ts';
import { NO_ATTRIBUTES, XmlError, type XmlListener, XmlStream } from '../../platform/xml/xml-stream.ts';

export const SAFT_NAMESPACE = 'urn:StandardAuditFile-Taxation-Financial:NO';

/** A transaction with more lines cannot be held in memory. */
const LINES_PER_TRANSACTION = 200_000;

type Fields = Record<string, unknown>;

/** An element that is open. */
interface Frame {
  name: string;
  node: Node | null;
  record: Fields | null;
  text: string;
}

/**
 * Reads the records of one XML part in file order, one list per piece of bytes, so that the reader sets the pace.
 * Faults of form go to `faults`; unreadable XML ends the records with its fault.
 */
export async function* parseAuditFile(
  bytes: AsyncIterable<Uint8Array>,
  faults: FaultList,
): AsyncGenerator<AuditRecord[]> {
  const reader = new AuditFileReader(faults);
  const stream = new XmlStream(reader);
  reader.lineOf = () => stream.line;
  try {
    for await (const piece of bytes) {
      stream.write(piece);
      if (reader.records.length) yield reader.take();
      if (reader.stopped) return;
    }
    stream.end();
    if (reader.records.length) yield reader.take();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    if (reader.records.length) yield reader.take();
    faults.add(error.problem, { line: error.line, found: error.message, voucher: reader.voucher });
  }
}

class AuditFileReader implements XmlListener {
  records: AuditRecord[] = [];
  /** Set if the root is something else: nothing below it is valid. */
  stopped = false;
  lineOf: () => number = () => 0;
  voucher: string | null = null;
  readonly #faults: FaultList;
  readonly #frames: Frame[] = [];
  #depth = -1;
  #skipped = 0;
  /** A skipped section that is not reported yet. */
  #skippedReported: string | null = null;
  #journal: Journal | null = null;
  #prefixes = new Set<string>();
  #localNames = new Map<string, string | null>();

  constructor(faults: FaultList) {
    this.#faults = faults;
  }

  take(): AuditRecord[] {
    const records = this.records;
    this.records = [];
    return records;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.stopped) return;
    if (this.#skipped > 0) {
      this.#skipped++;
      this.#tellSkipped();
      return;
    }
    const local = this.#localName(name, attributes);
    if (this.#depth < 0) return this.#openRoot(name, local, attributes);
    const parent = this.#frames[this.#depth]!;
    const node = parent.node?.form === 'group' && local !== null ? parent.node.children.get(local) : undefined;
    if (node === undefined) {
      this.#fault('element-unknown', `${parent.name}/${name}`);
      this.#skippedReported = null;
      this.#skipped = 1;
      return;
    }
    if (node.form === 'skip') {
      this.#skippedReported = node.isReported ? local : null;
      this.#skipped = 1;
      return;
    }
    const frame = this.#push(local!, node);
    if (node.form === 'group') this.#begin(frame, node, parent);
  }

  text(text: string): void {
    if (this.stopped || this.#skipped > 0 || this.#depth < 0) return;
    const frame = this.#frames[this.#depth]!;
    if (frame.node!.form === 'leaf') frame.text = frame.text === '' ? text : frame.text + text;
    else if (text.charCodeAt(0) > 32 && text.trim() !== '') this.#fault('value-unexpected', frame.name, text.trim());
  }

  close(): void {
    if (this.stopped) return;
    if (this.#skipped > 0) {
      if (--this.#skipped === 0 && this.#skippedReported !== null) {
        this.#fault('element-empty', this.#skippedReported);
        this.#skippedReported = null;
      }
      return;
    }
    const frame = this.#frames[this.#depth--]!;
    if (this.#depth < 0) return;
    const parent = this.#frames[this.#depth]!;
    if (frame.node!.form === 'leaf') this.#closeLeaf(frame, frame.node as Leaf, parent);
    else this.#closeGroup(frame, frame.node as Group, parent);
  }

  #openRoot(name: string, local: string | null, attributes: Record<string, string>): void {
    const prefix = name.includes(':') ? name.slice(0, name.indexOf(':')) : '';
    const namespace = attributes[prefix ? `xmlns:${prefix}` : 'xmlns'];
    if (local !== 'AuditFile' || namespace !== SAFT_NAMESPACE) {
      this.#fault('not-saf-t', name, namespace ? `${name} (${namespace})` : name, `AuditFile (${SAFT_NAMESPACE})`);
      this.stopped = true;
      return;
    }
    this.#push('AuditFile', AUDIT_FILE).record = {};
  }

  #push(name: string, node: Node): Frame {
    const depth = ++this.#depth;
    const frame = this.#frames[depth];
    if (frame === undefined) return (this.#frames[depth] = { name, node, record: null, text: '' });
    frame.name = name;
    frame.node = node;
    frame.record = null;
    frame.text = '';
    return frame;
  }

  /** Frame elements without a record pass on their parent's, so that leaves always find one. */
  #begin(frame: Frame, node: Group, parent: Frame): void {
    const at = this.lineOf();
    frame.record = node.make ? node.make(at) : { at };
    if (node.record) frame.record['kind'] = node.record;
    if (node.record === 'journal') this.#journal = null;
    if (node.record === 'totals') this.records.push({ kind: 'entriesBegin', at });
    if (node.record === 'transaction') {
      this.#openJournal(parent);
      frame.record['journal'] = this.#journal;
      this.voucher = null;
    }
  }

  #closeLeaf(frame: Frame, leaf: Leaf, parent: Frame): void {
    const text = trimmed(frame.text);
    if (text === '') return this.#fault('element-empty', `${parent.name}/${frame.name}`);
    const value = readValue(leaf, text);
    const record = parent.record!;
    if (value.fault) this.#fault(value.fault, `${parent.name}/${frame.name}`, text, value.expected);
    if (value.value === undefined) return;
    if (leaf.many) {
      ((record[leaf.key] ??= []) as unknown[]).push(value.value);
      return;
    }
    if (record[leaf.key] !== undefined && record[leaf.key] !== null) {
      return this.#fault('element-repeated', `${parent.name}/${frame.name}`, text, String(record[leaf.key]));
    }
    record[leaf.key] = value.value;
    if (leaf.key === 'id' && record['kind'] === 'transaction') this.voucher = text;
  }

  #closeGroup(frame: Frame, group: Group, parent: Frame): void {
    const record = frame.record!;
    for (const demand of group.required)
      if (lacks(record, demand)) this.#missing('element-missing', frame.name, demand, record);
    for (const demand of group.expected)
      if (lacks(record, demand)) this.#missing('element-expected', frame.name, demand, record);
    if (group.record) return this.#emit(frame, group.record, record);
    if (group.key) this.#attach(frame, group, parent, record);
  }

  #attach(frame: Frame, group: Group, parent: Frame, record: Fields): void {
    const owner = parent.record!;
    const key = group.key!;
    if (group.many) {
      const list = (owner[key] ??= []) as unknown[];
      if (list.length >= LINES_PER_TRANSACTION) {
        throw new XmlError(
          'xml-limit',
          this.lineOf(),
          `more than ${LINES_PER_TRANSACTION} ${frame.name} in one ${parent.name}`,
        );
      }
      list.push(record);
    } else if (owner[key] !== undefined && owner[key] !== null) {
      this.#fault('element-repeated', `${parent.name}/${frame.name}`);
    } else {
      owner[key] = record;
    }
  }

  #emit(frame: Frame, kind: string, record: Fields): void {
    if (kind === 'transaction') {
      this.voucher = null;
    }
    if (kind === 'journal') return this.#openJournal(frame);
    this.records.push(record as unknown as AuditRecord);
  }

  /** A journal is emitted when its first transaction begins, or when it ends without one. */
  #openJournal(frame: Frame): void {
    if (this.#journal) return;
    this.#journal = frame.record as unknown as Journal;
    this.records.push(this.#journal);
  }

  #tellSkipped(): void {
    if (this.#skippedReported === null) return;
    this.#fault('section-skipped', this.#skippedReported);
    this.#skippedReported = null;
  }

  #missing(code: FaultCode, group: string, demand: Demand, record: Fields): void {
    this.#faults.add(code, {
      line: record['at'] as number,
      element: `${group}/${demand.element}`,
      voucher: this.voucher,
      expected: demand.element,
    });
  }

  #fault(code: FaultCode, element: string, found: string | null = null, expected: string | null = null): void {
    this.#faults.add(code, { line: this.lineOf(), element, voucher: this.voucher, found, expected });
  }

  #notePrefixes(attributes: Record<string, string>): void {
    for (const key in attributes) {
      if (key.startsWith('xmlns:') && attributes[key] === SAFT_NAMESPACE && !this.#prefixes.has(key.slice(6))) {
        this.#prefixes.add(key.slice(6));
        this.#localNames.clear();
      }
    }
  }

  /**
   * The name without its prefix; null if the prefix belongs to another namespace. Elements without a namespace count as
   * the file's own: many exporters omit it, and the official validator accepts that.
   */
  #localName(name: string, attributes: Record<string, string>): string | null {
    if (attributes !== NO_ATTRIBUTES) this.#notePrefixes(attributes);
    const known = this.#localNames.get(name);
    if (known !== undefined) return known;
    const colon = name.indexOf(':');
    const local = colon < 0 ? name : this.#prefixes.has(name.slice(0, colon)) ? name.slice(colon + 1) : null;
    if (this.#localNames.size < 1000) this.#localNames.set(name, local);
    return local;
  }
}

function lacks(record: Fields, demand: Demand): boolean {
  for (const key of demand.keys) if (record[key] !== undefined && record[key] !== null) return false;
  return true;
}

/** Most texts need no trimming; the test is cheaper than the call. */
function trimmed(text: string): string {
  if (text === '') return text;
  return text.charCodeAt(0) > 32 && text.charCodeAt(text.length - 1) > 32 ? text : text.trim();
}
