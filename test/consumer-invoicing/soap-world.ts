import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { consumerInvoicingRoutes, registerIssuerPages, registerSoap } from '../../src/consumer-invoicing/index.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { Api } from '../support/http/api.ts';
import { asOwner, People } from '../support/books/people.ts';
import { connect, MovingClock, testSandbox } from '../support/outside/sandbox.ts';
import { envelope, type SoapArgs } from './envelope.ts';

/** The SOAP edge and its REST twin on one platform, with the operator's stand-in behind them. */
export async function soapWorld() {
  const clock = new MovingClock('2026-03-15T10:00:00Z');
  const sandbox = await testSandbox(clock);
  const people = new People(clock);
  const { outside } = await connect(sandbox, clock);
  const platform: Platform = { ...people.platform, outside, publicUrl: 'https://regnskap.example.test' };
  const api = new Api(platform, consumerInvoicingRoutes);
  const server: FastifyInstance = api.server;
  await registerSoap(server, platform, {});
  await registerIssuerPages(server, platform);
  const address = `10.${[randomInt(256), randomInt(256), randomInt(256)].join('.')}`;

  const post = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/apis/v1.1/api') =>
    server.inject({
      method: 'POST',
      url,
      remoteAddress: address,
      headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
      payload,
    });

  return {
    clock,
    sandbox,
    people,
    platform,
    api,
    server,
    address,
    post,
    /** A call as PHP writes it, and the text or the members of its response. */
    async call(operation: string, args: SoapArgs) {
      const response = await post(envelope(operation, args), { soapaction: `"/v1.1/api/${operation}"` });
      return { status: response.statusCode, text: response.body, result: resultOf(response.body) };
    },
    /** A user with a new company (role CA by default) and a user key. */
    async company(more: { organizationNumber?: string; role?: 'CA' | 'US' } = {}) {
      const owner = await people.user();
      const id = await people.clientAccount(owner.id, {
        displayName: 'Kraftlag AS',
        ...(more.organizationNumber ? { organizationNumber: more.organizationNumber } : {}),
      });
      const user = more.role ? await people.user() : owner;
      if (more.role) await people.role(id, user.id, more.role);
      const as = api.as(await people.token(user.id));
      const { body } = await as.post('/consumer-invoicing/api-keys', { kind: 'user' });
      const { rows } = await asOwner('select uuid from client_accounts where id = $1', [id]);
      const keys = { company_uuid: rows[0]!.uuid as string, user_api_key: body.key as string, vendor_api_key: null };
      return { id, user, as, keys };
    },
    async close() {
      await api.close();
      await people.close();
    },
  };
}

export type SoapWorld = Awaited<ReturnType<typeof soapWorld>>;

/** The return value, typed elements as objects; sufficient for our responses. */
export function resultOf(xml: string): any {
  const found = /<return([^>]*)>([\s\S]*)<\/return>/.exec(xml);
  if (!found) return undefined;
  return valueOf(found[1]!, found[2]!);
}

function valueOf(attributes: string, inner: string): any {
  if (attributes.includes('xsi:nil="true"')) return null;
  if (attributes.includes('enc:Array')) return children(inner).map(({ value }) => value);
  if (attributes.includes('xsd:')) {
    const text = inner.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    if (attributes.includes('xsd:int')) return Number(text);
    return attributes.includes('xsd:boolean') ? text === 'true' : text;
  }
  return Object.fromEntries(children(inner).map(({ name, value }) => [name, value]));
}

function children(xml: string): { name: string; value: any }[] {
  const found: { name: string; value: any }[] = [];
  let rest = xml;
  for (;;) {
    const open = /<([a-z_]+)([^>]*)>/.exec(rest);
    if (!open) return found;
    const close = endOf(rest, open[1]!, open.index + open[0].length);
    found.push({ name: open[1]!, value: valueOf(open[2]!, rest.slice(open.index + open[0].length, close)) });
    rest = rest.slice(close + open[1]!.length + 3);
  }
}

/** The end of the opened element: it may contain elements of the same name. */
function endOf(xml: string, name: string, from: number): number {
  let depth = 1;
  const tag = new RegExp(`<(/?)${name}[ >]`, 'g');
  tag.lastIndex = from;
  for (let next = tag.exec(xml); next; next = tag.exec(xml)) {
    depth += next[1] === '/' ? -1 : 1;
    if (depth === 0) return next.index;
  }
  throw new Error(`no end of ${name}`);
}
