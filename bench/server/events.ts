import { createApp } from '../../src/app.ts';
import { orderEvents } from '../../src/events/index.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import type { Result } from '../setup/result.ts';

const EVENTS = 100_000;
const A_PAGE = 1_000;

/**
 * The event list at the server, page after page from the beginning, without a socket; and the positions that events are given
 * after their changes were committed.
 */
export async function measureEvents({ platform, owner, token, clients }: ClientBooks): Promise<Result[]> {
  const { id } = clients[0]!;
  await orderEvents(platform.database, id);
  await owner.query(
    `insert into new_events (client_account_id, kind, resource_id)
     select $1, 'document.created', ($1::bigint << 31 | n)::text from generate_series(1, $2::int) n`,
    [id, EVENTS],
  );
  await owner.query('vacuum analyze new_events');
  const began = performance.now();
  const ordered = await orderEvents(platform.database, id);
  const ordering = (performance.now() - began) / 1000;
  await owner.query('vacuum analyze events');
  const app = await createApp({ platform, config: readConfig({}) });
  try {
    let [after, listed, hasMore] = [0, 0, true];
    const started = performance.now();
    while (hasMore) {
      const url = `/api/v2/events?client_account_id=${id}&after=${after}&per_page=${A_PAGE}`;
      const answer = await app.server.inject({ url, headers: { authorization: `Bearer ${token}` } });
      if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode}`);
      const { data, meta } = answer.json<{ data: unknown[]; meta: { after: number; has_more: boolean } }>();
      listed += data.length;
      ({ after, has_more: hasMore } = meta);
    }
    const seconds = (performance.now() - started) / 1000;
    const rate = (count: number, time: number) => `${Math.round(count / time).toLocaleString('en')}/s`;
    return [
      {
        measure: `events listed, pages of ${A_PAGE}`,
        target: '≥ 10,000/s',
        seen: rate(listed, seconds),
        reached: listed / seconds >= 10_000,
        detail: `${listed} events in ${seconds.toFixed(2)} s, one page at a time`,
      },
      {
        measure: 'events given their positions',
        target: '≥ 10,000/s',
        seen: rate(ordered, ordering),
        reached: ordered / ordering >= 10_000,
        detail: `${ordered} events of one client account in ${ordering.toFixed(2)} s`,
      },
    ];
  } finally {
    await app.close();
  }
}
