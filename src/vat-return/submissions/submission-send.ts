import { randomUUID } from 'node:crypto';
import sql, { join, type Sql } from 'sql-template-tag';
import { mvaMeldingOf, senderOf } from '../../integrations/index.ts';
import { AppError } from '../../platform/errors.ts';
import { type Platform, writeAudit } from '../../platform/operation.ts';
import { vatReturnErrors } from '../errors.ts';
import { moveSubmission } from './submission-move.ts';
import type { Move } from './submission-step.ts';
import { type Submission, submissions, type WaitingFor } from './submission.ts';

export const SUBMISSION_TASK = 'vat_submission';

/** Longer than all calls of one run together. */
const LEASE_MS = 300_000;
const POLL_SECONDS = [3, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600];
const LONGEST_WAIT_SECONDS = 3_600;
const FIRST_WAIT_SECONDS = 5;
/** How long the response is polled and failures are retried. After that a person must look. */
const MOST_DAYS = 14;

interface Which {
  clientAccountId: number;
  id: number;
  /** The user who requests it now, instead of at its scheduled time. */
  userId?: number | undefined;
}

/**
 * Advances a submission as far as possible: one process at a time holds its lease and saves each result, so that
 * another one can continue from there. The next step follows from the instance at Altinn, never from what we assume we
 * did.
 */
export class SubmissionSender {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Does nothing if it is answered, not due, or leased by another process. Never throws a party's failure: that is
   * stored with the submission.
   */
  async advance(which: Which): Promise<void> {
    const lease = randomUUID();
    const submission = await this.#take(which, lease);
    if (!submission) return;
    const keep = (move: Move) => this.#keep(which, lease, submission, move);
    try {
      const client = mvaMeldingOf(this.#platform);
      const sender = senderOf(this.#platform, submission.senderId, submission.organizationNumber);
      await moveSubmission({ platform: this.#platform, client, sender, submission, ...which, keep });
      await this.#leave(which, lease, submission, null);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await this.#leave(which, lease, submission, error).catch((lost: unknown) => {
        if (!(lost instanceof LeaseLost)) throw lost;
      });
      if (!(error instanceof AppError)) throw error;
    }
  }

  async #take({ clientAccountId, id, userId }: Which, lease: string): Promise<Submission | undefined> {
    const now = this.#platform.clock.now();
    return this.#platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
      const taken = await tx.execute(sql`
        update vat_submissions set lease_id = ${lease}, lease_until = ${new Date(now.getTime() + LEASE_MS)}
        where client_account_id = ${clientAccountId} and id = ${id} and status in ('SENDING', 'SENT')
          and (lease_until is null or lease_until <= ${now}) and (${userId !== undefined} or next_at <= ${now})`);
      if (taken === 0) return undefined;
      const [submission] = await submissions(tx, clientAccountId, sql`s.id = ${id}`);
      return submission;
    });
  }

  /** Saves results while the lease is ours. Throws LeaseLost. */
  async #keep(which: Which, lease: string, submission: Submission, move: Move): Promise<void> {
    const { clientAccountId, id } = which;
    const before = submission.status;
    Object.assign(submission, move.learnt);
    await this.#write(which, lease, move.set, async (tx) => {
      if (submission.status === before && !move.learnt.instanceId) return;
      await writeAudit(tx, 'vat-return.submission', { caller: null, clientAccountId }, [
        {
          recordType: 'vat_submission',
          recordId: id,
          before: { status: before },
          after: { status: submission.status, instance_id: submission.instanceId },
        },
      ]);
    });
  }

  /** Releases the lease, with the next time and the reason for waiting. */
  async #leave(which: Which, lease: string, submission: Submission, error: unknown): Promise<void> {
    const now = this.#platform.clock.now();
    if (submission.status !== 'SENDING' && submission.status !== 'SENT') return;
    const refusal = error === null ? this.#tooLate(submission, now) : refusalOf(error);
    const waiting = refusal && waitingFor(refusal);
    const failures = error === null ? 0 : submission.failures + 1;
    const polls = submission.polls + (error === null ? 1 : 0);
    const seconds =
      error === null
        ? (POLL_SECONDS[submission.polls] ?? LONGEST_WAIT_SECONDS)
        : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(failures - 1, 20));
    const tooOld = now.getTime() - submission.createdAt.getTime() > MOST_DAYS * 86_400_000;
    const nextAt = waiting === 'PERSON' || tooOld ? null : new Date(now.getTime() + seconds * 1000);
    const problem = refusal && { code: refusal.code, nb: refusal.sentence('nb'), en: refusal.sentence('en') };
    await this.#write(
      which,
      lease,
      [
        sql`lease_id = null`,
        sql`lease_until = null`,
        sql`next_at = ${nextAt}`,
        sql`polls = ${polls}`,
        sql`failures = ${failures}`,
        sql`waiting_for = ${waiting}`,
        sql`problem = ${problem && JSON.stringify(problem)}`,
      ],
      async (tx) => {
        if (nextAt === null) return;
        const { clientAccountId, id } = which;
        await this.#platform.tasks?.add(tx, {
          kind: SUBMISSION_TASK,
          payload: { client_account_id: clientAccountId, id },
          key: `${SUBMISSION_TASK}:${id}:${polls}:${failures}`,
          at: nextAt,
        });
      },
    );
  }

  #tooLate({ createdAt }: Submission, now: Date): AppError | null {
    return now.getTime() - createdAt.getTime() > MOST_DAYS * 86_400_000
      ? vatReturnErrors.no_answer({ days: MOST_DAYS })
      : null;
  }

  async #write(
    { clientAccountId, id }: Which,
    lease: string,
    set: readonly Sql[],
    also: (tx: Parameters<typeof submissions>[0]) => Promise<void>,
  ): Promise<void> {
    await this.#platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
      const changed = await tx.execute(sql`
        update vat_submissions set ${join([...set])}
        where client_account_id = ${clientAccountId} and id = ${id} and lease_id = ${lease}`);
      if (changed === 0) throw new LeaseLost();
      await also(tx);
    });
  }
}

/** Another process has the lease now and will determine the state itself. */
class LeaseLost extends Error {
  override name = 'LeaseLost';
}

function refusalOf(error: unknown): AppError {
  return error instanceof AppError ? error : vatReturnErrors.broken_off();
}

function waitingFor({ code, spec }: AppError): WaitingFor {
  if (code === 'mva_melding.login_required') return 'LOGIN';
  return spec.status >= 500 ? 'PARTY' : 'PERSON';
}
