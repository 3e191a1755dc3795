import {
  RESPONSE_ACTIONS,
  RESPONSE_REASONS,
  RESPONSE_STATUSES,
  type ResponseAction,
  type ResponseReason,
} from '../../ehf/index.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { DateText, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import type { ResponseContent } from './response-content.ts';

const MOST = 10;
const Remark = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 500 })));

/** An answer to a received invoice. */
export const RespondInput = strict({
  status_code: Type.Enum([...RESPONSE_STATUSES], {
    description:
      'AB received, IP in process, UQ under query, CA conditionally accepted, RE rejected, AP accepted, PD paid',
  }),
  reasons: Type.Optional(
    Type.Array(strict({ code: Type.Enum([...RESPONSE_REASONS]), text: Remark }), {
      maxItems: MOST,
      description: 'OPStatusReason: why',
    }),
  ),
  actions: Type.Optional(
    Type.Array(strict({ code: Type.Enum([...RESPONSE_ACTIONS]), text: Remark }), {
      maxItems: MOST,
      description: 'OPStatusAction: what the supplier is asked to do',
    }),
  ),
  note: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 1000 }))),
  effective_date: Type.Optional(nullable(DateText)),
});
export type RespondInput = Static<typeof RespondInput>;

/** The fields beside the status. Throws 400 for missing ones that the rules of the transaction require. */
export function contentOf({
  status_code,
  reasons = [],
  actions = [],
  note,
  effective_date,
}: RespondInput): ResponseContent {
  const problems: FieldProblem[] = [];
  const needsReason = status_code === 'CA' || status_code === 'UQ' || status_code === 'RE';
  if (needsReason && reasons.length + actions.length === 0)
    problems.push(
      problem(
        'reasons',
        `is required with ${status_code} (PEPPOL-T111-R001)`,
        `må oppgis med ${status_code} (PEPPOL-T111-R001)`,
      ),
    );
  reasons.forEach(({ code, text }, i) => {
    problems.push(...wordsMissing(code, text, `reasons[${i}].text`));
    if (code === 'PPD' && status_code !== 'PD')
      problems.push(
        problem(
          `reasons[${i}].code`,
          'PPD belongs to the status PD alone (PEPPOL-T111-R005)',
          'PPD hører bare til statusen PD (PEPPOL-T111-R005)',
        ),
      );
  });
  actions.forEach(({ code, text }, i) => problems.push(...wordsMissing(code, text, `actions[${i}].text`)));
  if (problems.length > 0) throw invalid(problems);
  const clarified = ({ code, text }: { code: string; text?: string | null }) => ({
    code,
    text: text ?? null,
    details: [],
  });
  return {
    reasons: reasons.map(clarified),
    actions: actions.map(clarified),
    note: note ?? null,
    effective_date: effective_date ?? null,
  };
}

function wordsMissing(
  code: ResponseReason | ResponseAction,
  text: string | null | undefined,
  path: string,
): FieldProblem[] {
  if (text?.trim() || (code !== 'OTH' && code !== 'PPD')) return [];
  const rule = code === 'OTH' ? 'PEPPOL-T111-R002' : 'PEPPOL-T111-R004';
  return [problem(path, `is required with ${code} (${rule})`, `må oppgis med ${code} (${rule})`)];
}
