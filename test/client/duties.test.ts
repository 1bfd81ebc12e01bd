import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Hooks, LLM, LLMOptions, ResponseDone } from '../../client/index.ts';
import { failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

const asking = (llm: LLM, ...requests: object[]) => llm.model('x').prompt(JSON.stringify(requests)).json();
const usage = { inputTokens: 1, outputTokens: 2 };
const cost = { usd: '0.5', source: 'computed' };
const scope = { registrationId: 'mine', depth: 0 };
const start = (promptId: string, step = 0) => ({ method: 'hook/promptStart', params: { ...scope, promptId, step, model: 'm' } });
const end = (promptId: string, step = 0) => ({
  method: 'hook/promptEnd',
  params: { ...scope, promptId, step, model: 'm', outcome: 'ok', usage, cost, durationMs: 5, content: [{ type: 'text', text: 'hi' }] },
});

test('says what it can answer, and registers with the handshake', async () => {
  const wire = await initializeParams({
    purposes: [{ name: 'chat' }],
    hooks: {
      groupExit: () => {},
      promptContext: { id: 'p', onFailure: 'skip', include: ['actor'], run: async (_, next) => void (await next()) },
    },
  });
  expect(wire).toMatchObject({
    purposes: [{ name: 'chat' }],
    capabilities: { tools: {}, hooks: { dynamicRegistration: {} } },
    hooks: [
      { id: 'groupExit-1', point: 'groupExit', include: ['actor', 'metadata'] },
      { id: 'p', point: 'promptStart', include: ['actor'], onFailure: 'skip' },
      { id: 'p', point: 'promptEnd', include: ['actor'] },
    ],
  });
});

const requests: { name: string; request: object; answer: object }[] = [
  { name: 'a ping', request: { method: 'ping', params: {} }, answer: { result: {} } },
  { name: 'a ping without params', request: { method: 'ping' }, answer: { result: {} } },
  {
    name: 'an unknown method',
    request: { method: 'hook/before', params: {} },
    answer: { error: { code: -32601, message: 'This host does not know hook/before.' } },
  },
  {
    name: 'the name of a built-in',
    request: { method: 'toString', params: {} },
    answer: { error: { code: -32601, message: 'This host does not know toString.' } },
  },
  {
    name: 'an unknown hook',
    request: { method: 'hook/groupExit', params: { ...scope, registrationId: 'gone' } },
    answer: { error: { code: -32602, message: 'This host has no hook "gone" for groupExit.' } },
  },
  {
    name: 'a hook of another point',
    request: { method: 'hook/groupExit', params: scope },
    answer: { error: { code: -32602, message: 'This host has no hook "mine" for groupExit.' } },
  },
  {
    name: 'a hook without params',
    request: { method: 'hook/defaultModel' },
    answer: { error: { code: -32602, message: 'This host has no hook "undefined" for defaultModel.' } },
  },
  {
    name: 'a tool of a prompt that is not there',
    request: { method: 'tool/call', params: { promptId: 'other', name: 'x', args: {} } },
    answer: { result: { content: '', pause: true } },
  },
  { name: 'an end that had no start', request: end('other'), answer: { result: null } },
];
test.each(requests)('$name is answered', async ({ request, answer }) => {
  await using llm = sidecar('asks', { hooks: { promptContext: { id: 'mine', run: async (_, next) => void (await next()) } } });
  expect(await asking(llm, request)).toEqual([answer]);
});

test('what a handler throws is its answer, and no more', async () => {
  const throws: unknown[] = [new Error('plain'), 'text', null, undefined, Object.create(null), Symbol('s'), { message: 'no Error' }];
  await using llm = sidecar('asks', {
    hooks: throws.map((thrown, index): Hooks => ({ groupExit: { id: `h${index}`, run: () => Promise.reject(thrown) } })),
  });
  const exit = { ...scope, groupId: 'g', reason: 'closed', prompts: 0, usage, cost };
  const answers = await asking(
    llm,
    ...throws.map((_, index) => ({ method: 'hook/groupExit', params: { ...exit, registrationId: `h${index}` } })),
  );
  const data = { kind: 'hookFailed', retryable: false };
  const messages = ['plain', 'text', 'null', 'undefined', 'something without a text was thrown', 'Symbol(s)', '[object Object]'];
  expect(answers).toEqual(messages.map((message) => ({ error: { code: -31041, message, data } })));
});

test('an answer that is no JSON is a failure of the hook', async () => {
  await using llm = sidecar('asks', {
    hooks: { promptContext: { id: 'mine', run: async ({ patch }, next) => void (patch({ options: { big: 1n as never } }), await next()) } },
  });
  expect(await asking(llm, start('OWN'))).toMatchObject([{ error: { code: -31041, message: expect.stringContaining('BigInt') } }]);
});

test('a cancel aborts the signal of that one; what comes after is still read', async () => {
  await using llm = sidecar('asks', {
    hooks: {
      groupExit: {
        id: 'mine',
        run: async ({ group, signal }) => {
          if (group === 'waits' && !signal.aborted) await new Promise((go) => signal.addEventListener('abort', go));
          signal.throwIfAborted();
        },
      },
    },
  });
  const exit = (groupId: string) => ({
    method: 'hook/groupExit',
    params: { ...scope, groupId, reason: 'closed', prompts: 0, usage, cost },
  });
  const answers = await asking(llm, { ...exit('waits'), cancel: true }, exit('goes'));
  expect(answers).toEqual([
    { error: { code: -32800, message: 'Cancelled.', data: { kind: 'cancelled', retryable: false } } },
    { result: null },
  ]);
  expect(await asking(llm, exit('later'))).toEqual([{ result: null }]);
});

test('a prompt that this client did not make has a context for each response', async () => {
  const log: unknown[] = [];
  await using llm = sidecar('asks', {
    hooks: {
      promptContext: {
        id: 'mine',
        run: async function* ({ promptId, onResponseDone }) {
          log.push(`before ${promptId}`);
          await onResponseDone(({ step }: ResponseDone) => log.push(`done ${step}`));
          const { text, usage: used, responses } = yield;
          log.push(['after', text, used, responses.length]);
        },
      },
    },
  });
  expect(await asking(llm, start('foreign'))).toEqual([{ result: { action: 'continue' } }]);
  expect(await asking(llm, end('foreign'))).toEqual([{ result: null }]);
  await asking(llm, start('foreign', 1));
  await asking(llm, end('foreign', 1));
  expect(log).toEqual(['before foreign', 'done 0', ['after', 'hi', usage, 1], 'before foreign', 'done 1', ['after', 'hi', usage, 1]]);
});

test('the process dies in the middle of a prompt: the context is left, and knows', async () => {
  // It dies once the hook has let the prompt go on.
  const ended = Promise.withResolvers<unknown>();
  await using llm = sidecar('asks', {
    hooks: {
      promptContext: {
        id: 'mine',
        run: async function* () {
          const response = yield;
          ended.resolve([response.status, response.error?.kind, response.cost]);
        },
      },
    },
  });
  const response = llm.model('x').prompt(JSON.stringify([start('OWN'), { exitAfter: 1, exit: 3 }]));
  expect(await failure(response.text())).toMatchObject({ kind: 'sidecarExited', exitCode: 3 });
  expect(await ended.promise).toEqual(['error', 'sidecarExited', { usd: null, source: 'unknown' }]);
});

test('a host whose handlers still run when its sidecar dies goes on', async () => {
  const script = `
    const { LLM } = await import(${JSON.stringify(new URL('../../client/index.ts', import.meta.url).href)});
    const file = ${JSON.stringify(new URL('sidecars/asks.ts', import.meta.url).pathname)};
    const aborted = Promise.withResolvers();
    const run = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => { reject(new Error('late')); aborted.resolve(); }));
    const llm = new LLM({ command: process.execPath, args: [file], stderr: 'ignore', hooks: { groupExit: { id: 'mine', run } } });
    const requests = [{ method: 'hook/groupExit', params: ${JSON.stringify({ ...scope, groupId: 'g' })} }, { exit: 3 }];
    console.log(await llm.model('x').prompt(JSON.stringify(requests)).text().catch((error) => error.kind));
    await aborted.promise;
    await new Promise((go) => setTimeout(go, 50));
    console.log('alive');`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 50_000 });
  expect([stdout, stderr]).toEqual(['sidecarExited\nalive\n', '']);
});

/** What the handshake says. */
async function initializeParams(options: LLMOptions): Promise<unknown> {
  const lines: string[] = [];
  await using llm = sidecar('tellsItsGreeting', { ...options, stderr: (line) => lines.push(line) });
  await llm.models();
  return JSON.parse(lines[0]!);
}
