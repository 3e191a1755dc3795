import type { XmlElement } from '../../src/platform/xml/xml-tree.ts';

/** Checks the text of an element; returns a sentence if it is not allowed. */
type Leaf = (text: string) => string | null;
/** Children in order, some of which are optional or repeatable. */
interface Sequence {
  sequence: Part[];
}
/** Exactly one of these. */
interface Choice {
  choice: Record<string, Type>;
}
type Type = Leaf | Sequence | Choice;
interface Part {
  name: string;
  type: Type;
  min: number;
  max: number;
}

export interface Schema {
  namespace: string;
  root: string;
  type: Type;
}

/** A fault of form: path, line, and what was expected. */
export interface SchemaFault {
  path: string;
  line: number;
  text: string;
}

export const one = (name: string, type: Type): Part => ({ name, type, min: 1, max: 1 });
export const optional = (name: string, type: Type): Part => ({ name, type, min: 0, max: 1 });
export const many = (name: string, type: Type): Part => ({ name, type, min: 0, max: Infinity });
export const sequence = (...parts: Part[]): Sequence => ({ sequence: parts });
export const choice = (types: Record<string, Type>): Choice => ({ choice: types });

export const text: Leaf = (value) => (value.length <= 4000 ? null : 'is longer than 4000 characters');
export const pattern =
  (expected: RegExp, words: string): Leaf =>
  (value) =>
    expected.test(value) ? null : `is no ${words}`;
export const decimal = pattern(/^[+-]?(\d+(\.\d*)?|\.\d+)$/, 'decimal');
export const year = pattern(/^-?\d{4,}(Z|[+-]\d\d:\d\d)?$/, 'year');
export const moment = pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/, 'dateTime');
export const listed =
  (...values: string[]): Leaf =>
  (value) =>
    values.includes(value) ? null : `is none of ${values.join(', ')}`;

/** All faults of form, in document order. */
export function schemaFaults(root: XmlElement, schema: Schema): SchemaFault[] {
  const faults: SchemaFault[] = [];
  if (root.name !== schema.root || root.namespace !== schema.namespace)
    return [{ path: '/', line: root.line, text: `the root is no ${schema.root} in ${schema.namespace}` }];
  check(root, schema.type, schema.root, { namespace: schema.namespace, faults });
  return faults;
}

interface Checking {
  namespace: string;
  faults: SchemaFault[];
}

function check(element: XmlElement, type: Type, path: string, checking: Checking): void {
  const say = (words: string, line = element.line) => checking.faults.push({ path, line, text: words });
  if (element.namespace !== checking.namespace) say(`the element ${element.name} is of another namespace`);
  if (typeof type === 'function') {
    const [child] = element.children;
    if (child) say(`has the element ${child.name}, where text was expected`, child.line);
    const fault = type(element.text);
    if (fault) say(fault);
    return;
  }
  if (element.text !== '') say('has text between its elements');
  if ('choice' in type) {
    const [child, second] = element.children;
    const chosen = child && Object.hasOwn(type.choice, child.name) ? type.choice[child.name] : undefined;
    if (!child || !chosen) return void say(`expected one of ${Object.keys(type.choice).join(', ')}`);
    check(child, chosen, `${path}/${child.name}`, checking);
    if (second) say(`has ${second.name} beside ${child.name}`, second.line);
    return;
  }
  let at = 0;
  for (const { name, type: inner, min, max } of type.sequence) {
    let count = 0;
    while (element.children[at]?.name === name && count < max) {
      check(element.children[at]!, inner, `${path}/${name}`, checking);
      count++;
      at++;
    }
    if (count < min) return void say(`expected ${name}, found ${element.children[at]?.name ?? 'its end'}`);
  }
  const left = element.children[at];
  if (left) say(`does not expect ${left.name} here`, left.line);
}
