import { expect } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { vatReturnRoutes } from '../../src/vat-return/index.ts';
import { type Books, credit, debit, openBooks } from '../support/books/books.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { atLogin, idPortenWorld } from '../support/outside/id-porten.ts';
import type { MovingClock } from '../support/outside/sandbox.ts';
import { withFiles } from '../support/http/upload.ts';
import type { FaultAnswer, FaultCall } from './faults.ts';

const TERM = { from_date: '2026-01-01', to_date: '2026-02-28' };
/** Organisations of this file: synthetic ones, each once. */
let nextNumber = 0;

function organizationNumber(): string {
  for (;;) {
    const digits = String(29_000_000 + nextNumber++);
    const sum = [3, 2, 7, 6, 5, 4, 3, 2].reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${check}`;
  }
}

/** Our calls to Skatteetaten and Altinn for a VAT return that is sent. */
export async function vatPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const patient = await idPortenWorld(sandbox, clock);
  const hasty = await idPortenWorld(sandbox, clock, { timeoutMs: 500 });
  hasty.platform.columnKeys = patient.keys;
  const apis = [patient, hasty].map(({ platform }) => apiOf(vatReturnRoutes, withFiles(platform)));
  let books: Books | null = null;
  let number = '';

  /** A client account whose term is settled, and not sent yet or on its way; its owner is logged in. */
  async function prepared(): Promise<void> {
    clock.pass(61);
    if (books) return logIn(books);
    number = organizationNumber();
    books = await openBooks({ organizationNumber: number, clock });
    await books.post('2026-01-15', [debit('1920', 1250), credit('3000', 1000, { tax_code: '3' })]);
    const body = { client_account_id: books.clientAccountId, ...TERM };
    expect((await apis[0]!('POST', '/vat-return/settlements', books.token, body)).status).toBe(201);
    await logIn(books);
  }

  async function logIn({ token }: Books): Promise<void> {
    const status = await patient.api.as(token).get('/integrations/altinn/status');
    if (status.body.connected) return;
    const { body } = await patient.api.as(token).post('/integrations/altinn/authorize');
    await patient.api.call('GET', await atLogin(body.authorization_url as string), { token });
  }

  async function ask(isSlow: boolean): Promise<FaultAnswer> {
    const { clientAccountId, token } = books!;
    const body = { client_account_id: clientAccountId, ...TERM };
    const answer = await apis[isSlow ? 1 : 0]!('POST', '/vat-return/submissions', token, body);
    // A return that was sent is finished; the next fault uses another return.
    if (answer.status === 201 && answer.body.status !== 'SENDING') books = null;
    return answer;
  }

  const inWords = ({ status, body }: FaultAnswer): string => {
    const one = body as {
      status?: string;
      waiting_for?: string | null;
      problem?: { code: string; text: string } | null;
    };
    if (status !== 201) return `${status} ${(body as { details?: { code?: string } }).details?.code ?? ''}`.trim();
    return one.problem ? `201 ${one.status}, waits for ${one.waiting_for}: ${one.problem.code}` : `201 ${one.status}`;
  };

  const nothingKept = async () => {
    const { clientAccountId, token } = books!;
    const { body } = await apis[0]!('GET', `/vat-return/submissions?client_account_id=${clientAccountId}`, token);
    expect(body.data).toMatchObject([{ status: 'PREPARED' }]);
  };

  const ofApp = (name: string, path: string): FaultCall => ({
    party: 'mva_app',
    service: 'Altinn',
    name: `${name} (POST /vat-return/submissions, which keeps it and goes on by itself)`,
    path,
    healthy: 201,
    prepare: prepared,
    ask,
    outcomeOf: inWords,
    whole: '201 SENT',
    failed:
      /^201 (SENDING|SENT), waits for (PARTY: outbound|LOGIN: mva_melding|PERSON: (mva_melding|vat_return.instance_gone))/,
  });
  return [
    {
      party: 'mva_validation',
      service: 'Skatteetaten',
      name: 'validation of the return (POST /vat-return/submissions)',
      path: '/valider$',
      healthy: 201,
      prepare: prepared,
      ask,
      allowed: { '401': 403, '403': 403 },
      intact: nothingKept,
    },
    ofApp('instance that is made', '/instances/?$'),
    ofApp('envelope and return', '/data'),
    ofApp('process', '/process/next$'),
    ofApp('instance as it stands', '/instances/\\d+/[^/]+$'),
    ofApp('whether it is answered', '/feedback/status$'),
  ];
}
