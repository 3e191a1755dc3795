import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import { getRegisteredUnit, RegisteredUnit } from './unit-get.ts';

export const enhetsregisteretRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/enhetsregisteret/organizations/{organization_number}',
    tag: 'Integrations',
    summary: 'Look an organisation up in Enhetsregisteret: name, form, VAT, address, bankruptcy',
    operation: getRegisteredUnit,
    client: 'none',
    params: strict({ organization_number: Type.String({ pattern: '^\\d{9}$' }) }),
    response: RegisteredUnit,
    // The register is not queried for an invalid number.
    faults: (_, request) => {
      const { organization_number: number } = request.params as { organization_number: string };
      return !/^\d{9}$/.test(number) || isOrganizationNumber(number)
        ? []
        : [
            problem(
              'organization_number',
              'must be nine digits, the last one the MOD11 check digit',
              'må være ni siffer, det siste kontrollsiffer etter MOD11',
            ),
          ];
    },
    input: ({ params }) => ({ organizationNumber: params.organization_number }),
  }),
];
