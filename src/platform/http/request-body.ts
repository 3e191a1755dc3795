import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AppError, invalid, problem, requestErrors } from '../errors.ts';
import { endSlowBodies, hasBody, type PatienceOptions } from './slow-body.ts';
import { textFault } from './checks/text-walk.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of its body that count towards the total of all bodies. */
    heldBytes: number;
    /** Counts bytes of its body; throws request.unavailable if all bodies together hold too many. */
    holdBytes(bytes: number): void;
  }
}

const MB = 1024 * 1024;

/**
 * The largest body in bytes, by kind of route. JSON is parsed in one call: 8 MB block other requests for some 50 ms.
 */
export const BODY_LIMITS = { json: MB, publicJson: 64 * 1024, large: 8 * MB, form: 64 * 1024 } as const;

/** Limit for all request bodies at once on this node, in bytes. */
const MOST_HELD = 128 * MB;
const MOST_FORM_NAMES = 200;

export interface BodyReadingOptions extends PatienceOptions {
  mostHeld?: number;
}

/**
 * Reads JSON bodies: each within its route's limit, all together within `mostHeld`. A body may take any time as long as
 * it keeps a minimum speed (`endSlowBodies`). Its bytes are released when the response is sent or the sender has
 * disconnected.
 */
export function readBodies(server: FastifyInstance, { mostHeld = MOST_HELD, ...patience }: BodyReadingOptions): void {
  let held = 0;
  const release = (request: FastifyRequest) => {
    held -= request.heldBytes;
    request.heldBytes = 0;
  };
  const hold = (request: FastifyRequest, bytes: number) => {
    if (held + bytes > mostHeld) throw requestErrors.unavailable({ retry_after: 5 });
    held += bytes;
    request.heldBytes += bytes;
  };
  server.decorateRequest('heldBytes', 0);
  server.decorateRequest('holdBytes', function (this: FastifyRequest, bytes: number) {
    hold(this, bytes);
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request.raw)) reply.raw.once('close', () => release(request));
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    release(request);
    done();
  });
  endSlowBodies(server, patience);

  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', (request, payload, done) => {
    const limit = request.routeOptions.bodyLimit ?? BODY_LIMITS.json;
    collect(payload, { limit, hold: (bytes) => hold(request, bytes) }).then(
      (bytes) => {
        if (!isUtf8(bytes)) done(notJson(), undefined);
        else void parse(request, bytes.toString('utf8'), done);
      },
      (error: AppError) => done(error, undefined),
    );
  });
}

function notJson(): AppError {
  return invalid([problem('body', 'must be valid JSON in UTF-8', 'må være gyldig JSON i UTF-8')]);
}

/** The bytes of a stream. Refuses as soon as there are too many, and leaves the rest unread. */
function collect(
  stream: IncomingMessage,
  { limit, hold }: { limit: number; hold(bytes: number): void },
): Promise<Buffer> {
  if (Number(stream.headers['content-length'] ?? 0) > limit) return Promise.reject(requestErrors.too_large({ limit }));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (error: unknown) => {
      stream.off('data', onData).pause();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return refuse(requestErrors.too_large({ limit }));
      try {
        hold(chunk.length);
      } catch (error) {
        return refuse(error);
      }
      chunks.push(chunk);
    };
    const broken = () => reject(invalid([problem('body', 'ended early', 'tok slutt for tidlig')]));
    stream
      .on('data', onData)
      .once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
      .once('error', broken)
      .once('close', broken);
  });
}

/** A body that arrived as a stream, as text with one byte per character: for the fixed-length records of banks. */
export async function collectLatin1(request: FastifyRequest, limit: number): Promise<string> {
  const { body } = request;
  if (!body) throw invalid([problem('body', 'is required', 'mangler')]);
  const bytes = await collect(body as IncomingMessage, { limit, hold: (size) => request.holdBytes(size) });
  return bytes.toString('latin1');
}

/** Forms of pages: few fields, each given once, with valid text. Nested page scopes inherit the parser. */
export function acceptForms(pages: FastifyInstance): void {
  if (pages.hasContentTypeParser('application/x-www-form-urlencoded')) return;
  pages.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMITS.form },
    (_request, text, done) => {
      try {
        done(null, formFields(text as string));
      } catch (error) {
        done(error as AppError, undefined);
      }
    },
  );
}

function formFields(text: string): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  if (text.split('&', MOST_FORM_NAMES + 1).length > MOST_FORM_NAMES)
    throw invalid([
      problem('body', `must have at most ${MOST_FORM_NAMES} fields`, `kan ha høyst ${MOST_FORM_NAMES} felt`),
    ]);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) throw invalid([problem(shownName(name), 'is given more than once', 'er oppgitt flere ganger')]);
    // The value of a text area may contain line breaks.
    const fault = textFault(name, false) ?? textFault(value, true);
    if (fault) throw invalid([{ path: shownName(name), problem: fault }]);
    fields[name] = value;
  }
  return fields;
}

function shownName(name: string): string {
  return name.slice(0, 100).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
}
