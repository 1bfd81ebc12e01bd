import type { Model } from './model.ts';

/** All models of a snapshot, and how a name that people write becomes one of them. */
export interface Catalogue {
  /** In catalogue order. */
  readonly models: readonly Model[];
  /** By exact id, then the user's aliases, then the built-in ones. behaviour 1.8. */
  find(name: string): Model | undefined;
}

export function createCatalogue(models: readonly Model[], userAliases: ReadonlyMap<string, string> = new Map()): Catalogue {
  const byId = new Map<string, Model>();
  const byAlias = new Map<string, Model>();
  for (const model of models) if (!byId.has(model.id)) byId.set(model.id, model);
  for (const model of byId.values()) for (const alias of model.aliases) if (!byAlias.has(alias)) byAlias.set(alias, model);
  const find = (name: string): Model | undefined => {
    const target = userAliases.get(name);
    return byId.get(name) ?? (target === undefined ? undefined : (byId.get(target) ?? byAlias.get(target))) ?? byAlias.get(name);
  };
  return { models: [...byId.values()], find };
}
