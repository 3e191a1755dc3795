import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { ADMINS, clientAccountsWith, type Caller } from '../../platform/caller.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { secretHash } from '../../tenancy/index.ts';
import { apiKeyJson, type ApiKeyRow, type KeyKind } from './api-key.ts';

export interface NewApiKey {
  kind: KeyKind;
  name?: string;
  /** For a vendor key; the caller's only company if it administers just one. */
  client_account_id?: number;
}

/** The response contains the key, only this once. */
export const createApiKey = writeOperation({
  name: 'consumer_invoicing.keys.create',
  access: { kind: 'user', scope: 'write:profile' },
  answerIsSecret: true,
  async run({ tx, caller, now, audit }, input: NewApiKey) {
    const name = input.name ?? null;
    const company = input.kind === 'vendor' ? companyOf(caller, input) : null;
    if (input.kind === 'vendor' && name === null) throw invalid([problem('name', 'is required', 'mangler')]);
    if (company !== null) await tx.see([company]);
    // A UUID, as client software expects; random enough that a plain hash protects it.
    const key = randomUUID();
    const made = await tx.one<ApiKeyRow>(sql`
      insert into consumer_invoicing_keys (kind, user_id, company_id, name, key_hash, created_at)
      values (${input.kind}, ${caller.userId}, ${company}, ${name}, ${secretHash(key)}, ${now})
      returning id, kind, name, company_id, created_at, revoked_at`);
    const shown = apiKeyJson(made);
    audit({
      recordType: 'consumer_invoicing_key',
      recordId: made.id,
      after: shown,
      ...(company === null ? {} : { clientAccountId: company }),
    });
    return { ...shown, key };
  },
});

function companyOf(caller: Caller, { client_account_id: asked }: NewApiKey): number {
  const administered = clientAccountsWith(caller, ADMINS);
  if (asked === undefined) {
    if (administered.length === 1) return administered[0]!;
    throw invalid([
      problem('client_account_id', 'is required: there is not just one', 'må oppgis: det er ikke bare én'),
    ]);
  }
  if (!caller.roles.has(asked)) throw requestErrors.no_access();
  if (!administered.includes(asked)) throw requestErrors.role_missing();
  return asked;
}
