import sql from 'sql-template-tag';
import { readFiscalCalendar } from '../../ledger/index.ts';
import { type Analyses, readAnalyses, readSetMembers, type SetMembers } from './analyses.ts';
import { balancesStatement, type BalanceRow, cutMonths } from '../xml/balances-statement.ts';
import { voucherNumber } from '../xml/entries-statement.ts';
import type { ExportSubject } from '../export-subject.ts';
import { type ExportJournal, readJournals } from './journals.ts';
import { Parties, placeOfPartner, rowsOf } from './parties.ts';
import { type ExportAccount, readAccounts } from './read-accounts.ts';
import { type ExportCompany, readCompany } from './read-company.ts';
import { readTaxTable, type TaxTable } from './tax-table.ts';
import { readUsage } from './usage.ts';

/** Everything read before the first entry is written: masters, balances, and what lines refer to. */
export interface SafTBooks {
  subject: ExportSubject;
  company: ExportCompany;
  accounts: ExportAccount[];
  accountCodes: ReadonlySet<string>;
  parties: Parties;
  taxTable: TaxTable;
  setMembers: SetMembers;
  analyses: Analyses;
  journals: ExportJournal[];
  entries: number;
  lines: number;
  /** Debit and credit of the selection's lines by account. */
  moved: ReadonlyMap<string, { debit: bigint; credit: bigint }>;
  /** Debit − credit of a partner's lines, by `partner account`. */
  partyMoved: ReadonlyMap<string, bigint>;
  /** VAT codes of base lines with the deduction shares of their entries. */
  usedTaxCodes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Some entries came from a SAF-T file. */
  imported: boolean;
  /** Duplicate voucher numbers. */
  duplicates: string[];
  unknownAccounts: string[];
  unknownPartners: number[];
  unknownAnalyses: string[];
  /** Accounts with a negative amount of currency or VAT. */
  negative: string[];
}

export async function readBooks(subject: ExportSubject): Promise<SafTBooks> {
  const company = await readCompany(subject);
  const accounts = await readAccounts(subject);
  const byCode = new Map(accounts.map((account) => [account.code, account]));
  const imported = await hasImported(subject);
  const given = imported ? await givenAnalyses(subject) : [];

  const moved = new Map<string, { debit: bigint; credit: bigint }>();
  const partyMoved = new Map<string, bigint>();
  const usedTaxCodes = new Map<string, Set<string>>();
  const sets = new Set<number>();
  const partnerLines = new Map<string, { partner: number; account: string; fromSafT: boolean }>();
  const unknownAccounts = new Set<string>();
  const negative = new Set<string>();
  let lines = 0;
  for await (const rows of readUsage(subject, imported)) {
    for (const row of rows) {
      const account = byCode.get(row.account_code);
      if (!account) unknownAccounts.add(row.account_code);
      const [debit, credit] = [BigInt(row.debit), BigInt(row.credit)];
      const sum = moved.get(row.account_code) ?? { debit: 0n, credit: 0n };
      sum.debit += debit;
      sum.credit += credit;
      moved.set(row.account_code, sum);
      lines += row.lines;
      if (row.negative) negative.add(row.account_code);
      if (row.dimension_set_id !== null) sets.add(row.dimension_set_id);
      if (row.tax_code !== null) {
        const shares = usedTaxCodes.get(row.tax_code) ?? new Set();
        if (row.tax_deduction !== null) shares.add(row.tax_deduction);
        usedTaxCodes.set(row.tax_code, shares);
      }
      const partner = row.business_partner_id;
      if (partner === null) continue;
      const key = `${partner} ${row.account_code}`;
      partyMoved.set(key, (partyMoved.get(key) ?? 0n) + debit - credit);
      partnerLines.set(`${key} ${row.from_saf_t}`, { partner, account: row.account_code, fromSafT: row.from_saf_t });
    }
  }

  const partyBalances = await readBalances(subject, byCode);
  const parties = await Parties.read(
    subject,
    new Set([
      ...partyBalances.map(({ partner }) => partner),
      ...[...partnerLines.values()].map(({ partner }) => partner),
    ]),
  );
  const setMembers = await readSetMembers(subject, sets);
  const analyses = await readAnalyses(subject, setMembers, [...given, ...(await partyAnalyses(subject))]);
  const unknownPartners = placePartners(parties, partyBalances, [...partnerLines.values()], byCode, analyses);
  const journals = await readJournals(subject, company);
  return {
    subject,
    company,
    accounts,
    accountCodes: new Set(byCode.keys()),
    parties,
    taxTable: await readTaxTable(subject),
    setMembers,
    analyses,
    journals,
    entries: journals.reduce((sum, journal) => sum + journal.entries, 0),
    lines,
    moved,
    partyMoved,
    usedTaxCodes,
    imported,
    duplicates: imported ? await duplicateNumbers(subject) : [],
    unknownAccounts: [...unknownAccounts],
    unknownPartners,
    unknownAnalyses: [
      ...given.filter(({ type, id }) => !analyses.has(type, id)).map(({ type, id }) => `${type} ${id}`),
      ...[...setMembers.values()]
        .flat()
        .filter((value) => !analyses.of(value))
        .map(String),
    ],
    negative: [...negative],
  };
}

interface PartyBalanceOf {
  partner: number;
  account: ExportAccount;
  opening: bigint;
  closing: bigint;
}

