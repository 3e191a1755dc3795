import { isoSeconds } from '../../kernel/clock.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const KEY_KINDS = ['user', 'vendor'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export const ApiKeyShape = strict({
  id: Id,
  kind: Type.Enum([...KEY_KINDS]),
  name: nullable(Type.String()),
  client_account_id: nullable(Type.Integer({ description: 'Of a vendor key: the company that it belongs to' })),
  created_at: TimeText,
  revoked_at: nullable(TimeText),
});

export interface ApiKeyRow {
  id: number;
  kind: KeyKind;
  name: string | null;
  company_id: number | null;
  created_at: Date;
  revoked_at: Date | null;
}

export function apiKeyJson(row: ApiKeyRow) {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    client_account_id: row.company_id,
    created_at: isoSeconds(row.created_at),
    revoked_at: row.revoked_at && isoSeconds(row.revoked_at),
  };
}
