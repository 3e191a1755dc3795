import type { Random } from '../../crash/random.ts';
import type { Route } from '../../../src/platform/http/route.ts';
import { API_PREFIX } from '../../../src/platform/http/api-prefix.ts';
import { multipart } from '../../support/http/multipart.ts';
import {
  hostileText,
  hostileValue,
  pick,
  PROTOTYPE_NAMES,
  type Schema,
  validValue,
  type Vocabulary,
} from './values.ts';

/** One request, in parts that can be removed one by one when it is minimised. */
export interface FuzzRequest {
  route: Route;
  /** Index of the sender. */
  caller: number;
  path: string;
  query: [name: string, value: string][];
  headers: Record<string, string>;
  /** A JSON body; `raw` takes precedence. */
  body?: unknown;
  raw?: Buffer;
}

interface Target {
  own: Vocabulary;
  foreign: readonly number[];
  callers: number;
}

/** Names of path parameters whose ids have another name in the books. */
export const ID_OF_PATH: readonly [path: RegExp, kind: string][] = [
  [/^\/assets/, 'asset_id'],
  [/^\/bank-accounts/, 'bank_account_id'],
  [/bank-statements/, 'bank_statement_id'],
  [/^\/bank-transactions/, 'bank_transaction_id'],
  [/^\/banking\/matches/, 'match_id'],
  [/^\/banking\/rules/, 'rule_id'],
  [/^\/business-partners/, 'business_partner_id'],
  [/^\/departments/, 'department_id'],
  [/^\/projects/, 'project_id'],
  [/^\/depreciation-runs/, 'depreciation_run_id'],
  [/^\/documents/, 'document_id'],
  [/^\/files/, 'file_id'],
  [/^\/general-ledger-accounts/, 'gl_account_id'],
  [/^\/invitations/, 'invitation_id'],
  [/^\/contracts/, 'contract_id'],
  [/^\/journal-entries/, 'journal_entry_id'],
  [/^\/questions/, 'question_id'],
  [/^\/tax-codes/, 'tax_code_id'],
  [/^\/voucher-collections/, 'collection_id'],
  [/^\/vouchers/, 'voucher_id'],
];

/** Requests that would make all following requests useless. */
export function endsTheWorld(route: Route): boolean {
  return (
    (route.method === 'DELETE' &&
      /^\/client-accounts\/\{client_account_id\}(\/users\/\{user_id\})?$/.test(route.path)) ||
    route.path.endsWith('/reset')
  );
}

/** A request of a route, valid or with one to three faults. The same random numbers give the same request. */
export function fuzzRequest(random: Random, route: Route, { own, foreign, callers }: Target): FuzzRequest {
  const request: FuzzRequest = {
    route,
    caller: random.below(callers),
    path: pathOf(random, route, own, foreign),
    query: queryOf(random, route, own),
    headers: {},
  };
  if (random.below(6) === 0) request.headers['accept-language'] = pick(random, ['en', 'nb', 'x'.repeat(500), '*;q=0']);
  if (route.method === 'POST' && random.below(8) === 0) request.headers['idempotency-key'] = hostileKey(random);
  if (route.consumes) request.raw = streamed(random, route, request, own);
  else if (route.body) request.body = validValue(random, route.body, 'body', own);
  if (random.below(2) > 0) for (let n = 1 + random.below(3); n > 0; n--) spoil(random, request, foreign);
  return request;
}

function pathOf(random: Random, route: Route, own: Vocabulary, foreign: readonly number[]): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (random.below(14) === 0) return encodeURIComponent(wellFormed(hostileText(random).slice(0, 100))) || '0';
    if (random.below(14) === 0) return String(pick(random, foreign));
    if (random.below(40) === 0)
      return pick(random, ['%', '%ff', '%c0%af', '%00', '..%2f..', '%E0%A4%A', '01', '9007199254740993']);
    const kind = name === 'id' ? ID_OF_PATH.find(([pattern]) => pattern.test(route.path))?.[1] : name;
    const ids = own.ids[kind ?? ''];
    if (ids) return String(pick(random, ids));
    return encodeURIComponent(String(validValue(random, property(route.params, name), name, own)));
  });
  return (route.prefix ?? API_PREFIX) + path;
}

function property(schema: unknown, name: string): Schema {
  return (schema as Schema | undefined)?.properties?.[name] ?? { type: 'string' };
}

function queryOf(random: Random, route: Route, own: Vocabulary): [string, string][] {
  const schema = (route.query ?? {}) as Schema;
  const query: [string, string][] = [];
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    const isAsked = schema.required?.includes(name) || name === 'client_account_id' || random.below(5) === 0;
    if (!isAsked) continue;
    const value = validValue(random, each, name, own);
    for (const one of Array.isArray(value) ? value : [value]) query.push([name, String(one)]);
  }
  return query;
}

function hostileKey(random: Random): string {
  return pick(random, [
    'k',
    'x'.repeat(255),
    'x'.repeat(256),
    ' ',
    `nøkkel ${random.below(50)}`,
    `k${random.below(5)}`,
  ]);
}

