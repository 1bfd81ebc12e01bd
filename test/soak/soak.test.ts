import { expect, test } from 'vitest';
import { median, soak } from './soak.ts';

/** `LLM_SIDECAR_SOAK`: seconds. `npm run soak` runs it for ten minutes and draws its memory. */
const seconds = Number(process.env['LLM_SIDECAR_SOAK'] ?? (process.env['CI'] === undefined ? 25 : 60));

test.skipIf(process.platform !== 'linux')(
  `100 streams for ${seconds} s, with cancels, faults, reloads and a slow reader: memory is bounded, nothing is left`,
  { timeout: seconds * 1000 + 300_000 },
  async () => {
    const result = await soak({ seconds, streams: 100, sampleMs: 500 });
    expect(result.wrong).toEqual([]);
    expect(Object.keys(result.ends)).toEqual(expect.arrayContaining(['end', 'cancelled', 'providerError']));
    expect(Object.keys(result.ends)).not.toContain('internalError');
    // A connection to the database may come and go.
    expect(result.handlesAfter).toBeLessThanOrEqual(result.handlesBefore + 3);
    expect(Math.max(...result.samples.map(({ openRows }) => openRows))).toBeLessThanOrEqual(100);
    expect(Math.max(...result.samples.map(({ rssMb }) => rssMb))).toBeLessThan(600);
    // In a minute there are thousands of prompts: 10 kB that one of them leaves behind would be seen.
    const heap = (from: number, to: number): number => median(result.held, [from, to], ({ heapMb }) => heapMb);
    expect(heap(0.7, 1) - heap(0.2, 0.5)).toBeLessThan(12);
  },
);
