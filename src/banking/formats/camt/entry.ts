import { formatAmount, type Ore } from '../../../kernel/money.ts';
import type { BankDetail, BankEntry, BankParty, OriginalAmount } from '../bank-file.ts';
import { readUnsigned } from '../read-value.ts';
import { settleBalances } from './balance.ts';
import { group, groups, leaf, leafOrGroup } from './node.ts';
import { type CamtState, type PartialDetail, newPartialEntry, type PartialParty, type Summary } from './state.ts';
import { beginStatement } from './statement.ts';
import { amountDetails, CHARGES, codeOf, TRANSACTION_DETAILS, transactionCode } from './transaction-details.ts';

const NOT_BOOKED = new Set(['PDNG', 'INFO', 'FUTR']);

/** Ntry: one movement. */
export const ENTRY = groups(
  {
    NtryRef: leaf((s, text) => void (s.entry.result.entryReference = text)),
    Amt: leaf((s, text, currency) => {
      s.entry.amount = s.amount(text);
      s.entry.currency = s.currency(currency);
    }),
    CdtDbtInd: leaf((s, text) => void (s.entry.credit = s.mark(text))),
    RvslInd: leaf((s, text) => void (s.entry.result.isReversal = s.flag(text))),
    Sts: leafOrGroup(
      {
        Cd: leaf((s, text) => void (s.entry.status = text)),
        Prtry: leaf((s, text) => void (s.entry.status = text)),
      },
      (s, text) => void (s.entry.status = text),
    ),
    BookgDt: group({
      Dt: leaf((s, text) => void (s.entry.result.bookingDate = s.date(text))),
      DtTm: leaf((s, text) => void (s.entry.result.bookingDate = s.dateTime(text))),
    }),
    ValDt: group({
      Dt: leaf((s, text) => void (s.entry.result.valueDate = s.date(text))),
      DtTm: leaf((s, text) => void (s.entry.result.valueDate = s.dateTime(text))),
    }),
    AcctSvcrRef: leaf((s, text) => void (s.entry.result.bankReference = text)),
    BkTxCd: transactionCode((s) => s.entry),
    AmtDtls: amountDetails(
      (s) => s.entry,
      leaf(() => {}),
    ),
    Chrgs: CHARGES,
    NtryDtls: groups({
      Btch: group(
        {
          MsgId: leaf((s, text) => void (s.entry.result.batch!.messageId = text)),
          PmtInfId: leaf((s, text) => void (s.entry.result.batch!.paymentId = text)),
          NbOfTxs: leaf((s, text) => void (s.entry.result.batch!.count = s.count(text))),
          TtlAmt: leaf((s, text) => void (s.entry.result.batch!.total = s.amount(text))),
        },
        (s) => void (s.entry.result.batch ??= { count: null, total: null, messageId: null, paymentId: null }),
      ),
      TxDtls: TRANSACTION_DETAILS,
    }),
    AddtlNtryInf: leaf((s, text) => void (s.entry.result.text = text)),
  },
  beginEntry,
  endEntry,
);

function beginEntry(s: CamtState): void {
  if (!s.begun) {
    settleBalances(s);
    beginStatement(s);
  }
  s.entry = newPartialEntry();
  s.errorsBefore = s.faults.errorCount;
  s.details = [];
  s.fees = s.entry.result.fees;
  const { result } = s.entry;
  result.position = ++s.entryPosition;
  result.statement = s.statement!.index;
  result.place = { line: s.line(), path: `Ntry[${result.position}]` };
}

function endEntry(s: CamtState): void {
  const { entry } = s;
  const { amount, credit, currency, status } = entry;
  const isReported = s.faults.errorCount > s.errorsBefore;
  if (amount === null && !isReported) s.fault('element-missing', null, 'Ntry/Amt');
  if (credit === null && !isReported) s.fault('element-missing', null, 'Ntry/CdtDbtInd');
  if (status === null) return s.fault('element-missing', null, 'Ntry/Sts');
  if (status !== 'BOOK' && !NOT_BOOKED.has(status))
    return s.fault('status-unknown', status, 'BOOK | PDNG | INFO | FUTR');
  if (amount === null || credit === null || currency === null) return;
  count(s, amount, credit, status === 'BOOK');
  if (status !== 'BOOK') {
    s.proof!.pendingCount++;
    return;
  }
  s.statement!.currency ??= currency;
  if (currency !== s.statement!.currency) s.fault('currency-mismatch', currency, s.statement!.currency);
  const bookingDate = entry.result.bookingDate ?? entry.result.valueDate;
  if (bookingDate === null) return isReported ? undefined : s.fault('element-missing', null, 'Ntry/BookgDt/Dt');
  if (entry.result.bookingDate === null) s.fault('booking-date-missing', null, bookingDate);
  const booked = entry.result as BankEntry;
  booked.bookingDate = bookingDate;
  booked.amount = credit ? amount : -amount;
  booked.currency = currency;
  finish(s, booked);
  s.proof!.add(booked);
  s.records.push(booked);
}

