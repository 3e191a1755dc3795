import { type XmlListener, XmlStream } from './xml-stream.ts';

/** An element as it is read into memory; names without prefix. */
export interface XmlElement {
  name: string;
  /** Null if none is declared for it. */
  namespace: string | null;
  /** Line where its tag ends, from 1. */
  line: number;
  children: XmlElement[];
  /** Its own text, without that of its children, trimmed. */
  text: string;
}

/** A small document as a tree: messages from and to parties. Files are read by `XmlStream`. Throws XmlError. */
export function readXmlTree(bytes: Uint8Array): XmlElement {
  const builder = new TreeBuilder();
  const stream = new XmlStream(builder);
  builder.line = () => stream.line;
  stream.write(bytes);
  stream.end();
  return builder.root!;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The element at the path; undefined if a step is missing. */
export function elementAt(element: XmlElement, ...path: string[]): XmlElement | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}

/** The text of the element at the path; empty if it is missing. */
export function textAt(element: XmlElement, ...path: string[]): string {
  return elementAt(element, ...path)?.text ?? '';
}

type Namespaces = ReadonlyMap<string, string>;

class TreeBuilder implements XmlListener {
  root: XmlElement | undefined;
  line: () => number = () => 0;
  readonly #open: { element: XmlElement; namespaces: Namespaces }[] = [];

  open(tag: string, attributes: Record<string, string>): void {
    const parent = this.#open.at(-1);
    const namespaces = declared(attributes, parent?.namespaces ?? new Map());
    const colon = tag.indexOf(':');
    const element: XmlElement = {
      name: tag.slice(colon + 1),
      namespace: namespaces.get(colon < 0 ? '' : tag.slice(0, colon)) || null,
      line: this.line(),
      children: [],
      text: '',
    };
    if (parent) parent.element.children.push(element);
    else this.root = element;
    this.#open.push({ element, namespaces });
  }

  text(text: string): void {
    const open = this.#open.at(-1);
    if (open) open.element.text += text;
  }

  close(): void {
    const { element } = this.#open.pop()!;
    element.text = element.text.trim();
  }
}

function declared(attributes: Record<string, string>, above: Namespaces): Namespaces {
  let own: Map<string, string> | undefined;
  for (const [name, value] of Object.entries(attributes))
    if (name === 'xmlns' || name.startsWith('xmlns:')) (own ??= new Map(above)).set(name.slice(6), value);
  return own ?? above;
}
