import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { answerCall } from './answer-call.ts';
import { readCall } from './read-call.ts';
import { SoapFault } from './soap-fault.ts';
import { SOAP_OPERATIONS } from './soap-types.ts';
import { writeFault } from './write-answer.ts';
import { wsdl } from './wsdl.ts';

/** Limit of a call: the largest has some texts of a few hundred characters. */
const MOST_BYTES = 256 * 1024;
const XML = 'text/xml; charset=utf-8';

export interface SoapSettings {
  /** Namespace of the response messages, for clients made for another server; the site's own address if not given. */
  namespace?: string | undefined;
}

/**
 * The SOAP 1.1 edge: WSDL and endpoint of version v1.1, and each operation under a separate path, as the specification
 * prints them. It has its own bodies, errors and responses.
 */
export async function registerSoap(server: FastifyInstance, platform: Platform, settings: SoapSettings): Promise<void> {
  await server.register(async (soap) => {
    soap.removeAllContentTypeParsers();
    soap.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    soap.setErrorHandler((error, request, reply) => sendFault(platform, request, reply, error));
    const answer = async (request: FastifyRequest, reply: FastifyReply) => {
      requireXml(request);
      const call = readCall(bodyOf(request), charsetOf(request.headers['content-type']));
      requireSameOperation(request, call.operation);
      const origin = platform.publicUrl ?? `${request.protocol}://${request.host}`;
      const namespace = settings.namespace ?? `${origin}/`;
      return reply.type(XML).send(await answerCall(platform, call, { requestId: request.id, origin, namespace }));
    };
    const describe = async (request: FastifyRequest, reply: FastifyReply) => {
      const origin = platform.publicUrl ?? `${request.protocol}://${request.host}`;
      const described = { namespace: settings.namespace ?? `${origin}/`, endpoint: `${origin}/apis/v1.1/api` };
      return reply.type(XML).send(wsdl(described));
    };
    for (const prefix of ['/apis/v1.1', '/v1.1']) {
      only(soap, 'GET', `${prefix}/wsdl`, describe);
      only(soap, 'POST', `${prefix}/api`, answer);
      for (const operation of SOAP_OPERATIONS) only(soap, 'POST', `${prefix}/api/${operation}`, answer);
    }
  });
}

/** One method; any other is 405 with the allowed one. */
function only(
  soap: FastifyInstance,
  method: 'GET' | 'POST',
  url: string,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  soap.route({ method, url, handler });
  const others = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((one) => one !== method);
  const refuse = async (_request: FastifyRequest, reply: FastifyReply) =>
    reply.status(405).header('allow', method).type('text/plain; charset=utf-8').send(`${method} only\n`);
  // Fastify answers HEAD for every GET route.
  soap.route({ method: others, url, onRequest: refuse, handler: refuse });
}

/** SOAP 1.2 has another media type; any other XML type is accepted. */
function requireXml(request: FastifyRequest): void {
  const type = mediaType(request);
  if (type === 'application/soap+xml')
    throw new SoapFault('VersionMismatch', 'SOAP 1.1 is spoken here: text/xml, not application/soap+xml', 415);
  if (type !== '' && type !== 'text/xml' && type !== 'application/xml')
    throw new SoapFault('Client', 'the Content-Type must be text/xml', 415);
}

function mediaType({ headers }: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}

function charsetOf(contentType: string | undefined): string | null {
  const found = /;\s{0,9}charset\s{0,9}=\s{0,9}"?([\w.:-]{1,40})"?/i.exec((contentType ?? '').slice(0, 300));
  return found ? found[1]! : null;
}

function bodyOf({ body }: FastifyRequest): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new SoapFault('Client', 'the request has no body');
}

/** The operation is the element in the Body. If path or SOAPAction name one as well, it must be the same. */
function requireSameOperation({ headers, routeOptions }: FastifyRequest, operation: string): void {
  const action = String(headers.soapaction ?? '').replace(/^"|"$/g, '');
  for (const [where, named] of [
    ['SOAPAction', action.startsWith('/') ? action.slice(action.lastIndexOf('/') + 1) : ''],
    ['path', SOAP_OPERATIONS.find((one) => routeOptions.url?.endsWith(`/${one}`)) ?? ''],
  ] as const)
    if (named !== '' && named !== operation)
      throw new SoapFault('Client', `the ${where} names ${named.slice(0, 80)}, the Body ${operation.slice(0, 80)}`);
}

function sendFault(platform: Platform, request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const fault = faultOf(error);
  if (fault.code === 'Server')
    platform.log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'SOAP request failed');
  return reply.status(fault.status).type(XML).send(writeFault(fault));
}

function faultOf(error: unknown): SoapFault {
  if (error instanceof SoapFault) return error;
  if (error instanceof AppError) {
    const { status } = error.spec;
    return new SoapFault(
      status >= 500 ? 'Server' : 'Client',
      error.sentence('en'),
      status === 408 || status === 413 ? status : 500,
    );
  }
  const { statusCode, code } = error as FastifyError;
  if (statusCode === 413) return new SoapFault('Client', `a request has at most ${MOST_BYTES} bytes`, 413);
  if (statusCode !== undefined && statusCode < 500 && code?.startsWith('FST_'))
    return new SoapFault('Client', 'the request could not be read');
  return new SoapFault('Server', 'the server failed; nothing was done');
}
