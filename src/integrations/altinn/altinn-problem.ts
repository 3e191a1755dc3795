import type { AppError } from '../../platform/errors.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, jsonObjectOrNull } from '../../platform/outbound/json-answer.ts';
import { systemUserErrors } from './system-users/errors.ts';

export const SERVICE = 'Altinn';

/** Altinn's problem details: its own code (`AUTH-00010`), and a description. */
export interface AltinnProblem {
  code: string;
  text: string;
}

const CODE = /^[A-Z]{2,6}(\.[A-Z]{2,4})?-\d{5}$/;
/** A response to an invalid request lists the broken rules. */
const SHOWN_RULES = 20;

/** Null for a response without a problem: a gateway's page, or one without a body. */
export function readProblem(answer: OutboundAnswer): AltinnProblem | null {
  const body = jsonObjectOrNull(answer);
  if (!body) return null;
  const rules = Array.isArray(body.validationErrors) ? body.validationErrors.slice(0, SHOWN_RULES) : [];
  const broken = rules.filter(isObject).map(({ code, detail }) => `${short(code)} ${short(detail)}`.trim());
  const code = short(body.code);
  const text = broken.length > 0 ? broken.join('; ') : short(body.detail) || short(body.title);
  return CODE.test(code) || text !== '' ? { code: CODE.test(code) ? code : '', text } : null;
}

/** Converts a response of 400 or more to our error. A missing scope is 403 without a problem, a refused token 401. */
export function altinnRefusal(answer: OutboundAnswer): AppError {
  if (answer.status === 401) return outboundErrors.credentials_refused({ service: SERVICE });
  const problem = readProblem(answer);
  if (answer.status === 403 && !problem)
    return systemUserErrors.refused({ service: SERVICE, reason: '403, a scope is missing', code: '' });
  if (!problem)
    return outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status} without a problem` });
  const reason = `${problem.code} ${problem.text}`.trim();
  return systemUserErrors.refused({ service: SERVICE, reason, code: problem.code });
}

function short(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}
