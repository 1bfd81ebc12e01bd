/** Prompts that were made and are not on the wire yet: a close must not overtake them. */
export interface Unsent {
  add(sending: Promise<unknown>): void;
  /** Resolves when all of them were sent, or will never be. */
  settled(): Promise<void>;
}

export function createUnsent(): Unsent {
  const pending = new Set<Promise<unknown>>();
  return {
    add: (sending) => {
      const settling: Promise<unknown> = sending.then(
        () => pending.delete(settling),
        () => pending.delete(settling),
      );
      pending.add(settling);
    },
    settled: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}
