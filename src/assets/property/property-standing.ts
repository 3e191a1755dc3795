import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { type AssetRow, type AssetView, findAsset, viewOf } from '../asset.ts';
import { lockAsset } from '../asset-update.ts';
import { assetErrors } from '../errors.ts';
import { type AssetProperty, readProperties } from '../property.ts';

/** The current state of an asset and its property. */
export interface PropertyStanding {
  asset: AssetRow;
  /** Number of changes of the asset; 0 if it has no register record yet. */
  version: number;
  property: AssetProperty | null;
}

/** Throws 404. */
export async function readStanding(tx: Transaction, clientAccountId: number, id: number): Promise<PropertyStanding> {
  const asset = await findAsset(tx, clientAccountId, id);
  const row = await tx.maybe<{ version: number }>(
    sql`select version from assets where client_account_id = ${clientAccountId} and id = ${id}`,
  );
  const properties = await readProperties(tx, clientAccountId, [id]);
  return { asset, version: row?.version ?? 0, property: properties.get(id) ?? null };
}

interface Writing {
  tx: Transaction;
  clientAccountId: number;
}

/** Locks the asset for a change of its property. Throws 404, and 409 while another change of it is under way. */
export async function lockStanding(writing: Writing, id: number): Promise<PropertyStanding> {
  await lockAsset(writing, id);
  return readStanding(writing.tx, writing.clientAccountId, id);
}

/**
 * The same for an operation that called a party after it read the asset: throws 409 if the asset has changed meanwhile.
 */
export async function lockUnchanged(writing: Writing, id: number, before: PropertyStanding): Promise<PropertyStanding> {
  const standing = await lockStanding(writing, id);
  if (standing.version !== before.version) throw requestErrors.concurrent_change();
  return standing;
}

/** Throws if the asset has no property. */
export function requireProperty({ property }: PropertyStanding): AssetProperty {
  if (!property) throw assetErrors.no_property();
  return property;
}

/** Writes the link of the asset, records who changed it, and returns the view of the asset with its property. */
export async function writeLink(
  { tx, clientAccountId, now, userId }: Writing & { now: Date; userId: number },
  id: number,
  link: { source: 'skatteetaten'; externalId: string } | null,
): Promise<AssetView> {
  await tx.execute(sql`
    update assets set external_source = ${link?.source ?? null}, external_id = ${link?.externalId ?? null},
      version = version + 1
    where client_account_id = ${clientAccountId} and id = ${id}`);
  await tx.execute(sql`
    update dimension_values set updated_at = ${now}, updated_by_id = ${userId}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  return propertyView(await readStanding(tx, clientAccountId, id));
}

/** The asset with the property relation included. */
export function propertyView({ asset, property }: PropertyStanding): AssetView {
  return { ...viewOf(asset), property };
}
