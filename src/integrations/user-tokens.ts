/** Tokens of a person who is logged in through ID-porten. `anew`: a party has refused the last one. */
export interface UserTokens {
  /** The access token of ID-porten. Throws 403 where the person is not logged in. */
  idPorten(userId: number, options?: { anew?: boolean }): Promise<string>;
  /** The same exchanged at Altinn. Throws 403 where the person is not logged in. */
  altinn(userId: number, options?: { anew?: boolean }): Promise<string>;
}