function count(s: CamtState, amount: Ore, credit: boolean, isBooked: boolean): void {
  const side: Summary['of'] = credit ? 'credit' : 'debit';
  for (const totals of isBooked ? [s.seen.every, s.seen.booked] : [s.seen.every]) {
    for (const total of [totals.all, totals[side]]) {
      total.count++;
      total.sum += amount;
    }
  }
}

/** Signs and parties of the payments, and the entry's own fields if it is one payment. */
function finish(s: CamtState, entry: BankEntry): void {
  const draft = s.entry;
  entry.transactionCode = codeOf(draft);
  entry.original = original(draft);
  const details = s.details;
  for (const detail of details) entry.details.push(finishDetail(s, entry, detail, details.length === 1));
  if (entry.batch) checkBatch(s, entry);
  entry.messageId = entry.batch?.messageId ?? null;
  entry.paymentId = entry.batch?.paymentId ?? null;
  if (entry.details.length === 1) liftPayment(entry, entry.details[0]!);
  entry.text ??= textOf(entry.details);
}

function finishDetail(s: CamtState, entry: BankEntry, draft: PartialDetail, alone: boolean): BankDetail {
  const { result } = draft;
  const credit = draft.credit ?? entry.amount >= 0n;
  if (draft.amount !== null) {
    result.amount = credit ? draft.amount : -draft.amount;
    result.currency = draft.currency;
  } else if (draft.transactionAmount !== null) {
    const value = readUnsigned(draft.transactionAmount);
    if (typeof value === 'bigint') result.amount = credit ? value : -value;
    // A foreign currency may have more decimals than ours; the entry's amount decides.
    else if (draft.transactionCurrency === entry.currency || value !== 'amount-decimals')
      s.fault(value, draft.transactionAmount, '1234.50');
    result.currency = draft.transactionCurrency;
  } else if (alone) {
    result.amount = entry.amount;
    result.currency = entry.currency;
  }
  result.transactionCode = codeOf(draft);
  result.original = original(draft);
  result.structuredReference = result.structuredReferences[0] ?? null;
  result.text = draft.texts.length ? draft.texts.join(' ') : null;
  if (draft.remarks.length)
    result.bankInformation = [result.bankInformation, ...draft.remarks].filter(Boolean).join(' ');
  const payer = entry.amount >= 0n !== entry.isReversal;
  const party = counterparty(s, draft, draft.credit === null ? payer : credit !== entry.isReversal);
  result.counterparty = { name: party.name ?? party.ultimate, account: party.account, bic: party.bic };
  result.ultimateCounterpartyName = party.ultimate;
  result.place.path = `${entry.place.path}/TxDtls[${entry.details.length + 1}]`;
  return result;
}

/**
 * The payer of incoming money, the payee of outgoing money; of a reversal the other way round. Never the account's owner.
 */
function counterparty(s: CamtState, draft: PartialDetail, payer: boolean): PartialParty {
  const [expected, other] = payer ? [draft.debtor, draft.creditor] : [draft.creditor, draft.debtor];
  const { iban, bban } = s.statement!.account;
  const ours = (party: PartialParty) => party.account !== null && (party.account === iban || party.account === bban);
  const empty = (party: BankParty & { ultimate: string | null }) => !party.name && !party.account && !party.ultimate;
  return (ours(expected) || (empty(expected) && s.entry.result.isReversal)) && !ours(other) && !empty(other)
    ? other
    : expected;
}

function original(draft: Pick<PartialDetail, 'instructed' | 'exchange'>): OriginalAmount | null {
  return draft.instructed && { ...draft.instructed, rate: draft.exchange.rate, unit: draft.exchange.unit };
}

function liftPayment(entry: BankEntry, only: BankDetail): void {
  entry.messageId = only.messageId ?? entry.messageId;
  entry.paymentId = only.paymentId ?? entry.paymentId;
  entry.instructionId = only.instructionId;
  entry.endToEndId = only.endToEndId;
  entry.structuredReference = only.structuredReference;
  entry.structuredReferences = only.structuredReferences;
  entry.invoiceNumbers = only.invoiceNumbers;
  entry.counterparty = only.counterparty;
  entry.original ??= only.original;
  entry.return = only.return;
  entry.transactionCode ??= only.transactionCode;
}

function textOf(details: readonly BankDetail[]): string | null {
  for (const key of ['text', 'bankInformation'] as const) {
    const texts = details.map((detail) => detail[key]).filter((text) => text !== null);
    if (texts.length) return texts.join(' ').slice(0, 2000);
  }
  return null;
}

/** Missing details are normal; present ones must add up to the batch. */
function checkBatch(s: CamtState, entry: BankEntry): void {
  const { details, batch } = entry;
  if (details.length === 0) return;
  if (batch!.count !== null && batch!.count !== details.length) {
    s.fault('batch-mismatch', `${details.length} payments`, `${batch!.count} payments`);
  }
  if (details.some((detail) => detail.amount === null || detail.currency !== entry.currency)) return;
  const sum = details.reduce((sum, detail) => sum + detail.amount!, 0n);
  if (sum !== entry.amount) s.fault('batch-mismatch', formatAmount(sum), formatAmount(entry.amount));
}
