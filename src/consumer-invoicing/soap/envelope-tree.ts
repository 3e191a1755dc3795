import type { XmlListener } from '../../platform/xml/xml-stream.ts';
import { SoapFault } from './soap-fault.ts';
import type { SoapNode } from './soap-node.ts';

const MOST_DEPTH = 16;
const MOST_ELEMENTS = 2_000;
/** Including its drafts of 1999 and 2000, which old stacks still write. */
const SCHEMA_INSTANCE = /^http:\/\/www\.w3\.org\/(?:1999|2000\/10|2001)\/XMLSchema-instance$/;

type Scope = Readonly<Record<string, string>>;

/**
 * Builds the tree of a small document, with names resolved. A document beyond the limits of a call is refused while it is
 * read.
 */
export class EnvelopeTree implements XmlListener {
  root: SoapNode | null = null;
  readonly #open: { node: SoapNode; scope: Scope }[] = [];
  #elements = 0;

  open(name: string, attributes: Record<string, string>): void {
    if (this.#open.length >= MOST_DEPTH) throw new SoapFault('Client', `elements nested deeper than ${MOST_DEPTH}`);
    if (++this.#elements > MOST_ELEMENTS) throw new SoapFault('Client', `more than ${MOST_ELEMENTS} elements`);
    const parent = this.#open.at(-1);
    const scope = declared(attributes, parent?.scope ?? {});
    const node = nodeOf(name, attributes, scope);
    if (parent) parent.node.children.push(node);
    else this.root = node;
    this.#open.push({ node, scope });
  }

  text(text: string): void {
    const at = this.#open.at(-1);
    if (at) at.node.text += text;
  }

  close(): void {
    this.#open.pop();
  }
}

function declared(attributes: Record<string, string>, outer: Scope): Scope {
  let scope: Record<string, string> | null = null;
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    scope ??= Object.assign(Object.create(null) as Record<string, string>, outer);
    scope[name === 'xmlns' ? '' : name.slice('xmlns:'.length)] = value;
  }
  return scope ?? outer;
}

function nodeOf(name: string, attributes: Record<string, string>, scope: Scope): SoapNode {
  const [prefix, local] = split(name);
  const node: SoapNode = {
    name: local,
    namespace: scope[prefix] ?? null,
    nil: false,
    id: attributes.id ?? null,
    href: attributes.href ?? null,
    mustUnderstand: false,
    actor: null,
    text: '',
    children: [],
  };
  for (const [key, value] of Object.entries(attributes)) {
    const [of, attribute] = split(key);
    if ((attribute === 'nil' || attribute === 'null') && SCHEMA_INSTANCE.test(scope[of] ?? ''))
      node.nil = value === 'true' || value === '1';
    else if (attribute === 'mustUnderstand' && of !== '') node.mustUnderstand = value === '1' || value === 'true';
    else if (attribute === 'actor' && of !== '') node.actor = value;
  }
  return node;
}

function split(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}
