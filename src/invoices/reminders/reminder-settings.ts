import sql from 'sql-template-tag';
import { formatAmount, type Ore, ore, parseAmount } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import { lockBooks, unknownReferences } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { DateText, MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { RATE_KINDS, ratesInUse, type ReminderRate } from './reminder-rates.ts';

const LARGEST_FEE = 1_000_000n;
const AccountCode = Type.String({ minLength: 1, maxLength: 20 });

const rate = {
  kind: Type.Enum([...RATE_KINDS], { description: 'INTEREST: percent a year; COLLECTION: inkassosats in kroner' }),
  valid_from: DateText,
  valid_to: DateText,
  value: Type.String({ pattern: '^\\d{1,4}(\\.\\d{1,4})?$' }),
};
const switches = {
  charges_fee: Type.Boolean({ description: 'Where a rate is known for the day' }),
  charges_interest: Type.Boolean({ description: 'Where rates are known for all days' }),
  posts_claim: Type.Boolean({ description: 'Fee and interest are posted as a claim of their own, without VAT' }),
};

export const ReminderSettingsInput = strict({
  charges_fee: Type.Optional(switches.charges_fee),
  charges_interest: Type.Optional(switches.charges_interest),
  posts_claim: Type.Optional(switches.posts_claim),
  fee_amount: Type.Optional(nullable(MoneyInput)),
  fee_account_code: Type.Optional(AccountCode),
  interest_account_code: Type.Optional(AccountCode),
  rates: Type.Optional(
    Type.Array(strict(rate), {
      maxItems: 200,
      description: 'All rates of the client account’s own, instead of those before',
    }),
  ),
});
export type ReminderSettingsInput = Static<typeof ReminderSettingsInput>;

export const ReminderSettingsView = strict({
  ...switches,
  fee_amount: nullable(
    Type.String({ description: 'null: the most that may be asked, a twentieth of the inkassosats' }),
  ),
  fee_account_code: AccountCode,
  interest_account_code: AccountCode,
  rates: Type.Array(strict({ ...rate, is_own: Type.Boolean() }), { description: 'All that are used, by kind and day' }),
});
export type ReminderSettingsView = Static<typeof ReminderSettingsView>;

export interface ReminderSettings {
  charges_fee: boolean;
  charges_interest: boolean;
  posts_claim: boolean;
  feeAmount: Ore | null;
  fee_account_code: string;
  interest_account_code: string;
  own: ReminderRate[];
}

/** Defaults: only the claim itself. Income accounts of fees and interest: Norsk Standard chart. */
const NOTHING_SAID = {
  charges_fee: false,
  charges_interest: false,
  posts_claim: false,
  fee_amount: null,
  fee_account_code: '8070',
  interest_account_code: '8050',
};

export async function readReminderSettings(tx: Transaction, clientAccountId: number): Promise<ReminderSettings> {
  const row = await tx.maybe<Omit<typeof NOTHING_SAID, 'fee_amount'> & { fee_amount: number | null }>(sql`
    select charges_fee, charges_interest, posts_claim, fee_amount, fee_account_code, interest_account_code
    from reminder_settings where client_account_id = ${clientAccountId}`);
  const own = await tx.rows<ReminderRate>(sql`
    select kind, valid_from, valid_to, value::text as value from reminder_rates
    where client_account_id = ${clientAccountId} order by kind, valid_from`);
  const { fee_amount, ...settings } = row ?? NOTHING_SAID;
  return {
    ...settings,
    feeAmount: fee_amount === null ? null : ore(fee_amount),
    own: own.map((each) => ({ ...each, value: trimZeros(each.value) })),
  };
}

function viewOf({ feeAmount, own, ...settings }: ReminderSettings): ReminderSettingsView {
  return {
    ...settings,
    fee_amount: feeAmount === null ? null : formatAmount(feeAmount),
    rates: ratesInUse(own).map((each) => ({ ...each, is_own: own.includes(each) })),
  };
}

export const getReminderSettings = readOperation({
  name: 'reminder-settings.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: async ({ tx, clientAccountId }, _input: void) => viewOf(await readReminderSettings(tx, clientAccountId)),
});

/** Changes the given fields. */
export const changeReminderSettings = writeOperation({
  name: 'reminder-settings.change',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: ReminderSettingsInput): Promise<ReminderSettingsView> {
    await lockBooks(tx, clientAccountId);
    const kept = await readReminderSettings(tx, clientAccountId);
    const problems: FieldProblem[] = [];
    const feeAmount = input.fee_amount === undefined ? kept.feeAmount : feeOf(input.fee_amount, problems);
    problems.push(...rateProblems(input.rates ?? []));
    problems.push(
      ...(await unknownReferences(tx, clientAccountId, [
        { at: 'fee_', account_code: input.fee_account_code },
        { at: 'interest_', account_code: input.interest_account_code },
      ])),
    );
    if (problems.length > 0) throw invalid(problems);
    await tx.execute(sql`
      insert into reminder_settings (client_account_id, charges_fee, fee_amount, charges_interest, posts_claim,
        fee_account_code, interest_account_code, updated_at, updated_by_id)
      values (${clientAccountId}, ${input.charges_fee ?? kept.charges_fee}, ${feeAmount},
        ${input.charges_interest ?? kept.charges_interest}, ${input.posts_claim ?? kept.posts_claim},
        ${input.fee_account_code ?? kept.fee_account_code}, ${input.interest_account_code ?? kept.interest_account_code},
        ${now}, ${caller.userId})
      on conflict (client_account_id) do update set charges_fee = excluded.charges_fee, fee_amount = excluded.fee_amount,
        charges_interest = excluded.charges_interest, posts_claim = excluded.posts_claim,
        fee_account_code = excluded.fee_account_code, interest_account_code = excluded.interest_account_code,
        updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id`);
    if (input.rates) {
      await tx.execute(sql`delete from reminder_rates where client_account_id = ${clientAccountId}`);
      for (const { kind, valid_from, valid_to, value } of input.rates)
        await tx.execute(sql`
          insert into reminder_rates (client_account_id, kind, valid_from, valid_to, value)
          values (${clientAccountId}, ${kind}, ${valid_from}, ${valid_to}, ${value})`);
    }
    const after = viewOf(await readReminderSettings(tx, clientAccountId));
    audit({ recordType: 'reminder_settings', before: viewOf(kept), after });
    return after;
  },
});

function feeOf(given: string | number | null, problems: FieldProblem[]): Ore | null {
  if (given === null) return null;
  const fee = parseAmount(given);
  if (fee !== null && fee > 0n && fee <= LARGEST_FEE) return fee;
  const most = formatAmount(LARGEST_FEE);
  problems.push(
    problem('fee_amount', `must be an amount above 0, at most ${most}`, `må være et beløp over 0, høyst ${most}`),
  );
  return null;
}

function rateProblems(rates: readonly ReminderRate[]): FieldProblem[] {
  return rates.flatMap((rate, i) => {
    if (rate.valid_to < rate.valid_from)
      return [problem(`rates[${i}].valid_to`, 'must not be before valid_from', 'kan ikke være før valid_from')];
    if (/^[0.]+$/.test(rate.value)) return [problem(`rates[${i}].value`, 'must be above 0', 'må være over 0')];
    const other = rates.findIndex(
      (each, at) =>
        at < i && each.kind === rate.kind && each.valid_from <= rate.valid_to && rate.valid_from <= each.valid_to,
    );
    if (other < 0) return [];
    return [
      problem(`rates[${i}].valid_from`, `has days of rates[${other}] in it`, `har dager fra rates[${other}] i seg`),
    ];
  });
}
