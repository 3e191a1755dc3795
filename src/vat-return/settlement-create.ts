import sql from 'sql-template-tag';
import { isLocalDate, type LocalDate } from '../kernel/local-date.ts';
import { formatAmount, type Ore } from '../kernel/money.ts';
import { createFile } from '../documents/index.ts';
import { type EntryView, postAlongside, takeIds } from '../ledger/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { AppError, invalid, problem, requestErrors } from '../platform/errors.ts';
import {
  type Operation,
  type Outcome,
  ownTransactionOperation,
  type OwnTransactionWork,
  storedAnswer,
  writeAudit,
} from '../platform/operation.ts';
import { readVatReport } from '../reports/index.ts';
import { organizationNumberOf, readMessage, requireTerm } from './message-read.ts';
import { messageXml } from './return-message.ts';
import {
  amountsJson,
  planView,
  type Settlement,
  settlements,
  type SettlementView,
  settlementView,
} from './settlement.ts';
import { planSettlement, SETTLEMENT_ACCOUNT, type SettlementPlan } from './settlement-plan.ts';
import { type Term, type TermName, termText } from './term.ts';

export interface CreateSettlement {
  term: Term;
  /** Date of the entry; the last day of the term if not given. */
  entryDate?: LocalDate;
  dryRun: boolean;
}

const NAME = 'vat-return.settle';

/** Tries again when somebody posted VAT of the term between the figures and the posting. */
const TRIES = 5;

/**
 * Posts the settlement of a term: output accounts are debited and deduction accounts credited with the term's posted
 * VAT, whole kroner go to 2740, the øre to rounding. The return of the term is kept as the voucher. A settled term is
 * refused, unless its VAT has changed since; then the difference is posted. The figures are those at the posting: they
 * are held against the books under the row lock. Errors: vat_return.*, ledger.period_locked.
 */
export const createSettlement: Operation<CreateSettlement, SettlementView> = ownTransactionOperation({
  name: NAME,
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(work, input: CreateSettlement): Promise<Outcome<SettlementView>> {
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
    for (let tries = 1; ; tries++) {
      const prepared = await prepare(work, term, entryDate);
      if ('stored' in prepared) return prepared.stored;
      if (input.dryRun) return { value: planView(work.clientAccountId, prepared.plan), replayed: false };
      try {
        return await post(work, term, prepared);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== CHANGED || tries === TRIES) throw error;
      }
    }
  },
});

/** What was read is not what stands any more. */
const CHANGED = 'request.concurrent_change';

interface Prepared {
  plan: SettlementPlan;
  /** The return as XML; null for a client account without organisation number. */
  xml: string | null;
  /** The last posting that the figures know. */
  postingNo: number;
  /** Settlements of the term, cancelled ones included. */
  count: number;
}

/** Figures, plan and return in one snapshot. */
function prepare(
  { platform, clientAccountId, key }: OwnTransactionWork,
  term: TermName,
  entryDate: LocalDate,
): Promise<Prepared | { stored: Outcome<SettlementView> }> {
  const { database, clock } = platform;
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    const stored = key && (await storedAnswer<SettlementView>(tx, key));
    if (stored) return { stored };
    const context = { tx, database, clientAccountId, now: clock.now() };
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
    return { plan, xml, postingNo: head.last_posting_no, count: plan.version - 1 };
  });
}

async function post(
  work: OwnTransactionWork,
  term: TermName,
  { plan, xml, postingNo, count }: Prepared,
): Promise<Outcome<SettlementView>> {
  const voucherId = xml === null ? null : await keepReturn(work, plan, xml);
  const entry = {
    input: {
      entry_date: plan.entryDate,
      memo: `Mva-oppgjør ${termText(term, 'nb')}${plan.kind === 'DIFFERENCE' ? ', endring' : ''}`,
      relation_type: 'vat_settlement',
      ...(voucherId === null ? {} : { voucher_id: voucherId }),
      lines: [...plan.entry].map(([account, amount]) => line(account, amount)),
    },
    source: 'vat-settlement',
  };
  return postAlongside(work, NAME, [entry], async (tx, [posted]) => {
    await refuseChanges(tx, work.clientAccountId, plan, { postingNo, count, own: posted!.id });
    return record(tx, work, plan, posted!, voucherId);
  });
}

function line(account: string, amount: Ore) {
  return amount > 0n
    ? { account_code: account, debit: formatAmount(amount) }
    : { account_code: account, credit: formatAmount(-amount) };
}

/** Under the row lock: nothing of the term was settled, and no VAT of it posted, since the figures were read. */
async function refuseChanges(
  tx: Transaction,
  clientAccountId: number,
  { from, to, settled }: SettlementPlan,
  since: { postingNo: number; count: number; own: number },
): Promise<void> {
  const accounts = [...settled.keys()].filter((account) => account !== SETTLEMENT_ACCOUNT);
  const { changed } = await tx.one<{ changed: boolean }>(sql`
    select exists (
      select 1 from journal_entries e
      join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
      where e.client_account_id = ${clientAccountId} and e.posting_no > ${since.postingNo} and e.id <> ${since.own}
        and coalesce(e.vat_term, e.entry_date) between ${from} and ${to}
        and (l.tax_code is not null or l.account_code = any(${accounts}::text[]))
    ) or (select count(*) from vat_settlements
      where client_account_id = ${clientAccountId} and from_date = ${from} and to_date = ${to}) <> ${since.count}
      or exists (select 1 from vat_settlements s
        join journal_entries c on c.client_account_id = s.client_account_id and c.cancels_entry_id = s.journal_entry_id
        where s.client_account_id = ${clientAccountId} and s.from_date <= ${to} and s.to_date >= ${from}
          and c.posting_no > ${since.postingNo}) as changed`);
  if (changed) throw requestErrors.concurrent_change();
}

async function record(
  tx: Transaction,
  { clientAccountId, caller, platform, call }: OwnTransactionWork,
  plan: SettlementPlan,
  posted: EntryView,
  voucherId: number | null,
): Promise<SettlementView> {
  const settlement: Settlement = {
    ...plan,
    id: await takeIds(tx, clientAccountId),
    journalEntryId: posted.id,
    voucherId,
    cancelled: false,
    createdAt: platform.clock.now(),
    createdById: caller.userId,
  };
  await tx.execute(sql`
    insert into vat_settlements (client_account_id, id, from_date, to_date, version, kind, entry_date, payable, settled, entry,
      journal_entry_id, voucher_id, created_at, created_by_id)
    values (${clientAccountId}, ${settlement.id}, ${plan.from}, ${plan.to}, ${plan.version}, ${plan.kind}, ${plan.entryDate},
      ${Number(plan.payable)}, ${amountsJson(plan.settled)}, ${amountsJson(plan.entry)}, ${posted.id}, ${voucherId},
      ${settlement.createdAt}, ${caller.userId})`);
  const view = settlementView(clientAccountId, settlement);
  await writeAudit(tx, NAME, call, [{ recordType: 'vat_settlement', recordId: settlement.id, after: view }]);
  return view;
}

/** The return becomes the document behind the entry. Its reference is that of this settlement, so no two are alike. */
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

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
