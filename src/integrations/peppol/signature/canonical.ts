import { declaredPrefix, prefixOf, type SignedElement } from './signed-node.ts';

export interface CanonicalForm {
  /** Exclusive XML Canonicalization 1.0, with the prefixes that it treats like the inclusive one; else Canonical XML 1.0. */
  exclusive?: { inclusivePrefixes: readonly string[] };
  /** An excluded element, as for the transform `enveloped-signature`. */
  without?: SignedElement;
}

/** The canonical form, without comments, of an element and its content (W3C xml-c14n, xml-exc-c14n). */
export function canonical(element: SignedElement, form: CanonicalForm = {}): string {
  const parts: string[] = [];
  write(element, new Map(), form, parts);
  return parts.join('');
}

function write(
  element: SignedElement,
  written: ReadonlyMap<string, string>,
  form: CanonicalForm,
  parts: string[],
): void {
  const declarations = declarationsOf(element, written, form);
  parts.push('<', element.name);
  for (const [prefix, uri] of declarations)
    parts.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapedValue(uri), '"');
  for (const [name, value] of attributesOf(element)) parts.push(` ${name}="`, escapedValue(value), '"');
  parts.push('>');
  const below = declarations.length === 0 ? written : new Map([...written, ...declarations]);
  for (const child of element.children) {
    if (typeof child === 'string') parts.push(escapedText(child));
    else if (child !== form.without) write(child, below, form, parts);
  }
  parts.push('</', element.name, '>');
}

/** Namespaces that must be declared here, by prefix: those that differ from the declarations above in the output. */
function declarationsOf(
  element: SignedElement,
  written: ReadonlyMap<string, string>,
  { exclusive }: CanonicalForm,
): [string, string][] {
  const { namespaces } = element;
  const wanted = exclusive
    ? new Set([...usedPrefixes(element), ...exclusive.inclusivePrefixes.filter((prefix) => namespaces.has(prefix))])
    : new Set([...namespaces.keys(), '']);
  return [...wanted]
    .filter((prefix) => prefix !== 'xml' && (namespaces.get(prefix) ?? '') !== (written.get(prefix) ?? ''))
    .map((prefix): [string, string] => [prefix, namespaces.get(prefix) ?? ''])
    .sort(([a], [b]) => compare(a, b));
}

/** Prefixes of the element and its attributes. An attribute without a prefix has no namespace. */
function usedPrefixes({ name, attributes }: SignedElement): string[] {
  const ofAttributes = Object.keys(attributes)
    .filter((attribute) => declaredPrefix(attribute) === null)
    .map(prefixOf)
    .filter(Boolean);
  return [prefixOf(name), ...ofAttributes];
}

/** By namespace, then by name. */
function attributesOf({ attributes, namespaces }: SignedElement): [string, string][] {
  const key = (name: string) => {
    const prefix = prefixOf(name);
    return [prefix === '' ? '' : (namespaces.get(prefix) ?? prefix), name.slice(name.indexOf(':') + 1)] as const;
  };
  return Object.entries(attributes)
    .filter(([name]) => declaredPrefix(name) === null)
    .sort(([a], [b]) => compare(key(a)[0], key(b)[0]) || compare(key(a)[1], key(b)[1]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const TEXT_ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const VALUE_ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapedText(text: string): string {
  return text.replace(/[&<>\r]/g, (found) => TEXT_ESCAPES[found]!);
}

function escapedValue(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, (found) => VALUE_ESCAPES[found]!);
}
