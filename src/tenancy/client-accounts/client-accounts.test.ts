import { afterAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { tenancyRoutes } from '../index.ts';

const people = new People();
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

async function owner() {
  const user = await people.user();
  return { ...user, api: api.as(await people.token(user.id)) };
}

describe('opening a client account', () => {
  it('gives the maker the role CA, standard VAT codes, settings and an audit record', async () => {
    const { id: userId, api: me } = await owner();
    const made = await me.post('/client-accounts', {
      display_name: 'Fjord & Fjell Æra AS',
      organization_number: '923609016',
      organization: { city: 'Stavanger' },
      settings: { vat_liable: true, vat_return_frequency: 'BIMONTHLY', pension_rate: '2' },
    });
    expect(made.status).toBe(201);
    expect(made.body.unique_name).toMatch(/^fjord-fjell-aera-as(-\w+)?$/);
    const id = made.body.id as number;
    const shown = await me.get(
      `/client-accounts/${id}?with=organization,users.role,current_settings,statistics,settings`,
    );
    expect(shown.body).toMatchObject({
      organization_number: '923609016',
      organization: { organization_number: '923609016' },
      users: [{ user_id: userId, role: { id: 3, name: 'CA' } }],
      current_settings: {
        vat_liable: true,
        vat_return_frequency: 'BIMONTHLY',
        pension_rate: '2.0000',
        active_to: null,
      },
      statistics: { posted_entries: 0, draft_entries: 0, active_users: 1, last_entry_date: null },
    });
    const audit = await me.get(`/audit-log?client_account_id=${id}`);
    expect(audit.body.data).toMatchObject([{ operation: 'client_accounts.create', user_id: userId, record_id: id }]);
    const codes = await asOwner('select count(*) from tax_codes where client_account_id = $1', [id]);
    expect(Number(codes.rows[0].count)).toBe(30);
  });

  it.each([
    [{}, 400, 'display_name'],
    [{ display_name: 'X', organization_number: '923609017' }, 400, 'organization_number'],
    [{ display_name: 'X', unique_name: 'Store Bokstaver' }, 400, 'unique_name'],
    [{ display_name: 'X', settings: { pension_rate: '101' } }, 400, 'settings.pension_rate'],
    [{ display_name: 'X', settings: { pension_provider_id: 1 } }, 400, 'settings.pension_provider_id'],
    [{ display_name: 'X', provider_type: 'BANK' }, 400, 'provider_type'],
  ])('%o: %s for %s', async (body, status, path) => {
    const answer = await (await owner()).api.post('/client-accounts', body);
    expect(answer.status).toBe(status);
    expect(answer.body.details.fields.map((field: { path: string }) => field.path)).toContain(path);
  });

  it('a name that was asked for is refused when taken, a made one gives way', async () => {
    const { api: me } = await owner();
    const unique = `navn-${Date.now()}`;
    expect((await me.post('/client-accounts', { display_name: 'A', unique_name: unique })).status).toBe(201);
    const taken = await me.post('/client-accounts', { display_name: 'A', unique_name: unique });
    expect([taken.status, taken.body.details.code]).toEqual([409, 'tenancy.unique_name_taken']);
    const one = await me.post('/client-accounts', { display_name: unique });
    expect(one.body.unique_name).toBe(`${unique}-2`);
  });

  it('a repeated request under one key opens one account', async () => {
    const { api: me } = await owner();
    const open = () => me.post('/client-accounts', { display_name: 'Én gang AS' }, { 'idempotency-key': 'en-gang' });
    const [first, second] = [await open(), await open()];
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });
});

describe('listing client accounts', () => {
  it('filters by kind of access, provider and activity, sorts and pages', async () => {
    const [client, accountant] = [await owner(), await owner()];
    const firm = await people.clientAccount(accountant.id, { displayName: 'Byrå', isProvider: true });
    const served = await people.clientAccount(client.id, { displayName: 'Kunde' });
    await people.clientAccount(client.id, { displayName: 'Fremmed' });
    await people.contract(served, firm);
    const ids = async (query: string) =>
      (await accountant.api.get(`/client-accounts${query}`)).body.data.map((row: { id: number }) => row.id);
    expect(await ids('')).toEqual([firm, served]);
    expect(await ids('?has_direct_role=true')).toEqual([firm]);
    expect(await ids('?has_direct_role=false')).toEqual([served]);
    expect(await ids('?is_provider=true')).toEqual([firm]);
    expect(await ids('?provider_type=AUDITOR')).toEqual([]);
    expect(await ids('?order_by=display_name desc')).toEqual([served, firm]);
    expect(await ids('?per_page=1&page=2')).toEqual([served]);
    expect((await client.api.patch(`/client-accounts/${served}`, { is_active: false })).status).toBe(200);
    expect(await ids('')).toEqual([firm]);
    expect(await ids('?is_active=null')).toEqual([firm, served]);
    const wrong = await accountant.api.get('/client-accounts?with=secrets&order_by=id');
    expect([wrong.status, wrong.body.details.fields[0].path]).toEqual([400, 'with']);
    const both = await accountant.api.get('/client-accounts?is_active=null&with=client_contracts,provider_contracts');
    expect(both.body.data[0].client_contracts).toMatchObject([
      { client_account_id: served, approval_status: 'APPROVED' },
    ]);
    expect(both.body.data[1].provider_contracts).toMatchObject([{ provider_client_account_id: firm }]);
  });

  it('an employee sees the organisation and nothing else', async () => {
    const [one, employee] = [await owner(), await owner()];
    const id = await people.clientAccount(one.id, { organizationNumber: '974760673' });
    await people.role(id, employee.id, 'EM');
    const shown = await employee.api.get(`/client-accounts/${id}?with=organization,users,settings,statistics`);
    expect(shown.body).toMatchObject({ organization: { organization_number: '974760673' } });
    expect([shown.body.users, shown.body.settings, shown.body.statistics]).toEqual([null, null, null]);
  });
});

describe('changing a client account', () => {
  it('PUT and PATCH change what is given and keep before and after', async () => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    expect((await one.api.put(`/client-accounts/${id}`, { display_name: 'Nytt navn' })).body.display_name).toBe(
      'Nytt navn',
    );
    const changed = await one.api.patch(`/client-accounts/${id}`, { metadata: { ref: 7 }, accounting_currency: 'EUR' });
    expect(changed.body).toMatchObject({ display_name: 'Nytt navn', metadata: { ref: 7 }, accounting_currency: 'EUR' });
    const audit = await one.api.get(`/audit-log?client_account_id=${id}&operation=client_accounts.update`);
    expect(audit.body.data[1]).toMatchObject({
      before: { display_name: 'Prøve AS' },
      after: { display_name: 'Nytt navn' },
    });
  });

  it('shared facts of an organisation are not one client account’s to rewrite', async () => {
    const [one, two] = [await owner(), await owner()];
    const first = await people.clientAccount(one.id, { organizationNumber: '889640782' });
    const change = () => one.api.patch(`/client-accounts/${first}`, { organization: { name: 'Mitt' } });
    expect((await change()).status).toBe(200);
    await people.clientAccount(two.id, { organizationNumber: '889640782', organization: { name: 'Kapret' } });
    const refused = await change();
    expect([refused.status, refused.body.details.code]).toEqual([409, 'tenancy.organization_shared']);
    const found = await api.call('GET', '/api/v2/organizations?organization_number=889640782');
    expect(found.body.data).toMatchObject([{ name: 'Mitt' }]);
  });

  it('a firm with clients stays a firm', async () => {
    const one = await owner();
    const firm = await people.clientAccount(one.id, { isProvider: true });
    await people.contract(await people.clientAccount(one.id), firm);
    const refused = await one.api.patch(`/client-accounts/${firm}`, { is_provider: false });
    expect([refused.status, refused.body.details.code]).toEqual([409, 'tenancy.provider_in_use']);
  });
});

