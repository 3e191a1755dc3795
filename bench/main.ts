import { cpus, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { openClientBooks, postingBulk, postingSingle } from './client-books.ts';
import { missingPgledger, openPgledger } from './pgledger.ts';
import { comparison, notMeasured, type Result, table } from './result.ts';
import { compare } from './rounds.ts';
import { startBenchServer } from './server.ts';

const usage = `npm run bench -- --pgledger FOLDER [options]

  --pgledger FOLDER   a clone of https://github.com/pgr0ss/pgledger, outside this repository
  --only NAMES        single,busy,bulk: only these measures
  --rounds N          interleaved rounds of each comparison (7)
  --seconds N         length of one side of a round (2)
  --callers N         concurrent callers on both sides (20)
  --connections N     database connections on both sides (20)
  --client-accounts N how many (200)
  --postgres MAJOR    a PostgreSQL installed on the machine instead of the embedded one`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    pgledger: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    callers: { type: 'string', default: '20' },
    connections: { type: 'string', default: '20' },
    'client-accounts': { type: 'string', default: '200' },
    postgres: { type: 'string' },
  },
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
  const rounds = { rounds: Number(values.rounds), milliseconds: Number(values.seconds) * 1000 };
  const callers = Number(values.callers);
  const connections = Number(values.connections);
  const only = values.only?.split(',');
  const wanted = (name: string) => !only || only.includes(name);
  const missing = missingPgledger(values.pgledger);
  if (missing) console.log(missing);
  const results: Result[] = [];
  const server = await startBenchServer(values.postgres);
  const closing: { close(): Promise<void> }[] = [];
  try {
    console.log(
      `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, ` +
        `Node ${process.version}, PostgreSQL ${server.version}; ${callers} callers, ${connections} connections on both sides; ` +
        `${rounds.rounds} rounds of ${values.seconds} s`,
    );
    const books = await openClientBooks(server, { connections, clientAccounts: Number(values['client-accounts']) });
    closing.push(books);
    const pgledger = missing ? null : await openPgledger(server, values.pgledger!, { connections, callers });
    if (pgledger) closing.push(pgledger);
    await books.owner.query('vacuum analyze');
    await books.owner.query('checkpoint');
    const add = (result: Result) => {
      results.push(result);
      console.log(`${result.measure}: ${result.seen ?? 'not measured'}; ${result.detail}`);
    };
    if (wanted('single')) {
      const measure = 'three-line entries, many client accounts, against create_transfer at 1,000 accounts';
      if (!pgledger) add(notMeasured(measure, '≥ 2.5 ×', missing!));
      else
        add(
          comparison(
            measure,
            await compare(
              postingSingle(books, books.clients, callers),
              pgledger.single(await pgledger.accounts(1000)),
              rounds,
            ),
            2.5,
            'a second',
          ),
        );
    }
    if (wanted('busy')) {
      const measure = 'the same on one busy client account, against 10 accounts';
      if (!pgledger) add(notMeasured(measure, '≥ 6 ×', missing!));
      else
        add(
          comparison(
            measure,
            await compare(
              postingSingle(books, books.clients.slice(0, 1), callers),
              pgledger.single(await pgledger.accounts(10)),
              rounds,
            ),
            6,
            'a second',
          ),
        );
    }
    if (wanted('bulk')) {
      const measure = 'bulk, 100 entries a request, against create_transfers with 100';
      if (!pgledger) add(notMeasured(measure, '≥ 8 ×', missing!));
      else
        add(
          comparison(
            measure,
            await compare(
              postingBulk(books, books.clients, callers, 100),
              pgledger.bulk(await pgledger.accounts(1000), 100),
              rounds,
            ),
            8,
            'a second',
          ),
        );
    }
  } finally {
    for (const { close } of closing) await close();
    await server.stop();
  }
  console.log(`\n${table(results)}`);
}
