import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../src/catalogue/catalogue.ts';
import { embed, type EmbedRequest } from '../../src/engine/embed.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Ledger } from '../../src/engine/moneyPorts.ts';
import type { EmbedCall, EmbedFinish, Hook } from '../../src/engine/ports.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { createUnlimitedLedger } from '../../src/ledger/unlimitedLedger.ts';
import { Failure } from '../../src/lib/failure.ts';
import { scriptedEngine, scriptedModel } from './support/scriptedEngine.ts';

const vectors = { ...scriptedModel, id: 'vectors', features: { ...scriptedModel.features, embed: true } };

interface World {
  readonly engine: Engine;
  /** What happened, in order. */
  readonly seen: string[];
}

/** Requests of one text at a time; each costs 1 cent. */
function world(answer: (call: EmbedCall) => Promise<EmbedFinish>, hooks: (seen: string[]) => readonly Hook[] = () => []): World {
  const seen: string[] = [];
  const { engine } = scriptedEngine([]);
  const provider = {
    name: 'scripted',
    prompt: () => Promise.reject(new Error('no prompt')),
    embed: answer,
    embedLimits: { inputs: 1, parallel: 1 },
  };
  const snapshot = {
    ...engine.snapshot(),
    catalogue: createCatalogue([vectors, scriptedModel]),
    providers: new Map([['scripted', provider]]),
  };
  const composed = composeHooks(hooks(seen), (line) => void seen.push(line));
  const ledger: Ledger = {
    ...createUnlimitedLedger(),
    async reserve({ promptId, model, groupId }) {
      seen.push(`reserve ${promptId} ${model} ${groupId ?? ''}`.trim());
      return { warning: undefined, seen() {}, settle: async ({ charged }) => void seen.push(`settle ${charged}`) };
    },
  };
  return { seen, engine: { ...engine, snapshot: () => snapshot, hooks: () => composed, ledger } };
}

const one = async ({ input }: EmbedCall): Promise<EmbedFinish> => ({
  embeddings: input.map((text) => [text.length]),
  usage: { inputTokens: 3, outputTokens: 0 },
});

function request(more: Partial<EmbedRequest> = {}): EmbedRequest {
  const open = { model: 'vectors', purpose: 'p', actor: { id: 'ann' }, groupId: undefined, timeoutMs: undefined, metadata: { row: 7 } };
  return { embedId: 'e1', input: ['a', 'bb'], options: {}, depth: 0, ...open, ...more };
}

function watching(seen: string[], id: string, more: Partial<Hook> = {}): Hook {
  return {
    id,
    registeredBy: 'test',
    async prompt({ promptId, model, purpose, actor, metadata }) {
      seen.push(`${id} enter ${promptId} ${model} ${purpose} ${actor?.id} ${JSON.stringify(metadata)}`);
      return {
        async stepStart({ step, messages }) {
          seen.push(`${id} start ${step} ${JSON.stringify(messages.map(({ content }) => content))}`);
        },
        stepEnd: async (step, { outcome, usage, cost }) => void seen.push(`${id} end ${step} ${outcome} ${usage.inputTokens} ${cost.usd}`),
        leave: async ({ outcome }) => void seen.push(`${id} leave ${outcome}`),
      };
    },
    ...more,
  };
}

const none = { cancels: [] };

