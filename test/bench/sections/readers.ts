import { Readable } from 'node:stream';
import type { ProviderCall } from '../../../src/engine/ports.ts';
import { createProviders } from '../../../src/providers/index.ts';
import { interleave } from '../measure.ts';
import type { Bench } from './section.ts';

const text = { repeated: 'word ' };
const chunk = (delta: object, finish: string | null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const candidate = (part: object, finish: object) => ({
  candidates: [{ content: { role: 'model', parts: [part] }, index: 0, ...finish }],
  usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 2, totalTokenCount: 32 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'g',
});

/** Events of each wire that is read by a reader of the sidecar: those before, one that comes again and again, those after. */
export const wires = {
  'openai-compatible': {
    before: [],
    again: chunk({ content: text.repeated }, null),
    after: [{ ...chunk({}, 'stop'), usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }],
  },
  anthropic: {
    before: [
      { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', model: 'c', content: [], usage: usage(1) } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    again: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: text.repeated } },
    after: [
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: usage(15) },
      { type: 'message_stop' },
    ],
  },
  google: { before: [], again: candidate({ text: text.repeated }, {}), after: [candidate({ text: '.' }, { finishReason: 'STOP' })] },
} as const;
export type Wire = keyof typeof wires;

/**
 * What reading an answer costs, each event in a read of its own and no network: the readers of the sidecar, the packages in their
 * place, and nobody. Microseconds of CPU an event, `readers/WIRE/own`, `readers/WIRE/package` and `readers/WIRE/nobody`.
 */
export async function measureReaders({ sizes, record, say }: Bench): Promise<void> {
  for (const [wire, events] of Object.entries(wires)) {
    say(`  ${wire}`);
    const all = [...events.before, ...Array.from({ length: sizes.events }, () => events.again), ...events.after];
    const bytes = all.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
    const settings = { name: wire, type: wire, baseUrl: 'http://127.0.0.1:1', api: undefined, key: undefined, headers: {} };
    const send = async () => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: bodyOf(bytes) });
    const provider = createProviders([{ ...settings, discover: false, models: [] }], { send }).get(wire)!;
    const ask = async (options: ProviderCall['options']): Promise<void> => {
      let characters = 0;
      await provider.prompt(callOf(wire, options), (event) => (characters += event.type === 'text' ? event.text.length : 0));
      if (characters < sizes.events * text.repeated.length) throw new Error(`of ${wire} characters are missing`);
    };
    const runs = {
      own: () => ask({}),
      // Options in the package's own words leave the answer to the package.
      package: () => ask({ [wire]: {} }),
      nobody: async () => void (await (await send()).body.resume().toArray()),
    };
    const measured = (name: string, run: () => Promise<void>, keep: boolean) => async (): Promise<void> => {
      const before = process.cpuUsage();
      for (let times = 0; times < sizes.answers; times += 1) await run();
      const { user, system } = process.cpuUsage(before);
      if (keep) record(`readers/${wire}/${name}`, (user + system) / (sizes.answers * all.length));
    };
    const each = (keep: boolean) => Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, measured(name, run, keep)]));
    await interleave(1, each(false));
    await interleave(sizes.rounds, each(true));
  }
}

function bodyOf(pieces: readonly Buffer[]): Readable {
  let next = 0;
  return new Readable({
    highWaterMark: 1,
    read() {
      setImmediate(() => this.push(pieces[next++] ?? null));
    },
  });
}

function usage(outputTokens: number): object {
  return { input_tokens: 25, output_tokens: outputTokens };
}

function callOf(wire: string, options: ProviderCall['options']): ProviderCall {
  const features = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };
  const model = { id: 'm', provider: wire, upstreamId: 'gemini-2.5-flash', aliases: [], key: null, features, optionsSchema: {} };
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const signal = new AbortController().signal;
  return {
    model,
    key: 'k',
    system: undefined,
    messages,
    options,
    schema: undefined,
    tools: [],
    toolChoice: undefined,
    stream: true,
    signal,
  };
}
