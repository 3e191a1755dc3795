import type { AppError } from '../../platform/errors.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { jsonObjectOrNull } from '../../platform/outbound/json-answer.ts';
import type { TokenQuestion } from './assertion.ts';
import { maskinportenErrors } from './errors.ts';

/** Why there is no token (RFC 6749 section 5.2, with Maskinporten's own code in the description). */
export interface Refusal {
  error: string;
  /** `MP-303`; empty if the description has none. */
  code: string;
  /** For the log; ends with a trace id that Maskinporten's support needs. */
  description: string;
  isAboutTime: boolean;
}

/** Removes tokens, so that a refusal may be quoted: a token is three long parts separated by dots. */
function withoutTokens(text: string): string {
  return text.replace(/[\w.-]+/g, (word) =>
    word.split('.').filter((part) => part.length >= 10).length >= 3 ? '…' : word,
  );
}

/** Null for a response that is not a refusal of the token endpoint. */
export function readRefusal(answer: OutboundAnswer): Refusal | null {
  const { error, error_description: text } = jsonObjectOrNull(answer) ?? {};
  if (typeof error !== 'string' || !/^[\w.-]{1,100}$/.test(error)) return null;
  const description = typeof text === 'string' ? withoutTokens(text).slice(0, 500) : '';
  const code = /\bMP-\d{3}\b/.exec(description)?.[0] ?? '';
  // An issue time in the future has no separate code.
  const isAboutTime =
    error === 'invalid_grant' && (code === 'MP-130' || (code === '' && /issue|iat|time/i.test(description)));
  return { error, code, description, isAboutTime };
}

/** The refusal as our error: 400 if the customer can fix it, 503 if the operator must. */
export function refusalError({ error, code }: Refusal, { systemUser }: TokenQuestion): AppError {
  if (systemUser && (error === 'invalid_altinn_customer_configuration' || code === 'MP-303'))
    return maskinportenErrors.system_user_missing({ organization_number: systemUser.organizationNumber });
  return maskinportenErrors.refused({ reason: code === '' ? error : `${error} ${code}`, service: 'Maskinporten' });
}
