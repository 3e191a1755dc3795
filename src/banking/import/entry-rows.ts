import { formatAmount } from '../../kernel/money.ts';
import type { BankDetail, BankEntry, BankParty, BankPayment, BankStatement } from '../formats/bank-file.ts';
import { returnText } from '../formats/return-reason.ts';
import type { HouseAccount } from './house-accounts.ts';

/** A detail as it is stored. Amount in hundredths, as text because held notifications store it as JSON. */
export interface DetailRow {
  archive_reference: string | null;
  structured_reference: string | null;
  bank_information: string | null;
  amount: string | null;
  currency_code: string | null;
  description: string | null;
  booking_date: string | null;
  value_date: string | null;
  invoice_number: string | null;
  sender_name: string | null;
  sender_account: string | null;
  receiver_name: string | null;
  receiver_account: string | null;
  end_to_end_id: string | null;
  account_name: string | null;
  account_number: string | null;
  account_currency_code: string | null;
  is_credit: boolean;
  is_derived: boolean;
}

/** Our side of the details, the same for a whole statement. */
export interface OwnSide {
  name: string | null;
  number: string | null;
  currency: string;
}

export function ownSideOf(statement: BankStatement, account: HouseAccount): OwnSide {
  return {
    name: statement.account.ownerName,
    number: account.bban ?? account.iban,
    currency: account.currency_code,
  };
}

/** The payments of an entry; if the bank gives none, the entry itself as its single payment. */
export function detailRows(entry: BankEntry, own: OwnSide): DetailRow[] {
  if (entry.details.length === 0) return [derivedDetail(entry, own)];
  return entry.details.map((detail) => ({
    ...shared(entry, own, detail, detail.amount ?? (entry.details.length === 1 ? entry.amount : null), detail),
    archive_reference: detail.archiveReference ?? entry.bankReference,
    bank_information: joined([
      returnText(detail.return),
      detail.bankInformation,
      detail.transactionCode ?? entry.transactionCode,
    ]),
    // The memo of a single payment already contains the return reason.
    description: joined(
      entry.details.length === 1 ? [detail.text ?? entry.text] : [detail.text, returnText(detail.return)],
    ),
    is_derived: false,
  }));
}

function derivedDetail(entry: BankEntry, own: OwnSide): DetailRow {
  return {
    ...shared(entry, own, entry, entry.amount, null),
    archive_reference: entry.bankReference,
    bank_information: joined([returnText(entry.return), entry.transactionCode]),
    description: entry.text,
    is_derived: true,
  };
}

function shared(
  entry: BankEntry,
  own: OwnSide,
  payment: BankPayment,
  amount: bigint | null,
  detail: BankDetail | null,
): Omit<DetailRow, 'archive_reference' | 'bank_information' | 'description' | 'is_derived'> {
  const isCredit = (amount ?? entry.amount) >= 0n;
  const theirs = withUltimate(payment.counterparty, detail?.ultimateCounterpartyName ?? null);
  const ours = { name: own.name, account: own.number };
  const [sender, receiver] = isCredit ? [theirs, ours] : [ours, theirs];
  return {
    structured_reference: payment.structuredReference,
    amount: amount === null ? null : amount.toString(),
    currency_code: detail?.currency ?? entry.currency,
    booking_date: entry.bookingDate,
    value_date: entry.valueDate,
    invoice_number: payment.invoiceNumbers[0] ?? null,
    sender_name: sender.name,
    sender_account: sender.account,
    receiver_name: receiver.name,
    receiver_account: receiver.account,
    end_to_end_id: payment.endToEndId,
    account_name: own.name,
    account_number: own.number,
    account_currency_code: own.currency,
    is_credit: isCredit,
  };
}

function withUltimate({ name, account }: BankParty, ultimate: string | null) {
  return { name: name ?? ultimate, account };
}

function joined(parts: (string | null)[]): string | null {
  const given = parts.filter((part) => part !== null);
  return given.length === 0 ? null : given.join(' ');
}

/** Data of the bank's entry without a column of their own, with the line of the file. */
export function rawOf(entry: BankEntry): string {
  const raw: Record<string, unknown> = { line: entry.place.line };
  if (entry.entryReference !== null && entry.bankReference !== null) raw['entry_reference'] = entry.entryReference;
  if (entry.batch)
    raw['batch'] = { count: entry.batch.count, total: entry.batch.total && formatAmount(entry.batch.total) };
  if (entry.original?.unit) raw['rate_unit'] = entry.original.unit;
  if (entry.return?.text) raw['return_text'] = entry.return.text;
  const fees = [...entry.fees, ...entry.details.flatMap((detail) => detail.fees)];
  if (fees.length > 0)
    raw['fees'] = fees.map(({ amount, currency, included }) => ({ amount: formatAmount(amount), currency, included }));
  const purposes = entry.details.map((detail) => detail.purpose).filter((purpose) => purpose !== null);
  if (purposes.length > 0) raw['purposes'] = purposes;
  const references = [entry, ...entry.details].flatMap((payment) => payment.structuredReferences.slice(1));
  if (references.length > 0) raw['more_references'] = references;
  const invoices = [entry, ...entry.details].flatMap((payment) => payment.invoiceNumbers.slice(1));
  if (invoices.length > 0) raw['more_invoice_numbers'] = invoices;
  return JSON.stringify(raw);
}
