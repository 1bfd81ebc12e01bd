export interface ByteCollector {
  readonly length: number;
  append(part: Buffer): void;
  /** All bytes so far, as one buffer; the collector is empty afterwards. */
  take(): Buffer;
  clear(): void;
}

/**
 * Bytes that arrive in parts. Grows by doubling: linear in the bytes however small the parts are, and never allocates
 * on the word of a header.
 */
export function collectBytes(): ByteCollector {
  let buffer = Buffer.alloc(0);
  let length = 0;
  const clear = (): void => {
    buffer = Buffer.alloc(0);
    length = 0;
  };
  return {
    get length() {
      return length;
    },
    append(part) {
      const needed = length + part.length;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2, 256));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      part.copy(buffer, length);
      length = needed;
    },
    take() {
      const taken = buffer.subarray(0, length);
      clear();
      return taken;
    },
    clear,
  };
}
