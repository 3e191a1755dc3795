import sql from 'sql-template-tag';
import { documentsSelect, PAYABLE_TYPES } from '../banking/index.ts';
import { accountNumberOfIban, isIban, isNorwegianAccountNumber } from '../kernel/bank-account-number.ts';
import { isKid } from '../kernel/kid.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { workingDayFrom } from '../kernel/working-days.ts';
import { numberArray } from '../ledger/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Text } from '../platform/errors.ts';

/** A document, or one of its payment instructions, that is owed and not paid. */
export interface Payable {
  document_id: number;
  /** Null: the whole document. */
  payment_line_id: number | null;
  document_number: string | null;
  document_type: string;
  due_date: LocalDate;
  business_partner_id: number;
  creditor_name: string;
  creditor_country: string | null;
  /** Hundredths of the currency. */
  amount: number;
  currency_code: string;
  /** Of the document, in its currency. */
  pending: number;
  /** Amount already in other payments under way. */
  under_way: number;
  reference: string | null;
  message: string | null;
  /** Possible creditor accounts: eleven digits, or an IBAN. */
  accounts: string[];
  /** The order that already includes it. */
  order_id: number | null;
}

interface PayableRow extends Omit<Payable, 'accounts'> {
  line_account: string | null;
  partner_accounts: (string | null)[];
}

export interface PayableScope {
  dueUntil?: LocalDate | null;
  documentIds?: readonly number[] | null;
  limit: number;
}

/** Payable documents by due date: posted debts with an open amount. */
export async function readPayable(
  tx: Transaction,
  clientAccountId: number,
  { dueUntil = null, documentIds = null, limit }: PayableScope,
): Promise<Payable[]> {
  const ids = documentIds === null ? null : numberArray(documentIds);
  // Hash joins over both sets: looked up one by one without statistics, ten thousand payments would take minutes.
  await tx.execute(sql`set local enable_nestloop = off`);
  const rows = await tx.rows<PayableRow>(sql`
    select d.id as document_id, l.id as payment_line_id, d.document_number, d.document_type,
      coalesce(l.due_date, d.due_date, d.document_date) as due_date, b.id as business_partner_id, b.name as creditor_name,
      b.address ->> 'country' as creditor_country, coalesce(l.amount, d.pending) as amount, d.currency_code, d.pending,
      coalesce(u.amount, 0)::bigint as under_way,
      coalesce(l.payment_reference, d.payment_reference) as reference, l.message, p.order_id,
      (select coalesce(a.bban, a.iban) from bank_accounts a where a.client_account_id = ${clientAccountId}
        and a.id = l.bank_account_id and a.is_active and a.business_partner_id = b.id) as line_account,
      array(select coalesce(n.account_number, n.iban) from jsonb_to_recordset(
          case when jsonb_typeof(b.bank_accounts) = 'array' then b.bank_accounts else '[]' end) as n (account_number text, iban text)
        union select coalesce(a.bban, a.iban) from bank_accounts a where a.client_account_id = ${clientAccountId}
          and a.business_partner_id = b.id and a.is_active) as partner_accounts
    from (${documentsSelect(clientAccountId)}) d
    join business_partners b on b.client_account_id = ${clientAccountId} and b.id = d.business_partner_id
    left join document_payment_lines l on l.client_account_id = ${clientAccountId} and l.document_id = d.id
    left join (select document_id, sum(amount)::bigint as amount from outgoing_payments
      where client_account_id = ${clientAccountId} and status not in ('CANCELLED', 'REJECTED', 'RETURNED')
        and status <> 'SETTLED' group by 1) u on u.document_id = d.id
    left join outgoing_payments p on p.client_account_id = ${clientAccountId} and p.document_id = d.id
      and coalesce(p.payment_line_id, 0) = coalesce(l.id, 0) and p.status not in ('CANCELLED', 'REJECTED', 'RETURNED')
    where d.document_status = 'POSTED' and d.document_type = any(${PAYABLE_TYPES}::text[]) and d.pending > 0
      and (${ids}::bigint[] is null or d.id = any(${ids}::bigint[]))
      and (${dueUntil}::date is null or coalesce(l.due_date, d.due_date, d.document_date) <= ${dueUntil}::date)
    order by due_date, document_id, payment_line_id nulls first limit ${limit}`);
  await tx.execute(sql`set local enable_nestloop = on`);
  return rows.map(({ line_account, partner_accounts, ...row }) => ({
    ...row,
    accounts: accountsOf(line_account === null ? partner_accounts : [line_account]),
  }));
}

