import sql from 'sql-template-tag';
import { mastersChanged, numberArray, textArray } from '../../ledger/index.ts';
import { analysisKey, type AuditBook } from '../audit-file/audit-book.ts';
import type { AnalysisRecord, LineAnalysis } from '../audit-file/audit-records.ts';
import type { Ledger } from './ledger-head.ts';

interface DimensionValue {
  type: string;
  id: number;
}

/** Our dimension types that a file may call by one of these words. */
const WELL_KNOWN: [RegExp, string][] = [
  [/prosjekt|project/, 'project'],
  [/avdeling|department/, 'department'],
  [/anleggsmid|eiendel|\basset/, 'asset'],
  [/ansatt|employee/, 'employee'],
];

/**
 * The slug of the dimension for an analysis type: one of our types if description or code match, otherwise its
 * description in plain letters.
 */
export function dimensionTypeOf(code: string, description: string): string {
  for (const text of [description.toLowerCase(), code.toLowerCase()]) {
    for (const [words, type] of WELL_KNOWN) if (words.test(text)) return type;
  }
  return slug(description) || slug(code) || `dimension_${Buffer.from(code).toString('hex')}`.slice(0, 31);
}

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('å', 'a')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_$/g, '');
  // A partner comes from the line's own party, never from an analysis.
  return plain === 'business_partner' ? 'partner' : plain.slice(0, 31).replace(/_$/, '');
}

/** Dimension values and sets of the file, looked up or created as lines need them. */
export class Dimensions {
  readonly #ledger: Ledger;
  /** By `analysisKey`; more are added while lines are read. */
  readonly #values = new Map<string, DimensionValue>();
  readonly #sets = new Map<string, number>();
  #fresh: { id: number; key: string }[] = [];
  created = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Creates the book's analyses that are not known yet. */
  async takeValues(book: AuditBook): Promise<void> {
    this.created += await importValues(this.#ledger, book, this.#values);
  }

  /** Existing sets of the client account. */
  async loadSets(): Promise<void> {
    const rows = await this.#ledger.tx.rows<{ key: string; id: number }>(sql`
      select key, id from dimension_sets where client_account_id = ${this.#ledger.clientAccountId}`);
    for (const { key, id } of rows) this.#sets.set(key, id);
  }

  /** Id of the set for a line's analyses and partner; null for none. Of two values of one type the first counts. */
  setOf(analyses: readonly LineAnalysis[] | null, partnerId: number | null): number | null {
    if (analyses === null) return partnerId === null ? null : this.#idOf(`business_partner:${partnerId}`);
    const members = new Map<string, number>();
    for (const { type, id } of analyses) {
      const value = this.#values.get(analysisKey(type!, id!));
      if (value && !members.has(value.type)) members.set(value.type, value.id);
    }
    if (partnerId !== null) members.set('business_partner', partnerId);
    if (members.size === 0) return null;
    return this.#idOf(
      [...members]
        .map(([type, id]) => `${type}:${id}`)
        .sort()
        .join(','),
    );
  }

  #idOf(key: string): number {
    let id = this.#sets.get(key);
    if (id === undefined) {
      id = this.#ledger.takeShortId();
      this.#sets.set(key, id);
      this.#fresh.push({ id, key });
    }
    return id;
  }

