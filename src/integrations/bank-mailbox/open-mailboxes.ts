import { readFileSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import { type Config, ConfigFaults } from '../../platform/config.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { HttpsMailbox } from './https-mailbox.ts';
import type { Mailbox } from './mailbox.ts';
import { SftpMailbox } from './sftp-mailbox.ts';

export type MailboxConfig = Pick<
  Config,
  | 'tietoevrySftpUrl'
  | 'tietoevrySftpHostKey'
  | 'tietoevrySftpKey'
  | 'tietoevrySftpKeyFile'
  | 'zdataMailboxUrl'
  | 'zdataMailboxClientId'
  | 'zdataMailboxClientSecret'
>;

/**
 * The configured mailboxes. No call is made yet.
 *
 * @throws ConfigFaults if a key cannot be read.
 */
export function openMailboxes(
  config: MailboxConfig,
  world: { outbound: Outbound; clock: Clock; timeoutMs?: number },
): Mailbox[] {
  const mailboxes: Mailbox[] = [];
  const { tietoevrySftpUrl, tietoevrySftpHostKey, zdataMailboxUrl, zdataMailboxClientId } = config;
  if (tietoevrySftpUrl && tietoevrySftpHostKey) {
    const { hostname, port, username, pathname } = new URL(tietoevrySftpUrl);
    mailboxes.push(
      new SftpMailbox({
        service: 'Tietoevry',
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port === '' ? 22 : Number(port),
        username: decodeURIComponent(username),
        privateKey: keyOf(config),
        hostKeys: tietoevrySftpHostKey.split(',').map((key) => key.trim()),
        folder: decodeURIComponent(pathname).replace(/\/$/, ''),
        ...(world.timeoutMs === undefined ? {} : { timeoutMs: world.timeoutMs }),
      }),
    );
  }
  if (zdataMailboxUrl && zdataMailboxClientId)
    mailboxes.push(
      new HttpsMailbox(
        {
          service: 'ZData (Aritma)',
          url: zdataMailboxUrl,
          clientId: zdataMailboxClientId,
          clientSecret: config.zdataMailboxClientSecret ?? '',
        },
        world,
      ),
    );
  return mailboxes;
}

function keyOf({ tietoevrySftpKey, tietoevrySftpKeyFile }: MailboxConfig): string {
  if (tietoevrySftpKey) return tietoevrySftpKey;
  try {
    return readFileSync(tietoevrySftpKeyFile ?? '', 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'cannot be read';
    throw new ConfigFaults([`TIETOEVRY_SFTP_KEY_FILE=${tietoevrySftpKeyFile ?? ''}: ${why}`]);
  }
}
