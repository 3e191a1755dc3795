import { endOfMonth, localDate, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount } from '../../kernel/money.ts';
import { periodIndex, type Selection } from '../accounting-day.ts';
import {
  analysisKey,
  type AuditBook,
  type BookAccount,
  type BookParty,
  closingOf,
  openingOf,
  type PartyBalance,
} from '../audit-file/audit-book.ts';
import type {
  Account,
  AnalysisRecord,
  AnalysisReference,
  Balances,
  BankAccount,
  Company,
  Header,
  Owner,
  Party,
  Selection as SelectionRecord,
  TaxCodeRecord,
} from '../audit-file/audit-records.ts';
import type { FaultList } from './fault.ts';
import { makeAnalysis } from '../books/made-masters.ts';
import { plainRegistrationNumber } from '../registration-number.ts';
import { creditBalancesTurned, withCreditTurned } from '../signs.ts';

/** 1.10 is the name that some systems give 1.20, after the file name of its schema. */
const VERSIONS = new Set(['1.00', '1.0', '1.10', '1.1', '1.20', '1.2', '1.30', '1.3', '1.40', '1.4']);

const STANDARD_TAX_CODE = /^(?:\d{1,2}|N|A|NA)$/;

/** From 1.30 on selection, grouping and standard VAT code are mandatory. */
export function isOldVersion(header: Header | null): boolean {
  return header?.version !== undefined && /^1\.[012]0?$/.test(header.version);
}

export function checkHeader(header: Header, book: AuditBook, faults: FaultList): void {
  if (book.header) return checkSameExport(header, book, faults);
  book.header = header;
  if (header.version !== undefined && !VERSIONS.has(header.version)) {
    faults.add('version-unknown', {
      line: header.at,
      element: 'Header/AuditFileVersion',
      found: header.version,
      expected: '1.20, 1.30, 1.40',
    });
  }
  if (header.country !== undefined && header.country.toUpperCase() !== 'NO') {
    faults.add('country-unknown', {
      line: header.at,
      element: 'Header/AuditFileCountry',
      found: header.country,
      expected: 'NO',
    });
  }
  if (header.currency !== undefined && !/^[A-Z]{3}$/.test(header.currency)) {
    faults.add('value-unexpected', {
      line: header.at,
      element: 'Header/DefaultCurrencyCode',
      found: header.currency,
      expected: 'NOK',
    });
  }
  checkRegistrationNumber(header.company, 'Header/Company', faults);
  checkSelection(header, book, faults);
}

function checkRegistrationNumber(company: Company | undefined, element: string, faults: FaultList): void {
  const written = company?.registrationNumber;
  if (written === undefined) return;
  const plain = plainRegistrationNumber(written);
  if (plain === written.replace(/\s/g, '')) return;
  faults.add('registration-number', {
    line: company!.at,
    element: `${element}/RegistrationNumber`,
    found: written,
    expected: plain,
  });
}

/** Every part of a set contains the header of the whole set. */
function checkSameExport(header: Header, book: AuditBook, faults: FaultList): void {
  const facts = (of: Header) =>
    [of.version, of.company?.registrationNumber, of.currency, JSON.stringify({ ...of.selection, at: 0 })].join(' ');
  const [found, expected] = [facts(header), facts(book.header!)];
  if (found !== expected) faults.add('set-differs', { line: header.at, element: 'Header', found, expected });
}

function checkSelection(header: Header, book: AuditBook, faults: FaultList): void {
  const record = header.selection;
  const element = 'Header/SelectionCriteria';
  if (!record) {
    faults.add(isOldVersion(header) ? 'element-expected' : 'element-missing', {
      line: header.at,
      element,
      expected: 'SelectionCriteria',
    });
    return;
  }
  book.selection = selectionOf(record);
  if (!book.selection || book.selection.start > book.selection.end) {
    const found = JSON.stringify({ ...record, at: undefined });
    faults.add('selection-invalid', {
      line: record.at,
      element,
      found,
      expected: 'SelectionStartDate and SelectionEndDate, or PeriodStart, PeriodStartYear, PeriodEnd, PeriodEndYear',
    });
    book.selection = null;
  }
}

