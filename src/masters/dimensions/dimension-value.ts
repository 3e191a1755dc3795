import sql, { join, type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { mastersChanged, takeIds } from '../../ledger/index.ts';
import { assignments, holdsText } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors, type Text } from '../../platform/errors.ts';
import { attachRelations, RelationFields } from '../../platform/http/relations.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { Id, nullable, type Static, strict, TimeText, Type, MultiLineText } from '../../platform/http/schema.ts';
import type { Context } from '../../platform/operation.ts';
import { refuseOpenBalances } from './dimension-balances.ts';
import { insertDimensionValue } from './dimension-value-insert.ts';
import { AUDIT_FIELDS, readOnly } from '../read-only.ts';

/** A department or a project: a value of a dimension that users create. */
export type ValueType = 'department' | 'project';

const WHAT: Record<ValueType, Text> = {
  department: { nb: 'avdelingen', en: 'department' },
  project: { nb: 'prosjektet', en: 'project' },
};

const AutonomyLevel = nullable(
  Type.Enum(['NONE', 'DRAFT', 'FULL'], { description: 'null inherits the client account’s level' }),
);

const name = Type.String({ minLength: 1, maxLength: 150, pattern: '\\S' });
const optional = {
  code: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 35 }))),
  description: Type.Optional(nullable(MultiLineText({ maxLength: 1000 }))),
  autonomy_level: Type.Optional(AutonomyLevel),
};

const serverFields = readOnly(...AUDIT_FIELDS, 'sequence_number');

export const NewValue = strict({ client_account_id: Id, name, ...optional, ...serverFields });
export const ValueChanges = strict({
  client_account_id: Type.Optional(Id),
  name: Type.Optional(name),
  ...optional,
  is_active: Type.Optional(Type.Boolean()),
  ...serverFields,
});
export type ValueChanges = Pick<
  Static<typeof ValueChanges>,
  'name' | 'code' | 'description' | 'autonomy_level' | 'is_active'
>;

export const ValueFields = {
  id: Id,
  client_account_id: Id,
  sequence_number: Type.Integer({ description: 'Consecutive within the client account' }),
  code: nullable(Type.String()),
  name: Type.String(),
  description: nullable(Type.String()),
  is_active: Type.Boolean(),
  autonomy_level: AutonomyLevel,
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  ...RelationFields,
};
export const ValueView = strict(ValueFields);
export type ValueView = Static<typeof ValueView>;

interface ValueRow extends Omit<ValueView, 'created_at' | 'updated_at'> {
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = sql`id, client_account_id, sequence_number, code, name, description, is_active, autonomy_level,
  created_at, created_by_id, updated_at, updated_by_id`;

function viewOf(row: ValueRow): ValueView {
  return { ...row, created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at) };
}

export interface ListValues extends Page {
  /** null: both active and inactive values. */
  isActive: boolean | null;
  name?: string | undefined;
  orderBy?: string | undefined;
  with: ReadonlySet<string>;
}

const ORDER = {
  id: 'id',
  name: 'name collate nb_no',
  code: 'code collate nb_no',
  sequence_number: 'sequence_number',
  is_active: 'is_active',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

/** A page of the values of a dimension, over all requested client accounts. */
export async function listValues(
  { tx, clientAccountIds }: Pick<Context, 'tx' | 'clientAccountIds'>,
  type: ValueType,
  input: ListValues,
) {
  const conditions: Sql[] = [
    sql`client_account_id = any(${[...clientAccountIds]}::bigint[]) and dimension_type = ${type}`,
  ];
  if (input.isActive !== null) conditions.push(sql`is_active = ${input.isActive}`);
  if (input.name !== undefined) conditions.push(holdsText(['name', 'code'], input.name));
  const where = join(conditions, ' and ');
  const { records } = await tx.one<{ records: number }>(
    sql`select count(*) as records from dimension_values where ${where}`,
  );
  const rows = await tx.rows<ValueRow>(sql`
    select ${COLUMNS} from dimension_values where ${where}
    ${orderBy(input.orderBy, ORDER, 'sequence_number asc')} ${limitOffset(input)}`);
  const values = rows.map(viewOf);
  await attachRelations(tx, values, input.with);
  return envelope(values, input, records);
}

/** One value. Throws 404. */
export async function findValue(
  tx: Transaction,
  clientAccountId: number,
  type: ValueType,
  id: number,
  lock: Sql = sql``,
): Promise<ValueView> {
  const row = await tx.maybe<ValueRow>(sql`
    select ${COLUMNS} from dimension_values
    where client_account_id = ${clientAccountId} and dimension_type = ${type} and id = ${id} ${lock}`);
  if (!row) throw requestErrors.not_found({ what: type === 'department' ? 'Department' : 'Project' });
  return viewOf(row);
}

/** Creates a value with the next number of its kind; numbers have no gaps. */
export async function createValue(
  context: Context,
  type: ValueType,
  input: { name: string; code?: string | null; description?: string | null; autonomy_level?: string | null },
): Promise<ValueView> {
  const { tx, clientAccountId } = context;
  const id = await takeIds(tx, clientAccountId);
  const { name: given, code, description, autonomy_level } = input;
  await insertDimensionValue(context, { id, type, name: given.trim(), code, description, autonomy_level });
  const view = await findValue(tx, clientAccountId, type, id);
  context.audit({ recordType: type, recordId: id, after: view });
  return view;
}

/** Changes the given fields. Deactivation follows the rule of `refuseOpenBalances`. */
export async function updateValue(
  context: Context,
  type: ValueType,
  id: number,
  changes: ValueChanges,
): Promise<ValueView> {
  const { tx, clientAccountId, caller, now } = context;
  // Activation affects postings: take the row lock of the client account before anything is read.
  if (changes.is_active !== undefined) await mastersChanged(tx, clientAccountId);
  const before = await findValue(tx, clientAccountId, type, id, sql`for update`);
  if (changes.is_active === false && before.is_active)
    await refuseOpenBalances(tx, clientAccountId, type, id, WHAT[type]);
  const row = await tx.one<ValueRow>(sql`
    update dimension_values set ${assignments({
      name: changes.name?.trim(),
      code: changes.code,
      description: changes.description,
      autonomy_level: changes.autonomy_level,
      is_active: changes.is_active,
      updated_at: now,
      updated_by_id: caller.userId,
    })}
    where client_account_id = ${clientAccountId} and dimension_type = ${type} and id = ${id}
    returning ${COLUMNS}`);
  const after = viewOf(row);
  context.audit({ recordType: type, recordId: id, before, after });
  return after;
}
