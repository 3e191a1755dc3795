import sql from 'sql-template-tag';
import { type Caller, SCOPES } from '../../platform/caller.ts';
import type { Platform } from '../../platform/operation.ts';
import { loadCaller, secretHash } from '../../tenancy/index.ts';
import { consumerInvoicingErrors } from '../errors.ts';

/** The three keys as written: blanks are part of a key, and an empty key is invalid. */
export interface ApiKeys {
  company_uuid: string | null;
  user_api_key: string | null;
  vendor_api_key: string | null;
}

/** The calling user, company and software. */
export interface KeyHolder {
  caller: Caller;
  clientAccountId: number;
  vendorKeyId: number | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Checks the keys in the order of the protocol: user, activated, software, company, the user's role in it, its state.
 *
 * @throws consumer_invoicing.user_key_unknown, user_inactive, vendor_key_unknown, company_unknown, company_not_given,
 * company_not_theirs, company_locked.
 */
export function keyHolder({ database, clock }: Platform, keys: ApiKeys): Promise<KeyHolder> {
  return database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    const key = await tx.maybe<{ user_id: number }>(sql`
      select user_id from consumer_invoicing_keys
      where kind = 'user' and revoked_at is null and key_hash = ${secretHash(keys.user_api_key ?? '')}`);
    if (!key) throw consumerInvoicingErrors.user_key_unknown();
    const caller = await loadCaller(tx, key.user_id, new Set(SCOPES), clock.now());
    if (!caller) throw consumerInvoicingErrors.user_inactive();
    const vendor =
      keys.vendor_api_key === null
        ? null
        : await tx.maybe<{ id: number }>(sql`
      select id from consumer_invoicing_keys
      where kind = 'vendor' and revoked_at is null and key_hash = ${secretHash(keys.vendor_api_key)}`);
    if (vendor === undefined) throw consumerInvoicingErrors.vendor_key_unknown();
    const companies = [...caller.roles.keys()];
    const company = await tx.maybe<{ id: number; is_active: boolean }>(
      keys.company_uuid === null
        ? sql`select id, is_active from client_accounts where id = ${companies[0] ?? 0}`
        : sql`select id, is_active from client_accounts where uuid = ${UUID.test(keys.company_uuid) ? keys.company_uuid : null}::uuid`,
    );
    if (keys.company_uuid === null && companies.length > 1) throw consumerInvoicingErrors.company_not_given();
    if (!company) throw consumerInvoicingErrors.company_unknown();
    if (!caller.roles.has(company.id)) throw consumerInvoicingErrors.company_not_theirs();
    if (!company.is_active) throw consumerInvoicingErrors.company_locked();
    return { caller: { ...caller, via: 'access_token' }, clientAccountId: company.id, vendorKeyId: vendor?.id ?? null };
  });
}
