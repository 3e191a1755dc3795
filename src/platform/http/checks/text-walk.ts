import type { TSchema } from 'typebox';
import { type FieldProblem, problem } from '../../errors.ts';
import { fieldPath } from './fault.ts';
import { MULTI_LINE } from '../schema.ts';

/** The parts of a schema that the walk needs at one place: several branches of a choice merged. */
interface Plan {
  hasLines: boolean;
  mayBeBlank: boolean;
  /** Unknown fields are faults. */
  isClosed: boolean;
  /** Already staged; the sender's text is not in it. */
  isOpaque: boolean;
  fields: Map<string, Plan>;
  items: Plan | null;
}

export interface WalkLimits {
  /** Total number of fields and elements. */
  values: number;
  depth: number;
  /** Number of reported faults. */
  faults: number;
}

export interface WalkResult {
  problems: FieldProblem[];
  /** Too large or too deep: no further check is worthwhile. */
  isExcessive: boolean;
}

const OPEN: Plan = {
  hasLines: false,
  mayBeBlank: true,
  isClosed: false,
  isOpaque: false,
  fields: new Map(),
  items: null,
};

/**
 * One pass over an input, before its schema is checked: bounds its size, finds unknown fields, and refuses invalid
 * text. NUL cannot be stored, half a surrogate pair is not a character, and control characters can harm the programs
 * that display them.
 */
export function textWalk(schema: TSchema, where: string, limits: WalkLimits): (input: unknown) => WalkResult {
  const plan = planOf([schema]);
  return (input) => {
    const walk = new Walk(where, limits);
    walk.visit(input, plan);
    return walk.result();
  };
}

interface SchemaParts {
  anyOf?: SchemaParts[];
  allOf?: SchemaParts[];
  oneOf?: SchemaParts[];
  type?: string;
  minLength?: number;
  properties?: Record<string, SchemaParts>;
  additionalProperties?: unknown;
  items?: SchemaParts;
  contentMediaType?: string;
  [MULTI_LINE]?: boolean;
}

function planOf(schemas: readonly SchemaParts[]): Plan {
  const branches = schemas.flatMap(branchesOf);
  const objects = branches.filter(({ properties }) => properties);
  const fields = new Map<string, SchemaParts[]>();
  for (const { properties } of objects)
    for (const [name, schema] of Object.entries(properties!)) fields.set(name, [...(fields.get(name) ?? []), schema]);
  const items = branches.flatMap(({ items: each }) => (each ? [each] : []));
  return {
    hasLines: branches.some((branch) => branch[MULTI_LINE]),
    mayBeBlank: !branches.some(({ type, minLength = 0 }) => type === 'string' && minLength > 0),
    isClosed: objects.length > 0 && objects.every(({ additionalProperties }) => additionalProperties === false),
    isOpaque: branches.some(({ contentMediaType }) => contentMediaType !== undefined),
    fields: new Map([...fields].map(([name, list]) => [name, planOf(list)])),
    items: items.length > 0 ? planOf(items) : null,
  };
}

function branchesOf(schema: SchemaParts): SchemaParts[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.allOf ?? []), ...(schema.oneOf ?? [])];
  return branches.length > 0 ? branches.flatMap(branchesOf) : [schema];
}

class Walk {
  readonly #where: string;
  readonly #limits: WalkLimits;
  readonly #path: (string | number)[] = [];
  readonly #problems: FieldProblem[] = [];
  #untold = 0;
  #values = 0;
  #excess: FieldProblem | null = null;

  constructor(where: string, limits: WalkLimits) {
    this.#where = where;
    this.#limits = limits;
  }

