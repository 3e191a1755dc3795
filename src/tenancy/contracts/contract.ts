import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { ProviderType } from '../access/caller-load.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const APPROVAL = ['PENDING', 'APPROVED', 'REJECTED'] as const;

const Party = strict({ id: Id, unique_name: Type.String(), display_name: Type.String() });

export const ContractShape = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: nullable(Id),
  client_account_id: Id,
  provider_client_account_id: Id,
  service_provided: nullable(Type.String()),
  provider_type: nullable(Type.Enum(['ACCOUNTANT', 'AUDITOR'])),
  start_date: nullable(DateText),
  end_date: nullable(DateText),
  approval_status: Type.Enum([...APPROVAL]),
  requested_by_client_account_id: nullable(Id),
  version: Type.Integer({ minimum: 1 }),
  client_account: Type.Optional(nullable(Party)),
  provider_client_account: Type.Optional(Party),
});

export interface ContractRow {
  id: number;
  created_at: Date;
  created_by_id: number | null;
  client_account_id: number;
  provider_client_account_id: number;
  service_provided: string | null;
  /** The kind of service: what the firm's people may do here. */
  provider_type: ProviderType | null;
  start_date: string | null;
  end_date: string | null;
  approval_status: (typeof APPROVAL)[number];
  /** The party that requested it; the other one decides. */
  requested_by_client_account_id: number | null;
  /** Counts changes of the terms, from 1. */
  version: number;
  client_unique_name: string;
  client_display_name: string;
  provider_unique_name: string;
  provider_display_name: string;
}

/** Contracts with both parties' names; `condition` refers to the alias `c`. */
export function contractRows(tx: Transaction, condition: Sql, tail: Sql): Promise<ContractRow[]> {
  return tx.rows<ContractRow>(sql`
    select c.id, c.created_at, c.created_by_id, c.client_account_id, c.provider_client_account_id, c.service_provided,
      c.start_date, c.end_date, c.approval_status, c.requested_by_client_account_id, c.provider_type, c.version,
      k.unique_name as client_unique_name, k.display_name as client_display_name,
      p.unique_name as provider_unique_name, p.display_name as provider_display_name
    from contracts c
    join client_accounts k on k.id = c.client_account_id
    join client_accounts p on p.id = c.provider_client_account_id
    where ${condition} ${tail}`);
}

export function contractJson(row: ContractRow, asked: { client: boolean; provider: boolean }) {
  return {
    id: row.id,
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    client_account_id: row.client_account_id,
    provider_client_account_id: row.provider_client_account_id,
    service_provided: row.service_provided,
    provider_type: row.provider_type,
    start_date: row.start_date,
    end_date: row.end_date,
    approval_status: row.approval_status,
    requested_by_client_account_id: row.requested_by_client_account_id,
    version: row.version,
    ...(asked.client
      ? {
          client_account: {
            id: row.client_account_id,
            unique_name: row.client_unique_name,
            display_name: row.client_display_name,
          },
        }
      : {}),
    ...(asked.provider
      ? {
          provider_client_account: {
            id: row.provider_client_account_id,
            unique_name: row.provider_unique_name,
            display_name: row.provider_display_name,
          },
        }
      : {}),
  };
}
