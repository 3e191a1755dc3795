import { createApp } from '../../src/app.ts';
import { createBankAccount } from '../../src/banking/index.ts';
import { SCOPES } from '../../src/platform/caller.ts';
import { readConfig } from '../../src/platform/config.ts';
import { callerOfUser, createClientAccount, forgetCallers } from '../../src/tenancy/index.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import type { Result } from '../setup/result.ts';
import { median } from '../setup/rounds.ts';

const CALLS = 200;
const WARM_UP = 50;
const ACCOUNTS = 20;

/**
 * Status calls of the banks, which call no party, at the server: from the request to the whole response, without a
 * socket. The client account has accounts at four banks.
 */
export async function measureIntegrationStatus({ platform, caller, token }: ClientBooks): Promise<Result[]> {
  const clientAccountId = await platform.database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: 'Bench banks', uniqueName: 'bench-banks', createdById: caller.userId }),
  );
  forgetCallers(platform.database);
  const owner = (await callerOfUser(platform.database, caller.userId, SCOPES, platform.clock.now()))!;
  for (const bban of accountNumbers())
    await createBankAccount.call(
      platform,
      { caller: owner, clientAccountId },
      {
        type: 'CURRENT',
        bban,
        bank_country: 'NO',
      },
    );
  const app = await createApp({ platform, config: readConfig({}) });
  try {
    const results: Result[] = [];
    for (const [name, path] of [
      ['status of a bank', 'banks/SPAVNOBB/status'],
      ['banks of a client account, with their status', 'banks'],
      ['status of ZData', 'aritma/status'],
    ] as const) {
      const url = `/api/v2/integrations/${path}?client_account_id=${clientAccountId}`;
      const times: number[] = [];
      let before = process.cpuUsage();
      for (let call = 0; call < WARM_UP + CALLS; call++) {
        if (call === WARM_UP) before = process.cpuUsage();
        const began = performance.now();
        const { statusCode } = await app.server.inject({ url, headers: { authorization: `Bearer ${token}` } });
        if (statusCode !== 200) throw new Error(`${url}: ${statusCode}`);
        if (call >= WARM_UP) times.push(performance.now() - began);
      }
      const { user, system } = process.cpuUsage(before);
      const cpu = (user + system) / 1000 / CALLS;
      const time = median(times);
      times.sort((a, b) => a - b);
      results.push({
        measure: `${name}, ${ACCOUNTS} bank accounts`,
        target: '≤ 5 ms',
        seen: `${time.toFixed(1)} ms`,
        reached: time <= 5,
        detail: `median of ${CALLS} calls one by one; p95 ${times[Math.floor(CALLS * 0.95)]!.toFixed(1)} ms, ${cpu.toFixed(1)} ms of CPU time each`,
      });
    }
    return results;
  } finally {
    await app.close();
  }
}

/** Valid numbers at Sparebanken Norge, DNB, Nordea and Danske Bank. */
function accountNumbers(): string[] {
  const found: string[] = [];
  for (let n = 1; found.length < ACCOUNTS; n++) {
    const prefix = ['3420', '1503', '6005', '8601'][n % 4]!;
    const digits = `${prefix}77${String(n).padStart(4, '0')}`;
    const sum = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2].reduce((left, weight, i) => left + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) found.push(`${digits}${check}`);
  }
  return found;
}
