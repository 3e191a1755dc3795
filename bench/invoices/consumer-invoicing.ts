import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import pg from 'pg';
import { createApp } from '../../src/app.ts';
import { claimFileContent } from '../../src/consumer-invoicing/avtalegiro/claims/claim-file-content.ts';
import { takeMandateFile } from '../../src/consumer-invoicing/avtalegiro/files/mandate-import.ts';
import { createApiKey } from '../../src/consumer-invoicing/keys/api-key-create.ts';
import { makeKid } from '../../src/kernel/kid.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { SCOPES } from '../../src/platform/caller.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { callerOfUser, createAccessToken, createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { comparison, type Result, whole } from '../setup/result.ts';
import { closedLoop, compare, type Rounds } from '../setup/rounds.ts';
import { startBenchServer } from '../setup/server.ts';

const RECORDS = 500_000;
const CONSUMERS = 1_000_000;
const HITS = 50;
const LEAST_MANDATES = 50_000;
const LEAST_CLAIMS = 100_000;
const ACCOUNT = '99991042764';
const silent = { info() {}, warn() {}, error() {} };

interface Company {
  platform: Platform;
  owner: pg.Client;
  clientAccountId: number;
  userId: number;
}

/** Mandates in and claims out, half a million each, and consumers asked for over SOAP and over REST. */
export async function measureConsumerInvoicing(rounds: Rounds): Promise<Result[]> {
  const server = await startBenchServer();
  try {
    const connection = await server.createDatabase('consumer_invoicing');
    await migrate(connection);
    const owner = new pg.Client(connection);
    await owner.connect();
    await owner.query(`set hovedbok.owner_works = 'on'`);
    const database = new Database({ ...connection, max: 12 });
    try {
      const platform: Platform = { database, clock: systemClock, log: silent };
      const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
        const userId = await createUser(tx, { email: 'kari@example.test', firstName: 'Kari', lastName: 'Nordmann' });
        const clientAccountId = await createClientAccount(tx, {
          displayName: 'Kraftlag AS',
          uniqueName: `kraftlag-${randomUUID()}`,
          createdById: userId,
        });
        return { userId, clientAccountId };
      });
      await owner.query(
        `insert into avtalegiro_agreements (client_account_id, account_number, kid_length, reference_from, reference_to, notif_print,
           notif_email, created_at, updated_at) values ($1, $2, 15, 1, 7, true, true, now(), now())`,
        [made.clientAccountId, ACCOUNT],
      );
      const company = { platform, owner, ...made };
      return [await measureMandates(company), await measureClaims(company), await measureQuery(company, rounds)];
    } finally {
      await database.close();
      await owner.end();
    }
  } finally {
    await server.stop();
  }
}

/** The most memory that was in use while the work ran. */
async function withMemory<T>(work: () => Promise<T>): Promise<{ value: T; megabytes: number }> {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().heapUsed)), 50);
  try {
    return { value: await work(), megabytes: most / 1e6 };
  } finally {
    clearInterval(timer);
  }
}

/** A mandate file as the operator sends it, piece by piece. */
function* mandateRecords(): Generator<Buffer> {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  const line = (text: string) => `${text.padEnd(80, '0')}\r\n`;
  yield Buffer.from(
    line('NY0000100000808010919490001020') + line(`NY212420${'0'.repeat(9)}${digits(1, 7)}${ACCOUNT}`),
    'latin1',
  );
  for (let n = 0; n < RECORDS; n += 1_000) {
    let text = '';
    for (let i = n; i < n + 1_000; i++)
      text += line(
        `NY219470${digits(i + 1, 7)}1${makeKid(digits(i, 7) + digits(0, 7), 'MOD10').padStart(25)}${i % 3 === 0 ? 'N' : 'J'}`,
      );
    yield Buffer.from(text, 'latin1');
  }
  yield Buffer.from(
    line(`NY212488${digits(RECORDS, 8)}${digits(RECORDS + 2, 8)}`) +
      line(`NY000089${digits(RECORDS, 8)}${digits(RECORDS + 4, 8)}`),
    'latin1',
  );
}

async function measureMandates({ platform, clientAccountId }: Company): Promise<Result> {
  const begun = performance.now();
  const { value, megabytes } = await withMemory(() =>
    takeMandateFile(platform, { caller: null, clientAccountId }, () => Readable.from(mandateRecords())),
  );
  const rate = value.mandates / ((performance.now() - begun) / 1000);
  return {
    measure: `mandate file of ${whole(RECORDS)} records taken in`,
    target: `≥ ${whole(LEAST_MANDATES)} a second`,
    seen: `${whole(rate)} a second`,
    reached: rate >= LEAST_MANDATES,
    detail: `all of them new; heap ${whole(megabytes)} MB at most`,
  };
}

