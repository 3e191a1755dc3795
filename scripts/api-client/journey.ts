import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.js';

// The types that a stranger's program would name.
type Asset = components['schemas']['Asset'];
type BankTransaction = components['schemas']['BankTransaction'];
type TrialBalance = components['schemas']['ReportTrialBalance'];

export interface Journey {
  asset: Asset;
  transaction: BankTransaction;
  trialBalance: TrialBalance;
  refusal: components['schemas']['Error'];
}

/**
 * One walk through bank, assets and reports with a client that knows nothing but docs/openapi.json. test/api-client.test.ts
 * compiles it against the generated types, and runs it.
 */
export async function walk(fetch: typeof globalThis.fetch, token: string, client_account_id: number): Promise<Journey> {
  const api = createClient<paths>({
    baseUrl: 'http://books.test',
    fetch: (request: Request) => fetch(request),
    headers: { authorization: `Bearer ${token}` },
  });

  const account = got(
    await api.POST('/api/v2/bank-accounts', {
      body: { client_account_id, type: 'CURRENT', bban: '15030000002', bank_country: 'NO', name: 'Drift' },
    }),
  );
  const taken = got(
    await api.POST('/api/v2/bank-transactions', {
      body: {
        client_account_id,
        payee_bank_account_id: account.id,
        payor_name: 'Kunde AS',
        booking_date: '2026-03-02',
        value_date: '2026-03-02',
        amount: '2500.00',
        currency_code: 'NOK',
      },
    }),
  );
  const listed = got(
    await api.GET('/api/v2/bank-transactions', {
      params: { query: { client_account_id, with: ['statements', 'details'] } },
    }),
  );
  const transaction = only(listed.data.filter(({ id }) => id === taken.id));

  const bought = got(
    await api.POST('/api/v2/assets', {
      body: { client_account_id, name: 'Varebil', asset_class: 'COMMERCIAL_VEHICLES', acquisition_date: '2026-03-01' },
    }),
  );
  const asset = got(
    await api.PUT('/api/v2/assets/{id}', { params: { path: { id: bought.id } }, body: { name: 'Varebil, hvit' } }),
  );

  const entry = got(
    await api.POST('/api/v2/journal-entries', {
      body: {
        client_account_id,
        entry_date: '2026-03-02',
        lines: [
          { account_code: account.account_code ?? '1920', debit: '2500.00', dimensions: bankDimension(account.id) },
          { account_code: '3100', credit: '2500.00' },
        ],
      },
    }),
  );
  if (!('lines' in entry)) throw new Error('no entry was posted');
  // The same address also gives HTML, Excel and PDF, and a job if requested.
  const trialBalance = got(
    await api.GET('/api/v2/reports/trial-balance', {
      params: { query: { client_account_id, date_from: '2026-01-01', date_to: '2026-12-31', format: 'json' } },
    }),
  );

  if (typeof trialBalance === 'string' || !('rows' in trialBalance)) throw new Error('no JSON was answered');

  const { error } = await api.GET('/api/v2/assets/{id}', { params: { path: { id: asset.id + 1000 } } });
  if (!error) throw new Error('an asset that is not there was answered');
  return { asset, transaction, trialBalance, refusal: error };
}

function bankDimension(id: number) {
  return [{ type: 'bank_account', id }];
}

function got<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

function only<T>(list: readonly T[]): T {
  const [first, ...others] = list;
  if (first === undefined || others.length > 0) throw new Error(`${list.length} where one was expected`);
  return first;
}