/** Dates take precedence over periods. A period above 12 is a closing period of the year's last month. */
function selectionOf(record: SelectionRecord): Selection | null {
  if (record.startDate && record.endDate) return { start: record.startDate, end: record.endDate, periods: null };
  const { periodStart, periodStartYear, periodEnd, periodEndYear } = record;
  if (
    periodStart === undefined ||
    periodStartYear === undefined ||
    periodEnd === undefined ||
    periodEndYear === undefined
  )
    return null;
  if (![periodStartYear, periodEndYear].every((year) => year >= 1970 && year <= 2199)) return null;
  return {
    start: firstOf(periodStartYear, periodStart),
    end: endOfMonth(firstOf(periodEndYear, periodEnd)),
    periods: { from: periodIndex(periodStartYear, periodStart), to: periodIndex(periodEndYear, periodEnd) },
  };
}

function firstOf(year: number, period: number): LocalDate {
  return localDate(year, Math.min(Math.max(period, 1), 12), 1);
}

export function checkAccount(record: Account, book: AuditBook, faults: FaultList): void {
  if (record.id === undefined) return;
  checkSides(record, `Account ${record.id}`, record.at, faults);
  const known = book.accounts.get(record.id);
  if (known) {
    if (known.part === book.part)
      return faults.add('account-duplicate', {
        line: record.at,
        element: 'Account/AccountID',
        found: record.id,
        expected: `once (line ${known.record.at})`,
      });
    if (openingOf(record) !== openingOf(known.record) || closingOf(record) !== closingOf(known.record)) {
      faults.add('set-differs', {
        line: record.at,
        element: `Account ${record.id}`,
        found: formatAmount(closingOf(record)),
        expected: formatAmount(known.closing),
      });
    }
    return;
  }
  checkGrouping(record, book, faults);
  const account: BookAccount = {
    id: record.id,
    record,
    opening: openingOf(record),
    closing: closingOf(record),
    closedBy: 0n,
    debit: 0n,
    credit: 0n,
    lines: 0,
    part: book.part,
  };
  book.accounts.set(record.id, account);
}

function checkSides(record: Balances, element: string, line: number, faults: FaultList): void {
  for (const [name, debit, credit] of [
    ['Opening', record.openingDebit, record.openingCredit],
    ['Closing', record.closingDebit, record.closingCredit],
  ] as const) {
    if (debit == null || credit == null) continue;
    faults.add(debit === 0n || credit === 0n ? 'zero-side' : 'both-sides', {
      line,
      element: `${element}/${name}`,
      found: `${formatAmount(debit)}, ${formatAmount(credit)}`,
      expected: 'one of them',
    });
  }
  // The meaning of a negative credit can be determined when all balances are known.
  for (const key of ['openingDebit', 'closingDebit'] as const) {
    const amount = record[key];
    if (amount != null && amount < 0n)
      faults.add('amount-negative', {
        line,
        element: `${element}/${key}`,
        found: formatAmount(amount),
        expected: 'the other side',
      });
  }
}

function checkGrouping(record: Account, book: AuditBook, faults: FaultList): void {
  if (record.groupingCode !== undefined && record.groupingCategory !== undefined) return;
  if (isOldVersion(book.header) && record.standardId !== undefined) return;
  faults.add('grouping-missing', {
    line: record.at,
    element: `Account ${record.id}`,
    expected: 'GroupingCategory, GroupingCode',
  });
}

export function checkParty(record: Party, book: AuditBook, faults: FaultList): void {
  if (record.id === undefined) return;
  const parties = record.kind === 'customer' ? book.customers : book.suppliers;
  const known = parties.get(record.id);
  if (known) {
    if (known.part !== book.part) return;
    const code = record.kind === 'customer' ? 'customer-duplicate' : 'supplier-duplicate';
    return faults.add(code, {
      line: record.at,
      element: elementOf(record),
      found: record.id,
      expected: `once (line ${known.record.at})`,
    });
  }
  const party: BookParty = { id: record.id, record, balances: [], movements: new Map(), part: book.part };
  parties.set(record.id, party);
  for (const balance of balancesOf(record)) addPartyBalance(party, balance, book, faults);
  checkRegistrationNumber(record, elementOf(record), faults);
  checkBankAccounts(record.bankAccounts ?? [], elementOf(record), book, faults);
  noteAnalysis(record.info?.analysis ?? [], `${elementOf(record)}/PartyInfo`, book);
}

