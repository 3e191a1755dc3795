import sql from 'sql-template-tag';
import { formatDecimal, percentage, type TaxCategory } from '../../ehf/index.ts';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { organizationDigits } from '../invoice-parties.ts';
import type { ReceivedInvoice } from './read-received.ts';

/** A suggested line of the document for a received invoice. */
export interface SuggestedLine {
  account_code: string | null;
  description: string;
  amount: string;
  tax_code: string | null;
  dimensions: { type: string; id: number }[];
  reason_nb: string;
  reason_en: string;
}

/**
 * The suggested document for a received invoice, with reasons; without a basis for it the account is null, and a person
 * decides.
 */
export interface Suggestion {
  business_partner_id: number | null;
  document_type: 'APINV' | 'APCRN';
  document_number: string;
  document_date: string;
  due_date: string | null;
  currency_code: string;
  gross_amount: string;
  payment_reference: string | null;
  payee_account: string | null;
  /** False if the supplier has other accounts: the invoice may be a fraud in its name. */
  payee_account_is_known: boolean | null;
  credits_document_id: number | null;
  lines: SuggestedLine[];
}

/** Codes of purchases with full deduction by the rate in percent. */
const PURCHASE_CODES: Record<string, string> = { '25': '1', '15': '11', '11.11': '12', '12': '13' };
/** Limit of a supplier's lines that are examined, the latest first. */
const HISTORY = 200;
/** Difference between stated and computed VAT that is booked as rounding, in øre. */
const ROUNDING_ACCOUNT = '7740';

interface Habit {
  account_code: string;
  tax_code: string | null;
  dimensions: { type: string; id: number }[];
  times: number;
  of: number;
}

/** The supplier by organisation number, else by an exact match of its name. */
export async function findSupplier(
  tx: Transaction,
  clientAccountId: number,
  { seller }: ReceivedInvoice,
): Promise<number | null> {
  const number = seller.legalId?.value ?? null;
  const digits = organizationDigits(number) ?? number;
  const found = await tx.maybe<{ id: number }>(sql`
    select id from business_partners
    where client_account_id = ${clientAccountId} and is_active
      and (regexp_replace(organization_number, '[^0-9A-Za-z]', '', 'g') in (${digits}, ${digits} || 'MVA')
        or (organization_number is null and lower(name) = lower(${seller.legalName})))
    order by (organization_number is not null) desc, id limit 1`);
  return found?.id ?? null;
}

/** The document of a valid invoice: VAT by rate as stated, accounts and dimensions as in the supplier's earlier bills. */
export async function suggestDocument(
  tx: Transaction,
  clientAccountId: number,
  invoice: ReceivedInvoice,
  deducts: boolean,
): Promise<Suggestion> {
  const partner = await findSupplier(tx, clientAccountId, invoice);
  const habits = partner === null ? [] : await habitsOf(tx, clientAccountId, partner);
  const [means] = invoice.paymentMeans;
  const account = means?.account ?? null;
  return {
    business_partner_id: partner,
    document_type: invoice.kind === 'Invoice' ? 'APINV' : 'APCRN',
    document_number: invoice.number!,
    document_date: invoice.issueDate!,
    due_date: invoice.dueDate,
    currency_code: invoice.currency!,
    gross_amount: formatAmount(owed(invoice)),
    payment_reference: means?.reference?.slice(0, 35) ?? null,
    payee_account: account,
    payee_account_is_known:
      partner === null || account === null ? null : await isKnownAccount(tx, clientAccountId, partner, account),
    credits_document_id: await creditedBill(tx, clientAccountId, partner, invoice),
    lines: linesOf(invoice, habits, deducts),
  };
}

/** The total with VAT and rounding; a prepaid amount is settled elsewhere. */
function owed({ totals }: ReceivedInvoice): Ore {
  return (totals.taxInclusive ?? 0n) + (totals.rounding ?? 0n);
}

function linesOf(invoice: ReceivedInvoice, habits: readonly Habit[], deducts: boolean): SuggestedLine[] {
  const signed = (isCharge: boolean, amount: Ore | null) => (isCharge ? (amount ?? 0n) : -(amount ?? 0n));
  const parts = [
    ...invoice.lines.map(({ name, amount, tax }) => ({ text: name ?? '', amount: amount ?? 0n, tax })),
    ...invoice.allowances.map(({ isCharge, reason, amount, tax }) => ({
      text: reason ?? (isCharge ? 'Tillegg' : 'Rabatt'),
      amount: signed(isCharge, amount),
      tax,
    })),
  ].filter(({ amount }) => amount !== 0n);
  const lines = deducts ? parts.map((part) => netLine(part, habits)) : grossLines(invoice, habits);
  const computed = deducts ? computedGross(parts) : sum(lines.map(({ amount }) => oreOf(amount)));
  const difference = owed(invoice) - computed;
  if (difference !== 0n)
    lines.push({
      account_code: ROUNDING_ACCOUNT,
      description: 'Avrunding',
      amount: formatAmount(difference),
      tax_code: null,
      dimensions: [],
      reason_nb: 'Forskjellen mellom det fakturaen sier og det linjene gir',
      reason_en: 'The difference between what the invoice says and what its lines give',
    });
  return lines;
}

const sum = (amounts: readonly Ore[]) => amounts.reduce((total, amount) => total + amount, 0n);
const oreOf = (text: string): Ore => BigInt(text.replace('.', ''));

