import type { Platform } from '../../platform/operation.ts';

/** Scopes of a connection to Altinn, in addition to those of a plain login. */
export function altinnScopesOf({ outside }: Platform): readonly string[] {
  return outside?.altinn?.options.scopes ?? [];
}

export function hasAltinnScope(scopes: readonly string[]): boolean {
  return scopes.some((scope) => scope.startsWith('altinn:'));
}
