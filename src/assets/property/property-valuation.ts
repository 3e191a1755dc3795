import {
  customerOf,
  eiendomOf,
  isRefusedWith,
  isUnknown,
  readExternalId,
  valuationBasis,
} from '../../integrations/index.ts';
import { type Ore, parseAmount } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import { AppError, type Language } from '../../platform/errors.ts';
import type { JsonObject } from '../../platform/outbound/json-answer.ts';
import { handedOnOperation } from '../../platform/operation.ts';
import { assetErrors } from '../errors.ts';
import type { AssetProperty } from '../property.ts';
import { readStanding, requireProperty } from './property-standing.ts';
import { chooseValuation, mayHaveNoValue } from './valuation-choice.ts';

export interface ValueProperty {
  id: number;
  taxYear: number;
  /** Language of `message`. */
  language: Language;
  /** For this valuation only, instead of the stored values. */
  overrides: {
    buildingType?: AssetProperty['building_type'];
    documentedValue?: Ore | undefined;
    usableArea?: number | undefined;
    constructionYear?: number | undefined;
  };
}

export interface PropertyValuation {
  tax_year: number;
  external_id: string;
  formuesgrunnlag: JsonObject;
  markedsverdi_bolig?: JsonObject;
  markedsverdi_flerbolig?: JsonObject;
  utleieverdi?: JsonObject;
  /** Why a holiday home has no calculated value: `assets.no_table_value`, in the caller's language. */
  code?: string;
  message?: string;
}

/**
 * Values a property for wealth tax by a live call to Skatteetaten; nothing is stored. Always returns the wealth-tax
 * basis, and one valuation if a service exists for such a property. Errors: assets.not_linked, no_property,
 * integrations.no_organization_number, the system_users, skatteetaten, maskinporten and outbound errors.
 */
export const valueProperty = handedOnOperation({
  name: 'asset.value-property',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run(
    { platform, clientAccountId },
    { id, taxYear, language, overrides }: ValueProperty,
  ): Promise<PropertyValuation> {
    const { stored, externalId, owner } = await platform.database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => {
        const standing = await readStanding(tx, clientAccountId, id);
        const { external_id, external_source } = standing.asset;
        if (external_id === null || external_source !== 'skatteetaten') throw assetErrors.not_linked();
        const stored = requireProperty(standing);
        return { stored, externalId: external_id, owner: await customerOf(tx, clientAccountId) };
      },
    );
    const named = readExternalId(externalId);
    if (!named) throw assetErrors.malformed_external_id({ external_id: externalId });
    const eiendom = eiendomOf(platform);
    const question = { taxYear, propertyId: named.propertyId, owner };
    const basis = await eiendom.wealthBasis(question);
    const valuation: PropertyValuation = { tax_year: taxYear, external_id: externalId, formuesgrunnlag: basis };
    const property = { ...stored, building_type: overrides.buildingType ?? stored.building_type };
    const choice = chooseValuation(property);
    if (!choice || isUnknown(basis)) return valuation;
    const documented =
      overrides.documentedValue ?? (stored.documented_market_value && parseAmount(stored.documented_market_value));
    const body = valuationBasis(basis, question, {
      ...choice,
      constructionYear: overrides.constructionYear ?? stored.construction_year ?? undefined,
      areaM2: overrides.usableArea ?? stored.usable_area_m2 ?? undefined,
      documentedValue: documented ? wholeKroner(documented) : undefined,
    });
    try {
      valuation[choice.valuation] = await eiendom.value(choice.valuation, question, body);
    } catch (error) {
      if (!(error instanceof AppError && mayHaveNoValue(property) && isRefusedWith(error, NO_VALUE))) throw error;
      const none = assetErrors.no_table_value({ feilkode: NO_VALUE.find((code) => isRefusedWith(error, [code]))! });
      valuation.code = none.code;
      valuation.message = none.sentence(language);
    }
    return valuation;
  },
});

/** Input that the kind of property does not support, or no basis for a valuation. */
const NO_VALUE = ['EIENDOM-051', 'EIENDOM-019'];

function wholeKroner(amount: Ore): bigint {
  return (amount + 50n) / 100n;
}
