/** Which reservations have not ended. */
export interface Running {
  /** From now on, unless `beginning` rejects. */
  unlessFails<T>(id: string, beginning: Promise<T>): Promise<T>;
  ended(id: string): void;
  /** When there is none. */
  idle(): Promise<void>;
}

export function createRunning(): Running {
  const running = new Set<string>();
  const waiting = new Set<() => void>();
  const ended = (id: string): void => {
    running.delete(id);
    if (running.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  return {
    async unlessFails(id, beginning) {
      running.add(id);
      try {
        return await beginning;
      } catch (error) {
        ended(id);
        throw error;
      }
    },
    ended,
    async idle() {
      if (running.size > 0) await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}
