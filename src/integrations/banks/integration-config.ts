import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { type Static, strict, Type } from '../../platform/http/schema.ts';
import type { IntegrationConfig } from './bank-connection.ts';

/** DNB registers its customers' files by division; the number is text, because leading zeros count. */
export const IntegrationConfigShape = strict({
  division_number: Type.Optional(Type.String({ maxLength: 35, description: 'DNB division number, such as `001`' })),
  division_name: Type.Optional(Type.String({ maxLength: 35, description: 'DNB division name' })),
});

/** Banks that require both. */
const WITH_DIVISION = ['DNBANOKK'];

export function needsDivision(bic: string): boolean {
  return WITH_DIVISION.includes(bic);
}

/** The given values, trimmed and without empty ones. */
export function readConfig(given: Static<typeof IntegrationConfigShape>): IntegrationConfig {
  const number = given.division_number?.trim();
  const name = given.division_name?.trim();
  return { ...(number ? { division_number: number } : {}), ...(name ? { division_name: name } : {}) };
}

/** Throws 400 with everything that the bank requires and the configuration lacks. */
export function requireConfig(bic: string, config: IntegrationConfig): void {
  if (!needsDivision(bic)) return;
  const problems: FieldProblem[] = (['division_number', 'division_name'] as const)
    .filter((field) => !config[field])
    .map((field) => problem(`integration_config.${field}`, `is required for ${bic}`, `må oppgis for ${bic}`));
  if (problems.length > 0) throw invalid(problems);
}
