/** A number of places, and a short queue before them. */
export interface Slots {
  /** The function that gives the place back, now or when there is one; null: the queue is full. Aborted, it resolves at once: without a place. */
  take(signal: AbortSignal): GiveBack | null | Promise<GiveBack>;
}

export type GiveBack = () => void;

export function createSlots(places: () => number, queueLength: number): Slots {
  let taken = 0;
  const queue: (() => void)[] = [];
  const release = (): void => {
    taken -= 1;
    while (taken < places()) {
      const next = queue.shift();
      if (!next) return;
      taken += 1;
      next();
    }
  };
  return {
    take(signal) {
      if (signal.aborted) return () => {};
      if (taken < places()) {
        taken += 1;
        return once(release);
      }
      if (queue.length >= queueLength) return null;
      return new Promise((resolve) => {
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(once(release));
        };
        const leave = (): void => {
          queue.splice(queue.indexOf(enter), 1);
          resolve(() => {});
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(enter);
      });
    },
  };
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}
