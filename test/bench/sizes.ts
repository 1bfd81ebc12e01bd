/** How much is measured. */
export interface Sizes {
  readonly rounds: number;
  /** Prompts of each way in a round, for the time to the first delta, and as many unstreamed ones. */
  readonly latencyPrompts: number;
  /** Deltas of all streams together. */
  readonly chunks: number;
  /** How many streams at a time. */
  readonly streams: readonly number[];
  /** Streams with ten deltas a second, and for how long. */
  readonly paced: { readonly streams: number; readonly seconds: number; readonly rounds: number };
  /** Starts of each kind in a round. */
  readonly starts: number;
  readonly memoryRounds: number;
  /** What a host gets that does not read. */
  readonly stalled: { readonly streams: number; readonly chunks: number };
  /** Prompts of each kind in a round. */
  readonly storagePrompts: number;
  /** Saves in a round. */
  readonly saves: number;
  /** Answers that are read in a round, and the events of each. */
  readonly answers: number;
  readonly events: number;
}

/** About five minutes on two cores. */
export function usualSizes(rounds: number): Sizes {
  return {
    rounds,
    latencyPrompts: 120,
    chunks: 30_000,
    streams: [1, 100, 1000],
    paced: { streams: 1000, seconds: 4, rounds: Math.min(rounds, 3) },
    starts: 4,
    memoryRounds: Math.min(rounds, 3),
    stalled: { streams: 20, chunks: 20_000 },
    storagePrompts: 200,
    saves: 4,
    answers: 40,
    events: 500,
  };
}

/** Shows in seconds that everything runs. Says nothing about speed. */
export const tinySizes: Sizes = {
  rounds: 1,
  latencyPrompts: 2,
  chunks: 40,
  streams: [1, 10],
  paced: { streams: 3, seconds: 0.2, rounds: 1 },
  starts: 1,
  memoryRounds: 1,
  stalled: { streams: 2, chunks: 500 },
  storagePrompts: 2,
  saves: 1,
  answers: 1,
  events: 5,
};
