import { isoSeconds } from '../../kernel/clock.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const CONSUMER_STATES = ['NEW', 'REQUEST_SENT', 'ACCEPTED', 'ACTIVE', 'REJECTED', 'DELETED', 'ERROR'] as const;
export type ConsumerState = (typeof CONSUMER_STATES)[number];

/** Allowed transitions between states; ERROR is allowed after any. The database refuses all others. */
export const CONSUMER_STEPS: Readonly<Record<ConsumerState, readonly ConsumerState[]>> = {
  NEW: ['REQUEST_SENT', 'ACTIVE', 'REJECTED', 'ERROR'],
  REQUEST_SENT: ['ACCEPTED', 'ACTIVE', 'REJECTED', 'ERROR'],
  ACCEPTED: ['ACTIVE', 'REJECTED', 'DELETED', 'ERROR'],
  ACTIVE: ['DELETED', 'ERROR'],
  REJECTED: ['NEW', 'ERROR'],
  DELETED: ['NEW', 'ERROR'],
  ERROR: ['NEW'],
};

/** Whether the state may become the other, directly or through NEW: an operator reports the state, not the transitions. */
export function mayBecome(from: ConsumerState, to: ConsumerState): boolean {
  return from === to || CONSUMER_STEPS[from].includes(to);
}

export const ConsumerShape = strict({
  id: Id,
  reference_number: Type.String(),
  customer_number: nullable(Type.String()),
  name: nullable(Type.String()),
  phone: nullable(Type.String()),
  email: nullable(Type.String()),
  postal_code: nullable(Type.String()),
  city: nullable(Type.String()),
  status: Type.Enum([...CONSUMER_STATES]),
  status_reason: nullable(Type.String()),
  created_at: TimeText,
  updated_at: TimeText,
});

export interface ConsumerRow {
  id: number;
  reference_nr: string;
  customer_nr: string | null;
  name: string | null;
  phone: string | null;
  email: string | null;
  postal_code: string | null;
  city: string | null;
  state: ConsumerState;
  state_reason: string | null;
  efaktura_identifier: string | null;
  created_at: Date;
  updated_at: Date;
}

export const CONSUMER_COLUMNS =
  'id, reference_nr, customer_nr, name, phone, email, postal_code, city, state, state_reason, efaktura_identifier, created_at, updated_at';

export function consumerJson(row: ConsumerRow) {
  return {
    id: row.id,
    reference_number: row.reference_nr,
    customer_number: row.customer_nr,
    name: row.name,
    phone: row.phone,
    email: row.email,
    postal_code: row.postal_code,
    city: row.city,
    status: row.state,
    status_reason: row.state_reason,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}
