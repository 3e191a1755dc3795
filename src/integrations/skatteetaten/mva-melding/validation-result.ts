import type { Text } from '../../../platform/errors.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { childrenOf, textAt, type XmlElement } from '../../../platform/xml/xml-tree.ts';
import { answerTree } from './answer-tree.ts';
import { ruleOf, wordsOf } from './rules.ts';

/** `refuses`: such a return is not accepted. `deviates`: it is accepted, but may be questioned. */
export type DeviationSeverity = 'refuses' | 'deviates';

/** One remark of Skatteetaten on a return. */
export interface Deviation {
  /** `R018`; null for a rule unknown to us. */
  rule: string | null;
  /** Skatteetaten's own identifier. */
  code: string;
  severity: DeviationSeverity;
  /** The standard code of the line; null for the return as a whole. */
  vatCode: string | null;
  text: Text;
}

export interface ValidationResult {
  refuses: boolean;
  deviations: Deviation[];
}

/** Most remarks shown to a user: one fault of form can be repeated for every line. */
const MOST = 200;

/**
 * Reads `valideringsresultat`: the schema's v1 (avvikVedMeldingslevering, avvik) or the older form of the documentation
 * (status, valideringsfeil). Throws outbound.contract_broken (502) for anything else.
 */
export function readValidationResult(service: string, body: Uint8Array): ValidationResult {
  const broken = (reason: string) => outboundErrors.contract_broken({ service, reason });
  const root = answerTree(body, () => broken('a validation result that is no XML'));
  if (root.name !== 'valideringsresultat') throw broken('no validation result');
  const verdict = severityOf(textAt(root, 'avvikVedMeldingslevering') || textAt(root, 'status'));
  if (verdict === null) throw broken('a validation result without a verdict');
  const deviations = [...childrenOf(root, 'avvik'), ...childrenOf(root, 'valideringsfeil')].flatMap(deviationsOf);
  return { refuses: verdict === 'refuses', deviations: deviations.slice(0, MOST) };
}

function deviationsOf(found: XmlElement): Deviation[] {
  const vatCode = textAt(found, 'mvaKode').slice(0, 20) || null;
  return [...childrenOf(found, 'avviksinformasjon'), ...childrenOf(found, 'valideringsDetaljer')].map((one) => {
    const code = textAt(one, 'avvikKode').slice(0, 200);
    const rule = ruleOf(code, textAt(one, 'regelDefinisjon'));
    const theirs = textAt(one, 'begrunnelse') || textAt(one, 'feilmelding') || code;
    const severity = severityOf(textAt(one, 'avvikstype') || textAt(one, 'alvorlighetsgrad'));
    return {
      rule,
      code,
      severity: severity === 'refuses' ? 'refuses' : 'deviates',
      vatCode,
      text: wordsOf(rule, theirs.slice(0, 500)),
    };
  });
}

/** `ugyldig skattemelding` or `UGYLDIG_SKATTEMELDING`; `mangelfull` is an older name of a deviation. */
function severityOf(text: string): DeviationSeverity | 'none' | null {
  const words = text.toLowerCase().replaceAll('_', ' ');
  if (words === 'ugyldig skattemelding') return 'refuses';
  if (words === 'avvikende skattemelding' || words === 'mangelfull skattemelding') return 'deviates';
  return words === 'ingen avvik' || words === 'gyldig skattemelding' ? 'none' : null;
}
