import { isoSeconds } from '../../kernel/clock.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

/** Daglig leder, økonomisjef, teknisk sjef, styreleder, styremedlem, innehaver. */
export const ROLE_TYPES = ['CEO', 'CFO', 'CTO', 'COB', 'BOARD_MEMBER', 'SOLE_PROPRIETOR'] as const;

export const OrganizationalRoleShape = strict({
  id: Id,
  client_account_id: Id,
  business_partner_id: Id,
  role_type: Type.Enum([...ROLE_TYPES]),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  business_partner: Type.Optional(strict({ id: Id, name: Type.String() })),
});

export interface OrganizationalRoleRow {
  id: number;
  client_account_id: number;
  business_partner_id: number;
  role_type: (typeof ROLE_TYPES)[number];
  created_at: Date;
  created_by_id: number | null;
  updated_at: Date;
  updated_by_id: number | null;
}

export const ORGANIZATIONAL_ROLE_COLUMNS =
  'id, client_account_id, business_partner_id, role_type, created_at, created_by_id, updated_at, updated_by_id';

export function organizationalRoleJson(row: OrganizationalRoleRow) {
  return { ...row, created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at) };
}
