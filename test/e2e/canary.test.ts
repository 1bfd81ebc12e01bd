import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { RawHost, RawMessage } from '../support/rawHost.ts';
import { cleanEnv, sidecarCommand, startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';
import { canary, leaksIn } from './support/canaryLeaks.ts';
import { encodings, places, startCanaryUpstream, type CanaryUpstream } from './support/canaryUpstream.ts';

const secrets = {
  variable: canary(1),
  secret: canary(2),
  keysFile: canary(3),
  authorization: canary(4),
  custom: canary(5),
  user: canary(6),
  special: `${canary(7)}/+="<&'${canary(8)}`,
  mcpVariable: canary(9),
  mcpHeader: canary(10),
  mcpWord: canary(11),
  mcpAddress: canary(12),
  database: canary(13),
  stored: canary(14),
  extra: canary(15),
};
const encryptionKey = Buffer.from(canary(20).slice(0, 32)).toString('base64url');
const env = {
  OPENAI_API_KEY: secrets.variable,
  DATASETTE_SECRETS_ANTHROPIC_API_KEY: secrets.secret,
  DATASETTE_SECRETS_SPECIAL: secrets.special,
  X_CUSTOM: secrets.custom,
  MCP_TOKEN: secrets.mcpVariable,
  ENCRYPTION_KEY: encryptionKey,
};
const llmFolder = {
  'keys.json': JSON.stringify({ '// Note': 'This file stores secret API credentials. Do not share!', gemini: secrets.keysFile }),
};

/** Plugins whose errors quote a key: it is theirs to know, and nobody's to read. */
const plugins = {
  'skipped.ts': `const fail = () => { throw new Error('skipped: ' + process.env.OPENAI_API_KEY); };
    export default { name: 'skipped', onFailure: 'skip', match: { models: ['echo'] }, promptContext: fail,
      registerTools: () => [{ name: 'leak', inputSchema: { type: 'object' }, execute: fail }] };`,
  'failing.ts': `export default { name: 'failing', match: { models: ['test-fast'] },
    promptContext: () => { throw new Error('failing: ' + process.env.OPENAI_API_KEY); } };`,
};

const program = fileURLToPath(new URL('support/canaryMcp.ts', import.meta.url));

function configFor({ url, port }: CanaryUpstream, more: object = {}): object {
  const compatible = (id: string, settings: object): object => ({ type: 'openai-compatible', models: [id], ...settings });
  return {
    default_model: 'echo',
    test_models: true,
    limits: { retries: 0, max_response_bytes: 4_000_000 },
    providers: {
      openai: { base_url: `${url}/v1`, models: ['responses-model'] },
      chat: {
        type: 'openai',
        api: 'chat',
        base_url: `${url}/v1`,
        models: ['chat-model', { id: 'embed-model', features: { embed: true } }],
      },
      anthropic: { base_url: `${url}/v1`, models: ['messages-model'] },
      google: { base_url: `${url}/v1beta`, models: ['google-model'] },
      gateway: compatible('gateway-model', {
        base_url: `${url}/gateway`,
        headers: { AUTHORIZATION: `Bearer ${secrets.authorization}`, 'X-Custom': { $env: 'X_CUSTOM' } },
      }),
      userinfo: compatible('userinfo-model', { base_url: `http://me:${secrets.user}@127.0.0.1:${port}/v1` }),
      special: compatible('special-model', { base_url: `${url}/special`, key: 'SPECIAL' }),
      stored: compatible('stored-model', { base_url: `${url}/stored`, key: 'STORED' }),
    },
    mcp_servers: {
      program: { command: process.execPath, args: [program, '--token', secrets.mcpWord], env: { TOKEN: { $env: 'MCP_TOKEN' } } },
      web: {
        url: `${url}/mcp?api_key=${secrets.mcpAddress}`,
        headers: { Authorization: `Bearer ${secrets.mcpHeader}`, 'X-Key': secrets.mcpHeader },
      },
    },
    secrets: { encryption_keys: [{ name: 'one', key: { $env: 'ENCRYPTION_KEY' } }] },
    ...more,
  };
}

const models = [
  'openai/responses-model',
  'chat-model',
  'anthropic/messages-model',
  'google-model',
  'gateway-model',
  'userinfo-model',
  'special-model',
  'stored-model',
];

/** All that went out, but for what is the model's or was sent by the host. */
function said(messages: readonly RawMessage[]): string {
  return JSON.stringify(messages.map(withoutAnswer));
}

function withoutAnswer(message: RawMessage): unknown {
  if (message.method === 'llm/delta') {
    const { deltas, ...params } = message.params;
    return {
      ...params,
      deltas: deltas.filter(({ type }: { type: string }) => !['text', 'reasoning', 'toolArgs', 'part', 'partEnd'].includes(type)),
    };
  }
  if (message.result?.steps !== undefined) {
    const { text: _, messages: __, parsed: ___, steps, ...result } = message.result;
    return { ...result, steps: steps.map(({ content: _content, ...step }: Record<string, unknown>) => step) };
  }
  const { partial, ...data } = message.error?.data ?? {};
  return partial === undefined ? message : { ...message.error, data: { ...data, partial: { ...partial, content: [] } } };
}

async function ask(host: RawHost, params: { readonly [name: string]: unknown }): Promise<RawMessage> {
  if (params.model === 'embed-model') return host.request('llm/embed', { model: 'embed-model', input: ['Say hello.'] });
  return host.request('llm/prompt', { prompt: 'Say hello.', ...params });
}

describe('a provider that repeats keys, everywhere and in every way', () => {
  test('is the only one that sees them', { timeout: 240_000 }, async () => {
    await using other = await startCanaryUpstream();
    await using upstream = await startCanaryUpstream(other.url);
    const config = configFor(upstream, { storage: './kept.db', history: { content: true } });
    await using sidecar = await startReady({ config: JSON.stringify(config), env, llmFolder, timeoutMs: 60_000 });
    const { host } = sidecar;
    host.notify('$/setTrace', { value: 'verbose' });
    const set = await host.request('secret/set', { name: 'STORED', value: secrets.stored });
    expect(set.error).toBeUndefined();
    let seen = 0;
    let turns = 0;
    const cases = fc.record({
      place: fc.constantFrom(...Object.keys(places)),
      encoding: fc.constantFrom(...Object.keys(encodings)),
      model: fc.constantFrom(...models, 'embed-model'),
      stream: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ place, encoding, model, stream }) => {
        upstream.say(place, encoding);
        const promptId = `p${(turns += 1)}`;
        const answer = await ask(host, { promptId, model, ...(stream ? { stream: {} } : {}), tools: [{ name: 'mine', inputSchema: {} }] });
        expect(answer.error?.data?.kind ?? 'answered').not.toMatch(/keyMissing|modelNotFound.*sidecar|internalError/);
        const fresh = host.messages.slice(seen);
        seen = host.messages.length;
        expect(leaksIn(said(fresh) + host.stderr, secrets)).toEqual([]);
      }),
      {
        // First one of each, however few there is time for.
        examples: models.map((model) => [{ place: 'answer', encoding: 'plain', model, stream: true }]),
        numRuns: Number(process.env['CANARY_RUNS'] ?? 400),
        plugins: [fc.interruptAfterTimeLimit(Number(process.env['CANARY_MS'] ?? 12_000))],
      },
    );
    // Every key has been used, or nothing was shown.
    const sent = JSON.stringify(upstream.received);
    for (const name of ['variable', 'secret', 'keysFile', 'authorization', 'custom', 'stored'] as const)
      expect(sent).toContain(secrets[name]);
    expect(other.received).toEqual([]);

    // What is written down holds none of them, not even what the model said.
    await host.request('shutdown');
    for (const path of filesIn(sidecar.dir)) {
      if (/config\.yaml$|keys\.json$/.test(path)) continue;
      expect(leaksIn(readFileSync(path, 'latin1'), secrets), path).toEqual([]);
    }
  });

  test('what the answer itself says is the model’s: it comes as it is, and is kept without keys', { timeout: 240_000 }, async () => {
    await using upstream = await startCanaryUpstream();
    const config = configFor(upstream, { storage: './kept.db', history: { content: true } });
    await using sidecar = await startReady({ config: JSON.stringify(config), env, llmFolder, timeoutMs: 60_000 });
    const { host } = sidecar;
    upstream.say('answer', 'plain');
    const { result } = await ask(host, { model: 'chat-model', conversationId: 'c' });
    expect(result.text).toContain(secrets.variable);
    const listed = (await host.request('history/list', {})).result;
    const kept = await Promise.all([
      host.request('history/read', { responseId: listed.responses[0].responseId }),
      host.request('conversation/read', { id: 'c' }),
    ]);
    expect(kept.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(JSON.stringify(kept)).toContain('***');
    expect(leaksIn(JSON.stringify(kept), secrets)).toEqual([]);
  });
});

