import { invalid } from '../../platform/errors.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { Id, requireDates, Type } from '../../platform/http/schema.ts';
import { SettingsInput, SettingsShape } from './client-account-settings.ts';
import { currentSettings } from './client-account-settings-current.ts';
import { listSettings } from './client-account-settings-list.ts';
import { saveSettings } from './client-account-settings-save.ts';

const tag = 'Client account settings';
const path = '/client-accounts/{client_account_id}/settings';
const params = Type.Object({ client_account_id: Id });

const save = (method: 'POST' | 'PUT' | 'PATCH', summary: string) =>
  route({
    method,
    path,
    tag,
    summary,
    operation: saveSettings,
    client: 'path',
    params,
    body: SettingsInput,
    status: method === 'POST' ? 201 : 200,
    response: SettingsShape,
    input: ({ body }) => {
      const dates = ['active_from', 'start_date', 'vat_registration_date'] as const;
      const faults = requireDates(Object.fromEntries(dates.map((name) => [name, body[name] as string | undefined])));
      if (faults.length > 0) throw invalid(faults);
      return { changes: body, adds: method === 'POST' };
    },
  });

export const clientAccountSettingsRoutes: Route[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'All versions of the settings, the newest first',
    operation: listSettings,
    client: 'path',
    params,
    response: Type.Array(SettingsShape),
    input: () => undefined,
  }),
  route({
    method: 'GET',
    path: `${path}/current`,
    tag,
    summary: 'The settings in force',
    operation: currentSettings,
    client: 'path',
    params,
    response: SettingsShape,
    input: () => undefined,
  }),
  save('POST', 'Add a version from a date, today if none is given; what is left out stays as before'),
  save('PUT', 'Change the version of a date, the one in force if none is given'),
  save('PATCH', 'Change the version of a date, the one in force if none is given'),
];
