import type * as Oidc from 'oidc-provider';

type Library = typeof Oidc;

let loaded: Promise<Library> | undefined;

/**
 * oidc-provider, loaded when it is first needed. While it loads it warns about every Node.js that does not yet call itself
 * LTS, the newest one among them; which ones serve is said by `engines` in package.json, and proven by the tests.
 */
export function oidcLibrary(): Promise<Library> {
  return (loaded ??= load());
}

async function load(): Promise<Library> {
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    if (!String(said[0]).includes('Unsupported runtime')) warn(...said);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
