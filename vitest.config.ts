import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned sidecars share two cores with the rest on a CI machine. What waits for an event only bounds a hang with these.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Many wait more than they work.
    maxWorkers: Math.max(3, availableParallelism()),
    // `npm test` has built what is published, which also starts three times as fast.
    env: process.env['npm_lifecycle_event'] === 'test' ? { LLM_SIDECAR_BUILT: '1' } : {},
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'client/**/*.ts', 'protocol/**/*.ts'] },
  },
});
