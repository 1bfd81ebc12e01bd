import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cleanEnvironment, folderWith } from '../../cli/support/folder.ts';
import { noBrowser, openBrowser, paleTexts, views, visit } from './visit.ts';
import { openPage, openPageIn, startPage } from '../support/openPage.ts';
import { openModelServer, spend } from '../support/spend.ts';

if (noBrowser !== null) console.warn(`\nSKIPPED: the admin page in a browser: ${noBrowser}\n`);

const server = await openModelServer({ prompt_tokens: 100_000, completion_tokens: 50_000, total_tokens: 150_000 });
let browser: Browser;
beforeAll(async () => {
  if (noBrowser === null) browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server.close();
});

const config = `# The team's file
storage: ./sidecar.db
history: { content: true }
test_models: true
default_model: small   # until we know better
purposes:
  # one line, no more
  chat: { model: small } # talk
  notes:
    description: Minutes of meetings
blocked_models: [test-slow]
providers:
  local:
    type: openai-compatible
    base_url: ${server.url}
    discover: false
    models:
      - { id: small, price: { input: 1, output: 2 } }
      - { id: large, price: { input: 6, output: 12 } }
budgets:
  - { name: team, limit_usd: 20, per: month } # agreed
  - { name: everybody, limit_usd: 2, per: day, each: actor }
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
`;

