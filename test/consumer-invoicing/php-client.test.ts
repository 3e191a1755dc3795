import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SoapWorld, soapWorld } from './soap-world.ts';

/** PHP with its SoapClient, a program of somebody else's: it reads our WSDL and makes its calls from it. */
const hasPhp = (() => {
  try {
    return execFileSync('php', ['-m'], { encoding: 'utf8' }).includes('soap');
  } catch {
    return false;
  }
})();

const SCRIPT = String.raw`<?php
[, $wsdl, $location, $calls] = $argv;
ini_set('soap.wsdl_cache_enabled', '0');
$client = new SoapClient($wsdl, ['location' => $location, 'exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$found = [];
foreach (json_decode($calls, true) as [$operation, $arguments]) {
  $given = array_map(fn ($one) => is_array($one) ? (object) $one : $one, $arguments);
  try {
    $found[] = $client->__soapCall($operation, $given);
  } catch (SoapFault $fault) {
    $found[] = ['fault' => $fault->faultcode];
  }
}
echo json_encode($found);
`;

describe.runIf(hasPhp)('PHP’s SoapClient', () => {
  let world: SoapWorld;
  let folder: string;
  let address: string;
  beforeAll(async () => {
    world = await soapWorld();
    await world.server.listen({ host: '127.0.0.1', port: 0 });
    address = `http://127.0.0.1:${(world.server.server.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), 'hb-php-'));
    writeFileSync(join(folder, 'call.php'), SCRIPT);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.close();
  });

  const call = async (calls: [string, unknown[]][]): Promise<any[]> => {
    const args = [
      join(folder, 'call.php'),
      `${address}/apis/v1.1/wsdl`,
      `${address}/apis/v1.1/api`,
      JSON.stringify(calls),
    ];
    const { stdout } = await promisify(execFile)('php', args, { timeout: 60_000 });
    return JSON.parse(stdout) as any[];
  };

  it('calls all seven operations', async () => {
    const { id, as, keys } = await world.company({ organizationNumber: '313367002' });
    await as.post(`/consumer-invoicing/consumers?client_account_id=${id}`, {
      reference_number: '42',
      name: 'Åse Øverås',
    });
    const { body: vendor } = await as.post('/consumer-invoicing/api-keys', {
      kind: 'vendor',
      name: 'PHP',
      client_account_id: id,
    });
    const all = { ...keys, vendor_api_key: vendor.key };
    const query = {
      name: 'åse',
      phone: null,
      email: null,
      state: null,
      reference_nr: null,
      customer_nr: null,
      timestamp: null,
    };
    const consumer = {
      state: 'NEW',
      name: 'Åse Øverås',
      phone: null,
      email: null,
      reference_nr: '42',
      customer_nr: null,
    };
    expect(
      await call([
        ['b2c_issuer_agreement_order', [all, 'Kari Nordmann', 'kari@example.test']],
        ['disable_b2c_issuer_agreement', [all]],
        ['consumer_agreement_status', [all, '42']],
        ['consumer_agreements_query', [all, query]],
        ['vendor_consumer_agreements_query', [all, { ...query, name: null }]],
        ['atg_agreement_configure', [all, '86011117947', 15, '1-6', null, '{"notif_print":false}']],
        ['atg_mandate_list', [all, '20200101000000']],
      ]),
    ).toEqual([
      'OK: Email sent to kari@example.test',
      'ERROR: Cannot disable agreement. Issuer state is PENDING',
      'OK: NEW',
      { status: 'OK', agreements: [consumer] },
      { status: 'OK', results: [{ company_id: keys.company_uuid, agreements: [consumer] }] },
      'OK',
      { status: 'OK', atg_mandates: [] },
    ]);
  });

  it('reads refusals and faults', async () => {
    const nobody = { company_uuid: null, user_api_key: 'nobody', vendor_api_key: null };
    const found = await call([
      ['consumer_agreement_status', [nobody, '42']],
      ['consumer_agreements_query', [nobody, null]],
    ]);
    expect(found[0]).toBe('ERROR: USER NOT FOUND');
    expect(found[1]).toMatchObject({ status: 'ERROR: USER NOT FOUND', agreements: null });
  });
});
