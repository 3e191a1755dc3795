import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { type FieldProblem, problem } from '../platform/errors.ts';
import { numberArray, textArray } from '../platform/database/arrays.ts';
import { unknownMembers } from './dimension-sets.ts';
import { dimensionKey } from './entries/line-check.ts';

/** References to the books in a line of a record that is not an entry yet. */
export interface LineReferences {
  /** Prefix of the line in fault paths: `lines[0].`, `action.`; empty for the body itself. */
  at: string;
  account_code?: string | null | undefined;
  tax_code?: string | null | undefined;
  business_partner_id?: number | null | undefined;
  dimensions?: readonly { type: string; id: number }[] | undefined;
}

/**
 * Returns a fault for each account, VAT code, business partner and dimension value that does not exist. The posting
 * checks whether they may be posted on.
 */
export async function unknownReferences(
  tx: Transaction,
  clientAccountId: number,
  lines: readonly LineReferences[],
): Promise<FieldProblem[]> {
  const named = <T>(of: (line: LineReferences) => T | null | undefined) => [
    ...new Set(lines.flatMap((line) => of(line) ?? [])),
  ];
  const [found] = await tx.prepared<{ accounts: string[]; codes: string[]; partners: number[] }>(
    'line-references',
    sql`
    select array(select account_code from gl_accounts where account_code = any(${textArray(named((l) => l.account_code))}::text[])
        union select account_code from client_gl_accounts where client_account_id = ${clientAccountId}
          and account_code = any(${textArray(named((l) => l.account_code))}::text[])) as accounts,
      array(select code from tax_codes where client_account_id = ${clientAccountId}
        and code = any(${textArray(named((l) => l.tax_code))}::text[])) as codes,
      array(select id from business_partners where client_account_id = ${clientAccountId}
        and id = any(${numberArray(named((l) => l.business_partner_id))}::bigint[])) as partners`,
  );
  const [accounts, codes] = [new Set(found!.accounts), new Set(found!.codes)];
  const partners = new Set(found!.partners.map(Number));
  const members = lines.flatMap(({ dimensions = [] }) => dimensions);
  const keys = members.map(({ type, id }) => dimensionKey(new Map([[type, id]])));
  const strangers = keys.length > 0 ? await unknownMembers(tx, clientAccountId, keys) : new Set<string>();
  return lines.flatMap(({ at, account_code, tax_code, business_partner_id, dimensions = [] }) => {
    const problems: FieldProblem[] = [];
    const say = (field: string, en: string, nb: string) => problems.push(problem(`${at}${field}`, en, nb));
    if (account_code != null && !accounts.has(account_code))
      say('account_code', `unknown account ${account_code}`, `ukjent konto ${account_code}`);
    if (tax_code != null && !codes.has(tax_code))
      say('tax_code', `unknown VAT code ${tax_code}`, `ukjent mva-kode ${tax_code}`);
    if (business_partner_id != null && !partners.has(business_partner_id))
      say(
        'business_partner_id',
        `unknown business partner ${business_partner_id}`,
        `ukjent forretningspartner ${business_partner_id}`,
      );
    for (const [i, { type, id }] of dimensions.entries())
      if (strangers.has(`${type}:${id}`))
        say(`dimensions[${i}].id`, `unknown or inactive ${type} ${id}`, `ukjent eller inaktiv ${type} ${id}`);
    return problems;
  });
}

/** Those of the given entry lines that do not exist, as `entryId lineNo`. */
export async function missingEntryLines(
  tx: Transaction,
  clientAccountId: number,
  lines: readonly { entryId: number; lineNo: number }[],
): Promise<Set<string>> {
  if (lines.length === 0) return new Set();
  const rows = await tx.rows<{ line: string }>(sql`
    select w.entry_id || ' ' || w.line_no as line
    from unnest(${numberArray(lines.map(({ entryId }) => entryId))}::bigint[],
      ${numberArray(lines.map(({ lineNo }) => lineNo))}::int[]) as w (entry_id, line_no)
    where not exists (select from journal_entry_lines l where l.client_account_id = ${clientAccountId}
      and l.entry_id = w.entry_id and l.line_no = w.line_no)`);
  return new Set(rows.map(({ line }) => line));
}
