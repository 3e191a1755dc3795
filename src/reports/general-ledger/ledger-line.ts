import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { numberArray } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { KnownAt } from '../figures/known-at.ts';
import { entityNames } from '../trail/related-entities.ts';
import { dimensionMembers, type Member } from './dimension-members.ts';
import type { DraftLine } from './draft-lines.ts';
import type { LineRow } from './lines-statement.ts';

/** A line of the account specification (bokføringsforskriften § 3-1 no. 2). */
export interface LedgerLine {
  /** `draft`: outside the books, without number. */
  kind: 'line' | 'draft';
  date: LocalDate;
  /** Of the entry, or of the draft. */
  entryId: number;
  lineNo: number;
  /** Null for a draft. */
  number: { series: string; sequenceNumber: number; fiscalYear: number } | null;
  text: string;
  taxCode: string | null;
  /** VAT that the line caused, or null. */
  taxAmount: Ore | null;
  partner: Named | null;
  /** The line's dimensions other than the business partner. */
  dimensions: readonly (Named & Member)[];
  documentReference: string | null;
  voucherId: number | null;
  debit: Ore;
  credit: Ore;
  /** After the line, debit − credit. */
  balance: Ore;
}

export interface Named {
  id: number;
  name: string;
}

const SET_KEYS = `select id, key from dimension_sets where client_account_id = $1 and id = any ($2::int[])`;

/** Names of the entities that lines refer to, each read once. */
export class LineNames {
  readonly #clientAccountId: number;
  readonly #known: KnownAt | null;
  readonly #names = new Map<number, string>();
  readonly #sets = new Map<number, { partner: Named | null; dimensions: readonly (Named & Member)[] }>();

  constructor(clientAccountId: number, known: KnownAt | null) {
    this.#clientAccountId = clientAccountId;
    this.#known = known;
  }

  /** Reads the names that these lines need and that are not cached. */
  async learn(tx: Transaction, rows: readonly LineRow[], drafts: readonly DraftLine[] = []): Promise<void> {
    const setIds = new Set<number>();
    const ids = new Set<number>();
    for (let i = 0; i < rows.length; i++) {
      const partner = rows[i]![8];
      const set = rows[i]![9];
      if (partner !== null && !this.#names.has(partner)) ids.add(partner);
      if (set !== null && !this.#sets.has(set)) setIds.add(set);
    }
    for (const { partnerId, members } of drafts) {
      if (partnerId !== null) ids.add(partnerId);
      for (const { id } of members) ids.add(id);
    }
    const keys: { id: number; key: string }[] =
      setIds.size === 0
        ? []
        : await tx.named('report-set-keys', SET_KEYS, [this.#clientAccountId, numberArray([...setIds])]);
    const sets = keys.map(({ id, key }) => ({ id, members: dimensionMembers(key) }));
    for (const { members } of sets) for (const { id } of members) ids.add(id);
    for (const id of ids) if (this.#names.has(id)) ids.delete(id);
    for (const [id, name] of await entityNames(tx, this.#clientAccountId, ids, this.#known)) this.#names.set(id, name);
    for (const { id, members } of sets)
      this.#sets.set(id, { partner: this.#partnerIn(members), dimensions: this.named(members) });
  }

  partner(id: number | null, setId: number | null): Named | null {
    if (id !== null) return { id, name: this.#nameOf(id) };
    return (setId === null ? undefined : this.#sets.get(setId)?.partner) ?? null;
  }

  dimensions(setId: number | null): readonly (Named & Member)[] {
    return (setId === null ? undefined : this.#sets.get(setId)?.dimensions) ?? NOTHING;
  }

  /** The members that are not the business partner, with their names. */
  named(members: readonly Member[]): (Named & Member)[] {
    return members
      .filter(({ type }) => type !== 'business_partner')
      .map(({ type, id }) => ({ type, id, name: this.#nameOf(id) }));
  }

  #partnerIn(members: readonly Member[]): Named | null {
    const found = members.find(({ type }) => type === 'business_partner');
    return found ? { id: found.id, name: this.#nameOf(found.id) } : null;
  }

  #nameOf(id: number): string {
    return this.#names.get(id) ?? String(id);
  }
}

const NOTHING: readonly (Named & Member)[] = [];

/** The line of a row, with the balance after it. */
export function postedLine(row: LineRow, balance: Ore, names: LineNames): LedgerLine {
  return {
    kind: 'line',
    date: row[0],
    entryId: row[1],
    lineNo: row[2],
    number: { series: row[12], sequenceNumber: row[13], fiscalYear: row[14] },
    text: row[5],
    taxCode: row[6],
    taxAmount: row[7] === null ? null : ore(row[7]),
    partner: names.partner(row[8], row[9]),
    dimensions: names.dimensions(row[9]),
    documentReference: row[10],
    voucherId: row[11],
    debit: ore(row[3]),
    credit: ore(row[4]),
    balance,
  };
}

export function draftLine(draft: DraftLine, balance: Ore, names: LineNames): LedgerLine {
  const { date, draftId, lineNo, memo, taxCode, taxAmount, members, documentReference, voucherId, debit, credit } =
    draft;
  const inSet = members.find(({ type }) => type === 'business_partner')?.id ?? null;
  return {
    kind: 'draft',
    date,
    entryId: draftId,
    lineNo,
    number: null,
    text: memo,
    taxCode,
    taxAmount,
    partner: names.partner(draft.partnerId ?? inSet, null),
    dimensions: names.named(members),
    documentReference,
    voucherId,
    debit,
    credit,
    balance,
  };
}
