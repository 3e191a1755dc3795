import type { TaskKind } from '../../platform/jobs/tasks.ts';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { findBankOrganizations } from './bank-organizations.ts';
import { nameAll, nameClientAccounts } from './named-numbers.ts';
import { readFeed } from './register-feed.ts';
import { refreshDue } from './register-refresh.ts';

/**
 * Tasks that keep the facts of Enhetsregisteret current: hourly the references here, every five minutes the changes
 * there. None if the register is not configured.
 */
export function registerTasks(platform: Platform): TaskKind[] {
  const client = platform.outside?.enhetsregisteret;
  if (!client) return [];
  return [
    {
      kind: 'register_names',
      every: '17 * * * *',
      run: ({ signal }) => nameAll(platform, signal),
    },
    {
      kind: 'register_changes',
      every: '*/5 * * * *',
      run: ({ signal }) => followRegister(platform, signal),
    },
  ];
}

/**
 * One round: the register's changes, the banks, and the units that are due. If the register is down, the next round
 * tries again.
 */
export async function followRegister(platform: Platform, signal: AbortSignal): Promise<void> {
  const client = platform.outside?.enhetsregisteret;
  if (!client) return;
  await nameClientAccounts(platform);
  for (const step of [readFeed, findBankOrganizations, refreshDue]) {
    try {
      await step(platform, client, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      platform.log.warn({ code: error.code }, 'Enhetsregisteret could not be followed');
      return;
    }
  }
}
