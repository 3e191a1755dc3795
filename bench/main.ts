import { cpus, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAssets } from './ledger/assets.ts';
import { type ClientBooks, openClientBooks, postingBulk, postingSingle } from './setup/client-books.ts';
import { measureMatching } from './bank/bank-matching.ts';
import { measureBanking } from './bank/banking.ts';
import { measureBesideImport } from './server/beside-import.ts';
import { measureConsumerInvoicing } from './invoices/consumer-invoicing.ts';
import { measureDemo } from './server/demo.ts';
import { measureEhf } from './invoices/ehf.ts';
import { measureEvents } from './server/events.ts';
import { measureGeneralLedger } from './reports/general-ledger.ts';
import { type BenchHttp, listen, postingOverHttp } from './ledger/http-server.ts';
import { measureSafTExport } from './saf-t/export-saf-t.ts';
import { measureIntegrationStatus } from './server/integration-status.ts';
import { measureInvoices } from './invoices/invoices.ts';
import { measureImport } from './saf-t/import.ts';
import { measurePauses } from './server/pauses.ts';
import { measurePayments } from './bank/payments.ts';
import { missingPgledger, openPgledger, type Pgledger } from './ledger/pgledger.ts';
import { measureReportFigures } from './reports/report-figures.ts';
import { measureReportExport } from './reports/report-export.ts';
import { comparison, notMeasured, type Result, table } from './setup/result.ts';
import { compare, type Rounds, type Side } from './setup/rounds.ts';
import { type BenchServer, startBenchServer } from './setup/server.ts';

const usage = `npm run bench -- --pgledger FOLDER [options]

  --pgledger FOLDER   a clone of https://github.com/pgr0ss/pgledger, outside this repository
  --only NAMES        of single,busy,bulk,http,report,ledger,export,assets,status,events,saf-t,import,pauses,beside,banking,matching,demo,ehf,invoices,payments,consumer-invoicing
  --rounds N          interleaved rounds of each comparison (7)
  --seconds N         length of one side of a round (2)
  --callers N         concurrent callers on both sides (100)
  --connections N     database connections on both sides (20)
  --client-accounts N how many (200)
  --large             also the reports at 10 M lines: minutes, and 5 GB of disk
  --postgres MAJOR    a PostgreSQL installed on the machine instead of the embedded one`;

/** Measures that need no books, or bring their own. */
const ALONE = [
  'import',
  'saf-t',
  'pauses',
  'beside',
  'banking',
  'matching',
  'payments',
  'ehf',
  'invoices',
  'consumer-invoicing',
];

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    pgledger: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    callers: { type: 'string', default: '100' },
    connections: { type: 'string', default: '20' },
    'client-accounts': { type: 'string', default: '200' },
    large: { type: 'boolean', default: false },
    postgres: { type: 'string' },
  },
});

const rounds: Rounds = { rounds: Number(values.rounds), milliseconds: Number(values.seconds) * 1000 };
const callers = Number(values.callers);
const connections = Number(values.connections);
const missing = missingPgledger(values.pgledger);

if (values.help) console.log(usage);
else
  await run(
    values.only?.split(',') ?? [
      'single',
      'busy',
      'bulk',
      'http',
      'report',
      'ledger',
      'export',
      'assets',
      'status',
      'events',
      'saf-t',
      'import',
      'pauses',
      'beside',
      'banking',
      'matching',
      'payments',
      'demo',
      'ehf',
      'invoices',
      'consumer-invoicing',
    ],
  );

async function run(wanted: readonly string[]): Promise<void> {
  if (missing) console.log(missing);
  const results: Result[] = [];
  const add = (...more: Result[]) => {
    for (const result of more) console.log(`${result.measure}: ${result.seen ?? 'not measured'}; ${result.detail}`);
    results.push(...more);
  };
  if (wanted.some((name) => !ALONE.includes(name))) await onOneServer(wanted, add);
  // On servers of their own, when the other one is gone.
  if (wanted.includes('saf-t')) add(...(await measureSafTExport()));
  if (wanted.includes('import')) add(...(await measureImport()));
  if (wanted.includes('pauses')) add(...(await measurePauses()));
  if (wanted.includes('beside')) add(...(await measureBesideImport()));
  if (wanted.includes('banking')) add(...(await measureBanking()));
  if (wanted.includes('matching')) add(...(await measureMatching()));
  if (wanted.includes('ehf')) add(...measureEhf());
  if (wanted.includes('invoices')) add(...(await measureInvoices()));
  if (wanted.includes('payments')) add(...(await measurePayments()));
  if (wanted.includes('consumer-invoicing')) add(...(await measureConsumerInvoicing(rounds)));
  console.log(`\n${table(results)}`);
}

