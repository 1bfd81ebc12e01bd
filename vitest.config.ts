import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned sidecars share two cores with the rest on a CI machine. These only end what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes; how soon is nobody's promise. The usual second is not enough for a machine that is busy.
    expect: { poll: { timeout: 30_000 } },
    // Many wait more than they work.
    maxWorkers: Math.max(3, availableParallelism()),
    // `npm test` has built what is published, which also starts three times as fast.
    env: process.env['npm_lifecycle_event'] === 'test' ? { LLM_SIDECAR_BUILT: '1' } : {},
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'client/**/*.ts', 'protocol/**/*.ts'] },
  },
});
