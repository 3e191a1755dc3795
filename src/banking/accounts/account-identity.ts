import {
  accountNumberOfIban,
  ibanOfAccountNumber,
  isIban,
  isNorwegianAccountNumber,
} from '../../kernel/bank-account-number.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { bankOfAccountNumber, bankOfBic } from '../bank-register.ts';
import type { NewBankAccount } from './bank-account.ts';

/** The identifiers of an account, and its bank. */
export interface AccountIdentity {
  bban: string | null;
  iban: string | null;
  bank_country: string;
  bank_name: string | null;
  bic: string | null;
}

type Given = Pick<NewBankAccount, 'bban' | 'iban' | 'bank_country' | 'bank_name' | 'bic'>;

/**
 * Number, IBAN, country and bank of an account as a person gave them. For a Norwegian account, number and IBAN follow from
 * each other, and the bank from the register. Null if invalid; the faults are added to `problems`.
 */
export function accountIdentity(given: Given, problems: FieldProblem[]): AccountIdentity | null {
  const before = problems.length;
  const bban = given.bban?.replace(/[\s.]/g, '').toUpperCase() || null;
  const iban = given.iban?.replace(/\s/g, '').toUpperCase() || null;
  if (bban === null && iban === null) problems.push(problem('bban', 'is required, or iban', 'må oppgis, eller iban'));
  if (iban !== null && !isIban(iban))
    problems.push(
      problem('iban', `${iban} is no valid IBAN: wrong form or check digits`, `${iban} er ikke et gyldig IBAN`),
    );
  const country = given.bank_country ?? iban?.slice(0, 2) ?? null;
  if (country === null) problems.push(problem('bank_country', 'is required with a bban', 'må oppgis sammen med bban'));
  if (iban !== null && country !== null && !iban.startsWith(country))
    problems.push(problem('bank_country', `the IBAN is of ${iban.slice(0, 2)}`, `IBAN er fra ${iban.slice(0, 2)}`));
  if (country === 'NO' && bban !== null && !isNorwegianAccountNumber(bban))
    problems.push(
      problem(
        'bban',
        `${bban} is no Norwegian account number: eleven digits, the last one a check digit`,
        `${bban} er ikke et norsk kontonummer: elleve sifre med riktig kontrollsiffer`,
      ),
    );
  else if (bban !== null && !/^[A-Z0-9-]{1,34}$/.test(bban))
    problems.push(problem('bban', 'must be 1 to 34 letters and digits', 'må være 1 til 34 bokstaver og sifre'));
  const ofIban = iban === null ? null : accountNumberOfIban(iban);
  if (ofIban !== null && bban !== null && ofIban !== bban)
    problems.push(problem('iban', `is of the account ${ofIban}, not ${bban}`, `gjelder konto ${ofIban}, ikke ${bban}`));
  if (problems.length > before) return null;
  const number = country === 'NO' ? (bban ?? ofIban) : bban;
  const bank = country === 'NO' && number ? bankOfAccountNumber(number) : given.bic ? bankOfBic(given.bic) : null;
  return {
    bban: number,
    iban: iban ?? (country === 'NO' && number ? ibanOfAccountNumber(number) : null),
    bank_country: country!,
    bank_name: bank?.name ?? given.bank_name ?? null,
    bic: bank?.bic ?? given.bic?.toUpperCase() ?? null,
  };
}
