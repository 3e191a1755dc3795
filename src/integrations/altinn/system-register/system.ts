import { isObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';
import { RETURN_PATH } from '../system-users/return-address.ts';
import type { AskedRights } from '../system-users/system-user-client.ts';

/** A system in Altinn's register. */
export interface RegisteredSystem extends AskedRights {
  id: string;
  vendor: { ID: string };
  name: Texts;
  description: Texts;
  /** Maskinporten clients that may act for it. */
  clientId: string[];
  isVisible: boolean;
  allowedRedirectUrls: string[];
}

interface Texts {
  nb: string;
  nn: string;
  en: string;
}

export interface SystemWish extends AskedRights {
  /** `<our organisation number>_<name>` */
  systemId: string;
  clientId: string;
  /** Where users reach us; without it users are not sent back after the approval. */
  publicUrl: string | null;
}

const NAME: Texts = { nb: 'Hovedbok', nn: 'Hovedbok', en: 'Hovedbok' };
const DESCRIPTION: Texts = {
  nb: 'Regnskapssystem: henter dialoger og opplysninger for virksomheten',
  nn: 'Rekneskapssystem: hentar dialogar og opplysningar for verksemda',
  en: 'Accounting system: fetches dialogs and facts for the organisation',
};

/**
 * The system to register: rights and packages as configured; our client and return address are added to the registered
 * ones, because other installations may act for the same system.
 */
export function wantedSystem(wish: SystemWish, registered: RegisteredSystem | null): RegisteredSystem {
  const returnAddress = wish.publicUrl?.startsWith('https://') ? [wish.publicUrl + RETURN_PATH] : [];
  return {
    id: wish.systemId,
    vendor: { ID: `0192:${wish.systemId.slice(0, 9)}` },
    name: NAME,
    description: DESCRIPTION,
    rights: wish.rights,
    accessPackages: wish.accessPackages,
    clientId: [...new Set([...(registered?.clientId ?? []), wish.clientId])],
    isVisible: registered?.isVisible ?? false,
    allowedRedirectUrls: [...new Set([...(registered?.allowedRedirectUrls ?? []), ...returnAddress])],
  };
}

/** The fields in which two systems differ; lists are compared without order. */
export function differences(registered: RegisteredSystem, wanted: RegisteredSystem): string[] {
  const fields = Object.keys(wanted) as (keyof RegisteredSystem)[];
  return fields.filter((field) => canonical(registered[field]) !== canonical(wanted[field]));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return `{${fields
    .map(([name, one]) => `${name.toLowerCase()}:${canonical(one)}`)
    .sort()
    .join()}}`;
}

/** Reads the register's response; missing fields become empty. */
export function readSystem(answer: JsonObject): RegisteredSystem {
  const found = Object.fromEntries(Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]));
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const texts = (value: unknown): Texts => {
    const given = isObject(value) ? value : {};
    return { nb: text(given.nb), nn: text(given.nn), en: text(given.en) };
  };
  const vendor = isObject(found.vendor) ? found.vendor : {};
  return {
    id: text(found.id) || text(found.systemid),
    vendor: { ID: text(vendor.ID ?? vendor.id) },
    name: texts(found.name),
    description: texts(found.description),
    rights: list(found.rights)
      .filter(isObject)
      .map(({ resource }) => ({
        resource: list(resource)
          .filter(isObject)
          .map(({ id, value }) => ({ id: text(id), value: text(value) })),
      })),
    accessPackages: list(found.accesspackages)
      .filter(isObject)
      .map(({ urn }) => ({ urn: text(urn) })),
    clientId: list(found.clientid).filter((one) => typeof one === 'string'),
    isVisible: found.isvisible === true,
    allowedRedirectUrls: list(found.allowedredirecturls).filter((one) => typeof one === 'string'),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
