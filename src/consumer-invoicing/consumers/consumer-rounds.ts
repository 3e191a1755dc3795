import sql, { raw } from 'sql-template-tag';
import type { ConsumerFound, ConsumerKey } from '../../integrations/index.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { AppError } from '../../platform/errors.ts';
import { type AuditRecord, type Platform, writeAudit } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import { CONSUMER_COLUMNS, type ConsumerRow, type ConsumerState, mayBecome } from './consumer-agreement.ts';

/** The network's limit for one lookup. */
const AT_ONCE = 100;
const HOUR_MS = 3_600_000;

/** Client accounts with consumers whose state may have changed at the network. */
export async function clientAccountsWithConsumersDue({ database, clock }: Platform): Promise<number[]> {
  const before = dayBefore(clock.now());
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select a.id from unnest(${ids}::bigint[]) as a (id) where exists (
        select from consumer_agreements c where c.client_account_id = a.id
          and c.state in ('NEW', 'REQUEST_SENT', 'ACCEPTED', 'ACTIVE')
          and (c.looked_up_at is null or c.looked_up_at < ${before}))
        and exists (select from issuer_agreements i where i.client_account_id = a.id and i.state = 'CONFIRMED')
      order by 1`),
  );
  return due.map(({ id }) => id);
}

/** Looks up all due consumers of a client account, page by page, and asks those for consent who have not been asked. */
export async function lookConsumersUp(
  platform: Platform,
  clientAccountId: number,
  signal?: AbortSignal,
): Promise<void> {
  const { database, clock, outside } = platform;
  const network = outside?.efaktura;
  if (!network) return;
  const now = clock.now();
  for (;;) {
    if (signal?.aborted) return;
    const { organizationNumber, rows } = await database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => ({
        organizationNumber: (
          await tx.one<{ organization_number: string | null }>(sql`
            select organization_number from client_accounts where id = ${clientAccountId}`)
        ).organization_number,
        rows: await tx.rows<ConsumerRow>(sql`
          select ${raw(CONSUMER_COLUMNS)} from consumer_agreements
          where client_account_id = ${clientAccountId} and state in ('NEW', 'REQUEST_SENT', 'ACCEPTED', 'ACTIVE')
            and (looked_up_at is null or looked_up_at < ${dayBefore(now)})
          order by id limit ${AT_ONCE}`),
      }),
    );
    if (rows.length === 0 || organizationNumber === null) return;
    const found = await network.lookup(organizationNumber, rows.map(keyOf));
    const invited = new Set<string>();
    for (const [i, row] of rows.entries()) {
      const one = found[i]!;
      if (row.state !== 'NEW' || stateOf(row.state, one).state !== 'REQUEST_SENT') continue;
      try {
        await network.invite(organizationNumber, keyOf(row));
        invited.add(one.id);
      } catch (error) {
        // The party fails for this one: it stays NEW and is asked tomorrow.
        if (!(error instanceof AppError)) throw error;
      }
    }
    await keep(platform, clientAccountId, { rows, found, invited, now });
  }
}

/** The new state of a consumer after the network's response (reference of the operator's lookup). */
export function stateOf(before: ConsumerState, found: ConsumerFound): { state: ConsumerState; reason: string | null } {
  switch (found.result) {
    case 'MULTIPLE_RECEIVERS':
    case 'LOOKUP_KEY_MISSING_DATA':
      return { state: 'ERROR', reason: found.result };
    case 'RECEIVER_NOT_FOUND':
      return before === 'ACTIVE' || before === 'ACCEPTED'
        ? { state: 'DELETED', reason: found.result }
        : { state: before, reason: found.result };
    default:
      if (found.blocked)
        return {
          state: before === 'ACTIVE' || before === 'ACCEPTED' ? 'DELETED' : 'REJECTED',
          reason: 'blocked by the receiver',
        };
      if (found.autoAccept || found.hasAgreement) return { state: 'ACTIVE', reason: null };
      if (before === 'ACTIVE' || before === 'ACCEPTED') return { state: 'DELETED', reason: 'consent taken back' };
      return { state: 'REQUEST_SENT', reason: null };
  }
}

interface Looked {
  rows: readonly ConsumerRow[];
  found: readonly ConsumerFound[];
  invited: ReadonlySet<string>;
  now: Date;
}

async function keep(
  { database }: Platform,
  clientAccountId: number,
  { rows, found, invited, now }: Looked,
): Promise<void> {
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const current = await tx.rows<ConsumerRow>(sql`
      select ${raw(CONSUMER_COLUMNS)} from consumer_agreements
      where client_account_id = ${clientAccountId} and id = any (${numberArray(rows.map(({ id }) => id))}::bigint[]) order by id for update`);
    const answers = new Map(found.map((one) => [one.id, one]));
    const audits: AuditRecord[] = [];
    const changed: { id: number; state: ConsumerState; reason: string | null; identifier: string | null }[] = [];
    for (const row of current) {
      const answer = answers.get(String(row.id))!;
      const { state, reason } = stateOf(row.state, answer);
      // Not asked: it is unchanged. Changed in the meantime: the next round examines it again.
      const next = state === 'REQUEST_SENT' && row.state === 'NEW' && !invited.has(answer.id) ? 'NEW' : state;
      if (!mayBecome(row.state, next)) continue;
      if (next === row.state && reason === row.state_reason) continue;
      changed.push({ id: row.id, state: next, reason, identifier: answer.efakturaIdentifier });
      audits.push({
        recordType: 'consumer_agreement',
        recordId: row.id,
        before: { status: row.state, status_reason: row.state_reason },
        after: { status: next, status_reason: reason },
      });
    }
    await tx.execute(sql`
      update consumer_agreements set looked_up_at = ${now}
      where client_account_id = ${clientAccountId} and id = any (${numberArray(current.map(({ id }) => id))}::bigint[])`);
    await tx.execute(sql`
      update consumer_agreements c set state = n.state, state_reason = n.reason, updated_at = ${now},
        efaktura_identifier = coalesce(n.identifier, c.efaktura_identifier)
      from unnest(${numberArray(changed.map(({ id }) => id))}::bigint[], ${textArray(changed.map(({ state }) => state))}::text[],
        ${textArray(changed.map(({ reason }) => reason))}::text[], ${textArray(changed.map(({ identifier }) => identifier))}::text[])
        as n (id, state, reason, identifier)
      where c.client_account_id = ${clientAccountId} and c.id = n.id`);
    await writeAudit(tx, 'consumer_invoicing.consumers.round', { caller: null, clientAccountId }, audits);
  });
}

function keyOf(row: ConsumerRow): ConsumerKey {
  return {
    id: String(row.id),
    reference: row.reference_nr,
    ...(row.efaktura_identifier ? { efakturaIdentifier: row.efaktura_identifier } : {}),
    ...(row.phone ? { phone: row.phone } : {}),
    ...(row.email ? { email: row.email } : {}),
    ...(row.name ? { name: row.name } : {}),
    ...(row.postal_code ? { postalCode: row.postal_code } : {}),
    ...(row.city ? { city: row.city } : {}),
  };
}

/** One round a day, slightly early, so that the hour does not drift. */
function dayBefore(now: Date): Date {
  return new Date(now.getTime() - 23 * HOUR_MS);
}
