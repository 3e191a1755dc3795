import { createHash } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import { bicOfAccount } from '../../../banking/index.ts';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { takeIds } from '../../../ledger/index.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { type Platform, writeAudit } from '../../../platform/operation.ts';
import { numberArray, textArray } from '../../../platform/database/arrays.ts';
import { ofActiveClientAccounts } from '../../../tenancy/index.ts';
import { isBeforeDeadline, lastDayToCancel, lastDayToSend } from '../files/claim-deadline.ts';
import { type ClaimFile, claimFileContent } from './claim-file-content.ts';
import type { ClaimReason } from './claim-reasons.ts';
import { claimTermsOf } from './claim-terms.ts';

/** Limit of claims in one file; the rest goes into the next. */
const MOST_IN_FILE = 100_000;
/** Claims processed between two statements. */
const A_PAGE = 2_000;

/** Client accounts with claims or cancellations that wait for a file. */
export async function clientAccountsWithWaitingClaims({ database, outside }: Platform): Promise<number[]> {
  if (!outside?.avtaleGiroSender) return [];
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select distinct client_account_id as id from avtalegiro_claims
      where client_account_id = any (${numberArray(ids)}::bigint[])
        and (state = 'WAITING' or state = 'STOPPING' and cancel_file_id is null)
      order by 1`),
  );
  return due.map(({ id }) => id);
}

/**
 * Puts waiting claims and cancellations into files, which are numbered and committed before anything is sent. Each claim is
 * checked again: a mandate may have ended, a document been paid, a deadline passed. Returns the number of files.
 */
export async function prepareClaimFiles(platform: Platform, clientAccountId: number): Promise<number> {
  const { database, clock, outside } = platform;
  const sender = outside?.avtaleGiroSender;
  if (!sender) return 0;
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('avtalegiro claims', ${clientAccountId}))`);
    const work = { tx, clientAccountId, now: clock.now(), sender };
    const banks = await banksOf(tx, clientAccountId);
    await settleWaiting(work);
    let made = 0;
    for (const kind of ['claims', 'cancellations'] as const)
      for (const [bic, accounts] of banks) if (await prepareFile(work, kind, bic, accounts)) made++;
    return made;
  });
}

interface Work {
  tx: Transaction;
  clientAccountId: number;
  now: Date;
  sender: string;
}

/** Accounts with an agreement, by bank. */
async function banksOf(tx: Transaction, clientAccountId: number): Promise<Map<string, string[]>> {
  const rows = await tx.rows<{
    account_number: string;
    bban: string | null;
    iban: string | null;
    bic: string | null;
  }>(sql`
    select distinct on (a.account_number) a.account_number, b.bban, b.iban, b.bic from avtalegiro_agreements a
    join bank_accounts b on b.client_account_id = a.client_account_id and b.business_partner_id is null
      and a.account_number = coalesce(b.bban, case when b.iban ~ '^NO[0-9]{13}$' then substring(b.iban from 5) end)
    where a.client_account_id = ${clientAccountId} order by a.account_number, b.is_active desc, b.id`);
  const banks = new Map<string, string[]>();
  for (const { account_number: account, ...at } of rows) {
    const bic = bicOfAccount(at);
    if (bic !== null) banks.set(bic, [...(banks.get(bic) ?? []), account]);
  }
  return banks;
}

interface Waiting {
  id: number;
  document_id: number;
  amount: number;
  due_date: LocalDate;
  notice: 'bank' | 'payee';
  state: 'WAITING' | 'STOPPING';
}

