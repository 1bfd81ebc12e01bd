import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';
import { wholeLines } from '../support/wholeLines.ts';

const config = 'default_model: echo\ntest_models: true\nplugins: [./policy.ts]\n';
const plugin = (body: string, more = '') => `import { appendFileSync } from 'node:fs';
import { definePlugin, Refusal } from 'llm-sidecar/plugin';
const told = (line: unknown) => appendFileSync(import.meta.dirname + '/told', JSON.stringify(line) + '\\n');
${more}
export default definePlugin({ name: 'policy', ${body} });
`;
const refusing = (reason: string) => plugin(`async *promptContext() { throw new Refusal('${reason}'); yield; }`);
const told = ({ dir }: Sidecar) => wholeLines<any>(join(dir, 'told'));
const changed = async ({ host }: Sidecar) => host.next(({ method }) => method === 'llm/modelsChanged');

/** What was saved may be in force only after a change or two. undefined: the prompt is answered. */
async function untilRefused(sidecar: Sidecar, expected: string | undefined): Promise<void> {
  for (;;) {
    const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x' });
    if (error?.message === expected) return;
    await changed(sidecar);
  }
}

describe('the code around a prompt', () => {
  test('knows what is sent, and how it ended', async () => {
    const body = `async *promptContext({ modelId, prompt, messages, system, options, purpose, actor, group, depth, metadata, promptId }) {
      told({ modelId, prompt, messages, system, options, purpose, actor, group, depth, metadata, promptId });
      const { response, responses, purpose: p, group: g, text, usage, cost, status, error } = yield;
      told({ same: response === responses[0], count: responses.length, p, g, text, usage, cost, status, error: error ?? null });
    }`;
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(body) } });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', purpose: 'p', actor: { id: 'ann' } });
    await host.request('llm/prompt', {
      promptId: 'one',
      groupId: 'g',
      system: 'be kind',
      prompt: '{"raw": "two words"}',
      messages: [
        { role: 'user', content: 'before' },
        { role: 'assistant', content: 'so' },
      ],
      options: { example_bool: true },
      metadata: { ticket: 7 },
    });
    expect(told(sidecar)).toEqual([
      {
        modelId: 'echo',
        prompt: '{"raw": "two words"}',
        messages: [
          { role: 'user', content: 'before' },
          { role: 'assistant', content: 'so' },
          { role: 'user', content: '{"raw": "two words"}' },
        ],
        system: 'be kind',
        options: { example_bool: true },
        purpose: 'p',
        actor: { id: 'ann' },
        group: 'g',
        depth: 0,
        metadata: { ticket: 7 },
        promptId: 'one',
      },
      {
        same: true,
        count: 1,
        p: 'p',
        g: 'g',
        text: 'two words',
        usage: { inputTokens: 3, outputTokens: 2 },
        cost: { usd: null, source: 'unknown' },
        status: 'ok',
        error: null,
      },
    ]);
  });

  test('in the form of a function with next', async () => {
    const body = `async promptContext({ prompt }, next) {
      if (prompt.includes('secret')) throw new Error('No secrets.');
      const { text, status } = await next();
      told([text, status]);
    }`;
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(body) } });
    expect((await sidecar.host.request('llm/prompt', { prompt: '{"raw": "fine"}' })).result.text).toBe('fine');
    expect((await sidecar.host.request('llm/prompt', { prompt: 'a secret' })).error).toMatchObject({
      code: -31040,
      message: 'No secrets.',
      data: { registrationId: 'policy' },
    });
    expect(told(sidecar)).toEqual([['fine', 'ok']]);
  });

  test.each([
    [
      'a defect is a failure and no refusal',
      `async *promptContext() { null.x; yield; }`,
      'hookFailed',
      /^The hook policy \(policy\) failed: Cannot read properties of null/,
    ],
    ['a function that forgets next', `async promptContext() {}`, 'hookFailed', /returned without next\(\)/],
    ['what is no model', `filterModels: () => 5`, 'hookFailed', /filterModels of the plugin policy has to give a list of models or null/],
    [
      'the failure of a prompt of its own',
      `async *promptContext({ llm, depth }) { if (depth === 0) await llm.prompt('x', { model: 'test-fails' }); yield; }`,
      'hookFailed',
      /^The plugin policy failed: test-fails broke off/,
    ],
  ])('%s', async (_, body, kind, message) => {
    await using sidecar = await startReady({
      config,
      llmFolder: { 'policy.ts': plugin(body).replace('null.x', '(null as any).x') },
    });
    const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x' });
    expect(error).toMatchObject({ message: expect.stringMatching(message), data: { kind, registrationId: 'policy' } });
  });

  test('a generator that ends before the response takes no part', async () => {
    await using sidecar = await startReady({
      config,
      llmFolder: { 'policy.ts': plugin(`async *promptContext() { if (true as boolean) return; yield; }`) },
    });
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).result).toMatchObject({ stopReason: 'end' });
  });

  test('may prompt models itself, with the actor of the call and one hook deeper', async () => {
    const body = `async *promptContext({ llm, depth, actor, prompt }) {
      told([prompt, depth, actor]);
      if (depth > 0) return;
      const { text, model, stopReason } = await llm.prompt('{"raw": "inner"}', { system: 's' });
      told([text, model, stopReason, (await llm.models()).length > 0]);
      yield;
    }`;
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(body) } });
    await sidecar.host.request('llm/prompt', { prompt: 'outer', actor: { id: 'ann' } });
    expect(told(sidecar)).toEqual([
      ['outer', 0, { id: 'ann' }],
      ['{"raw": "inner"}', 1, { id: 'ann' }],
      ['inner', 'echo', 'end', true],
    ]);
  });
});

