import sql from 'sql-template-tag';
import { lockBooks } from '../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../platform/errors.ts';
import { Id, nullable, type Static, strict, Type } from '../platform/http/schema.ts';
import { readOperation, writeOperation } from '../platform/operation.ts';
import { invoiceErrors } from './errors.ts';

const SERIES = ['ARINV', 'ARCRN', 'ARCIN', 'ARDEB'] as const;
type Series = (typeof SERIES)[number];
const SeriesNumber = Type.Integer({ minimum: 1, maximum: 999_999_999_999 });

const KidRule = strict({
  bank_account_id: Id,
  modulus: Type.Enum(['MOD10', 'MOD11']),
  customer_digits: Type.Integer({ minimum: 0, maximum: 12 }),
  invoice_digits: Type.Integer({ minimum: 1, maximum: 12 }),
});

const fields = {
  bank_account_id: nullable({ ...Id, description: 'Paid to where a document says nothing else' }),
  payment_terms_days: Type.Integer({ minimum: 0, maximum: 365 }),
  is_vat_registered: Type.Boolean({ description: 'MVA behind the organisation number' }),
  in_business_register: Type.Boolean({ description: 'Shows «Foretaksregisteret»' }),
  logo_file_id: nullable({ ...Id, description: 'PNG or JPEG, at most 2 MB' }),
  reply_to: nullable(Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' })),
  four_eyes: Type.Boolean({ description: 'Received invoices are approved by somebody else than who prepared them' }),
};

export const InvoiceSettingsInput = strict({
  ...(Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, Type.Optional(type)])) as {
    [K in keyof typeof fields]: ReturnType<typeof Type.Optional<(typeof fields)[K]>>;
  }),
  next_numbers: Type.Optional(
    strict(
      Object.fromEntries(SERIES.map((type) => [type, Type.Optional(SeriesNumber)])) as Record<
        Series,
        ReturnType<typeof Type.Optional<typeof SeriesNumber>>
      >,
    ),
  ),
  kid_rules: Type.Optional(Type.Array(KidRule, { maxItems: 50 })),
});
export type InvoiceSettingsInput = Static<typeof InvoiceSettingsInput>;

export const InvoiceSettingsView = strict({
  ...fields,
  next_numbers: strict(
    Object.fromEntries(SERIES.map((type) => [type, SeriesNumber])) as Record<Series, typeof SeriesNumber>,
  ),
  kid_rules: Type.Array(KidRule),
});
export type InvoiceSettingsView = Static<typeof InvoiceSettingsView>;

type Columns = Omit<InvoiceSettingsView, 'next_numbers' | 'kid_rules'>;

async function findSettings(tx: Transaction, clientAccountId: number): Promise<InvoiceSettingsView | null> {
  const columns = await tx.maybe<Columns>(sql`
    select bank_account_id, payment_terms_days, is_vat_registered, in_business_register, logo_file_id, reply_to, four_eyes
    from invoice_settings where client_account_id = ${clientAccountId}`);
  if (!columns) return null;
  const series = await tx.rows<{ document_type: Series; next: number }>(sql`
    select document_type, last_number + 1 as next from invoice_series where client_account_id = ${clientAccountId}`);
  const kid_rules = await tx.rows<InvoiceSettingsView['kid_rules'][number]>(sql`
    select bank_account_id, modulus, customer_digits, invoice_digits from kid_rules
    where client_account_id = ${clientAccountId} order by bank_account_id`);
  const next = new Map(series.map((each) => [each.document_type, each.next]));
  const next_numbers = Object.fromEntries(SERIES.map((type) => [type, next.get(type) ?? 1])) as Record<Series, number>;
  return { ...columns, next_numbers, kid_rules };
}

export const getInvoiceSettings = readOperation({
  name: 'invoice-settings.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }) {
    const settings = await findSettings(tx, clientAccountId);
    if (!settings) throw invoiceErrors.no_settings();
    return settings;
  },
});

const NEW: Columns = {
  bank_account_id: null,
  payment_terms_days: 14,
  is_vat_registered: false,
  in_business_register: false,
  logo_file_id: null,
  reply_to: null,
  four_eyes: false,
};

/**
 * Changes the given fields. From the first call on, sales documents are numbered from the series; the start of a series is
 * decided before its first number is assigned. Error: invoices.series_in_use.
 */
