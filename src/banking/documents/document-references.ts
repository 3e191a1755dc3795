import sql from 'sql-template-tag';
import { unknownReferences } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import type { Values } from './document-input.ts';
import { unknownOfInvoice } from './invoice-fields.ts';

export async function refuseUnknown(tx: Transaction, clientAccountId: number, input: Values): Promise<void> {
  const lines = (input.lines ?? []).map((line, i) => ({ ...line, at: `lines[${i}].` }));
  const problems = await sideBySide(
    () => unknownPartners(tx, clientAccountId, input),
    () => unknownRecord(tx, clientAccountId, input, 'voucher_id', 'vouchers'),
    () => unknownRecord(tx, clientAccountId, input, 'credits_document_id', 'documents'),
    () => unknownBankAccounts(tx, clientAccountId, input),
    () => unknownReferences(tx, clientAccountId, lines),
    () => unknownOfInvoice(tx, clientAccountId, input),
  );
  if (problems.some((found) => found.length > 0)) throw invalid(problems.flat());
}

async function unknownPartners(tx: Transaction, clientAccountId: number, input: Values): Promise<FieldProblem[]> {
  const partners = (['business_partner_id', 'payor_id', 'collector_id'] as const).filter((name) => input[name] != null);
  if (partners.length === 0) return [];
  const asked = [...new Set(partners.map((name) => input[name]!))];
  const known = await tx.prepared<{ id: number }>(
    'document-partners',
    sql`select id from business_partners where client_account_id = ${clientAccountId} and id = any(${asked}::bigint[])`,
  );
  const ids = new Set(known.map(({ id }) => id));
  return partners
    .filter((name) => !ids.has(input[name]!))
    .map((name) =>
      problem(name, `unknown business partner ${input[name]}`, `ukjent forretningspartner ${input[name]}`),
    );
}

async function unknownRecord(
  tx: Transaction,
  clientAccountId: number,
  input: Values,
  name: 'voucher_id' | 'credits_document_id',
  table: 'vouchers' | 'documents',
): Promise<FieldProblem[]> {
  const id = input[name];
  if (id == null) return [];
  const found = await tx.maybe(
    table === 'vouchers'
      ? sql`select id from vouchers where client_account_id = ${clientAccountId} and id = ${id}`
      : sql`select id from documents where client_account_id = ${clientAccountId} and id = ${id}`,
  );
  return found ? [] : [problem(name, `unknown ${name.replace('_id', '')} ${id}`, `ukjent ${name} ${id}`)];
}

async function unknownBankAccounts(
  tx: Transaction,
  clientAccountId: number,
  { payment_lines = [] }: Values,
): Promise<FieldProblem[]> {
  const accounts = [...new Set(payment_lines.flatMap(({ bank_account_id }) => bank_account_id ?? []))];
  if (accounts.length === 0) return [];
  const rows = await tx.rows<{ id: number }>(sql`
    select id from bank_accounts where client_account_id = ${clientAccountId} and id = any(${accounts}::bigint[])`);
  const known = new Set(rows.map(({ id }) => id));
  return payment_lines.flatMap(({ bank_account_id: id }, i) =>
    id == null || known.has(id)
      ? []
      : [problem(`payment_lines[${i}].bank_account_id`, `unknown bank account ${id}`, `ukjent bankkonto ${id}`)],
  );
}
