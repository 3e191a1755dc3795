import { ownValue } from '../../kernel/own-value.ts';
import sql from 'sql-template-tag';
import type { ExportSubject } from '../export-subject.ts';
import type { Party } from './parties.ts';
import { LIMIT } from '../xml/xml-text.ts';

/** A value of a dimension, as identified in the file. */
export interface Analysis {
  type: string;
  typeName: string;
  id: string;
  name: string;
  startDate?: string | undefined;
  endDate?: string | undefined;
  status: string;
  parents: readonly { type?: string; id?: string }[];
}

/** Codes and names of our dimensions. A code has at most nine characters. */
const TYPES: Readonly<Record<string, { code: string; name: string }>> = {
  department: { code: 'AVD', name: 'Avdeling' },
  project: { code: 'PROSJ', name: 'Prosjekt' },
  asset: { code: 'ANLEGG', name: 'Anleggsmiddel' },
  employee: { code: 'ANSATT', name: 'Ansatt' },
  bank_account: { code: 'BANK', name: 'Bankkonto' },
  business_partner: { code: 'PART', name: 'Forretningspartner' },
};

interface Origin {
  type?: string;
  typeDescription?: string;
  id?: string;
  description?: string;
  startDate?: string;
  endDate?: string;
  status?: string;
  parents?: { type?: string; id?: string }[];
}

interface ValueRow {
  id: number;
  dimension_type: string;
  sequence_number: number;
  code: string | null;
  name: string;
  is_active: boolean;
  origin: Origin | null;
}

/** The dimension values on entries of the selection, each with a unique id. */
export class Analyses {
  readonly #byValue = new Map<number, Analysis>();
  readonly #byPartner = new Map<number, Analysis>();
  readonly #taken = new Set<string>();
  readonly #codes = new Map<string, string>();
  readonly #usedCodes = new Set(Object.values(TYPES).map(({ code }) => code));

  of(valueId: number): Analysis | undefined {
    return this.#byValue.get(valueId);
  }

  ofPartner(partnerId: number): Analysis | undefined {
    return this.#byPartner.get(partnerId);
  }

  has(type: string, id: string): boolean {
    return this.#taken.has(`${type} ${id}`);
  }

  /** In file order. */
  all(): Analysis[] {
    const key = ({ type, id }: Analysis) => `${type} ${id}`;
    return [...this.#byValue.values(), ...this.#byPartner.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /** `keepsId`: lines keep the id of the file that it came from. */
  addValue(row: ValueRow, keepsId: boolean): void {
    const { origin } = row;
    const known = ownValue(TYPES, row.dimension_type);
    const type = fitting(origin?.type, LIMIT.code) ?? this.#codeOf(row.dimension_type);
    const own = row.code ?? String(row.sequence_number);
    const id = this.#free(type, keepsId ? (origin?.id ?? own) : own, row.sequence_number);
    const wasActive = origin?.status !== 'Closed' && origin?.status !== 'Passive';
    this.#byValue.set(row.id, {
      type,
      typeName: origin?.typeDescription ?? known?.name ?? row.dimension_type,
      id,
      name: row.name,
      startDate: origin?.startDate,
      endDate: origin?.endDate,
      status: origin?.status && wasActive === row.is_active ? origin.status : row.is_active ? 'Active' : 'Passive',
      parents: origin?.parents ?? [],
    });
  }

  addPartner(party: Party): void {
    const { code, name } = TYPES['business_partner']!;
    const own = party.customerCode ?? party.supplierCode ?? party.employeeCode ?? `P${party.number}`;
    this.#byPartner.set(party.id, {
      type: code,
      typeName: name,
      id: this.#free(code, own, party.number),
      name: party.name,
      status: 'Active',
      parents: [],
    });
  }

  /** Codes need not be unique among our values; ids of analyses must be. */
  #free(type: string, wanted: string, number: number): string {
    let id = wanted.trim().slice(0, LIMIT.mid1) || String(number);
    for (let n = 1; this.has(type, id); n++) {
      const suffix = n === 1 ? `-${number}` : `-${number}-${n}`;
      id = wanted.trim().slice(0, LIMIT.mid1 - suffix.length) + suffix;
    }
    this.#taken.add(`${type} ${id}`);
    return id;
  }

  #codeOf(dimensionType: string): string {
    const known = ownValue(TYPES, dimensionType)?.code ?? this.#codes.get(dimensionType);
    if (known) return known;
    let code = dimensionType.toUpperCase().slice(0, LIMIT.code);
    for (let n = 2; this.#usedCodes.has(code); n++)
      code = `${dimensionType.toUpperCase().slice(0, LIMIT.code - 2)}${n}`;
    this.#usedCodes.add(code);
    this.#codes.set(dimensionType, code);
    return code;
  }
}

function fitting(text: string | undefined, max: number): string | null {
  return text && text.length <= max ? text : null;
}

/** The members of a dimension set other than the partner: values by type. */
export type SetMembers = ReadonlyMap<number, readonly number[]>;

export async function readSetMembers(
  { tx, clientAccountId }: ExportSubject,
  sets: ReadonlySet<number>,
): Promise<SetMembers> {
  if (sets.size === 0) return new Map();
  const rows = await tx.rows<{ set: number; members: string[] }>(sql`
    select dimension_set_id as set, array_agg(value_id::text order by dimension_type, value_id) as members
    from dimension_set_members
    where client_account_id = ${clientAccountId} and dimension_set_id = any (${[...sets]}::int[])
      and dimension_type <> 'business_partner'
    group by dimension_set_id`);
  return new Map(rows.map(({ set, members }) => [set, members.map(Number)]));
}

/** Values in use, including those with the codes of imported files. `given`: type and id as files had them on lines. */
export async function readAnalyses(
  { tx, clientAccountId, asOf }: ExportSubject,
  members: SetMembers,
  given: readonly { type: string; id: string }[],
): Promise<Analyses> {
  const ids = [...new Set([...members.values()].flat())];
  const table = asOf ? sql`dimension_values_at(${clientAccountId}, ${asOf})` : sql`dimension_values`;
  const analyses = new Analyses();
  if (ids.length === 0 && given.length === 0) return analyses;
  const rows = await tx.rows<ValueRow>(sql`
    select id, dimension_type, sequence_number, code, name, is_active, origin
    from ${table} d where client_account_id = ${clientAccountId} and (id = any (${ids}::bigint[])
      or (origin ->> 'type', origin ->> 'id') in (select t ->> 0, t ->> 1 from jsonb_array_elements(${JSON.stringify(given.map(({ type, id }) => [type, id]))}::jsonb) t))
    order by id`);
  // Those from files first: they keep their ids.
  const kept = new Set(given.map(({ type, id }) => `${type} ${id}`));
  const keepsId = ({ origin }: ValueRow) => kept.has(`${origin?.type} ${origin?.id}`);
  for (const row of rows) if (keepsId(row)) analyses.addValue(row, true);
  for (const row of rows) if (!keepsId(row)) analyses.addValue(row, false);
  return analyses;
}
