import type { JsonObject, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import type { ModelEvent, ModelFinish, Provider, ProviderCall } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { pause } from '../lib/pause.ts';

const count = (description: string, fallback: number): JsonObject => ({ type: 'integer', minimum: 0, default: fallback, description });
const delay = (fallback: number): JsonObject => ({
  type: 'number',
  minimum: 0,
  default: fallback,
  description: 'Milliseconds before each chunk.',
});
const chunkBytes: JsonObject = { type: 'integer', minimum: 1, description: 'UTF-8 bytes of each chunk.' };

/**
 * Models without key and network for trying out what answers can do to a host: be slow, break off, never end, come too
 * fast. Their text is the same every time: chunk after chunk of `testChunk`, streamed or not.
 */
export const testModels: readonly Model[] = [
  testModel('test-slow', 'Test: slow', { chunks: count('How many chunks.', 20), delay_ms: delay(50), chunk_bytes: chunkBytes }),
  testModel('test-fails', 'Test: breaks off', {
    after: count('Fails after this many chunks.', 3),
    delay_ms: delay(0),
    chunk_bytes: chunkBytes,
  }),
  testModel('test-endless', 'Test: never ends', { delay_ms: delay(50), chunk_bytes: chunkBytes }),
  testModel('test-fast', 'Test: as fast as possible', { chunks: count('How many chunks.', 1000), chunk_bytes: chunkBytes }),
];

/** Output tokens are chunks, input tokens words. */
export function createTestProvider(): Provider {
  return { name: 'test', prompt: answer };
}

/**
 * The text of one chunk, counted from 0: its number, then characters of one to four bytes; with `bytes`, exactly that many.
 */
export function testChunk(index: number, bytes?: number): string {
  const label = `${index} `;
  if (bytes === undefined) return label + sample;
  return label.length >= bytes ? label.slice(0, bytes) : label + filler(bytes - label.length);
}

const sample = 'grün 東京 🚀 ';
const sampleBytes = 18;

function filler(bytes: number): string {
  return sample.repeat(Math.floor(bytes / sampleBytes)) + '.'.repeat(bytes % sampleBytes);
}

const plans: Readonly<Record<string, { chunks: number; delayMs: number; fails?: true }>> = {
  'test-slow': { chunks: 20, delayMs: 50 },
  'test-fails': { chunks: 3, delayMs: 0, fails: true },
  'test-endless': { chunks: Infinity, delayMs: 50 },
  'test-fast': { chunks: 1000, delayMs: 0 },
};

async function answer(call: ProviderCall, emit: (event: ModelEvent) => void): Promise<ModelFinish> {
  call.signal.throwIfAborted();
  const plan = plans[call.model.upstreamId];
  if (!plan) throw new Failure('modelNotFound', `There is no test model ${call.model.upstreamId}`, { suggestions: Object.keys(plans) });
  const { options, signal } = call;
  const chunks = numberOr(options.chunks ?? options.after, plan.chunks);
  const delayMs = numberOr(options.delay_ms, plan.delayMs);
  const bytes = typeof options.chunk_bytes === 'number' ? options.chunk_bytes : undefined;
  const inputTokens = countWords(call);

  emit({ type: 'usage', usage: { inputTokens, outputTokens: null } });
  emit({ type: 'part', part: 0, kind: 'text' });
  let turnStarted = performance.now();
  for (let index = 0; index < chunks; index++) {
    if (delayMs > 0) await pause(delayMs, signal);
    else if (performance.now() - turnStarted >= 1) {
      await pause(0, signal);
      turnStarted = performance.now();
    }
    emit({ type: 'text', part: 0, text: testChunk(index, bytes) });
  }
  await pause(0, signal);
  if (plan.fails)
    throw new Failure('providerError', `test-fails broke off after ${chunks} chunks, as it always does`, { provider: { name: 'test' } });
  emit({ type: 'partEnd', part: 0 });
  const usage: Usage = { inputTokens, outputTokens: chunks };
  emit({ type: 'usage', usage });
  return { stopReason: 'end', usage };
}

function testModel(id: string, name: string, properties: JsonObject): Model {
  return {
    id,
    provider: 'test',
    upstreamId: id,
    name,
    aliases: [],
    key: null,
    features: { stream: true, tools: false, schema: false, reasoning: false, attachments: [] },
    optionsSchema: { type: 'object', properties, additionalProperties: false },
  };
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function countWords(call: ProviderCall): number {
  const texts = call.messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? [content]
      : content.map((part) => (part.type === 'text' && typeof part.text === 'string' ? part.text : '')),
  );
  return texts.join(' ').match(/\S+/g)?.length ?? 0;
}
