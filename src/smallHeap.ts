/**
 * Keeps the young generation at the size it has. V8 lets it grow to 32 MB and more under a stream of deltas, which all
 * die at once: growing wins no time here, and makes a process of 60 MB one of 110. The `node` that runs the sidecar is started
 * by others, so `--max-semi-space-size` is not ours to give, and its value is not looked at later; this one's is.
 * Call it when there is time: it loads `node:v8`, 3 ms.
 */
export function keepHeapSmall(): void {
  // A later V8 may not know the flag, and would say so on stderr.
  if (!process.versions.node.startsWith('24.')) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
