import type { Platform } from '../../../platform/operation.ts';
import { altinnUserToken } from '../../altinn/index.ts';
import { userToken } from '../../id-porten/index.ts';
import { mvaMeldingErrors } from './errors.ts';

/** `idPorten`: for Skatteetaten's validation. `altinn`: the same token exchanged, for the app. */
export type TokenKind = 'idPorten' | 'altinn';

/** The organisation of the return, and the person who sends it. */
export interface Sender {
  organizationNumber: string;
  /** `refused`: the party refused this token. Throws mva_melding.login_required (403). */
  token(kind: TokenKind, refused?: string): Promise<string>;
}

const VALIDATION_SCOPE = 'skatteetaten:mvameldingvalidering';
const SUBMISSION_SCOPE = 'skatteetaten:mvameldinginnsending';

/** A person who logged in through ID-porten, for an organisation. */
export function senderOf(platform: Platform, userId: number, organizationNumber: string): Sender {
  return {
    organizationNumber,
    async token(kind, refused) {
      const again = refused === undefined ? {} : { refused };
      const token =
        kind === 'idPorten'
          ? (await userToken(platform, userId, { scopes: [VALIDATION_SCOPE], ...again }))?.accessToken
          : (await altinnUserToken(platform, userId, { scopes: [SUBMISSION_SCOPE], ...again }))?.token;
      if (token === undefined) throw mvaMeldingErrors.login_required();
      return token;
    },
  };
}
