import { type XmlListener, XmlError, XmlStream } from '../platform/xml/xml-stream.ts';

/** The bank's status of a group, a batch or one payment of an order (pain.002, any version). */
export interface BankStatus {
  /** ISO: ACTC, ACCP, RJCT...; null if the bank gives only reasons, or if the lower levels have the status. */
  status: string | null;
  reasonCode: string | null;
  /** The bank's additional text. */
  reasonText: string | null;
}

export interface StatusReport {
  reportId: string | null;
  /** GrpHdr/MsgId of the order it refers to. */
  messageId: string;
  group: BankStatus;
  batches: (BankStatus & { batchId: string })[];
  payments: (BankStatus & { batchId: string | null; endToEndId: string | null; instructionId: string | null })[];
}

/** Why a file cannot be read as a status report. */
export class StatusReportFault extends Error {
  override name = 'StatusReportFault';
  /** The file is truncated: the rest may arrive later. */
  readonly isCutOff: boolean;
  constructor(message: string, isCutOff: boolean) {
    super(message);
    this.isCutOff = isCutOff;
  }
}

const MOST_PAYMENTS = 200_000;
const LONGEST_TEXT = 2_000;

/** Reads a status report by local names. Throws StatusReportFault. */
export async function readStatusReport(bytes: AsyncIterable<Uint8Array>): Promise<StatusReport> {
  const reader = new ReportReader();
  const stream = new XmlStream(reader);
  try {
    for await (const piece of bytes) stream.write(piece);
    stream.end();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new StatusReportFault(`line ${error.line}: ${error.message}`, error.problem === 'truncated');
  }
  return reader.report();
}

class ReportReader implements XmlListener {
  readonly #path: string[] = [];
  readonly #report: Omit<StatusReport, 'messageId'> & { messageId: string | null } = {
    reportId: null,
    messageId: null,
    group: none(),
    batches: [],
    payments: [],
  };
  #text = '';
  #batch: BankStatus & { batchId: string } = { ...none(), batchId: '' };
  #payment: StatusReport['payments'][number] = noPayment(null);

  open(name: string): void {
    const local = name.slice(name.indexOf(':') + 1);
    this.#path.push(local);
    this.#text = '';
    if (this.#path.length === 2 && local !== 'CstmrPmtStsRpt')
      throw new StatusReportFault(`${local} is no pain.002`, false);
    if (local === 'OrgnlPmtInfAndSts') this.#batch = { ...none(), batchId: '' };
    if (local === 'TxInfAndSts') this.#payment = noPayment(this.#batch.batchId || null);
  }

  text(text: string): void {
    if (this.#text.length < LONGEST_TEXT) this.#text += text;
  }

  close(): void {
    const local = this.#path.pop()!;
    const text = this.#text.trim().slice(0, LONGEST_TEXT);
    this.#text = '';
    const within = (name: string) => this.#path.includes(name);
    if (local === 'TxInfAndSts') {
      if (this.#report.payments.length >= MOST_PAYMENTS) throw new StatusReportFault('too many payments', false);
      this.#report.payments.push(this.#payment);
    } else if (local === 'OrgnlPmtInfAndSts') this.#report.batches.push(this.#batch);
    else if (text === '') return;
    else if (within('TxInfAndSts')) this.#ofPayment(local, text);
    else if (within('OrgnlPmtInfAndSts')) this.#ofBatch(local, text);
    else if (within('OrgnlGrpInfAndSts')) this.#ofGroup(local, text);
    else if (within('GrpHdr') && local === 'MsgId') this.#report.reportId = text;
  }

  #ofPayment(local: string, text: string): void {
    // Elements below OrgnlTxRef repeat the original payment.
    if (this.#path.includes('OrgnlTxRef')) return;
    if (local === 'OrgnlEndToEndId') this.#payment.endToEndId = text;
    else if (local === 'OrgnlInstrId') this.#payment.instructionId = text;
    else if (local === 'TxSts') this.#payment.status = text;
    else this.#reason(this.#payment, local, text);
  }

  #ofBatch(local: string, text: string): void {
    if (local === 'OrgnlPmtInfId') this.#batch.batchId = text;
    else if (local === 'PmtInfSts') this.#batch.status = text;
    else this.#reason(this.#batch, local, text);
  }

  #ofGroup(local: string, text: string): void {
    if (local === 'OrgnlMsgId') this.#report.messageId = text;
    else if (local === 'GrpSts') this.#report.group.status = text;
    else this.#reason(this.#report.group, local, text);
  }

  /** The first code counts; texts are concatenated. */
  #reason(of: BankStatus, local: string, text: string): void {
    if (!this.#path.includes('StsRsnInf')) return;
    if (this.#path.at(-1) === 'Rsn' && (local === 'Cd' || local === 'Prtry')) of.reasonCode ??= text.slice(0, 35);
    else if (local === 'AddtlInf')
      of.reasonText = (of.reasonText === null ? text : `${of.reasonText} ${text}`).slice(0, 500);
  }

  report(): StatusReport {
    const { messageId } = this.#report;
    if (messageId === null) throw new StatusReportFault('OrgnlMsgId is missing', false);
    return { ...this.#report, messageId };
  }
}

function none(): BankStatus {
  return { status: null, reasonCode: null, reasonText: null };
}

function noPayment(batchId: string | null): StatusReport['payments'][number] {
  return { ...none(), batchId, endToEndId: null, instructionId: null };
}
