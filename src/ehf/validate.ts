import { CONTENT_RULES } from './rules/content-rules.ts';
import type { Finding } from './finding.ts';
import { NORWAY_RULES } from './rules/norway-rules.ts';
import { PEPPOL_RULES } from './rules/peppol-rules.ts';
import type { ReadDocument } from './read-invoice.ts';
import type { Rule } from './rules/rule.ts';
import { SUM_RULES } from './rules/sum-rules.ts';
import { VAT_RULES } from './rules/vat-rules.ts';

/** The editions of the rules: stored with a document that was checked. Releases come twice a year. */
export const RULES_VERSION = 'BIS Billing 3.0.19';

export const RULES: readonly Rule[] = [...CONTENT_RULES, ...SUM_RULES, ...VAT_RULES, ...PEPPOL_RULES, ...NORWAY_RULES];

/** Limits for one rule in one document, and for all rules: the first places are enough for a reader. */
const PLACES_OF_A_RULE = 20;
const MOST_FINDINGS = 200;

/** All findings of a document, those of its reader first. Empty: it may be sent, and is taken in unchanged. */
export function validate(document: ReadDocument): Finding[] {
  const findings = [...document.findings];
  for (const rule of RULES) {
    const { id, severity = 'fatal', nb, en } = rule;
    for (const place of rule.broken(document).slice(0, PLACES_OF_A_RULE))
      findings.push({ rule: id, severity, nb, en, ...place });
    if (findings.length >= MOST_FINDINGS) break;
  }
  return findings.slice(0, MOST_FINDINGS);
}

export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'fatal');
}
