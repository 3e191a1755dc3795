import { createHash, randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { addPartner, type Books, credit, debit, openBooks, testServer } from '../../test/support/books/books.ts';
import { addDays } from '../kernel/local-date.ts';
import { cancelEntry, postEntries } from '../ledger/index.ts';

const server = await testServer();

async function open(books: Books | null, url: string, headers: Record<string, string> = {}) {
  const authorization = books ? { authorization: `Bearer ${books.token}` } : {};
  return server.inject({ method: 'GET', url, headers: { ...authorization, ...headers } });
}

/** The visible text, without tags. */
function textOf(html: string): string {
  return html
    .replace(/<(style|title)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/[ \n]+/g, ' ');
}

function links(html: string): string[] {
  return [...html.matchAll(/ href="([^"]+)"/g)].map((match) => match[1]!.replaceAll('&amp;', '&'));
}

describe('who may see a page', () => {
  test('a stranger sees the way in on the start page, and is led to it from any other', async () => {
    const start = await open(null, '/');
    expect([start.statusCode, links(start.body).includes('/login')]).toEqual([200, true]);
    const books = await openBooks();
    const path = `/client-accounts/${books.clientAccountId}/trial-balance?date_from=2025-01-01`;
    const answer = await open(null, path);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/login?next=${encodeURIComponent(path)}`]);
  });

  test('the books of others, entries of others and what is nowhere are refused with a page', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const entry = await theirs.post('2025-01-10', [debit('1920', 10), credit('2050', 10)]);
    const cases: [string, number][] = [
      [`/client-accounts/${theirs.clientAccountId}/trial-balance`, 403],
      [`/client-accounts/${theirs.clientAccountId}/accounts/1920`, 403],
      [`/journal-entries/${entry.id}`, 403],
      [`/journal-entries/${mine.clientAccountId * 2 ** 31 + 999_999}`, 404],
      [`/client-accounts/${mine.clientAccountId}/accounts/0815`, 404],
      ['/client-accounts/abc/trial-balance', 404],
      [`/client-accounts/${mine.clientAccountId}/accounts/1920?from=2025-02-30&dimensions=x`, 400],
      [`/client-accounts/${mine.clientAccountId}/trial-balance?date_from=2025-02-30`, 400],
      [`/client-accounts/${mine.clientAccountId}/trial-balance?date_from=2025-12-31&date_to=2025-01-01`, 422],
    ];
    for (const [url, status] of cases) {
      const answer = await open(mine, url);
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
        url,
        status,
        'text/html; charset=utf-8',
      ]);
    }
  });

  test('the links of invitations that wait are shown in a session, never with a token', async () => {
    const books = await openBooks();
    const sent = await server.inject({
      method: 'POST',
      url: '/api/v2/invitations',
      headers: { authorization: `Bearer ${books.token}` },
      payload: { email: 'venter@b.example', client_account_id: books.clientAccountId, role_id: 4 },
    });
    expect(sent.statusCode).toBe(201);
    const token = randomBytes(32).toString('base64url');
    await books.platform.database.transaction({ clientAccounts: [], mode: 'write', userId: books.userId }, (tx) =>
      tx.execute(sql`
        insert into sessions (token_hash, user_id, expires_at)
        values (${createHash('sha256').update(token).digest()}, ${books.userId}, now() + interval '1 hour')`),
    );
    expect((await open(books, '/')).body).not.toContain('venter@b.example');
    const page = await open(null, '/', { cookie: `hovedbok=${token}` });
    expect(page.body).toContain('/invitations/');
    expect(page.body).toContain('venter@b.example');
  });
});

describe('following a figure down', () => {
  test('client accounts, trial balance, lines, entry, its cancellation and its file', async () => {
    const books = await openBooks({ name: 'Fjell <script>alert(1)</script> AS' });
    const kari = await addPartner(books, 'Kari');
    await books.post('2024-12-30', [debit('1500', 40, { business_partner_id: kari }), credit('2050', 40)]);
    const file = await addFile(books, 'kvittering "a" & b.pdf');
    const entry = await books.post(
      '2025-03-10',
      [
        debit('1500', 125, { business_partner_id: kari, due_date: '2025-04-10', payment_reference: '1234567890128' }),
        credit('3000', 100, { tax_code: '3' }),
      ],
      { memo: 'Faktura <i>7</i>', voucher_id: file },
    );
    const counter = await books.run(cancelEntry, {
      id: entry.id,
      reason: 'Feil & bom',
      entryDate: '2025-03-11',
    });

    const start = await open(books, '/');
    expect(start.body).not.toContain('<script');
    const trialLink = links(start.body).find((href) => href.startsWith(`/client-accounts/${books.clientAccountId}/`))!;
    expect(trialLink).toBe(
      `/client-accounts/${books.clientAccountId}/trial-balance?date_from=2025-01-01&date_to=2025-12-31`,
    );
    expect(textOf(start.body)).toContain('11.03.2025');

    const trial = await open(books, trialLink);
    const reports = links(trial.body).filter((href) => href.startsWith('/api/v2/reports/'));
    expect(reports).toHaveLength(21);
    for (const href of reports.filter((report) =>
      /(balance-sheet|income-statement|trial-balance|asset-register|depreciation).*format=html/.test(report),
    ))
      expect((await open(books, href)).statusCode, href).toBe(200);
    const accountLinks = [...new Set(links(trial.body).filter((href) => href.includes('/accounts/1500?')))];
    expect(accountLinks).toHaveLength(2);
    expect(accountLinks[1]).toContain(`dimensions=business_partner%2C${kari}`);

    for (const href of accountLinks) {
      const lines = await open(books, href);
      expect(textOf(lines.body)).toMatch(
        /Inngående saldo 40,00 GL 1\/2025 10\.03\.2025 Faktura &lt;i&gt;7&lt;\/i&gt; Kari 125,00 165,00 GL 2\/2025 11\.03\.2025 .*? 125,00 40,00 Utgående saldo 125,00 125,00 40,00/,
      );
      expect(links(lines.body)).toContain(`/journal-entries/${entry.id}`);
    }

    const page = await open(books, `/journal-entries/${entry.id}`);
    expect(page.statusCode).toBe(200);
    expect(textOf(page.body)).toContain('Reversert av bilag GL 2/2025');
    expect(textOf(page.body)).toContain('mva av linje 2');
    expect(textOf(page.body)).toContain('forfall 10.04.2025');
    expect(textOf(page.body)).toContain('Kari Nordmann');
    expect(page.body).toContain('kvittering &quot;a&quot; &amp; b.pdf');
    expect(links(page.body)).toEqual(
      expect.arrayContaining([
        `/journal-entries/${counter.id}`,
        `/api/v2/files/${file}/download?inline=true`,
        '#line-2',
      ]),
    );
    expect(textOf((await open(books, `/journal-entries/${counter.id}`)).body)).toContain('Begrunnelse: Feil &amp; bom');
  });

  test('pages of lines carry the balance on, forwards and backwards, from the first to the last', async () => {
    const books = await openBooks();
    const entries = Array.from({ length: 250 }, (_, n) => ({
      entry_date: addDays('2025-01-01', Math.floor((n * 7) % 300)),
      lines: [debit('1920', n + 1), credit('2050', n + 1)],
    }));
    await books.run(postEntries, { entries, mode: 'all', language: 'nb' });
    const address = `/client-accounts/${books.clientAccountId}/accounts/1920?from=2025-01-05&to=2025-12-31`;
    const balances = async (url: string) => {
      const { body, statusCode } = await open(books, url);
      expect(statusCode).toBe(200);
      const rows = [...body.matchAll(/<tr><th scope="row"><a[\s\S]*?<\/tr>/g)].map(([row]) => amounts(row));
      const first = amounts(/<tr class="carried">[\s\S]*?<\/tr>/.exec(body)![0])[0]!;
      const next = /<a rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
      const previous = /<a rel="prev" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
      return { first, rows, next, previous };
    };
    const amounts = (html: string) =>
      [...html.matchAll(/<td class="amount"[^>]*>([^<]+)</g)].map((match) =>
        Number(match[1]!.replace(/\s/g, '').replace('\u2212', '-').replace(',', '.')),
      );
    const seen: number[][] = [];
    let page = await balances(address);
    let before = page.first;
    for (;;) {
      expect(page.first).toBe(before);
      for (const [amount, balance] of page.rows) expect(balance).toBe((before += amount!));
      seen.push(...page.rows);
      if (!page.next) break;
      page = await balances(page.next);
    }
    const inRange = entries.filter(({ entry_date }) => entry_date >= '2025-01-05');
    expect(seen).toHaveLength(inRange.length);
    expect(before).toBe((250 * 251) / 2);
    const last = await balances(`${address}&page=last`);
    expect(last.rows.at(-1)).toEqual(seen.at(-1));
    const previous = await balances(last.previous!);
    expect(previous.rows.at(-1)![1]).toBe(last.first);
  });

  test('lines of an income account over a new year begin at zero there, and lead to the printed general ledger', async () => {
    const books = await openBooks();
    await books.post('2024-12-30', [debit('6800', 100), credit('1920', 100)]);
    await books.post('2025-01-02', [debit('6800', 7), credit('1920', 7)]);
    const address = `/client-accounts/${books.clientAccountId}/accounts/6800?from=2024-12-01&to=2025-01-31`;
    const { body } = await open(books, address);
    expect(textOf(body)).toMatch(
      /Inngående saldo 01\.12\.2024 0,00 GL 1\/2024 .*? Utgående saldo 31\.12\.2024 100,00 0,00 100,00 Inngående saldo 01\.01\.2025 0,00 GL 1\/2025 .*? Utgående saldo 31\.01\.2025 7,00 0,00 7,00 Sum for perioden 107,00 0,00 107,00/,
    );
    const printed = links(body).find((href) => href.endsWith('format=html'))!;
    expect(links(body).filter((href) => href.includes('/reports/general-ledger?'))).toHaveLength(3);
    const ledger = await open(books, printed);
    expect(ledger.statusCode).toBe(200);
    expect(textOf(ledger.body)).toContain('6800 ');
  });

  test('English by Accept-Language; every style is allowed by its hash', async () => {
    const books = await openBooks();
    const { body, headers } = await open(books, `/client-accounts/${books.clientAccountId}/trial-balance`, {
      'accept-language': 'en-GB',
    });
    expect(body).toContain('<html lang="en">');
    expect(textOf(body)).toContain('No balances and no movements in the period.');
    for (const [, style] of body.matchAll(/<style>([\s\S]*?)<\/style>/g))
      expect(headers['content-security-policy']).toContain(createHash('sha256').update(style!).digest('base64'));
  });
});

async function addFile(books: Books, name: string): Promise<number> {
  const { takeIds } = await import('../ledger/index.ts');
  const id = books.clientAccountId;
  return books.platform.database.transaction({ clientAccounts: [id], mode: 'write' }, async (tx) => {
    const file = await takeIds(tx, id);
    await tx.execute(sql`
      insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key)
      values (${id}, ${file}, ${Buffer.alloc(32, file % 251)}, 2048, 'application/pdf', ${name}, 'x')`);
    await tx.execute(sql`insert into vouchers (client_account_id, id) values (${id}, ${file})`);
    return file;
  });
}
