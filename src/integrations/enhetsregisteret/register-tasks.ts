import type { TaskKind } from '../../platform/jobs/tasks.ts';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { findBankOrganizations } from './bank-organizations.ts';
import { nameAll, nameClientAccounts } from './named-numbers.ts';
import { readFeed } from './register-feed.ts';
import { refreshDue } from './register-refresh.ts';

/**
 * What keeps the facts of Enhetsregisteret: who is named here, hourly; what has changed there, every five minutes. None
 * where the register is not configured.
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

/** One look at the register: its changes, the banks, and what is due. A register that is down is asked at the next look. */
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
