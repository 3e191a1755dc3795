import { route, type Route } from '../../../platform/http/route.ts';
import { Id, nullable, strict, Type } from '../../../platform/http/schema.ts';
import { searchProperties } from './property-search.ts';

export const TaxYear = Type.Integer({ minimum: 1900, maximum: 2100, description: 'Inntektsår' });

const open = { additionalProperties: true };
const hit = Type.Object(
  {
    external_id: nullable(Type.String({ description: 'What an asset is attached to' })),
    sergEiendomsidentifikator: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
  },
  open,
);

export const eiendomRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/skatteetaten/eiendom/soek/{inntektsaar}',
    tag: 'Integrations',
    summary: 'Search Skatteetaten’s property registry by cadastral number, road address or share',
    operation: searchProperties,
    client: 'query',
    params: strict({ inntektsaar: TaxYear }),
    query: strict({
      client_account_id: Id,
      query: Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '\\S',
        description: '`31/139` (gnr/bnr), `Storgata 1`, or `orgnr/andelsnr`',
      }),
    }),
    response: Type.Object(
      {
        eiendommer: Type.Array(hit),
        vegadresser: Type.Array(Type.Object({ eiendommer: Type.Optional(Type.Array(hit)) }, open)),
      },
      { ...open, description: 'Skatteetaten’s answer, with an external_id for every property' },
    ),
    input: ({ params, query }) => ({ taxYear: params.inntektsaar, query: query.query.trim() }),
  }),
];
