import { XmlError, XmlStream } from '../../../platform/xml/xml-stream.ts';

/** An element as a signature covers it: every attribute, every character, in order. */
export interface SignedElement {
  /** With its prefix. */
  name: string;
  attributes: Record<string, string>;
  children: (SignedElement | string)[];
  /** Namespaces in scope, by prefix; the default one by the empty prefix. */
  namespaces: ReadonlyMap<string, string>;
  parent: SignedElement | null;
}

/** A document beyond these limits is not service metadata. */
const LARGEST_TEXT = 200_000;

/**
 * Reads a document for the check of its signature. Comments and processing instructions are skipped: canonical XML without
 * comments keeps instructions, so a document with instructions is refused as changed. Throws XmlError, also for a document
 * type declaration.
 */
export function readSigned(bytes: Uint8Array): SignedElement {
  let root: SignedElement | null = null;
  let at: SignedElement | null = null;
  const stream = new XmlStream(
    {
      open(name, attributes) {
        const element: SignedElement = {
          name,
          attributes,
          children: [],
          namespaces: inScope(attributes, at?.namespaces ?? new Map()),
          parent: at,
        };
        if (namespaceOf(element) === undefined)
          throw new XmlError('not-well-formed', 0, 'a prefix that is not declared');
        if (at) at.children.push(element);
        else root = element;
        at = element;
      },
      text(text) {
        at?.children.push(text);
      },
      close() {
        at = at!.parent;
      },
    },
    { pieceLength: LARGEST_TEXT },
  );
  stream.write(bytes);
  stream.end();
  return root!;
}

function inScope(attributes: Record<string, string>, above: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    const prefix = declaredPrefix(name);
    return prefix === null ? [] : [[prefix, value]];
  });
  return own.length === 0 ? above : new Map([...above, ...own]);
}

/** The prefix whose namespace an attribute declares; null if it is not a declaration. */
export function declaredPrefix(attribute: string): string | null {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? attribute.slice(6) : null;
}

export function prefixOf(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? '' : name.slice(0, colon);
}

export function localName({ name }: SignedElement): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Empty without a namespace; undefined if its prefix is not declared. */
export function namespaceOf({ name, namespaces }: SignedElement): string | undefined {
  const prefix = prefixOf(name);
  return namespaces.get(prefix) ?? (prefix === '' ? '' : undefined);
}

export function elementsOf(element: SignedElement): SignedElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

export function childrenNamed(element: SignedElement, namespace: string, name: string): SignedElement[] {
  return elementsOf(element).filter((child) => localName(child) === name && namespaceOf(child) === namespace);
}

/** The only child of the name; undefined if there is none, or several. */
export function onlyChild(element: SignedElement, namespace: string, name: string): SignedElement | undefined {
  const found = childrenNamed(element, namespace, name);
  return found.length === 1 ? found[0] : undefined;
}

/** Its text, trimmed. */
export function textOf(element: SignedElement | undefined): string {
  return (element?.children ?? [])
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
}
