import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { CannotOpen } from '../../platform/encryption/column-keys.ts';
import type { TaskKind, Tasks } from '../../platform/jobs/tasks.ts';
import type { Platform } from '../../platform/operation.ts';
import { deliverWebhook } from './deliver.ts';
import { findWebhook } from './webhook.ts';
import { secretPlace } from './webhook-secret.ts';

const TASK = 'webhook';
const MOST = 500;

interface OneWebhook {
  client_account_id: number;
  id: number;
}

/** Deliveries as tasks, one at a time for each webhook over all nodes; and the round for postponed ones. */
export function webhookKinds(platform: Platform, tasks: Tasks): TaskKind[] {
  return [
    {
      kind: TASK,
      async run({ payload, signal }) {
        const { client_account_id: clientAccountId, id } = payload as OneWebhook;
        await deliverWebhook(platform, { clientAccountId, id }, signal);
      },
    },
    {
      kind: 'webhooks_due',
      every: '* * * * *',
      async run() {
        await platform.database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
          const due = await tx.rows<OneWebhook>(
            sql`select client_account_id, id from webhooks_due(${platform.clock.now()}, ${MOST})`,
          );
          await addTasks(tx, tasks, due);
        });
      },
    },
  ];
}

/** After new events of a client account: its webhooks do not wait for the next round. */
export async function wakeWebhooks({ database }: Platform, tasks: Tasks, clientAccountId: number): Promise<void> {
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const active = await tx.rows<OneWebhook>(sql`
      select client_account_id, id from webhooks where client_account_id = ${clientAccountId} and state = 'ACTIVE'`);
    await addTasks(tx, tasks, active);
  });
}

async function addTasks(tx: Transaction, tasks: Tasks, hooks: readonly OneWebhook[]): Promise<void> {
  if (hooks.length === 0) return;
  await tasks.addAll(
    tx,
    TASK,
    hooks.map((hook) => ({ payload: hook, key: `${TASK}:${hook.id}` })),
  );
}

/**
 * Encrypts secrets under an earlier key again with the current one. One that cannot be decrypted stays: its key may be
 * configured again. Returns the number.
 */
export async function resealWebhooks({ database, columnKeys }: Platform): Promise<number> {
  if (!columnKeys) return 0;
  const found = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<OneWebhook>(
      sql`select client_account_id, id from webhooks_sealed_otherwise(${columnKeys.currentId}, ${MOST})`,
    ),
  );
  let count = 0;
  for (const { client_account_id: clientAccountId, id } of found)
    count += await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
      const hook = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true }).catch(() => undefined);
      if (!hook) return 0;
      const anew = (keyId: string, value: Buffer) =>
        columnKeys.seal(columnKeys.open({ keyId, value }, secretPlace(id)), secretPlace(id));
      try {
        const sealed = anew(hook.key_id, hook.sealed);
        const earlier = hook.earlier_sealed && anew(hook.earlier_key_id!, hook.earlier_sealed);
        return await tx.execute(sql`
          update webhooks set sealed = ${sealed.value}, key_id = ${sealed.keyId}, earlier_sealed = ${earlier?.value ?? null},
            earlier_key_id = ${earlier?.keyId ?? null}
          where client_account_id = ${clientAccountId} and id = ${id}`);
      } catch (error) {
        if (error instanceof CannotOpen) return 0;
        throw error;
      }
    });
  return count;
}
