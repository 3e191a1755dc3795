import type { Transaction } from '../../platform/database/pool.ts';
import { type KnownAt, mastersTable } from '../figures/known-at.ts';
import type { ReportAccount } from '../printed/report-chart.ts';
import type { RelatedIds } from './related-ids.ts';

/** The entity that an amount belongs to: a bank account, a customer, a supplier, an employee, an asset. */
export interface Relation {
  type: 'bank_account' | 'customer' | 'supplier' | 'employee' | 'business_partner' | 'asset';
  id: number;
  name: string;
}

/** Dimension type under which the lines of a relation are found. */
export function dimensionTypeOf(type: Relation['type']): 'bank_account' | 'business_partner' | 'asset' {
  return type === 'bank_account' || type === 'asset' ? type : 'business_partner';
}

/**
 * The entity under which an amount on an account is shown. Business partners only on the accounts of their subsidiary
 * ledgers: a customer on an income line does not split the income account.
 */
export function relationOf(account: ReportAccount, ids: RelatedIds): Omit<Relation, 'name'> | null {
  if (ids.bankAccountId !== null) return { type: 'bank_account', id: ids.bankAccountId };
  if (ids.businessPartnerId !== null) {
    const type = partnerRole(account);
    if (type) return { type, id: ids.businessPartnerId };
  }
  return ids.assetId === null ? null : { type: 'asset', id: ids.assetId };
}

function partnerRole({ flags, mandatoryDimensions }: ReportAccount): Relation['type'] | null {
  for (const role of ['customer', 'supplier', 'employee'] as const) if (flags.includes(role)) return role;
  return mandatoryDimensions.includes('business_partner') ? 'business_partner' : null;
}

const names = (at: string | null) => `
select id, name from ${mastersTable('business_partners', at)} b where client_account_id = $1 and id = any ($2::bigint[])
union all
select id, name from ${mastersTable('dimension_values', at)} d where client_account_id = $1 and id = any ($2::bigint[])`;

const NAMES = names(null);
const NAMES_THEN = names('$3');

/** Names of business partners and dimension values, by id; `known`: as of that time. */
export async function entityNames(
  tx: Transaction,
  clientAccountId: number,
  ids: ReadonlySet<number>,
  known: KnownAt | null = null,
): Promise<Map<number, string>> {
  if (ids.size === 0) return new Map();
  const list = `{${[...ids].join(',')}}`;
  const rows = await (known
    ? tx.named<NameRow>('report-entity-names-then', NAMES_THEN, [clientAccountId, list, known.at])
    : tx.named<NameRow>('report-entity-names', NAMES, [clientAccountId, list]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

interface NameRow {
  id: number;
  name: string;
}
