import { editDistance } from '../catalogue/suggest.ts';

/** At most two of `candidates` that a typing mistake could have turned into `name`, the nearest first. */
export function nearest(name: string, candidates: readonly string[]): string[] {
  const wanted = fold(name);
  if (wanted.length < 3 || wanted.length > longestName) return [];
  const furthest = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, fold(candidate)) }))
    .filter(({ distance }) => distance <= furthest)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 2)
    .map(({ candidate }) => candidate);
}

/** Comparing takes time by the square of the length. */
const longestName = 100;

/** `defaultModel`, `default-model` and `default_model` are one name. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
