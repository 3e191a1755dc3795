import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CannotOpen, type ColumnKey, ColumnKeys } from './column-keys.ts';
import { openColumnKeys, readColumnKeys } from './read-column-keys.ts';

const keyOf = (id: string): ColumnKey => ({ id, key: randomBytes(32) });
const [old, next] = [keyOf('2025'), keyOf('2026')];

test('what is sealed opens for its row only, and never twice the same', () => {
  const keys = new ColumnKeys([old]);
  const [one, two] = [keys.seal('hemmelig æøå', 't 1'), keys.seal('hemmelig æøå', 't 1')];
  expect(keys.open(one, 't 1')).toBe('hemmelig æøå');
  expect(one.value.equals(two.value)).toBe(false);
  expect(one.value.includes('hemmelig')).toBe(false);
  expect(() => keys.open(one, 't 2')).toThrow(CannotOpen);
});

test.each(Array.from({ length: 5 }, (_, i) => i * 10))('a changed byte (%i) does not open', (at) => {
  const keys = new ColumnKeys([old]);
  const { keyId, value } = keys.seal('x'.repeat(30), 't 1');
  value[at]! ^= 1;
  expect(() => keys.open({ keyId, value }, 't 1')).toThrow(CannotOpen);
});

test.each([0, 5, 12, 27])('a value of %i bytes does not open', (length) => {
  expect(() => new ColumnKeys([old]).open({ keyId: old.id, value: Buffer.alloc(length) }, 't 1')).toThrow(CannotOpen);
});

test('a new key seals, an old one opens, one that is gone does not', () => {
  const before = new ColumnKeys([old]).seal('x', 't 1');
  const both = new ColumnKeys([next, old]);
  expect([both.open(before, 't 1'), both.currentId, both.seal('x', 't 1').keyId]).toEqual(['x', '2026', '2026']);
  expect(() => new ColumnKeys([next]).open(before, 't 1')).toThrow('no key 2025');
});

const key = randomBytes(32).toString('base64');
test.each<[string, number | undefined]>([
  [`a:${key}`, 1],
  [`b:${key}, a:${key}`, 2],
  ['', undefined],
  [key, undefined],
  [`a:${key},a:${key}`, undefined],
  [`a:${key.slice(4)}`, undefined],
  [`a b:${key}`, undefined],
  [`a:${key}:x`, undefined],
])('ENCRYPTION_KEYS (%#)', (text, count) => {
  expect(readColumnKeys(text)?.length).toBe(count);
});

test('an installation of one machine makes its own, once, for itself alone', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'keys-')), 'data');
  const sealed = openColumnKeys({}, folder)!.seal('x', 't 1');
  expect(openColumnKeys({}, folder)!.open(sealed, 't 1')).toBe('x');
  const path = join(folder, 'encryption-keys');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(openColumnKeys({ databaseUrl: 'postgres://x' }, folder)).toBeUndefined();
  const given = openColumnKeys({ databaseUrl: 'postgres://x', encryptionKeys: [old] }, folder);
  expect(given!.currentId).toBe('2025');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(5));
  expect(() => openColumnKeys({}, folder)).toThrow('encryption-keys');
});
