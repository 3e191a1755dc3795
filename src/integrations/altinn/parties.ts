import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, jsonValue } from '../../platform/outbound/json-answer.ts';
import { type Altinn, statusOf } from './altinn.ts';
import { SERVICE } from './altinn-problem.ts';
import { type Party, readParties } from './party.ts';

const PATHS = {
  enduser: '/accessmanagement/api/v1/enduser/authorizedparties',
  classic: '/accessmanagement/api/v1/authorizedparties',
};

/** Parties that are excluded unless requested; the two APIs differ in which ones. */
const FLAGS = {
  enduser: [
    'includeAltinn2',
    'includeAltinn3',
    'includeRoles',
    'includeAccessPackages',
    'includeResources',
    'includePartiesViaKeyRoles',
    'includeSubParties',
  ],
  classic: ['includeAltinn2', 'includeRoles', 'includeAccessPackages', 'includeResources'],
};

const MOST_PAGES = 100;

/**
 * The parties that the user may act for, from either of Altinn's two APIs: a bare list, or pages of `{links, data}`.
 * Throws TokenRefused, the outbound errors, and contract_broken for endless pages.
 */
export async function authorizedParties(altinn: Altinn, token: string): Promise<Party[]> {
  const { url: base, parties: api } = altinn.options;
  const flags = new URLSearchParams(FLAGS[api].map((name): [string, string] => [name, 'true']));
  let url: string | null = `${base}${PATHS[api]}?${flags.toString()}`;
  const all: Party[] = [];
  const asked = new Set<string>();
  while (url !== null) {
    if (asked.has(url) || asked.size === MOST_PAGES) throw broken('pages without an end');
    asked.add(url);
    const answer = await altinn.get({ call: 'parties', url, token });
    const { parties, next } = readPage(answer);
    all.push(...parties);
    url = next === null ? null : nextAddress(next, url, base);
  }
  return all;
}

function readPage(answer: OutboundAnswer): { parties: Party[]; next: string | null } {
  if (answer.status !== 200) throw broken(statusOf(answer));
  const value = jsonValue(answer);
  const parties = readParties(isObject(value) ? value.data : value);
  if (!parties) throw broken('no list of parties');
  const links = isObject(value) && isObject(value.links) ? value.links : {};
  return { parties, next: typeof links.next === 'string' && links.next !== '' ? links.next : null };
}

/** The token goes only to the configured address. */
function nextAddress(next: string, from: string, base: string): string {
  const url = URL.canParse(next, from) ? new URL(next, from) : null;
  if (url?.origin !== new URL(base).origin) throw broken('a next page elsewhere');
  return url.href;
}

function broken(reason: string) {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}
