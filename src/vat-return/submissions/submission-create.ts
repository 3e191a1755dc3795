import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { mvaMeldingOf, senderOf, type ValidationResult } from '../../integrations/index.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError, type Language, requestErrors } from '../../platform/errors.ts';
import type { Operation, OwnTransactionWork } from '../../platform/operation.ts';
import { outsideOperation, type OutsideWrite } from '../../platform/outside-operation.ts';
import { vatReturnErrors } from '../errors.ts';
import { readMessage } from '../message/message-read.ts';
import { type RemarkView, remarkRows } from '../message/remarks.ts';
import { type Category, messageXml, type ReturnMessage } from '../message/return-message.ts';
import { type Settlement, settlements } from '../settlements/settlement.ts';
import { planSettlement } from '../settlements/settlement-plan.ts';
import { findSubmission } from './submission-list.ts';
import { SubmissionSender } from './submission-send.ts';
import { type Submission, submissions, type SubmissionView } from './submission.ts';
import { refuseChanges } from '../terms/term-changes.ts';
import type { Term, TermName } from '../terms/term.ts';

export interface SubmitReturn {
  term: Term;
  category: Category;
  /** For a refund. */
  kid: string | null;
  language: Language;
}

/** A return that can be sent: the figures of the settlement, and the state when they were read. */
interface Ready {
  message: ReturnMessage;
  xml: string;
  contentHash: Buffer;
  settlement: Settlement | null;
  postingNo: number;
  count: number;
  accounts: string[];
  remarks: RemarkView[];
}

type Read = { open: Submission } | { ready: Ready };

/** How long the creating process may be silent before another one takes over. */
const LEFT_MS = 120_000;

/**
 * Sends the return of a settled term: validates it at Skatteetaten on the caller's behalf, stores it, then sends it
 * through Altinn as far as possible at once; the rest follows in the background. Only one per term is under way at a
 * time: a repeated request returns that one, and takes it over if it waits for a person. Errors: vat_return.*,
 * mva_melding.*, outbound.*.
 */
const record = outsideOperation<SubmitReturn, Read, ValidationResult | null, { id: number }>({
  name: 'vat-return.submit',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async read(work, input) {
    const open = await openSubmission(work.tx, work.clientAccountId, input.term);
    return open ? { open } : { ready: await readReady(work, input) };
  },
  async ask({ platform, caller }, _, read) {
    if ('open' in read) return null;
    const { message, xml } = read.ready;
    const sender = senderOf(platform, caller.userId, message.organizationNumber);
    const result = await mvaMeldingOf(platform).validate(xml, sender);
    if (!result.refuses) return result;
    const fields = result.deviations
      .filter(({ severity }) => severity === 'refuses')
      .map(({ rule, vatCode, text }) => ({
        path: vatCode === null ? 'return' : `tax_code ${vatCode}`,
        problem: rule === null ? text : { nb: `${rule}: ${text.nb}`, en: `${rule}: ${text.en}` },
      }));
    throw vatReturnErrors.refused_by_validation(
      { count: fields.length, first: fields[0]?.problem.nb ?? '', first_en: fields[0]?.problem.en ?? '' },
      fields,
    );
  },
  async write(write, input, read, result) {
    const { tx, clientAccountId } = write;
    await lockBooks(tx, clientAccountId);
    const open = await openSubmission(tx, clientAccountId, input.term);
    if (open) return { id: await takeOver(write, open) };
    // It was answered meanwhile: a new submission has to be requested again.
    if ('open' in read) throw requestErrors.concurrent_change();
    return { id: await keep(write, input, read.ready, result!) };
  },
});

export const createSubmission: Operation<SubmitReturn, SubmissionView> = {
  ...record,
  async call(platform, call, input) {
    const { value, replayed } = await record.call(platform, call, input);
    const clientAccountId = call.clientAccountId!;
    await new SubmissionSender(platform).advance({ clientAccountId, id: value.id, userId: call.caller?.userId });
    const view = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      findSubmission(tx, clientAccountId, value.id, input.language),
    );
    return { value: view, replayed };
  },
};

async function openSubmission(tx: Transaction, clientAccountId: number, { from, to }: Term) {
  const [open] = await submissions(
    tx,
    clientAccountId,
    sql`s.from_date = ${from} and s.to_date = ${to} and s.status in ('SENDING', 'SENT')`,
  );
  return open;
}

