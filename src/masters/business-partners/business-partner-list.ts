import sql, { join, type Sql } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { holdsText } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { PARTNER_COLUMNS, type PartnerRow, type PartnerView, partnerView } from './business-partner.ts';
import { balanceStatistics, dimensionBalances } from '../dimensions/dimension-balances.ts';

const SEARCHED = [
  'name',
  'organization_number',
  'customer_code',
  'supplier_code',
  'employee_code',
  'contact_person',
  'email',
];

export const PARTNER_RELATIONS = ['client_account', 'created_by', 'updated_by', 'statistics'] as const;

export interface ListPartners extends Page {
  isOrganization?: boolean | undefined;
  isCustomer?: boolean | undefined;
  isSupplier?: boolean | undefined;
  isEmployee?: boolean | undefined;
  organizationId?: number | undefined;
  organizationNumber?: string | undefined;
  userId?: number | undefined;
  /** null: both active and inactive partners. */
  isActive: boolean | null;
  /** In name, organisation number, codes, contact person or e-mail. */
  freeText?: string | undefined;
  orderBy?: string | undefined;
  with: ReadonlySet<string>;
}

const ORDER = {
  id: 'id',
  name: 'name collate nb_no',
  sequence_number: 'sequence_number',
  customer_code: 'customer_code collate nb_no',
  supplier_code: 'supplier_code collate nb_no',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

export const listBusinessPartners = readOperation({
  name: 'business-partner.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ListPartners) {
    const where = sql`client_account_id = ${clientAccountId} ${conditionsOf(input)}`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from business_partners where ${where}`,
    );
    const rows = await tx.rows<PartnerRow>(sql`
      select ${PARTNER_COLUMNS} from business_partners where ${where}
      ${orderBy(input.orderBy, ORDER, 'sequence_number asc')} ${limitOffset(input)}`);
    const partners = rows.map(partnerView);
    await attachPartnerRelations(tx, clientAccountId, partners, input.with);
    return envelope(partners, input, records);
  },
});

function conditionsOf(input: ListPartners): Sql {
  const conditions: Sql[] = [];
  const equal = (column: Sql, value: unknown) => {
    if (value !== undefined && value !== null) conditions.push(sql`and ${column} = ${value}`);
  };
  equal(sql`is_organization`, input.isOrganization);
  equal(sql`is_customer`, input.isCustomer);
  equal(sql`is_supplier`, input.isSupplier);
  equal(sql`is_employee`, input.isEmployee);
  equal(sql`organization_id`, input.organizationId);
  equal(sql`organization_number`, input.organizationNumber);
  equal(sql`user_id`, input.userId);
  equal(sql`is_active`, input.isActive);
  if (input.freeText !== undefined) {
    conditions.push(sql`and ${holdsText(SEARCHED, input.freeText)}`);
  }
  return conditions.length > 0 ? join(conditions, ' ') : sql``;
}

export async function attachPartnerRelations(
  tx: Transaction,
  clientAccountId: number,
  partners: PartnerView[],
  asked: ReadonlySet<string>,
): Promise<void> {
  await attachRelations(tx, partners, asked);
  if (!asked.has('statistics')) return;
  const ids = partners.map((partner) => partner.id);
  const balances = await dimensionBalances(tx, clientAccountId, 'business_partner', ids);
  for (const partner of partners) partner.statistics = balanceStatistics(balances.get(partner.id)!);
}
