import type { Route } from '../http/route.ts';

/** The noun and the verb of an operation: `JournalEntry` and `Create`. */
export interface OperationName {
  noun: string;
  verb: string;
}

export interface DocumentedOperation extends OperationName {
  id: string;
}

/** Derived from the operation's name in the code: `journal-entry.create`, `access_tokens.list`. */
export function operationName({ operation }: Route): OperationName {
  const parts = operation.name.split('.');
  const verb = parts.pop() ?? '';
  return { noun: parts.map((part) => pascal(singular(part))).join(''), verb: pascal(verb) };
}

/**
 * The id of each route, in the order of the routes: `journalEntryCreate`. For an operation with several routes the
 * first has the plain name; the others add the difference: `assetUpdateByPut`, `bankStatementListInBanking`.
 */
export function operationIds(routes: readonly Route[]): string[] {
  const firsts = new Map<string, Route>();
  const taken = new Set<string>();
  return routes.map((route) => {
    const { noun, verb } = operationName(route);
    const plain = lowerFirst(noun + verb);
    const first = firsts.get(plain) ?? route;
    firsts.set(plain, first);
    const method = route.method === first.method ? '' : `By${pascal(route.method.toLowerCase())}`;
    const room = route.path.split('/').find((segment) => segment && !first.path.split('/').includes(segment));
    const place = room ? `In${pascal(room)}` : '';
    return claim(taken, [plain, plain + (method || place), plain + place + method]);
  });
}

/** The first name that is not taken; otherwise the last one with a number. */
export function claim(taken: Set<string>, names: readonly string[]): string {
  const last = names.at(-1)!;
  let name = names.find((each) => !taken.has(each));
  for (let n = 2; name === undefined; n++) if (!taken.has(`${last}${n}`)) name = `${last}${n}`;
  taken.add(name);
  return name;
}

export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map(upperFirst)
    .join('');
}

const SAME_IN_BOTH = /(?:settings|statistics|status|address|series|basis|analysis|news|links|balances)$/;

/** The singular of a list's or folder's name: `bank-matches`, `entries`, `access_tokens`. */
export function singular(plural: string): string {
  if (SAME_IN_BOTH.test(plural)) return plural;
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(?:ch|sh|ss|x)es$/.test(plural)) return plural.slice(0, -2);
  return plural.endsWith('s') && !plural.endsWith('ss') ? plural.slice(0, -1) : plural;
}

/** `JournalEntry` split into words. */
export function words(name: string): string[] {
  return name.match(/[A-Z][a-z0-9]*/g) ?? [];
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
