import sql from 'sql-template-tag';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { textArray } from '../../platform/database/arrays.ts';
import { DEFAULT_ACCOUNTS, type MatchingAccount, readMatchingSettings } from './matching-accounts.ts';

const Code = Type.String({ minLength: 1, maxLength: 70 });
const names = Object.keys(DEFAULT_ACCOUNTS) as MatchingAccount[];
const codes = <T>(schema: T) => Object.fromEntries(names.map((name) => [name, schema])) as Record<MatchingAccount, T>;

export const MatchingAccountsInput = strict(codes(Type.Optional(Code)));
export const MatchingSettingsView = strict({ rounding_tolerance: Type.String(), accounts: strict(codes(Code)) });
export type MatchingSettingsView = Static<typeof MatchingSettingsView>;

async function view(tx: Transaction, clientAccountId: number): Promise<MatchingSettingsView> {
  const { roundingTolerance, accounts } = await readMatchingSettings(tx, clientAccountId);
  return { rounding_tolerance: formatAmount(roundingTolerance), accounts };
}

export const getMatchingSettings = readOperation({
  name: 'matching-settings.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }) => view(tx, clientAccountId),
});

/** Changes the given fields. Accounts must be active; a tolerance is at most 100 kroner. */
export const changeMatchingSettings = writeOperation({
  name: 'matching-settings.change',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: ChangeMatchingSettings) {
    const before = await readMatchingSettings(tx, clientAccountId);
    const asked = names.flatMap((name) => {
      const code = input.accounts[name];
      return code === undefined ? [] : [[name, code] as const];
    });
    const known = await tx.rows<{ code: string }>(sql`
      select coalesce(c.account_code, g.account_code) as code
      from (select account_code, is_active from client_gl_accounts where client_account_id = ${clientAccountId}) c
      full join gl_accounts g on g.account_code = c.account_code
      where coalesce(c.account_code, g.account_code) = any(${textArray(asked.map(([, code]) => code))}::text[])
        and coalesce(c.is_active, g.is_active)`);
    const inUse = new Set(known.map(({ code }) => code));
    const problems = asked
      .filter(([, code]) => !inUse.has(code))
      .map(([name, code]) =>
        problem(`accounts.${name}`, `"${code}" is no account in use`, `«${code}» er ingen konto i bruk`),
      );
    if (problems.length > 0) throw invalid(problems);
    const accounts = JSON.stringify({ ...before.accounts, ...Object.fromEntries(asked) });
    const tolerance = input.roundingTolerance ?? before.roundingTolerance;
    await tx.execute(sql`
      insert into bank_matching_settings (client_account_id, rounding_tolerance, accounts, updated_at, updated_by_id)
      values (${clientAccountId}, ${tolerance}, ${accounts}, ${now}, ${caller.userId})
      on conflict (client_account_id) do update set rounding_tolerance = excluded.rounding_tolerance,
        accounts = excluded.accounts, updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id`);
    const after = await view(tx, clientAccountId);
    audit({ recordType: 'matching_settings', after });
    return after;
  },
});

export interface ChangeMatchingSettings {
  roundingTolerance: Ore | null;
  accounts: Partial<Record<MatchingAccount, string>>;
}