/** The whole return with its settlement, in one snapshot. Throws 409 if the current figures are not settled. */
async function readReady(
  { tx, platform, clientAccountId }: OwnTransactionWork & { tx: Transaction },
  { term: { from, to }, category, kid }: SubmitReturn,
): Promise<Ready> {
  const context = { tx, database: platform.database, clientAccountId, now: platform.clock.now() };
  const earlier = await submissions(tx, clientAccountId, sql`s.from_date = ${from} and s.to_date = ${to}`);
  const reference = `${clientAccountId}-${from}-${to}-S${earlier.length + 1}`;
  const { message, report } = await readMessage(context, { term: { from, to }, category, kid, reference });
  const settled = await settlements(tx, clientAccountId, sql`s.from_date <= ${to} and s.to_date >= ${from}`);
  const head = await tx.one<{ last_posting_no: number }>(
    sql`select last_posting_no from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const contentHash = createHash('sha256')
    .update(messageXml({ ...message, reference: '' }))
    .digest();
  await refuseSentAlready(tx, clientAccountId, message.term, contentHash);
  const isSettled = settledAsItStands(message.term, () => planSettlement(message.term, report, settled, to));
  return {
    message,
    xml: messageXml(message),
    contentHash,
    settlement: isSettled ? settled.findLast(({ cancelled }) => !cancelled)! : null,
    postingNo: head.last_posting_no,
    count: settled.length,
    accounts: report.accounts.map(({ account }) => account),
    remarks: await remarkRows(tx, clientAccountId, { from, to }),
  };
}

/**
 * False: there is no VAT, so there is nothing to settle; such a return is due too. Throws 409 for any open difference.
 */
function settledAsItStands({ from, to }: TermName, plan: () => unknown): boolean {
  try {
    plan();
  } catch (refusal) {
    if (!(refusal instanceof AppError)) throw refusal;
    if (refusal.code === 'vat_return.already_settled') return true;
    if (refusal.code === 'vat_return.nothing_to_settle') return false;
    throw refusal;
  }
  throw vatReturnErrors.not_settled({ from_date: from, to_date: to });
}

/** Refuses if the last accepted return has the same contents. */
async function refuseSentAlready(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: TermName,
  contentHash: Buffer,
): Promise<void> {
  const last = await tx.maybe<{ id: number; same: boolean }>(sql`
    select id, content_hash = ${contentHash} as same from vat_submissions
    where client_account_id = ${clientAccountId} and from_date = ${from} and to_date = ${to} and status = 'ACCEPTED'
    order by version desc limit 1`);
  if (last?.same) throw vatReturnErrors.already_sent({ from_date: from, to_date: to, submission_id: last.id });
}

async function keep(
  { tx, clientAccountId, caller, now, audit }: OutsideWrite,
  { term: { from, to }, category }: SubmitReturn,
  ready: Ready,
  { deviations }: ValidationResult,
): Promise<number> {
  const { message, xml, contentHash, settlement, postingNo, count, accounts } = ready;
  await refuseChanges(tx, clientAccountId, { from, to }, { postingNo, count, accounts });
  if (JSON.stringify(await remarkRows(tx, clientAccountId, { from, to })) !== JSON.stringify(ready.remarks))
    throw requestErrors.concurrent_change();
  const earlier = await submissions(tx, clientAccountId, sql`s.from_date = ${from} and s.to_date = ${to}`);
  // Another one was sent and answered meanwhile: the reference is taken.
  if (message.reference !== `${clientAccountId}-${from}-${to}-S${earlier.length + 1}`)
    throw requestErrors.concurrent_change();
  const id = await takeIds(tx, clientAccountId);
  const isCorrection = earlier.some(({ status }) => status === 'ACCEPTED');
  await tx.execute(sql`
    insert into vat_submissions (client_account_id, id, from_date, to_date, version, is_correction, settlement_id,
      organization_number, category, reference, message, content_hash, payable, status, deviations, sender_id, next_at,
      created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${from}, ${to}, ${earlier.length + 1}, ${isCorrection}, ${settlement?.id ?? null},
      ${message.organizationNumber}, ${category}, ${message.reference}, ${xml}, ${contentHash}, ${Number(message.total)},
      'SENDING', ${JSON.stringify(deviations)}, ${caller.userId}, ${new Date(now.getTime() + LEFT_MS)},
      ${now}, ${caller.userId})`);
  audit({
    recordType: 'vat_submission',
    recordId: id,
    after: { from_date: from, to_date: to, reference: message.reference, total: String(message.total) },
  });
  return id;
}

/** A repeated request continues the submission under way; if it waits for a person, on behalf of the new caller. */
async function takeOver({ tx, clientAccountId, caller, now, audit }: OutsideWrite, open: Submission): Promise<number> {
  const waits = open.waitingFor === 'LOGIN' || open.waitingFor === 'PERSON';
  const senderId = waits ? caller.userId : open.senderId;
  await tx.execute(sql`
    update vat_submissions set sender_id = ${senderId}, next_at = ${now}, failures = 0
    where client_account_id = ${clientAccountId} and id = ${open.id}`);
  audit({
    recordType: 'vat_submission',
    recordId: open.id,
    before: { sender_id: open.senderId },
    after: { sender_id: senderId, asked_again: true },
  });
  return open.id;
}
