import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';

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
