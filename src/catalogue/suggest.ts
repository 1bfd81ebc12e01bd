import type { Catalogue } from './catalogue.ts';

/** Names of models near to one that is none, nearest first, at most three. behaviour 2.3. */
export function suggest(name: string, catalogue: Catalogue): string[] {
  const wanted = name.toLowerCase();
  if (wanted.length > longestName) return [];
  const candidates = catalogue.models.map((model) => ({ id: model.id, distance: nearest(wanted, [model.id, ...model.aliases]) }));
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return candidates
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

/** Comparing takes time by the square of the length, and nobody mistypes a name this long. */
const longestName = 100;

/** A name that contains the wanted one is nearer than its length says. */
function nearest(wanted: string, names: readonly string[]): number {
  return Math.min(...names.map((name) => Math.min(containment(wanted, name.toLowerCase()), editDistance(wanted, name.toLowerCase()))));
}

function containment(wanted: string, name: string): number {
  if (wanted.length < 3 || !name.includes(wanted)) return Infinity;
  return name.startsWith(wanted) || name.endsWith(`/${wanted}`) ? 1.5 : 1.8;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const costs = [(last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1)];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) costs.push((before[column - 2] ?? 0) + 1);
      current.push(Math.min(...costs));
    }
    before = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
