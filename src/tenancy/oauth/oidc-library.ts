import type * as Oidc from 'oidc-provider';

type Library = typeof Oidc;

let loaded: Promise<Library> | undefined;

/**
 * Loads oidc-provider at first use. At load it warns about every Node.js that is not LTS yet, including the newest;
 * `engines` in package.json lists the supported versions, and the tests prove them.
 */
export function oidcLibrary(): Promise<Library> {
  return (loaded ??= load());
}

async function load(): Promise<Library> {
  const { warn } = console;
  console.warn = (...parts: unknown[]) => {
    if (!String(parts[0]).includes('Unsupported runtime')) warn(...parts);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