export const changeInvoiceSettings = writeOperation({
  name: 'invoice-settings.change',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: InvoiceSettingsInput): Promise<InvoiceSettingsView> {
    await lockBooks(tx, clientAccountId);
    const before = await findSettings(tx, clientAccountId);
    const { next_numbers = {}, kid_rules, ...given } = input;
    const kept = before ?? NEW;
    const columns: Columns = {
      bank_account_id: given.bank_account_id === undefined ? kept.bank_account_id : given.bank_account_id,
      payment_terms_days: given.payment_terms_days ?? kept.payment_terms_days,
      is_vat_registered: given.is_vat_registered ?? kept.is_vat_registered,
      in_business_register: given.in_business_register ?? kept.in_business_register,
      logo_file_id: given.logo_file_id === undefined ? kept.logo_file_id : given.logo_file_id,
      reply_to: given.reply_to === undefined ? kept.reply_to : given.reply_to,
      four_eyes: given.four_eyes ?? kept.four_eyes,
    };
    await refuseUnknown(tx, clientAccountId, input);
    await tx.execute(sql`
      insert into invoice_settings (client_account_id, bank_account_id, payment_terms_days, is_vat_registered,
        in_business_register, logo_file_id, reply_to, four_eyes, updated_at, updated_by_id)
      values (${clientAccountId}, ${columns.bank_account_id}, ${columns.payment_terms_days}, ${columns.is_vat_registered},
        ${columns.in_business_register}, ${columns.logo_file_id}, ${columns.reply_to}, ${columns.four_eyes}, ${now}, ${caller.userId})
      on conflict (client_account_id) do update set bank_account_id = excluded.bank_account_id,
        payment_terms_days = excluded.payment_terms_days, is_vat_registered = excluded.is_vat_registered,
        in_business_register = excluded.in_business_register, logo_file_id = excluded.logo_file_id,
        reply_to = excluded.reply_to, four_eyes = excluded.four_eyes, updated_at = excluded.updated_at,
        updated_by_id = excluded.updated_by_id`);
    for (const type of SERIES) await beginSeries(tx, clientAccountId, type, next_numbers[type]);
    if (kid_rules) {
      await tx.execute(sql`delete from kid_rules where client_account_id = ${clientAccountId}`);
      for (const rule of kid_rules)
        await tx.execute(sql`
          insert into kid_rules (client_account_id, bank_account_id, modulus, customer_digits, invoice_digits)
          values (${clientAccountId}, ${rule.bank_account_id}, ${rule.modulus}, ${rule.customer_digits}, ${rule.invoice_digits})`);
    }
    const after = (await findSettings(tx, clientAccountId))!;
    audit({ recordType: 'invoice_settings', before, after });
    return after;
  },
});

async function beginSeries(
  tx: Transaction,
  clientAccountId: number,
  type: Series,
  next: number | undefined,
): Promise<void> {
  if (next === undefined) return;
  const series = await tx.maybe<{ first_number: number; last_number: number }>(sql`
    select first_number, last_number from invoice_series
    where client_account_id = ${clientAccountId} and document_type = ${type}`);
  const isUsed = series !== undefined && series.last_number >= series.first_number;
  if (isUsed && series.last_number + 1 === next) return;
  if (isUsed) throw invoiceErrors.series_in_use({ document_type: type, next_number: series.last_number + 1 });
  await tx.execute(sql`
    insert into invoice_series (client_account_id, document_type, first_number, last_number)
    values (${clientAccountId}, ${type}, ${next}, ${next - 1})
    on conflict (client_account_id, document_type) do update set first_number = excluded.first_number,
      last_number = excluded.last_number`);
}

/** Checks only the given fields: a record that was deactivated since must not block other changes. */
async function refuseUnknown(
  tx: Transaction,
  clientAccountId: number,
  { bank_account_id, logo_file_id, kid_rules = [] }: InvoiceSettingsInput,
): Promise<void> {
  const problems: FieldProblem[] = [];
  const houseAccount = async (id: number, path: string) => {
    const found = await tx.maybe(sql`
      select id from bank_accounts where client_account_id = ${clientAccountId} and id = ${id} and business_partner_id is null`);
    if (!found) problems.push(problem(path, `unknown bank account ${id}`, `ukjent bankkonto ${id}`));
  };
  if (bank_account_id != null) await houseAccount(bank_account_id, 'bank_account_id');
  const seen = new Set<number>();
  for (const [i, rule] of kid_rules.entries()) {
    await houseAccount(rule.bank_account_id, `kid_rules[${i}].bank_account_id`);
    if (seen.has(rule.bank_account_id))
      problems.push(problem(`kid_rules[${i}].bank_account_id`, 'has a rule already', 'har en regel fra før'));
    seen.add(rule.bank_account_id);
    const digits = rule.customer_digits + rule.invoice_digits;
    if (digits < 3 || digits > 23)
      problems.push(problem(`kid_rules[${i}]`, 'must come to 3 to 23 digits', 'må ha 3 til 23 sifre til sammen'));
  }
  if (logo_file_id != null) {
    const logo = await tx.maybe<{ content_type: string; size_bytes: number }>(sql`
      select content_type, size_bytes from files
      where client_account_id = ${clientAccountId} and id = ${logo_file_id} and is_active`);
    if (!logo || !['image/png', 'image/jpeg'].includes(logo.content_type) || logo.size_bytes > 2_000_000)
      problems.push(
        problem('logo_file_id', 'must be a PNG or JPEG of at most 2 MB', 'må være en PNG eller JPEG på høyst 2 MB'),
      );
  }
  if (problems.length > 0) throw invalid(problems);
}
