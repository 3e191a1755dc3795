import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import type { Mailbox } from '../integrations/index.ts';
import { followPayments, paymentsUnderWay } from '../payments/index.ts';
import { AppError } from '../platform/errors.ts';
import type { FileStore } from '../platform/files/file-store.ts';
import type { TaskKind, TaskRun, Tasks } from '../platform/jobs/tasks.ts';
import type { Platform } from '../platform/operation.ts';
import { ofActiveClientAccounts } from '../tenancy/index.ts';
import { DeliveryAddresses } from './delivery-addresses.ts';
import { deliveryRound } from './delivery-round.ts';
import { forgetOld, mailboxLoad, ofMailbox } from './mailbox-files.ts';
import { sendRound } from './send-round.ts';
import { silentConnections } from './silence.ts';

const FETCH = 'bank_mailbox_fetch';
const SEND = 'bank_mailbox_send';
const FOLLOW = 'payments_follow';

/**
 * Imports files of banks and sends payments: a separate task for each mailbox, one at a time across all nodes, so that a
 * hanging mailbox does not delay the others.
 */
export function deliveryKinds(platform: Platform, tasks: Tasks): TaskKind[] {
  const { files } = platform;
  assert(files, 'bank files are kept in the file store');
  const working = { ...platform, files };
  const mailboxes = platform.outside?.bankMailboxes ?? [];
  const forEachMailbox = (kind: string) => async () => {
    const all = mailboxes.map(({ provider }) => ({ payload: { mailbox: provider }, key: `${kind}:${provider}` }));
    if (all.length === 0) return;
    await platform.database.transaction({ clientAccounts: [], mode: 'write' }, (tx) => tasks.addAll(tx, kind, all));
  };
  const mailboxOf = ({ payload }: TaskRun): Mailbox | undefined =>
    mailboxes.find(({ provider }) => provider === (payload as { mailbox: string }).mailbox);
  return [
    { kind: 'bank_mailboxes', every: '*/5 * * * *', run: forEachMailbox(FETCH) },
    { kind: 'bank_payments', every: '* * * * *', run: forEachMailbox(SEND) },
    {
      kind: FETCH,
      async run(run) {
        const mailbox = mailboxOf(run);
        if (mailbox) await fetchFrom(working, mailbox, run.signal);
      },
    },
    {
      kind: SEND,
      async run(run) {
        const mailbox = mailboxOf(run);
        if (!mailbox) return;
        try {
          await sendRound(platform, mailbox, run.signal);
        } catch (error) {
          // The next attempt follows a minute later; the fetch reports that the mailbox is down.
          if (!(error instanceof AppError)) throw error;
          platform.log.warn({ mailbox: mailbox.provider, code: error.code }, 'bank mailbox: payments not sent');
        }
      },
    },
    {
      kind: 'payments_under_way',
      every: '*/15 * * * *',
      run: async () => addFollowing(platform, tasks),
    },
    {
      kind: FOLLOW,
      run: async ({ payload }) =>
        void (await followPayments(platform, (payload as { client_account_id: number }).client_account_id)),
    },
  ];
}

/** A round, and its log for the operator. A mailbox that is down is tried again in the next round. */
export async function fetchFrom(
  platform: Platform & { files: FileStore },
  mailbox: Mailbox,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, database } = platform;
  const { provider } = mailbox;
  let problem: { code: string; nb: string; en: string } | null = null;
  try {
    const result = await deliveryRound(platform, mailbox, signal);
    if (result.listed > 0) log.info({ mailbox: provider, ...result }, 'bank mailbox');
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    problem = { code: error.code, nb: error.sentence('nb'), en: error.sentence('en') };
    log.warn({ mailbox: provider, code: error.code }, 'bank mailbox not reached');
  }
  await tellState(platform, provider, problem);
  await forgetOld(database, clock.now());
}

async function tellState(
  { database, clock, log }: Platform,
  mailbox: string,
  problem: { code: string; nb: string; en: string } | null,
): Promise<void> {
  const now = clock.now();
  const { connections } = await DeliveryAddresses.read(database, mailbox);
  const silent = await silentConnections(database, connections, now);
  const load = await mailboxLoad(database, mailbox);
  const before = await ofMailbox(database, async (tx) => {
    const was = await tx.maybe<{ silent: number }>(sql`select silent from bank_mailboxes where mailbox = ${mailbox}`);
    await tx.execute(sql`
      insert into bank_mailboxes as m (mailbox, looked_at, succeeded_at, problem, waiting, failing, held, silent)
      values (${mailbox}, ${now}, ${problem === null ? now : null}, ${problem === null ? null : JSON.stringify(problem)},
        ${load.waiting}, ${load.failing}, ${load.held}, ${silent.length})
      on conflict (mailbox) do update set looked_at = excluded.looked_at, problem = excluded.problem,
        succeeded_at = coalesce(excluded.succeeded_at, m.succeeded_at), waiting = excluded.waiting,
        failing = excluded.failing, held = excluded.held, silent = excluded.silent`);
    return was?.silent ?? 0;
  });
  if (silent.length > before)
    log.warn(
      {
        mailbox,
        silent: silent.length,
        first: silent.slice(0, 10).map(({ clientAccountId, bic }) => ({ clientAccountId, bic })),
      },
      'banks were silent on a banking day',
    );
}

/** Client accounts with payments that the bank may have booked, including those in files that users imported. */
async function addFollowing({ database, clock }: Platform, tasks: Tasks): Promise<void> {
  const found = await ofActiveClientAccounts(database, (tx, ids) => paymentsUnderWay(tx, ids, clock.now()));
  if (found.length === 0) return;
  await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    tasks.addAll(
      tx,
      FOLLOW,
      found.map(({ id }) => ({ payload: { client_account_id: id }, key: `${FOLLOW}:${id}` })),
    ),
  );
}