/** A body that is not JSON: a form with a file, or a file alone. */
function streamed(random: Random, route: Route, request: FuzzRequest, own: Vocabulary): Buffer {
  const content = pick(random, [
    '',
    '<a/>',
    '<Document xmlns="x"><BkToCstmrStmt/></Document>',
    '%PDF-1.7\nx\n%%EOF\n',
    '\0\0',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a>'.repeat(500),
  ]);
  if (!route.consumes!.includes('multipart/form-data')) {
    request.headers['content-type'] = pick(random, [...route.consumes!, 'text/html', 'application/json', '']);
    return Buffer.from(content);
  }
  const name = pick(random, [
    'a.pdf',
    '../../etc/passwd',
    'a\0b.pdf',
    '',
    'CON',
    `${'x'.repeat(2_000)}.pdf`,
    'a.pdf"; x="y',
  ]);
  const client = random.below(5) === 0 ? wellFormed(hostileText(random)) : String(own.ids.client_account_id![0]);
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: client },
    {
      name: pick(random, ['file', 'file', 'file', ...PROTOTYPE_NAMES]),
      file: { name, type: 'application/pdf', content },
    },
    ...(random.below(5) === 0
      ? [{ name: hostileText(random).replace(/["\r\n]/g, ''), value: hostileText(random) }]
      : []),
  ]);
  Object.assign(request.headers, headers);
  return random.below(6) === 0 ? payload.subarray(0, random.below(payload.length)) : payload;
}

/** One fault in the request. */
function spoil(random: Random, request: FuzzRequest, foreign: readonly number[]): void {
  const choice = random.below(10);
  if (choice < 6 && isObject(request.body)) return spoilBody(random, request, foreign);
  if (choice < 8) return spoilQuery(random, request, foreign);
  if (request.raw === undefined && request.body !== undefined && choice === 8) return spoilText(random, request);
  request.headers['content-type'] ??= pick(random, [
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'multipart/form-data',
    'x',
    'application/x-www-form-urlencoded',
  ]);
}

function spoilBody(random: Random, request: FuzzRequest, foreign: readonly number[]): void {
  const places = objectsIn(request.body);
  const place = pick(random, places);
  switch (random.below(10)) {
    case 0:
      for (let i = 0, many = pick(random, [1, 20, 1_001, 2_500]); i < many; i++) place[`unknown${i}`] = i;
      // After this many faults, every further fault must still be refused.
      for (const name of ['id', 'client_account_id', 'created_by_id']) place[name] = pick(random, foreign);
      return;
    case 1:
      delete place[pick(random, Object.keys(place))];
      return;
    case 2:
      Object.defineProperty(place, pick(random, PROTOTYPE_NAMES), {
        value: hostileText(random),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return;
    case 3:
      place[pick(random, ['id', 'client_account_id', 'created_by_id', 'user_id', 'role_id'])] = pick(random, foreign);
      return;
    default: {
      const names = Object.keys(place);
      if (names.length > 0) place[pick(random, names)] = hostileValue(random, foreign);
    }
  }
}

function spoilQuery(random: Random, request: FuzzRequest, foreign: readonly number[]): void {
  const known = Object.keys(((request.route.query ?? {}) as Schema).properties ?? {});
  const name = random.below(4) === 0 || known.length === 0 ? pick(random, PROTOTYPE_NAMES) : pick(random, known);
  const value = random.below(3) === 0 ? String(pick(random, foreign)) : wellFormed(hostileText(random)).slice(0, 3_000);
  switch (random.below(4)) {
    case 0:
      request.query.push([name, value], [name, value]);
      return;
    case 1:
      for (let i = 0, many = pick(random, [2, 1_001]); i < many; i++) request.query.push([`u${i}`, '1']);
      return;
    default:
      request.query = [...request.query.filter(([each]) => each !== name), [name, value]];
  }
}

/** Mutates the text of the body itself. */
function spoilText(random: Random, request: FuzzRequest): void {
  const text = JSON.stringify(request.body) ?? '';
  const broken = pick(random, [
    text.slice(0, -1),
    text.slice(0, random.below(text.length + 1)),
    `${text}x`,
    `\ufeff${text}`,
    text.replace(/"/, '"__proto__":{"admin":true},"'),
    text.replace(/\{/, '{"constructor":{"prototype":{"admin":true}},'),
    text.replace(/"client_account_id":\d+/, '$&,"client_account_id":1'),
    '',
    'null',
    '[]',
    '"x"',
    '1',
    '[['.repeat(5_000),
    '{"a":'.repeat(5_000),
  ]);
  request.headers['content-type'] ??= 'application/json';
  request.raw = random.below(10) === 0 ? Buffer.from([0xff, 0xfe, 0x00, ...Buffer.from(text)]) : Buffer.from(broken);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isObject(value)) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

/** A lone surrogate cannot be encoded in an address. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

export function urlOf({ path, query }: FuzzRequest): string {
  const text = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(value))}`)
    .join('&');
  return text ? `${path}?${text}` : path;
}

/** The bytes to send, and their media type. */
export function payloadOf({ body, raw, headers }: FuzzRequest): { payload?: Buffer; headers: Record<string, string> } {
  if (raw !== undefined) return { payload: raw, headers };
  if (body === undefined) return { headers };
  return { payload: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json', ...headers } };
}
