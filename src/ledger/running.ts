/** Which reservations have not ended. */
export interface Running {
  began(id: string): void;
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
    began(id) {
      running.add(id);
    },
    ended,
    async idle() {
      if (running.size > 0) await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}