/** Each account once, Norwegian ones as eleven digits; invalid account numbers are left out. */
function accountsOf(written: readonly (string | null)[]): string[] {
  return [...new Set(written.flatMap((text) => (text === null ? [] : (accountNumberIn(text) ?? []))))].sort();
}

/** Eleven digits or an IBAN of another country; null for anything else. */
export function accountNumberIn(text: string): string | null {
  const compact = text.replace(/[\s.]/g, '').toUpperCase();
  if (isNorwegianAccountNumber(compact)) return compact;
  return isIban(compact) ? (accountNumberOfIban(compact) ?? compact) : null;
}

/** Countries whose banks take part in SEPA credit transfers (EPC409-09), without Norway. */
const SEPA = new Set(
  'AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL PL PT RO RS SE SI SK SM VA'.split(
    ' ',
  ),
);

/** The reason why it cannot be paid to the account; null if there is none. */
export function obstacleTo(payable: Payable, account: string | null): Text | null {
  const { amount, pending, under_way, order_id, currency_code, accounts } = payable;
  if (order_id !== null) return { nb: `ligger i betalingsordre ${order_id}`, en: `is in payment order ${order_id}` };
  if (amount + under_way > pending)
    return {
      nb: 'mer enn det som er åpent på dokumentet, med det som er under betaling',
      en: 'more than what is open of the document, with what is being paid already',
    };
  if (account === null && accounts.length > 1)
    return {
      nb: `mottakeren har ${accounts.length} kontonumre; velg ett med account_number`,
      en: `the creditor has ${accounts.length} account numbers; choose one with account_number`,
    };
  if (account === null)
    return { nb: 'mottakeren mangler et gyldig kontonummer', en: 'the creditor has no valid account number' };
  if (!accounts.includes(account))
    return {
      nb: 'kontonummeret er ikke registrert på mottakeren',
      en: 'the account number is not registered with the creditor',
    };
  const isDomestic = /^\d{11}$/.test(account);
  if (isDomestic && currency_code === 'NOK') return null;
  if (!isDomestic && currency_code === 'EUR' && SEPA.has(account.slice(0, 2))) return null;
  return {
    nb: `${currency_code} til denne kontoen kan ikke betales herfra: bare NOK innenlands og EUR i SEPA`,
    en: `${currency_code} to this account cannot be paid from here: only NOK within Norway and EUR within SEPA`,
  };
}

/** The creditor's reference for the payment: a KID or creditor reference as such, anything else as text. */
export function remittanceOf(
  { reference, message, document_number, document_id }: Payable,
  account: string,
): { reference: string | null; message: string | null } {
  const compact = reference?.replace(/\s/g, '').toUpperCase() ?? '';
  const isDomestic = /^\d{11}$/.test(account);
  if (isDomestic ? isKid(compact) : /^RF\d{2}[A-Z0-9]{1,21}$/.test(compact))
    return { reference: compact, message: null };
  const text = message ?? reference ?? (document_number === null ? null : `Faktura ${document_number}`);
  return { reference: null, message: (text ?? `Dokument ${document_id}`).slice(0, 140) };
}

/** The execution date: the due date, moved past days on which banks are closed; never before today. */
export function executionDateOf(dueDate: LocalDate, today: LocalDate): LocalDate {
  return workingDayFrom(dueDate > today ? dueDate : today);
}
