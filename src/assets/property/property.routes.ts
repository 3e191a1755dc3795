import { formatAmount, parseAmount } from '../../kernel/money.ts';
import { TaxYear } from '../../integrations/index.ts';
import { readOnly } from '../../masters/index.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { AssetView } from '../asset.ts';
import { BUILDING_TYPES, OWNERSHIP_TYPES, RENTAL_STATUSES } from '../property.ts';
import { attachProperty } from './property-attach.ts';
import { detachProperty } from './property-detach.ts';
import { type PropertyChanges, updateProperty } from './property-update.ts';
import { valueProperty } from './property-valuation.ts';

const one = {
  tag: 'Assets',
  path: '/assets/{id}/property',
  client: 'record',
  recordIn: 'assets',
  params: strict({ id: Id }),
} as const;

const area = Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 100_000_000 })));
/** EIENDOM-003: after 1250. */
const Year = Type.Integer({ minimum: 1251, maximum: 2100 });
const BuildingType = Type.Enum([...BUILDING_TYPES]);

const Changes = strict({
  building_type: Type.Optional(nullable(BuildingType)),
  construction_year: Type.Optional(nullable(Year)),
  ownership_type: Type.Optional(nullable(Type.Enum([...OWNERSHIP_TYPES]))),
  rental_status: Type.Optional(nullable(Type.Enum([...RENTAL_STATUSES]))),
  usable_area_m2: area,
  bra_internal_m2: area,
  bra_external_m2: area,
  bra_enclosed_balcony_m2: area,
  gross_area_m2: area,
  primary_area_m2: area,
  secondary_area_m2: area,
  ownership_share: Type.Optional(nullable({ ...MoneyInput, description: 'A share of one: 0.500 for 50 %' })),
  documented_market_value: Type.Optional(nullable(MoneyInput)),
  ...readOnly('id', 'asset_id', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id', 'municipality_code'),
  ...readOnly('municipality_name', 'land_number', 'title_number', 'lease_number', 'section_number', 'country_code'),
  ...readOnly('cooperative_org_number', 'share_number', 'street_address', 'postal_code', 'postal_area'),
  ...readOnly('additional_addresses', 'cadastral_number', 'established_date', 'is_historical'),
});

const CHANGEABLE = [
  'building_type',
  'construction_year',
  'ownership_type',
  'rental_status',
  'usable_area_m2',
  'bra_internal_m2',
  'bra_external_m2',
  'bra_enclosed_balcony_m2',
  'gross_area_m2',
  'primary_area_m2',
  'secondary_area_m2',
] as const;

/** The fields that may be changed; other fields of a fetched property are accepted and ignored. */
function readChanges(body: Static<typeof Changes>): PropertyChanges {
  const problems: FieldProblem[] = [];
  const changes: PropertyChanges = Object.fromEntries(
    CHANGEABLE.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]),
  );
  const { ownership_share: share, documented_market_value: value } = body;
  if (share === null || value === null)
    Object.assign(
      changes,
      share === null && { ownership_share: null },
      value === null && { documented_market_value: null },
    );
  if (share != null) {
    if (/^(0?\.\d{1,6}|0|1(\.0{1,6})?)$/.test(String(share)) && Number(share) > 0)
      changes.ownership_share = String(share);
    else
      problems.push(
        problem(
          'ownership_share',
          'must be above 0 and at most 1, with at most six decimals',
          'må være over 0 og høyst 1, med høyst seks desimaler',
        ),
      );
  }
  if (value != null) {
    const amount = parseAmount(value);
    if (amount !== null && amount > 0n) changes.documented_market_value = formatAmount(amount);
    else problems.push(problem('documented_market_value', 'must be an amount above 0', 'må være et beløp over 0'));
  }
  if (problems.length > 0) throw invalid(problems);
  return changes;
}

function readDocumented(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const amount = parseAmount(text);
  if (amount !== null && amount > 0n) return amount;
  throw invalid([problem('documented_market_value', 'must be an amount above 0', 'må være et beløp over 0')]);
}

const upstream = Type.Object({}, { additionalProperties: true, description: 'As Skatteetaten answers' });

export const propertyRoutes: Route[] = [
  route({
    ...one,
    method: 'POST',
    summary: 'Link an asset to a property in Skatteetaten’s registry, or fetch a linked one anew',
    operation: attachProperty,
    status: 201,
    body: strict({
      external_id: Type.String({
        minLength: 1,
        maxLength: 60,
        pattern: '\\S',
        description: 'As the property search gives it: 3817404-31/139/0/0',
      }),
      external_source: Type.Optional(Type.Enum(['skatteetaten'])),
      tax_year: TaxYear,
    }),
    response: AssetView,
    input: ({ params, body }) => ({ id: params.id, externalId: body.external_id.trim(), taxYear: body.tax_year }),
  }),
  route({
    ...one,
    method: 'PATCH',
    summary: 'Change what people know better of a linked property',
    operation: updateProperty,
    body: Changes,
    response: AssetView,
    input: ({ params, body }) => ({ id: params.id, changes: readChanges(body) }),
  }),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Unlink the property of an asset',
    operation: detachProperty,
    response: AssetView,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...one,
    method: 'GET',
    path: '/assets/{id}/property/valuation',
    summary: 'Value a linked property for wealth tax, live at Skatteetaten',
    operation: valueProperty,
    query: strict({
      tax_year: TaxYear,
      building_type: Type.Optional(BuildingType),
      documented_market_value: Type.Optional(Type.String({ maxLength: 40 })),
      usable_area_m2: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000 })),
      construction_year: Type.Optional(Year),
    }),
    response: strict({
      tax_year: Type.Integer(),
      external_id: Type.String(),
      formuesgrunnlag: upstream,
      markedsverdi_bolig: Type.Optional(upstream),
      markedsverdi_flerbolig: Type.Optional(upstream),
      utleieverdi: Type.Optional(upstream),
      code: Type.Optional(
        Type.Enum(['assets.no_table_value'], { description: 'Why a holiday home has no value of its own' }),
      ),
      message: Type.Optional(Type.String({ description: 'The same in the language of the request' })),
    }),
    input: ({ params, query, language }) => ({
      id: params.id,
      language,
      taxYear: query.tax_year,
      overrides: {
        buildingType: query.building_type,
        documentedValue: readDocumented(query.documented_market_value),
        usableArea: query.usable_area_m2,
        constructionYear: query.construction_year,
      },
    }),
  }),
];
