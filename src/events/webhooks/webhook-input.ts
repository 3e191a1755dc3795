import { type FieldProblem, problem } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { kindsOf } from '../event-kinds.ts';

/** All faults of the address and the kinds. */
export function webhookFaults(
  { outside }: Platform,
  { url, kinds }: { url?: string | undefined; kinds?: readonly string[] | undefined },
): FieldProblem[] {
  const faults = (kinds ?? []).flatMap((kind, i) =>
    kindsOf(kind)
      ? []
      : [problem(`kinds[${i}]`, `"${kind}" is no kind of event`, `«${kind}» er ikke en hendelsestype`)],
  );
  if (url !== undefined && !outside?.webhooks?.accepts(url))
    faults.unshift(
      problem(
        'url',
        'must be an https address on the internet, without user and fragment',
        'må være en https-adresse på internett, uten bruker og fragment',
      ),
    );
  return faults;
}