/** As the owner of the schema: one balanced entry of a year, with the posting time of that year. */
async function posted(clientAccountId: number, year: number): Promise<void> {
  await asOwner(
    `insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date,
       period, source, debit_total, credit_total, line_count, created_by_id)
     values ($1, $1 * 2147483648 + 1000000, 1, 'GL', $2, 1, make_date($2, 6, 1), 6, 'test', 0, 0, 1, 1)`,
    [clientAccountId, year],
  );
  await asOwner('update client_account_heads set last_posting_no = 1 where client_account_id = $1', [clientAccountId]);
}

describe('removing and resetting', () => {
  it.each([
    ['nothing posted', null, 200],
    ['posted this year', new Date().getUTCFullYear(), 409],
    ['the fifth year after', new Date().getUTCFullYear() - 5, 409],
    ['the sixth year after', new Date().getUTCFullYear() - 6, 200],
  ])('removal, %s', async (_, year, status) => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    if (year) await posted(id, year);
    const answer = await one.api.delete(`/client-accounts/${id}`);
    expect(answer.status).toBe(status);
    const left = await asOwner('select from tax_codes where client_account_id = $1', [id]);
    if (status === 200) {
      expect(left.rowCount).toBe(0);
      expect((await one.api.get(`/client-accounts/${id}`)).status).toBe(404);
      const audit = await asOwner(
        "select from audit_log where client_account_id = $1 and operation = 'client_accounts.remove'",
        [id],
      );
      expect(audit.rowCount).toBe(1);
    } else {
      expect(answer.body.details).toMatchObject({
        code: 'tenancy.books_must_be_kept',
        keep_until: `${year! + 5}-12-31`,
      });
      expect(left.rowCount).toBe(30);
    }
  });

  it('reset clears what was chosen, and nothing once something is posted', async () => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    await asOwner(
      `insert into business_partners (client_account_id, id, sequence_number, name) values ($1, $1 * 2147483648 + 1000000, 1, 'P')`,
      [id],
    );
    const partners = async () =>
      (await asOwner('select from business_partners where client_account_id = $1', [id])).rowCount;
    expect((await one.api.post(`/client-accounts/${id}/reset`, { data: ['DRAFTS'] })).status).toBe(200);
    expect(await partners()).toBe(1);
    expect(
      (await one.api.post(`/client-accounts/${id}/reset`, { data: ['BUSINESS_PARTNERS', 'ACCOUNTS'] })).status,
    ).toBe(200);
    expect(await partners()).toBe(0);
    await posted(id, 2015);
    const refused = await one.api.post(`/client-accounts/${id}/reset`, { data: ['DRAFTS'] });
    expect([refused.status, refused.body.details.code]).toEqual([409, 'tenancy.client_account_not_empty']);
  });

  it('only an owner removes; an accountant through a contract does not', async () => {
    const [client, accountant] = [await owner(), await owner()];
    const firm = await people.clientAccount(accountant.id, { isProvider: true });
    const id = await people.clientAccount(client.id);
    await people.contract(id, firm);
    const refused = await accountant.api.delete(`/client-accounts/${id}`);
    expect([refused.status, refused.body.details.code]).toEqual([403, 'request.role_missing']);
  });

  it('the database removes nothing that the transaction was not given', async () => {
    const one = await owner();
    const [given, other] = [await people.clientAccount(one.id), await people.clientAccount(one.id)];
    const { default: sql } = await import('sql-template-tag');
    const attempt = people.platform.database.transaction({ clientAccounts: [given], mode: 'write' }, (tx) =>
      tx.execute(sql`select remove_client_account(${other})`),
    );
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('settings', () => {
  it('are versions by date; each ends the day before the next', async () => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    const path = `/client-accounts/${id}/settings`;
    const added = await one.api.post(path, { active_from: '2024-01-01', vat_liable: true, autonomy_level: 'DRAFT' });
    expect([added.status, added.body.active_to]).toEqual([201, null]);
    await one.api.post(path, { active_from: '2025-07-01', pension_rate: 2.5 });
    await one.api.post(path, { active_from: '2999-01-01', plan: 'FREMTID' });
    const all = (await one.api.get(path)).body;
    expect(all.map((v: any) => [v.active_from, v.active_to, v.vat_liable, v.pension_rate, v.plan])).toEqual([
      ['2999-01-01', null, true, '2.5000', 'FREMTID'],
      ['2025-07-01', '2998-12-31', true, '2.5000', null],
      ['2024-01-01', '2025-06-30', true, null, null],
      ['1900-01-01', '2023-12-31', false, null, null],
    ]);
    expect((await one.api.get(`${path}/current`)).body).toMatchObject({
      active_from: '2025-07-01',
      autonomy_level: 'DRAFT',
    });
    const patched = await one.api.patch(path, { payroll_date: 12 });
    expect(patched.body).toMatchObject({ active_from: '2025-07-01', payroll_date: 12 });
    const put = await one.api.put(path, { active_from: '2024-01-01', autonomy_level: 'FULL' });
    expect(put.body).toMatchObject({ id: added.body.id, autonomy_level: 'FULL', vat_liable: true });
  });

  it.each([
    [{ active_from: '2025-02-30' }, 'active_from'],
    [{ pension_rate: '2.12345' }, 'pension_rate'],
    [{ employee_pension_rate: -1 }, 'employee_pension_rate'],
    [{ vat_return_frequency: 'QUARTERLY' }, 'vat_return_frequency'],
    [{ autonomy_level: 'ALL' }, 'autonomy_level'],
    [{ payroll_date: 32 }, 'payroll_date'],
    [{ pension_provider_id: 1 }, 'pension_provider_id'],
    [{ unknown: 1 }, 'unknown'],
  ])('%o: 400 for %s', async (body, path) => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    const answer = await one.api.post(`/client-accounts/${id}/settings`, body);
    expect(answer.status).toBe(400);
    expect([...new Set(answer.body.details.fields.map((field: { path: string }) => field.path))]).toEqual([path]);
  });
});

