/** The fault codes of SOAP 1.1, section 4.4.1. */
export type FaultCode = 'VersionMismatch' | 'MustUnderstand' | 'Client' | 'Server';

/** A breach of the protocol; an error of a business call is a status text instead. The message is for developers. */
export class SoapFault extends Error {
  override name = 'SoapFault';
  readonly code: FaultCode;
  /** HTTP status: 500 by SOAP 1.1 section 6.2, others if HTTP has a more specific one. */
  readonly status: number;
  constructor(code: FaultCode, message: string, status = 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
