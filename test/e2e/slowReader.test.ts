import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { memoryOf } from '../support/gone.ts';
import { collected, reporting } from '../support/heldMemory.ts';
import type { RawHost } from '../support/rawHost.ts';
import { sidecarCommand, startReady } from '../support/sidecar.ts';

const config = 'test_models: true\n';
const stopReadingMs = 5000;
/** What is left of it after a collection: the answers, twice at most, and not the deltas that they came in. If those pile up it is 55. */
const holdsLessThanMb = 30;
/** With what nobody needs and V8 has not collected yet, which is more the less time it has for that. */
const growsByLessThanMb = 80;

interface Flood {
  readonly streams: number;
  readonly model: 'test-fast' | 'test-slow';
  readonly chunks: number;
  readonly options?: object;
  readonly stream?: object;
}

/** About 9 MB of answers (12 in memory), of one stream or of many, in a moment or over the whole time. */
const floods: [name: string, flood: Flood][] = [
  ['one stream at full speed', { streams: 1, model: 'test-fast', chunks: 360_000 }],
  ['one stream of large chunks at full speed', { streams: 1, model: 'test-fast', chunks: 9000, options: { chunk_bytes: 1000 } }],
  ['one stream over the whole time', { streams: 1, model: 'test-slow', chunks: 1500, options: { delay_ms: 2, chunk_bytes: 6000 } }],
  ['50 streams at full speed', { streams: 50, model: 'test-fast', chunks: 8000 }],
  ['50 streams over the whole time', { streams: 50, model: 'test-slow', chunks: 1500, options: { delay_ms: 2, chunk_bytes: 120 } }],
  ['50 streams with a window', { streams: 50, model: 'test-fast', chunks: 8000, stream: { window: 4 } }],
];

function startAll(host: RawHost, { streams, model, chunks, options, stream = {} }: Flood, prefix = 's') {
  return Array.from({ length: streams }, (_, index) => {
    const promptId = `${prefix}${index}`;
    const answer = host.request('llm/prompt', { promptId, model, prompt: 'x', options: { chunks, ...options }, stream }, promptId);
    // When the test fails before, the sidecar goes without answering.
    answer.catch(() => {});
    return answer;
  });
}

describe.skipIf(process.platform !== 'linux')('a host that stops reading', () => {
  test.each(floods)(
    '%s: what it holds grows by less than 30 MB, and nothing is lost',
    async (name, flood) => {
      await using sidecar = await startReady({
        config,
        command: [sidecarCommand[0]!, ...reporting, ...sidecarCommand.slice(1)],
        env: { LLM_SIDECAR_REPORT_MEMORY: 'memory.json' },
        timeoutMs: 120_000,
      });
      const { host } = sidecar;
      const held = async (): Promise<number> => {
        const { heapUsed, external } = await collected(host.pid!, join(sidecar.dir, 'memory.json'));
        return (heapUsed + external) / 1e6;
      };
      // The same before with a host that reads: code is compiled, the young generation has its size.
      for (let times = 0; times < 3; times += 1) await Promise.all(startAll(host, { ...flood, chunks: flood.chunks / 20 }, `w${times}-`));
      const before = memoryOf(host.pid!).now;
      const heldBefore = await held();
      host.pause();
      const answers = startAll(host, flood);
      let most = 0;
      for (const until = performance.now() + stopReadingMs; performance.now() < until; await setTimeout(100))
        most = Math.max(most, memoryOf(host.pid!).now);
      const more = (await held()) - heldBefore;
      if (process.env['LLM_SIDECAR_REPORT'] === '1')
        console.log(`${name}: ${before.toFixed(0)} MB grew by ${(most - before).toFixed(1)} MB, of which ${more.toFixed(1)} MB are held`);
      expect(more).toBeLessThan(holdsLessThanMb);
      expect(most - before).toBeLessThan(growsByLessThanMb);
      host.resume();
      const results = await Promise.all(answers);
      expect(new Set(results.map(({ result }) => result.stopReason))).toEqual(new Set(['end']));
      expect(new Set(results.map(({ result }) => result.usage.outputTokens))).toEqual(new Set([flood.chunks]));
    },
    240_000,
  );
});
