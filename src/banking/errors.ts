import { formatAmount, MAX_TURNOVER } from '../kernel/money.ts';
import { violatedConstraint } from '../platform/database/pool.ts';
import { catalogue } from '../platform/errors.ts';

export const bankingErrors = catalogue('banking', {
  account_exists: {
    status: 400,
    nb: 'Kontoen {account} i {currency_code} er alt registrert som bankkonto {id}',
    en: 'The account {account} in {currency_code} is registered already, as bank account {id}',
  },
  account_in_use: {
    status: 400,
    nb: 'Bankkontoen har transaksjoner; {fields} kan ikke endres',
    en: 'The bank account has transactions; {fields} cannot change',
  },
  account_full: {
    status: 400,
    nb: 'Transaksjonene på en bankkonto kan utgjøre høyst {limit} i alt',
    en: 'The transactions of a bank account may come to {limit} at most, all in all',
  },
  account_inactive: {
    status: 400,
    nb: 'Bankkontoen {id} er ikke i bruk',
    en: 'The bank account {id} is not in use',
  },
  statement_unbalanced: {
    status: 400,
    nb: 'Inngående saldo {opening_balance} pluss transaksjonene {sum} er {expected}, ikke utgående saldo {closing_balance}',
    en: 'opening_balance {opening_balance} plus the transactions {sum} is {expected}, not closing_balance {closing_balance}',
  },
  statement_breaks_chain: {
    status: 400,
    nb: 'Saldoen {balance} passer ikke sammen med nabokontoutskriften {neighbour} ({from_date}-{to_date}), som har {expected}',
    en: 'The balance {balance} does not meet the neighbouring statement {neighbour} ({from_date} to {to_date}), which has {expected}',
  },
  statement_overlaps: {
    status: 400,
    nb: 'Kontoutskriften {statement} dekker alt {from_date}-{to_date}',
    en: 'The statement {statement} covers {from_date} to {to_date} already',
  },
  question_closed: {
    status: 409,
    nb: 'Spørsmålet er {question_status} og kan ikke besvares',
    en: 'The question is {question_status} and cannot be answered',
  },
  no_jobs: {
    status: 503,
    nb: 'Denne installasjonen tar ikke imot importer',
    en: 'This installation takes in no imports',
  },
  file_empty: { status: 400, nb: 'Forespørselen har ingen fil', en: 'The request has no file' },
});

/** Translates the database's refusal of a bank account beyond the exact range of sums. */
export function beyondBankLimits(error: unknown): unknown {
  return violatedConstraint(error) === 'bank_turnover_within_exact_numbers'
    ? bankingErrors.account_full({ limit: formatAmount(MAX_TURNOVER) })
    : error;
}
