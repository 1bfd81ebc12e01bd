import type { BuiltInModel, DiscoveredModel } from './builtInModel.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import { configuredModel, discoveredModel, rowModel, type ServingProvider } from './makeModel.ts';
import type { Model } from './model.ts';
import type { ProviderKind } from './providerKind.ts';
import type { ProviderSettings } from './providerSettings.ts';

export interface CatalogueSources {
  readonly builtIn: readonly BuiltInModel[];
  /** Complete models of providers that have no settings: echo. */
  readonly fixed?: readonly Model[] | undefined;
  readonly configured: readonly ProviderSettings[];
  /** By the provider's name, what its server listed. */
  readonly discovered: ReadonlyMap<string, readonly DiscoveredModel[]>;
  /** The user's aliases: from a name to an id or a built-in alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** By provider type. Models of a type that is not here are left out: nobody could serve them. */
  readonly providerKinds: ReadonlyMap<string, ProviderKind>;
}

/**
 * All models, each under one id: the built-in ones, the fixed ones, those that the configuration adds, those that servers list.
 * A configured model takes its id from a built-in one of another provider, which is then `<provider>/<id>`; a listed one
 * takes no name that already means something and is `<provider>/<id>` on a clash.
 */
export function buildCatalogue(sources: CatalogueSources): Catalogue {
  const providers = servingProviders(sources);
  const configured = nameConfigured(providers);
  const known = [...providers.flatMap(({ provider, rows }) => rows.map((row) => rowModel(provider, row))), ...(sources.fixed ?? [])];
  const models = mergeKnown(known, configured);
  return createCatalogue([...models, ...nameDiscovered(sources, providers, models)], sources.aliases);
}

interface Serving {
  readonly provider: ServingProvider;
  /** The built-in models that this provider serves without being told. */
  readonly rows: readonly BuiltInModel[];
}

function servingProviders({ builtIn, configured, providerKinds }: CatalogueSources): Serving[] {
  const settingsOf = new Map(configured.map((settings) => [settings.name, settings]));
  const rowsOf = Map.groupBy(builtIn, (row) => row.type);
  return [...new Set([...rowsOf.keys(), ...settingsOf.keys()])].flatMap((name) => {
    const settings = settingsOf.get(name);
    const type = settings?.type ?? name;
    const kind = providerKinds.get(type);
    if (!kind) return [];
    const provider = { name, type, kind, settings, known: rowsOf.get(type) ?? [], kinds: providerKinds };
    return [{ provider, rows: rowsOf.get(name) ?? [] }];
  });
}

/** The first in the configuration's order has the plain id. */
function nameConfigured(providers: readonly Serving[]): ReadonlyMap<string, Model> {
  const models = new Map<string, Model>();
  for (const { provider } of providers) {
    for (const settings of provider.settings?.models ?? []) {
      const model = configuredModel(provider, settings);
      const id = models.has(model.id) ? qualified(model) : model.id;
      if (models.get(model.id)?.provider !== provider.name && !models.has(id)) models.set(id, { ...model, id });
    }
  }
  return models;
}

function mergeKnown(known: readonly Model[], configured: ReadonlyMap<string, Model>): Model[] {
  const waiting = new Map(configured);
  const claimed = new Set([...configured.values()].flatMap((model) => [model.id, ...model.aliases]));
  const merged = known.map((model) => {
    const free = { ...model, aliases: model.aliases.filter((alias) => !claimed.has(alias)) };
    const winner = waiting.get(model.id);
    if (!winner) return free;
    const heir = { ...winner, aliases: [...new Set([...winner.aliases, ...free.aliases])] };
    if (winner.provider !== model.provider) {
      waiting.set(model.id, heir);
      return { ...free, id: qualified(model), aliases: [] };
    }
    waiting.delete(model.id);
    return heir;
  });
  return [...merged, ...waiting.values()];
}

function nameDiscovered(
  { builtIn, discovered, aliases }: CatalogueSources,
  providers: readonly Serving[],
  models: readonly Model[],
): Model[] {
  if (discovered.size === 0) return [];
  const before = createCatalogue(models, aliases);
  const added = new Map<string, Model>();
  const isFree = (name: string): boolean => !before.find(name) && !aliases.has(name) && !added.has(name);
  for (const { provider } of providers) {
    const own = models.filter((model) => model.provider === provider.name);
    const mine = new Set(own.flatMap((model) => [model.id, model.upstreamId, ...model.aliases]));
    const prefixed = builtIn.some((row) => row.type === provider.type && row.id === `${row.type}/${row.upstreamId}`);
    for (const listed of discovered.get(provider.name) ?? []) {
      if (mine.has(listed.id)) continue;
      const model = discoveredModel(provider, listed);
      const names = prefixed ? [qualified(model)] : [model.id, qualified(model)];
      const id = names.find(isFree);
      if (id !== undefined) added.set(id, { ...model, id, aliases: model.aliases.filter(isFree) });
    }
  }
  return [...added.values()];
}

function qualified(model: Model): string {
  return `${model.provider}/${model.id}`;
}
