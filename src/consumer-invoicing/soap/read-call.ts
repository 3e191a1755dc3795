import { TextDecoder } from 'node:util';
import { XmlError } from '../../platform/xml/xml-error.ts';
import { XmlScanner } from '../../platform/xml/xml-scanner.ts';
import { XmlStream } from '../../platform/xml/xml-stream.ts';
import { EnvelopeTree } from './envelope-tree.ts';
import { SoapFault } from './soap-fault.ts';
import type { SoapNode } from './soap-node.ts';

export const SOAP_ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const NEXT_ACTOR = 'http://schemas.xmlsoap.org/soap/actor/next';

/** The operation of a request, before its arguments are interpreted. */
export interface SoapCall {
  /** Without namespace: clients differ in it. */
  operation: string;
  /** In the order of the request, references resolved. */
  arguments: SoapNode[];
}

/**
 * Reads a request in SOAP 1.1, rpc/encoded: typed or untyped, with multi-reference values (section 5.2.3) or without.
 *
 * @param charset of the Content-Type; the document's own declaration takes precedence.
 * @throws SoapFault if it is not such a request.
 */
export function readCall(bytes: Uint8Array, charset: string | null): SoapCall {
  const envelope = readTree(bytes, charset);
  if (envelope.name !== 'Envelope')
    throw new SoapFault('Client', `the root element must be Envelope, not ${envelope.name}`);
  if (envelope.namespace !== SOAP_ENVELOPE)
    throw new SoapFault('VersionMismatch', `the envelope must be of SOAP 1.1, ${SOAP_ENVELOPE}`);
  const header = envelope.children.find(({ name, namespace }) => name === 'Header' && namespace === SOAP_ENVELOPE);
  for (const { name, mustUnderstand, actor } of header?.children ?? [])
    if (mustUnderstand && (actor === null || actor === '' || actor === NEXT_ACTOR))
      throw new SoapFault('MustUnderstand', `the header block ${name} is not known here`);
  const body = envelope.children.find(({ name, namespace }) => name === 'Body' && namespace === SOAP_ENVELOPE);
  if (!body) throw new SoapFault('Client', 'the envelope has no Body');
  // Values that arguments refer to follow after the operation, each with an id.
  const operation = body.children.find(({ id }) => id === null);
  if (!operation) throw new SoapFault('Client', 'the Body names no operation');
  return { operation: operation.name, arguments: resolved(operation, referred(envelope)).children };
}

function readTree(bytes: Uint8Array, charset: string | null): SoapNode {
  const tree = new EnvelopeTree();
  try {
    if (charset !== null && !isUtf8Name(charset) && !declaresEncoding(bytes)) {
      const scanner = new XmlScanner(tree);
      scanner.write(decoded(bytes, charset));
      scanner.end();
    } else {
      const stream = new XmlStream(tree);
      stream.write(bytes);
      stream.end();
    }
  } catch (error) {
    if (error instanceof XmlError) throw new SoapFault('Client', `line ${error.line}: ${error.message}`);
    throw error;
  }
  if (!tree.root) throw new SoapFault('Client', 'the request holds no XML');
  return tree.root;
}

function decoded(bytes: Uint8Array, charset: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new SoapFault('Client', 'the charset of Content-Type is not known here; UTF-8 is');
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SoapFault('Client', 'the bytes are no text in the charset of Content-Type');
  }
}

function isUtf8Name(charset: string): boolean {
  return /^utf-?8$/i.test(charset);
}

function declaresEncoding(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString('latin1');
  return /^\s*<\?xml[^>]{0,150}\sencoding\s{0,5}=/.test(head);
}

function referred(node: SoapNode, found = new Map<string, SoapNode>()): Map<string, SoapNode> {
  if (node.id !== null) {
    if (found.has(node.id)) throw new SoapFault('Client', `the id ${node.id.slice(0, 40)} is given twice`);
    found.set(node.id, node);
  }
  for (const child of node.children) referred(child, found);
  return found;
}

/** With references replaced by their values. A circular or dangling reference is no value. */
function resolved(
  node: SoapNode,
  values: ReadonlyMap<string, SoapNode>,
  budget = { left: 2_000 },
  depth = 0,
): SoapNode {
  if (depth > 16 || budget.left-- <= 0)
    throw new SoapFault('Client', 'references that lead into themselves, or too many');
  if (node.href !== null) {
    const target = node.href.startsWith('#') ? values.get(node.href.slice(1)) : undefined;
    if (!target)
      throw new SoapFault('Client', `the reference ${node.href.slice(0, 40)} leads to nothing in the request`);
    return { ...resolved(target, values, budget, depth + 1), name: node.name };
  }
  return { ...node, children: node.children.map((child) => resolved(child, values, budget, depth + 1)) };
}