function elementOf(record: Party): string {
  return record.kind === 'customer' ? `Customer ${record.id}` : `Supplier ${record.id}`;
}

/** 1.20 has one control account on the party itself; later versions have one BalanceAccount for each. */
function balancesOf(record: Party): (Balances & { accountId?: string; at: number })[] {
  const own = record.accountId !== undefined || openingOf(record) !== 0n || closingOf(record) !== 0n ? [record] : [];
  return [...own, ...(record.balanceAccounts ?? [])];
}

function addPartyBalance(
  party: BookParty,
  record: Balances & { accountId?: string; at: number },
  book: AuditBook,
  faults: FaultList,
): void {
  const element = `${elementOf(party.record)}/BalanceAccount`;
  checkSides(record, element, record.at, faults);
  if (record.accountId === undefined) return;
  const account = book.accounts.get(record.accountId);
  if (!account) {
    // Balances that are all zero give no indication.
    const isEmpty = openingOf(record) === 0n && closingOf(record) === 0n;
    return faults.add(isEmpty ? 'loose-account' : 'account-unknown', {
      line: record.at,
      element,
      found: record.accountId,
      expected: 'an AccountID of GeneralLedgerAccounts',
    });
  }
  if (party.balances.some((balance) => balance.account === account)) {
    return faults.add('account-duplicate', {
      line: record.at,
      element,
      found: record.accountId,
      expected: 'once for each party',
    });
  }
  const closing = record.closingDebit == null && record.closingCredit == null ? null : closingOf(record);
  const balance: PartyBalance = { account, opening: openingOf(record), closing, at: record.at, written: record };
  party.balances.push(balance);
}

export function checkBankAccounts(
  banks: readonly BankAccount[],
  element: string,
  book: AuditBook,
  faults: FaultList,
): void {
  for (const bank of banks) {
    if (bank.accountId === undefined || book.accounts.has(bank.accountId)) continue;
    faults.add('loose-account', {
      line: bank.at,
      element: `${element}/BankAccount/GeneralLedgerAccountID`,
      found: bank.accountId,
      expected: 'an AccountID of GeneralLedgerAccounts',
    });
  }
}

/** Analysis values come after the parties that refer to them: checked when all masters are read. */
function noteAnalysis(references: readonly AnalysisReference[], element: string, book: AuditBook): void {
  for (const reference of references) book.partyAnalyses.push({ reference, element });
}

export function checkTaxCode(record: TaxCodeRecord, book: AuditBook, faults: FaultList): void {
  if (record.code === undefined) return;
  const element = `TaxCodeDetails ${record.code}`;
  if (record.standardCode === undefined || !STANDARD_TAX_CODE.test(record.standardCode)) {
    faults.add('standard-tax-code', {
      line: record.at,
      element: `${element}/StandardTaxCode`,
      found: record.standardCode ?? null,
      expected: 'one of the 30 standard codes, or NA',
    });
  }
  for (const rate of record.baseRates ?? []) {
    if (Number(rate) < 0 || Number(rate) > 100)
      faults.add('value-unexpected', {
        line: record.at,
        element: `${element}/BaseRate`,
        found: rate,
        expected: '0 to 100',
      });
  }
  const known = book.taxCodes.get(record.code);
  if (!known) {
    book.taxCodes.set(record.code, { code: record.code, records: [record], part: book.part });
    return;
  }
  if (known.part !== book.part) return;
  if (known.records.some((other) => overlap(other, record))) {
    return faults.add('tax-code-duplicate', {
      line: record.at,
      element,
      found: record.code,
      expected: `once for each time (line ${known.records[0]!.at})`,
    });
  }
  known.records.push(record);
}

/** A repeated code is valid if rate or deduction differ in time, or if it lists its next deduction share. */
function overlap(a: TaxCodeRecord, b: TaxCodeRecord): boolean {
  const from = (record: TaxCodeRecord) => record.effective ?? '0000-00-00';
  const to = (record: TaxCodeRecord) => record.expires ?? '9999-12-31';
  if (from(a) > to(b) || from(b) > to(a)) return false;
  // Without an end, a later start ends the earlier record.
  return !(from(a) !== from(b) && (a.expires === undefined || b.expires === undefined));
}

