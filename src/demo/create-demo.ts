import { assert } from '../kernel/assert.ts';
import type { Platform } from '../platform/operation.ts';
import { addClientAccount, changeContract, requestContract, updateClientAccount } from '../tenancy/index.ts';
import { type Actor, actor } from './actor.ts';
import { createPeople, DEMO_EMAIL, DEMO_PASSWORD, findPeople, OWNER_EMAIL, type PersonName } from './demo-people.ts';
import { renewDemoToken } from './demo-token.ts';
import { enterBooks } from './enter-books.ts';
import type { StoryCompany } from './story/company.ts';
import { demoStory } from './story/story.ts';

const SEED = 'hovedbok';

export interface DemoInfo {
  /** The accountant, who has access to all three clients; the owner, who has access to one. Both have the password. */
  email: string;
  ownerEmail: string;
  password: string;
  token: string;
  /** True if this call created or finished it, false if it was complete. */
  created: boolean;
}

/**
 * Creates the demo on an installation without one: an accounting firm, its users, and three clients whose books are
 * entered through the ordinary operations. Finishes an interrupted one. Issues a new token each time.
 */
export async function createDemo(platform: Platform, { token }: { token?: string } = {}): Promise<DemoInfo> {
  const found = await findPeople(platform);
  const people = found ?? (await createPeople(platform));
  const as = (name: PersonName) => actor(platform, people.users.get(name));
  if (!people.finished) {
    const companies = [];
    for (const company of demoStory(SEED, people.today))
      companies.push({ company, id: await takeOn(as, company, people.firmId) });
    const bookkeeperId = people.users.get('bookkeeper');
    assert(bookkeeperId !== undefined, 'the demo has its bookkeeper');
    const { today } = people;
    const staff = {
      bookkeeper: await as('bookkeeper'),
      accountant: await as('accountant'),
      bookkeeperId,
      platform,
      today,
    };
    // Books of different clients are entered concurrently. If one fails, the others still finish.
    const entered = await Promise.allSettled(companies.map(({ company, id }) => enterBooks(staff, id, company)));
    for (const books of entered) if (books.status === 'rejected') throw books.reason;
    const manager = await as('manager');
    const metadata = { demo: { today: people.today, finished: true } };
    await manager.run(updateClientAccount, people.firmId, 'finished', { metadata });
  }
  const userId = people.users.get('accountant');
  assert(userId !== undefined, 'the demo has its accountant');
  return {
    email: DEMO_EMAIL,
    ownerEmail: OWNER_EMAIL,
    password: DEMO_PASSWORD,
    token: await renewDemoToken(platform, userId, token),
    created: !people.finished,
  };
}

/** The owner opens the client account and asks the firm for its services; the accountant accepts. */
async function takeOn(as: (name: PersonName) => Promise<Actor>, company: StoryCompany, firmId: number) {
  const { key, name, organizationNumber, organizationForm, address, vat, hasPayroll, startsOn } = company;
  const ownerName = key as PersonName;
  const { id } = await (
    await as(ownerName)
  ).run(addClientAccount, null, `open ${key}`, {
    display_name: name,
    organization_number: organizationNumber,
    organization: {
      organization_form: organizationForm,
      vat_registered: vat !== null,
      address_line: address.street,
      postal_code: address.postalCode,
      city: address.city,
    },
    settings: {
      start_date: startsOn,
      vat_liable: vat !== null,
      ...(vat ? { vat_registration_date: vat.registeredFrom, vat_return_frequency: vat.frequency } : {}),
      payroll_active: hasPayroll,
      ...(hasPayroll ? { payroll_frequency: 'MONTHLY' as const, payroll_date: 20 } : {}),
      project_module: company.projects.length > 0,
    },
  });
  const contract = await (
    await as(ownerName)
  ).run(requestContract, null, `contract ${key}`, {
    client_account_id: id,
    provider_client_account_id: firmId,
    service_provided: 'Regnskapsføring og lønn',
    start_date: startsOn,
  });
  await (
    await as('accountant')
  ).run(changeContract, null, `approve ${key}`, {
    id: contract.id,
    changes: { approval_status: 'APPROVED' },
  });
  return id;
}
