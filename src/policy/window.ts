import type { BudgetPeriod } from './moneyRules.ts';

/** From `start`, which is in it, to `end`, which is not; ISO 8601, UTC. `end` null: never. */
export interface Window {
  readonly start: string;
  readonly end: string | null;
}

const always: Window = { start: '1970-01-01T00:00:00.000Z', end: null };

/** Says in which window a moment is, by the clock and calendar of a time zone (an IANA name). Remembers the last one. */
export function createWindows(per: BudgetPeriod, timeZone: string): (at: Date) => Window {
  if (per === 'total') return () => always;
  const clock = createClock(timeZone);
  let last: Window = { start: '9', end: '' };
  return (at) => {
    const moment = at.toISOString();
    if (moment < last.start || moment >= (last.end ?? '')) last = windowOf(per, clock, at);
    return last;
  };
}

/** Whether there is such a zone. */
export function isTimeZone(name: string): boolean {
  try {
    createClock(name);
    return true;
  } catch {
    return false;
  }
}

function windowOf(per: Exclude<BudgetPeriod, 'total'>, clock: Clock, at: Date): Window {
  const { year, month, day, minute, second } = clock(at.getTime());
  if (per === 'hour') {
    // Zones differ by parts of an hour, too; a change of the clock is by whole ones.
    const start = Math.floor(at.getTime() / 1000) * 1000 - (minute * 60 + second) * 1000;
    return { start: iso(start), end: iso(start + 3_600_000) };
  }
  const [first, next] =
    per === 'day'
      ? [Date.UTC(year, month - 1, day), Date.UTC(year, month - 1, day + 1)]
      : [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1)];
  return { start: iso(instantOf(clock, first)), end: iso(instantOf(clock, next)) };
}

/** When the clock shows this, given as if it were UTC; where the clock skips it, the moment of the skip. */
function instantOf(clock: Clock, shown: number): number {
  const offset = (instant: number): number => {
    const { year, month, day, hour, minute, second } = clock(instant);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
  const before = shown - offset(shown - 86_400_000);
  const after = shown - offset(shown + 86_400_000);
  if (before + offset(before) === shown) return before;
  if (after + offset(after) === shown) return after;
  return Math.max(before, after);
}

type Clock = (instant: number) => Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;

function createClock(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) =>
    Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)])) as ReturnType<Clock>;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
