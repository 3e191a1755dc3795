import sql from 'sql-template-tag';
import { mastersChanged, numberArray, textArray } from '../../ledger/index.ts';
import type { AuditBook, BookAccount } from '../audit-file/audit-book.ts';
import type { FaultList } from '../checks/fault.ts';
import { type NationalAccount, NationalChart, placeAccount } from './place-account.ts';
import type { Ledger } from './ledger-head.ts';

/** The account for a difference in the opening balances. Always reported as a warning. */
export const OPENING_DIFFERENCE = {
  code: 'IB-DIFF',
  nb: 'Differanse i inngående saldo (SAF-T-import)',
  en: 'Difference in opening balances (SAF-T import)',
};

interface OwnAccountRow {
  code: string;
  id: number;
  isOwn: boolean;
  nameNb: string | null;
  nameEn: string | null;
  type: string | null;
  side: string | null;
  category: string | null;
  groupingCode: string | null;
  group: string | null;
  statementLine: string | null;
  flags: string[] | null;
  origin: object;
}

/** The accounts that the import posts to. */
export interface ImportedAccounts {
  /** Accounts that hold VAT. */
  vat: ReadonlySet<BookAccount>;
  /** Codes of result accounts: they begin each financial year at zero. */
  result: ReadonlySet<string>;
  created: number;
  /** Number of rows written, own accounts and settings of national ones. */
  used: number;
}

/**
 * Adds every account of the file to the client account. An account of the national chart keeps its place there, with
 * the file's name and grouping where they differ; any other becomes an own account beside the most similar one.
 * Existing accounts of the client account are unchanged.
 */
export async function importAccounts(ledger: Ledger, book: AuditBook, faults: FaultList): Promise<ImportedAccounts> {
  const chart = await loadChart(ledger);
  const present = await presentAccounts(ledger);
  const roles = controlAccounts(book);
  const rows: OwnAccountRow[] = [];
  const vat = new Set<BookAccount>();
  const result = new Set<string>();
  for (const account of book.accounts.values()) {
    const placement = placeAccount(account.record, chart);
    const { groupingCode, groupingCategory } = account.record;
    if (placement.by !== 'grouping' && groupingCode !== undefined && groupingCode !== 'NA') {
      faults.add('grouping-unknown', {
        line: account.record.at,
        element: `Account ${account.id}`,
        found: `${groupingCategory ?? ''} ${groupingCode}`,
        expected: `placed like ${placement.like.account_code} ${placement.like.name_nb}`,
      });
    }
    if (placement.code === '2740' && /moms|mva|merverdi|vat\b|avgift|tax/i.test(account.record.description ?? 'mva'))
      vat.add(account);
    else if (chart.byCode.get(account.id)?.flags.some((flag) => flag.startsWith('vat:'))) vat.add(account);
    const known = present.get(account.id);
    const type = known?.account_type ?? placement.like.account_type;
    if (type === 'revenue' || type === 'expense' || type === 'appropriation') result.add(account.id);
    if (known) continue;
    rows.push(accountRow(account, placement, chart.byCode.get(account.id), roles));
  }
  await insertAccounts(ledger, rows);
  if (rows.length > 0) await mastersChanged(ledger.tx, ledger.clientAccountId);
  return { vat, result, created: rows.filter((row) => row.isOwn).length, used: rows.length };
}

async function loadChart(ledger: Ledger): Promise<NationalChart> {
  return new NationalChart(
    await ledger.tx.rows<NationalAccount>(sql`
      select account_code, id, name_nb, account_type, normal_side, saft_category, saft_code, standard_account_2, group_code,
        statement_line, flags
      from gl_accounts order by account_code`),
  );
}

async function presentAccounts(ledger: Ledger): Promise<Map<string, { account_type: string }>> {
  const rows = await ledger.tx.rows<{ account_code: string; account_type: string }>(sql`
    select c.account_code, coalesce(c.account_type, g.account_type) as account_type
    from client_gl_accounts c left join gl_accounts g on g.account_code = c.account_code
    where c.client_account_id = ${ledger.clientAccountId}`);
  return new Map(rows.map((row) => [row.account_code, row]));
}

