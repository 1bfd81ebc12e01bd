import { sql } from 'kysely';
import type { SummaryRequest } from '../engine/history.ts';
import { Failure } from '../lib/failure.ts';
import { dayFrom, dayUntil, daysBetween } from '../policy/days.ts';
import type { Condition } from './conditions.ts';

type Range = Pick<SummaryRequest, 'from' | 'to' | 'lastDays'>;

/** The moments between which a summary counts, as conditions on `r.started_at`. Throws invalidParams for what is no time. */
export function conditionsOfRange({ from, to, lastDays }: Range, timeZone: string, now: Date = new Date()): Condition[] {
  const first = from === undefined ? (lastDays === undefined ? undefined : startOfLast(lastDays, timeZone, now)) : startOf(from, timeZone);
  const end = to === undefined ? undefined : endOf(to, timeZone);
  if (from !== undefined && to !== undefined && isBackwards(from, to, [first, end])) throw wrongTime('to', `"${to}" is before "${from}"`);
  return [
    ...(first === undefined ? [] : [sql<boolean>`r.started_at >= ${first}`]),
    ...(end === undefined ? [] : [sql<boolean>`r.started_at < ${end}`]),
  ];
}

/** A day that a time zone left out begins when it ends, and is not backwards. */
function isBackwards(from: string, to: string, [first = '', end = '']: readonly (string | undefined)[]): boolean {
  return end < first || (dateOf(from) !== undefined && dateOf(to) !== undefined && to < from);
}

function startOfLast(days: number, timeZone: string, now: Date): string | undefined {
  const [today] = daysBetween(timeZone, now, now);
  const date = new Date(Date.parse(`${today?.day}T00:00:00Z`) - (days - 1) * 86_400_000);
  return dayFrom(timeZone, date.toISOString().slice(0, 10))?.start;
}

function startOf(text: string, timeZone: string): string {
  return dateOf(text) === undefined ? momentOf(text, 'from') : (dayFrom(timeZone, text)?.start ?? momentOf(text, 'from'));
}

function endOf(text: string, timeZone: string): string {
  return dateOf(text) === undefined ? momentOf(text, 'to') : (dayUntil(timeZone, text)?.end ?? momentOf(text, 'to'));
}

/** A date that there is: not the 30th of February. Of the years that ISO 8601 text orders as time does. */
function dateOf(text: string): Date | undefined {
  if (!/^(19[7-9]|[2-8]\d\d)\d-\d\d-\d\d$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? date : undefined;
}

function momentOf(text: string, member: 'from' | 'to'): string {
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? new Date(text.toUpperCase()) : undefined;
  if (moment === undefined || Number.isNaN(moment.getTime()) || !/^(19[7-9]|[2-8]\d\d)/.test(moment.toISOString()))
    throw wrongTime(member, `"${text}" is no time`);
  return moment.toISOString();
}

function wrongTime(member: 'from' | 'to', what: string): Failure {
  const message = `${what}: give a day such as 2026-01-31, or a moment such as 2026-01-31T09:00:00Z.`;
  return new Failure('invalidParams', message, { issues: [{ path: member, message }] });
}
