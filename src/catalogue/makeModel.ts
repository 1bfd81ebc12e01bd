import { configuredPrice } from '../pricing/configuredPrice.ts';
import { leastFeatures, mostFeatures } from './assumedFeatures.ts';
import { embedding } from './builtIn/table.ts';
import type { BuiltInModel, DiscoveredModel } from './builtInModel.ts';
import { keyNeed } from './keyNeed.ts';
import type { Model, ModelFeatures } from './model.ts';
import type { ProviderKind } from './providerKind.ts';
import type { ConfiguredModel, ProviderSettings } from './providerSettings.ts';

/** A provider of the snapshot, with what makes a model of it. */
export interface ServingProvider {
  readonly name: string;
  readonly type: string;
  readonly kind: ProviderKind;
  readonly settings: ProviderSettings | undefined;
  /** The built-in models of its type: what is known about an upstream id, whoever serves it. */
  readonly known: readonly BuiltInModel[];
  readonly kinds: ReadonlyMap<string, ProviderKind>;
}

export function rowModel(provider: ServingProvider, row: BuiltInModel): Model {
  const { id, upstreamId, name, aliases, features, contextWindow, maxOutputTokens } = row;
  return { ...basics(provider, features), id, upstreamId, name, aliases, contextWindow, maxOutputTokens };
}

/** What the configuration does not say is taken from the built-in row of that id, if there is one. */
export function configuredModel(provider: ServingProvider, model: ConfiguredModel): Model {
  const row = knownRow(provider, model.upstreamId ?? model.id) ?? knownRow(provider, model.id);
  const features = withFeatures(row?.features ?? mostFeatures(provider.known), model.features);
  const renames = row !== undefined && row.type === provider.name && model.upstreamId === undefined;
  return {
    ...basics(provider, features),
    id: renames ? row.id : model.id,
    upstreamId: model.upstreamId ?? row?.upstreamId ?? model.id,
    name: model.name ?? row?.name,
    aliases: model.aliases,
    key: keyNeed(provider, model),
    contextWindow: model.contextWindow ?? row?.contextWindow,
    maxOutputTokens: model.maxOutputTokens ?? row?.maxOutputTokens,
    price: model.price && configuredPrice(model.id, model.price),
    optionsSchema: model.optionsSchema ?? provider.kind.optionsSchema(features),
  };
}

export function discoveredModel(provider: ServingProvider, listed: DiscoveredModel): Model {
  const row = knownRow(provider, listed.id) ?? knownRow(provider, undated(listed.id));
  return {
    ...basics(provider, withFeatures(row?.features ?? leastFeatures(provider.known), listed.features ?? {})),
    id: listed.id,
    upstreamId: listed.id,
    name: listed.name,
    aliases: listed.aliases ?? [],
    contextWindow: listed.contextWindow ?? row?.contextWindow,
    maxOutputTokens: listed.maxOutputTokens ?? row?.maxOutputTokens,
  };
}

function basics(
  provider: ServingProvider,
  features: ModelFeatures,
): Pick<Model, 'provider' | 'providerType' | 'priceList' | 'usualOutput' | 'key' | 'features' | 'optionsSchema'> {
  return {
    provider: provider.name,
    providerType: provider.type,
    priceList: provider.settings?.priceList,
    usualOutput: provider.kind.usualOutput,
    key: keyNeed(provider, undefined),
    features,
    optionsSchema: provider.kind.optionsSchema(features),
  };
}

function withFeatures(base: ModelFeatures, said: Partial<ModelFeatures>): ModelFeatures {
  if (said.embed ?? base.embed) return embedding;
  return {
    stream: said.stream ?? base.stream,
    tools: said.tools ?? base.tools,
    schema: said.schema ?? base.schema,
    reasoning: said.reasoning ?? base.reasoning,
    attachments: said.attachments ?? base.attachments,
  };
}

function knownRow(provider: ServingProvider, name: string): BuiltInModel | undefined {
  const { known, type } = provider;
  return (
    known.find((row) => row.id === name || row.upstreamId === name || `${type}/${row.id}` === name) ??
    known.find((row) => row.aliases.includes(name))
  );
}

/** `gpt-4o-2024-08-06` and `claude-sonnet-4-5-20250929` are the models without the date. */
function undated(id: string): string {
  return id.replace(/-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/, '');
}
