import type { StandInAnswer } from '../stand-in.ts';

/** A refusal in the words of RFC 6749 section 5.2. */
export class OAuthRefused extends Error {
  readonly error: string;
  readonly status: number;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
    this.status = error === 'invalid_client' ? 401 : 400;
  }

  answer(): StandInAnswer {
    return {
      status: this.status,
      headers: { 'cache-control': 'no-store' },
      body: { error: this.error, error_description: this.message },
    };
  }
}
