import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { type BankDetail, type BankEntry, type BankPayment, type BankStatement, fileAccount } from './bank-file.ts';

/** Required values of an entry in every format; the others are null until the format sets them. */
interface EntryCore {
  statement: number;
  position: number;
  bookingDate: LocalDate;
  amount: Ore;
  currency: string;
  line: number;
  path: string;
}

export function newEntry({ line, path, ...core }: EntryCore): BankEntry {
  return { kind: 'entry', ...core, ...besideCore(line, path) };
}

/** What an entry holds beside its core, before anything of it is read. */
export function besideCore(line: number, path: string): Omit<BankEntry, 'kind' | keyof EntryCore> {
  return {
    valueDate: null,
    isReversal: false,
    bankReference: null,
    entryReference: null,
    transactionCode: null,
    text: null,
    batch: null,
    details: [],
    balanceAfter: null,
    ...newPayment(),
    place: { line, path },
  };
}

export function newDetail(line: number, path: string): BankDetail {
  return {
    amount: null,
    currency: null,
    archiveReference: null,
    text: null,
    bankInformation: null,
    transactionCode: null,
    purpose: null,
    ultimateCounterpartyName: null,
    ...newPayment(),
    place: { line, path },
  };
}

export function newPayment(): BankPayment {
  return {
    messageId: null,
    paymentId: null,
    instructionId: null,
    endToEndId: null,
    structuredReference: null,
    structuredReferences: [],
    invoiceNumbers: [],
    counterparty: { name: null, account: null, bic: null },
    original: null,
    fees: [],
    return: null,
  };
}

export function newStatement(
  index: number,
  role: BankStatement['role'],
  account: string | null,
  currency: string | null,
  line: number,
  path: string,
): BankStatement {
  return {
    index,
    role,
    account: { ...fileAccount(account), currency, ownerName: null, ownerId: null, bic: null },
    currency,
    id: null,
    number: null,
    page: null,
    createdAt: null,
    from: null,
    to: null,
    opening: null,
    closing: null,
    place: { line, path },
  };
}
