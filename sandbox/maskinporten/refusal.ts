import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in.ts';

/** A refusal of the token endpoint; the description begins with the code and ends with a trace id. */
export class Refused extends Error {
  readonly status: number;
  readonly error: string;

  constructor(error: string, code: string | null, text: string, status = 400) {
    super(code ? `${code}: ${text}` : text);
    this.status = status;
    this.error = error;
  }

  answer(): StandInAnswer {
    const description = `${this.message} (trace_id: ${randomUUID()})`;
    return { status: this.status, body: { error: this.error, error_description: description } };
  }
}
