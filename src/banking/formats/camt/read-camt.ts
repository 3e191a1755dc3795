import { type XmlListener, XmlError, XmlStream } from '../../../platform/xml/xml-stream.ts';
import type { BankFileHeader, BankRecord } from '../bank-file.ts';
import type { BankFaults } from '../fault.ts';
import { MESSAGES, OTHER_MESSAGES } from './document.ts';
import type { CamtNode } from './node.ts';
import { CamtState } from './state.ts';

/** Longest text of one element, in characters. The schemas end at 2048; some banks exceed that. */
const TEXT_LENGTH = 20_000;

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(camt\.05\d\.\d{3}\.\d{2})$/;

/**
 * Reads camt.053 and camt.054 of any version, by local names: a list of records for each chunk of bytes, so that the
 * consumer decides the pace. Ends early if the XML cannot be read further; the fault gives the reason.
 */
export async function* readCamt(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<BankRecord[]> {
  const reader = new CamtReader(faults);
  const stream = new XmlStream(reader);
  reader.state.line = () => stream.line;
  try {
    for await (const piece of bytes) {
      stream.write(piece);
      if (reader.stopped) return;
      if (reader.state.records.length) yield reader.take();
    }
    stream.end();
    reader.end();
    if (reader.state.records.length) yield reader.take();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    faults.add(error.problem, { line: error.line, path: reader.state.path(), found: error.message });
  }
}

interface Frame {
  name: string;
  node: CamtNode;
  /** Bits of the children that have occurred. */
  stood: number;
  text: string;
  currency: string | undefined;
}

class CamtReader implements XmlListener {
  readonly state: CamtState;
  /** The root is another element: its content is ignored. */
  stopped = false;
  readonly #faults: BankFaults;
  readonly #frames: Frame[] = [];
  #depth = -1;
  #skipped = 0;
  #root: 'none' | 'document' | 'message' | 'done' = 'none';
  #version: string | null = null;
  readonly #localNames = new Map<string, string>();

  constructor(faults: BankFaults) {
    this.#faults = faults;
    const header: BankFileHeader = {
      kind: 'file',
      format: 'camt.053',
      messageId: null,
      createdAt: null,
      recipientName: null,
      recipientId: null,
    };
    this.state = new CamtState(faults, header);
    this.state.path = () => this.#path();
  }

  take(): BankRecord[] {
    const { records } = this.state;
    this.state.records = [];
    return records;
  }

  end(): void {
    if (this.#root === 'none') this.#faults.add('format-unknown', { expected: 'Document' });
    if (this.#root === 'document') this.#faults.add('element-missing', { path: 'Document', expected: 'BkToCstmrStmt' });
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.stopped) return;
    if (this.#skipped > 0) {
      this.#skipped++;
      return;
    }
    if (this.#depth < 0) return this.#openRoot(name, this.#localName(name), attributes);
    const parent = this.#frames[this.#depth]!;
    // Few banks write prefixes: the unchanged name is tried first.
    let local = name;
    let node = parent.node.children?.get(name);
    if (node === undefined) {
      local = this.#localName(name);
      node = parent.node.children?.get(local);
    }
    if (node === undefined) {
      this.#skipped = 1;
      return;
    }
    if (node.bit !== 0) {
      if (parent.stood & node.bit) this.state.fault('element-repeated', local, null, `${this.#path()}/${local}`);
      parent.stood |= node.bit;
    }
    this.#push(local, node).currency = node.leaf ? attributes['Ccy'] : undefined;
    if (node.begin) node.begin(this.state);
  }

  text(text: string): void {
    if (this.stopped || this.#skipped > 0 || this.#depth < 0) return;
    const frame = this.#frames[this.#depth]!;
    if (!frame.node.leaf) {
      if (text.charCodeAt(0) > 32 && text.trim() !== '') this.state.fault('value-unexpected', text.trim(), 'elements');
      return;
    }
    frame.text = frame.text === '' ? text : frame.text + text;
    if (frame.text.length > TEXT_LENGTH) {
      this.state.fault('text-too-long', `${frame.text.length} characters`, `at most ${TEXT_LENGTH}`);
      frame.text = frame.text.slice(0, TEXT_LENGTH / 2);
    }
  }

  close(): void {
    if (this.stopped) return;
    if (this.#skipped > 0) {
      this.#skipped--;
      return;
    }
    if (this.#depth < 0) {
      this.#root = this.#root === 'message' ? 'done' : this.#root;
      return;
    }
    const frame = this.#frames[this.#depth]!;
    const { node } = frame;
    if (node.leaf) {
      const text = trimmed(frame.text);
      // Empty elements violate the schemas and are common.
      if (text !== '') node.end!(this.state, text, frame.currency);
    } else if (node.end) node.end(this.state, '', undefined);
    this.#depth--;
  }

  #openRoot(name: string, local: string, attributes: Record<string, string>): void {
    if (this.#root === 'none' && local === 'Document') {
      this.#root = 'document';
      const colon = name.indexOf(':');
      const namespace = attributes[colon < 0 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`] ?? '';
      this.#version = NAMESPACE.exec(namespace)?.[1] ?? null;
      return;
    }
    const message = this.#root === 'document' ? MESSAGES.get(local) : undefined;
    if (message === undefined) {
      // Some banks wrap Document in an envelope of their own.
      if (this.#root === 'none' && !OTHER_MESSAGES.has(local)) return;
      const known = OTHER_MESSAGES.get(local);
      this.#faults.add(known || this.#root === 'document' ? 'format-refused' : 'format-unknown', {
        line: this.state.line(),
        path: local,
        found: known ?? local,
        expected: 'camt.053 or camt.054',
      });
      this.stopped = true;
      return;
    }
    this.#root = 'message';
    const { header } = this.state;
    if (this.#version?.startsWith(message.type)) header.format = this.#version as BankFileHeader['format'];
    else {
      header.format = message.type;
      this.#faults.add('version-unknown', {
        line: this.state.line(),
        path: 'Document',
        found: this.#version,
        expected: message.type,
      });
    }
    this.state.records.push(header);
    this.#push(local, message.node);
    message.node.begin?.(this.state);
  }

  #push(name: string, node: CamtNode): Frame {
    const depth = ++this.#depth;
    const frame = this.#frames[depth];
    if (frame === undefined) return (this.#frames[depth] = { name, node, stood: 0, text: '', currency: undefined });
    frame.name = name;
    frame.node = node;
    frame.stood = 0;
    frame.text = '';
    return frame;
  }

  #path(): string {
    const { statement, entryPosition } = this.state;
    const names = this.#frames.slice(1, this.#depth + 1).map(({ name }) => {
      if (name === 'Stmt' || name === 'Ntfctn') return statement ? `${name}[${statement.index + 1}]` : name;
      return name === 'Ntry' ? `Ntry[${entryPosition}]` : name;
    });
    return names.join('/') || 'Document';
  }

  #localName(name: string): string {
    const known = this.#localNames.get(name);
    if (known !== undefined) return known;
    const local = name.slice(name.indexOf(':') + 1);
    if (this.#localNames.size < 1000) this.#localNames.set(name, local);
    return local;
  }
}

/** Most texts need no trimming; the check is cheaper than the call. */
function trimmed(text: string): string {
  if (text === '') return text;
  return text.charCodeAt(0) > 32 && text.charCodeAt(text.length - 1) > 32 ? text : text.trim();
}
