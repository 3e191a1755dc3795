import { readFileSync } from 'node:fs';

/** All requests to an access point. */
export const CALLS = [
  'register',
  'deregister',
  'status',
  'send',
  'send_status',
  'receive',
  'document',
  'acknowledge',
] as const;
export type CallName = (typeof CALLS)[number];

type Template = string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/** How one request is made and its response is read. `{name}` in path and body is replaced by a value of the call. */
export interface WireCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: Template;
  /** The location of each value in the response: names separated by dots. */
  read?: Readonly<Record<string, string>>;
  /** A status of the response that has a meaning in itself: `{"409": "TAKEN"}`. */
  statuses?: Readonly<Record<string, string>>;
  /** The provider's words for states, if they differ from ours. */
  states?: Readonly<Record<string, string>>;
}

export type Wire = Readonly<Record<CallName, WireCall>>;

const STATE = { state: 'state', reason: 'reason' };

/** Our own form (README.md); a provider with another one is described in the same way in a file. */
export const WIRE: Wire = {
  register: {
    method: 'PUT',
    path: '/participants/{participant}',
    body: {
      organization_number: '{organization_number}',
      name: '{name}',
      country: 'NO',
      document_types: '{document_types}',
      process: '{process}',
      response_document_type: '{response_document_type}',
      response_process: '{response_process}',
      migration_key: '{migration_key}',
    },
    read: STATE,
    statuses: { 409: 'TAKEN', 422: 'REFUSED' },
  },
  deregister: {
    method: 'DELETE',
    path: '/participants/{participant}',
    statuses: { 200: 'NONE', 202: 'NONE', 204: 'NONE', 404: 'NONE' },
  },
  status: { method: 'GET', path: '/participants/{participant}', read: STATE, statuses: { 404: 'NONE' } },
  send: {
    method: 'PUT',
    path: '/deliveries/{delivery_id}',
    body: {
      sender: '{sender}',
      receiver: '{receiver}',
      document_type: '{document_type}',
      process: '{process}',
      document: '{document_base64}',
    },
    read: { ...STATE, id: 'id' },
    statuses: { 422: 'FAILED' },
  },
  send_status: {
    method: 'GET',
    path: '/deliveries/{delivery_id}',
    read: { ...STATE, id: 'id' },
    statuses: { 404: 'NONE' },
  },
  receive: {
    method: 'GET',
    path: '/inbox?after={after}',
    read: {
      documents: 'documents',
      id: 'id',
      receiver: 'receiver',
      instance_id: 'instance_id',
      sender: 'sender',
      document_type: 'document_type',
    },
  },
  document: { method: 'GET', path: '/inbox/{id}/document' },
  acknowledge: {
    method: 'PUT',
    path: '/inbox/{id}/acknowledgement',
    statuses: { 200: 'NONE', 202: 'NONE', 204: 'NONE', 404: 'NONE' },
  },
};

/** A file with the requests of another provider; omitted parts are as in ours. Throws a description of the fault. */
export function readWireFile(path: string): Wire {
  const given = JSON.parse(readFileSync(path, 'utf8')) as unknown;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error('no JSON object');
  const wire: Record<CallName, WireCall> = { ...WIRE };
  for (const [name, call] of Object.entries(given)) {
    const known = CALLS.find((one) => one === name);
    if (!known) throw new Error(`unknown call ${name}; there are ${CALLS.join(', ')}`);
    const merged = { ...WIRE[known], ...(call as Partial<WireCall>) };
    if (!/^(GET|POST|PUT|DELETE)$/.test(merged.method) || !/^\/[\x21-\x7e]*$/.test(merged.path))
      throw new Error(`${name}: method or path`);
    wire[known] = merged;
  }
  return wire;
}

export type CallFacts = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The path with its values, each encoded. */
export function pathOf({ path }: WireCall, facts: CallFacts): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textIn(facts, name)));
}

/** The body with its values; unknown ones are omitted. Undefined for a request without a body. */
export function bodyOf({ body }: WireCall, facts: CallFacts): string | undefined {
  return body === undefined ? undefined : JSON.stringify(filled(body, facts));
}

function filled(template: Template, facts: CallFacts): unknown {
  if (typeof template === 'string') {
    const whole = /^\{(\w+)\}$/.exec(template);
    if (whole) return facts[whole[1]!];
    return template.replace(/\{(\w+)\}/g, (_, name: string) => textIn(facts, name));
  }
  if (Array.isArray(template)) return template.map((one: Template) => filled(one, facts));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, filled(one, facts)]));
}

function textIn(facts: CallFacts, name: string): string {
  const value = facts[name] ?? '';
  return typeof value === 'string' ? value : value.join(',');
}

/** The value at a dotted name in a response; undefined if absent. */
export function valueAt(answer: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  let at = answer;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