/** Sets the balances of the accounts; returns those of partners on accounts of subsidiary ledgers. */
async function readBalances(
  subject: ExportSubject,
  accounts: ReadonlyMap<string, ExportAccount>,
): Promise<PartyBalanceOf[]> {
  const { tx, clientAccountId, range, knownPostingNo } = subject;
  const ledgers = [...accounts.values()].filter(({ role }) => role !== 0).map(({ code }) => code);
  const values = [
    clientAccountId,
    range.from,
    range.to,
    (await readFiscalCalendar(tx, clientAccountId)).yearAt(range.from).from,
    ledgers,
    cutMonths(range),
    knownPostingNo,
  ];
  const found: PartyBalanceOf[] = [];
  for await (const rows of rowsOf<BalanceRow>(tx, balancesStatement(subject), values)) {
    for (const row of rows) {
      const account = accounts.get(row.account_code);
      if (!account) continue;
      const opening = (account.carries ? BigInt(row.carried) : 0n) + BigInt(row.of_year);
      const closing = opening + BigInt(row.moved);
      account.opening += opening;
      account.closing += closing;
      if (row.business_partner_id !== null) found.push({ partner: row.business_partner_id, account, opening, closing });
    }
  }
  return found;
}

/** Partners with a balance or a line in a subsidiary ledger go to the master files; the others to the analyses. */
function placePartners(
  parties: Parties,
  balances: readonly PartyBalanceOf[],
  lines: readonly { partner: number; account: string; fromSafT: boolean }[],
  accounts: ReadonlyMap<string, ExportAccount>,
  analyses: Analyses,
): number[] {
  const unknown = new Set<number>();
  const asAnalysis = new Set<number>();
  const moved = new Set(lines.map(({ partner, account }) => `${partner} ${account}`));
  for (const { partner, account, opening, closing } of balances) {
    const party = parties.byId.get(partner);
    if (!party) {
      unknown.add(partner);
      continue;
    }
    if (opening === 0n && closing === 0n && !moved.has(`${partner} ${account.code}`)) continue;
    const kind = placeOfPartner(party, account.role, party.isOwner);
    if (kind !== 'customer' && kind !== 'supplier') continue;
    parties.add(party, kind);
    party.balances[kind].push({ account: account.code, opening, closing });
  }
  for (const { partner, account, fromSafT } of lines) {
    const party = parties.byId.get(partner);
    if (!party) {
      unknown.add(partner);
      continue;
    }
    const place = placeOfPartner(party, accounts.get(account)?.role ?? 0, fromSafT);
    if (place === 'analysis') asAnalysis.add(partner);
    else if (place !== 'none') parties.add(party, place);
  }
  parties.nameAll();
  for (const id of [...asAnalysis].sort((a, b) => a - b)) analyses.addPartner(parties.byId.get(id)!);
  for (const party of parties.byId.values())
    for (const kind of ['customer', 'supplier'] as const)
      party.balances[kind].sort((a, b) => (a.account < b.account ? -1 : 1));
  return [...unknown];
}

async function hasImported({ tx, clientAccountId, range }: ExportSubject): Promise<boolean> {
  const { some } = await tx.one<{ some: boolean }>(sql`
    select exists (select from saf_t_imports where client_account_id = ${clientAccountId}) and exists (
      select from journal_entries where client_account_id = ${clientAccountId} and source = 'saf-t'
        and entry_date between ${range.from} and ${range.to}) as some`);
  return some;
}

/** Analyses on lines as files had them, beyond what our dimensions can represent. */
async function givenAnalyses({ tx, clientAccountId, range }: ExportSubject): Promise<{ type: string; id: string }[]> {
  return tx.rows<{ type: string; id: string }>(sql`
    select distinct a ->> 'type' as type, a ->> 'id' as id
    from journal_entry_lines l cross join lateral jsonb_array_elements(l.origin -> 'analysis') a
    where l.client_account_id = ${clientAccountId} and l.entry_date between ${range.from} and ${range.to}
      and l.origin ? 'analysis' and a ->> 'type' is not null and a ->> 'id' is not null`);
}

/** Analyses that files assigned to parties: they are listed if a party in the file refers to them. */
async function partyAnalyses({ tx, clientAccountId }: ExportSubject): Promise<{ type: string; id: string }[]> {
  return tx.rows<{ type: string; id: string }>(sql`
    select distinct a ->> 'type' as type, a ->> 'id' as id
    from business_partners p
    cross join lateral (values (p.origin -> 'customer'), (p.origin -> 'supplier')) as r (record)
    cross join lateral jsonb_array_elements(r.record -> 'info' -> 'analysis') a
    where p.client_account_id = ${clientAccountId} and p.origin is not null
      and jsonb_typeof(r.record -> 'info' -> 'analysis') = 'array' and a ->> 'type' is not null and a ->> 'id' is not null`);
}

async function duplicateNumbers({ tx, clientAccountId, range }: ExportSubject): Promise<string[]> {
  const { rows } = await tx.client.query<{ number: string }>(
    `select ${voucherNumber()} as number from journal_entries
     where client_account_id = $1 and entry_date between $2::date and $3::date group by 1 having count(*) > 1`,
    [clientAccountId, range.from, range.to],
  );
  return rows.map(({ number }) => number);
}
