import { RelatedUser, type RelatedUserRow, relatedUserView } from '../../platform/http/relations.ts';
import { strict, Type } from '../../platform/http/schema.ts';

/** A user as others see it. */
export const UserShape = strict(RelatedUser.properties);

/** A user as it sees itself. */
export const MeShape = strict({ ...UserShape.properties, email: Type.String(), language: Type.Enum(['nb', 'en']) });

/** Counts of what a change of password ended; programs are those that lost a token or grant. */
export const EndedShape = strict({
  sessions: Type.Integer(),
  access_tokens: Type.Integer(),
  programs: Type.Integer(),
});

export interface MeRow extends RelatedUserRow {
  email: string;
  language: 'nb' | 'en';
}

export function meJson(row: MeRow) {
  return { ...relatedUserView(row), email: row.email, language: row.language };
}

const EMAIL = /^[^\s@<>()",;:\\[\]]{1,64}@[^\s@<>()",;:\\[\]]+\.[^\s@<>()",;:\\[\].]+$/;

/** One plain address, without anything that could add a recipient or a header to a mail. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text);
}
