/** The first element of a document, after its declaration, comments and document type. */
const ROOT = /<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})[\s/>]/;

/**
 * Whether a document is an answer to an invoice rather than an invoice: decided by its root, or by its envelope if the root
 * is neither. `head`: its first bytes.
 */
export function isResponse(head: Buffer, documentType: string | null): boolean {
  const root = ROOT.exec(withoutComments(head.toString('latin1')))?.[1];
  if (root === 'ApplicationResponse') return true;
  if (root === 'Invoice' || root === 'CreditNote') return false;
  return documentType?.includes('::ApplicationResponse##') ?? false;
}

function withoutComments(text: string): string {
  const [first, ...others] = text.split('<!--');
  return first + others.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : '')).join('');
}
