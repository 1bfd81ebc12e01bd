import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawHost, RawMessage } from '../../support/rawHost.ts';
import { startSidecar } from '../../support/sidecar.ts';
import { wholeLines } from '../../support/wholeLines.ts';
import type { HookEvent, Script } from './script.ts';

/** A sidecar with hooks, and what they were asked. */
export interface Hooked extends AsyncDisposable {
  readonly host: RawHost;
  readonly events: readonly HookEvent[];
  /** `start a`, `end a ok`, in order. */
  readonly told: readonly string[];
}

/** Where hooks live. */
export interface Home {
  readonly name: 'plugin' | 'host';
  open(scripts: readonly Script[], config?: string): Promise<Hooked>;
}

const base = 'default_model: echo\ntest_models: true\n';
const scriptedPlugin = readFileSync(new URL('scripted.ts.txt', import.meta.url), 'utf8');

export const pluginHome: Home = {
  name: 'plugin',
  async open(scripts, config = '') {
    const files = scripts.map((script, index): [string, string] => [
      `plugin${index}.ts`,
      `import { scripted } from './scripted.ts';\nexport default scripted(${JSON.stringify(script)});\n`,
    ]);
    const list = files.map(([name]) => `  - ./${name}\n`).join('');
    const sidecar = await startSidecar({
      config: `${base}${config}\nplugins:\n${list}`,
      llmFolder: { 'scripted.ts': scriptedPlugin, ...Object.fromEntries(files) },
    });
    const { result } = await sidecar.initialize({ capabilities: { tools: {} } });
    if (result.config.diagnostics.length > 0) throw new Error(JSON.stringify(result.config.diagnostics));
    answerCalls(sidecar.host, () => undefined).catch(() => {});
    const path = join(sidecar.dir, 'events.ndjson');
    return hooked(
      sidecar.host,
      () => wholeLines<HookEvent>(path),
      async () => void (await sidecar.stop()),
    );
  },
};

export const hostHome: Home = {
  name: 'host',
  async open(scripts, config = '') {
    const sidecar = await startSidecar({ config: `${base}${config}` });
    answerCalls(sidecar.host, (message) => {
      const script = scripts.find(({ id }) => id === message.params.registrationId);
      return script && answerHook(sidecar.host, script, message);
    }).catch(() => {});
    const { result } = await sidecar.initialize({ capabilities: { tools: {} }, hooks: scripts.flatMap(registrations) });
    for (const one of result.hooks) if (one.status !== 'registered') throw new Error(one.reason);
    return hooked(
      sidecar.host,
      // What has been received, not what has been answered: a question and the answer to the prompt may come in one piece.
      () => sidecar.host.messages.flatMap(eventOf),
      async () => void (await sidecar.stop()),
    );
  },
};

function hooked(host: RawHost, read: () => readonly HookEvent[], stop: () => Promise<void>): Hooked {
  return {
    host,
    get events() {
      return read();
    },
    get told() {
      return read().map(({ at, id, told }) => [at, id, ...(told === undefined ? [] : [told])].join(' '));
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Answers hook/* by the script and tool/call with `done`, until the sidecar is gone. */
async function answerCalls(host: RawHost, answer: (message: RawMessage) => Promise<object | null> | undefined): Promise<void> {
  for (;;) {
    const message = await host
      .next(({ id, method }) => id !== undefined && /^(hook|tool)\//.test(method ?? ''))
      .catch((error: unknown) => String(error));
    if (typeof message === 'string') {
      if (message.includes('is gone')) return;
      continue;
    }
    const answering = message.method === 'tool/call' ? Promise.resolve({ content: 'done' }) : answer(message);
    answering?.then(
      (result) => host.answer(message.id, result),
      () => host.send({ jsonrpc: '2.0', id: message.id, error: { code: -32000, message: 'no' } }),
    );
  }
}

function registrations({ id, order, timeoutMs, onFailure, match, ...points }: Script): object[] {
  const rest = { id, order, timeoutMs, match };
  return [
    ...(points.filter === undefined ? [] : [{ ...rest, point: 'filterModels', onFailure }]),
    ...(points.default === undefined ? [] : [{ ...rest, point: 'defaultModel', onFailure }]),
    ...(points.start === undefined ? [] : [{ ...rest, point: 'promptStart', onFailure }]),
    ...(points.end === undefined ? [] : [{ ...rest, point: 'promptEnd', onFailure }]),
    ...(points.exit === undefined ? [] : [{ ...rest, point: 'groupExit' }]),
  ];
}

/** What a hook is asked; of other messages nothing. */
function eventOf({ method, params }: RawMessage): HookEvent[] {
  if (!method?.startsWith('hook/')) return [];
  const { registrationId: id, depth, promptId: prompt, step } = params;
  switch (method) {
    case 'hook/filterModels':
      return [{ at: 'filter', id, depth, told: params.models.map((model: { id: string }) => model.id).join(' ') }];
    case 'hook/defaultModel':
      return [{ at: 'default', id, depth, told: params.models.join(' ') }];
    case 'hook/promptStart':
      return [{ at: 'start', id, prompt, step, depth }];
    case 'hook/promptEnd':
      return [{ at: 'end', id, prompt, step, depth, told: params.outcome }];
    default:
      return [{ at: 'exit', id, depth, told: params.reason }];
  }
}

async function answerHook(host: RawHost, script: Script, { id: asked, method, params }: RawMessage): Promise<object | null> {
  const { depth, promptId: prompt } = params;
  switch (method) {
    case 'hook/filterModels':
      await trouble(script.filter);
      return { models: script.filter };
    case 'hook/defaultModel':
      await trouble(script.default);
      return script.default as object;
    case 'hook/promptStart': {
      const start = typeof script.start === 'object' ? script.start : {};
      await trouble(script.start);
      if (start.afterMs !== undefined) await sleep(start.afterMs);
      if (start.afterCancel) await host.next((message) => message.method === '$/cancelRequest' && message.params.id === asked);
      if (start.refuse !== undefined) return { action: 'reject', reason: start.refuse, data: start.data };
      if (start.ask !== undefined) {
        const { error } = await host.request('llm/prompt', { prompt: 'nested', purpose: start.ask, _meta: { depth } });
        if (error) throw new Error(error.message);
      }
      return { action: 'continue', state: { of: prompt }, patch: start.patch };
    }
    case 'hook/promptEnd':
      await trouble(script.end);
      return null;
    default:
      await trouble(script.exit);
      return null;
  }
}

async function trouble(what: unknown): Promise<void> {
  if (what === 'throw') throw new Error('no');
  if (what === 'hang') await new Promise(() => {});
}