async function measureClaims({ platform, owner, clientAccountId }: Company): Promise<Result> {
  await owner.query(
    `with made as (
       insert into documents (client_account_id, id, document_type, document_date, gross_amount)
       select $1, 1000000000 + n, 'ARINV', '2026-01-01', 12500 from generate_series(1, $3::int) n returning id
     ), file as (
       insert into avtalegiro_files (client_account_id, id, kind, sha256, sender, transmission_number, receiver, records, created_at,
         state, bic, claims, amount)
       values ($1, 1, 'claims', '\\x00', '00010200', '0000001', '00008080', 0, now(), 'PREPARED', 'DNBANOKK', 0, 0)
     )
     insert into avtalegiro_claims (client_account_id, id, document_id, account_number, kid, amount, due_date, notice, payer_name,
       reference, state, state_at, file_id, created_at)
     select $1, id, id, $2, lpad(id::text, 15, '0'), 12500, '2026-04-15', 'payee', 'Åse Øverås', 'Faktura ' || id, 'IN_FILE', now(), 1,
       now() from made`,
    [clientAccountId, ACCOUNT, RECORDS],
  );
  await owner.query('analyze avtalegiro_claims');
  const file = { clientAccountId, id: 1, kind: 'claims', sender: '00010200', transmissionNumber: 1 } as const;
  let bytes = 0;
  const begun = performance.now();
  const { megabytes } = await withMemory(() =>
    platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
      for await (const piece of claimFileContent(tx, file)) bytes += piece.length;
    }),
  );
  const rate = RECORDS / ((performance.now() - begun) / 1000);
  return {
    measure: `claim file of ${whole(RECORDS)} claims, from the database to its bytes`,
    target: `≥ ${whole(LEAST_CLAIMS)} a second`,
    seen: `${whole(rate)} a second`,
    reached: rate >= LEAST_CLAIMS,
    detail: `${whole(bytes / 1e6)} MB; heap ${whole(megabytes)} MB at most`,
  };
}

async function measureQuery({ platform, owner, clientAccountId, userId }: Company, rounds: Rounds): Promise<Result> {
  const { database } = platform;
  await owner.query(
    `insert into consumer_agreements (client_account_id, id, reference_nr, customer_nr, name, phone, state, created_at, updated_at)
     select $1, 2000000000 + n, n::text, 'K' || (n / $3::int), 'Forbruker ' || n, '+47' || (40000000 + n), 'ACTIVE', now(),
       now() - n * interval '1 second' from generate_series(1, $2::int) n`,
    [clientAccountId, CONSUMERS, HITS],
  );
  await owner.query('vacuum analyze consumer_agreements');
  const caller = (await callerOfUser(database, userId, SCOPES))!;
  const { value } = await createApiKey.call(platform, { caller, clientAccountId: null }, { kind: 'user' });
  const { token } = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createAccessToken(tx, { userId, name: 'bench', scopes: [...SCOPES] }),
  );
  const { rows } = await owner.query('select uuid from client_accounts where id = $1', [clientAccountId]);
  const app = await createApp({ platform, config: readConfig({}) });
  let n = 0;
  const customer = () => `K${1 + ((n++ * 7919) % (CONSUMERS / HITS - 1))}`;
  const soap = async () => {
    const answer = await app.server.inject({
      method: 'POST',
      url: '/apis/v1.1/api',
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '"/v1.1/api/consumer_agreements_query"' },
      payload:
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="urn:x"><e:Body><m:consumer_agreements_query>' +
        `<api_keys><company_uuid>${rows[0].uuid}</company_uuid><user_api_key>${value.key}</user_api_key></api_keys>` +
        `<query><customer_nr>${customer()}</customer_nr></query></m:consumer_agreements_query></e:Body></e:Envelope>`,
    });
    if (answer.body.split('<state ').length !== HITS + 1) throw new Error(answer.body.slice(0, 500));
  };
  const rest = async () => {
    const answer = await app.server.inject({
      method: 'GET',
      url: `/api/v2/consumer-invoicing/consumers?client_account_id=${clientAccountId}&customer_number=${customer()}&per_page=${HITS}`,
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.json().data?.length !== HITS) throw new Error(answer.body.slice(0, 500));
  };
  const side = (ask: () => Promise<void>) => async (milliseconds: number) => {
    const { count, seconds } = await closedLoop(4, milliseconds, ask);
    return { rate: count / seconds };
  };
  try {
    const compared = await compare(side(soap), side(rest), rounds);
    return comparison(
      `consumer_agreements_query over SOAP, ${HITS} hits among 1 M, against REST`,
      compared,
      0.5,
      'a second',
    );
  } finally {
    await app.close();
  }
}
