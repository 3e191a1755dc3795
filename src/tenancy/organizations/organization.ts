import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { assignments } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { tenancyErrors } from '../errors.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { isoSeconds } from '../../kernel/clock.ts';

const optionalText = (maxLength: number) => Type.Optional(nullable(Type.String({ minLength: 1, maxLength })));

/** The public fields of an organisation, with the names of the API. */
export const OrganizationInput = strict({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  organization_form: optionalText(10),
  vat_registered: Type.Optional(nullable(Type.Boolean())),
  email: optionalText(254),
  phone: optionalText(40),
  address_line: optionalText(200),
  postal_code: optionalText(20),
  city: optionalText(100),
  country_code: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
});

export interface OrganizationValues {
  name?: string;
  organization_form?: string | null;
  vat_registered?: boolean | null;
  email?: string | null;
  phone?: string | null;
  address_line?: string | null;
  postal_code?: string | null;
  city?: string | null;
  country_code?: string;
}

export const OrganizationShape = strict({
  id: Id,
  organization_number: Type.String(),
  name: Type.String(),
  organization_form: nullable(Type.String()),
  vat_registered: nullable(Type.Boolean()),
  email: nullable(Type.String()),
  phone: nullable(Type.String()),
  address_line: nullable(Type.String()),
  postal_code: nullable(Type.String()),
  city: nullable(Type.String()),
  country_code: Type.String(),
  facts_source: Type.Enum(['declared', 'register'], {
    description: '`declared` by a client account and not verified, or of Enhetsregisteret',
  }),
  verified_at: nullable(TimeText),
  created_at: TimeText,
  updated_at: TimeText,
});

export interface OrganizationRow extends Required<OrganizationValues> {
  id: number;
  organization_number: string;
  facts_source: 'declared' | 'register';
  verified_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export const ORGANIZATION_COLUMNS = `id, organization_number, name, organization_form, vat_registered, email, phone,
  address_line, postal_code, city, country_code, facts_source, verified_at, created_at, updated_at`;

export function organizationJson(row: OrganizationRow) {
  return {
    ...row,
    verified_at: row.verified_at && isoSeconds(row.verified_at),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}

/**
 * The id of the organisation with this number, created from the given values if unknown; stored values stay. Throws 400
 * for a number with a wrong check digit (MOD11).
 */
export async function organizationIdOf(
  tx: Transaction,
  organizationNumber: string,
  values: OrganizationValues & { name: string },
): Promise<number> {
  requireOrganizationNumber(organizationNumber);
  await tx.execute(sql`
    insert into organizations (organization_number, name, organization_form, vat_registered, email, phone, address_line,
      postal_code, city, country_code)
    values (${organizationNumber}, ${values.name}, ${values.organization_form ?? null}, ${values.vat_registered ?? null},
      ${values.email ?? null}, ${values.phone ?? null}, ${values.address_line ?? null}, ${values.postal_code ?? null},
      ${values.city ?? null}, ${values.country_code ?? 'NO'})
    on conflict (organization_number) do nothing`);
  const { id } = await tx.one<{ id: number }>(sql`
    select id from organizations where organization_number = ${organizationNumber}`);
  return id;
}

/**
 * Changes the given fields. Refused if another client account has the same organisation, because they share its facts,
 * and if the facts come from Enhetsregisteret.
 */
export async function updateOrganization(
  tx: Transaction,
  id: number,
  values: OrganizationValues,
  { clientAccountId, now }: { clientAccountId: number; now: Date },
): Promise<void> {
  const other = await tx.maybe(sql`
    select 1 as other from client_accounts where organization_id = ${id} and id <> ${clientAccountId} limit 1`);
  if (other) throw tenancyErrors.organization_shared();
  const changed = await tx.execute(sql`
    update organizations set ${assignments({
      name: values.name,
      organization_form: values.organization_form,
      vat_registered: values.vat_registered,
      email: values.email,
      phone: values.phone,
      address_line: values.address_line,
      postal_code: values.postal_code,
      city: values.city,
      country_code: values.country_code,
      updated_at: now,
    })}
    where id = ${id} and facts_source = 'declared'`);
  if (changed === 0) throw tenancyErrors.organization_verified();
}

export function requireOrganizationNumber(text: string, path = 'organization_number'): void {
  if (!isOrganizationNumber(text))
    throw invalid([
      problem(
        path,
        'must be nine digits, the last one the MOD11 check digit',
        'må være ni siffer, det siste kontrollsiffer etter MOD11',
      ),
    ]);
}
