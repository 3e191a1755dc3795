import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.ts';
import { createFile, deleteFile } from '../../documents/index.ts';
import {
  type EntryView,
  type NewEntry,
  postingOperation,
  type Reading,
  type Recording,
  takeIds,
} from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { AppError, invalid, problem } from '../../platform/errors.ts';
import type { OwnTransactionWork } from '../../platform/operation.ts';
import { readVatReport } from '../../reports/index.ts';
import { organizationNumberOf, readMessage, requireTerm } from '../message/message-read.ts';
import { messageXml } from '../message/return-message.ts';
import {
  amountsJson,
  planView,
  type Settlement,
  settlements,
  type SettlementView,
  settlementView,
} from './settlement.ts';
import { planSettlement, SETTLEMENT_ACCOUNT, type SettlementPlan } from './settlement-plan.ts';
import { refuseChanges } from '../terms/term-changes.ts';
import { type Term, type TermName, termText } from '../terms/term.ts';

export interface CreateSettlement {
  term: Term;
  /** Date of the entry; the last day of the term if not given. */
  entryDate?: LocalDate;
  dryRun: boolean;
}

interface Prepared {
  term: TermName;
  plan: SettlementPlan;
  /** The return as XML; null for a client account without organisation number. */
  xml: string | null;
  /** The last posting included in the figures. */
  postingNo: number;
  /** Settlements that overlap the term, including cancelled ones. */
  count: number;
  /** The return as the voucher of the entry. */
  voucherId: number | null;
}

/**
 * Posts the settlement of a term: output accounts are debited and deduction accounts credited with the term's posted
 * VAT, whole kroner go to 2740, the øre to rounding. The return of the term is stored as the voucher. A settled term is
 * refused, unless its VAT has changed since; then the difference is posted. The figures are checked against the books
 * under the row lock at the posting. Errors: vat_return.*, ledger.period_locked.
 */
export const createSettlement = postingOperation<CreateSettlement, Prepared, SettlementView>({
  name: 'vat-return.settle',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide(reading, input) {
    const term = requireTerm(input.term);
    const entryDate = input.entryDate ?? term.to;
    if (!isLocalDate(entryDate) || entryDate < term.to)
      throw invalid([
        problem(
          'entry_date',
          `must not be before the term ends, ${term.to}`,
          `kan ikke være før terminen slutter, ${term.to}`,
        ),
      ]);
    const on = await readPlan(reading, term, entryDate);
    if (input.dryRun) return { dryRun: planView(reading.clientAccountId, on.plan) };
    return { on, entries: [settlementEntry(on)] };
  },
  async prepare(work, { on }) {
    if (on.xml === null) return { on, entries: [settlementEntry(on)] };
    const prepared = { ...on, voucherId: await keepReturn(work, on.plan, on.xml) };
    return { on: prepared, entries: [settlementEntry(prepared)] };
  },
  async discard(work, { on }) {
    if (on.voucherId !== null) await discardReturn(work, on.voucherId);
  },
  recheck: ({ tx, clientAccountId }, { plan, postingNo, count }, [posted]) => {
    const accounts = [...plan.settled.keys()].filter((account) => account !== SETTLEMENT_ACCOUNT);
    return refuseChanges(tx, clientAccountId, plan, { postingNo, count, accounts, own: posted!.id });
  },
  record: recordSettlement,
});

/** Figures, plan and return in one snapshot. */
async function readPlan(
  { tx, platform: { database }, clientAccountId, now }: Reading,
  term: TermName,
  entryDate: LocalDate,
): Promise<Prepared> {
  const context = { tx, database, clientAccountId, now };
  const { from, to } = term;
  const earlier = await settlements(tx, clientAccountId, sql`s.from_date <= ${to} and s.to_date >= ${from}`);
  const report = await readVatReport(context, { range: { from, to }, asOf: null });
  const plan = planSettlement(term, report, earlier, entryDate);
  const head = await tx.one<{ last_posting_no: number }>(
    sql`select last_posting_no from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const reference = `${clientAccountId}-${from}-${to}-${plan.version}`;
  const question = { term, category: 'alminnelig', kid: null, reference } as const;
  const xml = (await organizationNumberOf(tx, clientAccountId))
    ? messageXml((await readMessage(context, question)).message)
    : null;
  return { term, plan, xml, postingNo: head.last_posting_no, count: earlier.length, voucherId: null };
}

function settlementEntry({ term, plan, voucherId }: Prepared): { entry: NewEntry; source: string } {
  return {
    entry: {
      entryDate: plan.entryDate,
      memo: `Mva-oppgjør ${termText(term, 'nb')}${plan.kind === 'DIFFERENCE' ? ', endring' : ''}`,
      relationType: 'vat_settlement',
      voucherId,
      lines: [...plan.entry].map(([account, amount]) => ({ account, amount })),
    },
    source: 'vat-settlement',
  };
}

async function recordSettlement(
  { tx, clientAccountId, caller, now, audit }: Recording,
  { plan, voucherId }: Prepared,
  [posted]: readonly EntryView[],
): Promise<SettlementView> {
  assert(posted, 'a settlement is posted as one entry');
  const settlement: Settlement = {
    ...plan,
    id: await takeIds(tx, clientAccountId),
    journalEntryId: posted.id,
    voucherId,
    cancelled: false,
    createdAt: now,
    createdById: caller.userId,
  };
  await tx.execute(sql`
    insert into vat_settlements (client_account_id, id, from_date, to_date, version, kind, entry_date, payable, settled, entry,
      journal_entry_id, voucher_id, created_at, created_by_id)
    values (${clientAccountId}, ${settlement.id}, ${plan.from}, ${plan.to}, ${plan.version}, ${plan.kind}, ${plan.entryDate},
      ${Number(plan.payable)}, ${amountsJson(plan.settled)}, ${amountsJson(plan.entry)}, ${posted.id}, ${voucherId},
      ${now}, ${caller.userId})`);
  const view = settlementView(clientAccountId, settlement);
  audit({ recordType: 'vat_settlement', recordId: settlement.id, after: view });
  return view;
}

/**
 * The return becomes the voucher of the entry. Its reference is unique to this settlement, so no two returns are equal.
 */
async function keepReturn(
  { platform, call }: OwnTransactionWork,
  plan: SettlementPlan,
  xml: string,
): Promise<number | null> {
  if (!platform.files) return null;
  const file = await platform.files.stage(bytesOf(xml));
  file.name = `mva-melding_${plan.from}_${plan.to}_${plan.version}.xml`;
  file.contentType = 'application/xml';
  try {
    const { idempotencyKey: _, ...plain } = call;
    return (await createFile.call(platform, plain, { file, processingTrack: 'DEFAULT' })).value.id;
  } finally {
    await file.discard();
  }
}

/** An unused return is deleted again; one that another settlement uses meanwhile stays. */
async function discardReturn({ platform, call }: OwnTransactionWork, id: number): Promise<void> {
  const { idempotencyKey: _, ...plain } = call;
  try {
    await deleteFile.call(platform, plain, { id });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
