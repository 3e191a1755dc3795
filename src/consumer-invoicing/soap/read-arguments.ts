import { SoapFault } from './soap-fault.ts';
import type { SoapNode } from './soap-node.ts';
import { type Signature, STRUCTS } from './soap-types.ts';

/** A struct of texts; absent, empty and nil members are null. */
export type SoapStruct = Readonly<Record<string, string | null>>;
export type SoapArgument = string | null | SoapStruct;

/**
 * The arguments by name. Each is found by its name or, if it has none of the names, by its position: stacks that identify
 * the parts by position choose names freely. Numbers stay text: the operation refuses invalid ones.
 */
export function readArguments(
  nodes: readonly SoapNode[],
  { arguments: wanted }: Signature,
): Record<string, SoapArgument> {
  const names = Object.keys(wanted);
  const found = new Map<string, SoapNode>();
  for (const node of nodes) if (names.includes(node.name) && !found.has(node.name)) found.set(node.name, node);
  nodes.forEach((node, place) => {
    const name = names[place];
    if (!names.includes(node.name) && name !== undefined && !found.has(name)) found.set(name, node);
  });
  return Object.fromEntries(
    names.map((name) => {
      const node = found.get(name);
      const type = wanted[name]!;
      return [name, typeof type === 'object' && 'struct' in type ? structOf(node, type.struct) : textOf(node)];
    }),
  );
}

function structOf(node: SoapNode | undefined, type: string): SoapStruct {
  const members = Object.keys(STRUCTS[type]!);
  const given = node && !node.nil ? node.children : [];
  if (node && given.length === 0 && node.text.trim() !== '' && !node.nil)
    throw new SoapFault('Client', `${node.name} must be a ${type}, not a text`);
  return Object.fromEntries(members.map((name) => [name, textOf(given.find((child) => child.name === name))]));
}

function textOf(node: SoapNode | undefined): string | null {
  if (!node || node.nil) return null;
  if (node.children.length > 0) throw new SoapFault('Client', `${node.name} must be a text`);
  return node.text === '' ? null : node.text;
}