async function onOneServer(wanted: readonly string[], add: (...results: Result[]) => void): Promise<void> {
  const server = await startBenchServer(values.postgres);
  const closing: { close(): Promise<void> }[] = [];
  try {
    printMachine(server);
    const books = await openClientBooks(server, { connections, clientAccounts: Number(values['client-accounts']) });
    closing.unshift(books);
    const pgledger = missing ? null : await openPgledger(server, values.pgledger!, { connections, callers });
    if (pgledger) closing.unshift(pgledger);
    await books.owner.query('vacuum analyze');
    await books.owner.query('checkpoint');
    for (const { name, ...measure } of againstPgledger(books))
      if (wanted.includes(name)) add(await againstAnchor(measure, pgledger));
    if (wanted.includes('demo')) add(await measureDemo(server));
    if (wanted.includes('assets')) add(...(await measureAssets(books, rounds.rounds)));
    if (wanted.includes('status')) add(...(await measureIntegrationStatus(books)));
    if (wanted.includes('events')) add(...(await measureEvents(books)));
    if (wanted.includes('ledger')) add(...(await measureGeneralLedger(books, rounds.rounds)));
    if (wanted.includes('export')) add(...(await measureReportExport(books, server.connection('books'))));
    if (!wanted.includes('http') && !wanted.includes('report')) return;
    const http = await listen(books);
    closing.unshift(http);
    if (wanted.includes('http')) add(await measureHttp(books, http));
    if (wanted.includes('report'))
      add(...(await measureReportFigures(books, http, { ...rounds, large: values.large })));
  } finally {
    for (const { close } of closing) await close();
    await server.stop();
  }
}

function printMachine(server: BenchServer): void {
  console.log(
    `${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} × ${cpus()[0]?.model.trim()}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, Node ${process.version}, ` +
      `PostgreSQL ${server.version}; ${callers} callers, ${connections} connections on both sides; ` +
      `${rounds.rounds} rounds of ${values.seconds} s`,
  );
}

interface Anchored {
  measure: string;
  atLeast: number;
  ours: Side;
  theirs(pgledger: Pgledger): Promise<Side>;
}

function againstPgledger(books: ClientBooks): (Anchored & { name: string })[] {
  return [
    {
      name: 'single',
      measure: 'three-line entries, many client accounts, against create_transfer at 1,000 accounts',
      atLeast: 2.5,
      ours: postingSingle(books, books.clients, callers),
      theirs: async (pgledger) => pgledger.single(await pgledger.accounts(1000)),
    },
    {
      name: 'busy',
      measure: 'the same on one busy client account, against 10 accounts',
      atLeast: 6,
      ours: postingSingle(books, books.clients.slice(0, 1), callers),
      theirs: async (pgledger) => pgledger.single(await pgledger.accounts(10)),
    },
    {
      name: 'bulk',
      measure: 'bulk, 100 entries a request, against create_transfers with 100',
      atLeast: 7.5,
      ours: postingBulk(books, books.clients, callers, 100),
      theirs: async (pgledger) => pgledger.bulk(await pgledger.accounts(1000), 100),
    },
  ];
}

async function againstAnchor({ measure, atLeast, ours, theirs }: Anchored, pgledger: Pgledger | null): Promise<Result> {
  if (!pgledger) return notMeasured(measure, `≥ ${atLeast} ×`, missing!);
  return comparison(measure, await compare(ours, await theirs(pgledger), rounds), atLeast, 'a second');
}

async function measureHttp(books: ClientBooks, http: BenchHttp): Promise<Result> {
  const load = await postingOverHttp(books, http, callers);
  try {
    const operation = postingSingle(books, books.clients, callers);
    const compared = await compare(load.side, operation, rounds);
    return comparison('POST /journal-entries over HTTP, against the operation', compared, 0.4, 'a second');
  } finally {
    await load.close();
  }
}
