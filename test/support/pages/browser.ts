import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { expect } from 'vitest';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(CHROMIUM);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const font = (file: string) =>
  readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/source-sans-3/${file}`)).toString('base64');

export interface PictureOptions {
  width: number;
  height: number;
  dark?: boolean;
}

/** The first view of a page, in a typeface that does not depend on the machine; half the size, for comparing. */
export async function pictureOf(browser: Browser, html: string, options: PictureOptions): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: 0.5,
    colorScheme: options.dark ? 'dark' : 'light',
    bypassCSP: true,
  });
  try {
    const page = await context.newPage();
    await page.setContent(html);
    await page.addStyleTag({
      content: `
        @font-face { font-family: T; src: url(data:font/ttf;base64,${font('400Regular/SourceSans3_400Regular.ttf')}); }
        @font-face { font-family: T; font-weight: 600 900; src: url(data:font/ttf;base64,${font('700Bold/SourceSans3_700Bold.ttf')}); }
        :root { --sans: T !important; } * { font-family: T !important; }`,
    });
    await page.evaluate('document.fonts.ready');
    return await page.screenshot();
  } finally {
    await context.close();
  }
}

/**
 * Compares with the picture in test/golden: antialiasing may differ, positions may not. A missing picture is created: look
 * at it, and run again.
 */
export function expectSamePicture(picture: Buffer, golden: URL): void {
  if (!existsSync(golden)) {
    writeFileSync(golden, picture);
    expect.fail(`made ${golden.pathname}: look at it, and run again`);
  }
  const [is, should] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(golden))];
  expect([is.width, is.height]).toEqual([should.width, should.height]);
  let differing = 0;
  for (let at = 0; at < is.data.length; at += 4) {
    const difference = [0, 1, 2].reduce(
      (most, i) => Math.max(most, Math.abs(is.data[at + i]! - should.data[at + i]!)),
      0,
    );
    if (difference > 60) differing += 1;
  }
  expect(differing / (is.width * is.height), `differs from ${golden.pathname}`).toBeLessThan(0.004);
}
