import { Jobs } from '../../../src/platform/jobs/jobs.ts';
import type { JobKind } from '../../../src/platform/jobs/job-queue.ts';
import { Tasks } from '../../../src/platform/jobs/tasks.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import { testOwnerConnection } from '../database/database.ts';

export interface TestJobs {
  jobs: Jobs;
  tasks: Tasks;
  /** Runs all due jobs, one after the other; a job that broke off waits for its delay. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A separate queue for a test file, on the run's database; sets `platform.jobs`. Nothing runs until the test starts it.
 */
export async function openJobs(
  platform: Platform,
  kinds: readonly JobKind[],
  { prefix, maxBytes = 1_000_000 }: { prefix: string; maxBytes?: number },
): Promise<TestJobs> {
  const { database, clock, log, files } = platform;
  const tasks = await Tasks.open({ connection: testOwnerConnection(), log, prefix: `${prefix}:` });
  const jobs = new Jobs({ tasks, database, clock, log, files: files!, kinds, maxBytes });
  platform.jobs = jobs;
  return { jobs, tasks, run: () => tasks.runOnce([jobs.task]), close: async () => void (await tasks.stop(1_000)) };
}
