import { isIP } from 'node:net';
import { type ColumnKeyList, readColumnKeys } from './encryption/read-column-keys.ts';
import type { Text } from './errors.ts';

/** One environment variable: its parser, its default, and its text in the reference. */
export interface Setting<T> {
  env: string;
  /** The form of a value, for the reference and for faults. */
  form: Text;
  description: Text;
  /** As written in the environment; absent: the setting is optional and then undefined, or `byDefault` explains it. */
  fallback?: string;
  /** In words, if the default depends on something else. */
  byDefault?: Text;
  /** Never printed. */
  secret: boolean;
  /** Undefined if the text is malformed. */
  parse(text: string): T | undefined;
}

interface Given {
  nb: string;
  en: string;
  byDefault?: Text;
  secret?: boolean;
}

function setting<T>(env: string, form: Text, given: Given, parse: (text: string) => T | undefined): Setting<T> {
  const { nb, en, byDefault, secret = false } = given;
  return { env, form, description: { nb, en }, byDefault, secret, parse };
}

/** The same setting with a default for when the variable is not set. */
export function withDefault<T>(fallback: string, from: Setting<T>): Setting<T> & { fallback: string } {
  return { ...from, fallback };
}

export function text(env: string, given: Given): Setting<string> {
  return setting(env, { nb: 'tekst', en: 'text' }, given, (value) => value);
}

/** An identifier that an external system assigned to us: a fixed number of digits, including leading zeros. */
export function digits(env: string, length: number, given: Given): Setting<string> {
  const form = { nb: `${length} sifre`, en: `${length} digits` };
  return setting(env, form, given, (value) => (/^\d+$/.test(value) && value.length === length ? value : undefined));
}

export function folder(env: string, given: Given): Setting<string> {
  return setting(env, { nb: 'mappe', en: 'folder' }, given, (value) => value);
}

export function flag(env: string, given: Given): Setting<boolean> {
  return setting(env, { nb: '`1` eller `0`', en: '`1` or `0`' }, given, (value) => {
    if (['1', 'true'].includes(value)) return true;
    return ['0', 'false'].includes(value) ? false : undefined;
  });
}

export function integer(env: string, [minimum, maximum]: [number, number], given: Given): Setting<number> {
  const form = { nb: `heltall fra ${minimum} til ${maximum}`, en: `integer from ${minimum} to ${maximum}` };
  return setting(env, form, given, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= minimum && number <= maximum ? number : undefined;
  });
}

/**
 * The proxies that may state the sender of a request: a number of hops before this server, or addresses and networks.
 */
export type TrustedProxies = number | readonly string[];

/** `0`, a number of hops up to 9, or comma-separated addresses and networks (CIDR). */
export function trustedProxies(env: string, given: Given): Setting<TrustedProxies> {
  const form = {
    nb: '`0`, et antall ledd, eller adresser og nett (CIDR) med komma mellom',
    en: '`0`, a number of hops, or addresses and networks (CIDR) with commas between',
  };
  return setting<TrustedProxies>(env, form, given, (value) => {
    if (/^\d$/.test(value)) return Number(value);
    const proxies = value.split(',').map((part) => part.trim());
    return proxies.every(isNetwork) ? proxies : undefined;
  });
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

export function choice<const T extends string>(env: string, values: readonly T[], given: Given): Setting<T> {
  const listed = (or: string) =>
    values
      .map((value) => `\`${value}\``)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ` ${or} `);
  return setting(env, { nb: listed('eller'), en: listed('or') }, given, (value) => values.find((one) => one === value));
}

/** An absolute address with one of the schemes, kept as written except for a trailing slash. */
export function address(env: string, schemes: readonly string[], given: Given): Setting<string> {
  const listed = schemes.map((scheme) => `\`${scheme}://\``).join(', ');
  return setting(env, { nb: `adresse med ${listed}`, en: `address with ${listed}` }, given, (value) => {
    const scheme = value.match(/^([a-z][a-z0-9+.-]*):\/\/./)?.[1];
    return scheme && schemes.includes(scheme) ? value.replace(/\/$/, '') : undefined;
  });
}

/** Like `address`, for a party: encrypted, or on this machine. */
export function outsideAddress(env: string, given: Given): Setting<string> {
  const form = {
    nb: 'adresse med `https://`, eller `http://` på denne maskinen',
    en: 'address with `https://`, or `http://` on this machine',
  };
  return setting(env, form, given, (value) => {
    if (!URL.canParse(value)) return undefined;
    const { protocol, hostname } = new URL(value);
    const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return protocol === 'https:' || (protocol === 'http:' && isHere) ? value.replace(/\/$/, '') : undefined;
  });
}

/** An IP address, with a port if it is not 53. */
export function dnsServer(env: string, given: Given): Setting<string> {
  const form = { nb: 'IP-adresse, eventuelt med `:port`', en: 'IP address, with `:port` if you like' };
  return setting(env, form, given, (value) => {
    const [, address = value] = /^\[?([0-9a-fA-F:.]+?)\]?:\d{1,5}$/.exec(value) ?? [];
    return isIP(value) !== 0 || isIP(address) !== 0 ? value : undefined;
  });
}

/** `id:key`, comma-separated, the newest first; a key is 32 bytes in base64. */
export function columnKeys(env: string, given: Given): Setting<ColumnKeyList> {
  const form = {
    nb: '`id:nøkkel`, flere med komma mellom; en nøkkel er 32 byte i base64 (`openssl rand -base64 32`)',
    en: '`id:key`, several with commas between; a key is 32 bytes in base64 (`openssl rand -base64 32`)',
  };
  return setting(env, form, given, readColumnKeys);
}

/** Comma-separated names that match the pattern. */
export function names(env: string, pattern: RegExp, given: Given): Setting<readonly string[]> {
  const form = { nb: 'navn med komma mellom', en: 'names with commas between' };
  return setting<readonly string[]>(env, form, given, (value) => {
    const found = value.split(',').map((part) => part.trim());
    return found.every((one) => pattern.test(one)) ? [...new Set(found)] : undefined;
  });
}

/** `name@domain` or `Name <name@domain>`. */
export function mailAddress(env: string, given: Given): Setting<string> {
  const form = { nb: 'e-postadresse, eller `Navn <adresse>`', en: 'mail address, or `Name <address>`' };
  return setting(env, form, given, (value) =>
    /^[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/.test(value) ? value : undefined,
  );
}
