import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';
import { wholeLines } from '../support/wholeLines.ts';
import { refuses, says, servers, startScripted } from './support/chat.ts';

const setUp = { NODE_OPTIONS: `--import=${new URL('../telemetry/support/otel.mjs', import.meta.url).href}` };

function spansFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-spans-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'spans.jsonl');
}

type Span = { name: string; traceId: string; spanId: string; parent?: string; attributes: Record<string, unknown> };

const spansIn = (file: string): Span[] => wholeLines(file);

async function problemsOf({ host }: Sidecar): Promise<string[]> {
  const { params } = await host.next(({ method }) => method === 'config/diagnostics');
  return (params.diagnostics as { code: string; message: string; path: string }[]).map(
    ({ code, path, message }) => `${code} ${path} ${message}`,
  );
}

test('the SDK of the process gets the spans, below those of the host, to the last one', async () => {
  const SPANS_FILE = spansFile();
  await using sidecar = await startReady({ config: 'telemetry: true', env: { ...setUp, SPANS_FILE } });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const prompt = JSON.stringify({ raw: 'the text of the answer' });
  await sidecar.host.request('llm/prompt', { model: 'echo', prompt, promptId: 'p1', _meta: { traceparent } });
  await sidecar.host.request('shutdown');
  sidecar.host.notify('exit');
  expect(await sidecar.host.closed).toMatchObject({ code: 0, stderr: '' });
  const [attempt, call, ...others] = spansIn(SPANS_FILE);
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    name: 'chat echo',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parent: 'b7ad6b7169203331',
    attributes: { 'llm_sidecar.prompt.id': 'p1', 'gen_ai.operation.name': 'chat' },
  });
  expect(attempt).toMatchObject({ name: 'attempt echo', parent: call?.spanId });
  expect(readFileSync(SPANS_FILE, 'utf8')).not.toContain('the text');
});

test("the host's hooks and tools are told which span they are a part of, and nothing where telemetry is off", async () => {
  const SPANS_FILE = spansFile();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const metas = async (config: string): Promise<unknown[]> => {
    await using sidecar = await startSidecar({ config, env: { ...setUp, SPANS_FILE } });
    await sidecar.initialize({ capabilities: { tools: {}, hooks: { dynamicRegistration: {} } } });
    const { host } = sidecar;
    await host.request('hook/register', { hooks: ['filterModels', 'promptStart', 'promptEnd'].map((point) => ({ id: point, point })) });
    const prompt = JSON.stringify({ prompt: 'Look!', tool_calls: [{ name: 'look' }] });
    const tools = [{ name: 'look', inputSchema: { type: 'object' } }];
    const params = { model: 'echo', prompt, tools, _meta: { traceparent, tracestate: 'of=host' } };
    host.send({ jsonrpc: '2.0', id: 'p', method: 'llm/prompt', params });
    const told: unknown[] = [];
    const results: Record<string, object> = {
      'hook/filterModels': { models: null },
      'hook/promptStart': { action: 'continue' },
      'tool/call': { content: 'seen' },
    };
    for (;;) {
      const message = await host.next(({ id, method }) => id === 'p' || (id !== undefined && method !== undefined));
      if (message.method === undefined) {
        expect(message.result.stopReason).toBe('end');
        return told;
      }
      told.push([message.method, message.params._meta]);
      host.answer(message.id, results[message.method] ?? null);
    }
  };
  const on = await metas('telemetry: true');
  const call = spansIn(SPANS_FILE).find(({ name }) => name === 'chat echo');
  const context = { traceparent: `00-0af7651916cd43dd8448eb211c80319c-${call?.spanId}-01`, tracestate: 'of=host' };
  const step = [
    ['hook/promptStart', context],
    ['hook/promptEnd', context],
  ];
  expect(on).toEqual([['hook/filterModels', context], ...step, ['tool/call', { depth: 0, ...context }], ...step]);
  expect(await metas('')).toEqual(on.map((one) => [(one as string[])[0], (one as string[])[0] === 'tool/call' ? { depth: 0 } : undefined]));
});

test('a fallback is an attempt of the same prompt, whose provider and model are then those that answered', async () => {
  const SPANS_FILE = spansFile();
  await using one = await startScripted();
  await using two = await startScripted();
  one.script(refuses(500));
  two.script(says('Hello'));
  const config = `${servers({ one: one.url, two: two.url })}limits: {retries: 0}\nfallbacks: {one-model: [two-model]}\ntelemetry: true\n`;
  await using sidecar = await startReady({ config, env: { ...setUp, SPANS_FILE } });
  await sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'hi', promptId: 'p1' });
  await sidecar.stop();
  const [first, second, call, ...others] = spansIn(SPANS_FILE);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ name: 'attempt one-model', parent: call?.spanId, attributes: { 'gen_ai.provider.name': 'one' } });
  expect(first?.attributes['error.type']).toBeTypeOf('string');
  expect(second).toMatchObject({ name: 'attempt two-model', parent: call?.spanId, attributes: { 'llm_sidecar.attempt': 2 } });
  expect(call).toMatchObject({
    name: 'chat one-model',
    attributes: { 'gen_ai.request.model': 'one-model', 'gen_ai.response.model': 'two-model', 'gen_ai.provider.name': 'two' },
  });
});

test('gets none unless the configuration says so, from then on', async () => {
  const SPANS_FILE = spansFile();
  await using sidecar = await startReady({ config: 'test_models: true', env: { ...setUp, SPANS_FILE } });
  const ask = async (promptId: string) => sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'hi', promptId });
  await ask('before');
  writeFileSync(sidecar.configPath, 'test_models: true\ntelemetry: true\n');
  await sidecar.host.next(({ method }) => method === 'llm/modelsChanged');
  await ask('after');
  await sidecar.stop();
  const prompts = spansIn(SPANS_FILE).filter(({ name }) => name.startsWith('chat'));
  expect(prompts.map(({ attributes }) => attributes['llm_sidecar.prompt.id'])).toEqual(['after']);
});

test('without an SDK there is a warning at its place, and prompts are answered', async () => {
  await using sidecar = await startReady({ config: 'telemetry: true' });
  expect(await problemsOf(sidecar)).toEqual([
    'telemetryUnavailable telemetry telemetry is off: nothing in this process exports what is measured. Start it with NODE_OPTIONS="--import=/path/to/otel.mjs", a file that sets an OpenTelemetry SDK up.',
  ]);
  const { result } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'hi' });
  expect(result.stopReason).toBe('end');
});
