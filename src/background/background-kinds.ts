import { DepreciationSchedule } from '../assets/index.ts';
import {
  clientAccountsWithConsumersDue,
  clientAccountsWithOpenClaims,
  clientAccountsWithWaitingClaims,
  followClaims,
  clientAccountsWithWaitingOrders,
  lookConsumersUp,
  prepareClaimFiles,
  settleIssuerOrder,
} from '../consumer-invoicing/index.ts';
import { orderEvents, resealWebhooks, wakeWebhooks } from '../events/index.ts';
import {
  checkPeppol,
  duePeppolChecks,
  mailTasks,
  peppolTasks,
  registerTasks,
  resealTokens,
  revokeDue,
  syncDueSystemUsers,
} from '../integrations/index.ts';
import {
  clientAccountsWithDeliveriesDue,
  clientAccountsWithResponsesDue,
  followDeliveries,
  followResponses,
  RecurringSchedule,
} from '../invoices/index.ts';
import { finishPostings } from '../ledger/index.ts';
import { removeExpiredRenderings } from '../platform/jobs/rendering-sweep.ts';
import type { TaskKind, TaskRun, Tasks } from '../platform/jobs/tasks.ts';
import type { MailDelivery } from '../platform/mail.ts';
import type { Platform } from '../platform/operation.ts';
import { removeOld } from './retention.ts';
import { dueSubmissions, SUBMISSION_TASK, SubmissionSender } from '../vat-return/index.ts';

export const LEDGER_TASK = 'ledger';
export const EVENTS_TASK = 'events';
export const MAIL_TASK = 'mail';

/** Maintenance tasks: short, and separate from the jobs that users wait for. */
export function upkeepKinds(platform: Platform, tasks: Tasks, mail: MailDelivery): TaskKind[] {
  const { database, clock, log } = platform;
  const schedule = new DepreciationSchedule(platform);
  const sender = new SubmissionSender(platform);
  const recurring = new RecurringSchedule(platform);
  const tell = async (run: TaskRun) => {
    const id = clientAccountOf(run);
    if ((await orderEvents(database, id, run.signal)) > 0) await wakeWebhooks(platform, tasks, id);
  };
  return [
    ...registerTasks(platform),
    ...peppolTasks(platform),
    ...mailTasks(platform),
    ...eachClientAccount(platform, tasks, {
      kind: 'peppol_check',
      every: '* * * * *',
      due: () => duePeppolChecks(platform),
      run: (id) => checkPeppol(platform, id),
    }),
    {
      kind: LEDGER_TASK,
      async run(run) {
        await finishPostings(database, clientAccountOf(run), run.signal);
        // After the postings are finished, so that no event is missed when only balances are found.
        await tell(run);
      },
    },
    {
      kind: EVENTS_TASK,
      run: (run) => tell(run),
    },
    {
      kind: MAIL_TASK,
      run: async ({ signal }) => void (await mail.deliver(clock.now(), signal)),
    },
    ...eachClientAccount(platform, tasks, {
      kind: 'depreciation',
      every: '*/15 * * * *',
      due: () => schedule.due(),
      run: async (id) => void (await schedule.run(id)),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'issuer_order',
      every: '* * * * *',
      due: () => clientAccountsWithWaitingOrders(platform),
      run: (id) => settleIssuerOrder(platform, id),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'consumers',
      every: '*/10 * * * *',
      due: () => clientAccountsWithConsumersDue(platform),
      run: (id, signal) => lookConsumersUp(platform, id, signal),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'claim_files',
      every: '*/5 * * * *',
      due: () => clientAccountsWithWaitingClaims(platform),
      run: async (id) => void (await prepareClaimFiles(platform, id)),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'claims_followed',
      every: '10,40 * * * *',
      due: () => clientAccountsWithOpenClaims(platform),
      run: async (id) => void (await followClaims(platform, id)),
    }),
    {
      kind: 'vat_submissions_due',
      every: '* * * * *',
      async run() {
        const due = await dueSubmissions(platform);
        await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
          tasks.addAll(
            tx,
            SUBMISSION_TASK,
            due.map(({ clientAccountId, id }) => ({
              payload: { client_account_id: clientAccountId, id },
              key: `${SUBMISSION_TASK}:${id}`,
            })),
          ),
        );
      },
    },
    {
      kind: SUBMISSION_TASK,
      run: async (run) =>
        sender.advance({ clientAccountId: clientAccountOf(run), id: (run.payload as { id: number }).id }),
    },
    {
      kind: 'system_users',
      every: '* * * * *',
      run: async ({ signal }) => void (await syncDueSystemUsers(platform, signal)),
    },
    ...eachClientAccount(platform, tasks, {
      kind: 'recurring_invoices',
      every: '3,18,33,48 * * * *',
      due: () => recurring.due(),
      run: async (id) => void (await recurring.run(id)),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'invoice_deliveries',
      every: '* * * * *',
      due: () => clientAccountsWithDeliveriesDue(platform),
      run: (id, signal) => followDeliveries(platform, id, signal),
    }),
    ...eachClientAccount(platform, tasks, {
      kind: 'invoice_responses',
      every: '* * * * *',
      due: () => clientAccountsWithResponsesDue(platform),
      run: (id, signal) => followResponses(platform, id, signal),
    }),
    {
      kind: 'expired_documents',
      every: '*/15 * * * *',
      run: async () => void (await removeExpiredRenderings(platform)),
    },
    {
      kind: 'id_porten_revocations',
      every: '*/5 * * * *',
      run: async () => void (await revokeDue(platform, { most: 200 })),
    },
    {
      kind: 'sealed_anew',
      every: '23 * * * *',
      async run() {
        const count = (await resealTokens(platform)) + (await resealWebhooks(platform));
        if (count > 0) log.info({ count }, 'sealed anew under the key of today');
      },
    },
    {
      kind: 'retention',
      every: '7 * * * *',
      async run() {
        const removed = await removeOld(platform);
        await tasks.tidy();
        if (Object.keys(removed).length > 0) log.info(removed, 'removed what is not kept any longer');
      },
    },
  ];
}

/**
 * A scheduled round over all client accounts, with a task for each that is due: a failure of one does not affect the
 * others.
 */
function eachClientAccount(
  { database }: Platform,
  tasks: Tasks,
  each: { kind: string; every: string; due(): Promise<number[]>; run(id: number, signal: AbortSignal): Promise<void> },
): TaskKind[] {
  const { kind } = each;
  return [
    {
      kind: `${kind}_due`,
      every: each.every,
      async run() {
        const due = await each.due();
        if (due.length === 0) return;
        await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
          tasks.addAll(
            tx,
            kind,
            due.map((id) => ({ payload: { client_account_id: id }, key: `${kind}:${id}` })),
          ),
        );
      },
    },
    { kind, run: (run) => each.run(clientAccountOf(run), run.signal) },
  ];
}

function clientAccountOf({ payload }: TaskRun): number {
  return (payload as { client_account_id: number }).client_account_id;
}
