import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Effect } from '../faults.ts';
import type { MailStore, StoredMail } from './mail-store.ts';
import { Wire } from './wire.ts';

export interface ImapWorld {
  store: MailStore;
  user: string;
  password: string;
  /** Capabilities of the server in addition to IMAP4rev1. */
  capabilities(): readonly string[];
  journal(note: string): void;
  /**
   * Faults of a step, on the path of its folder: `CONNECT`, `LOGIN`, `SELECT`, `SEARCH`, `FETCH`, `MOVE`. The supported
   * effects are a status, a delay, no response, a broken connection (after half of a mail, or after the move, with
   * `inBody`), half a mail, a malformed response, and a mail that is reported as large.
   */
  fault(step: string, path: string): Effect | null;
}

export interface MailServer {
  port: number;
  stop(): Promise<void>;
}

/** Listens on loopback. A connection closes when its client is done; `stop` closes all. */
export async function listen(serve: (wire: Wire) => Promise<void>): Promise<MailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(new Wire(socket)).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An IMAP server (RFC 3501) with the subset that a fetching client needs: one user, folders without hierarchy, no TLS. */
export function startImap(world: ImapWorld): Promise<MailServer> {
  return listen((wire) => new ImapSession(world, wire).serve());
}

/** The outcome of a step. `null`: no response is sent, and processing stops. */
type Met = { effect: Effect | null } | null;

class ImapSession {
  readonly #world: ImapWorld;
  readonly #wire: Wire;
  #isIn = false;
  #folder = '';

  constructor(world: ImapWorld, wire: Wire) {
    this.#world = world;
    this.#wire = wire;
  }

