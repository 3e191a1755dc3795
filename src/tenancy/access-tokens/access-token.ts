import { isoSeconds } from '../../kernel/clock.ts';
import { SCOPES, type Scope } from '../../platform/caller.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const AccessTokenShape = strict({
  id: Id,
  name: Type.String(),
  scopes: Type.Array(Type.Enum([...SCOPES])),
  created_at: TimeText,
  expires_at: nullable(TimeText),
  revoked_at: nullable(TimeText),
  last_used_at: nullable(TimeText),
});

export interface AccessTokenRow {
  id: number;
  name: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

export function accessTokenJson(row: AccessTokenRow) {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    created_at: isoSeconds(row.created_at),
    expires_at: row.expires_at && isoSeconds(row.expires_at),
    revoked_at: row.revoked_at && isoSeconds(row.revoked_at),
    last_used_at: row.last_used_at && isoSeconds(row.last_used_at),
  };
}
