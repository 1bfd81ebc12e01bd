import type { Spending } from '../shapes.ts';

/** One colour of the chart. */
export interface Series {
  readonly label: string;
  /** What it sums up. */
  readonly names: readonly string[];
  readonly className: string;
  /** Dollars by day. */
  readonly costs: readonly number[];
}

/** More could not be told apart. */
const mostSeries = 7;

/** What cost most, each for itself, and all others together. `unnamed` is what '' is called. */
export function toSeries({ days, rows, cells }: Spending, unnamed: string): Series[] {
  const names = rows.map(({ name }) => name);
  const groups =
    names.length <= mostSeries
      ? names.map((name) => [name])
      : [...names.slice(0, mostSeries - 1).map((name) => [name]), names.slice(mostSeries - 1)];
  return groups.map((group, index) => {
    const costs = days.map((day) =>
      cells.filter((cell) => cell.day === day && group.includes(cell.name)).reduce((sum, { usd }) => sum + Number(usd ?? 0), 0),
    );
    const label = group.length > 1 ? `${group.length} others` : group[0] || unnamed;
    return { label, names: group, className: `series-${index + 1}`, costs };
  });
}
