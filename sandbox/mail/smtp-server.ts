import { listen, type MailServer } from './imap-server.ts';
import type { Wire } from './wire.ts';

const LARGEST_MAIL = 100_000_000;

/** A mail server (RFC 5321) that accepts mail for any recipient. */
export function startSmtp(receive: (recipients: string[], content: Buffer) => void): Promise<MailServer> {
  return listen(async (wire) => {
    wire.write('220 sandbox\r\n');
    let recipients: string[] = [];
    for (let line = await wire.line(); line !== null; line = await wire.line()) {
      const [, command = ''] = /^([A-Z]+)/i.exec(line) ?? [];
      switch (command.toUpperCase()) {
        case 'EHLO':
        case 'HELO':
        case 'MAIL':
        case 'RSET':
        case 'NOOP':
          recipients = [];
          wire.write('250 ok\r\n');
          break;
        case 'RCPT':
          recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
          wire.write('250 ok\r\n');
          break;
        case 'DATA': {
          wire.write('354 go on\r\n');
          const content = await data(wire);
          if (content === null) return;
          receive(recipients, content);
          wire.write('250 taken\r\n');
          break;
        }
        case 'QUIT':
          wire.write('221 bye\r\n');
          return wire.close();
        default:
          wire.write('502 not known here\r\n');
      }
    }
  });
}

/** Reads to the line with a single point; a leading point of a line was doubled by the sender. */
async function data(wire: Wire): Promise<Buffer | null> {
  const lines: string[] = [];
  let size = 0;
  for (let line = await wire.line(); line !== '.'; line = await wire.line()) {
    if (line === null || (size += line.length) > LARGEST_MAIL) return null;
    lines.push(line.startsWith('.') ? line.slice(1) : line);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}
