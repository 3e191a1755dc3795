import type { Random } from '../../crash/random.ts';

/** The subset of JSON Schema with which the routes are declared. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
}

/** Values to choose from: ids by the field that refers to them, and codes of the books. */
export interface Vocabulary {
  ids: Record<string, number[]>;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.below(from.length)]!;
}

const DATES = ['2026-01-01', '2026-01-31', '2026-02-10', '2026-02-28', '2026-03-15', '2025-12-31', '2024-02-29'];
const ACCOUNTS = ['1200', '1500', '1920', '2400', '3000', '3055', '6010', '7770', '8050', '2740'];

/** Texts by the end of the field's name, for those that are valid only in relation to the books. */
const TEXTS: readonly [name: RegExp, texts: readonly string[]][] = [
  [/account(_code)?s?$|_account$/, ACCOUNTS],
  [/tax_code$|^code$/, ['0', '1', '3', '31', 'EGEN']],
  [/standard_code$/, ['1', '3', '31', '81']],
  [/currency_code$|^accounting_currency$/, ['NOK', 'EUR', 'USD']],
  [/amount|balance|value|proceeds|^debit$|^credit$|percent$|rate$/, ['100.00', '0', '1250.00', '12.5', '-1']],
  [/organization_number$/, ['974760673', '123456785']],
  [/^month$/, ['2026-01', '2026-02', '2026-03']],
  [/^until$/, ['2030-12', '2027-01-31']],
  [/country/, ['NO', 'SE']],
  [/email$/, ['a@test.example', 'b@test.example']],
  [/^format$/, ['json', 'json', 'json', 'json', 'html']],
  [/^order_by$/, ['id', 'created_at desc', '-id', 'name', 'name asc, id desc']],
  [/^with$|^with\[\]$/, ['client_account', 'created_by', 'created_by,updated_by', 'lines']],
  [/^bban$/, ['15032080119', '15034011238']],
  [/^iban$/, ['NO9386011117947']],
  [/^bic$/, ['DNBANOKK']],
  [/^status$/, ['PENDING', 'DRAFT', 'ARCHIVED']],
  [/uri|url$|website/, ['https://example.test/x']],
  [/^scope$/, ['read:accounting', 'read:profile write:profile']],
  [/^series$/, ['GL', 'BANK']],
  [/^type$/, ['department', 'project', 'asset']],
  [/^password$|_password$/, ['hemmelig passord nummer sju']],
];

/** A value that the schema accepts, most often one that exists in the books. */
export function validValue(random: Random, schema: Schema, name: string, words: Vocabulary, depth = 0): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(random, schema.enum);
  if (schema.anyOf) {
    const branches = schema.anyOf.filter((branch) => branch.type !== 'null' || random.below(8) === 0);
    return validValue(random, pick(random, branches.length > 0 ? branches : schema.anyOf), name, words, depth);
  }
  switch (schema.type) {
    case 'object':
      return validObject(random, schema, words, depth);
    case 'array': {
      const count = Math.max(schema.minItems ?? 0, random.below(depth > 2 ? 2 : 3));
      const single = name.replace(/(ids|s)$/, (end) => (end === 'ids' ? 'id' : ''));
      return Array.from({ length: count }, () => validValue(random, schema.items ?? {}, single, words, depth + 1));
    }
    case 'integer':
      return validInteger(random, schema, name, words);
    case 'number':
      return pick(random, [100, 1250, 0.5, 12]);
    case 'boolean':
      return random.below(2) === 0;
    case 'null':
      return null;
    case 'string':
      return validText(random, schema, name);
    default:
      return null;
  }
}

function validObject(random: Random, schema: Schema, words: Vocabulary, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isTyped = property.type ?? property.anyOf ?? property.enum ?? property.const;
    const isAsked = schema.required?.includes(name) || (isTyped !== undefined && random.below(3) === 0);
    if (isAsked) made[name] = validValue(random, property, name, words, depth + 1);
  }
  return made;
}

