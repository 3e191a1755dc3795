import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import sql from 'sql-template-tag';
import { EVERY_ROLE } from '../../platform/caller.ts';
import { SHOWABLE } from '../../platform/files/content-type.ts';
import type { ByteRange } from '../../platform/files/file-storage.ts';
import { contentDisposition } from '../../platform/http/content-disposition.ts';
import { readOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { fileStoreOf, type FileView, findFile } from './file.ts';

export interface FileContent {
  file: FileView;
  open(range?: ByteRange): Promise<Readable>;
}

/**
 * A file and a function that opens its content. The content is read after the transaction, however slow the receiver
 * is.
 */
export const downloadFile = readOperation({
  name: 'file.download',
  access: { kind: 'client', scope: 'read:accounting', roles: EVERY_ROLE },
  async run({ tx, clientAccountId, caller, platform }, input: { id: number }): Promise<FileContent> {
    const file = await findFile(tx, clientAccountId, input.id, caller);
    if (!file.is_active) throw documentErrors.content_deleted();
    const { storage_key: key } = await tx.one<{ storage_key: string }>(
      sql`select storage_key from files where client_account_id = ${clientAccountId} and id = ${input.id}`,
    );
    const { storage } = fileStoreOf(platform);
    return { file, open: (range) => storage.read(key, range) };
  },
});

/**
 * Sends the content so that a browser executes none of it: no type sniffing, no rights on the site, and only pictures,
 * PDF and plain text are displayed inline, if requested. One byte range (RFC 9110 section 14).
 */
export async function sendContent({ file, open }: FileContent, reply: FastifyReply, inline: boolean): Promise<unknown> {
  const { headers } = reply.request;
  const etag = `"${file.sha256}"`;
  reply.headers({
    'content-type': file.content_type === 'text/plain' ? 'text/plain; charset=utf-8' : file.content_type,
    'content-disposition': contentDisposition(
      inline && SHOWABLE.has(file.content_type) ? 'inline' : 'attachment',
      file.name,
    ),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    etag,
  });
  if (headers['if-none-match'] === etag) return reply.status(304).send();
  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? rangeOf(headers.range, file.size_bytes) : undefined;
  if (range === null) return reply.status(416).header('content-range', `bytes */${file.size_bytes}`).send();
  const { first, last } = range ?? { first: 0, last: file.size_bytes - 1 };
  const stream = await open(range);
  if (range) reply.status(206).header('content-range', `bytes ${first}-${last}/${file.size_bytes}`);
  return reply.header('content-length', last - first + 1).send(stream);
}

/** undefined: the whole file; null: an unsatisfiable range. Anything except one plain range is ignored. */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? null : { first: size - length, last: size - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < first) return undefined;
  return first >= size ? null : { first, last };
}
