import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import { fileErrors } from './errors.ts';
import type { ByteRange, FileStorage } from './file-storage.ts';
import { ProgressWatch } from './progress-watch.ts';
import type { StagedFile } from './staged-file.ts';

export interface S3Options {
  /** `https://s3.example.com`; the bucket is addressed in the path, which every S3-compatible store supports. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The longest time without progress: not a byte sent or received. A whole file has no time limit. */
  timeoutMs?: number;
}

interface S3Request {
  method: string;
  headers: Record<string, string>;
  body?: (watch: ProgressWatch) => ReadableStream;
}

/** The SHA-256 of empty content, with which a request without a body is signed. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Objects of an S3-compatible store (Amazon S3 API, Signature Version 4). */
export class S3Storage implements FileStorage {
  readonly #options: S3Options;
  readonly #client: AwsClient;

  constructor(options: S3Options) {
    this.#options = options;
    const { accessKeyId, secretAccessKey, region } = options;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  }

  /**
   * An object appears completely or not at all; the signature covers the hash, so the store refuses content that differs.
   */
  async put(key: string, file: StagedFile): Promise<void> {
    const answer = await this.#request(key, {
      method: 'PUT',
      headers: { 'content-length': String(file.size), 'x-amz-content-sha256': file.sha256 },
      // A stream can be sent only once, so every attempt opens its own.
      body: (watch) => Readable.toWeb(Readable.from(watch.sending(piecesOf(file.path)))),
    });
    await wholeOf(answer);
    if (!answer.ok) throw this.#refused(answer);
  }

  async has(key: string): Promise<boolean> {
    const answer = await this.#request(key, { method: 'HEAD', headers: {} });
    answer.watch.end();
    if (answer.status === 404) return false;
    if (!answer.ok) throw this.#refused(answer);
    return true;
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const headers: Record<string, string> = range ? { range: `bytes=${range.first}-${range.last}` } : {};
    const answer = await this.#request(key, { method: 'GET', headers });
    // The chunks without a stream in between: if the store breaks off before reading starts, such a stream would emit an
    // unhandled error and end the process.
    if (answer.ok && answer.body) return Readable.from(answer.watch.receiving(answer.body));
    await wholeOf(answer);
    throw answer.status === 404 ? fileErrors.content_missing() : this.#refused(answer);
  }

  async remove(key: string): Promise<void> {
    const answer = await this.#request(key, { method: 'DELETE', headers: {} });
    await wholeOf(answer);
    if (!answer.ok && answer.status !== 404) throw this.#refused(answer);
  }

  /**
   * Every request can be repeated safely, so after a lost connection or a fault of the store it is tried up to three times.
   */
  async #request(key: string, { method, headers, body }: S3Request): Promise<Response & { watch: ProgressWatch }> {
    const { endpoint, bucket, timeoutMs = 60_000 } = this.#options;
    const url = `${endpoint.replace(/\/$/, '')}/${encodeURIComponent(bucket)}/${key}`;
    for (let attempt = 1; ; attempt++) {
      // Signed as a request without a body: the hash is in the header, and the stream is added afterwards.
      const signed = await this.#client.sign(url, {
        method,
        headers: { 'x-amz-content-sha256': EMPTY_SHA256, ...headers },
        aws: { allHeaders: false },
      });
      const watch = new ProgressWatch(timeoutMs);
      try {
        const answer = await fetch(signed.url, {
          method,
          headers: { ...Object.fromEntries(signed.headers), ...headers },
          ...(body ? { body: body(watch), duplex: 'half' } : {}),
          redirect: 'error',
          signal: watch.signal,
        });
        watch.progress();
        if (answer.status < 500 || attempt === 3) return Object.assign(answer, { watch });
        await answer.arrayBuffer();
      } catch {
        if (attempt === 3) throw unavailable();
      }
      watch.end();
      await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** (attempt - 1)));
    }
  }

  #refused(answer: Response) {
    return answer.status >= 500
      ? unavailable()
      : fileErrors.storage_refused({ service: 'S3', upstream_status: answer.status });
  }
}

const RETRY_AFTER_SECONDS = 5;

function unavailable() {
  return fileErrors.storage_unavailable({ service: 'S3', retry_after: RETRY_AFTER_SECONDS });
}

/** Opened when the first chunk is requested, and closed however the transfer ends. */
async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path);
}

async function wholeOf(answer: Response & { watch: ProgressWatch }): Promise<void> {
  try {
    await answer.arrayBuffer();
  } finally {
    answer.watch.end();
  }
}
