import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { BudgetPeriod } from '../../src/policy/moneyRules.ts';
import { createWindows, isTimeZone } from '../../src/policy/window.ts';

const short = (moment: string | null): string | null => moment && moment.replace(':00.000Z', 'Z');

describe('the window of a budget', () => {
  test.each<[string, BudgetPeriod, string, string, string, string | null]>([
    ['of an hour', 'hour', 'UTC', '2026-03-10T12:34:56.789Z', '2026-03-10T12:00Z', '2026-03-10T13:00Z'],
    [
      'of an hour, by a clock that is half an hour off',
      'hour',
      'Asia/Kolkata',
      '2026-03-10T12:34:56.789Z',
      '2026-03-10T12:30Z',
      '2026-03-10T13:30Z',
    ],
    ['of an hour, by three quarters', 'hour', 'Asia/Kathmandu', '2026-03-10T12:14:00.000Z', '2026-03-10T11:15Z', '2026-03-10T12:15Z'],
    ['of a day', 'day', 'UTC', '2026-03-10T23:59:59.999Z', '2026-03-10T00:00Z', '2026-03-11T00:00Z'],
    ['of a day, its first moment', 'day', 'UTC', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00Z', '2026-03-11T00:00Z'],
    ['of a day in the east', 'day', 'Asia/Tokyo', '2026-03-10T15:00:00.000Z', '2026-03-10T15:00Z', '2026-03-11T15:00Z'],
    ['of a day in the west', 'day', 'America/Los_Angeles', '2026-01-10T07:59:59.999Z', '2026-01-09T08:00Z', '2026-01-10T08:00Z'],
    ['of the day that has 23 hours', 'day', 'Europe/Berlin', '2026-03-29T12:00:00.000Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['of the day that has 25 hours', 'day', 'Europe/Berlin', '2026-10-25T12:00:00.000Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['of a day without midnight', 'day', 'America/Santiago', '2026-09-06T12:00:00.000Z', '2026-09-06T04:00Z', '2026-09-07T03:00Z'],
    [
      'of a day that comes after one that was left out',
      'day',
      'Pacific/Apia',
      '2011-12-31T00:00:00.000Z',
      '2011-12-30T10:00Z',
      '2011-12-31T10:00Z',
    ],
    ['of a month', 'month', 'UTC', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00Z', '2027-01-01T00:00Z'],
    ['of February in a leap year', 'month', 'UTC', '2028-02-29T12:00:00.000Z', '2028-02-01T00:00Z', '2028-03-01T00:00Z'],
    [
      'of a month in which the clock changes',
      'month',
      'Europe/Berlin',
      '2026-03-10T12:00:00.000Z',
      '2026-02-28T23:00Z',
      '2026-03-31T22:00Z',
    ],
    ['of always', 'total', 'Europe/Berlin', '2026-03-10T12:00:00.000Z', '1970-01-01T00:00Z', null],
  ])('%s', (_, per, zone, at, start, end) => {
    const window = createWindows(per, zone)(new Date(at));
    expect([short(window.start), short(window.end)]).toEqual([start, end]);
  });

  test('the hour that comes twice is two hours', () => {
    const windowAt = createWindows('hour', 'Europe/Berlin');
    expect(windowAt(new Date('2026-10-25T00:30:00.000Z')).end).toBe('2026-10-25T01:00:00.000Z');
    expect(windowAt(new Date('2026-10-25T01:30:00.000Z')).end).toBe('2026-10-25T02:00:00.000Z');
  });

  test('holds the moment, and the next one begins where it ends, everywhere and always', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Cairo'];
    // Lord Howe changes its clock by half an hour: its hours are not whole there twice a year.
    const cases = zones.flatMap((zone) => (['hour', 'day', 'month'] as const).map((per) => [zone, per] as const));
    const at = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...cases.filter(([zone, per]) => zone !== 'Australia/Lord_Howe' || per !== 'hour')),
        at,
        ([zone, per], moment) => {
          const windowAt = createWindows(per, zone);
          const { start, end } = windowAt(moment);
          expect(start <= moment.toISOString() && moment.toISOString() < end!).toBe(true);
          expect(createWindows(per, zone)(new Date(end!)).start, 'the next').toBe(end);
          expect(createWindows(per, zone)(new Date(Date.parse(end!) - 1)), 'its last moment').toEqual({ start, end });
          expect(windowAt(new Date(start)), 'remembered').toEqual({ start, end });
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Europe/Atlantis', false],
    ['', false],
  ])('there is a time zone %j: %s', (name, there) => {
    expect(isTimeZone(name)).toBe(there);
  });
});
