import { createHmac, randomBytes } from 'node:crypto';
import type { ColumnKeys, Sealed } from '../../platform/encryption/column-keys.ts';
import type { Platform } from '../../platform/operation.ts';
import { eventErrors } from '../errors.ts';

/** How long deliveries are also signed with the previous secret after a rotation. */
export const BOTH_SIGN_MS = 24 * 3_600_000;

export interface SealedSecrets {
  client_account_id: number;
  id: number;
  sealed: Buffer;
  key_id: string;
  earlier_sealed: Buffer | null;
  earlier_key_id: string | null;
  earlier_until: Date | null;
}

/** In the format of Standard Webhooks: 32 random bytes in base64 after `whsec_`. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** @throws events.no_encryption if the installation has no keys. */
export function keysFor({ columnKeys }: Platform): ColumnKeys {
  if (!columnKeys) throw eventErrors.no_encryption();
  return columnKeys;
}

export function secretPlace(id: number): string {
  return `webhooks ${id}`;
}

/** The secrets that sign a delivery at `now`, the newest first. Throws CannotOpen. */
export function openSecrets(keys: ColumnKeys, row: SealedSecrets, now: Date): string[] {
  const sealed: Sealed[] = [{ keyId: row.key_id, value: row.sealed }];
  if (row.earlier_sealed && row.earlier_until! > now)
    sealed.push({ keyId: row.earlier_key_id!, value: row.earlier_sealed });
  return sealed.map((one) => keys.open(one, secretPlace(row.id)));
}

/** The three headers of Standard Webhooks 1.0: one signature for each secret, over id, time and body as sent. */
export function signedHeaders(secrets: readonly string[], { id, now, body }: { id: string; now: Date; body: string }) {
  const timestamp = `${Math.floor(now.getTime() / 1000)}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
