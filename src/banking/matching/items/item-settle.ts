import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { formatAmount, type Ore } from '../../../kernel/money.ts';
import {
  type Decision,
  type EntryView,
  missingEntryLines,
  postingOperation,
  type Reading,
  type Recording,
  takeIds,
} from '../../../ledger/index.ts';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../../platform/errors.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { matchingErrors } from '../errors.ts';
import { type ChosenItem, type SettledGroup, settledGroup } from './item-group.ts';
import { proposeSettlements } from './item-proposals.ts';
import { insertSettlements, type SettlementRow } from '../matches/match-record.ts';
import { readMatchingSettings } from '../matching-accounts.ts';
import { itemKey, readOpenItems } from './open-items.ts';
import { covers } from '../standing-books.ts';

/** Lines that settle each other: an invoice and its credit note, or a payment that imported books had posted. */
export interface SettlementWish {
  items: { entryId: number; lineNo: number; amount: Ore | null }[];
  settledOn: LocalDate | null;
}

/** Source of the entries of currency differences. */
export const SETTLEMENT_SOURCE = 'settlement';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

interface Settling {
  groups: SettledGroup[];
  /** The requested groups with every amount filled in. */
  wishes: SettlementWish[];
}

/**
 * Settles lines against each other; all groups or none. The difference in kroner of lines in a foreign currency is posted as
 * a currency gain or loss. Throws 400 if a group does not add up, 409 if less is open.
 */
export const settleItems = postingOperation<{ groups: SettlementWish[] }, Settling, { groups: number[] }>({
  name: 'item-settlement.create',
  access,
  async decide(reading, { groups: wishes }) {
    await refuseUnknown(reading.tx, reading.clientAccountId, wishes);
    return decisionOn(await readGroups(reading, wishes));
  },
  recheck: refuseChanges,
  record: async (recording, { groups }, made) => ({ groups: await write(recording, groups, made) }),
});

/** Settles everything that references prove. */
export const settleAutomatically = postingOperation<undefined, Settling, { groups: number; items: number }>({
  name: 'item-settlement.automatic',
  access,
  async decide(reading) {
    const ready = (await proposeSettlements(reading.tx, reading.clientAccountId)).filter(({ isEnough }) => isEnough);
    return decisionOn(
      await planGroups(
        reading,
        ready.map(({ items }) => ({ items, settledOn: null })),
      ),
    );
  },
  recheck: refuseChanges,
  async record(recording, { groups }, made) {
    await write(recording, groups, made);
    return { groups: groups.length, items: groups.reduce((sum, { items }) => sum + items.length, 0) };
  },
});

function decisionOn(groups: SettledGroup[]): Decision<Settling> {
  const wishes = groups.map(({ items, settledOn }): SettlementWish => ({
    items: items.map(({ item, amount }) => ({ entryId: item.entry_id, lineNo: item.line_no, amount })),
    settledOn,
  }));
  const entries = groups.flatMap(({ difference }) =>
    difference ? [{ entry: difference, source: SETTLEMENT_SOURCE }] : [],
  );
  return { on: { groups, wishes }, entries };
}

async function refuseChanges(reading: Reading, { groups, wishes }: Settling): Promise<void> {
  if (!isDeepStrictEqual(await readGroups(reading, wishes), groups)) throw requestErrors.concurrent_change();
}

/** The requested items as they are open now; each one consumes its part, so that none is settled twice. */
async function readGroups(reading: Reading, wishes: readonly SettlementWish[]): Promise<SettledGroup[]> {
  const wanted = wishes.flatMap(({ items }) => items);
  const found = await readOpenItems(
    reading.tx,
    reading.clientAccountId,
    sql`(l.entry_id, l.line_no) in (select * from unnest(
      ${numberArray(wanted.map(({ entryId }) => entryId))}::bigint[], ${numberArray(wanted.map(({ lineNo }) => lineNo))}::int[]))`,
  );
  const open = new Map(found.map((item) => [itemKey(item), item]));
  const left = new Map(found.map((item) => [itemKey(item), item.remaining]));
  const groups = wishes.map(({ items, settledOn }) => ({
    settledOn,
    items: items.map(({ entryId, lineNo, amount }): ChosenItem => {
      const key = `${entryId}:${lineNo}`;
      const remaining = left.get(key) ?? 0n;
      const settled = amount ?? remaining;
      if (settled === 0n || !covers(remaining, settled))
        throw matchingErrors.not_open({
          what: 'item',
          id: `${entryId}/${lineNo}`,
          open: formatAmount(remaining),
          wanted: formatAmount(settled),
        });
      left.set(key, remaining - settled);
      return { item: open.get(key)!, amount: settled };
    }),
  }));
  return planGroups(reading, groups);
}

async function planGroups(
  { tx, clientAccountId }: Reading,
  groups: readonly { items: ChosenItem[]; settledOn: LocalDate | null }[],
): Promise<SettledGroup[]> {
  const settings = await readMatchingSettings(tx, clientAccountId);
  const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(sql`
    select locked_until from client_account_heads where client_account_id = ${clientAccountId}`);
  return groups.map(({ items, settledOn }) => settledGroup(items, settledOn, locked_until, settings));
}

async function refuseUnknown(
  tx: Transaction,
  clientAccountId: number,
  groups: readonly SettlementWish[],
): Promise<void> {
  const missing = await missingEntryLines(
    tx,
    clientAccountId,
    groups.flatMap(({ items }) => items),
  );
  const problems = groups.flatMap(({ items }, g) =>
    items.flatMap(({ entryId, lineNo }, i) =>
      missing.has(`${entryId} ${lineNo}`)
        ? [problem(`groups[${g}].items[${i}].journal_entry_id`, 'no such entry line', 'ingen slik bilagslinje')]
        : [],
    ),
  );
  if (problems.length > 0) throw invalid(problems);
}

/** Writes the groups, each with the first line of its currency difference. Returns their ids. */
async function write(
  { tx, clientAccountId, caller, now, audit }: Recording,
  groups: readonly SettledGroup[],
  made: readonly EntryView[],
): Promise<number[]> {
  const count = groups.reduce((sum, { items, difference }) => sum + items.length + (difference ? 1 : 0), 0);
  if (count === 0) {
    audit({ recordType: 'item_settlement', recordIds: [] });
    return [];
  }
  let id = await takeIds(tx, clientAccountId, count);
  const ids: number[] = [];
  const posted = made.values();
  const rows = groups.flatMap(({ items, settledOn, difference }) => {
    const group = id;
    ids.push(group);
    const common = { match: null, group, transaction: null, detail: null, settledOn };
    const settled = items.map(({ item, amount }): SettlementRow => ({
      ...common,
      id: id++,
      entry: item.entry_id,
      line: item.line_no,
      amount,
      document: item.document_id,
    }));
    if (!difference) return settled;
    const rest = { entry: posted.next().value!.id, line: 1, amount: difference.lines[0]!.amount!, document: null };
    return [...settled, { ...common, id: id++, ...rest }];
  });
  await insertSettlements(tx, { clientAccountId, userId: caller.userId, now }, rows);
  audit({ recordType: 'item_settlement', recordIds: ids });
  return ids;
}
