import { expect, test } from 'vitest';
import { medianRss, soak } from './soak.ts';

/** `LLM_SIDECAR_SOAK`: seconds. `npm run soak` runs it for ten minutes and draws its memory. */
const seconds = Number(process.env['LLM_SIDECAR_SOAK'] ?? 25);

test.skipIf(process.platform !== 'linux')(
  `100 streams for ${seconds} s, with cancels, faults, reloads and a slow reader: memory is bounded, nothing is left`,
  { timeout: seconds * 1000 + 90_000 },
  async () => {
    const result = await soak({ seconds, streams: 100, sampleMs: 500 });
    expect(result.wrong).toEqual([]);
    expect(Object.keys(result.ends)).toEqual(expect.arrayContaining(['end', 'cancelled', 'providerError']));
    expect(Object.keys(result.ends)).not.toContain('internalError');
    // A connection to the database may come and go.
    expect(result.handlesAfter).toBeLessThanOrEqual(result.handlesBefore + 3);
    expect(Math.max(...result.samples.map(({ openRows }) => openRows))).toBeLessThanOrEqual(100);
    expect(Math.max(...result.samples.map(({ rssMb }) => rssMb))).toBeLessThan(600);
    // Before, the heap of V8 is still finding its size.
    if (seconds >= 60) expect(medianRss(result.samples, 0.8, 1) - medianRss(result.samples, 0.4, 0.6)).toBeLessThan(60);
  },
);