describe('embed', () => {
  test('5.2 hooks see the texts as content, purpose, actor and metadata; in order and back', async () => {
    const { engine, seen } = world(one, (log) => [watching(log, 'h1'), watching(log, 'h2')]);
    const outcome = await embed(engine, request(), none);
    expect(outcome).toMatchObject({
      embeddings: [[1], [2]],
      usage: { inputTokens: 6, outputTokens: 0 },
      cost: { usd: '0.02', priceId: 'a cent' },
    });
    expect(seen).toEqual([
      'h1 enter e1 vectors p ann {"row":7}',
      'h2 enter e1 vectors p ann {"row":7}',
      'h1 start 0 ["a","bb"]',
      'h2 start 0 ["a","bb"]',
      'reserve e1 vectors',
      'settle 2000000000',
      'h2 end 0 ok 6 0.02',
      'h1 end 0 ok 6 0.02',
      'h2 leave ok',
      'h1 leave ok',
    ]);
  });

  test('a hook changes the options', async () => {
    const options: unknown[] = [];
    const dimensions: Hook = {
      id: 'd',
      registeredBy: 'test',
      prompt: async () => ({ stepStart: async () => ({ options: { dimensions: 8 } }) }),
    };
    const { engine } = world(
      async (call) => (options.push(call.options), one(call)),
      () => [dimensions],
    );
    await embed(engine, request({ input: ['a'] }), none);
    expect(options).toEqual([{ dimensions: 8 }]);
  });

  test('a hook refuses: nothing is sent or reserved, those that had started get their end', async () => {
    const refusing: Hook = {
      id: 'no',
      registeredBy: 'test',
      prompt: async () => ({ stepStart: () => Promise.reject(new Failure('hookRejected', 'not this text')) }),
    };
    const { engine, seen } = world(
      () => Promise.reject(new Error('sent')),
      (log) => [watching(log, 'h1'), refusing],
    );
    await expect(embed(engine, request(), none)).rejects.toMatchObject({ kind: 'hookRejected', message: 'not this text' });
    expect(seen.filter((line) => !line.includes('enter'))).toEqual(['h1 start 0 ["a","bb"]', 'h1 end 0 error 0 0', 'h1 leave error']);
  });

  test('a failure in the middle: no more is sent, what was spent is settled and told', async () => {
    const asked: string[] = [];
    const { engine, seen } = world(
      async (call) => {
        asked.push(...call.input);
        if (call.input[0] === 'bb') throw new Failure('rateLimited', 'enough', { retryable: false, provider: { name: 's', status: 429 } });
        return one(call);
      },
      (log) => [watching(log, 'h1')],
    );
    await expect(embed(engine, request({ input: ['a', 'bb', 'ccc'] }), none)).rejects.toMatchObject({
      kind: 'rateLimited',
      detail: { partial: { content: [], usage: { inputTokens: 3, outputTokens: 0 }, cost: { usd: '0.01' } } },
    });
    expect(asked).toEqual(['a', 'bb']);
    expect(seen.slice(2)).toEqual(['reserve e1 vectors', 'settle 1000000000', 'h1 end 0 error 3 0.01', 'h1 leave error']);
  });

  test('a request that broke off and was made again is counted too', async () => {
    let requests = 0;
    const { engine, seen } = world(async (call) => {
      if (requests++ === 0) throw new Failure('providerError', 'cut', { retryable: true, provider: { name: 's', status: 200 } });
      return one(call);
    });
    const snapshot = { ...engine.snapshot(), limits: { ...engine.snapshot().limits, retries: 1 } };
    const outcome = await embed({ ...engine, snapshot: () => snapshot }, request({ input: ['a'] }), none);
    expect(outcome).toMatchObject({ usage: { inputTokens: 3, outputTokens: 0 }, cost: { usd: '0.02', source: 'estimated' } });
    expect(seen).toEqual(['reserve e1 vectors', 'settle 2000000000']);
  });

  test('a provider that refused at once costs nothing', async () => {
    const { engine, seen } = world(() => Promise.reject(new Failure('providerAuth', 'no', { provider: { name: 's', status: 401 } })));
    await expect(embed(engine, request(), none)).rejects.toMatchObject({
      kind: 'providerAuth',
      detail: { partial: { cost: { usd: '0' } } },
    });
    expect(seen).toEqual(['reserve e1 vectors', 'settle 0']);
  });

  test('cancelled between two requests: what was spent is settled, the end is cancelled', async () => {
    const controller = new AbortController();
    const { engine, seen } = world(
      async (call) => {
        controller.abort();
        return one(call);
      },
      (log) => [watching(log, 'h1')],
    );
    await expect(embed(engine, request(), { cancels: [controller.signal] })).rejects.toMatchObject({
      kind: 'cancelled',
      detail: { partial: { cost: { usd: '0.01' } } },
    });
    expect(seen.slice(2)).toEqual(['reserve e1 vectors', 'settle 1000000000', 'h1 end 0 cancelled 3 0.01', 'h1 leave cancelled']);
  });

  test('a default of a hook is chosen among the models that embed', async () => {
    const offered: unknown[] = [];
    const naming: Hook = { id: 'd', registeredBy: 'test', defaultModel: async (models) => (offered.push(models), 'vectors') };
    const { engine } = world(one, () => [naming]);
    expect((await embed(engine, request({ model: undefined }), none)).model).toBe('vectors');
    expect(offered).toEqual([['vectors']]);
  });
});
