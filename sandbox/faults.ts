/** What goes wrong instead of, or with, the answer. */
export type Effect =
  | { kind: 'status'; status: number; retryAfter?: number | 'date' }
  /** Later: before the headers, or with half of the body before the wait. */
  | { kind: 'delay'; ms: number; inBody?: boolean }
  | { kind: 'never' }
  | { kind: 'reset'; inBody?: boolean }
  /** Half of the JSON, as if that were all. */
  | { kind: 'half' }
  /** Content-Length says more than comes. */
  | { kind: 'truncate' }
  | { kind: 'empty' }
  /** JSON whose values have other types. */
  | { kind: 'nonsense' }
  | { kind: 'html'; status?: number }
  | { kind: 'content_type'; type: string | null }
  | { kind: 'redirect' }
  | { kind: 'big'; bytes: number };

export const EFFECTS = [
  'status',
  'delay',
  'never',
  'reset',
  'half',
  'truncate',
  'empty',
  'nonsense',
  'html',
  'content_type',
  'redirect',
  'big',
] as const satisfies readonly Effect['kind'][];

export interface Fault {
  party: string;
  method?: string;
  /** A regular expression on the path; every path without. */
  path?: string;
  /** Only requests in which this number of an organisation stands, its token included. */
  organization?: string;
  /** Lets so many matching requests go first. */
  skip?: number;
  /** For so many requests; always without. */
  times?: number;
  /** For so many of a hundred requests, by chance; all without. */
  percent?: number;
  effect: Effect;
}

/** The fault that met a request. */
export interface TakenFault {
  id: number;
  effect: Effect;
}

/** A request as faults look at it. */
interface Subject {
  method: string;
  path: string;
  /** What stands in it about an organisation. */
  text(): string;
  /** No request of HTTP but a step of another protocol: met by faults that name it as their method alone. */
  isStep?: boolean;
}

type Rule = Fault & { id: number; pattern: RegExp | null; seen: number; done: number };

/** The faults that were asked for; the first that matches a request is its fate. */
export class Faults {
  #rules: Rule[] = [];
  #count = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  add(fault: Fault): void {
    if (!EFFECTS.includes(fault.effect.kind)) throw new Error(`effect: one of ${EFFECTS.join(', ')} expected`);
    const pattern = fault.path === undefined ? null : new RegExp(fault.path);
    this.#rules.push({ ...fault, id: ++this.#count, pattern, seen: 0, done: 0 });
  }

  remove(id: number): void {
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
  }

  clear(): void {
    this.#rules = [];
  }

  get list(): (Fault & { id: number; done: number })[] {
    return this.#rules;
  }

  take(party: string, { method, path, text, isStep = false }: Subject): TakenFault | null {
    for (const rule of this.#rules) {
      if (rule.party !== party || ((isStep || rule.method) && rule.method !== method)) continue;
      if (rule.pattern && !rule.pattern.test(path)) continue;
      if (rule.organization && !text().includes(rule.organization)) continue;
      if (rule.seen++ < (rule.skip ?? 0) || rule.done >= (rule.times ?? Infinity)) continue;
      if (rule.percent !== undefined && this.#random() * 100 >= rule.percent) continue;
      rule.done++;
      return { id: rule.id, effect: rule.effect };
    }
    return null;
  }
}
