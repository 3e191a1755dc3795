import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import {
  type CancelledDocument,
  type DecidedDocument,
  documentCancellation,
  documentCreation,
  type DocumentValues,
  type DocumentView,
  findDocument,
} from '../../banking/index.ts';
import { assert } from '../../kernel/assert.ts';
import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount } from '../../kernel/money.ts';
import { lockBooks, postingOperation, type Reading, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { reminderErrors } from './errors.ts';
import { findReminder, type Level, reminders, type ReminderView } from './reminder.ts';
import { findOverdue, levelAfter, type Overdue, type ReminderTerms, termsOf } from './reminder-proposals.ts';
import { readReminderSettings, type ReminderSettings } from './reminder-settings.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export interface NewReminder {
  documentId: number;
  /** Null: today. */
  date: LocalDate | null;
  /** Null: a reminder, then a notice. */
  level: Level | null;
}

interface Decided {
  claim: Overdue;
  day: LocalDate;
  terms: ReminderTerms;
  posted: DecidedDocument | null;
}

/**
 * Makes a reminder of an overdue claim, and posts its fee and interest as a separate claim if the settings say so. Errors:
 * reminders.not_open, not_due, disputed, deadline_runs, noticed.
 */
export const createReminder = postingOperation<NewReminder, Decided, ReminderView>({
  name: 'reminder.create',
  access,
  async decide(reading, input) {
    const { tx, clientAccountId } = reading;
    const day = dayOf(reading, input);
    const document = await documentOf(reading, input.documentId);
    const claim = await findOverdue(tx, clientAccountId, document.id, day);
    if (!claim) throw await whyNot(reading, document);
    refuse(claim, day);
    const settings = await readReminderSettings(tx, clientAccountId);
    const terms = termsOf(claim, input.level ?? levelAfter(claim.last_level), day, settings);
    const on = { claim, day, terms };
    if (!settings.posts_claim || terms.fee + terms.interest === 0n) return { on: { ...on, posted: null } };
    const values = claimDocument(document, terms, settings);
    const decision = await documentCreation.decide(reading, values);
    assert('on' in decision, 'a claim with amounts is posted');
    return { ...decision, on: { ...on, posted: decision.on } };
  },
  async recheck(reading, { claim, day, posted }, made) {
    const now = await findOverdue(reading.tx, reading.clientAccountId, claim.document_id, day);
    if (!isDeepStrictEqual(now, claim)) throw requestErrors.concurrent_change();
    if (posted) await documentCreation.recheck(reading, posted, made);
  },
  async record(recording, { claim, terms, posted }, made) {
    const { tx, clientAccountId, caller, now, audit } = recording;
    const document = posted && (await documentCreation.record(recording, posted, made));
    const { number } = await tx.one<{ number: number }>(sql`
      select coalesce(max(number), 0) + 1 as number from invoice_reminders where client_account_id = ${clientAccountId}`);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into invoice_reminders ${insertion({
        client_account_id: clientAccountId,
        id,
        number,
        document_id: claim.document_id,
        level: terms.level,
        reminder_date: terms.reminderDate,
        due_date: terms.dueDate,
        principal_amount: terms.principal,
        fee_amount: terms.fee,
        interest_amount: terms.interest,
        earlier_amount: terms.earlier,
        interest_rates: JSON.stringify(terms.interestRates),
        left_out: JSON.stringify(terms.leftOut),
        claim_document_id: document?.id ?? null,
        created_at: now,
        created_by_id: caller.userId,
      })}`);
    const after = await findReminder(tx, clientAccountId, id);
    audit({ recordType: 'invoice_reminder', recordId: id, after });
    return after;
  },
});

function dayOf({ now }: Reading, { date }: NewReminder): LocalDate {
  const today = dateInNorway(now);
  if (date !== null && date > today)
    throw invalid([problem('reminder_date', 'must not be after today', 'kan ikke være etter i dag')]);
  return date ?? today;
}

async function documentOf({ tx, clientAccountId }: Reading, id: number): Promise<DocumentView> {
  const known = await tx.maybe(
    sql`select id from documents where client_account_id = ${clientAccountId} and id = ${id}`,
  );
  if (!known) throw invalid([problem('document_id', `unknown document ${id}`, `ukjent dokument ${id}`)]);
  return findDocument(tx, clientAccountId, id);
}

async function whyNot({ tx, clientAccountId }: Reading, { id, due_date }: DocumentView): Promise<Error> {
  const later = await findOverdue(tx, clientAccountId, id, '9999-12-31');
  if (later) return reminderErrors.not_due({ document_id: id, due_date: due_date ?? later.due });
  return reminderErrors.not_open({ document_id: id });
}

function refuse({ document_id, disputed, last_number, last_level, last_due }: Overdue, day: LocalDate): void {
  if (disputed !== null) throw reminderErrors.disputed({ document_id, reason: disputed });
  if (last_number === null) return;
  if (last_level === 'NOTICE') throw reminderErrors.noticed({ number: last_number });
  if (day <= last_due!) throw reminderErrors.deadline_runs({ number: last_number, due_date: last_due! });
}

/** Fee and interest are no payment for goods or services: no VAT. They are paid with the same KID as the invoice. */
function claimDocument(document: DocumentView, terms: ReminderTerms, settings: ReminderSettings): DocumentValues {
  const of = document.document_number ?? String(document.id);
  const en = document.language === 'en';
  const lines = [
    {
      account_code: settings.fee_account_code,
      amount: terms.fee,
      description: en ? `Reminder fee, invoice ${of}` : `Purregebyr, faktura ${of}`,
    },
    {
      account_code: settings.interest_account_code,
      amount: terms.interest,
      description: en ? `Interest for late payment, invoice ${of}` : `Forsinkelsesrenter, faktura ${of}`,
    },
  ];
  return {
    document_type: 'ARDEB',
    document_status: 'POSTED',
    document_date: terms.reminderDate,
    due_date: terms.dueDate,
    business_partner_id: document.business_partner_id,
    bank_account_id: document.bank_account_id,
    payment_reference: document.payment_reference,
    language: document.language,
    lines: lines.filter(({ amount }) => amount > 0n).map((line) => ({ ...line, amount: formatAmount(line.amount) })),
  };
}

interface Undoing {
  reminder: ReminderView;
  reason: string;
  claim: CancelledDocument | null;
}

/**
 * Cancels a reminder; its claim is cancelled by a counter-entry. Its number is kept. Errors: reminders.undone,
 * later_reminder.
 */
export const undoReminder = postingOperation<{ id: number; reason: string }, Undoing, ReminderView>({
  name: 'reminder.undo',
  access,
  async decide(reading, { id, reason }) {
    const { tx, clientAccountId } = reading;
    const reminder = await findReminder(tx, clientAccountId, id);
    if (reminder.undone_at !== null) throw reminderErrors.undone({ number: reminder.number });
    const [later] = await reminders(
      tx,
      clientAccountId,
      sql`and r.document_id = ${reminder.document_id} and r.id > ${id} and r.undone_at is null order by r.id desc limit 1`,
    );
    if (later) throw reminderErrors.later_reminder({ number: later.number });
    const claimId = reminder.claim_document_id;
    const document = claimId === null ? null : await findDocument(tx, clientAccountId, claimId);
    // The fee may have been cancelled separately before.
    if (document === null || document.document_status === 'CANCELLED') return { on: { reminder, reason, claim: null } };
    const decision = await documentCancellation.decide(reading, { id: document.id });
    assert('on' in decision, 'a document is cancelled or refused');
    return { ...decision, on: { reminder, reason, claim: decision.on } };
  },
  async recheck(reading, { reminder, claim }, made) {
    const now = await findReminder(reading.tx, reading.clientAccountId, reminder.id);
    if (now.undone_at !== null) throw requestErrors.concurrent_change();
    if (claim) await documentCancellation.recheck(reading, claim, made);
  },
  async record(recording, { reminder, reason, claim }, made) {
    const { tx, clientAccountId, caller, now, audit } = recording;
    if (claim) await documentCancellation.record(recording, claim, made);
    await tx.execute(sql`
      update invoice_reminders set undone_at = ${now}, undone_by_id = ${caller.userId}, undo_reason = ${reason}
      where client_account_id = ${clientAccountId} and id = ${reminder.id}`);
    const after = await findReminder(tx, clientAccountId, reminder.id);
    audit({ recordType: 'invoice_reminder', recordId: reminder.id, before: reminder, after });
    return after;
  },
});

/** Marks a claim as disputed by the customer, or with null as no longer disputed. */
export const disputeDocument = writeOperation({
  name: 'document.dispute',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, { id, reason }: { id: number; reason: string | null }) {
    await lockBooks(tx, clientAccountId);
    await findDocument(tx, clientAccountId, id);
    const before = await disputeOf(tx, clientAccountId, id);
    await tx.execute(
      sql`delete from document_disputes where client_account_id = ${clientAccountId} and document_id = ${id}`,
    );
    if (reason !== null)
      await tx.execute(sql`
        insert into document_disputes (client_account_id, document_id, reason, created_at, created_by_id)
        values (${clientAccountId}, ${id}, ${reason}, ${now}, ${caller.userId})`);
    const after = { document_id: id, reason };
    audit({ recordType: 'document_dispute', recordId: id, before: { document_id: id, reason: before }, after });
    return after;
  },
});

async function disputeOf(tx: Reading['tx'], clientAccountId: number, id: number): Promise<string | null> {
  const row = await tx.maybe<{ reason: string }>(sql`
    select reason from document_disputes where client_account_id = ${clientAccountId} and document_id = ${id}`);
  return row?.reason ?? null;
}