  async serve(): Promise<void> {
    if (!(await this.#meet('CONNECT', '/'))) return;
    this.#wire.write('* OK ready\r\n');
    for (;;) {
      const words = await this.#command();
      if (!words) return;
      const [tag = '*', ...rest] = words;
      if (rest[0]?.toUpperCase() === 'LOGOUT') {
        this.#wire.write(`* BYE\r\n${tag} OK\r\n`);
        return this.#wire.close();
      }
      const answer = await this.#answer(rest);
      if (answer === null) return;
      this.#wire.write(`${tag} ${answer}\r\n`);
    }
  }

  /** The words of a command: brackets are separate words, a quoted string or a literal is one word. */
  async #command(): Promise<string[] | null> {
    const words: string[] = [];
    for (;;) {
      const line = await this.#wire.line();
      if (line === null) return null;
      const [, size, isSent] = /\{(\d{1,9})(\+?)\}$/.exec(line) ?? [];
      const text = size === undefined ? line : line.slice(0, line.lastIndexOf('{'));
      for (const [word, quoted] of text.matchAll(/"((?:[^"\\]|\\.)*)"|[()]|[^\s()"]+/g))
        words.push(quoted === undefined ? word : quoted.replace(/\\(.)/g, '$1'));
      if (size === undefined) return words;
      if (!isSent) this.#wire.write('+ go on\r\n');
      const literal = await this.#wire.bytes(Number(size));
      if (literal === null) return null;
      words.push(literal.toString('utf8'));
    }
  }

  /** Null: the connection is closed, or hangs. */
  async #meet(step: string, path: string): Promise<Met> {
    const effect = this.#world.fault(step, path);
    switch (effect?.kind) {
      case 'never':
        return null;
      case 'reset':
        if (effect.inBody) return { effect };
        this.#wire.drop();
        return null;
      case 'nonsense':
        this.#wire.write('HTTP/1.1 400 Bad Request\r\n\r\n* 1 FETCH (((("\r\n)) \0 }}\r\n');
        return null;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, effect.ms));
        return { effect };
      default:
        return { effect };
    }
  }

  async #answer(words: string[]): Promise<string | null> {
    const isByUid = words[0]?.toUpperCase() === 'UID';
    const [name = '', ...args] = isByUid ? words.slice(1) : words;
    const command = name.toUpperCase();
    if (command === 'CAPABILITY') {
      this.#wire.write(`* CAPABILITY IMAP4rev1 ${this.#world.capabilities().join(' ')}\r\n`);
      return 'OK';
    }
    if (command === 'NOOP') return 'OK';
    if (command === 'LOGIN') return this.#logIn(args[0], args[1]);
    if (!this.#isIn) return 'BAD log in first';
    if (command === 'LIST' || command === 'LSUB') return this.#list(command, args.at(-1) ?? '');
    if (command === 'CREATE') {
      if (this.#world.store.folders.has(args[0] ?? '')) return 'NO [ALREADYEXISTS] it is there';
      this.#world.store.folders.set(args[0] ?? '', []);
      return 'OK';
    }
    if (command === 'SUBSCRIBE') return 'OK';
    if (command === 'SELECT' || command === 'EXAMINE') return this.#select(args[0] ?? '');
    if (this.#folder === '') return 'BAD select a folder first';
    if (command === 'EXPUNGE') return this.#expunge(isByUid ? uidsOf(args[0] ?? '') : null);
    if (!isByUid) return 'BAD not known here';
    if (command === 'SEARCH') return this.#search();
    const uids = uidsOf(args[0] ?? '');
    if (command === 'FETCH') return this.#fetch(uids, args.slice(1));
    if (command === 'STORE') {
      for (const mail of this.#mails)
        if (uids.has(mail.uid) && args.some((word) => /\\deleted/i.test(word))) mail.isDeleted = args[1]?.[0] === '+';
      return 'OK';
    }
    if (command === 'COPY' || command === 'MOVE') return this.#move(command, uids, args[1] ?? '');
    return 'BAD not known here';
  }

  get #mails(): StoredMail[] {
    return this.#world.store.folders.get(this.#folder) ?? [];
  }

  async #logIn(user: string | undefined, password: string | undefined): Promise<string | null> {
    const met = await this.#meet('LOGIN', '/');
    if (!met) return null;
    if (met.effect?.kind === 'status') return 'NO [UNAVAILABLE] later';
    this.#isIn = user === this.#world.user && password === this.#world.password;
    this.#world.journal(this.#isIn ? 'logged in' : 'login refused');
    return this.#isIn ? 'OK' : 'NO [AUTHENTICATIONFAILED] wrong';
  }

  #list(command: string, pattern: string): string {
    const { folders } = this.#world.store;
    const names = pattern === '' ? [] : [...folders.keys()].filter((name) => /[*%]/.test(pattern) || name === pattern);
    if (pattern === '') this.#wire.write(`* ${command} (\\Noselect) "/" ""\r\n`);
    for (const name of names) this.#wire.write(`* ${command} (\\HasNoChildren) "/" "${name}"\r\n`);
    return 'OK';
  }

  async #select(folder: string): Promise<string | null> {
    const met = await this.#meet('SELECT', folder);
    if (!met) return null;
    if (met.effect?.kind === 'status' || !this.#world.store.folders.has(folder)) return 'NO no such folder';
    this.#folder = folder;
    this.#wire.write(
      `* FLAGS (\\Seen \\Deleted)\r\n* ${this.#mails.length} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT 100000] next\r\n`,
    );
    return 'OK [READ-WRITE] selected';
  }

  async #search(): Promise<string | null> {
    const met = await this.#meet('SEARCH', this.#folder);
    if (!met) return null;
    if (met.effect?.kind === 'status') return 'NO not now';
    const found = this.#mails.filter(({ isDeleted }) => !isDeleted).map(({ uid }) => uid);
    this.#world.journal(`search: ${found.length}`);
    this.#wire.write(`* SEARCH ${found.join(' ')}\r\n`);
    return 'OK';
  }

  async #fetch(uids: ReadonlySet<number>, items: string[]): Promise<string | null> {
    const needsBody = items.some((item) => /^BODY(\.PEEK)?\[\]/i.test(item));
    for (const [i, mail] of this.#mails.entries()) {
      if (!uids.has(mail.uid)) continue;
      const facts = `* ${i + 1} FETCH (UID ${mail.uid} RFC822.SIZE ${mail.size} FLAGS ()`;
      if (!needsBody) {
        this.#wire.write(`${facts})\r\n`);
        continue;
      }
      const met = await this.#meet('FETCH', this.#folder);
      if (!met) return null;
      const { effect } = met;
      if (effect?.kind === 'status') return 'NO not now';
      this.#world.journal(`fetch ${mail.uid}`);
      const size = effect?.kind === 'big' ? effect.bytes : mail.content.length;
      this.#wire.write(`${facts} BODY[] {${size}}\r\n`);
      if (
        effect?.kind === 'reset' ||
        effect?.kind === 'half' ||
        effect?.kind === 'truncate' ||
        effect?.kind === 'big'
      ) {
        this.#wire.write(mail.content.subarray(0, Math.floor(mail.content.length / 2)));
        // After a response that was too large, the server continues normally.
        if (effect.kind !== 'big') this.#wire.close();
        return null;
      }
      this.#wire.write(mail.content);
      this.#wire.write(')\r\n');
    }
    return 'OK';
  }

  async #move(command: string, uids: ReadonlySet<number>, to: string): Promise<string | null> {
    const met = await this.#meet('MOVE', to);
    if (!met) return null;
    if (met.effect?.kind === 'status') return 'NO not now';
    if (!this.#world.store.copy(this.#folder, uids, to)) return 'NO [TRYCREATE] no such folder';
    this.#world.journal(`${command.toLowerCase()} to ${to}`);
    if (command === 'MOVE') this.#tell(this.#world.store.remove(this.#folder, ({ uid }) => uids.has(uid)));
    if (met.effect?.kind !== 'reset') return 'OK';
    this.#wire.drop();
    return null;
  }

  #expunge(uids: ReadonlySet<number> | null): string {
    const isGone = ({ isDeleted, uid }: StoredMail) => isDeleted && (uids === null || uids.has(uid));
    this.#tell(this.#world.store.remove(this.#folder, isGone));
    return 'OK';
  }

  #tell(places: number[]): void {
    for (const place of places) this.#wire.write(`* ${place} EXPUNGE\r\n`);
  }
}

/** `3`, `3,5`, `3:5`. */
function uidsOf(set: string): Set<number> {
  const uids = new Set<number>();
  for (const part of set.split(',')) {
    const [from, to = from] = part.split(':').map(Number) as [number, number?];
    for (let uid = from; uid <= Math.min(to, from + 100_000); uid++) uids.add(uid);
  }
  return uids;
}
