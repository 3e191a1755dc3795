import { open } from 'node:fs/promises';

const block = 512;

/**
 * The entries of a POSIX ustar archive (IEEE 1003.1, pax, "ustar Interchange Format"), generated while they are read.
 */
export function folderEntry(name: string): Buffer {
  return header(`${name}/`, 0, '5');
}

export function textEntry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  return Buffer.concat([header(name, content.length, '0'), content, padding(content.length)]);
}

/** Two empty blocks end an archive. */
export const endOfArchive = Buffer.alloc(2 * block);

/**
 * A file that may be written to while it is read: exactly as long as it was at the beginning, padded with zeros if it
 * became shorter. No entry if it is gone.
 */
export async function* fileEntry(name: string, path: string): AsyncGenerator<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    yield header(name, size, '0');
    for (let position = 0; position < size;) {
      const length = Math.min(1 << 20, size - position);
      const chunk = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(chunk, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      yield chunk;
      position += length;
    }
    yield padding(size);
  } finally {
    await file.close();
  }
}

function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

function header(path: string, size: number, type: '0' | '5'): Buffer {
  const [prefix, name] = split(path);
  const buffer = Buffer.alloc(block);
  buffer.write(name, 0);
  buffer.write(type === '5' ? '0000700\0' : '0000600\0', 100);
  buffer.write('0000000\0', 108);
  buffer.write('0000000\0', 116);
  writeSize(buffer, size);
  buffer.write('00000000000\0', 136);
  buffer.write('        ', 148);
  buffer.write(type, 156);
  buffer.write('ustar\x0000', 257);
  buffer.write(prefix, 345);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return buffer;
}

/** 11 octal digits allow 8 GiB; above that the binary form that GNU, BSD and pax tools read. */
function writeSize(buffer: Buffer, size: number): void {
  if (size < 8 ** 11) {
    buffer.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  } else {
    buffer[124] = 0x80;
    buffer.writeBigUInt64BE(BigInt(size), 128);
  }
}

/** A name holds 100 bytes, a prefix of folders before it 155. */
function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return [prefix, name];
  }
  throw new Error(`The name is too long for an archive: ${path}`);
}
