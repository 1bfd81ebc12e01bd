import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const program = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));
const isBuilt = existsSync(new URL('../../../dist/admin/page.js', import.meta.url));

/** Why there can be no tests in a browser; null: there can. */
export const noBrowser =
  program === undefined ? 'there is no Chromium on this machine' : isBuilt ? null : 'the page is not built: npm run build';

export async function openBrowser(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run'];
  return chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

export interface Visit {
  readonly page: Page;
  /** Errors on the console and what was asked of anybody else: nothing, if all is well. */
  readonly troubles: string[];
  /** Where the page is. */
  readonly base: string;
  /** Shows a view and waits until it is read. */
  show(view: string): Promise<void>;
}

/** A new browser window at the address that the command printed. */
export async function visit(
  browser: Browser,
  url: string,
  { width = 1180, colorScheme = 'light' }: { width?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<Visit> {
  const { origin } = new URL(url);
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale: 'en-US' });
  onTestFinished(async () => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) troubles.push(request.url());
  });
  await page.goto(url);
  await page.waitForURL(/\/[\w-]{22}\/$/);
  const base = page.url();
  const show = async (view: string): Promise<void> => {
    await page.goto(`${base}#${view.toLowerCase()}`);
    await page.getByRole('heading', { level: 1, name: view }).waitFor();
    await page.getByText('Reading…').waitFor({ state: 'detached' });
  };
  return { page, troubles, base, show };
}

export const views = ['Spending', 'Budgets', 'Prompts', 'Models', 'Secrets', 'Configuration'];

/** Texts that stand out less than WCAG's 4.5 to 1 from what is behind them. */
export async function paleTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = [number, number, number, number];
    const read = (text: string): Colour => {
      const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const light = ([r, g, b]: Colour): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((part) =>
        part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1];
      const colour = read(getComputedStyle(element).backgroundColor);
      return colour[3] > 0.9 ? colour : behind(element.parentElement);
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const { width, height } = element.getBoundingClientRect();
      if (!own || width < 2 || height < 2 || element.matches(':disabled')) continue;
      const [one, other] = [light(read(getComputedStyle(element).color)), light(behind(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) found.push(`${element.textContent?.slice(0, 40)} (${contrast.toFixed(2)})`);
    }
    return found;
  });
}
