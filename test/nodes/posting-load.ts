import { randomUUID } from 'node:crypto';
import type { Answer, HttpClient } from './http-client.ts';
import { until } from './until.ts';

export interface Acknowledged {
  key: string;
  id: number;
  sequence_number: number;
}

export const entry = (clientAccountId: number, date: string, amount: string) => ({
  client_account_id: clientAccountId,
  entry_date: date,
  lines: [
    { account_code: '7770', debit: amount },
    { account_code: '1920', credit: amount },
  ],
});

/** Posts under the key; undefined without a response. A busy node is tried again. */
export async function post(caller: HttpClient, body: object, key: string): Promise<Acknowledged | undefined> {
  const answer = await caller
    .send('POST', '/journal-entries', { body, headers: { 'idempotency-key': key } })
    .catch(() => undefined as Answer | undefined);
  if (!answer || answer.status === 503) return undefined;
  if (answer.status !== 201) throw new Error(`a posting was answered ${answer.status}: ${answer.text}`);
  return { key, id: answer.body.id as number, sequence_number: answer.body.sequence_number as number };
}

/**
 * Callers who post one entry after the other until stopped, each at the next node in turn. Without a response a caller
 * repeats the request at the next node, as a client does.
 */
export class PostingLoad {
  readonly acknowledged: Acknowledged[] = [];
  readonly #stopping = new AbortController();
  readonly #callers: Promise<void>[];

  /** `nodes` may change during the load: the address of a node that was started again. */
  constructor(nodes: readonly HttpClient[], clientAccountId: number, date: string, callers: number) {
    this.#callers = Array.from({ length: callers }, (_, i) =>
      this.#call(nodes, i, entry(clientAccountId, date, '1.00')),
    );
    for (const caller of this.#callers) caller.catch(() => {});
  }

  async #call(nodes: readonly HttpClient[], first: number, body: object): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const key = randomUUID();
      let turn = first;
      const done = await until('an answer to a posting', () => post(nodes[turn++ % nodes.length]!, body, key));
      this.acknowledged.push(done);
    }
  }

  /** Waits until this many more have been acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    await until(`${count} more postings`, async () => this.acknowledged.length >= wanted);
  }

  /** Ends the load; throws its first error. */
  async stop(): Promise<readonly Acknowledged[]> {
    this.#stopping.abort();
    await Promise.all(this.#callers);
    return this.acknowledged;
  }
}
