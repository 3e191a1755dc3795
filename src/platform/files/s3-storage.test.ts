import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storageKey } from './file-storage.ts';
import { S3Storage } from './s3-storage.ts';
import { stageFile } from './staged-file.ts';

const KEY_ID = 'AKIDEXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const REGION = 'eu-north-1';

/** An object store that checks Signature Version 4 independently, from the standard's description. */
class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly requests: { method: string; path: string; status: number }[] = [];
  /** Number of following requests that fail with 503. */
  failing = 0;

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const path = request.url!;
    const status = this.#handle(request, path, body, response);
    this.requests.push({ method: request.method!, path, status });
  }

  #handle(request: IncomingMessage, path: string, body: Buffer, response: ServerResponse): number {
    const end = (status: number, content: Buffer | string = '') => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(content) }).end(content);
      return status;
    };
    if (this.failing > 0 && this.failing--) return end(503, 'SlowDown');
    if (!signatureFits(request, path)) return end(403, 'SignatureDoesNotMatch');
    if (createHash('sha256').update(body).digest('hex') !== request.headers['x-amz-content-sha256'])
      return end(400, 'XAmzContentSHA256Mismatch');
    const object = this.objects.get(path);
    switch (request.method) {
      case 'PUT':
        if (request.headers['content-length'] === undefined) return end(411, 'MissingContentLength');
        this.objects.set(path, body);
        return end(200);
      case 'HEAD':
        return end(object ? 200 : 404);
      case 'DELETE':
        this.objects.delete(path);
        return end(204);
    }
    if (!object) return end(404, 'NoSuchKey');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    return range ? end(206, object.subarray(Number(range[1]), Number(range[2]) + 1)) : end(200, object);
  }
}

function signatureFits(request: IncomingMessage, path: string): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/eu-north-1\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (!match) return false;
  const [, day = '', signed = '', signature] = match;
  const names = signed.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return false;
  const canonical = [
    request.method,
    path,
    '',
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signed,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    `${day}/${REGION}/s3/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const mac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = [REGION, 's3', 'aws4_request'].reduce<Buffer>((k, part) => mac(k, part), mac(`AWS4${SECRET}`, day));
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}

const fake = new FakeS3();
const server = createServer((request, response) => void fake.answer(request, response));
const folder = mkdtempSync(join(tmpdir(), 'hb-s3-'));
let endpoint = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const store = (more: { secretAccessKey?: string; endpoint?: string } = {}) =>
  new S3Storage({ endpoint, bucket: 'bilag', region: REGION, accessKeyId: KEY_ID, secretAccessKey: SECRET, ...more });
const stage = (content: string) => stageFile(Readable.from([Buffer.from(content)]), { folder, maxBytes: 1e6 });

test('an object goes out signed and streamed, comes back whole or in part, and is gone after', async () => {
  const file = await stage('innholdet');
  const key = storageKey(7, file.sha256);
  const storage = store();
  expect(await storage.has(key)).toBe(false);
  await storage.put(key, file);
  expect(fake.objects.get(`/bilag/${key}`)?.toString()).toBe('innholdet');
  expect(await storage.has(key)).toBe(true);
  expect(await text(await storage.read(key))).toBe('innholdet');
  expect(await text(await storage.read(key, { first: 2, last: 4 }))).toBe('nho');
  await storage.remove(key);
  await storage.remove(key);
  expect(fake.objects.size).toBe(0);
  await expect(storage.read(key)).rejects.toMatchObject({ code: 'files.content_missing' });
});

test('a store that falters is asked again, three times in all', async () => {
  const file = await stage('igjen');
  const key = storageKey(7, file.sha256);
  fake.failing = 2;
  await store().put(key, file);
  expect(fake.objects.get(`/bilag/${key}`)?.toString()).toBe('igjen');
  fake.failing = 3;
  await expect(store().has(key)).rejects.toMatchObject({ code: 'files.storage_unavailable', spec: { status: 503 } });
});

test('wrong keys are refused by the store and told as such, without trying again', async () => {
  const file = await stage('hemmelig');
  const before = fake.requests.length;
  const wrong = store({ secretAccessKey: 'wrong' }).put(storageKey(7, file.sha256), file);
  await expect(wrong).rejects.toMatchObject({ code: 'files.storage_refused', facts: { upstream_status: 403 } });
  expect(fake.requests.length - before).toBe(1);
});

test('a store that is not there is unavailable', async () => {
  const storage = store({ endpoint: 'http://127.0.0.1:1' });
  await expect(storage.has(storageKey(7, 'a'.repeat(64)))).rejects.toMatchObject({ code: 'files.storage_unavailable' });
});

test('the content that arrives must be the content that was signed', async () => {
  const file = await stage('signert');
  const other = await stage('byttet!');
  const forged = Object.assign(Object.create(Object.getPrototypeOf(file)), file, { path: other.path });
  const put = store().put(storageKey(7, file.sha256), forged);
  await expect(put).rejects.toMatchObject({ code: 'files.storage_refused', facts: { upstream_status: 400 } });
});

test('an object that breaks off before anybody reads fails its reader and nobody else', async () => {
  const broken = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write(Buffer.alloc(50), () => response.destroy());
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = broken.address() as AddressInfo;
    const storage = store({ endpoint: `http://127.0.0.1:${port}` });
    const asked = once(broken, 'connection') as Promise<[Socket]>;
    const stream = await storage.read(storageKey(7, 'a'.repeat(64)));
    const [socket] = await asked;
    if (!socket.closed) await once(socket, 'close');
    // One round trip later this end knows it as well.
    await store().has(storageKey(7, 'a'.repeat(64)));
    await expect(buffer(stream)).rejects.toThrow('terminated');
  } finally {
    broken.close();
  }
});
