import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A stand-in of a mail server that counts mails by recipient. */
export class MailServer {
  readonly received = new Map<string, number>();
  readonly #server: SMTPServer;

  constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, { envelope }, done) => {
        stream.resume();
        stream.on('end', () => {
          for (const { address } of envelope.rcptTo) this.received.set(address, (this.received.get(address) ?? 0) + 1);
          done();
        });
      },
    });
  }

  /** Resolves with its address for SMTP_URL. */
  async listen(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready));
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((done) => this.#server.close(done));
  }
}
