import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configReference } from './config-reference.ts';
import { ConfigFaults, readConfig } from './config.ts';
import { packageRoot } from './package-root.ts';

test('an empty environment gives the defaults', () => {
  expect(readConfig({ HOST: '', PORT: ' ' })).toEqual({
    host: '127.0.0.1',
    port: 8080,
    trustProxy: 0,
    webhookPrivateAddresses: false,
    databasePoolSize: 10,
    databaseConnectionSeconds: 10,
    databaseLockSeconds: 10,
    databaseStatementSeconds: 60,
    databaseLastingSeconds: 3600,
    databaseIdleSeconds: 120,
    logLevel: 'info',
    workers: 2,
    maxUploadBytes: 26_214_400,
    maxImportBytes: 2_147_483_648,
    importSeconds: 14_400,
    importMemoryMb: 1024,
    renderingThreads: 2,
    renderingQueue: 20,
    renderingSeconds: 300,
    documentJobSeconds: 3600,
    documentJobDays: 7,
    renderingMemoryMb: 768,
    s3Region: 'us-east-1',
    maskinportenIssuer: 'https://maskinporten.no',
    skatteetatenUrl: 'https://api.skatteetaten.no',
    supplierName: 'Hovedbok',
    idPortenIssuer: 'https://idporten.no',
    idPortenScopes: 'openid profile',
    idPortenLevel: 'idporten-loa-substantial',
    idPortenPushed: true,
    altinnUrl: 'https://platform.altinn.no',
    altinnScopes:
      'altinn:reportees altinn:accessmanagement/authorizedparties skatteetaten:mvameldingvalidering skatteetaten:mvameldinginnsending',
    altinnParties: 'enduser',
    altinnReportees: 'altinn2',
    altinn2Url: 'https://www.altinn.no',
    altinnRights: ['app_skd_formueinntekt-skattemelding-v2'],
    altinnTokenExchange: true,
    dialogportenUrl: 'https://platform.altinn.no/dialogporten',
    dialogportenTokenExchange: false,
    mvaValidationUrl: 'https://idporten.api.skatteetaten.no',
    mvaAppUrl: 'https://skd.apps.altinn.no/skd/mva-melding-innsending-v1',
    peppolZone: 'participant.sml.prod.tech.peppol.org',
    peppolLookup: 'naptr',
    sandboxPort: 0,
  });
});

test('values are read in their form', () => {
  const config = readConfig({
    PORT: '0',
    DEMO: '0',
    PUBLIC_URL: 'https://books.example.no/',
    DATABASE_URL: 'postgres://hovedbok:secret@db/hovedbok',
    SMTP_URL: 'smtps://user:secret@mail.example.no:465',
    MAIL_FROM: 'Hovedbok <hovedbok@example.no>',
    LOG_LEVEL: 'warn',
  });
  expect(config).toMatchObject({
    port: 0,
    demo: false,
    publicUrl: 'https://books.example.no',
    databaseUrl: 'postgres://hovedbok:secret@db/hovedbok',
    mailFrom: 'Hovedbok <hovedbok@example.no>',
    logLevel: 'warn',
  });
});

test('all faults come at once, and no secret with them', () => {
  const faults = () =>
    readConfig({
      PORT: '80a',
      DEMO: 'yes',
      PUBLIC_URL: 'books.example.no',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      LOG_LEVEL: 'loud',
      SMTP_URL: 'smtp://mail.example.no',
      S3_ENDPOINT: 'https://s3.example.no',
      S3_BUCKET: 'vouchers',
      MAX_UPLOAD_BYTES: '-1',
    });
  expect(faults).toThrow(ConfigFaults);
  let found: string[] = [];
  try {
    faults();
  } catch (error) {
    found = (error as ConfigFaults).faults;
  }
  expect(found).toEqual([
    'PORT=80a: expected integer from 0 to 65535',
    'PUBLIC_URL=books.example.no: expected address with http://, https://',
    'DATABASE_URL: expected address with postgres://, postgresql://',
    'DEMO=yes: expected 1 or 0',
    'LOG_LEVEL=loud: expected debug, info, warn, error or silent',
    'MAX_UPLOAD_BYTES=-1: expected integer from 1024 to 10000000000',
    'MAIL_FROM: required when SMTP_URL is set',
    'S3_ACCESS_KEY_ID: required when S3_ENDPOINT is set',
    'S3_SECRET_ACCESS_KEY: required when S3_ENDPOINT is set',
  ]);
});

