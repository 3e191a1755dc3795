import sql, { join, type Sql } from 'sql-template-tag';
import { holdsText } from '../../platform/database/columns.ts';

/**
 * All given conditions must hold: numbers and addresses exactly, the name as a part in any case, the time as "at or after".
 */
export interface ConsumerFilter {
  id?: number | null;
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  state?: string | null;
  reference_nr?: string | null;
  customer_nr?: string | null;
  changed_since?: Date | null;
}

export function consumerCondition(clientAccounts: readonly number[], filter: ConsumerFilter): Sql {
  const { name, phone, email, state, reference_nr: reference, customer_nr: customer, changed_since: since } = filter;
  const conditions = [
    clientAccounts.length === 1
      ? sql`client_account_id = ${clientAccounts[0]}`
      : sql`client_account_id = any (${[...clientAccounts]}::bigint[])`,
  ];
  if (filter.id != null) conditions.push(sql`id = ${filter.id}`);
  if (reference != null) conditions.push(sql`reference_nr = ${reference}`);
  if (customer != null) conditions.push(sql`customer_nr = ${customer}`);
  if (phone != null) conditions.push(sql`phone = ${phone}`);
  if (email != null) conditions.push(sql`lower(email) = lower(${email})`);
  if (state != null) conditions.push(sql`state = ${state}`);
  if (since != null) conditions.push(sql`updated_at >= ${since}`);
  if (name != null) conditions.push(holdsText(['name'], name));
  return join(conditions, ' and ');
}
