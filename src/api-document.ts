import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from './platform/http/openapi.ts';
import type { Route } from './platform/http/route.ts';
import { packageRoot } from './platform/package-root.ts';
import { OAUTH_PATHS } from './tenancy/index.ts';

/** This installation's API as OpenAPI 3.1. */
export function apiDocument(routes: readonly Route[]): object {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return openApiDocument(routes, {
    version,
    oauth: { authorization: OAUTH_PATHS.authorization, token: OAUTH_PATHS.token },
  });
}
