import sql from 'sql-template-tag';
import { expect } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { deliveryRoutes } from '../../src/bank-delivery/index.ts';
import { bankingRoutes } from '../../src/banking/index.ts';
import { paymentRoutes } from '../../src/payments/index.ts';
import { connectMailboxes, type Delivery, openAtBank, type Provider } from '../support/bank/bank-mailbox.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { openPayer } from '../support/bank/payments.ts';
import type { MovingClock } from '../support/outside/sandbox.ts';
import { type FaultAnswer, type FaultCall, FAULTS, type PartyFault } from './faults.ts';

/** Longer than any pause before a file is tried again, and than a circuit breaker stays open. */
const PAUSE = 200;
const SERVICES = { tietoevry: 'Tietoevry', zdata: 'ZData (Aritma)' } as const;

/** The possible faults of a mailbox over SFTP, which has no statuses, headers or pages. */
const SFTP_FAULTS: readonly PartyFault[] = [
  { name: 'refused', effect: { kind: 'status', status: 403 } },
  ...FAULTS.filter(({ name }) => ['late', 'never', 'reset'].includes(name)),
];
const SFTP_FILE_FAULTS: readonly PartyFault[] = [
  ...SFTP_FAULTS,
  ...FAULTS.filter(({ name }) => ['half an answer', 'empty'].includes(name)),
];

/** The result of a round over a mailbox, and of what was sent. */
interface Seen {
  problem: string | null;
  file: string | null;
  imported: number;
  acknowledged: boolean;
}

/** Our calls to the banks' mailboxes: scheduled, so their answers are seen in the deliveries and in the order. */
export async function bankPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  return [...(await callsOf('zdata', sandbox, clock)), ...(await callsOf('tietoevry', sandbox, clock))];
}

async function callsOf(provider: Provider, sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const patient = await connectMailboxes(sandbox, clock);
  const hasty = await connectMailboxes(sandbox, clock, {}, 500);
  hasty.platform.files = patient.platform.files;
  const api = apiOf([...deliveryRoutes, ...paymentRoutes, ...bankingRoutes], patient.platform);
  const act = (action: string, input: object = {}) => sandbox.act('bank', action, { ...input });
  const payer = await openPayer({ provider, clock });
  await openAtBank(sandbox, payer);
  const { books, account, bankAccountId } = payer;
  const service = SERVICES[provider];
  const side = (isSlow: boolean): Delivery => (isSlow ? hasty : patient);
  let before = 0;

  const imported = async () =>
    (await api('GET', `/bank-transactions?client_account_id=${books.clientAccountId}`, books.token)).body.meta
      .records as number;

  /** A file of the bank that is not fetched yet, and nothing else. */
  async function withFile(): Promise<void> {
    clock.pass(PAUSE);
    await patient.fetch(provider);
    await act('expect', { account, amount: '10.00' });
    await act('closeDay');
    clock.pass(PAUSE);
    before = await imported();
  }

  async function look(isSlow: boolean): Promise<FaultAnswer> {
    await side(isSlow).fetch(provider);
    const status = await api(
      'GET',
      `/banking/delivery-status?client_account_id=${books.clientAccountId}`,
      books.token,
      undefined,
      { 'accept-language': 'en' },
    );
    const files = await patient.platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ is_acknowledged: boolean; problem: { en: string } | null }>(sql`
        select is_acknowledged, problem from bank_mailbox_files where name like ${`%${account}%`} and mailbox = ${provider}
        order by first_seen_at desc, name desc limit 1`),
    );
    const seen: Seen = {
      problem: status.body.data[0].provider_problem,
      file: files[0]?.problem?.en ?? null,
      imported: (await imported()) - before,
      acknowledged: files[0]?.is_acknowledged ?? false,
    };
    return { status: status.status, body: seen };
  }

  const outcomeOf = ({ body }: FaultAnswer): string => {
    const { problem, file, imported: count, acknowledged } = body as Seen;
    if (problem !== null) return `nothing taken in: ${problem}`;
    if (count === 0) return `nothing taken in: ${file ?? 'the file is not whole yet'}`;
    return acknowledged ? 'taken in and acknowledged' : 'taken in, and acknowledged at the next look';
  };
  const looking = {
    party: 'bank',
    service,
    healthy: 200,
    prepare: withFile,
    ask: look,
    outcomeOf,
    whole: 'taken in and acknowledged',
    failed: /^nothing taken in: .*/,
  };

  let order = 0;
  async function withOrder(): Promise<void> {
    clock.pass(PAUSE);
    await patient.send(provider);
    const bill = await payer.bill(await payer.supplier(), 10, { due_date: '2026-03-10', document_date: '2026-02-01' });
    const { body } = await api('POST', '/payment-orders', books.token, {
      client_account_id: books.clientAccountId,
      bank_account_id: bankAccountId,
      documents: [{ document_id: bill.id }],
    });
    order = body.id as number;
    expect((await api('POST', `/payment-orders/${order}/approve`, books.token, {})).status).toBe(200);
  }
  const orderOf = async () => {
    const answer = await api('GET', `/payment-orders/${order}`, books.token, undefined, { 'accept-language': 'en' });
    return { status: answer.status, body: answer.body as { status: string; send_problem: { message: string } | null } };
  };
  const sending = {
    party: 'bank',
    service,
    healthy: 200,
    prepare: withOrder,
    async ask(isSlow: boolean): Promise<FaultAnswer> {
      await side(isSlow)
        .send(provider)
        .catch(() => {});
      return orderOf();
    },
    outcomeOf: ({ body }: FaultAnswer) => {
      const { status, send_problem: problem } = body as { status: string; send_problem: { message: string } | null };
      return problem ? `${status}, sent again as the same message: ${problem.message}` : status;
    },
    whole: 'SENT',
    failed: /^APPROVED/,
  };

  if (provider === 'zdata')
    return [
      {
        ...looking,
        name: 'token (the scheduled look)',
        path: '/connect/token$',
        prepare: async () => {
          await withFile();
          await act('expireTokens');
          clock.pass(600);
        },
      },
      { ...looking, name: 'list of files (the scheduled look)', path: '/files$' },
      { ...looking, name: 'content of a file (the scheduled look)', path: '/content$' },
      {
        ...looking,
        name: 'acknowledgement (the scheduled look)',
        path: '/state$',
        failed: /^taken in, and acknowledged at the next look$/,
      },
      { ...sending, name: 'payment order (the scheduled sending)', path: '/payments/' },
    ];
  return [
    { ...looking, name: 'login over SFTP (the scheduled look)', method: 'CONNECT', path: '.', faults: SFTP_FAULTS },
    {
      ...looking,
      name: 'list of files over SFTP (the scheduled look)',
      method: 'LIST',
      path: '.',
      faults: SFTP_FAULTS,
    },
    {
      ...looking,
      name: 'content of a file over SFTP (the scheduled look)',
      method: 'READ',
      path: '.',
      faults: SFTP_FILE_FAULTS,
    },
    {
      ...looking,
      name: 'removal of a file over SFTP (the scheduled look)',
      method: 'REMOVE',
      path: '.',
      faults: SFTP_FAULTS,
      failed: /^taken in, and acknowledged at the next look$/,
    },
    {
      ...sending,
      name: 'payment order over SFTP, as it is written (the scheduled sending)',
      method: 'WRITE',
      path: '.',
      faults: SFTP_FAULTS,
    },
    {
      ...sending,
      name: 'payment order over SFTP, as it gets its name (the scheduled sending)',
      method: 'RENAME',
      path: '.',
      faults: SFTP_FAULTS,
    },
  ];
}
