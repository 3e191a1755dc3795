import { createSocket } from 'node:dgram';

const CNAME = 5;
const NAPTR = 35;
const HEADER = 12;

export interface DnsRecords {
  /** The address of the SMP under a name; null: no such name. Throws `Silent` or `Failing`. */
  smpOf(name: string): string | null;
}

/** No response at all, and the response that the server itself fails (SERVFAIL). */
export class Silent extends Error {}
export class Failing extends Error {}

export interface DnsServer {
  port: number;
  stop(): Promise<void>;
}

/** A DNS server on this machine over UDP with NAPTR records and the older CNAME records. */
export async function startDns(records: DnsRecords): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    const answer = answerTo(query, records);
    if (answer) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answerTo(query: Buffer, records: DnsRecords): Buffer | null {
  const labels: string[] = [];
  let at = HEADER;
  while (at < query.length && query[at] !== 0) {
    const length = query[at]!;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  if (at + 5 > query.length) return null;
  const question = query.subarray(HEADER, at + 5);
  const type = query.readUInt16BE(at + 1);
  try {
    const smp = records.smpOf(labels.join('.').toLowerCase());
    const data = smp === null ? null : recordOf(type, smp);
    return message(query, question, { type, data, code: smp === null ? 3 : 0 });
  } catch (error) {
    if (error instanceof Silent) return null;
    if (error instanceof Failing) return message(query, question, { type, data: null, code: 2 });
    throw error;
  }
}

function recordOf(type: number, smp: string): Buffer | null {
  if (type === CNAME) return domainName(new URL(smp).host);
  if (type !== NAPTR) return null;
  const order = Buffer.from([0, 100, 0, 10]);
  return Buffer.concat([order, text('U'), text('Meta:SMP'), text(`!.*!${smp}!`), Buffer.from([0])]);
}

const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
const domainName = (name: string) => Buffer.concat([...name.split('.').map(text), Buffer.from([0])]);

function message(
  query: Buffer,
  question: Buffer,
  { type, data, code }: { type: number; data: Buffer | null; code: number },
): Buffer {
  const head = Buffer.alloc(HEADER);
  query.copy(head, 0, 0, 2);
  // An authoritative answer, and recursion as it was asked for.
  head.writeUInt16BE(0x8400 | (query.readUInt16BE(2) & 0x0100) | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data ? 1 : 0, 6);
  if (!data) return Buffer.concat([head, question]);
  const record = Buffer.alloc(12);
  // The name of the question, again.
  record.writeUInt16BE(0xc000 | HEADER, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(1, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, question, record, data]);
}
