import { isAtMost, MAX_RATE, parseScaled } from '../../kernel/money.ts';
import { trimEndOf } from '../../kernel/trim.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';

const RATE_DECIMALS = 18;

/**
 * A stored decimal with at least this many decimals and no further trailing zeros: `1` → `1.0000`, `11.43500` → `11.4350`.
 */
export function decimalText(text: string, decimals: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${trimEndOf(fraction, '0').padEnd(decimals, '0')}`;
}

/** A positive rate as text. Null if invalid; the fault is added to `problems`. */
export function readRate(path: string, value: string | number | null | undefined, problems: FieldProblem[]) {
  if (value == null) return null;
  const text = typeof value === 'number' ? String(value) : value.trim();
  const rate = parseScaled(text, RATE_DECIMALS);
  if (rate !== null && rate > 0n && isAtMost(rate, MAX_RATE, RATE_DECIMALS)) return text;
  problems.push(
    problem(
      path,
      `must be a positive decimal with at most ${RATE_DECIMALS} decimals, ${MAX_RATE} at most`,
      `må være et positivt tall med høyst ${RATE_DECIMALS} desimaler, høyst ${MAX_RATE}`,
    ),
  );
  return null;
}
