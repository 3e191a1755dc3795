import { claim, type DocumentedOperation, pascal, singular, words } from './openapi-names.ts';

export type Json = Record<string, unknown>;

/** The schema of an object, stored once however often it occurs in the routes. */
interface Shape {
  /** The placeholder in its references until it has a name. */
  number: number;
  schema: Json;
  title: string | undefined;
  /** Candidate names, from the operations that return or accept it. The lowest rank is the best. */
  names: { rank: number; name: string }[];
  /** Shapes with a field of this shape. */
  parents: { shape: Shape; field: string }[];
  references: Reference[];
  name: string;
}

interface Reference extends Json {
  $ref: string;
}

const ROOT = '#/components/schemas/';
const RECORD_RANKS: Record<string, number> = { Get: 0, List: 1, Create: 2, Update: 3 };

/**
 * Gives every object in the schemas of the routes one name. The name follows from its position, so that it does not
 * change when routes are added:
 *
 * - a `title`, where the schema has one: `UserSummary`;
 * - what an operation gets, lists, creates or updates is called by its noun: `JournalEntry`; a page of them
 *   `JournalEntryList`; another answer by the verb too: `VatReturnTerms`, `JournalEntryPostBulkAnswer`;
 * - a body: `JournalEntryCreateInput`;
 * - the object of a field: its parent's name and the field's, `JournalEntryLine`; with several parents, what their
 * names
 *   begin with alike: `DocumentLineInput`.
 */
export class SchemaNames {
  readonly #shapes = new Map<string, Shape>();
  readonly #shapeOf = new WeakMap<object, Shape>();
  readonly #written = new WeakMap<object, Json>();
  /** How often a reference is used: a schema that stands in many places is read once. */
  readonly #uses = new Map<object, number>();

  /** A response schema with its objects replaced by references, which are resolved by `components()`. */
  answer(schema: unknown, { id, noun, verb }: DocumentedOperation, isWrite: boolean): Json {
    const answer = this.#read(schema) as Json;
    const whole = this.#shapeOf.get(answer);
    const item = this.#shapeOf.get(listed(answer) ?? listed(fieldsOf(whole?.schema).data) ?? {});
    const other = isWrite ? { rank: 10, name: `${noun}${verb}Answer` } : { rank: 9, name: `${noun}${verb}` };
    const rank = RECORD_RANKS[verb];
    if (verb === 'List') item?.names.push({ rank: RECORD_RANKS.List!, name: noun });
    item?.names.push({ rank: 11, name: `${other.name}Item` });
    if (whole && !item && rank !== undefined) whole.names.push({ rank, name: noun });
    const choices = Array.isArray(answer.anyOf) ? (answer.anyOf as Json[]) : [answer];
    for (const choice of choices) this.#shapeOf.get(choice)?.names.push(other, { rank: 12, name: pascal(id) });
    return answer;
  }

  /** A body's schema, likewise. */
  body(schema: unknown, { noun, verb }: DocumentedOperation): Json {
    const body = this.#read(schema) as Json;
    this.#shapeOf.get(body)?.names.push({ rank: 8, name: `${noun}${verb}Input` });
    return body;
  }

  /** A schema that does not belong to an operation. */
  part(schema: unknown): Json {
    return this.#read(schema) as Json;
  }

