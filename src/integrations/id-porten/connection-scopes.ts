import type { Platform } from '../../platform/operation.ts';

/** What a connection to Altinn asks for beyond a plain login. */
export function altinnScopesOf({ outside }: Platform): readonly string[] {
  return outside?.altinn?.options.scopes ?? [];
}

export function hasAltinnScope(scopes: readonly string[]): boolean {
  return scopes.some((scope) => scope.startsWith('altinn:'));
}
