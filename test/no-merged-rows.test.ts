import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeContract, updateClientAccount } from '../src/tenancy/index.ts';
import { SCOPES } from '../src/platform/caller.ts';
import { assignments } from '../src/platform/database/columns.ts';
import { asOwner, People } from './support/books/people.ts';

const SOURCE = join(import.meta.dirname, '../src');

/** Input of a request, under its names in operations: never spread into the columns of a row. */
const OF_A_REQUEST = /\.\.\.\(?(?:body|changes|input|given|request|query|params|rest|described|own|patch|values)\b/;

/** The object literals passed to `insertion` and `assignments`, with their position. */
function columnLists(): { where: string; text: string }[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  return files.flatMap((name) => {
    const source = readFileSync(join(SOURCE, name), 'utf8');
    return [...source.matchAll(/\b(?:insertion|assignments)\(\{/g)].map((match) => {
      let depth = 0;
      let end = match.index + match[0].length - 1;
      do {
        if (source[end] === '{') depth++;
        if (source[end] === '}') depth--;
        end++;
      } while (depth > 0);
      return {
        where: `${name}:${source.slice(0, match.index).split('\n').length}`,
        text: source.slice(match.index, end),
      };
    });
  });
}

describe('no body is merged into a row', () => {
  it('the columns of a row are picked, not spread from a request', () => {
    const lists = columnLists();
    expect(lists.length).toBeGreaterThan(20);
    // The only exception selects its values before: `documents` from its own facts.
    const merged = lists.filter(({ text }) => OF_A_REQUEST.test(text)).map(({ where }) => where.split(':')[0]);
    expect(merged).toEqual(['banking/documents/document-rows.ts']);
  });

  it.each(['id', 'client_account_id'])('an update never sets %s', (column) => {
    expect(() => assignments({ name: 'x', [column]: 1 })).toThrow(column);
  });

  it('numbers in a body that passed every check still reach no other row', async () => {
    const people = new People();
    const [mine, theirs] = [await people.user(), await people.user()];
    const [own, other] = [await people.clientAccount(mine.id), await people.clientAccount(theirs.id)];
    const firm = await people.clientAccount(mine.id, { isProvider: true });
    const contract = await people.contract(own, firm);
    const caller = {
      userId: mine.id,
      scopes: new Set(SCOPES),
      roles: new Map([[own, new Set(['CA'] as const)]]),
      language: 'nb' as const,
    };
    const victim = () =>
      asOwner(
        `select (select to_jsonb(a) from client_accounts a where id = $1) as account,
           (select jsonb_agg(m) from client_account_users m where client_account_id = $1) as members,
           (select to_jsonb(u) from users u where id = $2) as user,
           (select jsonb_agg(c) from contracts c where client_account_id = $1 or provider_client_account_id = $1) as contracts`,
        [other, theirs.id],
      ).then(({ rows }) => rows[0]);
    const before = await victim();
    const hostile = {
      id: other,
      client_account_id: other,
      provider_client_account_id: other,
      user_id: theirs.id,
      created_by_id: theirs.id,
    };
    await updateClientAccount.call(
      people.platform,
      { caller, clientAccountId: own },
      {
        ...hostile,
        display_name: 'Kapret',
      },
    );
    await changeContract.call(
      people.platform,
      { caller, clientAccountId: null },
      {
        id: contract,
        changes: { ...hostile, end_date: '2090-01-01' },
      },
    );
    expect(await victim()).toEqual(before);
    const { rows } = await asOwner('select display_name from client_accounts where id = $1', [own]);
    expect(rows).toEqual([{ display_name: 'Kapret' }]);
    await people.close();
  });
});
