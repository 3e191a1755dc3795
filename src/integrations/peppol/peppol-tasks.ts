import { assert } from '../../kernel/assert.ts';
import { AppError } from '../../platform/errors.ts';
import type { TaskKind } from '../../platform/jobs/tasks.ts';
import type { Platform } from '../../platform/operation.ts';
import { peppolInboxRound } from './peppol-inbox.ts';

/** Takes in received documents each minute. No task if no access point is configured. */
export function peppolTasks(platform: Platform): TaskKind[] {
  const { files, log } = platform;
  if (!platform.outside?.peppol) return [];
  assert(files, 'received invoices are kept in the file store');
  return [
    {
      kind: 'peppol_inbox',
      every: '* * * * *',
      async run({ signal }) {
        try {
          const round = await peppolInboxRound({ ...platform, files }, signal);
          if (round.taken + round.left > 0) log.info({ ...round }, 'Peppol inbox');
        } catch (error) {
          // The next attempt follows a minute later.
          if (!(error instanceof AppError)) throw error;
          log.warn({ code: error.code }, 'Peppol inbox not reached');
        }
      },
    },
  ];
}
