import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../cli/support/folder.ts';
import { runCli } from '../cli/support/runCli.ts';
import { hasPseudoTerminals, openTerminal } from '../cli/support/terminalCli.ts';
import { quietPort } from '../support/quietPort.ts';
import { ask, encryptionKey, enter, enterPage, openPage, startPage } from './support/openPage.ts';

const config = `# The team's
storage: ./sidecar.db
default_model: echo # for now
test_models: true
purposes:
  chat: { model: echo } # talk
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
`;

describe('who comes in', () => {
  test('the token is good once, for a cookie that scripts cannot read and other sites cannot send', async () => {
    const { url, origin } = await openPage({ 'llm-sidecar.yaml': config });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect((await ask(`${origin}/?token=${'x'.repeat(43)}`)).status).toBe(401);
    const first = await ask(url);
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(/^llm-sidecar-admin-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/[\w-]{22}\/$/),
    ]);
    const second = await ask(url);
    expect(second.status).toBe(401);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(second.text).toBe('This page opens with the address that `llm-sidecar admin` prints, once. Start it again for another one.\n');
  });

  test('without the cookie there is nothing, not even the page', async () => {
    const { base, origin, cookie, get } = await enterPage({ 'llm-sidecar.yaml': config });
    const wrong = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const all: Record<string, string>[] = [{}, { cookie: wrong }, { cookie: 'a=b' }, { cookie: cookie.split('=')[0]! }];
    for (const headers of all)
      for (const path of ['/', '/page.js', '/api/secrets', '/api/events'])
        expect((await ask(`${base}${path}`, { headers })).status).toBe(401);
    expect((await ask(`${origin}/api/secrets`, { headers: { cookie } })).status).toBe(401);
    expect((await get('/api/secrets')).status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ['another name for this machine', { host: 'evil.example' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['a name that begins the same', { host: '127.0.0.1.evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
    [
      'another port of this machine, in a frame or a script',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    ],
  ])('not from %s', async (_, headers) => {
    const { get } = await enterPage({ 'llm-sidecar.yaml': config });
    const answered = await get('/api/secrets', { headers });
    expect({ status: answered.status, json: answered.json }).toEqual({ status: 403, json: undefined });
  });

  test.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['no origin that is one', { origin: 'null' }],
    ['none', { origin: '' }],
  ])('nothing is changed from %s', async (_, headers) => {
    const { post, get } = await enterPage({ 'llm-sidecar.yaml': config });
    expect((await post('/api/secrets/set', { name: 'A', value: 'b' }, headers)).status).toBe(403);
    expect((await get('/api/secrets')).json.secrets.find(({ name }: { name: string }) => name === 'A')).toBeUndefined();
  });

  test('and only by JSON of a fair size', async () => {
    const { post } = await enterPage({ 'llm-sidecar.yaml': config });
    expect((await post('/api/secrets/set', { name: 'A', value: 'b' }, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post('/api/secrets/set', { name: 'A', value: 'x'.repeat(300_000) })).status).toBe(413);
    expect((await post('/api/secrets/set', { name: 'A', value: 'b', more: 1 })).status).toBe(400);
    expect((await post('/api/nothing', {})).status).toBe(404);
  });

  test('every answer has the headers', async () => {
    const { get, origin } = await enterPage({ 'llm-sidecar.yaml': config });
    for (const { headers } of [
      await get('/api/config'),
      await get('/nothing'),
      await ask(origin),
      await get('/', { headers: { host: 'evil.example' } }),
    ])
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
      });
    expect((await get('/api/config')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each(['/../package.json', '/admin/page.js', '/..%2fpage.js', '/THIRD-PARTY-LICENSES.txt', '/page.js/', '//page.js'])(
    'no file but those of the page: %s',
    async (path) => {
      const { get } = await enterPage({ 'llm-sidecar.yaml': config });
      expect([401, 404]).toContain((await get(path)).status);
    },
  );
});

describe('no value of a secret is in any answer', () => {
  test('whether it is set here, in the environment, in keys.json or in the file', async () => {
    const page = await enterPage(
      {
        'llm-sidecar.yaml': `${config}mcp_servers:\n  box: { url: 'https://user:canary-address-77@example.com/mcp', headers: { Authorization: 'Bearer canary-header-88' } }\n`,
        'llm/keys.json': '{"mistral": "canary-keys-file-11"}',
      },
      { DATASETTE_SECRETS_COHERE_API_KEY: 'canary-secret-variable-22', GROQ_API_KEY: 'canary-provider-variable-33', OTHER: 'x' },
    );
    const { post, get } = page;
    const answers = [
      await post('/api/secrets/set', { name: 'ECHO_NEEDS_KEY_API_KEY', value: 'canary-stored-44', note: 'of ann' }),
      await post('/api/secrets/set', { name: 'ECHO_NEEDS_KEY_API_KEY', value: 'canary-stored-55' }),
      await post('/api/secrets/set', { name: 'canary-stored-44', value: '' }),
      await post('/api/secrets/set', { name: 'A', value: 'canary-refused-66', note: 'x'.repeat(200) }),
      await post('/api/secrets/rotate', {}),
      await get('/api/secrets'),
      await get('/api/config'),
      await get('/api/models'),
      await get('/api/explain?model=echo-needs-key'),
      await get('/api/explain?model=canary-stored-44'),
      await get('/api/spending?by=model&days=7'),
      await get('/api/prompts'),
      await get('/api/budgets'),
      await post('/api/secrets/rollback', { name: 'ECHO_NEEDS_KEY_API_KEY' }),
    ];
    expect(JSON.stringify(answers)).not.toMatch(/canary-(?!refused)/);
    expect(JSON.stringify(answers)).not.toContain('canary');
    expect(JSON.stringify(answers)).not.toContain(encryptionKey);
    const listed = answers[5]!.json.secrets as { name: string }[];
    const named = (name: string) => listed.find((secret) => secret.name === name);
    expect(named('ECHO_NEEDS_KEY_API_KEY')).toMatchObject({ state: 'set', version: 2, note: 'of ann' });
    expect(named('COHERE_API_KEY')).toMatchObject({ state: 'environment', variable: 'DATASETTE_SECRETS_COHERE_API_KEY' });
    expect(named('MISTRAL_API_KEY')).toMatchObject({ state: 'unset', elsewhere: ['keys.json'] });
    expect(named('GROQ_API_KEY')).toMatchObject({ state: 'unset', elsewhere: ['GROQ_API_KEY'] });
    expect(named('OPENAI_API_KEY')).toMatchObject({ state: 'unset', elsewhere: [], obtainUrl: 'https://platform.openai.com/api-keys' });
    expect(answers[8]!.json.key).toEqual({ needed: true, source: 'secret', name: 'ECHO_NEEDS_KEY_API_KEY', missed: [] });
    expect(page.logged.join('\n')).not.toContain('canary');
  });
});

describe('secrets', () => {
  test('are set, rolled back and deleted, and the command sees the same', async () => {
    const { folder, post } = await enterPage({ 'llm-sidecar.yaml': config }, {}, { id: 'ann' });
    const list = async () => {
      const { out } = await runCli(['secrets', 'list', '--json'], { folder, env: { ENCRYPTION_KEY: encryptionKey } });
      const { secrets } = JSON.parse(out) as { secrets: { name: string }[] };
      return secrets.find(({ name }) => name === 'WEATHER_KEY');
    };
    expect((await post('/api/secrets/set', { name: 'WEATHER_KEY', value: 'one', note: 'n' })).json).toEqual({ version: 1 });
    expect((await post('/api/secrets/set', { name: 'WEATHER_KEY', value: 'two' })).json).toEqual({ version: 2 });
    expect(await list()).toMatchObject({ state: 'set', version: 2, updatedBy: 'ann', note: 'n' });
    expect((await post('/api/secrets/rotate', {})).json).toEqual({ rows: 2, keyName: 'main' });
    expect((await post('/api/secrets/rollback', { name: 'WEATHER_KEY' })).json).toEqual({ version: 1 });
    expect((await post('/api/secrets/delete', { name: 'WEATHER_KEY' })).json).toEqual({});
    expect(await list()).toBeUndefined();
    const gone = await post('/api/secrets/delete', { name: 'WEATHER_KEY' });
    expect({ status: gone.status, kind: gone.json.error.kind }).toEqual({ status: 404, kind: 'secretNotFound' });
  });

  test('cannot be set without an encryption key, and it is said what to do', async () => {
    const { get, post } = await enterPage({ 'llm-sidecar.yaml': 'test_models: true\n' });
    expect((await get('/api/secrets')).json.store).toMatchObject({
      state: 'off',
      message: expect.stringContaining('llm-sidecar secrets generate-key'),
    });
    const refused = await post('/api/secrets/set', { name: 'A', value: 'b' });
    expect({ status: refused.status, error: refused.json.error }).toMatchObject({
      status: 503,
      error: { kind: 'secretsUnavailable', message: expect.stringContaining('llm-sidecar secrets generate-key') },
    });
  });
});

describe('the configuration', () => {
  test('is changed with its comments kept, holds at once, and is not changed by who has not seen it', async () => {
    const { folder, get, post, events } = await enterPage({ 'llm-sidecar.yaml': config });
    const told = events();
    const { hash } = await told.until(() => true);
    const saved = await post('/api/config', { hash, what: 'purposeModel', purpose: 'chat', model: 'test-fast' });
    expect(saved).toMatchObject({ status: 200, json: { state: 'saved' } });
    expect(readFileSync(join(folder, 'llm-sidecar.yaml'), 'utf8')).toBe(
      config.replace('{ model: echo } # talk', '{ model: test-fast } # talk'),
    );
    const state = await told.until((one) => one.hash === saved.json.hash);
    expect(state.written.purposes).toEqual({ chat: { model: 'test-fast' } });
    expect((await get('/api/explain?purpose=chat')).json).toMatchObject({ model: 'test-fast', reason: 'purpose' });
    const late = await post('/api/config', { hash, what: 'defaultModel', model: 'test-slow' });
    expect({ status: late.status, json: late.json }).toEqual({ status: 409, json: { state: 'changed' } });
    expect(readFileSync(join(folder, 'llm-sidecar.yaml'), 'utf8')).toContain('default_model: echo # for now');
  });

  test.each<[string, object, number, RegExp]>([
    ['a model that there is not', { what: 'defaultModel', model: 'echoo' }, 400, /There is no model .*Did you mean echo/],
    ['a budget that there is not', { what: 'budgetLimit', budget: 'x', limitUsd: '1' }, 400, /There is no budget/],
    ['an amount that is none', { what: 'budgetLimit', budget: 'team', limitUsd: 'lots' }, 400, /amount of dollars/],
    ['what starts programs', { what: 'mcpServers', servers: {} }, 400, /what/],
    ['any path', { what: 'defaultModel', model: 'echo', path: ['plugins'] }, 400, /path|key/i],
  ])('%s is refused', async (_, change, status, message) => {
    const { folder, get, post } = await enterPage({ 'llm-sidecar.yaml': config });
    const { hash } = (await get('/api/config')).json;
    const refused = await post('/api/config', { hash, ...change });
    expect(refused.status).toBe(status);
    expect(refused.json.error.message).toMatch(message);
    expect(readFileSync(join(folder, 'llm-sidecar.yaml'), 'utf8')).toBe(config);
  });

  test('that has errors stays as it is, and each is told with its place', async () => {
    const { folder, get, post, events } = await enterPage({ 'llm-sidecar.yaml': config });
    const told = events();
    await told.until(() => true);
    const wrong = config.replace('test_models: true', 'test_models: maybe');
    writeFileSync(join(folder, 'llm-sidecar.yaml'), wrong);
    const { diagnostics } = await told.until((state) => state.diagnostics.length > 0);
    expect(diagnostics).toMatchObject([{ severity: 'error', path: 'test_models', range: { start: { line: 3, character: 13 } } }]);
    const { hash } = (await get('/api/config')).json;
    const refused = await post('/api/config', { hash, what: 'defaultModel', model: 'echo-needs-key' });
    expect({ status: refused.status, json: refused.json }).toMatchObject({
      status: 422,
      json: { state: 'refused', problems: [{ path: 'test_models', message: expect.any(String) }] },
    });
    expect(readFileSync(join(folder, 'llm-sidecar.yaml'), 'utf8')).toBe(wrong);
  });

  test('with errors has no budget that could be changed, since it is not known which one it is', async () => {
    const budget = 'budgets: [{ name: team, limit_usd: 1, per: day }]\n';
    const { folder, get, post, events } = await enterPage({ 'llm-sidecar.yaml': `${config}${budget}` });
    const told = events();
    await told.until(() => true);
    writeFileSync(
      join(folder, 'llm-sidecar.yaml'),
      `${config}budgets: [{ name: other, limit_usd: x, per: day }, { name: team, limit_usd: 1, per: day }]\n`,
    );
    await told.until((state) => state.diagnostics.length > 0);
    const { hash } = (await get('/api/config')).json;
    const refused = await post('/api/config', { hash, what: 'budgetLimit', budget: 'team', limitUsd: '2' });
    expect({ status: refused.status, message: refused.json.error.message }).toEqual({
      status: 400,
      message: 'The file has errors, so its budgets are not known. Correct them first: they are listed under Configuration.',
    });
  });

  test('is made by the first change where there is none', async () => {
    const { folder, get, post, events } = await enterPage({});
    const { path, newPath, hash } = (await get('/api/config')).json;
    expect({ path, newPath, hash }).toEqual({ path: null, newPath: join(folder, 'llm-sidecar.yaml'), hash: '' });
    expect((await post('/api/config', { hash, what: 'defaultModel', model: 'echo' })).status).toBe(200);
    expect(readFileSync(newPath, 'utf8')).toBe('default_model: echo\n');
    expect(await events().until((state) => state.path === newPath)).toMatchObject({ written: { default_model: 'echo' } });
  });

  test.skipIf(process.getuid?.() === 0)('that is read-only is not changed, and it is said what to do', async () => {
    const { folder, get, post } = await enterPage({ 'llm-sidecar.yaml': config });
    chmodSync(join(folder, 'llm-sidecar.yaml'), 0o444);
    const { hash } = (await get('/api/config')).json;
    const refused = await post('/api/config', { hash, what: 'defaultModel', model: 'test-fast' });
    expect(refused).toMatchObject({
      status: 503,
      json: { error: { kind: 'storageUnavailable', message: expect.stringContaining('Check the permissions') } },
    });
  });
});

describe('the command', () => {
  test('prints the address, listens where it is told to and ends with Ctrl-C, also while a page listens', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': config });
    const port = String(await quietPort());
    const first = await startPage(folder, {}, ['--port', port]);
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(new URL(first.url).port).toBe(port);
    const page = await enter(first);
    await page.events().until(() => true);
    expect(await runCli(['admin', '--no-open', '--port', port])).toEqual({
      code: 1,
      out: '',
      err: `error (invalidParams): Port ${port} is in use by another program. Give another one with --port, or none.\n`,
    });
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0, err: '' });
    const again = await startPage(folder, {}, ['--port', port]);
    expect(again.origin).toBe(page.origin);
    expect((await ask(`${page.base}/api/secrets`, { headers: { cookie: page.cookie } })).status).toBe(401);
  });

  test('does not take a port that is none', async () => {
    expect((await runCli(['admin', '--port', 'x'])).code).toBe(2);
  });

  if (!hasPseudoTerminals) console.warn('SKIPPED: the admin page opened from a terminal, because python3 is not on this machine');
  test.skipIf(!hasPseudoTerminals || process.platform !== 'linux')('opens the browser from a terminal', async () => {
    const folder = folderWith({ 'bin/xdg-open': '#!/bin/sh\necho "$1" > "$HOME/opened"\n' });
    chmodSync(join(folder, 'bin/xdg-open'), 0o755);
    const terminal = openTerminal(['admin'], { folder, env: { PATH: `${folder}/bin:${process.env['PATH']}` } });
    await terminal.shows('Ctrl-C ends the page.');
    await expect.poll(() => readFileSync(join(folder, 'opened'), 'utf8').trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    terminal.type('\u0003');
    expect((await terminal.ended).code).toBe(0);
  });
});
