import { createHash } from 'node:crypto';
import { addMonths, endOfMonth, type LocalDate, localDate, startOfMonth, yearOf } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';
import { ibanOfAccountNumber } from '../kernel/bank-account-number.ts';
import { camt053, type CamtEntry, type CamtStatement } from './camt-file.ts';
import type { StoryEntry, StoryLine } from './story/book.ts';
import type { StoryCompany } from './story/company.ts';
import { bankAccountNumber } from './story/identities.ts';

/** A company's account at its bank, by the ledger account of its movements. */
export interface StoryBankAccount {
  code: string;
  name: string;
  type: 'CURRENT' | 'SAVINGS' | 'TAX';
  bban: string;
}

const KINDS = {
  '1920': { name: 'Driftskonto', type: 'CURRENT' },
  '1921': { name: 'Sparekonto', type: 'SAVINGS' },
  '1950': { name: 'Skattetrekkskonto', type: 'TAX' },
} as const;

/** The bank accounts of the story. */
export function bankAccountsOf({ name, entries }: StoryCompany): StoryBankAccount[] {
  const used = new Set(entries.flatMap(({ lines }) => lines.map(({ account }) => account)));
  return Object.entries(KINDS)
    .filter(([code]) => used.has(code))
    .map(([code, kind]) => ({ code, ...kind, bban: bankAccountNumber(`${name} ${code}`) }));
}

/**
 * The files that the bank would have sent for an account: a camt.053 file for each year with a statement for each
 * month, generated from the entries of the story. Entries that were made by mistake and cancelled are not at the bank.
 */
export function bankFiles(
  company: StoryCompany,
  account: StoryBankAccount,
  today: LocalDate,
): { name: string; content: string }[] {
  const moved = company.entries.filter(
    ({ lines, cancelledBecause }) => !cancelledBecause && lines.some(({ account: code }) => code === account.code),
  );
  const opening = moved
    .filter(({ series }) => series === 'IB')
    .flatMap(({ lines }) => lines.filter((line) => line.account === account.code))
    .reduce((total, { amount }) => total + amount, 0n);
  const entries = moved
    .filter(({ series }) => series !== 'IB')
    .flatMap((entry, i) => entriesOf(company, account, entry, i));
  const files: { name: string; content: string }[] = [];
  let balance = opening;
  for (let year = yearOf(company.startsOn); year <= yearOf(today); year++) {
    const statements: CamtStatement[] = [];
    for (
      let from = localDate(year, 1, 1);
      yearOf(from) === year && from <= today;
      from = startOfMonth(addMonths(from, 1))
    ) {
      const statement = monthOf(account, entries, from, today, balance);
      balance = statement.closing;
      statements.push(statement);
    }
    const owner = { iban: ibanOfAccountNumber(account.bban), ownerName: company.name, bic: 'DEMONO22' };
    const messageId = `${account.bban}-${year}`;
    files.push({
      name: `kontoutskrift-${messageId}.xml`,
      content: [...camt053(messageId, owner, statements)].join(''),
    });
  }
  return files;
}

function monthOf(
  account: StoryBankAccount,
  entries: readonly CamtEntry[],
  from: LocalDate,
  today: LocalDate,
  opening: Ore,
): CamtStatement {
  const end = endOfMonth(from);
  const to = end < today ? end : today;
  const held = entries.filter(({ date }) => date >= from && date <= to);
  return {
    id: `${account.bban}-${from.slice(0, 7)}`,
    number: Number(from.slice(5, 7)),
    from,
    to,
    opening,
    closing: held.reduce((total, { amount }) => total + amount, opening),
    entries: held,
  };
}

function entriesOf(company: StoryCompany, account: StoryBankAccount, entry: StoryEntry, place: number): CamtEntry[] {
  const ours = entry.lines.filter((line) => line.account === account.code);
  const theirs = entry.lines.filter((line) => line.account !== account.code);
  return ours.map((line, i) => {
    const other = counterpartyOf(company, theirs, line);
    return {
      date: entry.date,
      amount: line.amount,
      text: entry.memo,
      reference: referenceOf(account, entry, place, i),
      kid: other.kid,
      counterparty: other.name,
      counterpartyAccount: other.account,
      original: line.currency,
    };
  });
}

/** The payer or payee, if the entry has one. */
function counterpartyOf(company: StoryCompany, lines: readonly StoryLine[], ours: StoryLine) {
  const transfer = bankAccountsOf(company).find(({ code }) => lines.some(({ account }) => account === code));
  if (transfer) return { name: company.name, account: transfer.bban, kid: null };
  const keys = new Set([ours, ...lines].flatMap(({ partner }) => partner ?? []));
  const partner = keys.size === 1 ? company.partners.find(({ key }) => keys.has(key)) : undefined;
  const kids = new Set(lines.flatMap(({ kid }) => kid ?? []));
  return {
    name: partner?.name ?? null,
    account: partner?.bank_accounts?.[0]?.account_number ?? null,
    kid: kids.size === 1 ? [...kids][0]! : null,
  };
}

/** A bank's reference: the same every time the story is generated. */
function referenceOf({ bban }: StoryBankAccount, entry: StoryEntry, place: number, line: number): string {
  const what = `${bban} ${entry.date} ${entry.memo} ${entry.document} ${place} ${line}`;
  return createHash('sha256').update(what).digest('hex').slice(0, 16).toUpperCase();
}
