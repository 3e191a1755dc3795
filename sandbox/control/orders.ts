import type { Effect, Fault } from '../faults.ts';
import type { Sandbox } from '../sandbox.ts';

/** Runs the action of a form; returns its result, if it has one. Throws for an impossible one. */
export async function carryOut(
  sandbox: Sandbox,
  form: URLSearchParams,
): Promise<{ title: string; result: unknown } | null> {
  const text = (name: string) => form.get(name)?.trim() ?? '';
  switch (form.get('do')) {
    case 'set-clock':
      sandbox.time.set(new Date(text('time')));
      return null;
    case 'advance':
      sandbox.time.advance(numberIn(text('seconds'), 'seconds'));
      return null;
    case 'skew':
      sandbox.skew(text('party'), numberIn(text('seconds'), 'seconds'));
      return null;
    case 'rotate':
      await sandbox.act(text('party'), 'rotate', { keepOld: form.has('keepOld') });
      return null;
    case 'act': {
      const result = await sandbox.act(text('party'), text('action'), objectIn(text('input')));
      return result === undefined ? null : { title: `${text('party')} ${text('action')}`, result };
    }
    case 'fault':
      sandbox.fault(faultIn(text, form.has('inBody')));
      return null;
    case 'end-fault':
      sandbox.endFault(numberIn(text('id'), 'id'));
      return null;
    case 'reset':
      await sandbox.resetAll();
      return null;
    default:
      throw new Error(`do: ${text('do') || 'missing'}`);
  }
}

function faultIn(text: (name: string) => string, inBody: boolean): Fault {
  const optional = (name: string) => (text(name) === '' ? undefined : numberIn(text(name), name));
  const [skip, times, percent] = [optional('skip'), optional('times'), optional('percent')];
  return {
    party: text('party'),
    ...(text('method') ? { method: text('method') } : {}),
    ...(text('path') ? { path: text('path') } : {}),
    ...(text('organization') ? { organization: text('organization') } : {}),
    ...(skip === undefined ? {} : { skip }),
    ...(times === undefined ? {} : { times }),
    ...(percent === undefined ? {} : { percent }),
    effect: effectIn(text, inBody),
  };
}

function effectIn(text: (name: string) => string, inBody: boolean): Effect {
  const kind = text('kind') as Effect['kind'];
  const retryAfter = text('retryAfter');
  switch (kind) {
    case 'status':
      return {
        kind,
        status: numberIn(text('status'), 'status'),
        ...(retryAfter === ''
          ? {}
          : { retryAfter: retryAfter === 'date' ? 'date' : numberIn(retryAfter, 'retryAfter') }),
      };
    case 'delay':
      return { kind, ms: numberIn(text('ms'), 'ms'), inBody };
    case 'reset':
      return { kind, inBody };
    case 'html':
      return { kind, status: text('status') === '' ? 200 : numberIn(text('status'), 'status') };
    case 'content_type':
      return { kind, type: text('type') || null };
    case 'big':
      return { kind, bytes: Math.min(200_000_000, numberIn(text('bytes'), 'bytes')) };
    default:
      return { kind };
  }
}

function numberIn(text: string, name: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`${name}: a number expected`);
  return value;
}

function objectIn(text: string): Record<string, unknown> {
  const value = text === '' ? {} : (JSON.parse(text) as unknown);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('input: a JSON object expected');
  return value as Record<string, unknown>;
}
