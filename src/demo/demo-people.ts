import sql from 'sql-template-tag';
import { dateInNorway, type LocalDate } from '../kernel/local-date.ts';
import type { Role } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Platform } from '../platform/operation.ts';
import { createClientAccount, createUser, forgetCallers } from '../tenancy/index.ts';
import { FIRM } from './story/story.ts';

/** Published: the demo is for trying out and holds no real data. */
export const DEMO_PASSWORD = 'hovedbok-demo';

interface Person {
  email: string;
  firstName: string;
  lastName: string;
  /** Role in the firm; null for the firm's clients. */
  role: Role | null;
}

/** The firm's people, and the owner of each client account by the key of the story. */
const PEOPLE = {
  manager: person('ellinor.toskrift', 'Ellinor', 'Bakkestrand', 'CA'),
  accountant: person('regnskapsforer', 'Marit', 'Tollefsrud', 'AA'),
  bookkeeper: person('medarbeider', 'Henrik', 'Sandvikmo', 'BK'),
  workshop: person('sigrun', 'Sigrun', 'Lerkefjell', null),
  'sole-proprietor': person('ylva', 'Ylva', 'Myrdahl', null),
  'housing-cooperative': person('styreleder', 'Hilde', 'Engsvik', null),
} as const;

export type PersonName = keyof typeof PEOPLE;

function person(local: string, firstName: string, lastName: string, role: Role | null): Person {
  return { email: `${local}@demo.example`, firstName, lastName, role };
}

export const DEMO_EMAIL = PEOPLE.accountant.email;
export const OWNER_EMAIL = PEOPLE.workshop.email;

export interface DemoPeople {
  users: ReadonlyMap<PersonName, number>;
  firmId: number;
  /** The day on which the demo was started: its story ends there, even if it is finished later. */
  today: LocalDate;
  finished: boolean;
}

/** Users created by an earlier start; undefined on the first one. */
export async function findPeople({ database }: Platform): Promise<DemoPeople | undefined> {
  return database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    const firm = await tx.maybe<{ id: number; metadata: { demo: { today: LocalDate; finished: boolean } } }>(sql`
      select c.id, c.metadata from client_accounts c
      join client_account_users m on m.client_account_id = c.id
      join users u on u.id = m.user_id
      where c.metadata ? 'demo' and u.email = ${DEMO_EMAIL}`);
    if (!firm) return undefined;
    return { users: await usersByName(tx), firmId: firm.id, ...firm.metadata.demo };
  });
}

async function usersByName(tx: Transaction): Promise<Map<PersonName, number>> {
  const emails = Object.values(PEOPLE).map(({ email }) => email);
  const rows = await tx.rows<{ id: number; email: string }>(
    sql`select id, email from users where email = any (${emails})`,
  );
  const names = Object.keys(PEOPLE) as PersonName[];
  return new Map(
    names.flatMap((name) => {
      const id = rows.find(({ email }) => email === PEOPLE[name].email)?.id;
      return id === undefined ? [] : [[name, id] as const];
    }),
  );
}

/** All users and the firm with its staff, in one transaction, all or none. */
export async function createPeople({ database, clock }: Platform): Promise<DemoPeople> {
  const today = dateInNorway(clock.now());
  const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const users = new Map<PersonName, number>();
    for (const [name, { role: _, ...facts }] of Object.entries(PEOPLE))
      users.set(name as PersonName, await createUser(tx, { ...facts, password: DEMO_PASSWORD }));
    const managerId = users.get('manager')!;
    const firmId = await createClientAccount(tx, {
      displayName: FIRM.name,
      createdById: managerId,
      organizationNumber: FIRM.organizationNumber,
      organization: { organization_form: 'AS', city: 'Hamar', postal_code: '2317', vat_registered: true },
      isProvider: true,
      providerType: 'ACCOUNTANT',
      metadata: { demo: { today, finished: false } },
    });
    for (const [name, { role }] of Object.entries(PEOPLE)) {
      if (role === null || role === 'CA') continue;
      await tx.execute(sql`
        insert into client_account_users (client_account_id, user_id, role_id, created_by_id)
        values (${firmId}, ${users.get(name as PersonName)!}, (select id from roles where code = ${role}), ${managerId})`);
    }
    await tx.execute(sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, after)
      values (${firmId}, ${managerId}, 'demo.people', 'client_account', ${firmId}, ${JSON.stringify({ users: Object.fromEntries(users) })})`);
    return { users, firmId };
  });
  forgetCallers(database);
  return { ...made, today, finished: false };
}
