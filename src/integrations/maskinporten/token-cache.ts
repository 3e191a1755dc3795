export interface Token {
  value: string;
  /** Milliseconds since the epoch, from when on it is not handed out any more. */
  until: number;
}

/** Tokens by what they are for. Who asks while one is being fetched waits for the same one. */
export class TokenCache {
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new Map<string, Promise<Token>>();

  /** A token that is still good, or the one that `fetch` brings. */
  async get(key: string, now: number, fetch: () => Promise<Token>): Promise<string> {
    const known = this.#tokens.get(key);
    if (known && known.until > now) return known.value;
    let under = this.#fetching.get(key);
    if (!under) {
      this.#sweep(now);
      under = fetch().finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, under);
    }
    const token = await under;
    this.#tokens.set(key, token);
    return token.value;
  }

  /** It was refused: nobody gets it again. Another one under its key stays. */
  drop(value: string): void {
    for (const [key, token] of this.#tokens) if (token.value === value) this.#tokens.delete(key);
  }

  #sweep(now: number): void {
    for (const [key, token] of this.#tokens) if (token.until <= now) this.#tokens.delete(key);
  }
}

/** Until when a token is used: its end less 30 seconds, but at most a fifth of its life less. */
export function usableUntil(now: number, expiresInSeconds: number): number {
  return now + (expiresInSeconds - Math.min(30, expiresInSeconds * 0.2)) * 1000;
}
