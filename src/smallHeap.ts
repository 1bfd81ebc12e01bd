/**
 * Keeps V8's heap near what is in use. Left alone, the young generation grows to 64 MB and more under a stream of deltas, which
 * makes a process of 60 MB one of 110; and with many streams what waits for the next delta outlives the young generation, and
 * the old one grows by 150 MB before V8 looks for what is dead in it. The `node` that runs the sidecar is started by others, so
 * `--max-semi-space-size` is not ours to give, and its value is not looked at later; those of these two are.
 * Call it when there is time: it loads `node:v8`, 3 ms.
 */
export function keepHeapSmall(): void {
  // A later V8 may not know the flags, and would say so on stderr.
  if (!process.versions.node.startsWith('24.')) return;
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  // After a collection the heap may grow by a half; V8's own choice is up to four times.
  setFlagsFromString('--heap-growing-percent=50');
}
