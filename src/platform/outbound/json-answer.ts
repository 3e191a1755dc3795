import type { OutboundAnswer } from './attempt.ts';
import { outboundErrors } from './errors.ts';

export type JsonObject = Record<string, unknown>;

/** The answer as JSON object; a page, a half answer or anything else is `outbound.contract_broken` (502). */
export function jsonObject(service: string, answer: OutboundAnswer): JsonObject {
  const found = jsonObjectOrNull(answer);
  if (!found)
    throw outboundErrors.contract_broken({ service, reason: `status ${answer.status} without a JSON object` });
  return found;
}

export function jsonObjectOrNull({ headers, body }: OutboundAnswer): JsonObject | null {
  const type = headers.get('content-type') ?? '';
  // A missing type is forgiven, a wrong one is not: gateways send their pages with status 200.
  if (type !== '' && !/^application\/([\w.-]+\+)?json\b/i.test(type)) return null;
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
