import type { OutboundAnswer } from '../platform/outbound/attempt.ts';
import type { OutboundMessage } from '../platform/outbound/outbound-message.ts';
import type { OutboundParty } from '../platform/outbound/outbound-party.ts';

/** A source of bearer tokens, which can drop a refused one. */
export interface TokenSource {
  token(): Promise<string>;
  drop(token: string): void;
}

export interface AuthorizedRequest {
  /** Its name in log and metrics. */
  call: string;
  /** Repeating is harmless. */
  repeatable?: boolean;
  message: OutboundMessage;
}

/**
 * Sends with a bearer token. One that is refused with 401 (revoked, or signed with a key that is gone) is dropped, and
 * the next source is tried: list a source twice to get a second token from it. Returns the last response with any
 * status below 500.
 */
export async function sendAuthorized(
  party: OutboundParty,
  sources: readonly [TokenSource, ...TokenSource[]],
  { call, repeatable, message }: AuthorizedRequest,
): Promise<OutboundAnswer> {
  let refused: OutboundAnswer | undefined;
  for (const source of sources) {
    let token = '';
    const answer = await party.send({
      call,
      ...(repeatable === undefined ? {} : { repeatable }),
      message: async () => {
        token = await source.token();
        return { ...message, headers: { ...message.headers, authorization: `Bearer ${token}` } };
      },
    });
    if (answer.status !== 401) return answer;
    source.drop(token);
    refused = answer;
  }
  return refused!;
}