describe('what can be asked for', () => {
  /** Everything a host can look at, after the keys were used. */
  async function lookAround(sidecar: Sidecar): Promise<void> {
    const { host } = sidecar;
    host.notify('$/setTrace', { value: 'verbose' });
    for (const model of models) await ask(host, { model });
    const asked: [method: string, params: object][] = [
      ['llm/models', { includeUnavailable: true }],
      ...models.map((model): [string, object] => ['llm/explain', { model, system: 'a', toolNames: ['program/*'] }]),
      ['config/read', {}],
      ['llm/purposes', {}],
      ['rpc.discover', {}],
      ['secret/list', {}],
      ['usage/summary', { by: ['model'] }],
      ['history/list', {}],
      ['conversation/list', {}],
      ['llm/prompt', { model: 'echo', prompt: 'a', toolNames: ['program/*'] }],
      ['llm/prompt', { model: 'echo', prompt: 'a', toolNames: ['web/*'] }],
      ['llm/prompt', { model: 'echo', prompt: JSON.stringify({ tool_calls: [{ name: 'leak', arguments: {} }] }), toolNames: ['leak'] }],
      ['llm/prompt', { model: 'test-fast', prompt: 'a' }],
      ['llm/embed', { model: 'embed-model', input: ['a'] }],
      ['llm/groupOpen', { groupId: 'g', model: 'chat-model' }],
      ['llm/prompt', { groupId: 'g', prompt: 'a' }],
      ['llm/groupClose', { groupId: 'g' }],
      ['secret/set', { name: 'A', value: { wrong: secrets.stored } }],
      ['secret/set', { name: 'A', value: '', wrong: secrets.stored }],
    ];
    for (const [method, params] of asked) await host.request(method, params);
  }

  test('shows no secret: methods, notifications, traces, stderr', { timeout: 240_000 }, async () => {
    await using upstream = await startCanaryUpstream();
    const config = configFor(upstream, { plugins: Object.keys(plugins).map((name) => `./${name}`) });
    await using sidecar = await startReady({
      config: JSON.stringify(config),
      env,
      llmFolder: { ...llmFolder, ...plugins },
      timeoutMs: 60_000,
    });
    await lookAround(sidecar);
    const text = said(sidecar.host.messages);
    expect(leaksIn(text + sidecar.host.stderr, { ...secrets, encryptionKey })).toEqual([]);
    const shown = ['plain-model', '"skipped: ***"', 'Error: skipped: ***', '"failing: ***"', 'You sent ***'];
    expect(shown.filter((one) => !text.includes(one))).toEqual([]);
    await expect.poll(() => sidecar.host.stderr, { timeout: 40_000 }).toContain('mcp server program: started with ***');
  });

  test('nor with a database that is away and whose address holds a password', { timeout: 240_000 }, async () => {
    await using upstream = await startCanaryUpstream();
    const config = configFor(upstream, {
      storage: `postgres://canary:${secrets.database}@127.0.0.1:9/db?password=${secrets.extra}`,
      history: true,
      unpriced: 'allow',
      budgets: [{ name: 'all', limit_usd: 1, per: 'day', match: { purpose: 'paid' } }],
    });
    await using sidecar = await startReady({ config: JSON.stringify(config), env, llmFolder, timeoutMs: 60_000 });
    const { host } = sidecar;
    const { error } = await host.request('llm/prompt', { model: 'echo', prompt: 'a', purpose: 'paid' });
    expect(error.data.kind).toBe('storageUnavailable');
    for (const method of ['history/list', 'conversation/list', 'secret/list', 'config/read', 'usage/summary'])
      await host.request(method, {});
    expect(leaksIn(said(host.messages) + host.stderr, secrets)).toEqual([]);
  });

  test('nor when the configuration is changed to one that is refused, and back', { timeout: 240_000 }, async () => {
    await using upstream = await startCanaryUpstream();
    const good = configFor(upstream);
    await using sidecar = await startReady({ config: JSON.stringify(good), env, llmFolder, timeoutMs: 60_000 });
    const { host, configPath } = sidecar;
    const diagnosed = () => host.next(({ method }) => method === 'config/diagnostics');
    for (const bad of [
      `providers: {openai: {base_url: "http:me:${secrets.database}", headers: {Authorization: [${secrets.extra}]}}}`,
      `${secrets.database}: ${secrets.extra}\nproviders: {openai: {api_key: ${secrets.extra}, base_url: no address}}`,
      `default_model: {model: a, key: sk-${secrets.database}}`,
      `providers: {openai: {headers: {Authorization: "Bearer ${secrets.extra}"`,
      `plugins: ["./missing.ts"]\nproviders: {openai: {headers: {X-Api-Key: ${secrets.database}}}}`,
    ]) {
      writeFileSync(configPath, bad);
      await diagnosed();
      await host.request('config/read', {});
    }
    writeFileSync(configPath, JSON.stringify(good));
    await diagnosed();
    // A name of a key in the file is not known to be a secret; the rest is.
    const { database: _, ...known } = secrets;
    expect(leaksIn(said(host.messages) + host.stderr, known)).toEqual([]);
  });

  test('nor at the command line', { timeout: 240_000 }, async () => {
    await using upstream = await startCanaryUpstream();
    const settings = configFor(upstream, { plugins: ['./failing.ts'] });
    await using sidecar = await startSidecar({ config: JSON.stringify(settings, null, 2), env, llmFolder: { ...llmFolder, ...plugins } });
    const bad = `providers:\n  gateway: { type: openai-compatible, base_url: none, headers: { Authorization: "Bearer ${secrets.extra}", X-Token: ${secrets.database} } }\nmcp_servers: { a: { command: [], args: [--token, ${secrets.mcpWord}] } }\n`;
    writeFileSync(join(sidecar.dir, 'bad.yaml'), bad);
    writeFileSync(join(sidecar.dir, 'broken.yaml'), `providers: { openai: { headers: { Authorization: "Bearer ${secrets.extra}", x: ]\n`);
    upstream.say('refused', 'plain');
    const config = ['-c', sidecar.configPath];
    const runs = await inPairs(
      [
        ['models', '--all', '--json', ...config],
        ['models', '--all', ...config],
        ['explain', '--json', '-m', 'chat-model', ...config],
        ['config', 'check', ...config],
        ['config', 'check', join(sidecar.dir, 'bad.yaml')],
        ['config', 'check', '--json', join(sidecar.dir, 'bad.yaml')],
        ['config', 'check', join(sidecar.dir, 'broken.yaml')],
        ['prompt', 'hello', '-m', 'chat-model', ...config],
        ['prompt', 'hello', '-m', 'gateway-model', '--json', ...config],
        ['prompt', 'hello', '-m', 'test-fast', ...config],
        ['prompt', 'hello', '-m', 'test-fast', '--json', ...config],
        ['keys', 'list'],
        ['secrets', 'list', ...config],
      ],
      (words) => runCommand(words, sidecar.dir),
    );
    for (const { words, output } of runs)
      expect({ words, leaks: leaksIn(output, { ...secrets, encryptionKey }) }).toEqual({ words, leaks: [] });
    const output = runs.map((run) => run.output).join('\n');
    expect(output).toContain('Incorrect API key provided');
    expect(output).toContain('base_url: none');
  });
});

