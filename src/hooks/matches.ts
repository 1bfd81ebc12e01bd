import type { Hook } from '../engine/ports.ts';

/** Makes a name that people write the id of a model. */
export type Canonical = (name: string) => string;

/** Whether a hook applies; `model` undefined: it is not about one model. */
export function matches(
  match: Hook['match'],
  { purpose, model }: { readonly purpose: string | undefined; readonly model?: string | undefined },
  canonical: Canonical,
): boolean {
  const { purposes, models } = match ?? {};
  if (purposes && (purpose === undefined || !purposes.includes(purpose))) return false;
  return !models || model === undefined || models.some((name) => name === model || canonical(name) === model);
}
