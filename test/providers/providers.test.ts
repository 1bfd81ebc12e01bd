import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import type { ModelEvent, Provider, ProviderCall } from '../../src/engine/ports.ts';
import { createEchoProvider, echoModels } from '../../src/providers/echo.ts';
import { createProviders } from '../../src/providers/index.ts';
import { createTestProvider, testModels } from '../../src/providers/testModels.ts';
import { callFor, settingsFor } from './support/call.ts';
import { fixture, startUpstream } from './support/upstream.ts';

/** Every home of the Provider port, with a call it answers. */
interface Home {
  readonly provider: Provider;
  readonly call: ProviderCall;
}

const wires: readonly (readonly [string, string, string?])[] = [
  ['openai', 'openai-responses.sse'],
  ['openai', 'openai-chat.sse', 'chat'],
  ['anthropic', 'anthropic.sse'],
  ['google', 'google.sse'],
  ['mistral', 'mistral.sse'],
  ['groq', 'groq.sse'],
  ['deepseek', 'deepseek.sse'],
  ['xai', 'xai-responses.sse'],
  ['cohere', 'cohere.sse'],
  ['openrouter', 'openrouter.sse'],
  ['openai-compatible', 'ollama.sse'],
];

const homes: readonly (readonly [string, (use: (home: Home) => Promise<void>) => Promise<void>])[] = [
  ...wires.map(([type, name, api]) => {
    const run = async (use: (home: Home) => Promise<void>): Promise<void> => {
      await using upstream = await startUpstream(fixture(name));
      const settings = settingsFor(type, upstream.url, { api });
      const provider = createProviders([settings]).get(settings.name);
      if (provider !== undefined) await use({ provider, call: callFor(settings) });
    };
    return [`${type} (${name})`, run] as const;
  }),
  ...[...echoModels, ...testModels.filter(({ id }) => id === 'test-slow')].map((model) => {
    const run = async (use: (home: Home) => Promise<void>): Promise<void> => {
      const provider = [createEchoProvider(), createTestProvider()].find(({ name }) => name === model.provider);
      const options: JsonObject = model.id === 'test-slow' ? { chunks: 5, delay_ms: 1 } : {};
      if (provider !== undefined) await use({ provider, call: callFor(settingsFor('none', ''), { model, options }) });
    };
    return [model.id, run] as const;
  }),
];

describe.each(homes)('the Provider port: %s', (_name, at) => {
  it('numbers parts from 0, ends each once, and says how it ended', async () => {
    await at(async ({ provider, call }) => {
      const events: ModelEvent[] = [];
      const finish = await provider.prompt(call, (event) => events.push(event));
      const begun: number[] = [];
      const open = new Set<number>();
      for (const event of events) {
        if (event.type === 'part') {
          expect(event.part).toBe(begun.length);
          begun.push(event.part);
          open.add(event.part);
          if (event.kind === 'toolCall') expect([typeof event.toolCallId, typeof event.name]).toEqual(['string', 'string']);
        } else if (event.type === 'partEnd') expect(open.delete(event.part)).toBe(true);
        else if ('part' in event) expect(open.has(event.part)).toBe(true);
      }
      expect(begun.length).toBeGreaterThan(0);
      expect([...open]).toEqual([]);
      expect(['end', 'toolCalls']).toContain(finish.stopReason);
      expect(Object.keys(finish.usage)).toEqual(expect.arrayContaining(['inputTokens', 'outputTokens']));
    });
  });

  it('calls emit before it resolves, and never after', async () => {
    await at(async ({ provider, call }) => {
      let resolved = false;
      let late = 0;
      await provider.prompt(call, () => (resolved ? late++ : 0));
      resolved = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(late).toBe(0);
    });
  });

  it('an aborted call throws the reason of its signal', async () => {
    await at(async ({ provider, call }) => {
      const reason = new Error('before');
      await expect(provider.prompt({ ...call, signal: AbortSignal.abort(reason) }, () => {})).rejects.toBe(reason);
    });
  });

  it('gives the same in one piece', async () => {
    await at(async ({ provider, call }) => {
      const texts = await Promise.all(
        [true, false].map(async (stream) => {
          let text = '';
          await provider.prompt({ ...call, stream }, (event) => (text += event.type === 'text' ? event.text : ''));
          return text.replace(/"stream": (true|false)/, '');
        }),
      );
      expect(texts[1]).toBe(texts[0]);
    });
  });
});
