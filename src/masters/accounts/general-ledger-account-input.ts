import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { ACCOUNT_TYPES, DIMENSION_TYPE } from './general-ledger-account.ts';
import { AUDIT_FIELDS, readOnly } from '../read-only.ts';

const Description = Type.String({ minLength: 1, maxLength: 256, pattern: '\\S' });
const Code = Type.String({ minLength: 1, maxLength: 70 });
const Dimensions = Type.Array(DIMENSION_TYPE, { maxItems: 20 });

const SERVER_FIELDS = [
  ...AUDIT_FIELDS,
  'description',
  'country_code',
  'category_code_1',
  'category_code_2',
  'category_description_1',
  'category_description_2',
  'category_description_3',
  'is_own',
  'tax_codes',
  'statistics',
] as const;

export const NewAccount = strict({
  client_account_id: Id,
  account_code: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,69}$' }),
  description_nob: Description,
  description_eng: Type.Optional(Description),
  like_account_code: Type.Optional(
    Type.String({ description: 'A national account whose type, side, group and grouping hold where nothing is said' }),
  ),
  account_type: Type.Optional(Type.Enum([...ACCOUNT_TYPES])),
  normal_side: Type.Optional(Type.Enum(['debit', 'credit'])),
  category_code_3: Type.Optional(Code),
  grouping_code: Type.Optional(Code),
  grouping_category: Type.Optional(Type.String()),
  default_tax_code: Type.Optional(nullable(Code)),
  mandatory_dimensions: Type.Optional(Dimensions),
  is_active: Type.Optional(Type.Literal(true, { description: 'A new account is active' })),
  ...readOnly(...SERVER_FIELDS),
});
export type NewAccount = Omit<Static<typeof NewAccount>, 'client_account_id' | (typeof SERVER_FIELDS)[number]>;

/** For a national account null means the value of the national chart; a default VAT code of null means none. */
export const AccountChanges = strict({
  client_account_id: Id,
  description_nob: Type.Optional(nullable(Description)),
  description_eng: Type.Optional(nullable(Description)),
  category_code_3: Type.Optional(nullable(Code)),
  grouping_code: Type.Optional(nullable(Code)),
  grouping_category: Type.Optional(nullable(Type.String())),
  default_tax_code: Type.Optional(nullable(Code)),
  mandatory_dimensions: Type.Optional(nullable(Dimensions)),
  is_active: Type.Optional(Type.Boolean()),
  ...readOnly(...SERVER_FIELDS, 'account_code', 'account_type', 'normal_side'),
});
export type AccountChanges = Pick<
  Static<typeof AccountChanges>,
  | 'description_nob'
  | 'description_eng'
  | 'category_code_3'
  | 'grouping_code'
  | 'grouping_category'
  | 'default_tax_code'
  | 'mandatory_dimensions'
  | 'is_active'
>;

export const AsOf = Type.Optional(DateText);
