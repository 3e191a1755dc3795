import sql from 'sql-template-tag';
import { previewDocument } from '../../banking/index.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import { AppError, invalid, problem } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { type Context, readOperation, writeOperation } from '../../platform/operation.ts';
import {
  dayOfRun,
  findRecurring,
  type RecurringDocument,
  type RecurringInvoiceView,
  recurringInvoices,
} from './recurring-invoice.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export interface NewRecurring {
  name: string;
  document: RecurringDocument;
  starts_on: LocalDate;
  interval_months: number;
  ends_on: LocalDate | null;
}

function refuseEndBeforeStart({ starts_on, ends_on }: Pick<NewRecurring, 'starts_on' | 'ends_on'>): void {
  if (ends_on !== null && ends_on < starts_on)
    throw invalid([problem('ends_on', 'must not be before starts_on', 'kan ikke være før starts_on')]);
}

/**
 * A template is checked as the draft that it produces on its first day; faults are reported at their path in the template.
 */
async function checkTemplate(
  { tx, clientAccountId, caller, now }: Context,
  of: Pick<NewRecurring, 'document' | 'starts_on'>,
): Promise<void> {
  try {
    await previewDocument({ tx, clientAccountId, caller, now }, { ...of.document, document_date: of.starts_on });
  } catch (error) {
    throw error instanceof AppError && error.code === 'request.invalid' ? inTemplate(error) : error;
  }
}

function inTemplate({ fields }: AppError): AppError {
  return invalid(
    fields.map(({ path, ...rest }) => ({ path: path === 'document_date' ? 'starts_on' : `document.${path}`, ...rest })),
  );
}

export const createRecurring = writeOperation({
  name: 'recurring-invoice.create',
  access,
  async run(context, input: NewRecurring): Promise<RecurringInvoiceView> {
    const { tx, clientAccountId, caller, now, audit } = context;
    refuseEndBeforeStart(input);
    await checkTemplate(context, input);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into recurring_invoices (client_account_id, id, name, document, starts_on, interval_months, ends_on, next_on,
        created_at, created_by_id, updated_at, updated_by_id)
      values (${clientAccountId}, ${id}, ${input.name}, ${JSON.stringify(input.document)}, ${input.starts_on},
        ${input.interval_months}, ${input.ends_on}, ${input.starts_on}, ${now}, ${caller.userId}, ${now}, ${caller.userId})`);
    const after = await findRecurring(tx, clientAccountId, id);
    audit({ recordType: 'recurring_invoice', recordId: id, after });
    return after;
  },
});

export interface ChangeRecurring {
  id: number;
  changes: { name?: string; document?: RecurringDocument; ends_on?: LocalDate | null; is_active?: boolean };
}

/** Changes the content of the next drafts, their last day, or whether any are made. */
export const updateRecurring = writeOperation({
  name: 'recurring-invoice.update',
  access,
  async run(context, { id, changes }: ChangeRecurring): Promise<RecurringInvoiceView> {
    const { tx, clientAccountId, caller, now, audit } = context;
    await lockBooks(tx, clientAccountId);
    const before = await findRecurring(tx, clientAccountId, id);
    const wanted = {
      name: changes.name ?? before.name,
      document: changes.document ?? before.document,
      ends_on: changes.ends_on === undefined ? before.ends_on : changes.ends_on,
      is_active: changes.is_active ?? before.is_active,
      starts_on: before.starts_on,
      interval_months: before.interval_months,
    };
    refuseEndBeforeStart(wanted);
    // A record that a stored template refers to may have been deactivated since; the next draft reports it.
    if (changes.document !== undefined) await checkTemplate(context, wanted);
    await tx.execute(sql`
      update recurring_invoices set name = ${wanted.name}, document = ${JSON.stringify(wanted.document)},
        ends_on = ${wanted.ends_on}, is_active = ${wanted.is_active}, next_on = ${dayOfRun(wanted, before.runs)},
        last_error = null, updated_at = ${now}, updated_by_id = ${caller.userId}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findRecurring(tx, clientAccountId, id);
    audit({ recordType: 'recurring_invoice', recordId: id, before, after });
    return after;
  },
});

export const listRecurring = readOperation({
  name: 'recurring-invoice.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page) {
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from recurring_invoices where client_account_id = ${clientAccountId}`,
    );
    return envelope(
      await recurringInvoices(tx, clientAccountId, sql`order by id ${limitOffset(input)}`),
      input,
      records,
    );
  },
});