/** Decides which claims are no longer sent, and the open amounts of the others. */
async function settleWaiting({ tx, clientAccountId, now }: Work): Promise<void> {
  const ended: { id: number; state: 'STOPPED' | 'MISSED' | 'SENT'; reason: ClaimReason }[] = [];
  const amounts: { id: number; amount: number }[] = [];
  let last = 0;
  for (;;) {
    const rows = await tx.rows<Waiting>(sql`
      select id, document_id, amount, due_date, notice, state from avtalegiro_claims
      where client_account_id = ${clientAccountId} and id > ${last}
        and (state = 'WAITING' or state = 'STOPPING' and cancel_file_id is null)
      order by id limit ${A_PAGE} for update`);
    const documents = rows.filter(({ state }) => state === 'WAITING').map((row) => row.document_id);
    const termsOf = await claimTermsOf(tx, clientAccountId, documents, now);
    for (const row of rows) {
      const { id } = row;
      if (row.state === 'STOPPING') {
        if (!isBeforeDeadline(lastDayToCancel(row.due_date), now))
          ended.push({ id, state: 'SENT', reason: 'stopped_too_late' });
        continue;
      }
      if (!isBeforeDeadline(lastDayToSend(row.due_date, row.notice), now)) {
        ended.push({ id, state: 'MISSED', reason: 'too_late' });
        continue;
      }
      const terms = termsOf.get(row.document_id)!;
      if ('not' in terms) ended.push({ id, state: 'STOPPED', reason: endOf(terms.not) });
      else if (terms.amount !== row.amount) amounts.push({ id, amount: terms.amount });
    }
    if (rows.length < A_PAGE) break;
    last = rows.at(-1)!.id;
  }
  await tx.execute(sql`
    update avtalegiro_claims c set state = n.state, reason_code = n.reason, state_at = ${now}
    from unnest(${numberArray(ended.map(({ id }) => id))}::bigint[], ${textArray(ended.map(({ state }) => state))}::text[],
      ${textArray(ended.map(({ reason }) => reason))}::text[]) as n (id, state, reason)
    where c.client_account_id = ${clientAccountId} and c.id = n.id`);
  await tx.execute(sql`
    update avtalegiro_claims c set amount = n.amount
    from unnest(${numberArray(amounts.map(({ id }) => id))}::bigint[], ${numberArray(amounts.map(({ amount }) => amount))}::bigint[])
      as n (id, amount)
    where c.client_account_id = ${clientAccountId} and c.id = n.id`);
  await writeAudit(
    tx,
    'consumer_invoicing.avtalegiro.claims.prepare',
    { caller: null, clientAccountId },
    ended.map(({ id, ...after }) => ({ recordType: 'avtalegiro_claim', recordId: id, after })),
  );
}

/** A reason not to make a claim, as the reason why an existing one ended. */
function endOf(not: ClaimReason): ClaimReason {
  if (not === 'no_mandate' || not === 'no_agreement' || not === 'no_kid') return 'mandate_ended';
  return not === 'not_posted' ? 'document_cancelled' : not;
}

async function prepareFile(
  { tx, clientAccountId, now, sender }: Work,
  kind: ClaimFile['kind'],
  bic: string,
  accounts: readonly string[],
): Promise<boolean> {
  const isClaims = kind === 'claims';
  const id = await takeIds(tx, clientAccountId);
  // A cancellation is sent after the claim that it ends.
  const taken = await tx.execute(sql`
    update avtalegiro_claims c set ${raw(isClaims ? 'file_id' : 'cancel_file_id')} = ${id},
      state = ${isClaims ? 'IN_FILE' : 'STOPPING'}, state_at = ${now}
    where c.client_account_id = ${clientAccountId} and c.id in (
      select w.id from avtalegiro_claims w
      left join avtalegiro_files f on f.client_account_id = w.client_account_id and f.id = w.file_id
      where w.client_account_id = ${clientAccountId} and w.account_number = any (${accounts}::text[])
        and ${isClaims ? sql`w.state = 'WAITING'` : sql`w.state = 'STOPPING' and w.cancel_file_id is null and f.state in ('SENT', 'WITHDRAWN')`}
      order by w.account_number, w.id limit ${MOST_IN_FILE})`);
  if (taken === 0) return false;
  const { number } = await tx.one<{ number: number }>(sql`select nextval('avtalegiro_transmissions') as number`);
  const file: ClaimFile = { clientAccountId, id, kind, sender, transmissionNumber: number };
  const hash = createHash('sha256');
  for await (const piece of claimFileContent(tx, file)) hash.update(piece);
  const sha256 = hash.digest();
  const { amount } = await tx.one<{ amount: number }>(sql`
    select sum(amount)::bigint as amount from avtalegiro_claims
    where client_account_id = ${clientAccountId} and ${raw(isClaims ? 'file_id' : 'cancel_file_id')} = ${id}`);
  const transmission = String(number).padStart(7, '0');
  await tx.execute(sql`
    insert into avtalegiro_files (client_account_id, id, kind, sha256, sender, transmission_number, receiver, records, created_at,
      state, bic, claims, amount)
    values (${clientAccountId}, ${id}, ${kind}, ${sha256}, ${sender}, ${transmission}, '00008080', ${taken}, ${now},
      'PREPARED', ${bic}, ${taken}, ${amount})`);
  await writeAudit(tx, 'consumer_invoicing.avtalegiro.claims.prepare', { caller: null, clientAccountId }, [
    { recordType: 'avtalegiro_file', recordId: id, after: { kind, transmission_number: transmission, claims: taken } },
  ]);
  return true;
}
