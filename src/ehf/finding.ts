/** The place in a document where a rule is broken. */
export interface Place {
  /** `cac:InvoiceLine[3]/cac:Price/cbc:PriceAmount`: elements from below the root. */
  path: string;
  found?: string;
  expected?: string;
}

/** A rule that a document breaks. `fatal`: receivers refuse such a document. */
export interface Finding extends Place {
  rule: string;
  severity: 'fatal' | 'warning';
  nb: string;
  en: string;
}
