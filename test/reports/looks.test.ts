import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportDocument } from '../../src/reports/printed/report-html.tsx';
import { reportStreamDocument } from '../../src/reports/printed/report-stream-html.tsx';
import { CHROMIUM, hasBrowser, openBrowser } from '../support/pages/browser.ts';
import { sampleLedger, sampleStatement } from '../support/pages/sample-reports.ts';

const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

async function streamed(): Promise<string> {
  let html = '';
  for await (const piece of reportStreamDocument(sampleLedger(60, 3)).pieces) html += piece;
  return html;
}

const REPORTS: [name: string, html: () => Promise<string> | string][] = [
  ['a statement by month', () => reportDocument(sampleStatement(12)).html],
  ['a statement of a quarter', () => reportDocument(sampleStatement(3, 'en')).html],
  ['a general ledger', streamed],
];

/** The visible part of a page: in pixels, and whether the important columns are inside the report. */
const SEEN = `(() => {
  const scroll = document.querySelector('.scroll');
  const inside = (cell) => {
    const [box, of] = [cell.getBoundingClientRect(), scroll.getBoundingClientRect()];
    return box.left >= of.left - 1 && box.right <= of.right + 1;
  };
  const row = [...document.querySelectorAll('tbody tr')].find((each) => each.querySelector('td.sum'));
  const both = () => inside(row.querySelector('th')) && inside(row.querySelector('td.sum'));
  const atStart = both();
  scroll.scrollLeft = 200;
  return {
    page: document.documentElement.scrollWidth,
    overflows: scroll.scrollWidth > scroll.clientWidth,
    hint: document.querySelector('.scroll-hint').getBoundingClientRect().height > 0,
    inSight: [atStart, both()],
  };
})()`;

describe.skipIf(missing)(`reports on a screen${missing}`, { timeout: 240_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  const shown = async <T>(html: string, width: number, look: (page: Page) => Promise<T>): Promise<T> => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    try {
      await page.setContent(html);
      return await look(page);
    } finally {
      await page.close();
    }
  };

  test.each(REPORTS)(
    '%s: nothing spills; what scrolls says so and keeps first and sum columns in sight',
    async (_, html) => {
      const document = await html();
      for (const width of [768, 820, 912, 1024, 1280]) {
        const seen = (await shown(document, width, (page) => page.evaluate(SEEN))) as {
          page: number;
          overflows: boolean;
          hint: boolean;
          inSight: boolean[];
        };
        expect(seen, `at ${width}`).toEqual({
          page: width,
          overflows: seen.overflows,
          hint: seen.overflows,
          inSight: [true, true],
        });
      }
    },
  );

  test('twelve months are wider than a tablet', async () => {
    const seen = await shown(reportDocument(sampleStatement(12)).html, 1024, (page) => page.evaluate(SEEN));
    expect(seen).toMatchObject({ overflows: true, hint: true });
  });

  test('on a phone: deeper is further in, amounts are on the right, headings use the width', async () => {
    const places = (await shown(reportDocument(sampleStatement(3)).html, 390, (page) =>
      page.evaluate(`(() => {
        const textOf = (element) => { const range = document.createRange(); range.selectNodeContents(element); return range.getBoundingClientRect(); };
        const left = (level) => textOf(document.querySelector('tbody tr.level-' + level + ' .name')).left;
        const table = document.querySelector('table').getBoundingClientRect();
        const amounts = [...document.querySelectorAll('tr.account td.amount')].slice(0, 8).map((cell) => Math.round(table.right - textOf(cell).right));
        const heading = document.querySelector('tr.group.level-1 th').getBoundingClientRect();
        return { lefts: [1, 2, 3].map(left), amounts, used: heading.width / table.width, page: document.documentElement.scrollWidth };
      })()`),
    )) as { lefts: number[]; amounts: number[]; used: number; page: number };
    expect(places.page).toBe(390);
    expect(places.lefts).toEqual(places.lefts.toSorted((a, b) => a - b));
    expect(new Set(places.lefts).size).toBe(3);
    for (const distance of places.amounts) expect(distance).toBeLessThan(12);
    expect(places.used).toBeGreaterThan(0.95);
  });
});
