import { DepreciationSchedule } from './assets/index.ts';
import { RecurringSchedule } from './invoices/index.ts';
import { finishPostings } from './ledger/index.ts';
import { removeExpiredDocuments } from './platform/jobs/document-sweep.ts';
import type { TaskKind, TaskRun, Tasks } from './platform/jobs/tasks.ts';
import type { MailDelivery } from './platform/mail.ts';
import type { Platform } from './platform/operation.ts';
import { removeOld } from './retention.ts';

export const LEDGER_TASK = 'ledger';
export const MAIL_TASK = 'mail';
const DEPRECIATION_TASK = 'depreciation';
const RECURRING_TASK = 'recurring_invoices';

/** What keeps the house in order: short tasks, apart from the jobs that people wait for. */
export function upkeepKinds(platform: Platform, tasks: Tasks, mail: MailDelivery): TaskKind[] {
  const { database, clock, log } = platform;
  const schedule = new DepreciationSchedule(platform);
  const recurring = new RecurringSchedule(platform);
  return [
    {
      kind: LEDGER_TASK,
      run: async (run) => void (await finishPostings(database, clientAccountOf(run), run.signal)),
    },
    {
      kind: MAIL_TASK,
      run: async ({ signal }) => void (await mail.deliver(clock.now(), signal)),
    },
    {
      kind: 'depreciation_due',
      every: '*/15 * * * *',
      async run() {
        const due = await schedule.due();
        await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
          tasks.addAll(
            tx,
            DEPRECIATION_TASK,
            due.map((id) => ({ payload: { client_account_id: id }, key: `${DEPRECIATION_TASK}:${id}` })),
          ),
        );
      },
    },
    {
      kind: DEPRECIATION_TASK,
      run: async (run) => void (await schedule.run(clientAccountOf(run))),
    },
    {
      kind: 'recurring_invoices_due',
      every: '3-59/15 * * * *',
      async run() {
        const due = await recurring.due();
        await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
          tasks.addAll(
            tx,
            RECURRING_TASK,
            due.map((id) => ({ payload: { client_account_id: id }, key: `${RECURRING_TASK}:${id}` })),
          ),
        );
      },
    },
    {
      kind: RECURRING_TASK,
      run: async (run) => void (await recurring.run(clientAccountOf(run))),
    },
    {
      kind: 'expired_documents',
      every: '*/15 * * * *',
      run: async () => void (await removeExpiredDocuments(platform)),
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

function clientAccountOf({ payload }: TaskRun): number {
  return (payload as { client_account_id: number }).client_account_id;
}
