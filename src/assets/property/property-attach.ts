import sql from 'sql-template-tag';
import {
  type Customer,
  customerOf,
  eiendomOf,
  hitOf,
  namesProperty,
  type PropertyHit,
  readExternalId,
  readRegisteredProperty,
  type RegisteredProperty,
  searchText,
} from '../../integrations/index.ts';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments, insertion } from '../../platform/database/columns.ts';
import { outsideOperation, type OutsideWrite } from '../../platform/outside-operation.ts';
import type { AssetView } from '../asset.ts';
import { assetClass } from '../asset-class.ts';
import { assetErrors } from '../errors.ts';
import { inferredFields } from './inferred-fields.ts';
import { lockUnchanged, propertyView, type PropertyStanding, readStanding, writeLink } from './property-standing.ts';
import { cadastralNumber, registryFields } from './registry-fields.ts';

export interface AttachProperty {
  id: number;
  externalId: string;
  taxYear: number;
}

interface Before {
  standing: PropertyStanding;
  owner: Customer;
}

interface Found {
  registered: RegisteredProperty;
  hit: PropertyHit | null;
}

/**
 * Links an asset to a property in Skatteetaten's registry and stores the registry's fields. Attaching the same property
 * again is a new sync: the registry's fields are overwritten, the users' fields stay. Another property is refused until
 * the first is detached. Nothing changes when Skatteetaten does not answer.
 *
 * Errors: assets.class_has_no_property, property_attached, malformed_external_id, other_property,
 * integrations.no_organization_number, the system_users, skatteetaten, maskinporten and outbound errors, 409.
 */
export const attachProperty = outsideOperation<AttachProperty, Before, Found, AssetView>({
  name: 'asset.attach-property',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async read({ tx, clientAccountId }, { id, externalId }) {
    const standing = await readStanding(tx, clientAccountId, id);
    const { asset } = standing;
    if (!(asset.asset_class && assetClass(asset.asset_class)?.isRealEstate))
      throw assetErrors.class_has_no_property({ asset_class: asset.asset_class });
    if (!readExternalId(externalId)) throw assetErrors.malformed_external_id({ external_id: externalId });
    if (asset.external_id !== null && asset.external_id !== externalId)
      throw assetErrors.property_attached({ external_id: asset.external_id });
    return { standing, owner: await customerOf(tx, clientAccountId) };
  },
  async ask({ platform }, { externalId, taxYear }, { owner }) {
    const eiendom = eiendomOf(platform);
    const named = readExternalId(externalId)!;
    const { propertyId } = named;
    const basis = await eiendom.wealthBasis({ taxYear, propertyId, owner });
    const registered = readRegisteredProperty(basis, { taxYear, propertyId, externalId });
    if (!namesProperty(named, registered))
      throw assetErrors.other_property({
        external_id: externalId,
        property_id: propertyId,
        cadastral_number: cadastralNumber(registered),
      });
    const hits = await eiendom.search(taxYear, searchText(registered), owner);
    return { registered, hit: hitOf(hits, propertyId) };
  },
  async write(writing, { id, externalId }, { standing: before }, found) {
    const standing = await lockUnchanged(writing, id, before);
    await writeProperty(writing, standing, found);
    const { tx, clientAccountId, now, caller } = writing;
    const link = { source: 'skatteetaten', externalId } as const;
    const after = await writeLink({ tx, clientAccountId, now, userId: caller.userId }, id, link);
    writing.audit({ recordType: 'asset', recordId: id, before: propertyView(standing), after });
    return after;
  },
});

async function writeProperty(
  { tx, clientAccountId, now, caller }: OutsideWrite,
  { asset, property }: PropertyStanding,
  { registered, hit }: Found,
): Promise<void> {
  const { additional_addresses: others, ...registry } = registryFields(registered, hit);
  const inferred = inferredFields(registered);
  const empty = Object.entries(inferred).filter(
    ([name]) => (property?.[name as keyof typeof inferred] ?? null) === null,
  );
  const columns = {
    ...registry,
    additional_addresses: others && JSON.stringify(others),
    ...Object.fromEntries(empty),
    updated_at: now,
    updated_by_id: caller.userId,
  };
  if (property) {
    await tx.execute(sql`
      update asset_properties set ${assignments(columns)}
      where client_account_id = ${clientAccountId} and asset_id = ${asset.id}`);
    return;
  }
  const id = await takeIds(tx, clientAccountId);
  await tx.execute(sql`
    insert into asset_properties ${insertion({
      ...columns,
      client_account_id: clientAccountId,
      id,
      asset_id: asset.id,
      created_at: now,
      created_by_id: caller.userId,
    })}`);
}
