/** One attempt as it ended, for log and metrics. Names only: no address, no header, nothing that was sent. */
export interface OutboundCall {
  service: string;
  /** The call as its client names it: `eiendom.soek`. */
  call: string;
  attempt: number;
  /** The status of the answer, or how it failed. */
  outcome: string;
  ms: number;
}