/** Six prompts: $0.20 each of small, $1.20 each of large. */
async function spentFolder(): Promise<string> {
  const folder = folderWith({ 'llm-sidecar.yaml': config.replace(/budgets:\n.*\n.*\n/, '') });
  await spend(folder, cleanEnvironment(folder, { ENCRYPTION_KEY: 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=' }), [
    { model: 'small', actor: 'ann', daysAgo: 3 },
    { model: 'large', actor: 'ann', purpose: 'chat', daysAgo: 1, prompt: 'About the heron' },
    { model: 'large', actor: 'bob', purpose: 'chat' },
    { model: 'small', actor: 'ann', prompt: 'About the pelican' },
    { model: 'small' },
    { model: 'test-fails', actor: 'bob' },
  ]);
  writeFileSync(join(folder, 'llm-sidecar.yaml'), config);
  return folder;
}

const read = (folder: string): string => readFileSync(join(folder, 'llm-sidecar.yaml'), 'utf8');

describe.skipIf(noBrowser !== null)('in a browser', () => {
  test('one comes in once, sees everything, and nothing is loaded from elsewhere', async () => {
    const started = await startPage(await spentFolder());
    const { page, troubles, show } = await visit(browser, started.url);
    for (const view of views) {
      await show(view);
      expect(await page.getByRole('alert').count()).toBe(0);
    }
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(troubles).toEqual([]);
    const other = await browser.newContext();
    const second = await (await other.newPage()).goto(started.url);
    expect(second?.status()).toBe(401);
    await other.close();
    started.child.kill('SIGINT');
    await page.getByText('The sidecar does not answer.').waitFor();
    expect((await started.ended).code).toBe(0);
  }, 180_000);

  test('another page of this machine is not sent the cookie and can neither look nor change anything', async () => {
    const { url, folder } = await openPage({ 'llm-sidecar.yaml': config });
    const { page, base } = await visit(browser, url);
    const { hash } = (await (await page.request.get(`${base}api/config`)).json()) as { hash: string };
    const told: (string | undefined)[] = [];
    const other = createServer(({ headers }, response) => {
      told.push(headers.cookie);
      response.setHeader('content-type', 'text/html').end('<title>other</title>');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const stranger = await page.context().newPage();
    await stranger.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const seen = await stranger.evaluate(
      async ({ base, hash }) => {
        const body = JSON.stringify({ hash, what: 'defaultModel', model: 'test-fast' });
        const secret = JSON.stringify({ name: 'A', value: 'b' });
        const tries = [
          fetch(`${base}api/secrets`, { credentials: 'include' }),
          fetch(`${base}api/config`, { method: 'POST', body, credentials: 'include', headers: { 'content-type': 'application/json' } }),
        ].map(async (one) => one.then(async (response) => response.text()).catch(() => 'refused'));
        const blind = [fetch(`${base}api/config`, { method: 'POST', mode: 'no-cors', body, credentials: 'include' })];
        blind.push(fetch(`${base}api/secrets/set`, { method: 'POST', mode: 'no-cors', body: secret, credentials: 'include' }));
        const script = document.createElement('script');
        const loaded = new Promise<string>((resolve) => {
          script.addEventListener('load', () => resolve('loaded'));
          script.addEventListener('error', () => resolve('refused'));
        });
        script.src = `${base}page.js`;
        document.body.append(script);
        await Promise.allSettled(blind);
        return Promise.all([...tries, loaded]);
      },
      { base, hash },
    );
    expect(new Set(told)).toEqual(new Set([undefined]));
    expect(seen).toEqual(['refused', 'refused', 'refused']);
    expect(read(folder)).toBe(config);
    const { secrets } = (await (await page.request.get(`${base}api/secrets`)).json()) as { secrets: { name: string }[] };
    expect(secrets.map(({ name }) => name)).not.toContain('A');
  });

  test('a secret is set, replaced and deleted, and its value is nowhere', async () => {
    const { url } = await openPage({ 'llm-sidecar.yaml': config });
    const { page, troubles, show } = await visit(browser, url);
    await show('Secrets');
    await page.getByRole('button', { name: 'Add a secret' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('WEATHER_KEY');
    await dialog.getByLabel('Value').fill('canary-value-1');
    await dialog.getByLabel('Note').fill('of ann');
    expect(await dialog.getByLabel('Value').getAttribute('type')).toBe('password');
    await dialog.getByRole('button', { name: 'Set' }).click();
    const row = page.getByRole('row').filter({ hasText: 'WEATHER_KEY' });
    await row.getByText('store').waitFor();
    expect(await row.innerText()).toMatch(/WEATHER_KEY\s+of ann\s+store\s+1\s/);
    await row.getByRole('button', { name: 'Replace WEATHER_KEY' }).click();
    await dialog.getByLabel('Value').fill('canary-value-2');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await page.getByText('WEATHER_KEY is set, version 2').waitFor();
    await row.getByRole('button', { name: 'Roll back' }).click();
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('WEATHER_KEY is version 1 again').waitFor();
    await page.getByRole('button', { name: 'Rotate the encryption key' }).click();
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('encrypted with the key main').waitFor();
    expect(await page.content()).not.toContain('canary');
    await row.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    const link = page.getByRole('row').filter({ hasText: 'OPENAI_API_KEY' }).getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://platform.openai.com/api-keys');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(troubles).toEqual([]);
  });

  test('the model of a purpose is changed in the file, with its comments, and explained', async () => {
    const { url, folder } = await openPage({ 'llm-sidecar.yaml': config });
    const { page, troubles, show } = await visit(browser, url);
    await show('Models');
    const row = page.getByRole('row').filter({ hasText: 'chat' });
    await row.getByRole('button', { name: 'Change chat' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Model', { exact: true }).fill('large');
    await dialog.getByLabel('Blocked models').fill('test-fast\ntest-slow');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('large', { exact: true }).waitFor();
    expect(read(folder)).toBe(
      config.replace('chat: { model: small } # talk', 'chat: { model: large, blocked_models: [ test-fast, test-slow ] } # talk'),
    );
    await page.locator('form select').selectOption('chat');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('large, the model of chat').waitFor();
    await page.locator('form.filters input').last().fill('test-slow');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('It would fail (modelNotAllowed).').waitFor();
    expect(troubles).toEqual([]);
  });

  test('a limit is changed, but not over the change of somebody else', async () => {
    const { url, folder } = await openPageIn(await spentFolder());
    const { page, show } = await visit(browser, url);
    await show('Budgets');
    await page.getByRole('button', { name: 'Change limit of team' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('35.50');
    writeFileSync(join(folder, 'llm-sidecar.yaml'), config.replace('# agreed', '# agreed by ann'));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody else has changed the file').waitFor();
    expect(read(folder)).toContain('limit_usd: 20, per: month } # agreed by ann');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('$35.50 a month').waitFor();
    expect(read(folder)).toBe(config.replace('# agreed', '# agreed by ann').replace('limit_usd: 20', 'limit_usd: 35.50'));
    await page.getByRole('button', { name: 'Change limit of everybody' }).click();
    await dialog.getByRole('textbox').fill('lots');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('amount of dollars such as 2.50').waitFor();
  });

  test('spending is drawn, and in a table with the same numbers; budgets have a meter', async () => {
    const { url } = await openPageIn(await spentFolder());
    const { page, troubles, show } = await visit(browser, url);
    await show('Spending');
    expect(await page.getByText('Spent in 30 days').locator('..').innerText()).toMatch(/\$3\.00$/);
    const chart = page.getByRole('img', { name: 'Costs of 30 days in stacked bars: $3.00 in all' });
    await chart.waitFor();
    const isDrawn = async (colour: string): Promise<boolean> =>
      chart.evaluate((canvas: HTMLCanvasElement, name) => {
        const wanted = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
        for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) return true;
        return false;
      }, colour);
    expect([await isDrawn('--series-1'), await isDrawn('--series-2'), await isDrawn('--series-6')]).toEqual([true, true, false]);
    const rows = page.getByRole('table', { name: 'What was spent by model' }).getByRole('row');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Model\s+Responses\s+Tokens in\s+Tokens out\s+Cost\s+Share/),
      expect.stringMatching(/large\s+2\s+200,000\s+100,000\s+\$2\.40\s+80\.0 %/),
      expect.stringMatching(/small\s+3\s+300,000\s+150,000\s+\$0\.60\s+20\.0 %/),
      expect.stringMatching(/test-fails\s+1\s+1\s+–\s+unknown\s+–/),
    ]);
    await page.getByText('What 1 response cost is not known').waitFor();
    await page.getByRole('radio', { name: 'By actor' }).check();
    await page.getByRole('table', { name: 'What was spent by actor' }).getByText('nobody').waitFor();
    await page.getByText('Day by day', { exact: true }).click();
    expect(await page.getByRole('table', { name: 'Costs day by day' }).getByRole('row').count()).toBe(31);
    await show('Budgets');
    const meter = page.getByRole('meter', { name: 'Spent of everybody, bob' });
    expect([await meter.getAttribute('aria-valuenow'), await meter.getAttribute('aria-valuetext')]).toEqual(['60', '$1.20 of $2.00 spent']);
    expect(troubles).toEqual([]);
  });

  test('prompts are filtered, searched and read', async () => {
    const { url } = await openPageIn(await spentFolder());
    const { page, troubles, show } = await visit(browser, url);
    await show('Prompts');
    const rows = page.getByRole('table', { name: 'The latest prompts' }).getByRole('row');
    const count = async (wanted: number) => expect.poll(async () => rows.count()).toBe(wanted + 1);
    await count(6);
    await page.getByLabel('Actor').fill('bob');
    await count(2);
    await page.getByLabel('Outcome').selectOption('failed');
    await count(1);
    await page.getByLabel('Purpose').fill('nothing');
    await page.getByText('No prompt is like that.').waitFor();
    await page.getByRole('button', { name: 'Remove all filters' }).click();
    await count(6);
    await page.getByLabel('Words').fill('heron');
    await count(1);
    await rows.getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('About the heron').waitFor();
    expect(await dialog.innerText()).toMatch(/large \(local\)[^]*\$1\.20[^]*Pelicans carry fish\./);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
  });

  test('problems of the configuration appear and go as the file changes', async () => {
    const { url, folder } = await openPage({ 'llm-sidecar.yaml': config });
    const { page, show } = await visit(browser, url);
    await show('Configuration');
    await page.getByText('There are none.').waitFor();
    writeFileSync(
      join(folder, 'llm-sidecar.yaml'),
      config.replace('test_models: true', 'test_models: maybe').replace('chat: {', 'chat: { modle: x,'),
    );
    await page.getByText('Expected true or false, found text.').waitFor();
    await page.getByText(`${join(folder, 'llm-sidecar.yaml')}:4:14`).waitFor();
    await page.getByText('Did you mean "model"?').waitFor();
    expect(await page.getByRole('banner').innerText()).toMatch(/1 error/);
    writeFileSync(join(folder, 'llm-sidecar.yaml'), config);
    await page.getByText('There are none.').waitFor();
    expect(await page.getByRole('banner').innerText()).toMatch(/in order/);
  });

  test('without a history or an encryption key each view says what to do', async () => {
    const { url } = await openPage({ 'llm-sidecar.yaml': 'test_models: true\ndefault_model: echo-needs-key\n' });
    const { page, show } = await visit(browser, url);
    for (const [view, text] of [
      ['Spending', 'history: true'],
      ['Budgets', 'limit_usd: 20'],
      ['Prompts', 'history: true'],
      ['Models', 'There is no key for echo-needs-key'],
      ['Secrets', 'llm-sidecar secrets generate-key --file secrets.key'],
    ] as const) {
      await show(view);
      await page.getByText(text).first().waitFor();
    }
    expect(await page.getByRole('button', { name: 'Set OPENAI_API_KEY' }).isDisabled()).toBe(true);
  });

  test('all of it can be done with the keyboard', async () => {
    const { url } = await openPageIn(await spentFolder());
    const { page, show } = await visit(browser, url);
    for (const view of views) {
      await show(view);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      // A group of radio buttons is one stop.
      const wanted = await page
        .locator(
          'a[href], button:not(:disabled), input:not(:disabled):not([type=radio]), input[type=radio]:checked, select, textarea, summary',
        )
        .count();
      const stops = new Set<number>();
      const unmarked: string[] = [];
      for (let presses = 0; presses < wanted + 10; presses++) {
        await page.keyboard.press('Tab');
        const { index, text, isMarked, isStop } = await page.evaluate(() => {
          const element = document.activeElement!;
          const shown = element.matches('[type=radio]') ? element.nextElementSibling! : element;
          const style = getComputedStyle(shown);
          return {
            isStop: element !== document.body,
            index: [...document.querySelectorAll('*')].indexOf(element),
            text: shown.textContent,
            isMarked: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
          };
        });
        if (isStop) stops.add(index);
        if (!isMarked && isStop) unmarked.push(text);
      }
      expect({ view, reached: stops.size >= wanted, unmarked }).toEqual({ view, reached: true, unmarked: [] });
    }
    await show('Models');
    const button = page.getByRole('button', { name: 'Change chat' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(async () => button.evaluate((element) => element === document.activeElement)).toBe(true);
    await show('Spending');
    await page.getByRole('radio', { name: '30 days' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Spent in 90 days').waitFor();
  }, 180_000);

  test.each([
    ['light', 1180],
    ['dark', 1180],
    ['light', 360],
    ['dark', 360],
  ] as const)('%s, %i pixels wide: nothing is too wide or too pale', async (colorScheme, width) => {
    const { url, folder } = await openPageIn(await spentFolder(), { DATASETTE_SECRETS_OPENROUTER_API_KEY: 'canary-1' });
    const { page, show } = await visit(browser, url, { width, colorScheme });
    const check = async (where: string): Promise<void> => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect({ where, wide: Math.max(0, wide), pale: await paleTexts(page) }).toEqual({ where, wide: 0, pale: [] });
    };
    for (const view of views) {
      await show(view);
      await check(view);
    }
    writeFileSync(join(folder, 'llm-sidecar.yaml'), `${config}nothing: 1\n`);
    await page.getByText('Unknown key').waitFor();
    await check('problems');
    await show('Models');
    await page.getByRole('button', { name: 'Change notes' }).click();
    await page.getByRole('dialog').waitFor();
    await check('dialog');
    const dark = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(dark).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(245, 246, 248)');
  });
});
