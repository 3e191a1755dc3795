import { createHash, randomBytes } from 'node:crypto';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { BankLedger, type LaidFile, type Provider } from './bank-ledger.ts';
import { startSftp } from './sftp-server.ts';

const TOKEN_SECONDS = 600;

/**
 * The mailboxes of both providers, and the banks behind them: Tietoevry over SFTP, ZData over HTTP as its bankservice has it
 * (client credentials, `state` on files, orders put under their message id).
 */
export async function bank(world: StandInWorld): Promise<StandIn> {
  const ledger = new BankLedger(world.clock);
  const client = { id: 'hovedbok', secret: randomBytes(18).toString('base64url') };
  const tokens = new Map<string, number>();
  /** Responses to orders that get lost. */
  let lost = 0;
  const waiting = (provider: Provider): LaidFile[] => {
    ledger.advance();
    return ledger.files.filter((file) => file.provider === provider && !file.isTaken);
  };
  const sftp = await startSftp({
    list: () => [...new Map(waiting('tietoevry').map((file) => [file.name, file])).values()],
    remove(name) {
      for (const file of ledger.files) if (file.name === name) file.isTaken = true;
    },
    receive(name, content) {
      world.journal(`order ${name}: ${ledger.receive('tietoevry', content.toString('utf8'))}`);
      if (lost <= 0) return true;
      lost--;
      return false;
    },
    journal: (note) => world.journal(`sftp ${note}`),
    fault: (step, path) => world.fault(step, path),
  });

  function token(request: StandInRequest): StandInAnswer {
    const [, basic] = /^Basic (.+)$/.exec(request.headers['authorization'] ?? '') ?? [];
    const given = Buffer.from(basic ?? '', 'base64').toString('utf8');
    if (given !== `${client.id}:${client.secret}`) return { status: 401, body: { error: 'invalid_client' } };
    if (new URLSearchParams(request.body).get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    const value = randomBytes(24).toString('base64url');
    tokens.set(value, world.clock.seconds() + TOKEN_SECONDS);
    return { status: 200, body: { access_token: value, token_type: 'Bearer', expires_in: TOKEN_SECONDS } };
  }

  function answer(request: StandInRequest): StandInAnswer {
    const { method, path, query } = request;
    if (method === 'POST' && path === '/connect/token') return token(request);
    const [, value] = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '') ?? [];
    if ((tokens.get(value ?? '') ?? 0) <= world.clock.seconds()) return error(401);
    if (method === 'GET' && path === '/api/v3/mailbox/files') {
      const [skip, take] = [Number(query.get('skip') ?? 0), Number(query.get('take') ?? 100)];
      const files = waiting('zdata');
      const items = files.slice(skip, skip + take).map(({ id, name, content, at }) => ({
        id,
        name,
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        createdAt: at.toISOString(),
      }));
      return { status: 200, body: { items, total: files.length } };
    }
    const [, id, part] = /^\/api\/v3\/mailbox\/files\/([\w.-]+)\/(content|state)$/.exec(path) ?? [];
    if (id) {
      const files = ledger.files.filter((file) => file.id === id && file.provider === 'zdata');
      if (files.length === 0) return error(404);
      if (method === 'GET' && part === 'content')
        return {
          status: 200,
          headers: { 'content-type': 'application/octet-stream' },
          body: files[0]!.content.toString('utf8'),
        };
      if (method === 'PUT' && part === 'state') {
        for (const file of files) file.isTaken = true;
        return { status: 204 };
      }
    }
    const [, messageId] = /^\/api\/v3\/mailbox\/payments\/([^/]+)$/.exec(path) ?? [];
    if (method === 'PUT' && messageId) {
      const received = ledger.receive('zdata', request.body);
      world.journal(`order ${decodeURIComponent(messageId)}: ${received}`);
      return received === 'duplicate' ? { status: 409, body: { message: 'known' } } : { status: 201, body: {} };
    }
    return error(404);
  }

  const error = (status: number): StandInAnswer => ({ status, body: { status, title: 'Feil' } });
  const acting =
    (work: (input: Record<string, unknown>) => unknown) =>
    (input: Record<string, unknown>): unknown =>
      work(input);
  return {
    answer,
    error,
    actions: {
      describe: () => ({
        sftp: `sftp://hovedbok@127.0.0.1:${sftp.port}`,
        hostKey: sftp.fingerprint,
        key: sftp.privateKey,
        url: world.address,
        clientId: client.id,
        clientSecret: client.secret,
      }),
      open: acting((input) => ledger.open(input)),
      expect: acting((input) => ledger.expect(input)),
      refuse: acting((input) => ledger.refuse(input)),
      return: acting((input) => ledger.returnPayment(input)),
      closeDay: acting((input) => ledger.closeDay(input)),
      half: acting((input) => ledger.half(input)),
      complete: acting(() => ledger.complete()),
      redeliver: acting((input) => ledger.redeliver(input)),
      doNotPay: acting((input) => ledger.doNotPay(input)),
      mandates: acting((input) => ledger.mandates(input)),
      lay: acting((input) => ledger.lay(input)),
      silence: acting((input) => ledger.silence(input)),
      reset: acting(() => ledger.reset()),
      balances: acting(() => ledger.balances()),
      loseAnswers: acting((input) => (lost = Number(input['times'] ?? 1))),
      expireTokens: acting(() => tokens.clear()),
      files: acting(() =>
        ledger.files.map(({ name, provider, isTaken, content }) => ({ name, provider, isTaken, size: content.length })),
      ),
    },
    stop: () => sftp.stop(),
  };
}