function netLine(part: { text: string; amount: Ore; tax: TaxCategory }, habits: readonly Habit[]): SuggestedLine {
  const code = purchaseCode(part.tax);
  const habit = habits.find(({ tax_code }) => tax_code === code) ?? (code === null ? habits[0] : undefined);
  const chosen = habit && (code === null || habit.tax_code === code) ? habit : undefined;
  return {
    ...accountOf(chosen ?? habits[0]),
    description: part.text.slice(0, 500),
    amount: formatAmount(part.amount),
    tax_code: code,
  };
}

/** Without deduction of VAT, the payable amount is booked, by rate. */
function grossLines(invoice: ReceivedInvoice, habits: readonly Habit[]): SuggestedLine[] {
  return invoice.taxSubtotals
    .map(({ taxable, tax }) => (taxable ?? 0n) + (tax ?? 0n))
    .filter((amount) => amount !== 0n)
    .map((amount) => ({
      ...accountOf(habits[0]),
      description: invoice.lines[0]?.name?.slice(0, 500) ?? '',
      amount: formatAmount(amount),
      tax_code: null,
    }));
}

function purchaseCode({ code, percent }: TaxCategory): string | null {
  return code === 'S' && percent !== null ? (PURCHASE_CODES[formatDecimal(percent)] ?? null) : null;
}

/** The total of the document with VAT by our codes, each rate rounded once. */
function computedGross(parts: readonly { amount: Ore; tax: TaxCategory }[]): Ore {
  const vat = new Map<string, { base: Ore; percent: NonNullable<TaxCategory['percent']> }>();
  for (const { amount, tax } of parts) {
    if (purchaseCode(tax) === null) continue;
    const key = formatDecimal(tax.percent!);
    vat.set(key, { base: (vat.get(key)?.base ?? 0n) + amount, percent: tax.percent! });
  }
  const taxes = [...vat.values()].map(({ base, percent }) => percentage(base, percent));
  return sum(parts.map(({ amount }) => amount)) + sum(taxes);
}

function accountOf(
  habit: Habit | undefined,
): Pick<SuggestedLine, 'account_code' | 'dimensions' | 'reason_nb' | 'reason_en'> {
  if (!habit)
    return {
      account_code: null,
      dimensions: [],
      reason_nb: 'Ingen tidligere bilag fra leverandøren; velg konto',
      reason_en: 'No earlier bills of the supplier; choose an account',
    };
  const { account_code, dimensions, times, of } = habit;
  return {
    account_code,
    dimensions,
    reason_nb: `${times} av de siste ${of} linjene fra leverandøren er ført på ${account_code}`,
    reason_en: `${times} of the last ${of} lines of the supplier were booked on ${account_code}`,
  };
}

/** How the supplier's bills were booked, the most frequent way first. */
async function habitsOf(tx: Transaction, clientAccountId: number, partner: number): Promise<Habit[]> {
  return tx.rows<Habit>(sql`
    with latest as (
      select l.account_code, l.tax_code, l.dimensions, d.document_date, d.id
      from documents d
      join document_lines l on l.client_account_id = d.client_account_id and l.document_id = d.id
      where d.client_account_id = ${clientAccountId} and d.business_partner_id = ${partner}
        and d.document_type in ('APINV', 'APCRN', 'RECPT') and d.document_status = 'POSTED' and l.account_code <> ${ROUNDING_ACCOUNT}
      order by d.document_date desc, d.id desc, l.line_no limit ${HISTORY})
    select account_code, tax_code, dimensions, count(*)::int as times, (select count(*)::int from latest) as "of"
    from latest group by account_code, tax_code, dimensions
    order by count(*) desc, max(document_date) desc, account_code limit 20`);
}

async function isKnownAccount(
  tx: Transaction,
  clientAccountId: number,
  partner: number,
  account: string,
): Promise<boolean | null> {
  const { known, any } = await tx.one<{ known: boolean; any: boolean }>(sql`
    select coalesce(bool_or(number = regexp_replace(${account}, '[^0-9A-Za-z]', '', 'g')
        or number = right(regexp_replace(${account}, '[^0-9A-Za-z]', '', 'g'), 11)), false) as known, count(*) > 0 as any
    from (
      select regexp_replace(coalesce(a ->> 'iban', a ->> 'account_number'), '[^0-9A-Za-z]', '', 'g') as number
      from business_partners p, jsonb_array_elements(coalesce(p.bank_accounts, '[]')) a
      where p.client_account_id = ${clientAccountId} and p.id = ${partner}
      union all
      select account_number from bank_partner_accounts
      where client_account_id = ${clientAccountId} and business_partner_id = ${partner}) accounts`);
  return any ? known : null;
}

async function creditedBill(
  tx: Transaction,
  clientAccountId: number,
  partner: number | null,
  { kind, precedingInvoices }: ReceivedInvoice,
): Promise<number | null> {
  const number = precedingInvoices[0]?.number;
  if (kind !== 'CreditNote' || partner === null || number == null) return null;
  const found = await tx.maybe<{ id: number }>(sql`
    select id from documents where client_account_id = ${clientAccountId} and business_partner_id = ${partner}
      and document_type = 'APINV' and document_number = ${number} and document_status = 'POSTED' limit 1`);
  return found?.id ?? null;
}
