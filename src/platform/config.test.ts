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
    trustProxy: false,
    databasePoolSize: 10,
    logLevel: 'info',
    workers: 2,
    maxUploadBytes: 26_214_400,
    maxImportBytes: 2_147_483_648,
    s3Region: 'us-east-1',
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
