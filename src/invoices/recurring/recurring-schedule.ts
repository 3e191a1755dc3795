import sql from 'sql-template-tag';
import { createDocument } from '../../banking/index.ts';
import { addDays, dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { SCOPES } from '../../platform/caller.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import { callerOfUser, ofActiveClientAccounts } from '../../tenancy/index.ts';
import { dayOfRun, findRecurring, type RecurringInvoiceView, recurringInvoices } from './recurring-invoice.ts';

/** Drafts of one run for a client account; the rest are made in the next run. */
const MOST_DRAFTS = 200;

/** Makes the drafts of recurring invoices, from their day on. Each client account is a separate task. */
export class RecurringSchedule {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  #today(): LocalDate {
    return dateInNorway(this.#platform.clock.now());
  }

  /** The client accounts with drafts to make. */
  async due(): Promise<number[]> {
    const { database } = this.#platform;
    const due = await ofActiveClientAccounts(database, (tx, ids) =>
      tx.rows<{ id: number }>(sql`
        select distinct client_account_id as id from recurring_invoices
        where client_account_id = any(${numberArray(ids)}::bigint[]) and is_active and next_on <= ${this.#today()}
          and last_error is null
        order by 1`),
    );
    return due.map(({ id }) => id);
  }

  /**
   * Makes the due drafts of one client account and returns their number. A refused draft waits for a person to correct it.
   */
  async run(clientAccountId: number): Promise<number> {
    const { database } = this.#platform;
    let made = 0;
    for (;;) {
      const [next] = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
        recurringInvoices(
          tx,
          clientAccountId,
          sql`and is_active and next_on <= ${this.#today()} and last_error is null order by next_on, id limit 1`,
        ),
      );
      if (!next || made === MOST_DRAFTS) return made;
      if (await this.#makeDraft(clientAccountId, next, next.next_on!)) made++;
    }
  }

  async #makeDraft(clientAccountId: number, recurring: RecurringInvoiceView, day: LocalDate): Promise<boolean> {
    const { database, clock, log } = this.#platform;
    const { id, document } = recurring;
    try {
      const caller = await callerOfUser(database, recurring.created_by_id, SCOPES, clock.now());
      if (!caller) throw requestErrors.no_access();
      const idempotencyKey = `recurring invoice ${clientAccountId} ${id} ${day}`;
      const period = { period_from: day, period_to: addDays(nextDay(recurring), -1) };
      const input = { ...document, ...period, document_status: 'DRAFT' as const, document_date: day };
      const draft = await createDocument.call(this.#platform, { caller, clientAccountId, idempotencyKey }, input);
      await this.#done(clientAccountId, recurring, day, draft.value.id);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn(
        { client_account_id: clientAccountId, recurring_invoice_id: id, code: error.code },
        'recurring draft refused',
      );
      const failure = { code: error.code, message: error.sentence('nb'), message_en: error.sentence('en') };
      await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
        tx.execute(sql`
          update recurring_invoices set last_error = ${JSON.stringify(failure)}
          where client_account_id = ${clientAccountId} and id = ${id}`),
      );
      return false;
    }
  }

  async #done(
    clientAccountId: number,
    { id, runs }: RecurringInvoiceView,
    day: LocalDate,
    documentId: number,
  ): Promise<void> {
    await this.#platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
      await tx.execute(sql`
        insert into recurring_invoice_runs (client_account_id, recurring_invoice_id, run_on, document_id)
        values (${clientAccountId}, ${id}, ${day}, ${documentId}) on conflict do nothing`);
      const now = await findRecurring(tx, clientAccountId, id);
      await tx.execute(sql`
        update recurring_invoices set runs = ${runs + 1}, next_on = ${dayOfRun(now, runs + 1)}
        where client_account_id = ${clientAccountId} and id = ${id} and runs = ${runs}`);
    });
  }
}

/** The first day of the next period, even if it is after the last one. */
function nextDay(recurring: RecurringInvoiceView): LocalDate {
  return dayOfRun({ ...recurring, ends_on: null }, recurring.runs + 1)!;
}
