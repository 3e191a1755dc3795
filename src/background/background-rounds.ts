import { clientAccountsWithNewEvents } from '../events/index.ts';
import { clientAccountsToFinish } from '../ledger/index.ts';
import { EVENTS_TASK, LEDGER_TASK, MAIL_TASK } from './background-kinds.ts';
import type { Tasks } from '../platform/jobs/tasks.ts';
import type { MailDelivery } from '../platform/mail.ts';
import type { Platform } from '../platform/operation.ts';

const EVERY_MS = 1_000;
/** Rounds between two that release the tasks of dead processes. */
const RESCUE_EVERY = 5;
/** Rounds between two that also search for interrupted work. */
const THOROUGH_EVERY = 60;
/** Most client accounts found in one round. */
const MOST = 500;

export interface RoundsOptions {
  platform: Platform;
  tasks: Tasks;
  mail: MailDelivery;
  beyond?: number;
}

/**
 * Finds the work that postings and mails leave, so that these need not add tasks themselves: one query for all client
 * accounts, every second, on every node with workers. Work found twice is one task.
 */
export class BackgroundRounds {
  readonly #platform: Platform;
  readonly #tasks: Tasks;
  readonly #mail: MailDelivery;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<unknown> = Promise.resolve();
  #count = 0;
  /** The client account at which the last full round ended: the next round continues after it. */
  #beyond: number;
  #beyondEvents: number;
  #stopped = false;

  /** `beyond`: the client account after which the first round begins. */
  constructor({ platform, tasks, mail, beyond = 0 }: RoundsOptions) {
    this.#platform = platform;
    this.#tasks = tasks;
    this.#mail = mail;
    this.#beyond = this.#beyondEvents = beyond;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.runOnce()
        .catch((error: unknown) => this.#platform.log.error({ err: error }, 'looking for background work'))
        .finally(() => this.start());
    }, EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async runOnce(): Promise<void> {
    const { database, clock } = this.#platform;
    const count = this.#count++;
    const thorough = count % THOROUGH_EVERY === 0;
    if (count % RESCUE_EVERY === 0) await this.#tasks.rescue();
    const found = await clientAccountsToFinish(database, { beyond: this.#beyond, most: MOST, thorough });
    this.#beyond = found.length === MOST ? found.at(-1)! : 0;
    const untold = await clientAccountsWithNewEvents(database, { beyond: this.#beyondEvents, most: MOST, thorough });
    this.#beyondEvents = untold.length === MOST ? untold.at(-1)! : 0;
    const mail = await this.#mail.isDue(clock.now());
    if (found.length === 0 && untold.length === 0 && !mail) return;
    await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
      const each = (kind: string, ids: number[]) =>
        this.#tasks.addAll(
          tx,
          kind,
          ids.map((id) => ({ payload: { client_account_id: id }, key: `${kind}:${id}` })),
        );
      await each(LEDGER_TASK, found);
      await each(EVENTS_TASK, untold);
      if (mail) await this.#tasks.add(tx, { kind: MAIL_TASK, key: MAIL_TASK });
    });
  }
}
