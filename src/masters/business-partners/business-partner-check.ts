import sql from 'sql-template-tag';
import { isIban, isNorwegianAccountNumber } from '../../kernel/bank-account-number.ts';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import type { BankAccount, PartnerChanges } from './business-partner.ts';

/** Columns of a partner as stored: numbers without blanks, lists as JSON. */
export type PartnerColumns = Record<string, unknown>;

/**
 * Checks rules beyond the schema and normalises numbers. `after` is the partner after the change: its country and kind
 * decide the format of its organisation number.
 */
export async function partnerColumns(
  tx: Transaction,
  clientAccountId: number,
  given: PartnerChanges,
  after: { is_organization: boolean; organization_number: string | null; country: string | null },
): Promise<PartnerColumns> {
  const problems: FieldProblem[] = [];
  const number = given.organization_number == null ? given.organization_number : bare(given.organization_number);
  const standing = number === undefined ? after.organization_number : number;
  const norwegian = after.country === null || after.country === 'NO';
  if (standing && !after.is_organization) {
    problems.push(
      problem(
        'organization_number',
        'is for organizations (is_organization)',
        'er bare for organisasjoner (is_organization)',
      ),
    );
  } else if (number && norwegian && !isOrganizationNumber(number)) {
    problems.push(
      problem(
        'organization_number',
        `${number} is not a Norwegian organization number (nine digits, the last one a check digit); for others give address.country`,
        `${number} er ikke et norsk organisasjonsnummer (ni siffer, det siste et kontrollsiffer); for andre oppgis address.country`,
      ),
    );
  }
  const bankAccounts = given.bank_accounts?.map((account, index) => checkedAccount(account, index, problems));
  const organizationId = await organizationOf(tx, given.organization_id, number, norwegian, problems);
  if (given.user_id != null) {
    const member = await tx.maybe(sql`
      select 1 from client_account_users where client_account_id = ${clientAccountId} and user_id = ${given.user_id}`);
    if (!member)
      problems.push(problem('user_id', 'is not a user of the client account', 'er ikke en bruker på klientkontoen'));
  }
  if (problems.length > 0) throw invalid(problems);
  const { bank_accounts: _, ...plain } = given;
  return {
    name: plain.name?.trim(),
    is_organization: plain.is_organization,
    organization_number: number,
    organization_id: organizationId,
    user_id: plain.user_id,
    is_customer: plain.is_customer,
    is_supplier: plain.is_supplier,
    is_employee: plain.is_employee,
    customer_code: plain.customer_code,
    supplier_code: plain.supplier_code,
    employee_code: plain.employee_code,
    contact_person: plain.contact_person,
    email: plain.email,
    phone: plain.phone,
    website: plain.website,
    address: plain.address && JSON.stringify(plain.address),
    bank_accounts: bankAccounts && JSON.stringify(bankAccounts),
    payment_terms_days: plain.payment_terms_days,
    currency_code: plain.currency_code,
    is_active: plain.is_active,
  };
}

/** `NO 923 609 016 MVA` → `923609016`. */
function bare(number: string): string {
  return number
    .replace(/[\s.]/g, '')
    .toUpperCase()
    .replace(/^NO(?=\d{9})/, '')
    .replace(/^(\d{9})MVA$/, '$1');
}

function checkedAccount(account: BankAccount, index: number, problems: FieldProblem[]): BankAccount {
  const path = `bank_accounts[${index}]`;
  const number = account.account_number?.replace(/[\s.]/g, '');
  const iban = account.iban?.replace(/\s/g, '').toUpperCase();
  if (!number && !iban)
    problems.push(problem(path, 'needs an account_number or an iban', 'må ha account_number eller iban'));
  if (iban && !isIban(iban))
    problems.push(problem(`${path}.iban`, `${iban} is not a valid IBAN`, `${iban} er ikke et gyldig IBAN`));
  // Eleven digits without an IBAN of another country are a Norwegian account number.
  const foreign = iban !== undefined && !iban.startsWith('NO');
  if (number && !foreign && /^\d{11}$/.test(number) && !isNorwegianAccountNumber(number)) {
    problems.push(
      problem(`${path}.account_number`, `${number} has a wrong check digit`, `${number} har feil kontrollsiffer`),
    );
  }
  return { ...account, ...(number ? { account_number: number } : {}), ...(iban ? { iban } : {}) };
}

/** The requested organisation, or the known one with the number. */
async function organizationOf(
  tx: Transaction,
  asked: number | null | undefined,
  number: string | null | undefined,
  norwegian: boolean,
  problems: FieldProblem[],
): Promise<number | null | undefined> {
  if (asked != null) {
    const known = await tx.maybe<{ organization_number: string }>(
      sql`select organization_number from organizations where id = ${asked}`,
    );
    if (!known) problems.push(problem('organization_id', 'no such organization', 'ingen slik organisasjon'));
    else if (number && norwegian && known.organization_number !== number) {
      problems.push(
        problem(
          'organization_id',
          `is the organization ${known.organization_number}, not ${number}`,
          `er organisasjonen ${known.organization_number}, ikke ${number}`,
        ),
      );
    }
    return asked;
  }
  if (asked === null || number === undefined) return asked;
  if (number === null || !norwegian) return null;
  const found = await tx.maybe<{ id: number }>(sql`select id from organizations where organization_number = ${number}`);
  return found?.id ?? null;
}

const CODES: Record<string, string> = {
  business_partners_customer: 'customer_code',
  business_partners_supplier: 'supplier_code',
  business_partners_employee: 'employee_code',
};

/**
 * Converts the database's error for a code that another partner has into a fault of the input; this also covers
 * concurrent requests.
 */
export async function withCodeFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const field = CODES[violatedConstraint(error) ?? ''];
    if (!field) throw error;
    throw invalid([
      problem(field, 'is already the code of another business partner', 'er allerede koden til en annen partner'),
    ]);
  }
}