test('docs/configuration.md is the reference (npx hovedbok config > docs/configuration.md)', () => {
  expect(readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8')).toBe(configReference());
});

test.each<[string, Record<string, string>, string]>([
  ['a client without key', { MASKINPORTEN_CLIENT_ID: 'x' }, 'MASKINPORTEN_KEY or MASKINPORTEN_KEY_FILE: required'],
  ['a key without client', { MASKINPORTEN_KEY: 'hemmelig' }, 'MASKINPORTEN_CLIENT_ID: required'],
  [
    'two keys',
    { MASKINPORTEN_CLIENT_ID: 'x', MASKINPORTEN_KEY: 'hemmelig', MASKINPORTEN_KEY_FILE: 'f' },
    'not together with MASKINPORTEN_KEY',
  ],
  [
    'two ways to find the key',
    {
      MASKINPORTEN_CLIENT_ID: 'x',
      MASKINPORTEN_KEY: 'hemmelig',
      MASKINPORTEN_KEY_ID: 'k',
      MASKINPORTEN_CERTIFICATE_FILE: 'f',
    },
    'not together with MASKINPORTEN_KEY_ID',
  ],
  [
    'stand-ins beside something real',
    { SANDBOX: '1', MASKINPORTEN_CLIENT_ID: 'x', MASKINPORTEN_KEY: 'hemmelig' },
    'SANDBOX=1: not together with MASKINPORTEN_CLIENT_ID',
  ],
  ['an outside address in the clear', { SKATTEETATEN_URL: 'http://api.skatteetaten.no' }, 'SKATTEETATEN_URL='],
])('connections outside: %s is a fault', (_, env, message) => {
  expect(() => readConfig(env)).toThrow(message);
  expect(() => readConfig(env)).not.toThrow('hemmelig');
});

test('an outside address in the clear is for this machine only', () => {
  expect(readConfig({ SKATTEETATEN_URL: 'http://127.0.0.1:1234/' }).skatteetatenUrl).toBe('http://127.0.0.1:1234');
});

test('a pool too small for what the node runs is refused', () => {
  expect(() => readConfig({ DATABASE_POOL_SIZE: '5' })).toThrow(
    'DATABASE_POOL_SIZE=5: expected at least 6 with WORKERS=2',
  );
  expect(readConfig({ DATABASE_POOL_SIZE: '4', WORKERS: '0' }).databasePoolSize).toBe(4);
});

test('an access point needs its token, its id, and whom to trust', () => {
  const url = { PEPPOL_ACCESS_POINT_URL: 'https://ap.example/v1/' };
  expect(faultsOf(url)).toEqual([
    'PEPPOL_ACCESS_POINT_TOKEN: required when PEPPOL_ACCESS_POINT_URL is set',
    'PEPPOL_ACCESS_POINT_ID: required when PEPPOL_ACCESS_POINT_URL is set',
    'PEPPOL_SMP_CERTIFICATES or PEPPOL_SMP_CERTIFICATES_FILE: one of them when PEPPOL_ACCESS_POINT_URL is set',
  ]);
});

test.each([
  ['10.0.0.1', true],
  ['10.0.0.1:5353', true],
  ['::1', true],
  ['[::1]:53', true],
  ['dns.example', false],
  ['10.0.0.1:', false],
])('the DNS server %s', (server, isGood) => {
  const faults = faultsOf({ PEPPOL_DNS_SERVER: server });
  expect(faults).toEqual(isGood ? [] : [expect.stringMatching(`^PEPPOL_DNS_SERVER=`)]);
});

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigFaults).faults;
  }
}