  /** All shapes by name. `taken`: names in use elsewhere. */
  components(taken: readonly string[]): Record<string, Json> {
    const names = new Set(taken);
    // A shape is collected after its fields: in reverse order, parents get their names before their fields.
    const inOrder = [...this.#shapes.values()];
    const shapes = inOrder.toReversed();
    for (const shape of shapes) if (shape.title) shape.name = claim(names, [shape.title]);
    const byRank = inOrder
      .flatMap((shape) => shape.names.map(({ rank, name }) => ({ shape, rank, name })))
      .toSorted((a, b) => a.rank - b.rank);
    for (const { shape, name } of byRank) if (!shape.name && !names.has(name)) shape.name = claim(names, [name]);
    for (const shape of shapes) shape.name ||= claim(names, fieldNames(shape));
    for (const shape of shapes) {
      for (const reference of shape.references) reference.$ref = ROOT + shape.name;
      this.#describe(shape);
    }
    const byName = shapes.map(({ name, schema }) => [name, schema] as const);
    return Object.fromEntries(byName.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #read(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#read(each));
    if (typeof value !== 'object' || value === null) return value;
    const read = this.#written.get(value) ?? this.#readObject(value);
    this.#written.set(value, read);
    if (this.#shapeOf.has(read)) this.#uses.set(read, (this.#uses.get(read) ?? 0) + 1);
    return read;
  }

  #readObject(value: object): Json {
    const schema: Json = {};
    for (const [key, inner] of Object.entries(value)) if (inner !== undefined) schema[key] = this.#read(inner);
    const written = withNull(withFormat(schema));
    const isNamed = isObject(written.properties) || typeof written.title === 'string';
    return isNamed ? this.#reference(written) : written;
  }

  #reference({ title, description, ...schema }: Json): Reference {
    const key = JSON.stringify(schema);
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = { number: this.#shapes.size, schema, title: undefined, names: [], parents: [], references: [], name: '' };
      for (const [field, inner] of Object.entries(fieldsOf(schema)))
        for (const child of this.#within(inner)) child.parents.push({ shape, field });
      this.#shapes.set(key, shape);
    }
    shape.title ??= title as string | undefined;
    const reference = { $ref: String(shape.number), ...(description ? { description } : {}) };
    shape.references.push(reference);
    this.#shapeOf.set(reference, shape);
    return reference;
  }

  /** The most frequent description among the references moves to the shape; references with another one keep it. */
  #describe(shape: Shape): void {
    const counts = new Map<string, number>();
    let all = 0;
    for (const reference of shape.references) {
      const uses = this.#uses.get(reference) ?? 1;
      const { description } = reference;
      all += uses;
      if (typeof description === 'string') counts.set(description, (counts.get(description) ?? 0) + uses);
    }
    const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
    if (!most || most[1] * 2 < all) return;
    shape.schema.description = most[0];
    for (const reference of shape.references) if (reference.description === most[0]) delete reference.description;
  }

  /** The shapes that a field refers to: directly, in a list or in a choice. */
  #within(schema: unknown): Shape[] {
    if (typeof schema !== 'object' || schema === null) return [];
    const shape = this.#shapeOf.get(schema);
    return shape ? [shape] : Object.values(schema).flatMap((inner) => this.#within(inner));
  }
}

function listed(schema: unknown): object | undefined {
  const { type, items } = (schema ?? {}) as { type?: string; items?: object };
  return type === 'array' ? items : undefined;
}

function fieldsOf(schema: Json | undefined): Json {
  return isObject(schema?.properties) ? schema.properties : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LARGEST_INT32 = 2_147_483_647;

/** Ids exceed 32 bits, and generated clients have to know it. */
function withFormat(schema: Json): Json {
  if (schema.type !== 'integer') return schema;
  const { maximum = Infinity, minimum = -Infinity } = schema as { maximum?: number; minimum?: number };
  return maximum <= LARGEST_INT32 && minimum >= -LARGEST_INT32 ? schema : { ...schema, format: 'int64' };
}

/** Writes a nullable type as one type instead of a choice. */
function withNull(schema: Json): Json {
  const [value, nothing, ...others] = (Array.isArray(schema.anyOf) ? schema.anyOf : []) as Json[];
  const isSimple = typeof value?.type === 'string' && !value.enum && value.type !== 'object';
  if (!isSimple || nothing?.type !== 'null' || others.length > 0) return schema;
  const { anyOf: _anyOf, ...rest } = schema;
  return { ...value, type: [value.type, 'null'], ...rest };
}

const IN = 'Input';

/** Candidate names for the object of a field, the best first. */
function fieldNames({ parents, names }: Shape): string[] {
  const full = parents.map(({ shape, field }) => joined(shape.name, field));
  if (parents.length === 0) return [names[0]?.name ?? 'Part'];
  const [first = ''] = full.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const common = commonStart(parents.map(({ shape }) => shape.name));
  const fields = new Set(parents.map(({ field }) => singular(field)));
  const suffix = parents.every(({ shape }) => shape.name.endsWith(IN)) ? IN : '';
  const others = [first, `${first}Summary`];
  return fields.size === 1 && common ? [joined(common + suffix, [...fields][0]!), ...others] : others;
}

function joined(parent: string, field: string): string {
  const isInput = parent.endsWith(IN);
  return (isInput ? parent.slice(0, -IN.length) : parent) + pascal(singular(field)) + (isInput ? IN : '');
}

/** The words that all names begin with. */
function commonStart(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => words(name.endsWith(IN) ? name.slice(0, -IN.length) : name));
  const differs = first.findIndex((word, at) => others.some((other) => other[at] !== word));
  return (differs < 0 ? first : first.slice(0, differs)).join('');
}
