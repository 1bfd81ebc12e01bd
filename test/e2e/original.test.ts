import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LLM, LLMOptions } from '../../client/index.ts';
import { realSidecar } from '../client/sidecars/real.ts';

// What the test-suite of the Python plugin shows, by the class that this client mirrors, against the real process. Where
// the plugin and its documentation disagree, what this product promises is tested.

async function withConfig(yaml: string, options: LLMOptions, run: (llm: LLM) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'llm-original-'));
  const config = join(dir, 'config.yaml');
  await writeFile(config, yaml);
  try {
    await using llm = realSidecar({ ...options, config });
    await run(llm);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const raw = (text: string) => JSON.stringify({ raw: text });

describe('prompts', () => {
  test('without any hooks', async () => {
    await using llm = realSidecar();
    expect(await llm.model('echo').prompt(raw('hello')).text()).toBe('hello');
  });

  test('streaming: the pieces are the text, and hooks see it whole', async () => {
    const seen: string[] = [];
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* () {
          const response = yield;
          seen.push(response.response?.text ?? 'nothing');
        },
      },
    });
    const pieces: string[] = [];
    for await (const piece of llm.model('echo').prompt(raw('one two three'))) pieces.push(piece);
    expect(pieces.join('')).toBe('one two three');
    expect(seen).toEqual(['one two three']);
  });

  test('a hook blocks a prompt', async () => {
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ prompt }) {
          if (prompt?.includes('blocked')) throw new Error('That word is not allowed');
          yield;
        },
      },
    });
    const model = llm.model('echo');
    await expect(model.prompt('blocked').text()).rejects.toMatchObject({
      kind: 'hookRejected',
      message: expect.stringContaining('That word is not allowed'),
    });
    expect(await model.prompt(raw('fine')).text()).toBe('fine');
  });

  test('several hooks: entered in order, left in reverse', async () => {
    const order: string[] = [];
    const around = (name: string) => ({
      promptContext: async (_context: unknown, next: () => Promise<unknown>) => {
        order.push(`${name} before`);
        await next();
        order.push(`${name} after`);
      },
    });
    await using llm = realSidecar({ hooks: [around('first'), around('second')] });
    await llm.model('echo').prompt('x').text();
    expect(order).toEqual(['first before', 'second before', 'second after', 'first after']);
  });

  test('purpose and actor reach every hook of every prompt, in conversations and chains too', async () => {
    const seen: [string | undefined, string | undefined][] = [];
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ purpose, actor }) {
          seen.push([purpose, actor?.id]);
          yield;
        },
      },
    });
    const model = llm.model('echo', { purpose: 'chat', actor: { id: 'ann' } });
    const conversation = model.conversation();
    await conversation.prompt('one').text();
    await conversation.prompt('two').text();
    await model.chain('three', { tools: {} }).text();
    expect(seen).toEqual([
      ['chat', 'ann'],
      ['chat', 'ann'],
      ['chat', 'ann'],
    ]);
  });

  test('onResponseDone is called once for each response, also when the prompt fails', async () => {
    const done: string[] = [];
    await withConfig(
      'test_models: true\n',
      {
        hooks: {
          promptContext: async function* ({ onResponseDone }) {
            const heard = onResponseDone(({ status }) => void done.push(status));
            yield;
            await heard;
          },
        },
      },
      async (llm) => {
        await llm.model('echo').prompt('x').text();
        await expect(llm.model('test-fails').prompt('x').text()).rejects.toMatchObject({ kind: 'providerError' });
      },
    );
    expect(done).toEqual(['ok', 'error']);
  });
});

describe('groups', () => {
  test('all prompts of a group carry it to the hooks, and its exit is told', async () => {
    const groups: (string | undefined)[] = [];
    const exits: [string, number][] = [];
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ group }) {
          groups.push(group);
          yield;
        },
        groupExit: ({ group, prompts }) => void exits.push([group, prompts]),
      },
    });
    const group = await llm.openGroup({ model: 'echo', purpose: 'p' });
    await Promise.all([group.prompt('a').text(), group.prompt('b').text()]);
    await group.close();
    await llm.model('echo').prompt('outside').text();
    expect(groups).toEqual([group.id, group.id, undefined]);
    expect(exits).toEqual([[group.id, 2]]);
  });

  test('a body that throws cancels, and its own error comes out', async () => {
    await withConfig('default_model: test-endless\ntest_models: true\n', {}, async (llm) => {
      const broken = new Error('the body');
      await expect(
        llm.group({}, async (model) => {
          const endless = model.prompt('x');
          for await (const _ of endless) throw broken;
        }),
      ).rejects.toBe(broken);
    });
  });
});

describe('models', () => {
  test('filters and defaults may be asynchronous, and see purpose and actor', async () => {
    await using llm = realSidecar({
      hooks: {
        filterModels: async (models, { actor }) => {
          await new Promise(setImmediate);
          return actor?.id === 'guest' ? models.filter(({ id }) => id === 'echo') : null;
        },
        defaultModel: async ({ purpose }) => {
          await new Promise(setImmediate);
          return purpose === 'chat' ? 'echo' : null;
        },
      },
    });
    expect((await llm.models({ actor: { id: 'guest' } })).map(({ id }) => id)).toEqual(['echo']);
    const [first] = await llm.models({ purpose: 'chat' });
    expect(first).toMatchObject({ id: 'echo', isDefault: true });
    expect((await llm.model(undefined, { purpose: 'chat' }).prompt('x').result()).model).toBe('echo');
  });

  test('ordering: the default first, then as configured', async () => {
    const yaml = `require_keys: false
purpose_models: union
models: [gpt-4o, gpt-4o-mini, echo, gpt-4.1, gpt-4.1-mini]
purposes:
  p: {model: gpt-4.1-mini, models: [echo, gpt-4.1-mini], blocked_models: [gpt-4o]}
`;
    await withConfig(yaml, {}, async (llm) => {
      expect((await llm.models({ purpose: 'p' })).map(({ id }) => id)).toEqual(['gpt-4.1-mini', 'echo', 'gpt-4o-mini', 'gpt-4.1']);
    });
  });

  test('keys per purpose', async () => {
    const yaml = `default_model: {model: echo-needs-key, key: DEFAULT_KEY}
purposes:
  a: {model: {model: echo-needs-key, key: A_KEY}}
  b: {model: echo-needs-key}
`;
    const env = { DATASETTE_SECRETS_DEFAULT_KEY: 'key-default', DATASETTE_SECRETS_A_KEY: 'key-a' };
    await withConfig(yaml, { env }, async (llm) => {
      const keyFor = async (purpose?: string) => JSON.parse(await llm.model(undefined, { purpose }).prompt('x').text()).key as string;
      expect(await Promise.all([keyFor('a'), keyFor('b'), keyFor()])).toEqual(['key-a', 'key-default', 'key-default']);
    });
  });

  test('purposes are registered, the first registration of a name wins, and configured ones are listed', async () => {
    const purposes = [
      { name: 'chat', description: 'Talking' },
      { name: 'chat', description: 'Too late' },
    ];
    await withConfig('purposes:\n  chat: {model: echo}\n  extract: {model: echo}\n', { purposes }, async (llm) => {
      expect(await llm.purposes()).toMatchObject([
        { name: 'chat', description: 'Talking', registeredBy: 'host', model: 'echo' },
        { name: 'extract', registeredBy: 'config', model: 'echo' },
      ]);
    });
  });
});
