import type { Rules } from './rules.ts';

export interface NamedSecret {
  readonly secret: string;
  readonly source: 'purpose' | 'default';
}

/**
 * The secrets that the configuration names for a model, most specific first: the purpose's entry in `models`, the
 * purpose's `model`, then `default_model`. behaviour 4 (1) and (2). The provider's usual places come after.
 */
export function namedSecrets(rules: Rules, purposeName: string | undefined, modelId: string): NamedSecret[] {
  const purpose = purposeName === undefined ? undefined : rules.purposes.get(purposeName);
  const found: NamedSecret[] = [];
  const add = (secret: string | null | undefined, source: NamedSecret['source']): void => {
    if (secret && !found.some((named) => named.secret === secret)) found.push({ secret, source });
  };
  add(purpose?.models?.find((ref) => ref.model === modelId && ref.key !== null)?.key, 'purpose');
  if (purpose?.model?.model === modelId) add(purpose.model.key, 'purpose');
  if (rules.defaultModel?.model === modelId) add(rules.defaultModel.key, 'default');
  return found;
}
