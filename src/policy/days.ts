import { createWindows } from './window.ts';

/** One day of a time zone: from `start`, which is in it, to `end`, which is not; ISO 8601, UTC. Some have 23 or 25 hours. */
export interface Day {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly start: string;
  readonly end: string;
}

/** The days of a time zone from the one that `first` is in to the one that `last` is in: the windows of budgets `per: day`. */
export function daysBetween(timeZone: string, first: Date, last: Date): Day[] {
  const windowAt = createWindows('day', timeZone);
  const dayAt = createCalendar(timeZone);
  const days: Day[] = [];
  for (let at = first; ;) {
    const { start, end } = windowAt(at);
    const day = { day: dayAt(new Date(start)), start, end: end ?? '' };
    days.push(day);
    at = new Date(day.end);
    if (!(at <= last)) return days;
  }
}

/** The first day that is not before this date, YYYY-MM-DD: a zone that crosses the date line leaves one out. */
export function dayFrom(timeZone: string, date: string): Day | undefined {
  return around(timeZone, date).find(({ day }) => day >= date);
}

/** The last day that is not after this date. */
export function dayUntil(timeZone: string, date: string): Day | undefined {
  return around(timeZone, date).findLast(({ day }) => day <= date);
}

const hourMs = 3_600_000;

/** Clocks are between 12 hours behind UTC and 14 before it. */
function around(timeZone: string, date: string): Day[] {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return daysBetween(timeZone, new Date(midnight - 40 * hourMs), new Date(midnight + 64 * hourMs));
}

function createCalendar(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}`;
  };
}
