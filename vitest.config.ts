import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned sidecars share two cores with the rest on a CI machine.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'client/**/*.ts', 'protocol/**/*.ts'] },
  },
});
