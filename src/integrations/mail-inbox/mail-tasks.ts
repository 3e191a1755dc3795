import { assert } from '../../kernel/assert.ts';
import { AppError } from '../../platform/errors.ts';
import type { TaskKind } from '../../platform/jobs/tasks.ts';
import type { Platform } from '../../platform/operation.ts';
import { mailRound } from './mail-round.ts';

/** Takes in mailed invoices every other minute. No task if no mailbox is configured. */
export function mailTasks(platform: Platform): TaskKind[] {
  const { files, log } = platform;
  if (!platform.outside?.mailInbox) return [];
  assert(files, 'received invoices are kept in the file store');
  return [
    {
      kind: 'mail_inbox',
      every: '*/2 * * * *',
      async run({ signal }) {
        try {
          const round = await mailRound({ ...platform, files }, signal);
          if (round.taken + round.aside + round.left > 0) log.info({ ...round }, 'mail inbox');
        } catch (error) {
          // The next round is the next attempt.
          if (!(error instanceof AppError) || signal.aborted) throw error;
          log.warn({ code: error.code }, 'mail inbox not reached');
        }
      },
    },
  ];
}
