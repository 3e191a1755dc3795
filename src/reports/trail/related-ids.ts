import type { Database, Transaction } from '../../platform/database/pool.ts';

/** The entities of an amount, from its dimension set. */
export interface RelatedIds {
  bankAccountId: number | null;
  businessPartnerId: number | null;
  assetId: number | null;
}

const NOTHING: RelatedIds = { bankAccountId: null, businessPartnerId: null, assetId: null };

const MEMBERS = `
select dimension_set_id,
  max(value_id) filter (where dimension_type = 'bank_account') as bank_account_id,
  max(value_id) filter (where dimension_type = 'business_partner') as business_partner_id,
  max(value_id) filter (where dimension_type = 'asset') as asset_id
from dimension_set_members
where client_account_id = $1 and dimension_set_id = any ($2::int[])
group by dimension_set_id`;

const MOST_SETS = 1_000_000;

/** Sets never change, so their contents are read once per process. */
class KnownSets {
  readonly #clients = new Map<number, Map<number, RelatedIds>>();
  #count = 0;

  of(clientAccountId: number): Map<number, RelatedIds> {
    const known = this.#clients.get(clientAccountId) ?? new Map<number, RelatedIds>();
    // Moves it to the end: the least recently used is dropped first.
    this.#clients.delete(clientAccountId);
    this.#clients.set(clientAccountId, known);
    return known;
  }

  add(known: Map<number, RelatedIds>, setId: number, ids: RelatedIds): void {
    if (!known.has(setId)) this.#count++;
    known.set(setId, ids);
    for (const [clientAccountId, sets] of this.#clients) {
      if (this.#count <= MOST_SETS || sets === known) return;
      this.#count -= sets.size;
      this.#clients.delete(clientAccountId);
    }
  }
}

const caches = new WeakMap<Database, KnownSets>();

/** The entities of each dimension set. Set 0 is the one without dimensions. */
export async function readRelatedIds(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  setIds: readonly number[],
): Promise<(setId: number) => RelatedIds> {
  let cache = caches.get(database);
  if (!cache) caches.set(database, (cache = new KnownSets()));
  const known = cache.of(clientAccountId);
  const unknown = new Set(setIds.filter((setId) => setId !== 0 && !known.has(setId)));
  if (unknown.size > 0) {
    const rows = await tx.named<{
      dimension_set_id: number;
      bank_account_id: number | null;
      business_partner_id: number | null;
      asset_id: number | null;
    }>('report-set-members', MEMBERS, [clientAccountId, `{${[...unknown].join(',')}}`]);
    for (const row of rows) {
      cache.add(known, row.dimension_set_id, {
        bankAccountId: row.bank_account_id,
        businessPartnerId: row.business_partner_id,
        assetId: row.asset_id,
      });
    }
  }
  return (setId) => known.get(setId) ?? NOTHING;
}