describe('onResponseDone', () => {
  const watching = `async *promptContext(context) {
    context.onResponseDone(({ step, status, text }) => told(['early', step, status]));
    context.onResponseDone(() => { throw new Error('a bad callback'); });
    const response = yield;
    await response.onResponseDone(async ({ step, status }) => { await null; told(['late', step, status]); });
  }`;

  test('once for each response of a chain, whether it was given before or after; a failing one fails nothing', async () => {
    const tools = `registerTools: () => [{ name: 'clock', execute: () => 'noon' }]`;
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(`${tools}, ${watching}`) } });
    const { result } = await sidecar.host.request('llm/prompt', { prompt: '{"tool_calls": [{"name": "clock"}]}', toolNames: ['clock'] });
    expect(result.steps[0].toolResults).toMatchObject([{ name: 'clock', content: [{ type: 'text', text: 'noon' }] }]);
    expect(told(sidecar)).toEqual([
      ['early', 0, 'ok'],
      ['early', 1, 'ok'],
      ['late', 0, 'ok'],
      ['late', 1, 'ok'],
    ]);
    expect(result._meta.hookErrors).toEqual([
      { registrationId: 'policy', message: 'onResponseDone: a bad callback' },
      { registrationId: 'policy', message: 'onResponseDone: a bad callback' },
    ]);
  });

  test('also when the model fails, and when the prompt is cancelled', async () => {
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(watching) } });
    const { host } = sidecar;
    await host.request('llm/prompt', { prompt: 'x', model: 'test-fails' });
    const running = host.request('llm/prompt', { prompt: 'x', model: 'test-endless', promptId: 'p', stream: {} }, 'mine');
    await host.next(({ method, params }) => method === 'llm/delta' && params.promptId === 'p');
    host.notify('$/cancelRequest', { id: 'mine' });
    await running;
    expect(told(sidecar)).toEqual([
      ['early', 0, 'error'],
      ['late', 0, 'error'],
      ['early', 0, 'cancelled'],
      ['late', 0, 'cancelled'],
    ]);
  });

  test('G5 also when the host is lost: the code after runs before the process ends', async () => {
    const body = `async *promptContext() { const { status } = yield; await new Promise((resolve) => setTimeout(resolve, 800)); told(['after', status]); }, groupExit: ({ reason }) => told(['exit', reason])`;
    const sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(body) } });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    host.request('llm/prompt', { prompt: 'x', model: 'test-endless', promptId: 'p', groupId: 'g', stream: {} }).catch(() => {});
    await host.next(({ method }) => method === 'llm/delta');
    host.endInput();
    expect((await host.closed).code).toBe(1);
    expect(told(sidecar)).toEqual([
      ['after', 'cancelled'],
      ['exit', 'disconnected'],
    ]);
    await sidecar.stop();
  });
});

