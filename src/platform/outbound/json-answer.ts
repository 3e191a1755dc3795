import type { OutboundAnswer } from './attempt.ts';
import { outboundErrors } from './errors.ts';

export type JsonObject = Record<string, unknown>;

/** The response as a JSON object; a page, a truncated response or anything else is `outbound.contract_broken` (502). */
export function jsonObject(service: string, answer: OutboundAnswer): JsonObject {
  const found = jsonObjectOrNull(answer);
  if (!found)
    throw outboundErrors.contract_broken({ service, reason: `status ${answer.status} without a JSON object` });
  return found;
}

export function jsonObjectOrNull(answer: OutboundAnswer): JsonObject | null {
  const value = jsonValue(answer);
  return isObject(value) ? value : null;
}

/** The response as any JSON value; undefined if it is not JSON. */
export function jsonValue({ headers, body }: OutboundAnswer): unknown {
  const type = headers.get('content-type') ?? '';
  // A missing type is accepted, a wrong one is not: gateways send their error pages with status 200.
  if (type !== '' && !/^application\/([\w.-]+\+)?json\b/i.test(type)) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
