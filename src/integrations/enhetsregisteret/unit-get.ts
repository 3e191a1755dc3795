import { outboundErrors } from '../../platform/outbound/errors.ts';
import { nullable, strict, DateText, Type } from '../../platform/http/schema.ts';
import type { Access, Call, Operation, Platform } from '../../platform/operation.ts';
import { decideAccess } from '../../platform/operation.ts';
import { standingOf, STANDINGS } from '../../registry/index.ts';
import { type EnhetsregisteretClient, SERVICE } from './enhetsregisteret-client.ts';
import { enhetsregisteretErrors } from './errors.ts';
import type { Unit } from './unit.ts';

const NText = nullable(Type.String());

/** An organisation with the field names of the API's reference. */
export const RegisteredUnit = strict({
  iso_6523_icd: Type.Literal('0192'),
  organization_number: Type.String(),
  parent_organization_number: NText,
  name: Type.String(),
  business_entity_type: nullable(Type.String({ description: 'AS, ENK, …' })),
  is_vat_liable: nullable(Type.Boolean()),
  is_registered_business_registry: nullable(Type.Boolean()),
  industrial_classification_local: NText,
  address: NText,
  address2: NText,
  zip_code: NText,
  city: NText,
  country: nullable(Type.String({ description: 'ISO 3166-1 alpha-2' })),
  phone: NText,
  email: NText,
  website: NText,
  standing: Type.Enum([...STANDINGS]),
  since: nullable(DateText),
});

const access: Access = { kind: 'user', scope: 'read:accounting' };

/**
 * Looks up an organisation in Enhetsregisteret for a user who is entering it. Facts are some hours old at most. Throws
 * enhetsregisteret.not_found and removed (404), and the outbound errors.
 */
export const getRegisteredUnit: Operation<{ organizationNumber: string }, ReturnType<typeof view>> = {
  name: 'enhetsregisteret.unit',
  access,
  writes: false,
  async call(platform: Platform, call: Call, { organizationNumber }) {
    decideAccess(access, call);
    const answer = await enhetsregisteretOf(platform).lookUp(organizationNumber);
    if (answer.kind === 'unknown') throw enhetsregisteretErrors.not_found({ organization_number: organizationNumber });
    if (answer.kind === 'removed') throw enhetsregisteretErrors.removed({ organization_number: organizationNumber });
    return { value: view(answer.unit), replayed: false };
  },
};

/** The register's client. Throws outbound.not_configured (503). */
function enhetsregisteretOf({ outside }: Platform): EnhetsregisteretClient {
  if (!outside?.enhetsregisteret) throw outboundErrors.not_configured({ service: SERVICE });
  return outside.enhetsregisteret;
}

function view(unit: Unit) {
  return {
    iso_6523_icd: '0192' as const,
    organization_number: unit.organization_number,
    parent_organization_number: unit.parent_organization_number,
    name: unit.name,
    business_entity_type: unit.organization_form,
    is_vat_liable: unit.vat_registered,
    is_registered_business_registry: unit.is_in_business_register,
    industrial_classification_local: unit.industry_code,
    address: unit.address_line,
    address2: unit.address_line_2,
    zip_code: unit.postal_code,
    city: unit.city,
    country: unit.country_code,
    phone: unit.phone,
    email: unit.email,
    website: unit.website,
    standing: standingOf({ ...unit, status: unit.is_deleted ? 'deleted' : 'registered' })!,
    since: unit.since,
  };
}
