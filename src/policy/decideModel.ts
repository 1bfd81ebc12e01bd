import type { Model } from '../catalogue/model.ts';
import { allowedModels } from './allowedModels.ts';
import type { Rules } from './rules.ts';

export interface ModelFacts {
  readonly rules: Rules;
  readonly purpose: string | undefined;
  /** What the caller asked for. */
  readonly asked: string | undefined;
  /** What the `defaultModel` hooks answered; only looked at without `asked`. behaviour 2.1. */
  readonly hookDefault: string | null;
  /** What the filter hooks left over; null: there are none. */
  readonly filtered: ReadonlySet<string> | null;
  find(name: string): Model | undefined;
}

export type ModelReason = 'asked' | 'hook' | 'purpose' | 'default';
export type ModelDecision =
  | { readonly verdict: 'use'; readonly model: Model; readonly reason: ModelReason }
  | { readonly verdict: 'unknown'; readonly name: string; readonly reason: ModelReason }
  | { readonly verdict: 'notAllowed'; readonly model: Model; readonly reason: ModelReason; readonly by: 'config' | 'filter' }
  | { readonly verdict: 'noDefault' };

/** Which model answers a call, and why: behaviour 2. Whoever named it, the same rules are enforced. behaviour 2.4. */
export function decideModel(facts: ModelFacts): ModelDecision {
  const named = nameOf(facts);
  if (named === null) return { verdict: 'noDefault' };
  const { name, reason } = named;
  const model = facts.find(name);
  if (model === undefined) return { verdict: 'unknown', name, reason };
  if (facts.rules.enforceModels) {
    if (!allowedModels(facts.rules, facts.purpose)(model.id)) return { verdict: 'notAllowed', model, reason, by: 'config' };
    if (facts.filtered !== null && !facts.filtered.has(model.id)) return { verdict: 'notAllowed', model, reason, by: 'filter' };
  }
  return { verdict: 'use', model, reason };
}

function nameOf({ asked, hookDefault, rules, purpose }: ModelFacts): { name: string; reason: ModelReason } | null {
  if (asked !== undefined) return { name: asked, reason: 'asked' };
  if (hookDefault !== null) return { name: hookDefault, reason: 'hook' };
  const ofPurpose = purpose === undefined ? undefined : rules.purposes.get(purpose)?.model;
  if (ofPurpose) return { name: ofPurpose.model, reason: 'purpose' };
  if (rules.defaultModel) return { name: rules.defaultModel.model, reason: 'default' };
  return null;
}
