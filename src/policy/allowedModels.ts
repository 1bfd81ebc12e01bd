import type { Rules } from './rules.ts';

/**
 * Which models the configuration allows for a purpose, by canonical id: allow first, block second. behaviour 3.1 to 3.4.
 * The filter hooks come after; they can only remove.
 */
export function allowedModels(rules: Rules, purposeName: string | undefined): (id: string) => boolean {
  const allowed = allowlist(rules, purposeName);
  const blocked = new Set([...rules.blockedModels, ...(purposeOf(rules, purposeName)?.blockedModels ?? [])]);
  return (id) => (allowed === null || allowed.has(id)) && !blocked.has(id);
}

export interface ConfigVerdict {
  readonly verdict: 'allowed' | 'notAllowed' | 'blocked';
  /** The key of the configuration that says so. */
  readonly detail: string;
}

/** The same for one model, with what decides it. */
export function judgeModel(rules: Rules, purposeName: string | undefined, id: string): ConfigVerdict {
  const purpose = purposeOf(rules, purposeName);
  const ofPurpose = `purposes.${purposeName}`;
  const allowed = allowlist(rules, purposeName);
  const overrides = purpose?.models && rules.purposeModels === 'override';
  if (allowed !== null && !allowed.has(id))
    return {
      verdict: 'notAllowed',
      detail: overrides ? `${ofPurpose}.models` : purpose?.models ? `models, ${ofPurpose}.models` : 'models',
    };
  if (rules.blockedModels.includes(id)) return { verdict: 'blocked', detail: 'blocked_models' };
  if (purpose?.blockedModels.includes(id)) return { verdict: 'blocked', detail: `${ofPurpose}.blocked_models` };
  if (allowed === null) return { verdict: 'allowed', detail: 'there is no list of models' };
  if (purpose?.models?.some(({ model }) => model === id)) return { verdict: 'allowed', detail: `${ofPurpose}.models` };
  if (purpose?.model?.model === id) return { verdict: 'allowed', detail: `${ofPurpose}.model` };
  return { verdict: 'allowed', detail: rules.models?.includes(id) ? 'models' : 'default_model' };
}

/** Sorts ids: the default, then the purpose's `models`, then the global `models`, then as they came. behaviour 3.7. */
export function orderModels(rules: Rules, purposeName: string | undefined, defaultId: string | null, ids: readonly string[]): string[] {
  const purpose = purposeOf(rules, purposeName);
  const present = new Set(ids);
  const wanted = [
    ...(defaultId === null ? [] : [defaultId]),
    ...(purpose?.models ?? []).map((ref) => ref.model),
    ...(rules.models ?? []),
    ...ids,
  ];
  return [...new Set(wanted)].filter((id) => present.has(id));
}

/** null: everything is allowed. */
function allowlist(rules: Rules, purposeName: string | undefined): Set<string> | null {
  const purpose = purposeOf(rules, purposeName);
  const own = [...(purpose?.models ?? []).map((ref) => ref.model), ...(purpose?.model ? [purpose.model.model] : [])];
  if (purpose?.models && rules.purposeModels === 'override') return new Set(own);
  if (rules.models === null) return null;
  return new Set([...rules.models, ...(rules.defaultModel ? [rules.defaultModel.model] : []), ...own]);
}

function purposeOf(rules: Rules, purposeName: string | undefined) {
  return purposeName === undefined ? undefined : rules.purposes.get(purposeName);
}
