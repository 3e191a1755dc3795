import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Effect } from '../faults.ts';
import ssh2, { type Connection, type ParsedKey, type SFTPWrapper } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const IS_FILE = 0o100600;
const IS_FOLDER = 0o040700;
const PIECE = 32 * 1024;

/** The contents of the server: files to fetch, and a folder for orders. */
export interface SftpFolder {
  list(): { name: string; content: Buffer; at: Date }[];
  remove(name: string): void;
  /** A file was put into `in` under its final name. False: the connection breaks before the response. */
  receive(name: string, content: Buffer): boolean;
  journal(note: string): void;
  /**
   * The fault of a step, by the path of the file or folder: `CONNECT`, `LIST`, `READ`, `REMOVE`, `WRITE`, `RENAME`.
   * Supported effects: a status, a delay, no response, a broken connection, and a half or empty file.
   */
  fault(step: string, path: string): Effect | null;
}

export interface SftpServer {
  port: number;
  /** As `ssh-keygen -l` writes it. */
  fingerprint: string;
  /** The accepted key. */
  privateKey: string;
  stop(): Promise<void>;
}

/** An Ed25519 pair. The library writes one pair in 250 so that no reader takes it: that one is thrown away. */
function newKeys(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** An SFTP server on this machine with `/out` and `/in`, keys generated for this run, one user. */
export async function startSftp(folder: SftpFolder): Promise<SftpServer> {
  const host = newKeys();
  const user = newKeys();
  const allowed = ssh2.utils.parseKey(user.public) as ParsedKey;
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    connections.add(client);
    client.on('close', () => connections.delete(client));
    client.on('error', () => {});
    client.on('authentication', (context) => {
      if (context.method !== 'publickey' || context.username !== 'hovedbok') return context.reject(['publickey']);
      const key = allowed.getPublicSSH();
      const isSame = context.key.data.length === key.length && timingSafeEqual(context.key.data, key);
      if (!isSame) return context.reject(['publickey']);
      // An invalid signature is reported by a returned error, not by an exception.
      const isRight: unknown =
        !context.signature || !context.blob || allowed.verify(context.blob, context.signature, context.hashAlgo);
      if (isRight !== true) return context.reject(['publickey']);
      meet(folder.fault('CONNECT', '/'), {
        work: () => context.accept(),
        refuse: () => context.reject(['publickey']),
        close: () => client.end(),
      });
    });
    client.on('ready', () => {
      client.on('session', (accept) => {
        accept().on('sftp', (acceptSftp) => serve(acceptSftp(), folder, client));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const publicKey = (ssh2.utils.parseKey(host.public) as ParsedKey).getPublicSSH();
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`,
    privateKey: user.private,
    async stop() {
      for (const client of connections) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Does the work, or the configured fault. */
function meet(
  effect: Effect | null,
  { work, refuse, close }: Record<'work' | 'refuse' | 'close', () => unknown>,
): void {
  if (effect?.kind === 'status') refuse();
  else if (effect?.kind === 'delay') setTimeout(work, effect.ms);
  else if (effect?.kind === 'reset') close();
  else if (effect?.kind !== 'never') work();
}

type Handle =
  | { kind: 'read'; content: Buffer; at: Date }
  | { kind: 'write'; name: string; parts: Map<number, Buffer> }
  | { kind: 'folder'; listed: boolean; path: string };

function serve(sftp: SFTPWrapper, folder: SftpFolder, client: Connection): void {
  const handles = new Map<number, Handle>();
  /** Uploaded, but not under their final name yet. */
  const writing = new Map<string, Buffer>();
  let next = 0;
  const give = (id: number, handle: Handle) => {
    const key = Buffer.alloc(4);
    key.writeUInt32BE(++next);
    handles.set(next, handle);
    sftp.handle(id, key);
  };
  const of = (key: Buffer) => handles.get(key.readUInt32BE());
  const attributes = (content: Buffer, at: Date) => {
    const seconds = Math.floor(at.getTime() / 1000);
    return { mode: IS_FILE, uid: 0, gid: 0, size: content.length, atime: seconds, mtime: seconds };
  };
  const step = (id: number, name: string, path: string, work: (effect: Effect | null) => unknown) => {
    const effect = folder.fault(name, path);
    const refuse = () => sftp.status(id, STATUS_CODE.FAILURE);
    meet(effect, { work: () => work(effect), refuse, close: () => client.end() });
  };
  const outFile = (path: string) => folder.list().find(({ name }) => path === `/out/${name}`);
  const inName = (path: string) => (path.startsWith('/in/') ? path.slice('/in/'.length) : null);
  const stat = (id: number, path: string) => {
    if (['/', '/in', '/out'].includes(path))
      return sftp.attrs(id, { mode: IS_FOLDER, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 });
    const file = outFile(path);
    if (file) return sftp.attrs(id, attributes(file.content, file.at));
    sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  };
  sftp.on('REALPATH', (id, path) =>
    sftp.name(id, [{ filename: path === '.' ? '/' : path, longname: '', attrs: {} as never }]),
  );
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('OPENDIR', (id, path) => {
    if (path !== '/out' && path !== '/in') return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    step(id, 'LIST', path, () => {
      folder.journal(`list ${path}`);
      give(id, { kind: 'folder', listed: false, path });
    });
  });
  sftp.on('READDIR', (id, key) => {
    const handle = of(key);
    if (handle?.kind !== 'folder') return sftp.status(id, STATUS_CODE.FAILURE);
    const files = handle.path === '/out' ? folder.list() : [];
    if (handle.listed || files.length === 0) return sftp.status(id, STATUS_CODE.EOF);
    handle.listed = true;
    sftp.name(
      id,
      files.map(({ name, content, at }) => ({ filename: name, longname: name, attrs: attributes(content, at) })),
    );
  });
  sftp.on('OPEN', (id, path, flags) => {
    if (flags & OPEN_MODE.WRITE) {
      const name = inName(path);
      if (name === null) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
      return step(id, 'WRITE', path, () => give(id, { kind: 'write', name, parts: new Map() }));
    }
    const file = outFile(path);
    if (!file) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    step(id, 'READ', path, (effect) => {
      folder.journal(`read ${file.name}`);
      give(id, { kind: 'read', content: cut(file.content, effect), at: file.at });
    });
  });
  sftp.on('FSTAT', (id, key) => {
    const handle = of(key);
    if (handle?.kind !== 'read') return sftp.status(id, STATUS_CODE.FAILURE);
    sftp.attrs(id, attributes(handle.content, handle.at));
  });
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('READ', (id, key, offset, length) => {
    const handle = of(key);
    if (handle?.kind !== 'read') return sftp.status(id, STATUS_CODE.FAILURE);
    if (offset >= handle.content.length) return sftp.status(id, STATUS_CODE.EOF);
    sftp.data(id, handle.content.subarray(offset, offset + Math.min(length, PIECE)));
  });
  sftp.on('WRITE', (id, key, offset, data) => {
    const handle = of(key);
    if (handle?.kind !== 'write') return sftp.status(id, STATUS_CODE.FAILURE);
    handle.parts.set(offset, Buffer.from(data));
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on('CLOSE', (id, key) => {
    const handle = of(key);
    if (handle?.kind === 'write')
      writing.set(handle.name, Buffer.concat([...handle.parts].sort(([a], [b]) => a - b).map(([, part]) => part)));
    handles.delete(key.readUInt32BE());
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on('REMOVE', (id, path) => {
    const file = outFile(path);
    if (!file) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    step(id, 'REMOVE', path, () => {
      folder.journal(`remove ${file.name}`);
      folder.remove(file.name);
      sftp.status(id, STATUS_CODE.OK);
    });
  });
  sftp.on('RENAME', (id, from, to) => {
    const [before, after] = [inName(from), inName(to)];
    const content = before === null ? undefined : writing.get(before);
    if (content === undefined || after === null) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    step(id, 'RENAME', to, () => {
      writing.delete(before!);
      folder.journal(`receive ${after}`);
      if (folder.receive(after, content)) return sftp.status(id, STATUS_CODE.OK);
      client.end();
    });
  });
}

function cut(content: Buffer, effect: Effect | null): Buffer {
  if (effect?.kind === 'empty') return content.subarray(0, 0);
  return effect?.kind === 'half' || effect?.kind === 'truncate'
    ? content.subarray(0, Math.floor(content.length / 2))
    : content;
}
