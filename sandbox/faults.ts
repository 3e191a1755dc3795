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

export interface Fault {
  party: string;
  method?: string;
  /** A regular expression on the path; every path without. */
  path?: string;
  /** Lets so many matching requests go first. */
  skip?: number;
  /** For so many requests; always without. */
  times?: number;
  effect: Effect;
}

/** The faults that were asked for; the first that matches a request is its fate. */
export class Faults {
  #rules: (Fault & { pattern: RegExp | null; seen: number; done: number })[] = [];

  add(fault: Fault): void {
    const pattern = fault.path === undefined ? null : new RegExp(fault.path);
    this.#rules.push({ ...fault, pattern, seen: 0, done: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  get list(): Fault[] {
    return this.#rules;
  }

  take(party: string, { method, path }: { method: string; path: string }): Effect | null {
    for (const rule of this.#rules) {
      if (rule.party !== party || (rule.method && rule.method !== method)) continue;
      if (rule.pattern && !rule.pattern.test(path)) continue;
      if (rule.seen++ < (rule.skip ?? 0) || rule.done >= (rule.times ?? Infinity)) continue;
      rule.done++;
      return rule.effect;
    }
    return null;
  }
}
