import {
  type Finding,
  type Invoice,
  type InvoiceLine,
  isRefused,
  NoInvoice,
  NoResponse,
  readInvoice,
  validate,
} from '../../ehf/index.ts';
import { xmlFilesInPdf } from './pdf-invoice.ts';
import { XmlError, type XmlProblem } from '../../platform/xml/xml-stream.ts';

/** An invoice, and the line facts that are used after the check. */
export type ReceivedInvoice = Omit<Invoice, 'lines'> & { lines: Pick<InvoiceLine, 'name' | 'amount' | 'tax'>[] };

/** The kind of a received file: a valid invoice, an invoice that breaks rules, or a file that is not read. */
export interface ReadReceived {
  invoice: ReceivedInvoice | null;
  findings: Finding[];
  /** Whether it can be booked unchanged. */
  isValid: boolean;
}

const PROBLEMS: Record<XmlProblem, { nb: string; en: string }> = {
  'not-well-formed': { nb: 'Filen er ikke gyldig XML', en: 'The file is no well-formed XML' },
  truncated: { nb: 'Filen slutter for tidlig', en: 'The file breaks off' },
  'doctype-refused': {
    nb: 'Filen har en dokumenttype, som ikke godtas',
    en: 'The file has a document type, which is refused',
  },
  'xml-limit': { nb: 'Filen er større enn det som leses', en: 'The file is beyond the limits' },
  encoding: { nb: 'Filens tegnsett kan ikke leses', en: 'The encoding of the file cannot be read' },
};

/** Reads and checks an XML file. Never throws: faults are findings. */
export function readReceived(bytes: Uint8Array): ReadReceived {
  try {
    const document = readInvoice(bytes);
    const findings = validate(document);
    const lines = document.invoice.lines.map(({ name, amount, tax }) => ({ name, amount, tax }));
    return { invoice: { ...document.invoice, lines }, findings, isValid: !isRefused(findings) };
  } catch (error) {
    return { invoice: null, findings: [unread(error)], isValid: false };
  }
}

/** A file that has to be read by a person. */
export const UNREAD: ReadReceived = { invoice: null, findings: [], isValid: false };

/** A PDF that contains an EHF is read as that; any other PDF is left to a person. */
export function readPdf(bytes: Buffer): ReadReceived {
  for (const file of xmlFilesInPdf(bytes)) {
    const read = readReceived(file);
    if (read.invoice) return read;
  }
  return UNREAD;
}

/** The reason why a file is unreadable. Rethrows errors that are not caused by the file. */
export function unread(error: unknown): Finding {
  if (error instanceof XmlError)
    return {
      rule: 'XML',
      severity: 'fatal',
      path: `line ${error.line}`,
      found: error.message,
      ...PROBLEMS[error.problem],
    };
  if (error instanceof NoInvoice)
    return {
      rule: 'UBL',
      severity: 'fatal',
      path: '/',
      found: error.root.slice(0, 100),
      nb: 'Filen er ingen faktura eller kreditnota i UBL 2.1',
      en: 'The file is no invoice or credit note of UBL 2.1',
    };
  if (error instanceof NoResponse)
    return {
      rule: 'UBL',
      severity: 'fatal',
      path: '/',
      found: error.root.slice(0, 100),
      nb: 'Filen er ikke noe svar i UBL 2.1 (ApplicationResponse)',
      en: 'The file is no response of UBL 2.1 (ApplicationResponse)',
    };
  throw error;
}
