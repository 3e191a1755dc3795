export type Severity = 'ugyldig skattemelding' | 'avvikende skattemelding';

/** One rule that a return breaks, as reported by the validation service. */
export interface Finding {
  rule: string;
  code: string;
  severity: Severity;
  reason: string;
  /** The standard code of the line; null: the return. */
  vatCode: string | null;
  path: string;
  line: number | null;
  details?: string;
}

const NAMESPACE = 'no:skatteetaten:fastsetting:avgift:mva:valideringsresultat:v1';

export const refuses = (findings: readonly Finding[]) =>
  findings.some(({ severity }) => severity === 'ugyldig skattemelding');

/** `valideringsresultat` by its schema, or in the older form that the documentation of the API shows. */
export function resultXml(findings: readonly Finding[], layout: 'v1' | 'older' = 'v1'): string {
  const verdict = refuses(findings)
    ? 'ugyldig skattemelding'
    : findings.length > 0
      ? 'avvikende skattemelding'
      : 'ingen avvik';
  if (layout === 'older') {
    const status = (text: string) =>
      text === 'ingen avvik' ? 'GYLDIG_SKATTEMELDING' : text.toUpperCase().replace(' ', '_');
    return `<valideringsresultat><status>${status(verdict)}</status>${findings
      .map(
        (one) =>
          `<valideringsfeil><stiTilFeil>${escaped(one.path)}</stiTilFeil><valideringsDetaljer><feilmelding>${escaped(one.reason)}</feilmelding><alvorlighetsgrad>${status(one.severity)}</alvorlighetsgrad><avvikKode>${escaped(one.code)}</avvikKode>${
            one.details ? `<informasjon>${escaped(one.details)}</informasjon>` : ''
          }</valideringsDetaljer></valideringsfeil>`,
      )
      .join('')}</valideringsresultat>`;
  }
  return `<?xml version='1.0' encoding='UTF-8'?>\n<valideringsresultat xmlns="${NAMESPACE}"><avvikVedMeldingslevering>${verdict}</avvikVedMeldingslevering>${findings
    .map(
      (one) =>
        `<avvik><stiTilAvvik>${escaped(one.path)}</stiTilAvvik>${one.vatCode === null ? '' : `<mvaKode>${escaped(one.vatCode)}</mvaKode>`}${
          one.line === null ? '' : `<xmlLinjenummer>${one.line}</xmlLinjenummer>`
        }<avviksinformasjon><begrunnelse>${escaped(one.reason)}</begrunnelse><avvikstype>${one.severity}</avvikstype><avvikKode>${escaped(one.code)}</avvikKode><regelDefinisjon>${escaped(one.rule)}</regelDefinisjon>${
          one.details ? `<detaljer>${escaped(one.details)}</detaljer>` : ''
        }</avviksinformasjon></avvik>`,
    )
    .join('')}</valideringsresultat>\n`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
}
