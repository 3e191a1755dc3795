import sql from 'sql-template-tag';
import type { ActiveBankConnection } from '../integrations/index.ts';
import { addDays, dateInNorway, type LocalDate } from '../kernel/local-date.ts';
import { isWorkingDay, workingDayUntil } from '../kernel/working-days.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { numberArray, textArray } from '../platform/database/arrays.ts';

/** Hour in Norway by which the files of a banking day should have arrived: banks send them early in the morning. */
const BY_HOUR = 12;

const hours = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Oslo', hour: '2-digit', hourCycle: 'h23' });

/** The last banking day whose files should have arrived by now. */
export function expectedDay(now: Date): LocalDate {
  const today = dateInNorway(now);
  if (isWorkingDay(today) && Number(hours.format(now)) >= BY_HOUR) return today;
  return workingDayUntil(addDays(today, -1));
}

export interface Silence {
  clientAccountId: number;
  bic: string;
  /** Null: never. */
  lastStatementAt: Date | null;
  /** True if a banking day has passed without any file. */
  isSilent: boolean;
}

/** The connections that received nothing on a banking day. One that is not active yet does not count. */
export async function silencesOf(
  tx: Transaction,
  connections: readonly Pick<ActiveBankConnection, 'clientAccountId' | 'bic'>[],
  now: Date,
): Promise<Silence[]> {
  const expected = expectedDay(now);
  const rows = await tx.rows<{ clientAccountId: number; bic: string; last: Date | null; since: Date | null }>(sql`
    select c.client_account_id as "clientAccountId", c.bic, d.last,
      case when n.agreement_state = 'connected' and exists (select from bank_connection_accounts a
        where a.client_account_id = c.client_account_id and 'statements' = any(a.services)) then n.agreement_at end as since
    from unnest(${numberArray(connections.map(({ clientAccountId }) => clientAccountId))}::bigint[],
      ${textArray(connections.map(({ bic }) => bic))}::text[]) as c (client_account_id, bic)
    join bank_connections n on n.client_account_id = c.client_account_id and n.bic = c.bic
    left join lateral (select max(received_at) as last from bank_deliveries d
      where d.client_account_id = c.client_account_id and d.bic = c.bic and d.kind = 'statement' and d.status <> 'refused') d
      on true
    order by 1, 2`);
  return rows.map(({ clientAccountId, bic, last, since }) => {
    const from = last ?? since;
    return {
      clientAccountId,
      bic,
      lastStatementAt: last,
      isSilent: since !== null && from !== null && dateInNorway(from) < expected,
    };
  });
}

const CHUNK = 1_000;

export async function silentConnections(
  database: Database,
  connections: readonly ActiveBankConnection[],
  now: Date,
): Promise<Silence[]> {
  const silent: Silence[] = [];
  for (let i = 0; i < connections.length; i += CHUNK) {
    const chunk = connections.slice(i, i + CHUNK);
    const clientAccounts = [...new Set(chunk.map(({ clientAccountId }) => clientAccountId))];
    const found = await database.transaction({ clientAccounts, mode: 'read' }, (tx) => silencesOf(tx, chunk, now));
    silent.push(...found.filter(({ isSilent }) => isSilent));
  }
  return silent;
}
