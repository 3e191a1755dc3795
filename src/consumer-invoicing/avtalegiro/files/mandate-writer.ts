import { ArrayColumn, UNDERWAY } from '../../../platform/database/arrays.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { PAYER } from '../payer.ts';
import type { MandateNews } from './mandate-file.ts';

/** Mandates written in one statement. */
const A_BATCH = 4_000;

const NEWS = `(select unnest($4::text[]) as account_number, unnest($5::text[]) as kid, unnest($6::int[]) <> 2 as is_active,
    unnest($7::int[]) = 1 as notification)`;

/**
 * Inserts new mandates. `changed`: the others that are written. Each is found by its key, regardless of the planner's
 * statistics.
 */
const merge = (changed: string) => `
  with kept as (
    insert into avtalegiro_mandates as m (client_account_id, account_number, kid, payer, is_active, notification,
      listed_in_file, created_at, updated_at)
    select $1::bigint, t.account_number, kid, ${PAYER.text}, is_active, notification, $2::bigint, $3::timestamptz, $3::timestamptz
    from ${NEWS} t
    join avtalegiro_agreements a on a.client_account_id = $1 and a.account_number = t.account_number
    on conflict (client_account_id, account_number, kid) do update set ${changed} returning 1
  )
  select count(*) as changed from kept`;

const KEEP =
  merge(`is_active = excluded.is_active, notification = excluded.notification, listed_in_file = excluded.listed_in_file,
      updated_at = excluded.updated_at
    where (m.is_active, m.notification) is distinct from (excluded.is_active, excluded.notification)`);

/** An unchanged mandate of a full list: only marked as present. */
const MARK = merge(
  `listed_in_file = excluded.listed_in_file where m.listed_in_file is distinct from excluded.listed_in_file`,
);

const UNKNOWN = `
  select t.line from (select unnest($2::text[]) as account_number, unnest($3::text[]) as kid, unnest($4::int[]) as line) t
  where (select m.kid from avtalegiro_mandates m
    where m.client_account_id = $1 and m.account_number = t.account_number and m.kid = t.kid) is null
  order by t.line`;

export interface MandateWriterOptions {
  clientAccountId: number;
  fileId: number;
  now: Date;
  /** Lines that end an unknown mandate. */
  unknown: (lines: readonly number[]) => void;
}

/**
 * Writes mandates in the order of the file, in large statements, while the caller goes on reading: at most `UNDERWAY`
 * batches are in transit to the database. The latest record of a mandate counts.
 */
export class MandateWriter {
  /** Number of new, changed and ended ones among those written. */
  changed = 0;
  readonly #tx: Transaction;
  readonly #options: MandateWriterOptions;
  readonly #news = new Map<string, MandateNews>();
  readonly #columns = {
    account: new ArrayColumn('text'),
    kid: new ArrayColumn('text'),
    registration: new ArrayColumn('int'),
    notification: new ArrayColumn('int'),
  };
  readonly #ended = { account: new ArrayColumn('text'), kid: new ArrayColumn('text'), line: new ArrayColumn('int') };
  readonly #underway: Promise<void>[] = [];
  #failure: unknown;

  constructor(tx: Transaction, options: MandateWriterOptions) {
    this.#tx = tx;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#news.size >= A_BATCH;
  }

  add(news: MandateNews): void {
    this.#news.set(news.accountNumber + news.kid, news);
  }

  /** Sends the buffered rows; if `UNDERWAY` batches are in transit, waits for the oldest first, which paces the reading. */
  async send(): Promise<void> {
    if (this.#underway.length === UNDERWAY) await this.#underway.shift();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#news.size === 0) return;
    this.#underway.push(
      this.#write().catch((error: unknown) => {
        this.#failure ??= error;
      }),
    );
    this.#news.clear();
    if (!this.#tx.isPipelined) await this.settle();
  }

  /** Waits for all batches in transit; throws the database's error. */
  async settle(): Promise<void> {
    await Promise.all(this.#underway.splice(0));
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    const { clientAccountId, fileId, now } = this.#options;
    const columns = this.#columns;
    const ended = this.#ended;
    const size = this.#news.size;
    let isFullList = false;
    let endings = 0;
    for (const news of this.#news.values()) {
      columns.account.text(news.accountNumber);
      columns.kid.text(news.kid);
      columns.registration.int(news.registration);
      columns.notification.int(news.notification ? 1 : 0);
      if (news.registration === 0) isFullList = true;
      if (news.registration !== 2) continue;
      endings++;
      ended.account.text(news.accountNumber);
      ended.kid.text(news.kid);
      ended.line.int(news.line);
    }
    const values = [clientAccountId, fileId, now, ...Object.values(columns).map((column) => column.take())];
    const asked = endings > 0 ? this.#unknown(Object.values(ended).map((column) => column.take())) : [];
    if (!this.#tx.isPipelined) await asked;
    const kept = this.#tx.named<{ changed: number }>('avtalegiro-keep-mandates', KEEP, values);
    const [unknown, [{ changed } = { changed: 0 }]] = await Promise.all([asked, kept]);
    this.#options.unknown(unknown);
    this.changed += changed;
    if (isFullList && changed < size) await this.#tx.named('avtalegiro-mark-mandates', MARK, values);
  }

  async #unknown(ended: Buffer[]): Promise<number[]> {
    const rows = await this.#tx.named<{ line: number }>('avtalegiro-unknown-mandates', UNKNOWN, [
      this.#options.clientAccountId,
      ...ended,
    ]);
    return rows.map(({ line }) => line);
  }
}
