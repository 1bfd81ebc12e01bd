/** An exact amount of dollars, rounded for people; null: unknown. `decimals`: as others beside it have. */
export function dollars(usd: string | null, decimals?: number): string {
  if (usd === null) return 'unknown';
  const amount = Number(usd);
  const size = Math.abs(amount);
  if (size > 0 && size < 0.000_001) return '<$0.000001';
  const telling = size >= 1 || size === 0 ? 2 : Math.max(2, Math.min(6, 1 - Math.floor(Math.log10(size))));
  const text = size.toLocaleString('en-US', { minimumFractionDigits: decimals ?? 2, maximumFractionDigits: decimals ?? telling });
  return `${amount < 0 ? '−' : ''}$${text}`;
}

/** With which the smallest of some amounts still says something. */
export function decimalsOf(amounts: readonly (string | null)[]): number {
  const smallest = Math.min(...amounts.map((usd) => Math.abs(Number(usd ?? 0))).filter((size) => size > 0));
  return smallest >= 0.1 ? 2 : smallest >= 0.001 ? 4 : 6;
}

export function count(number: number | null | undefined): string {
  return number == null ? '–' : number.toLocaleString('en-US');
}

/** Large numbers in three digits: 1.2 M. */
export function compact(number: number | null): string {
  if (number === null) return '–';
  return number < 10_000 ? count(number) : new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(number);
}

export function plural(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** The moment as the browser's user writes it. */
export function moment(iso: string | null | undefined): string {
  return iso ? new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)) : '';
}

export function day(iso: string | null | undefined): string {
  return iso ? new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date(iso)) : '';
}

/** YYYY-MM-DD as `Nov 24`. */
export function shortDay(date: string): string {
  return new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

export function seconds(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
