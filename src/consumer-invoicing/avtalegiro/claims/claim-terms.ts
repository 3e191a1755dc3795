import sql from 'sql-template-tag';
import { isKid } from '../../../kernel/kid.ts';
import { addMonths, dateInNorway, type LocalDate } from '../../../kernel/local-date.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { isBeforeDeadline, lastDayToSend } from '../files/claim-deadline.ts';
import type { ClaimReason } from './claim-reasons.ts';

/** The terms that a claim of a document would have. */
export interface ClaimTerms {
  documentId: number;
  accountNumber: string;
  kid: string;
  /** Øre: the open amount of the document. */
  amount: number;
  dueDate: LocalDate;
  payerName: string;
  /** Shown to the payer. */
  reference: string;
  /** The payer wants a notice of each claim. */
  wantsNotice: boolean;
  /** How notices are sent under the agreement if there is no eFaktura. */
  notices: { byPrint: boolean; byEmail: boolean };
}

/** Documents that are claims and may be claimed by AvtaleGiro (code 3021 of the operator: invoices only). */
const CLAIMS = new Set(['ARINV', 'ARCIN', 'ARDEB']);

interface Facts {
  id: number;
  document_type: string;
  document_status: string;
  document_number: string | null;
  currency_code: string;
  due_date: LocalDate | null;
  kid: string | null;
  payer_name: string | null;
  remaining: number | null;
  account_number: string | null;
  kid_length: number;
  notif_print: boolean;
  notif_email: boolean;
  notification: boolean | null;
}

/**
 * Whether a document can be claimed by AvtaleGiro: it needs an active mandate of its payer, for the account that it is paid
 * to. The mandate is identified by the reference (and payment type) within the KID; the rest of the KID differs between
 * invoices.
 */
export async function claimTerms(
  tx: Transaction,
  clientAccountId: number,
  documentId: number,
  now: Date,
): Promise<ClaimTerms | { not: ClaimReason }> {
  return (await claimTermsOf(tx, clientAccountId, [documentId], now)).get(documentId) ?? { not: 'not_a_claim' };
}

/** The same for many documents. */
export async function claimTermsOf(
  tx: Transaction,
  clientAccountId: number,
  documentIds: readonly number[],
  now: Date,
): Promise<Map<number, ClaimTerms | { not: ClaimReason }>> {
  const rows = await tx.rows<Facts>(sql`
    select d.id, d.document_type, d.document_status, d.document_number, d.currency_code, d.due_date, d.payment_reference as kid,
      coalesce(payer.name, p.name) as payer_name,
      (select l.debit - l.credit - coalesce((select sum(s.amount) from item_settlements s
          where s.client_account_id = ${clientAccountId} and s.entry_id = l.entry_id and s.line_no = l.line_no and s.is_active), 0)
        from journal_entry_lines l where l.client_account_id = ${clientAccountId} and l.entry_id = d.journal_entry_id
          and l.line_no = d.line_no)::bigint as remaining,
      a.account_number, a.kid_length, a.notif_print, a.notif_email, m.notification
    from documents d
    left join invoice_settings s on s.client_account_id = d.client_account_id
    left join bank_accounts b on b.client_account_id = d.client_account_id and b.id = coalesce(d.bank_account_id, s.bank_account_id)
    left join avtalegiro_agreements a on a.client_account_id = d.client_account_id
      and a.account_number = coalesce(b.bban, case when b.iban ~ '^NO[0-9]{13}$' then substring(b.iban from 5) end)
    left join business_partners p on p.client_account_id = d.client_account_id and p.id = d.business_partner_id
    left join business_partners payer on payer.client_account_id = d.client_account_id and payer.id = d.payor_id
    left join lateral (
      select bool_or(m.notification) as notification from avtalegiro_mandates m
      where m.client_account_id = d.client_account_id and m.account_number = a.account_number and m.is_active
        and length(d.payment_reference) = a.kid_length
        and m.payer = substring(d.payment_reference from a.reference_from for a.reference_to - a.reference_from + 1)
          || coalesce('/' || substring(d.payment_reference from a.payment_type_from
            for a.payment_type_to - a.payment_type_from + 1), '')
    ) m on true
    where d.client_account_id = ${clientAccountId} and d.id = any (${numberArray(documentIds)}::bigint[])`);
  return new Map(rows.map((facts) => [facts.id, termsOf(facts, now)]));
}

function termsOf(facts: Facts, now: Date): ClaimTerms | { not: ClaimReason } {
  if (!CLAIMS.has(facts.document_type)) return { not: 'not_a_claim' };
  if (facts.document_status !== 'POSTED') return { not: 'not_posted' };
  if (facts.currency_code !== 'NOK') return { not: 'not_kroner' };
  if (facts.account_number === null) return { not: 'no_agreement' };
  const { kid, due_date: dueDate } = facts;
  if (kid === null || kid.length !== facts.kid_length || !isKid(kid)) return { not: 'no_kid' };
  if (facts.notification === null) return { not: 'no_mandate' };
  if (dueDate === null) return { not: 'no_due_date' };
  if (facts.remaining === null || facts.remaining <= 0) return { not: 'nothing_left' };
  if (dueDate > addMonths(dateInNorway(now), 12)) return { not: 'too_early' };
  if (!isBeforeDeadline(lastDayToSend(dueDate, 'payee'), now)) return { not: 'too_late' };
  return {
    documentId: facts.id,
    accountNumber: facts.account_number,
    kid,
    amount: facts.remaining,
    dueDate,
    payerName: inLatin1(facts.payer_name ?? ''),
    reference: inLatin1(`Faktura ${facts.document_number ?? facts.id}`).slice(0, 25),
    wantsNotice: facts.notification,
    notices: { byPrint: facts.notif_print, byEmail: facts.notif_email },
  };
}

/** In the file's character set: letters of other alphabets without diacritics, else a question mark. */
export function inLatin1(text: string): string {
  const plain = /^[\u0020-\u007e\u00a0-\u00ff]*$/;
  if (plain.test(text)) return text;
  return Array.from(text, (char) => {
    if (plain.test(char)) return char;
    const base = char.normalize('NFKD').replace(/\p{M}/gu, '');
    return plain.test(base) ? base : '?';
  }).join('');
}