describe('facts of the organisation', () => {
  it('are written by its own owner, not by a firm that serves it', async () => {
    const [own, firm] = [await owner(), await owner()];
    const id = await people.clientAccount(own.id, { organizationNumber: '971526920' });
    const firmId = await people.clientAccount(firm.id, { isProvider: true });
    await people.contract(id, firmId);
    const change = (person: Awaited<ReturnType<typeof owner>>, body: object) =>
      person.api.patch(`/client-accounts/${id}`, body);
    expect((await change(firm, { metadata: { a: 1 } })).status).toBe(200);
    const refused = await change(firm, { organization: { email: 'firma@example.test' } });
    expect([refused.status, refused.body.details.code]).toEqual([403, 'tenancy.organization_not_yours']);
    expect((await change(own, { organization: { email: 'post@example.test' } })).status).toBe(200);
    const found = await api.call('GET', '/api/v2/organizations?organization_number=971526920');
    expect(found.body.data[0].email).toBe('post@example.test');
  });
});

describe('ten at once', () => {
  const ten = (make: (i: number) => Promise<{ status: number }>) =>
    Promise.all(Array.from({ length: 10 }, (_, i) => make(i))).then((answers) =>
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
    );

  it('client accounts of one name are one; removals of it too', async () => {
    const one = await owner();
    const name = `ti-${one.id}`;
    const make = () => one.api.post('/client-accounts', { display_name: 'Ti', unique_name: name });
    expect(await ten(make)).toEqual([201, ...Array<number>(9).fill(409)]);
    const { id } = (await one.api.get('/client-accounts')).body.data[0];
    const removed = await ten(() => one.api.delete(`/client-accounts/${id}`));
    expect(removed.filter((status) => status === 200)).toHaveLength(1);
    expect(removed.every((status) => [200, 403, 404].includes(status))).toBe(true);
  });

  it('settings from one day are one version; resets end alike', async () => {
    const one = await owner();
    const id = await people.clientAccount(one.id);
    const from = '2026-03-01';
    expect(
      await ten((i) => one.api.post(`/client-accounts/${id}/settings`, { active_from: from, plan: `P${i}` })),
    ).toEqual(Array<number>(10).fill(201));
    const versions = (await one.api.get(`/client-accounts/${id}?with=settings`)).body.settings as object[];
    expect(versions).toHaveLength(2);
    expect(await ten(() => one.api.post(`/client-accounts/${id}/reset`, { data: ['DRAFTS'] }))).toEqual(
      Array<number>(10).fill(200),
    );
  });

  it('a firm does not stop being one while a contract is asked for', async () => {
    const [own, firm] = [await owner(), await owner()];
    const id = await people.clientAccount(own.id);
    const firmId = await people.clientAccount(firm.id, { isProvider: true });
    await Promise.all([
      own.api.post('/contracts', { client_account_id: id, provider_client_account_id: firmId }),
      firm.api.patch(`/client-accounts/${firmId}`, { is_provider: false }),
    ]);
    const { rows } = await asOwner(
      `select p.is_provider, (select count(*)::int from contracts c where c.provider_client_account_id = p.id) as contracts
       from client_accounts p where p.id = $1`,
      [firmId],
    );
    expect([
      { is_provider: true, contracts: 1 },
      { is_provider: false, contracts: 0 },
    ]).toContainEqual(rows[0]);
  });
});
