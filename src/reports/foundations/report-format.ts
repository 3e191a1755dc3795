import { type FieldProblem, problem } from '../../platform/errors.ts';

/** The formats of reports; a report may support fewer. */
export const REPORT_FORMATS = ['excel', 'html', 'pdf', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
/** The formats of a printed report. */
export type PrintFormat = Exclude<ReportFormat, 'json'>;

/**
 * The requested format. Without `format`, a client that accepts application/json gets JSON; nothing else is guessed.
 */
export function readFormat(
  format: string | undefined,
  accept: string | undefined,
  given: readonly ReportFormat[] = REPORT_FORMATS,
): { format: ReportFormat; problems: FieldProblem[] } {
  const found = given.find((known) => known === format);
  if (found) return { format: found, problems: [] };
  const formats = given.join(', ');
  if (format !== undefined) {
    const fault = problem('format', `must be one of ${formats}`, `må være en av ${formats}`);
    return { format: 'json', problems: [fault] };
  }
  if (acceptsJson(accept)) return { format: 'json', problems: [] };
  const fault = problem(
    'format',
    `is required (one of ${formats}), unless the request has Accept: application/json`,
    `må oppgis (en av ${formats}) når forespørselen ikke har Accept: application/json`,
  );
  return { format: 'json', problems: [fault] };
}

function acceptsJson(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((part) => {
    const [type = '', ...parameters] = part.toLowerCase().split(';');
    return type.trim() === 'application/json' && !parameters.some((text) => /^\s*q=0(\.0*)?\s*$/.test(text));
  });
}
