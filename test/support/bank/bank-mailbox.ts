import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { fetchFrom, sendRound } from '../../../src/bank-delivery/index.ts';
import { type Mailbox, openIntegrations } from '../../../src/integrations/index.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import { readConfig } from '../../../src/platform/config.ts';
import type { FileStore } from '../../../src/platform/files/file-store.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import type { Payer } from './payments.ts';
import { testPlatform } from '../books/books.ts';
import { withFiles } from '../http/upload.ts';

export type Provider = Mailbox['provider'];

/** Test files share a database, and send only for client accounts with an account at their own bank. */
const clientsOf = new WeakMap<Sandbox, Set<number>>();

/** Our side of the mailboxes, connected as the server does from its settings. */
export interface Delivery {
  platform: Platform & { files: FileStore };
  logged: string[];
  mailbox(provider: Provider): Mailbox;
  /** A round over a mailbox, as the scheduled task runs it. */
  fetch(provider?: Provider): Promise<void>;
  send(provider?: Provider): Promise<number>;
}

export async function connectMailboxes(
  sandbox: Sandbox,
  clock: Clock,
  more: Record<string, string> = {},
  timeoutMs?: number,
): Promise<Delivery> {
  const found = (await sandbox.act('bank', 'describe')) as Record<string, string>;
  const config = readConfig({
    TIETOEVRY_SFTP_URL: found['sftp'],
    TIETOEVRY_SFTP_HOST_KEY: found['hostKey'],
    TIETOEVRY_SFTP_KEY: found['key'],
    ZDATA_MAILBOX_URL: found['url'],
    ZDATA_MAILBOX_CLIENT_ID: found['clientId'],
    ZDATA_MAILBOX_CLIENT_SECRET: found['clientSecret'],
    AVTALEGIRO_SENDER: '00010200',
    ...more,
  });
  const logged: string[] = [];
  const keep = (...facts: unknown[]) => void logged.push(JSON.stringify(facts));
  const log = { info: keep, warn: keep, error: keep };
  const outside = openIntegrations(config, { clock, log, sleep: async () => {}, random: () => 0.5, timeoutMs });
  const platform = { ...withFiles(testPlatform(clock)), log, outside };
  const mailbox = (provider: Provider) => outside.bankMailboxes!.find((each) => each.provider === provider)!;
  const signal = new AbortController().signal;
  return {
    platform: platform,
    logged,
    mailbox,
    fetch: (provider = 'tietoevry') => fetchFrom(platform, mailbox(provider), signal),
    send: (provider = 'tietoevry') =>
      sendRound(platform, mailbox(provider), signal, (id) => clientsOf.get(sandbox)?.has(id) ?? false),
  };
}

/** The payer's account at the bank's stand-in. */
export function openAtBank(sandbox: Sandbox, { account, bic, books }: Payer, more: object = {}): Promise<unknown> {
  clientsOf.set(sandbox, (clientsOf.get(sandbox) ?? new Set()).add(books.clientAccountId));
  const provider = bic === 'NDEANOKK' ? 'zdata' : 'tietoevry';
  return sandbox.act('bank', 'open', {
    account,
    bic,
    provider,
    owner: 'Testselskap AS',
    balance: '100000.00',
    ...more,
  });
}