function validInteger(random: Random, schema: Schema, name: string, words: Vocabulary): number {
  const known = idsFor(name, words);
  if (known.length > 0 && random.below(10) > 0) return pick(random, known);
  if (/year/.test(name)) return pick(random, [2024, 2025, 2026]);
  if (name.endsWith('line_number')) return 1 + random.below(3);
  const least = Math.max(schema.minimum ?? 0, -1000);
  return Math.min(least + random.below(4), schema.maximum ?? Infinity);
}

function idsFor(name: string, { ids }: Vocabulary): number[] {
  const exact = ids[name];
  if (exact) return exact;
  if (name === 'provider_client_account_id') return ids.client_account_id ?? [];
  if (name.endsWith('bank_account_id')) return ids.bank_account_id ?? [];
  if (name.endsWith('document_id')) return ids.document_id ?? [];
  if (/^(payor|collector)_id$/.test(name)) return ids.business_partner_id ?? [];
  if (/^account_id$/.test(name)) return ids.gl_account_id ?? [];
  return /(^|_)ids?$/.test(name) ? Object.values(ids).flat() : [];
}

function validText(random: Random, schema: Schema, name: string): string {
  if (schema.format === 'date') return pick(random, DATES);
  if (schema.format === 'date-time') return '2026-03-01T10:00:00Z';
  const texts = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  const text = texts ? pick(random, texts) : `${name} ${random.below(1000)}`;
  return text.slice(0, schema.maxLength ?? 200).padEnd(schema.minLength ?? 0, 'x');
}

export const PROTOTYPE_NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];

const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u00a0\u2003',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '\u0001\u0007\u001b[31m',
  '\r\nX-Evil: 1',
  '\u202egpj.exe',
  '\ufffe\uffff',
  ...PROTOTYPE_NAMES,
  '-constructor',
  'constructor desc',
  "'; drop table users; --",
  "' or '1'='1",
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00',
  '%',
  '\\',
  '_%',
  '0',
  '00000000000000000000000000000000000000001',
  '01',
  '-0',
  '1e3',
  '1e400',
  'NaN',
  'Infinity',
  '0x10',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999.99',
  '0.0000000000000000001',
  '1,5',
  '1_000',
  '١٢٣',
  '0000-00-00',
  '2026-02-30',
  '9999-12-31',
  '10000-01-01',
  '-0001-01-01',
  '0001-01-01',
  '2026-03-15T25:61:61Z',
  '2026-12-31T23:59:60Z',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '🧾'.repeat(50),
  'x'.repeat(300),
  'x'.repeat(20_000),
  'é'.normalize('NFD').repeat(100),
  `${' '.repeat(5_000)}x`,
  `${'a'.repeat(3_000)}!`,
];

const HOSTILE_NUMBERS: readonly number[] = [
  0,
  -1,
  1,
  0.5,
  -0.1,
  1e-7,
  1e21,
  1e308,
  127,
  128,
  32_767,
  32_768,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 31) - 1,
  -(2 ** 63),
  99_999_999_999.99,
  1990,
  2200,
  999_999,
  10_000_000,
];

export function hostileText(random: Random): string {
  return pick(random, HOSTILE_TEXTS);
}

/** A value outside every schema: of another type, at a limit, or hostile. `foreign`: ids of other client accounts. */
export function hostileValue(random: Random, foreign: readonly number[]): unknown {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return hostileText(random);
    case 4:
    case 5:
      return pick(random, HOSTILE_NUMBERS);
    case 6:
    case 7:
      return pick(random, foreign);
    case 8:
      return pick(random, [null, true, false, [], {}, [[]], [null]]);
    case 9:
      return nested(random.below(2) === 0 ? 40 : 2_000, random.below(2) === 0);
    case 10:
      return Array.from({ length: 300 }, (_, i) => i);
    default:
      return Object.fromEntries(PROTOTYPE_NAMES.map((name) => [name, hostileText(random)]));
  }
}

export function nested(depth: number, isArray: boolean): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i++) value = isArray ? [value] : { a: value };
  return value;
}
