import { rmSync } from 'node:fs';

/** With all that is in it. A process that has just been told to end may still write there: then it is tried again. */
export function removeFolder(path: string): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 40) throw error;
      // Node's own `maxRetries` waits whole seconds or not at all.
      Atomics.wait(never, 0, 0, 50);
    }
  }
}
