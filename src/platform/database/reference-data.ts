import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import sql from 'sql-template-tag';
import { packageRoot } from '../package-root.ts';

const file = 'db/data/chart-of-accounts.csv';

/**
 * Brings the national chart of accounts in the database up to date with the file, if the file has changed since the
 * last time. Accounts that are no longer in the file become inactive: entries may refer to them.
 *
 * @returns whether anything was loaded.
 */
export async function loadReferenceData(client: pg.ClientBase, folder = packageRoot): Promise<boolean> {
  const text = await readFile(join(folder, file), 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const loaded = await client.query(sql`select from reference_data where file = ${file} and sha256 = ${sha256}`);
  if (loaded.rowCount) return false;
  const { groups, accounts } = readChart(text);
  await client.query('begin');
  try {
    await client.query(sql`
      insert into account_groups (code, level, parent_code, name_nb, name_en)
      select code, level, parent_code, name_nb, name_en
      from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb)
        as g (code text, level int, parent_code text, name_nb text, name_en text)
      order by level
      on conflict (code) do update set level = excluded.level, parent_code = excluded.parent_code,
        name_nb = excluded.name_nb, name_en = excluded.name_en`);
    await client.query(sql`
      insert into gl_accounts (account_code, id, name_nb, name_en, account_type, normal_side, saft_category, saft_code,
        standard_account_2, default_tax_code, group_code, statement_line, flags, mandatory_dimensions, is_active)
      select account_code, account_code::int, name_nb, name_en, account_type, normal_side, saft_category, saft_code,
        standard_account_2, default_tax_code, group_code, statement_line, flags, mandatory_dimensions, true
      from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb)
        as a (account_code text, name_nb text, name_en text, account_type text, normal_side text, saft_category text,
          saft_code text, standard_account_2 text, default_tax_code text, group_code text, statement_line text,
          flags text[], mandatory_dimensions text[])
      on conflict (account_code) do update set name_nb = excluded.name_nb, name_en = excluded.name_en,
        account_type = excluded.account_type, normal_side = excluded.normal_side,
        saft_category = excluded.saft_category, saft_code = excluded.saft_code,
        standard_account_2 = excluded.standard_account_2, default_tax_code = excluded.default_tax_code,
        group_code = excluded.group_code, statement_line = excluded.statement_line, flags = excluded.flags,
        mandatory_dimensions = excluded.mandatory_dimensions, is_active = true`);
    await client.query(sql`
      update gl_accounts set is_active = false
      where is_active and account_code <> all (${accounts.map((account) => account.account_code)})`);
    await client.query(sql`
      insert into reference_data (file, sha256) values (${file}, ${sha256})
      on conflict (file) do update set sha256 = excluded.sha256, loaded_at = now()`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  return true;
}

interface Group {
  code: string;
  level: 1 | 2 | 3;
  parent_code: string | null;
  name_nb: string;
  name_en: string;
}

/** The three levels of groups and the accounts of the semicolon-separated file. An empty field is null. */
export function readChart(text: string) {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const columns = header!.split(';');
  const groups = new Map<string, Group>();
  const accounts = lines.map((line, index) => {
    const fields = line.split(';');
    if (fields.length !== columns.length || line.includes('"')) {
      throw new Error(`${file} line ${index + 2}: expected ${columns.length} unquoted fields, found ${fields.length}`);
    }
    const row = Object.fromEntries(columns.map((column, n) => [column, fields[n] || null])) as Record<
      string,
      string | null
    >;
    for (const level of [1, 2, 3] as const) {
      groups.set(row[`level_${level}_code`]!, {
        code: row[`level_${level}_code`]!,
        level,
        parent_code: level === 1 ? null : row[`level_${level - 1}_code`]!,
        name_nb: row[`level_${level}_name_nb`]!,
        name_en: row[`level_${level}_name_en`]!,
      });
    }
    const flags = row.flags?.split('|') ?? [];
    return {
      account_code: row.account_code!,
      name_nb: row.name_nb,
      name_en: row.name_en,
      account_type: row.account_type,
      normal_side: row.normal_side,
      saft_category: row.saft_category,
      saft_code: row.saft_code,
      standard_account_2: row.standard_account_2,
      default_tax_code: row.default_vat_code,
      group_code: row.level_3_code,
      statement_line: row.statement_line,
      flags,
      mandatory_dimensions: mandatoryDimensions(flags),
    };
  });
  return { groups: [...groups.values()], accounts };
}

/** A line on a subsidiary ledger's account must name the customer, supplier or other object. */
function mandatoryDimensions(flags: string[]): string[] {
  const has = (...names: string[]) => names.some((name) => flags.includes(name));
  return [
    ...(has('asset', 'accumulated') ? ['asset'] : []),
    ...(has('customer', 'supplier', 'employee') ? ['business_partner'] : []),
  ];
}
