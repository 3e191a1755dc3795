import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import '../assets/index.ts';
import '../bank-delivery/index.ts';
import '../banking/index.ts';
import '../billing/index.ts';
import '../consumer-invoicing/index.ts';
import '../documents/index.ts';
import '../events/index.ts';
import '../integrations/index.ts';
import '../invoices/index.ts';
import '../ledger/index.ts';
import '../masters/index.ts';
import '../payments/index.ts';
import '../registry/index.ts';
import '../reports/index.ts';
import '../platform/files/errors.ts';
import '../saf-t-export/index.ts';
import '../saf-t-import/index.ts';
import '../vat-return/index.ts';
import { examples } from './examples.ts';
import { errorCatalogue } from '../platform/errors.ts';
import { openApiDescription } from '../platform/openapi/openapi.ts';
import type { Route } from '../platform/http/route.ts';
import { packageRoot } from '../platform/package-root.ts';
import { OAUTH_PATHS } from '../tenancy/index.ts';

// A catalogue fills when its domain is loaded. All are loaded here, so that the description is the same in every
// process.
const errors = errorCatalogue();

/** This installation's API as OpenAPI 3.1. */
export function apiDescription(routes: readonly Route[]): object {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return openApiDescription(routes, {
    version,
    oauth: { authorization: OAUTH_PATHS.authorization, token: OAUTH_PATHS.token },
    errors,
    examples,
  });
}
