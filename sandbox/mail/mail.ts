import { randomBytes, randomUUID } from 'node:crypto';
import type { StandIn, StandInWorld } from '../stand-in.ts';
import { startImap } from './imap-server.ts';
import { MailStore } from './mail-store.ts';
import { startSmtp } from './smtp-server.ts';

/** The address that invoices are mailed to; each receiver has an individual part in it. */
const ADDRESS = 'faktura@sandbox.example';
const CAPABILITIES = ['UIDPLUS', 'MOVE', 'LITERAL+'];

/** A mail provider: one mailbox over IMAP, and a mail server that delivers mails for its address into it. */
export async function mail(world: StandInWorld): Promise<StandIn> {
  const store = new MailStore();
  const user = 'hovedbok';
  const password = randomBytes(12).toString('base64url');
  let capabilities = CAPABILITIES;

  function deliver(recipients: readonly string[], content: Buffer, size?: number): void {
    const [local, domain] = ADDRESS.split('@') as [string, string];
    const ours = recipients.filter((to) => to === ADDRESS || (to.startsWith(`${local}+`) && to.endsWith(`@${domain}`)));
    if (ours.length > 0) {
      const head = Buffer.from(ours.map((to) => `Delivered-To: ${to}\r\n`).join(''));
      const whole = Buffer.concat([head, content]);
      store.add('INBOX', whole, size ?? whole.length);
    }
    world.journal(ours.length > 0 ? 'mail delivered' : 'mail for somebody else');
  }

  const imap = await startImap({
    store,
    user,
    password,
    capabilities: () => capabilities,
    journal: (note) => world.journal(`imap ${note}`),
    fault: (step, path) => world.fault(step, path),
  });
  const smtp = await startSmtp(deliver);

  return {
    answer: () => ({ status: 404, body: 'mail is spoken to over IMAP and SMTP' }),
    error: (status) => ({ status, body: '' }),
    actions: {
      describe: () => ({
        imap: `imap://${user}:${password}@127.0.0.1:${imap.port}/INBOX`,
        smtp: `smtp://127.0.0.1:${smtp.port}`,
        address: ADDRESS,
      }),
      /** A mail as sent over the wire (`content`, base64), or one that is composed here from its parts. */
      deliver(input) {
        const { to, content, size } = input as { to?: string; content?: string; size?: number };
        deliver([to ?? ADDRESS], content ? Buffer.from(content, 'base64') : written(input), size);
      },
      folders: () =>
        Object.fromEntries(
          [...store.folders].map(([name, mails]) => [name, mails.map(({ uid, size }) => ({ uid, size }))]),
        ),
      /** Capabilities that the server announces; without MOVE, clients copy and delete mails. */
      capabilities({ names }) {
        capabilities = Array.isArray(names) ? names.map(String) : CAPABILITIES;
      },
      reset() {
        store.clear();
        capabilities = CAPABILITIES;
      },
    },
    help: {
      deliver: {
        nb: 'Legg en e-post i postkassen, med filer (base64)',
        en: 'Put a mail into the mailbox, with files (base64)',
        example: {
          to: ADDRESS,
          subject: 'Faktura',
          files: [{ name: 'faktura.pdf', type: 'application/pdf', content: 'JVBERi0xLjcKZmFrdHVyYQolJUVPRgo=' }],
        },
      },
      folders: { nb: 'Hva som ligger i mappene', en: 'What lies in the folders' },
    },
    async stop() {
      await Promise.all([imap.stop(), smtp.stop()]);
    },
  };
}

interface Written {
  to?: string;
  from?: string;
  subject?: string;
  messageId?: string;
  files?: { name: string; type: string; content: string }[];
}

/** A mail with files (RFC 2045, 2046). */
function written(input: Record<string, unknown>): Buffer {
  const { to = ADDRESS, from = 'leverandor@sandbox.example', subject = 'Faktura', ...more } = input as Written;
  const { messageId = `${randomUUID()}@sandbox.example`, files = [] } = more;
  const boundary = 'part-of-a-mail';
  const head = [
    `Message-ID: <${messageId}>`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
  ];
  const letter = ['Content-Type: text/plain; charset=utf-8', '', 'Vedlagt er fakturaen.'];
  const parts = files.map(({ name, type, content }) => [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    ...(content.match(/.{1,76}/g) ?? []),
  ]);
  const body = [letter, ...parts].flatMap((part) => [`--${boundary}`, ...part]);
  return Buffer.from([...head, '', ...body, `--${boundary}--`, ''].join('\r\n'));
}
