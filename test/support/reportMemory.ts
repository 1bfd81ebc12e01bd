import { writeFileSync } from 'node:fs';

/** What the sidecar holds right after a collection, in bytes. */
export interface HeldMemory {
  readonly heapUsed: number;
  /** Outside of V8's heap, buffers included. */
  readonly external: number;
}

// Imported into the sidecar (`node --expose-gc --import`): at each SIGUSR2 it collects and writes what is left to the file.
const path = process.env['LLM_SIDECAR_REPORT_MEMORY'];
if (path !== undefined) {
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const held: HeldMemory = { heapUsed, external };
    writeFileSync(path, JSON.stringify(held));
  });
}