describe('where a key goes', () => {
  const statuses = [301, 302, 303, 307, 308];

  test(
    'not where a redirect to another host, port or scheme leads; to another path of the same origin it does',
    { timeout: 240_000 },
    async () => {
      await using other = await startCanaryUpstream();
      await using upstream = await startRedirecting();
      await using sidecar = await startReady({ config: JSON.stringify(configFor(upstream)), env, llmFolder, timeoutMs: 60_000 });
      const { host } = sidecar;
      const elsewhere = [
        other.url,
        `https://127.0.0.1:${upstream.port}/`,
        `http://localhost:${upstream.port}/`,
        `//localhost:${other.port}/v1`,
      ];
      for (const [index, status] of statuses.entries())
        for (const target of index === 0 ? elsewhere : elsewhere.slice(0, 1)) {
          upstream.to(status, target);
          for (const model of models.slice(0, 7)) {
            const { error } = await ask(host, { model });
            expect(error).toMatchObject({ data: { kind: 'providerError', retryable: false, provider: { status } } });
            expect(error.message).toContain(`redirects to ${new URL(target, 'http://a').origin}, which the key is not sent to`);
          }
          const tools = await host.request('llm/prompt', { model: 'echo', prompt: 'a', toolNames: ['web/*'] });
          expect(tools.error.data.kind).toBe('toolNotFound');
        }
      expect(other.received).toEqual([]);
      upstream.to(307, '/elsewhere');
      const from = upstream.received.length;
      await ask(host, { model: 'chat-model' });
      const posts = upstream.received.slice(from).filter(({ method }) => method === 'POST');
      expect(posts.slice(0, 2).map(({ url, headers }) => [url, headers['authorization']])).toEqual([
        ['/v1/chat/completions', `Bearer ${secrets.variable}`],
        ['/elsewhere', `Bearer ${secrets.variable}`],
      ]);
    },
  );

  const wishes = (url: string): [what: string, params: object, kind: string][] => [
    ['options.base_url', { options: { base_url: url } }, 'invalidParams'],
    ['options.baseURL', { options: { baseURL: url } }, 'invalidParams'],
    ['options.headers', { options: { headers: { 'x-evil': { $env: 'OPENAI_API_KEY' } } } }, 'invalidParams'],
    ['options.apiKey', { options: { apiKey: 'mine' } }, 'invalidParams'],
    ['options.api_key', { options: { api_key: { $env: 'OPENAI_API_KEY' } } }, 'invalidParams'],
    ['options.$env', { options: { $env: 'OPENAI_API_KEY' } }, 'invalidParams'],
    ['$env in place of an option', { options: { temperature: { $env: 'OPENAI_API_KEY' } } }, 'invalidParams'],
    ['$env in place of the options', { options: { openai: { $env: 'OPENAI_API_KEY' } } }, 'answered'],
    [
      'options of the package',
      { options: { openai: { baseURL: url, apiKey: 'mine', headers: { 'x-evil': '1' }, fetch: 'a' } } },
      'answered',
    ],
    ['metadata', { metadata: { base_url: url, key: { $env: 'OPENAI_API_KEY' }, headers: { 'x-evil': '1' } } }, 'answered'],
    ['$env as the prompt', { prompt: { $env: 'OPENAI_API_KEY' } }, 'invalidParams'],
    ['$env in the prompt', { prompt: '{"$env": "OPENAI_API_KEY"} $OPENAI_API_KEY ${OPENAI_API_KEY}' }, 'answered'],
    ['$env as a system prompt', { system: { $env: 'OPENAI_API_KEY' } }, 'invalidParams'],
    ['an attachment by $env', { attachments: [{ type: 'attachment', url: { $env: 'OPENAI_API_KEY' } }] }, 'invalidParams'],
    ['an attachment with $env in its address', { attachments: [{ type: 'attachment', url: '$env:OPENAI_API_KEY' }] }, 'invalidParams'],
    ['an address as the model', { model: url }, 'modelNotFound'],
    ['a provider with an address as the model', { model: `openai/${url}` }, 'modelNotFound'],
    ['$env as the model', { model: { $env: 'OPENAI_API_KEY' } }, 'invalidParams'],
    ['members that nobody knows', { base_url: url, apiKey: 'mine', provider: { base_url: url }, headers: { 'x-evil': '1' } }, 'answered'],
    ['_meta', { _meta: { base_url: url, key: { $env: 'OPENAI_API_KEY' } } }, 'answered'],
    [
      'a tool with $env',
      { tools: [{ name: 'a', description: '{"$env":"OPENAI_API_KEY"}', inputSchema: { $env: 'OPENAI_API_KEY' } }] },
      'answered',
    ],
    ['a schema with $env', { schema: { type: 'object', properties: { a: { $env: 'OPENAI_API_KEY' } } } }, 'answered'],
    ['a purpose', { purpose: `{"$env":"OPENAI_API_KEY"}`, actor: { id: '$env:OPENAI_API_KEY' } }, 'answered'],
  ];

  test('a request sets no address, no header and no key, and reads no variable', { timeout: 240_000 }, async () => {
    await using evil = await startCanaryUpstream();
    await using upstream = await startCanaryUpstream();
    upstream.say('besides', 'lower');
    await using sidecar = await startReady({ config: JSON.stringify(configFor(upstream)), env, llmFolder, timeoutMs: 60_000 });
    for (const [what, params, kind] of wishes(evil.url)) {
      const { error, result } = await ask(sidecar.host, { model: 'chat-model', ...params });
      const schemaAlone = error?.data?.kind === 'providerError' && what === 'a schema with $env';
      expect([what, schemaAlone ? 'answered' : (error?.data?.kind ?? (result ? 'answered' : 'nothing'))]).toEqual([what, kind]);
    }
    expect(evil.received).toEqual([]);
    for (const { headers, body } of upstream.received.filter(({ method, url }) => method === 'POST' && url.includes('chat'))) {
      expect(headers['authorization']).toBe(`Bearer ${secrets.variable}`);
      expect(headers).not.toHaveProperty('x-evil');
      expect(leaksIn(body, secrets)).toEqual([]);
    }
    expect(leaksIn(said(sidecar.host.messages) + sidecar.host.stderr, secrets)).toEqual([]);
  });
});

/** Redirects every request, as it was told last. */
async function startRedirecting(): Promise<CanaryUpstream & { to(status: number, location: string): void }> {
  let now = { status: 307, location: '/' };
  const received: CanaryUpstream['received'] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: '' });
    request.resume();
    response.writeHead(now.status, { location: now.location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    say: () => {},
    to: (status, location) => void (now = { status, location }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

interface Run {
  readonly words: string;
  readonly output: string;
}

async function runCommand(words: readonly string[], dir: string): Promise<Run> {
  const [node = '', ...main] = sidecarCommand;
  const child = spawn(node, [...main, ...words], { cwd: dir, env: { ...cleanEnv(dir, env) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.on('close', resolve));
  return { words: words.join(' '), output };
}

/** The machine has few cores. */
async function inPairs<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += 2) results.push(...(await Promise.all(items.slice(at, at + 2).map(run))));
  return results;
}
