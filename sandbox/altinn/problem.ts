import type { StandInAnswer } from '../stand-in.ts';

const TITLES: Record<string, [status: number, title: string]> = {
  'AUTH-00000': [400, 'The reportee has no organization number'],
  'AUTH-00001': [400, 'One or more Right not found or not delegable'],
  'AUTH-00004': [400, 'The system user already exists'],
  'AUTH-00010': [404, 'The request id was not found'],
  'AUTH-00011': [404, 'The system id was not found'],
  'AUTH-00013': [409, 'The status of the request is not New'],
  'AUTH-00015': [404, 'The system user was not found'],
  'AUTH-00021': [400, 'The redirect URL is not among those of the system'],
  'AUTH-00026': [400, 'The system has no redirect URLs'],
  'AUTH-00027': [400, 'An access package was not found or is not delegable'],
  'AUTH-00043': [401, 'Unauthorized'],
  'AUTH-00059': [400, 'Neither access packages nor rights were given'],
  'AUTH-00061': [409, 'The change request is not New'],
  'AUTH-00066': [403, 'The approver may not administer access'],
};

/** Problem details (RFC 9457) with Altinn's own code. */
export function problem(code: string, detail?: string): StandInAnswer {
  const [status, title] = TITLES[code] ?? [500, 'Unexpected'];
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: `https://altinn.no/problem/${code}`, title, status, code, ...(detail ? { detail } : {}) },
  };
}

/** One rule of the system register that a system breaks. */
export interface Breach {
  code: string;
  detail: string;
  paths: string[];
}

export function validationProblem(breaches: readonly Breach[]): StandInAnswer {
  return {
    status: 400,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      title: 'One or more validation errors occurred.',
      status: 400,
      code: 'STD-00000',
      validationErrors: breaches,
    },
  };
}

/** A configured error. Missing tokens and scopes get no body. */
export function altinnError(status: number): StandInAnswer {
  if (status === 401 || status === 403) return { status };
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { title: `status ${status}`, status, code: 'AUTH-00055' },
  };
}

/** The JSON object of a body; null for anything else. */
export function jsonBody(body: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