  /** Sends the sets created since the last call, before the lines that use them. */
  async writeSets(): Promise<void> {
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    this.#fresh = [];
    const sets = this.#ledger.tx.execute(sql`
      insert into dimension_sets (client_account_id, id, key)
      select ${this.#ledger.clientAccountId}, id, key
      from unnest(${numberArray(fresh.map((set) => set.id))}::int[], ${textArray(fresh.map((set) => set.key))}::text[]) as t (id, key)`);
    const members = fresh.flatMap((set) =>
      set.key.split(',').map((member) => {
        const [type = '', id = ''] = member.split(':');
        return { type, id: Number(id), set: set.id };
      }),
    );
    const written = this.#ledger.tx.execute(sql`
      insert into dimension_set_members (client_account_id, dimension_type, value_id, dimension_set_id)
      select ${this.#ledger.clientAccountId}, type, id, set
      from unnest(${textArray(members.map((m) => m.type))}::text[], ${numberArray(members.map((m) => m.id))}::bigint[],
        ${numberArray(members.map((m) => m.set))}::int[]) as t (type, id, set)`);
    await Promise.all([sets, written]);
  }
}

/** Analysis types and values become dimension values. Existing ones with the same code are unchanged. */
export async function importDimensions(ledger: Ledger, book: AuditBook): Promise<Dimensions> {
  const dimensions = new Dimensions(ledger);
  await dimensions.takeValues(book);
  await dimensions.loadSets();
  return dimensions;
}

async function importValues(ledger: Ledger, book: AuditBook, values: Map<string, DimensionValue>): Promise<number> {
  const types = dimensionTypes(book);
  const present = await ledger.tx.rows<{ dimension_type: string; code: string | null; id: number; last: number }>(sql`
    select dimension_type, code, id, sequence_number as last from dimension_values where client_account_id = ${ledger.clientAccountId}`);
  const byCode = new Map(present.map((row) => [`${row.dimension_type} ${row.code}`, row.id]));
  const last = new Map<string, number>();
  for (const row of present) last.set(row.dimension_type, Math.max(last.get(row.dimension_type) ?? 0, row.last));
  const rows: { id: number; type: string; number: number; record: AnalysisRecord }[] = [];
  for (const [key, record] of book.analyses) {
    if (values.has(key)) continue;
    const type = types.get(record.type!)!;
    const known = byCode.get(`${type} ${record.id}`);
    const id = known ?? ledger.takeId();
    values.set(key, { type, id });
    if (known !== undefined) continue;
    const number = (last.get(type) ?? 0) + 1;
    last.set(type, number);
    rows.push({ id, type, number, record });
  }
  await insertValues(ledger, rows);
  if (rows.length > 0) await mastersChanged(ledger.tx, ledger.clientAccountId);
  return rows.length;
}

/** Two analysis types never share a dimension: the second one with a name gets its code appended. */
function dimensionTypes(book: AuditBook): Map<string, string> {
  const types = new Map<string, string>();
  const taken = new Set<string>();
  for (const record of book.analyses.values()) {
    if (types.has(record.type!)) continue;
    const base = dimensionTypeOf(record.type!, record.typeDescription ?? '');
    let type = base;
    for (let n = 2; taken.has(type); n++) type = `${base.slice(0, 27)}_${n}`;
    types.set(record.type!, type);
    taken.add(type);
  }
  return types;
}

async function insertValues(
  ledger: Ledger,
  rows: readonly { id: number; type: string; number: number; record: AnalysisRecord }[],
): Promise<void> {
  if (rows.length === 0) return;
  const active = (record: AnalysisRecord) => String(record.status !== 'Closed' && record.status !== 'Passive');
  await ledger.tx.execute(sql`
    insert into dimension_values (client_account_id, dimension_type, id, sequence_number, code, name, is_active, origin,
      created_by_id, updated_by_id)
    select ${ledger.clientAccountId}, type, id, number, code, name, active, origin::jsonb, ${ledger.userId}, ${ledger.userId}
    from unnest(${textArray(rows.map((row) => row.type))}::text[], ${numberArray(rows.map((row) => row.id))}::bigint[],
      ${numberArray(rows.map((row) => row.number))}::int[], ${textArray(rows.map((row) => row.record.id!))}::text[],
      ${textArray(rows.map((row) => row.record.description ?? row.record.id!))}::text[],
      ${textArray(rows.map((row) => active(row.record)))}::boolean[],
      ${textArray(rows.map((row) => JSON.stringify({ ...row.record, kind: undefined, at: undefined })))}::text[])
      as t (type, id, number, code, name, active, origin)`);
}