/** Accounts that parties and banks of the file refer to: subsidiary ledgers and bank accounts. */
function controlAccounts(book: AuditBook): Map<string, Set<string>> {
  const roles = new Map<string, Set<string>>();
  const note = (account: string, flag: string) => roles.set(account, (roles.get(account) ?? new Set()).add(flag));
  for (const party of book.customers.values()) for (const { account } of party.balances) note(account.id, 'customer');
  for (const party of book.suppliers.values()) for (const { account } of party.balances) note(account.id, 'supplier');
  for (const bank of book.header?.company?.bankAccounts ?? []) if (bank.accountId) note(bank.accountId, 'bank');
  return roles;
}

function accountRow(
  account: BookAccount,
  placement: ReturnType<typeof placeAccount>,
  national: NationalAccount | undefined,
  roles: Map<string, Set<string>>,
): OwnAccountRow {
  const { record } = account;
  const name = record.description ?? national?.name_nb ?? `Konto ${account.id}`;
  const { like, category, code } = placement;
  const origin = {
    description: record.description,
    standard_account_id: record.standardId,
    grouping_category: record.groupingCategory,
    grouping_code: record.groupingCode,
    created: record.created,
  };
  if (!national) {
    return {
      code: account.id,
      id: 0,
      isOwn: true,
      nameNb: name,
      nameEn: name,
      type: like.account_type,
      side: like.normal_side,
      category,
      groupingCode: code,
      group: like.group_code,
      statementLine: like.statement_line,
      flags: [...(roles.get(account.id) ?? [])],
      origin,
    };
  }
  // If the file uses a number of the national chart for something else, the file's meaning is kept.
  const moved = like.account_type !== national.account_type;
  const regrouped = category !== national.saft_category || code !== national.saft_code;
  return {
    code: account.id,
    id: national.id,
    isOwn: false,
    nameNb: name === national.name_nb ? null : name,
    nameEn: name === national.name_nb ? null : name,
    type: moved ? like.account_type : null,
    side: moved ? like.normal_side : null,
    category: regrouped ? category : null,
    groupingCode: regrouped ? code : null,
    group: moved ? like.group_code : null,
    statementLine: moved ? like.statement_line : null,
    flags: moved ? [...(roles.get(account.id) ?? [])] : null,
    origin,
  };
}

async function insertAccounts(ledger: Ledger, rows: readonly OwnAccountRow[]): Promise<void> {
  if (rows.length === 0) return;
  for (const row of rows) if (row.isOwn) row.id = ledger.takeId();
  await ledger.tx.execute(sql`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own, name_nb, name_en, account_type, normal_side,
      saft_category, saft_code, group_code, statement_line, flags, mandatory_dimensions, origin, created_by_id, updated_by_id)
    select ${ledger.clientAccountId}, code, id, is_own, name_nb, name_en, account_type, normal_side, category, grouping, grp,
      statement_line, flags::text[], case when is_own then '{}'::text[] end, origin::jsonb, ${ledger.userId}, ${ledger.userId}
    from unnest(${textArray(rows.map((row) => row.code))}::text[], ${numberArray(rows.map((row) => row.id))}::bigint[],
      ${textArray(rows.map((row) => String(row.isOwn)))}::boolean[], ${textArray(rows.map((row) => row.nameNb))}::text[],
      ${textArray(rows.map((row) => row.nameEn))}::text[], ${textArray(rows.map((row) => row.type))}::text[],
      ${textArray(rows.map((row) => row.side))}::text[], ${textArray(rows.map((row) => row.category))}::text[],
      ${textArray(rows.map((row) => row.groupingCode))}::text[], ${textArray(rows.map((row) => row.group))}::text[],
      ${textArray(rows.map((row) => row.statementLine))}::text[],
      ${textArray(rows.map((row) => (row.flags ? textArray(row.flags) : null)))}::text[],
      ${textArray(rows.map((row) => JSON.stringify(row.origin)))}::text[])
      as t (code, id, is_own, name_nb, name_en, account_type, normal_side, category, grouping, grp, statement_line, flags, origin)`);
}

/** The account for a difference in the opening balances, created when first needed. */
export async function openingDifferenceAccount(ledger: Ledger): Promise<string> {
  const { code, nb, en } = OPENING_DIFFERENCE;
  await ledger.tx.execute(sql`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own, name_nb, name_en, account_type, normal_side,
      saft_category, saft_code, group_code, flags, mandatory_dimensions, created_by_id, updated_by_id)
    values (${ledger.clientAccountId}, ${code}, ${ledger.takeId()}, true, ${nb}, ${en}, 'equity', 'credit', 'NA', 'NA',
      '2120', '{suspense}', '{}', ${ledger.userId}, ${ledger.userId})
    on conflict (client_account_id, account_code) do nothing`);
  return code;
}
