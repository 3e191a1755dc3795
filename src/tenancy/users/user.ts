import { isoSeconds } from '../../kernel/clock.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

/** A user as others see it. */
export const UserShape = strict({
  id: Id,
  first_name: Type.String(),
  last_name: Type.String(),
  created_at: TimeText,
  profile_image_url: nullable(Type.String()),
  last_login: nullable(TimeText),
});

/** A user as it sees itself. */
export const MeShape = strict({ ...UserShape.properties, email: Type.String(), language: Type.Enum(['nb', 'en']) });

/** Counts of what a change of password ended; programs are those that lost a token or grant. */
export const EndedShape = strict({
  sessions: Type.Integer(),
  access_tokens: Type.Integer(),
  programs: Type.Integer(),
});

export interface UserRow {
  id: number;
  first_name: string;
  last_name: string;
  created_at: Date;
  profile_image_url: string | null;
  last_login: Date | null;
}

export interface MeRow extends UserRow {
  email: string;
  language: 'nb' | 'en';
}

export function userJson(row: UserRow) {
  return {
    id: row.id,
    first_name: row.first_name,
    last_name: row.last_name,
    created_at: isoSeconds(row.created_at),
    profile_image_url: row.profile_image_url,
    last_login: row.last_login && isoSeconds(row.last_login),
  };
}

export function meJson(row: MeRow) {
  return { ...userJson(row), email: row.email, language: row.language };
}

const EMAIL = /^[^\s@<>()",;:\\[\]]{1,64}@[^\s@<>()",;:\\[\]]+\.[^\s@<>()",;:\\[\].]+$/;

/** One plain address, without anything that could add a recipient or a header to a mail. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text);
}
