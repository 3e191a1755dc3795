import { XmlError, type XmlListener, XmlStream } from '../platform/xml/xml-stream.ts';

/** An element of a document in memory. Names carry the prefixes of UBL, whatever prefixes the document uses. */
export interface XmlNode {
  /** `cbc:ID`, `cac:Party`; `Invoice` for the root; with the namespace in braces if it is not one of UBL. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** Trimmed. */
  text: string;
  children: XmlNode[];
  parent: XmlNode | null;
}

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';
const PREFIXES = new Map([
  [`${UBL}:CommonBasicComponents-2`, 'cbc:'],
  [`${UBL}:CommonAggregateComponents-2`, 'cac:'],
  [`${UBL}:Invoice-2`, ''],
  [`${UBL}:CreditNote-2`, ''],
  [`${UBL}:ApplicationResponse-2`, ''],
]);

/** Limit of elements in one document: far above an invoice of ten thousand lines. */
const MOST_ELEMENTS = 1_000_000;

/** Limit of characters in one text: an attachment in base64. */
export const LONGEST_TEXT = 34_000_000;

/** Namespaces in scope by prefix; and a cache of resolved names. */
interface Scope {
  prefixes: ReadonlyMap<string, string>;
  names: Map<string, string>;
}

/**
 * Reads a document into a tree. Throws XmlError: not well-formed, with a document type declaration, or beyond the limits.
 */
export function readTree(bytes: Uint8Array): XmlNode {
  const builder = new TreeBuilder();
  const stream = new XmlStream(builder, { pieceLength: LONGEST_TEXT });
  builder.line = () => stream.line;
  stream.write(bytes);
  stream.end();
  return builder.root!;
}

class TreeBuilder implements XmlListener {
  root: XmlNode | null = null;
  line: () => number = () => 0;
  #open: XmlNode | null = null;
  #scope: Scope = { prefixes: new Map([['', '']]), names: new Map() };
  readonly #scopes: Scope[] = [];
  #count = 0;

  open(name: string, attributes: Record<string, string>): void {
    if (++this.#count > MOST_ELEMENTS)
      throw new XmlError('xml-limit', this.line(), `more than ${MOST_ELEMENTS} elements`);
    this.#scopes.push(this.#scope);
    this.#scope = scopeWith(this.#scope, attributes);
    const parent = this.#open;
    const node: XmlNode = { name: this.#resolved(name), attributes, text: '', children: [], parent };
    if (parent) parent.children.push(node);
    else this.root = node;
    this.#open = node;
  }

  text(text: string): void {
    if (this.#open!.children.length === 0) this.#open!.text += text;
  }

  close(): void {
    const node = this.#open!;
    node.text = node.children.length === 0 ? node.text.trim() : '';
    this.#open = node.parent;
    this.#scope = this.#scopes.pop()!;
  }

  #resolved(name: string): string {
    const known = this.#scope.names.get(name);
    if (known !== undefined) return known;
    const colon = name.indexOf(':');
    const prefix = colon < 0 ? '' : name.slice(0, colon);
    const namespace = this.#scope.prefixes.get(prefix);
    if (namespace === undefined)
      throw new XmlError('not-well-formed', this.line(), `the prefix ${prefix}, which nobody declared`);
    const resolved = `${PREFIXES.get(namespace) ?? `{${namespace}}`}${name.slice(colon + 1)}`;
    this.#scope.names.set(name, resolved);
    return resolved;
  }
}

function scopeWith(scope: Scope, attributes: Record<string, string>): Scope {
  let prefixes: Map<string, string> | null = null;
  for (const name in attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    prefixes ??= new Map(scope.prefixes);
    prefixes.set(name.slice(6), attributes[name]!);
  }
  return prefixes === null ? scope : { prefixes, names: new Map() };
}

/** The path of an element from below the root: `cac:InvoiceLine[3]/cac:Price/cbc:PriceAmount`. */
export function pathOf(node: XmlNode): string {
  const steps: string[] = [];
  for (let at: XmlNode = node; at.parent; at = at.parent) {
    const same = at.parent.children.filter(({ name }) => name === at.name);
    steps.unshift(same.length > 1 ? `${at.name}[${same.indexOf(at) + 1}]` : at.name);
  }
  return steps.join('/') || node.name;
}
