/** The outcome of one attempt, for log and metrics. Names only: no address, no header, no sent data. */
export interface OutboundCall {
  service: string;
  /** The call's name in its client: `eiendom.soek`. */
  call: string;
  attempt: number;
  /** The status of the response, or how it failed. */
  outcome: string;
  ms: number;
}
