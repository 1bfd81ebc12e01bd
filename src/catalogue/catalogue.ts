import type { Model } from './model.ts';

/** All models of a snapshot, and how a name that people write becomes one of them. */
export interface Catalogue {
  /** In catalogue order. */
  readonly models: readonly Model[];
  /** By exact id, then the user's aliases, then the built-in ones, then `<provider>/` before any of these. behaviour 1.8. */
  find(name: string): Model | undefined;
}

export function createCatalogue(models: readonly Model[], userAliases: ReadonlyMap<string, string> = new Map()): Catalogue {
  const byId = new Map<string, Model>();
  const byAlias = new Map<string, Model>();
  for (const model of models) addOnce(byId, model.id, model);
  for (const model of byId.values()) for (const alias of model.aliases) addOnce(byAlias, alias, model);
  for (const part of ['id', 'upstreamId'] as const) {
    for (const model of byId.values()) addOnce(byAlias, `${model.provider}/${model[part]}`, model);
  }
  for (const model of byId.values()) for (const alias of model.aliases) addOnce(byAlias, `${model.provider}/${alias}`, model);
  const find = (name: string): Model | undefined => {
    const target = userAliases.get(name);
    return byId.get(name) ?? (target === undefined ? undefined : (byId.get(target) ?? byAlias.get(target))) ?? byAlias.get(name);
  };
  return { models: [...byId.values()], find };
}

function addOnce(models: Map<string, Model>, name: string, model: Model): void {
  if (!models.has(name)) models.set(name, model);
}
