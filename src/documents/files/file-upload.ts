import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, invalid, problem } from '../../platform/errors.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { textFault } from '../../platform/http/checks/text-walk.ts';
import type { Platform } from '../../platform/operation.ts';
import { fileStoreOf, PROCESSING_TRACKS } from './file.ts';

export const UploadBody = strict({
  client_account_id: Id,
  file: Type.Unsafe<StagedFile>({ contentMediaType: 'application/octet-stream', description: 'The document' }),
  processing_track: Type.Optional(Type.Enum([...PROCESSING_TRACKS])),
});

/**
 * Reads a multipart form: fields as text, the file streamed to a temporary place. It is deleted after the response
 * unless it was stored.
 */
export async function readUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  platform: Platform,
): Promise<Record<string, unknown>> {
  const body = Object.create(null) as Record<string, unknown>;
  if (!request.isMultipart()) return body;
  const store = fileStoreOf(platform);
  const once = (name: string) => {
    if (Object.hasOwn(body, name)) throw invalid([problem(name, 'is given twice', 'er oppgitt to ganger')]);
  };
  try {
    for await (const part of request.parts()) {
      once(part.fieldname);
      if (part.type === 'file') {
        requireText(part.fieldname, part.filename ?? '');
        const staged = await store.stage(part.file);
        finished(reply.raw, () => void staged.discard());
        staged.name = safeFileName(part.filename ?? '');
        staged.contentType = part.mimetype;
        body[part.fieldname] = staged;
      } else if (part.fieldname !== 'file') {
        const text = String(part.value);
        body[part.fieldname] =
          part.fieldname === 'client_account_id' && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : text;
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw invalid([problem('body', 'must be a multipart form', 'må være et multipart-skjema')]);
  }
  const file = body.file as StagedFile | undefined;
  if (file?.size === 0) throw invalid([problem('file', 'is empty', 'er tom')]);
  return body;
}

function requireText(field: string, fileName: string): void {
  const fault = textFault(fileName, false);
  if (!fault) return;
  const { en, nb } = fault;
  throw invalid([problem(field, `its file name ${en}`, `filnavnet ${nb}`)]);
}
