import sql, { join, raw } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { formatScaled, parseScaled } from '../../kernel/money.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { takeIds } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { DateText, Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

const Rate = nullable(Type.Union([Type.String({ maxLength: 20 }), Type.Number()]));
const FREQUENCIES = ['MONTHLY', 'BIMONTHLY', 'QUARTERLY', 'YEARLY'] as const;
const VAT_FREQUENCIES = ['MONTHLY', 'BIMONTHLY', 'YEARLY'] as const;
const AUTONOMY = ['NONE', 'DRAFT', 'FULL'] as const;

const values = {
  start_date: nullable(DateText),
  plan: nullable(Type.String({ minLength: 1, maxLength: 40 })),
  accounting_currency_code: Type.Integer({ minimum: 1, maximum: 999 }),
  vat_liable: Type.Boolean(),
  vat_registration_date: nullable(DateText),
  vat_return_frequency: nullable(Type.Enum([...VAT_FREQUENCIES])),
  payroll_active: Type.Boolean(),
  payroll_frequency: nullable(Type.Enum([...FREQUENCIES])),
  payroll_date: nullable(Type.Integer({ minimum: 1, maximum: 31 })),
  pension_rate: Rate,
  employee_pension_rate: Rate,
  pension_provider_id: nullable(Id),
  project_module: Type.Boolean(),
  bank_integration_module: Type.Boolean(),
  payroll_module: Type.Boolean(),
  annual_report_module: Type.Boolean(),
  autonomy_level: Type.Enum([...AUTONOMY]),
  early_access: Type.Boolean(),
};
const NAMES = Object.keys(values) as (keyof typeof values)[];

export const SettingsInput = strict(
  Object.fromEntries([
    ['active_from', Type.Optional(DateText)],
    ...Object.entries(values).map(([name, schema]) => [name, Type.Optional(schema)]),
  ]),
);

export const SettingsShape = strict({
  id: Id,
  client_account_id: Id,
  active_from: DateText,
  active_to: nullable(DateText),
  ...values,
  pension_rate: nullable(Type.String()),
  employee_pension_rate: nullable(Type.String()),
  created_at: TimeText,
  created_by_id: nullable(Id),
});

/** The attributes of one version. Rates are percents with at most four decimals, as text or number. */
export interface SettingsValues {
  start_date?: LocalDate | null;
  plan?: string | null;
  /** ISO 4217 number; 578 is the krone. */
  accounting_currency_code?: number;
  vat_liable?: boolean;
  vat_registration_date?: LocalDate | null;
  vat_return_frequency?: (typeof VAT_FREQUENCIES)[number] | null;
  payroll_active?: boolean;
  payroll_frequency?: (typeof FREQUENCIES)[number] | null;
  payroll_date?: number | null;
  pension_rate?: string | number | null;
  employee_pension_rate?: string | number | null;
  pension_provider_id?: number | null;
  project_module?: boolean;
  bank_integration_module?: boolean;
  payroll_module?: boolean;
  annual_report_module?: boolean;
  autonomy_level?: (typeof AUTONOMY)[number];
  early_access?: boolean;
}

export interface SettingsVersion extends Required<SettingsValues> {
  id: number;
  client_account_id: number;
  active_from: LocalDate;
  active_to: LocalDate | null;
  created_at: Date;
  created_by_id: number | null;
}

const DEFAULTS: Required<SettingsValues> = {
  start_date: null,
  plan: null,
  accounting_currency_code: 578,
  vat_liable: false,
  vat_registration_date: null,
  vat_return_frequency: null,
  payroll_active: false,
  payroll_frequency: null,
  payroll_date: null,
  pension_rate: null,
  employee_pension_rate: null,
  pension_provider_id: null,
  project_module: false,
  bank_integration_module: false,
  payroll_module: false,
  annual_report_module: false,
  autonomy_level: 'NONE',
  early_access: false,
};

/** All versions of these client accounts, oldest first; each ends the day before the next begins. */
export function settingsVersions(tx: Transaction, clientAccountIds: readonly number[]): Promise<SettingsVersion[]> {
  return tx.rows<SettingsVersion>(sql`
    select client_account_id, id, active_from,
      (lead(active_from) over (partition by client_account_id order by active_from) - 1)::date as active_to,
      ${raw(NAMES.join(', '))}, created_at, created_by_id
    from client_account_settings
    where client_account_id = any (${[...clientAccountIds]}::bigint[])
    order by client_account_id, active_from`);
}

/** The version in force on a day: the last one that began. */
export function inForce(versions: readonly SettingsVersion[], day: LocalDate): SettingsVersion | undefined {
  return versions.findLast((version) => version.active_from <= day);
}

export function settingsJson(version: SettingsVersion) {
  return { ...version, created_at: isoSeconds(version.created_at) };
}

/**
 * Adds the version that begins on `from`, or changes the one that already does. Fields missing from `changes` come from
 * the version it replaces or follows, or from the defaults if there is none.
 */
export async function addSettingsVersion(
  tx: Transaction,
  clientAccountId: number,
  from: LocalDate,
  changes: SettingsValues,
  userId: number | null,
): Promise<{ before: SettingsVersion | null; after: SettingsVersion }> {
  const earlier = inForce(await settingsVersions(tx, [clientAccountId]), from);
  const replaces = earlier?.active_from === from ? earlier : null;
  const merged: Required<SettingsValues> = { ...DEFAULTS };
  for (const name of NAMES) {
    const value = changes[name] !== undefined ? changes[name] : earlier?.[name];
    if (value !== undefined) Object.assign(merged, { [name]: value });
  }
  const given = NAMES.map((name) => merged[name]);
  if (replaces) {
    await tx.execute(sql`
      update client_account_settings
      set ${join(NAMES.map((name) => sql`${raw(name)} = ${merged[name]}`))}
      where client_account_id = ${clientAccountId} and id = ${replaces.id}`);
  } else {
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into client_account_settings (client_account_id, id, active_from, created_by_id, ${raw(NAMES.join(', '))})
      values (${clientAccountId}, ${id}, ${from}, ${userId}, ${join(given)})`);
  }
  const after = (await settingsVersions(tx, [clientAccountId])).find((version) => version.active_from === from)!;
  return { before: replaces, after };
}

/** Faults that the schema of a single field cannot detect. */
export function settingsProblems(given: SettingsValues): FieldProblem[] {
  return (['pension_rate', 'employee_pension_rate'] as const).flatMap((name) => {
    const rate = given[name];
    if (rate == null) return [];
    const scaled = parseScaled(rate, 4);
    if (scaled !== null && scaled >= 0n && scaled <= 1_000_000n) return [];
    const largest = formatScaled(1_000_000n, 4);
    return [
      problem(
        name,
        `must be a percent from 0 to ${largest} with at most four decimals`,
        `må være en prosent fra 0 til ${largest} med høyst fire desimaler`,
      ),
    ];
  });
}

/** As `settingsProblems`, for the first version: a new client account has no partners to refer to. */
export function firstSettingsProblems(given: SettingsValues): FieldProblem[] {
  const problems = settingsProblems(given);
  if (given.pension_provider_id != null) problems.push(pensionProviderUnknown());
  return problems;
}

export function pensionProviderUnknown(): FieldProblem {
  return problem(
    'pension_provider_id',
    'is not a business partner of this client account',
    'er ikke en forretningspartner på denne klientkontoen',
  );
}
