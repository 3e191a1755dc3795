import type { AppError } from '../../../platform/errors.ts';
import type { OutboundAnswer } from '../../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { jsonObjectOrNull } from '../../../platform/outbound/json-answer.ts';
import { skatteetatenErrors } from '../errors.ts';

export const SERVICE = 'Skatteetaten';

/**
 * A response of 400 or more as our error. The property calls return `feilkode` and `beskrivelse`, the layer before them
 * `kode` and `melding`, gateways a page. Errors about the property or the right to it are 400; all others are 502.
 */
export function refusalError(answer: OutboundAnswer, organizationNumber: string): AppError {
  const body = jsonObjectOrNull(answer);
  const code = textOf(body?.feilkode) || textOf(body?.kode);
  const text = textOf(body?.beskrivelse) || textOf(body?.melding);
  const facts = { service: SERVICE, feilkode: code, beskrivelse: text };
  if (answer.status === 401) return outboundErrors.credentials_refused({ service: SERVICE });
  if (!body)
    return outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status} without JSON` });
  if (answer.status === 403) return skatteetatenErrors.no_right({ ...facts, organization_number: organizationNumber });
  if (answer.status === 404 || answer.status === 410) return skatteetatenErrors.not_found(facts);
  const number = /^EIENDOM-(\d{3})$/.exec(code)?.[1];
  if (answer.status !== 400 || !number || number === '999')
    return outboundErrors.contract_broken({ ...facts, reason: `status ${answer.status} ${code}`.trim() });
  const name = `eiendom_${number}`;
  return name in skatteetatenErrors
    ? skatteetatenErrors[name as keyof typeof skatteetatenErrors](facts)
    : skatteetatenErrors.refused(facts);
}

/** Our error's `feilkode`, if it is one of these codes. */
export function isRefusedWith(error: AppError, codes: readonly string[]): boolean {
  return error.spec.status === 400 && codes.some((code) => code === error.facts.feilkode);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}
