import sql from 'sql-template-tag';
import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { type KidModulus, kidOfInvoice } from '../../kernel/kid.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import type { Operation } from '../../platform/operation.ts';
import type { DocumentType } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';

/** Sales documents that are numbered automatically, each type from a separate series (bokføringsforskriften § 5-1-1). */
const NUMBERED: ReadonlySet<DocumentType> = new Set(['ARINV', 'ARCRN', 'ARCIN', 'ARDEB']);

/** The number that a document will get, with its KID and due date. */
export interface Numbered {
  type: DocumentType;
  number: number;
  kid: string | null;
  dueDate: LocalDate | null;
}

interface Asked {
  document_type: DocumentType;
  document_date: LocalDate;
  document_number?: string | null | undefined;
  due_date?: LocalDate | null | undefined;
  business_partner_id?: number | null | undefined;
  bank_account_id?: number | null | undefined;
  payment_reference?: string | null | undefined;
}

interface Settings {
  bank_account_id: number | null;
  payment_terms_days: number;
}

/** The client account's invoice settings; undefined if it has none, and numbers nothing automatically. */
async function settingsOf(tx: Transaction, clientAccountId: number): Promise<Settings | undefined> {
  return tx.maybe<Settings>(sql`
    select bank_account_id, payment_terms_days from invoice_settings where client_account_id = ${clientAccountId}`);
}

async function nextNumber(tx: Transaction, clientAccountId: number, type: DocumentType): Promise<number> {
  const series = await tx.maybe<{ next: number }>(sql`
    select last_number + 1 as next from invoice_series
    where client_account_id = ${clientAccountId} and document_type = ${type}`);
  return series?.next ?? 1;
}

/**
 * The next number of the series, for a document that becomes final now (`isFinal`), with its KID and due date unless given.
 * Null if the client account numbers nothing automatically. Error: commercial_documents.number_is_given.
 */
export async function numberFor(
  tx: Transaction,
  clientAccountId: number,
  asked: Asked,
  isFinal: boolean,
): Promise<Numbered | null> {
  const type = asked.document_type;
  if (!NUMBERED.has(type)) return null;
  const settings = await settingsOf(tx, clientAccountId);
  if (!settings) return null;
  if (asked.document_number != null) throw commercialDocumentErrors.number_is_given({ document_type: type });
  if (!isFinal) return null;
  const number = await nextNumber(tx, clientAccountId, type);
  const isClaim = type !== 'ARCRN';
  const account = asked.bank_account_id ?? settings.bank_account_id;
  const needsKid = isClaim && asked.payment_reference == null && account !== null;
  const kid = needsKid ? await kidFor(tx, clientAccountId, account, asked.business_partner_id ?? null, number) : null;
  const dueDate = isClaim && asked.due_date == null ? addDays(asked.document_date, settings.payment_terms_days) : null;
  return { type, number, kid, dueDate };
}

async function kidFor(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  partnerId: number | null,
  number: number,
): Promise<string | null> {
  const rule = await tx.maybe<{
    modulus: KidModulus;
    customer_digits: number;
    invoice_digits: number;
    customer: string | null;
  }>(sql`
    select r.modulus, r.customer_digits, r.invoice_digits,
      (select case when p.customer_code ~ '^[0-9]{1,12}$' then p.customer_code else p.sequence_number::text end
        from business_partners p where p.client_account_id = ${clientAccountId} and p.id = ${partnerId}) as customer
    from kid_rules r where r.client_account_id = ${clientAccountId} and r.bank_account_id = ${bankAccountId}`);
  if (!rule) return null;
  const { modulus, customer_digits: customerDigits, invoice_digits: invoiceDigits } = rule;
  const kid = kidOfInvoice({ modulus, customerDigits, invoiceDigits }, BigInt(rule.customer ?? 0), BigInt(number));
  if (kid === null) throw commercialDocumentErrors.kid_too_short({ number, customer: rule.customer ?? '' });
  return kid;
}

/** Under the lock of the books: checks that the number is still the next one. */
export async function refuseTakenNumber(
  tx: Transaction,
  clientAccountId: number,
  numbered: Numbered | null,
): Promise<void> {
  if (numbered && (await nextNumber(tx, clientAccountId, numbered.type)) !== numbered.number)
    throw requestErrors.concurrent_change();
}

/** Assigns the number, in the transaction that makes the document final. */
export async function takeNumber(tx: Transaction, clientAccountId: number, numbered: Numbered | null): Promise<void> {
  if (!numbered) return;
  const { type, number } = numbered;
  await tx.execute(sql`
    insert into invoice_series (client_account_id, document_type, first_number, last_number)
    values (${clientAccountId}, ${type}, ${number}, ${number})
    on conflict (client_account_id, document_type) do update set last_number = excluded.last_number`);
}

interface Turns {
  /** For each client account, the last promise of the queue of waiting operations. */
  ends: Map<number, Promise<unknown>>;
  /** Client accounts without automatic numbering, as far as this node has seen. */
  free: Set<number>;
}

const turns = new WeakMap<Database, Turns>();

function turnsOf(database: Database): Turns {
  const known = turns.get(database) ?? { ends: new Map(), free: new Set() };
  turns.set(database, known);
  return known;
}

/** Records whether documents of this type need turns in this client account. */
export function noteNumbering(
  database: Database,
  clientAccountId: number,
  type: DocumentType,
  isNumbered: boolean,
): void {
  if (!NUMBERED.has(type)) return;
  const { free } = turnsOf(database);
  if (isNumbered) free.delete(clientAccountId);
  else free.add(clientAccountId);
}

/**
 * Runs operations that may assign a number one after the other on this node: the number is decided before the lock of the
 * books is taken, so two concurrent ones would choose the same, and one would have to decide again. Operations on different
 * nodes do decide again.
 */
export function inTurn<I, O>(operation: Operation<I, O>, mayNumber: (input: I) => boolean): Operation<I, O> {
  return {
    ...operation,
    async call(platform, call, input) {
      const { ends, free } = turnsOf(platform.database);
      const id = call.clientAccountId;
      if (id === null || !mayNumber(input)) return operation.call(platform, call, input);
      if (free.has(id)) {
        try {
          return await operation.call(platform, call, input);
        } catch (error) {
          // Its client account has switched on numbering in the meantime.
          const isOvertaken = error instanceof AppError && error.code === requestErrors.concurrent_change().code;
          if (!isOvertaken || free.has(id)) throw error;
        }
      }
      const outcome = (ends.get(id) ?? Promise.resolve()).then(() => operation.call(platform, call, input));
      const end = outcome.then(nothing, nothing);
      ends.set(id, end);
      void end.then(() => {
        if (ends.get(id) === end) ends.delete(id);
      });
      return outcome;
    },
  };
}

export function isNumbered(type: DocumentType): boolean {
  return NUMBERED.has(type);
}

function nothing(): void {}
