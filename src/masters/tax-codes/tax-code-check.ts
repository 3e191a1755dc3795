import { ownValue } from '../../kernel/own-value.ts';
import sql from 'sql-template-tag';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.ts';
import { formatPercent, parseScaled } from '../../kernel/money.ts';
import { type StandardTaxCode, STANDARD_TAX_CODES } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { DateText, MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import type { DatedRateRow } from './tax-code.ts';

export const RateInput = strict({
  valid_from: DateText,
  valid_to: Type.Optional(nullable(DateText)),
  rate: MoneyInput,
});

/**
 * The standard codes that each specification of the VAT return applies to (mva-melding, code list of specifications).
 */
const SPECIFICATIONS: Record<string, readonly string[] | null> = {
  uttak: ['3', '31', '33', '5'],
  tapPåKrav: ['1', '11', '12', '13'],
  justering: ['1', '81'],
  tilbakeføringAvInngåendeMerverdiavgift: ['1', '81'],
  kompensasjonsrett: ['81', '83', '86', '88', '91'],
  justeringMerverdiavgiftskompensasjonFastEiendom: null,
};

/** A VAT code as after the change. */
export interface TaxCodeState {
  standard_code: string;
  tax_account_code: string | null;
  acquisition_tax_account_code: string | null;
  deduction_percent: string | number;
  specification: string | null;
  compensation: boolean;
  active_from: LocalDate;
  active_to: LocalDate | null;
  rates: readonly Static<typeof RateInput>[];
}

export interface CheckedTaxCode {
  standard: StandardTaxCode;
  deduction: string;
  rates: DatedRateRow[];
}

/** Checks every rule of a VAT code and reports all faults: its standard code decides which fields it may have. */
export async function checkTaxCode(
  tx: Transaction,
  clientAccountId: number,
  state: TaxCodeState,
): Promise<CheckedTaxCode> {
  const problems: FieldProblem[] = [];
  const standard = STANDARD_TAX_CODES.find(({ code }) => code === state.standard_code);
  if (!standard) {
    const known = STANDARD_TAX_CODES.map(({ code }) => code).join(', ');
    throw invalid([problem('standard_code', `must be one of ${known}`, `må være en av ${known}`)]);
  }
  const rates = checkRates(state.rates, standard, problems);
  const deduction = checkDeduction(state.deduction_percent, standard, problems);
  checkSpecification(state, standard, problems);
  if (state.active_to !== null && state.active_to < state.active_from)
    problems.push(problem('active_to', 'must not be before active_from', 'kan ikke være før active_from'));
  const taxed = isTaxed(standard);
  const wanted = {
    tax_account_code: taxed && (standard.direction === 'sale' || standard.direction === 'reverse'),
    acquisition_tax_account_code:
      taxed && standard.deductible && (standard.direction === 'purchase' || standard.direction === 'reverse'),
  };
  for (const field of ['tax_account_code', 'acquisition_tax_account_code'] as const) {
    const code = state[field];
    if (code === null && wanted[field]) {
      problems.push(
        problem(field, `is required for standard code ${standard.code}`, `må oppgis for standardkode ${standard.code}`),
      );
    } else if (code !== null && !wanted[field]) {
      problems.push(
        problem(
          field,
          `must be empty: standard code ${standard.code} has no such VAT`,
          `må være tom: standardkode ${standard.code} har ikke slik avgift`,
        ),
      );
    } else if (code !== null) {
      await checkAccount(tx, clientAccountId, field, code, problems);
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return { standard, deduction, rates };
}

function isTaxed(standard: StandardTaxCode): boolean {
  return standard.direction !== 'none' && standard.rates.some(({ rate }) => rate !== '0');
}

function checkRates(given: TaxCodeState['rates'], standard: StandardTaxCode, problems: FieldProblem[]): DatedRateRow[] {
  if (given.length === 0) problems.push(problem('rates', 'needs at least one rate', 'må ha minst én sats'));
  const zero = standard.rates.every(({ rate }) => rate === '0');
  const rates = given.map((rate, index): DatedRateRow => {
    const path = `rates[${index}]`;
    const percent = parseScaled(rate.rate, 4);
    if (percent === null || percent < 0n || percent > 1_000_000n) {
      problems.push(
        problem(
          `${path}.rate`,
          'must be a percent from 0 to 100 with at most four decimals',
          'må være en prosent fra 0 til 100 med høyst fire desimaler',
        ),
      );
    } else if ((percent === 0n) !== zero) {
      problems.push(
        problem(
          `${path}.rate`,
          zero ? `must be 0 for standard code ${standard.code}` : `cannot be 0 for standard code ${standard.code}`,
          zero ? `må være 0 for standardkode ${standard.code}` : `kan ikke være 0 for standardkode ${standard.code}`,
        ),
      );
    }
    for (const field of ['valid_from', 'valid_to'] as const) {
      if (rate[field] != null && !isLocalDate(rate[field]))
        problems.push(problem(`${path}.${field}`, 'must be an existing date', 'må være en dato som finnes'));
    }
    if (rate.valid_to != null && rate.valid_to < rate.valid_from)
      problems.push(problem(`${path}.valid_to`, 'must not be before valid_from', 'kan ikke være før valid_from'));
    return { valid_from: rate.valid_from, valid_to: rate.valid_to ?? null, rate: formatPercent(percent ?? 0n) };
  });
  const sorted = rates.toSorted((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
  sorted.slice(1).forEach((rate, index) => {
    const before = sorted[index]!;
    if (before.valid_to === null || before.valid_to >= rate.valid_from) {
      problems.push(
        problem(
          'rates',
          `two rates are valid on ${rate.valid_from}; end the earlier one before`,
          `to satser gjelder ${rate.valid_from}; avslutt den tidligere før`,
        ),
      );
    }
  });
  return sorted;
}

function checkDeduction(given: string | number, standard: StandardTaxCode, problems: FieldProblem[]): string {
  const percent = parseScaled(given, 4);
  const field = 'deduction_percent';
  if (percent === null || percent < 0n || percent > 1_000_000n) {
    problems.push(
      problem(
        field,
        'must be a percent from 0 to 100 with at most four decimals',
        'må være en prosent fra 0 til 100 med høyst fire desimaler',
      ),
    );
    return '100';
  }
  const fixed = standard.direction === 'reverse' && !standard.deductible ? 0n : null;
  const free = isTaxed(standard) && standard.deductible;
  if (fixed !== null && percent !== fixed) {
    problems.push(
      problem(
        field,
        `must be 0: standard code ${standard.code} gives no deduction`,
        `må være 0: standardkode ${standard.code} gir ikke fradrag`,
      ),
    );
  } else if (fixed === null && !free && percent !== 1_000_000n) {
    problems.push(
      problem(
        field,
        `must be 100: standard code ${standard.code} has no input VAT`,
        `må være 100: standardkode ${standard.code} har ikke inngående avgift`,
      ),
    );
  }
  return formatPercent(percent);
}

function checkSpecification(state: TaxCodeState, standard: StandardTaxCode, problems: FieldProblem[]): void {
  if (state.compensation && !standard.compensation) {
    problems.push(
      problem(
        'compensation',
        `is not possible with standard code ${standard.code}`,
        `er ikke mulig med standardkode ${standard.code}`,
      ),
    );
  }
  if (state.specification === null) return;
  const codes = ownValue(SPECIFICATIONS, state.specification);
  if (codes === undefined) {
    const known = Object.keys(SPECIFICATIONS).join(', ');
    problems.push(problem('specification', `must be one of ${known}`, `må være en av ${known}`));
  } else if (codes === null ? !state.compensation : !codes.includes(standard.code)) {
    problems.push(
      problem(
        'specification',
        codes === null ? 'needs compensation' : `belongs to the standard codes ${codes.join(', ')}`,
        codes === null ? 'krever compensation' : `hører til standardkodene ${codes.join(', ')}`,
      ),
    );
  }
}

/** VAT is owed or receivable: its accounts are active balance sheet accounts of the client account. */
async function checkAccount(
  tx: Transaction,
  clientAccountId: number,
  field: string,
  code: string,
  problems: FieldProblem[],
): Promise<void> {
  const account = await tx.maybe<{ is_active: boolean; account_type: string }>(sql`
    select coalesce(c.is_active, g.is_active) as is_active, coalesce(c.account_type, g.account_type) as account_type
    from (select account_code, is_active, account_type from client_gl_accounts
      where client_account_id = ${clientAccountId} and account_code = ${code}) c
    full join (select account_code, is_active, account_type from gl_accounts where account_code = ${code}) g
      on g.account_code = c.account_code`);
  if (!account) problems.push(problem(field, `unknown account ${code}`, `ukjent konto ${code}`));
  else if (!account.is_active) problems.push(problem(field, `account ${code} is inactive`, `konto ${code} er inaktiv`));
  else if (account.account_type !== 'liability' && account.account_type !== 'asset')
    problems.push(
      problem(field, `account ${code} is no balance sheet account`, `konto ${code} er ikke en balansekonto`),
    );
}