export function checkAnalysis(record: AnalysisRecord, book: AuditBook, faults: FaultList): void {
  if (record.type === undefined || record.id === undefined) return;
  const key = analysisKey(record.type, record.id);
  const known = book.analyses.get(key);
  if (!known) {
    book.analyses.set(key, record);
    return;
  }
  if (JSON.stringify({ ...known, at: 0 }) === JSON.stringify({ ...record, at: 0 }) && book.part > 0) return;
  faults.add('analysis-duplicate', {
    line: record.at,
    element: 'AnalysisTypeTableEntry',
    found: `${record.type} ${record.id}`,
    expected: `once (line ${known.at})`,
  });
}

export function checkOwner(record: Owner, book: AuditBook, faults: FaultList): void {
  if (record.id !== undefined) {
    const known = book.owners.get(record.id);
    if (known && book.part > 0) return;
    if (known)
      return faults.add('owner-duplicate', {
        line: record.at,
        element: 'Owner/OwnerID',
        found: record.id,
        expected: `once (line ${known.at})`,
      });
    book.owners.set(record.id, record);
  }
  book.ownerList.push(record);
  for (const id of record.accountIds ?? []) {
    if (!book.accounts.has(id))
      faults.add('loose-account', {
        line: record.at,
        element: `Owner ${record.id ?? record.name ?? ''}/AccountID`,
        found: id,
        expected: 'an AccountID of GeneralLedgerAccounts',
      });
  }
  checkBankAccounts(record.bankAccounts ?? [], 'Owner', book, faults);
}

/** Checks that need all masters. */
export function checkMastersTogether(book: AuditBook, faults: FaultList): void {
  if (book.accounts.size === 0)
    faults.add('element-missing', { element: 'MasterFiles/GeneralLedgerAccounts', expected: 'at least one Account' });
  checkBankAccounts(book.header?.company?.bankAccounts ?? [], 'Header/Company', book, faults);
  for (const { reference, element } of book.partyAnalyses) {
    const known =
      reference.type !== undefined &&
      reference.id !== undefined &&
      book.analyses.has(analysisKey(reference.type, reference.id));
    if (known) continue;
    const place = { line: reference.at, element: `${element}/Analysis` };
    if (reference.type !== undefined && reference.id !== undefined)
      makeAnalysis(reference.type, reference.id, place, book, faults);
    else
      faults.add('loose-analysis', {
        ...place,
        found: `${reference.type} ${reference.id}`,
        expected: 'an entry of AnalysisTypeTable',
      });
  }
  readCreditBalances(book, faults);
  checkOpeningSum(book, faults);
}

/** Credit balances written with a minus sign, of accounts and parties alike. */
function readCreditBalances(book: AuditBook, faults: FaultList): void {
  const accounts = [...book.accounts.values()];
  const turned = creditBalancesTurned(accounts.map(({ record }) => record));
  const read = (of: { opening: bigint; closing: bigint | null }, written: Balances, element: string, line: number) => {
    for (const key of ['openingCredit', 'closingCredit'] as const) {
      const amount = written[key];
      if (amount == null || amount >= 0n) continue;
      faults.add(turned ? 'credit-signed' : 'amount-negative', {
        line,
        element: `${element}/${key}`,
        found: formatAmount(amount),
        expected: `${turned ? 'credit' : 'debit'} ${formatAmount(-amount)}`,
      });
      if (!turned) continue;
      const balances = withCreditTurned(written);
      of.opening = openingOf(balances);
      if (of.closing !== null) of.closing = closingOf(balances);
    }
  };
  for (const account of accounts) read(account, account.record, `Account ${account.id}`, account.record.at);
  for (const party of [...book.customers.values(), ...book.suppliers.values()])
    for (const balance of party.balances)
      read(balance, balance.written, `${elementOf(party.record)}/BalanceAccount`, balance.at);
}

function checkOpeningSum(book: AuditBook, faults: FaultList): void {
  let sum = 0n;
  for (const account of book.accounts.values()) sum += account.opening;
  if (sum !== 0n)
    faults.add('opening-sum', { element: 'GeneralLedgerAccounts', found: formatAmount(sum), expected: '0.00' });
}