  result(): WalkResult {
    if (this.#excess) return { problems: [this.#excess], isExcessive: true };
    if (this.#untold === 0) return { problems: this.#problems, isExcessive: false };
    return { problems: [...this.#problems, moreFaults(this.#where, this.#untold)], isExcessive: false };
  }

  visit(value: unknown, plan: Plan): void {
    if (typeof value === 'string') this.#text(value, plan);
    else if (typeof value === 'object' && value !== null && !plan.isOpaque) {
      if (this.#path.length >= this.#limits.depth) this.#tooDeep();
      else if (Array.isArray(value)) this.#array(value, plan.items ?? OPEN);
      else this.#object(value as Record<string, unknown>, plan);
    }
  }

  #array(list: readonly unknown[], plan: Plan): void {
    this.#count(list.length);
    if (this.#excess) return;
    const at = this.#path.length;
    for (let i = 0; i < list.length && !this.#excess; i++) {
      this.#path[at] = i;
      this.visit(list[i], plan);
    }
    this.#path.length = at;
  }

  #object(object: Record<string, unknown>, plan: Plan): void {
    const names = Object.keys(object);
    this.#count(names.length);
    if (this.#excess) return;
    const at = this.#path.length;
    for (const name of names) {
      const field = plan.fields.get(name);
      this.#path[at] = name;
      if (field) this.visit(object[name], field);
      else this.#unnamed(name, object[name], plan);
      if (this.#excess) return;
    }
    this.#path.length = at;
  }

  #unnamed(name: string, value: unknown, { isClosed }: Plan): void {
    if (isClosed) return this.#fault('is not a known field', 'er et ukjent felt');
    const fault = textFault(name, false);
    if (fault) this.#fault(`its name ${fault.en}`, `navnet ${fault.nb}`);
    this.visit(value, OPEN);
  }

  #text(text: string, plan: Plan): void {
    const fault = textFault(text, plan.hasLines);
    if (fault) this.#fault(fault.en, fault.nb);
    else if (!plan.mayBeBlank && text !== '' && text.trim() === '')
      this.#fault('must not be blank', 'kan ikke være bare mellomrom');
  }

  #count(more: number): void {
    this.#values += more;
    const { values } = this.#limits;
    if (this.#values > values)
      this.#excess = problem(
        this.#where,
        `must have at most ${values} fields and elements`,
        `kan ha høyst ${values} felt og elementer`,
      );
  }

  #tooDeep(): void {
    const { depth } = this.#limits;
    this.#excess = problem(
      this.#where,
      `must be nested at most ${depth} levels deep`,
      `kan ha høyst ${depth} nivåer i hverandre`,
    );
  }

  #fault(en: string, nb: string): void {
    if (this.#problems.length >= this.#limits.faults) this.#untold++;
    else this.#problems.push(problem(shownPath(this.#path) || this.#where, en, nb));
  }
}

/** The path shortened and escaped, so that a hostile name cannot make it long or unreadable. */
function shownPath(path: readonly (string | number)[]): string {
  const text = fieldPath(path).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text;
}

export function moreFaults(where: string, count: number): FieldProblem {
  return problem(where, `has ${count} more fault(s)`, `har ${count} feil til`);
}

// eslint-disable-next-line no-control-regex
const SUSPECT = /[\0-\x1f\x7f-\x9f\ud800-\udfff]/;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f-\x9f]/;
// eslint-disable-next-line no-control-regex
const CONTROL_BESIDE_LINES = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** Why a text is invalid, or null. `hasLines`: line breaks and tabs are allowed. */
export function textFault(text: string, hasLines: boolean): FieldProblem['problem'] | null {
  if (!SUSPECT.test(text)) return null;
  if (text.includes('\0')) return { en: 'must not contain NUL', nb: 'kan ikke inneholde NUL' };
  if (!text.isWellFormed())
    return { en: 'must be well-formed Unicode', nb: 'må være gyldig Unicode (halve surrogatpar er ikke tekst)' };
  if ((hasLines ? CONTROL_BESIDE_LINES : CONTROL).test(text))
    return hasLines
      ? { en: 'must not contain control characters', nb: 'kan ikke inneholde kontrolltegn' }
      : {
          en: 'must not contain control characters or line breaks',
          nb: 'kan ikke inneholde kontrolltegn eller linjeskift',
        };
  return null;
}
