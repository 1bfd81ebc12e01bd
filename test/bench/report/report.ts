import { median, quantile } from '../measure.ts';

/** One run, with every number. Tables and goals are made of it, so that they cannot say anything else. */
export interface Report {
  /** Of the run: YYYY-MM-DD, UTC. */
  readonly day: string;
  readonly node: string;
  readonly machine: string;
  readonly seconds: number;
  readonly rounds: number;
  /** Prompts behind each time to the first delta. */
  readonly latencyPrompts: number;
  /** Deltas of all streams together. */
  readonly chunks: number;
  /** The versions of what it is compared with. */
  readonly peers: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** By the names that the sections give: milliseconds, microseconds, MB or deltas a second. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** NaN: not measured. */
export function medianOf({ values }: Report, name: string): number {
  return median(values[name] ?? []);
}

export function quantileOf({ values }: Report, name: string, share: number): number {
  return quantile(values[name] ?? [], share);
}

/** Of what was measured in turn: the median of the ratios of the rounds, which a machine that gets slower does not move. */
export function pairedRatio({ values }: Report, name: string, base: string): number {
  const [of, over] = [values[name] ?? [], values[base] ?? []];
  if (of.length !== over.length) return median(of) / median(over);
  return median(of.map((value, round) => value / over[round]!));
}

export function format(value: number, digits: number, unit = ''): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit}`;
}
