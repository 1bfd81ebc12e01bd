/** What arrives begins in its order. */
export interface TurnQueue {
  /** Nothing waits, and nothing has begun in this turn of the event loop. */
  readonly empty: boolean;
  add(begin: () => void): void;
}

/** Begun in one turn, so that a burst does not hold up what runs already. */
const atOnce = 2;

/** Begins what it can when the callback that brought it is done; of more, some in each turn of the event loop. */
export function createTurnQueue(onEmpty: () => void): TurnQueue {
  const waiting: (() => void)[] = [];
  let begun = 0;
  let isTurn = false;
  const beginSome = (): void => {
    const now = waiting.splice(0, atOnce - begun);
    begun += now.length;
    for (const begin of now) begin();
  };
  const nextTurn = (): void => {
    begun = 0;
    isTurn = waiting.length > 0;
    if (!isTurn) return onEmpty();
    setImmediate(nextTurn);
    beginSome();
  };
  return {
    get empty() {
      return !isTurn;
    },
    add(begin) {
      waiting.push(begin);
      // A tick for each message would be one too many for most: they find nothing left to begin.
      if (waiting.length === 1 && begun < atOnce) process.nextTick(beginSome);
      if (!isTurn) setImmediate(nextTurn);
      isTurn = true;
    },
  };
}
