export interface Token {
  value: string;
  /** Milliseconds since the epoch; from then on it is not returned any more. */
  until: number;
}

/** Tokens by purpose. Concurrent callers wait for the same fetch. */
export class TokenCache {
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new Map<string, Promise<Token>>();

  /** A token that is still valid, or the result of `fetch`. */
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

  /** It was refused: it is not returned again. Another token under its key stays. */
  drop(value: string): void {
    for (const [key, token] of this.#tokens) if (token.value === value) this.#tokens.delete(key);
  }

  #sweep(now: number): void {
    for (const [key, token] of this.#tokens) if (token.until <= now) this.#tokens.delete(key);
  }
}

/** Until when a token is used: 30 seconds before it expires, or a fifth of its lifetime if that is shorter. */
export function usableUntil(now: number, expiresInSeconds: number): number {
  return now + (expiresInSeconds - Math.min(30, expiresInSeconds * 0.2)) * 1000;
}
