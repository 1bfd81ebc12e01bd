import { fc } from '../../support/fc.ts';

/**
 * Tries a property for a while: runs that would begin later pass without doing anything, so that none is left half done.
 * A failure says its seed; `LLM_SIDECAR_SEED=<seed>` tries the same again, `LLM_SIDECAR_FUZZ_MS` tries longer.
 * Gives the number of runs.
 */
export async function tryForAWhile<Value>(
  ms: number,
  values: fc.Arbitrary<Value>,
  check: (value: Value, run: number) => Promise<void>,
): Promise<number> {
  const longer = process.env['LLM_SIDECAR_FUZZ_MS'];
  const until = performance.now() + (longer === undefined ? ms : Number(longer));
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      if (performance.now() > until) return;
      runs += 1;
      await check(value, runs);
    }),
    // Smaller cases of what happens once in a while are not found in a reasonable time.
    { numRuns: longer === undefined ? 200 : 5000, endOnFailure: true },
  );
  return runs;
}

/** For a test of `tryForAWhile`. */
export const fuzzTimeoutMs = 120_000 + 3 * Number(process.env['LLM_SIDECAR_FUZZ_MS'] ?? 0);

/** Bytes of any kind, and pieces of what the wire is made of. */
export const strayBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('Content-Length: 2\r\n\r\n', 'Content-Length: -1\r\n\r\n', '{}', '{"jsonrpc":"2.0","id":', '\ufeff', '"', '[', '\0', '\r')
    .map((text) => Buffer.from(text)),
);

/** What a process says on stderr when something was not caught. */
export const uncaught = /^\s+at |Unhandled|uncaught|internalError|Warning:/im;