describe('loading', () => {
  test('a save takes effect, also of a file that the plugin imports; a call that runs keeps the old one', async () => {
    const importing = plugin(`async *promptContext() { throw new Refusal(reason); yield; }`, `import { reason } from './reason.ts';`);
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': importing, 'reason.ts': `export const reason = 'one';` } });
    const { host, dir } = sidecar;
    expect((await host.request('llm/prompt', { prompt: 'x' })).error.message).toBe('one');
    await writeFile(join(dir, 'reason.ts'), `export const reason = 'two';`);
    await untilRefused(sidecar, 'two');
    await writeFile(join(dir, 'policy.ts'), refusing('three'));
    await untilRefused(sidecar, 'three');
  });

  test('one that is saved again while it is loaded is loaded again, at the start too', async () => {
    const overwritten = (name: string): string =>
      `import { copyFileSync } from 'node:fs';\ncopyFileSync(import.meta.dirname + '/${name}', import.meta.dirname + '/policy.ts');\n`;
    const llmFolder = {
      'policy.ts': overwritten('two.txt') + refusing('one'),
      'two.txt': refusing('two'),
      'four.txt': refusing('four'),
    };
    await using sidecar = await startReady({ config, llmFolder });
    await untilRefused(sidecar, 'two');
    await writeFile(join(sidecar.dir, 'policy.ts'), overwritten('four.txt') + refusing('three'));
    await untilRefused(sidecar, 'four');
  });

  test('one that is broken by a save is an error at its line, and the last good one stays', async () => {
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': refusing('good') } });
    const { host, dir, configPath } = sidecar;
    await writeFile(join(dir, 'policy.ts'), 'export default {{');
    // Before it there may be another one: for an instant a file that is written in place is empty.
    const { params } = await host.next(
      ({ method, params: told }) => method === 'config/diagnostics' && !/ default export /.test(told.diagnostics[0]?.message),
    );
    expect(params.diagnostics).toEqual([
      {
        severity: 'error',
        code: 'pluginFailed',
        message: expect.stringMatching(/^The plugin cannot be loaded\. ./),
        path: 'plugins[0]',
        range: { start: { line: 2, character: 10 }, end: { line: 2, character: 21 } },
        source: configPath,
      },
    ]);
    expect((await host.request('llm/prompt', { prompt: 'x' })).error.message).toBe('good');
    await writeFile(join(dir, 'policy.ts'), refusing('better'));
    await host.next(({ method, params: told }) => method === 'config/diagnostics' && told.diagnostics.length === 0);
    await untilRefused(sidecar, 'better');
  });

  test('the list of plugins can change', async () => {
    await using sidecar = await startReady({ config: 'default_model: echo\n', llmFolder: { 'policy.ts': refusing('no') } });
    const { host, configPath } = sidecar;
    expect((await host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
    await writeFile(configPath, config);
    await untilRefused(sidecar, 'no');
    await writeFile(configPath, 'default_model: echo\n');
    await untilRefused(sidecar, undefined);
  });

  test.each([
    ['there is no file', './nowhere.ts', /There is no file .*nowhere\.ts\./],
    ['there is no package', 'policy.ts', /There is no package "policy\.ts" in .* A file begins with \.\/ or \.\.\//],
    ['it throws', './throws.ts', /thrown at once\./],
    ['it exports nothing', './empty.ts', /default export of its module/],
    ['it has a hook that does not exist', './misspelt.ts', /A plugin has no "filterModel"\. It may have name,/],
    ['its purposes throw', './purposes.ts', /no purposes\./],
    ['its tool cannot run', './tools.ts', /the tool t has no execute function\./],
  ])('%s: an error, and no prompt is sent without it', async (_, specifier, message) => {
    const files = {
      'throws.ts': `throw new Error('thrown at once');`,
      'empty.ts': `export const nothing = 1;`,
      'misspelt.ts': `export default { name: 'a', filterModel() {} };`,
      'purposes.ts': `export default { name: 'a', registerPurposes() { throw new Error('no purposes'); } };`,
      'tools.ts': `export default { name: 'a', registerTools: () => [{ name: 't' }] };`,
    };
    await using sidecar = await startSidecar({ config: `default_model: echo\nplugins: ['${specifier}']\n`, llmFolder: files });
    const { result } = await sidecar.initialize();
    expect(result.config.diagnostics).toMatchObject([
      { severity: 'error', code: 'pluginFailed', message: expect.stringMatching(message), path: 'plugins[0]' },
    ]);
    const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x' });
    expect(error).toMatchObject({
      message: expect.stringMatching(/could not be loaded, so no prompt is sent/),
      data: { kind: 'hookFailed', registrationId: specifier },
    });
    expect((await sidecar.host.request('llm/models', {})).result.models.length).toBeGreaterThan(0);
  });

  test.each([
    ['with a main module', { main: './main.js' }],
    ['for import alone', { type: 'module', exports: { '.': { import: './main.js' } } }],
  ])('a package that is installed beside the configuration, %s', async (_, manifest) => {
    const sidecar = await startSidecar({ config: 'default_model: echo\nplugins: []\n' });
    await using stopped = sidecar;
    const folder = join(sidecar.dir, 'node_modules/my-policy');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'my-policy', version: '1.0.0', type: 'module', ...manifest }));
    await writeFile(
      join(folder, 'main.js'),
      `export default { name: 'packed', async *promptContext() { throw new Error('from the package'); } };`,
    );
    await sidecar.initialize();
    await writeFile(sidecar.configPath, 'default_model: echo\nplugins: [my-policy]\n');
    await changed(stopped);
    for (;;) {
      const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x' });
      if (error) {
        expect(error).toMatchObject({ message: 'from the package', data: { registrationId: 'packed' } });
        return;
      }
      await changed(stopped);
    }
  });

  test('two of one name, and a deleted file', async () => {
    const two = 'plugins: [./policy.ts, ./again.ts]\n';
    await using sidecar = await startSidecar({ config: two, llmFolder: { 'policy.ts': refusing('a'), 'again.ts': refusing('b') } });
    const { result } = await sidecar.initialize();
    expect(result.config.diagnostics).toMatchObject([
      { path: 'plugins[1]', message: 'The plugin cannot be loaded. Another plugin is named "policy" already (number 1 of the list).' },
    ]);
    await rm(join(sidecar.dir, 'policy.ts'));
    for (;;) {
      const { params } = await sidecar.host.next(({ method }) => method === 'config/diagnostics');
      const [first] = params.diagnostics;
      if (first.path === 'plugins[0]') return expect(first.message).toMatch(/There is no file/);
    }
  });

  test('what a plugin prints goes to stderr; a promise that it forgets ends nothing', async () => {
    const body = `async *promptContext() { console.log('printed by the plugin'); void Promise.reject(new Error('forgotten')); yield; }`;
    await using sidecar = await startReady({ config, llmFolder: { 'policy.ts': plugin(body) } });
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
    const { code, stderr } = await sidecar.stop();
    expect(stderr).toContain('printed by the plugin');
    expect(stderr).toContain('a promise was left alone and has failed');
    expect(stderr).not.toContain('forgotten');
    expect(code).toBe(1);
  });
});
