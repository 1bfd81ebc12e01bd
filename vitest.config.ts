import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They only bound a hang: spawned sidecars share two cores with the rest on a CI machine, and may take ten times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many wait more than they work.
    maxWorkers: Math.max(3, availableParallelism()),
    // `npm test` has built what is published, which also starts three times as fast.
    env: process.env['npm_lifecycle_event'] === 'test' ? { LLM_SIDECAR_BUILT: '1' } : {},
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'client/**/*.ts', 'protocol/**/*.ts'] },
  },
});
