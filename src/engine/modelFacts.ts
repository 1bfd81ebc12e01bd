import type { ModelInfo } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import { namedSecrets } from '../policy/keyName.ts';
import type { Rules } from '../policy/rules.ts';
import { formatUsd } from '../pricing/price.ts';
import type { FoundKey, HookScope, KeyRing } from './ports.ts';
import type { NoKey } from './secretsPorts.ts';

/** `listing`: the same object for all models of one listing, whose keys are only looked at; undefined: the key is used. */
export type FindKey = (model: Model, listing?: object) => ReturnType<KeyRing['find']> | NoKey;

/** The key of a model in a purpose, where the configuration and the provider say it may be. behaviour 4. */
export function keyFinder(keys: KeyRing, rules: Rules, { purpose, actor, signal, depth }: Omit<HookScope, 'metadata'>): FindKey {
  const asking = { signal, depth };
  return (model, listing) => {
    const named = namedSecrets(rules, purpose, model.id);
    // A model that needs no key may still be given one by name: a local server behind a proxy.
    const need = model.key ?? (named[0] && { name: named[0].secret, secret: named[0].secret, variables: [] });
    if (!need) return noneNeeded;
    return keys.find({ named, need, actor, purpose, strict: rules.strictKeys, use: listing === undefined, listing, asking });
  };
}

const noneNeeded: NoKey = { value: null, missed: [] };

/** A model as the wire describes it. */
export function describeModel(model: Model, key: { value: string | null } | FoundKey, price: Price | undefined): ModelInfo {
  const { stream, tools, schema, reasoning, embed, attachments } = model.features;
  return {
    id: model.id,
    provider: model.provider,
    ...(model.name === undefined ? {} : { name: model.name }),
    aliases: [...model.aliases],
    isDefault: false,
    available: true,
    needsKey: model.key?.name ?? null,
    ...('source' in key ? { keySource: key.source } : {}),
    features: {
      ...(stream ? { stream: {} } : {}),
      ...(tools ? { tools: {} } : {}),
      ...(schema ? { schema: {} } : {}),
      ...(reasoning ? { reasoning: {} } : {}),
      ...(embed ? { embed: {} } : {}),
      ...(attachments.length > 0 ? { attachments: [...attachments] } : {}),
    },
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    ...(model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
    ...(price === undefined ? {} : { price: describePrice(price) }),
    optionsSchema: model.optionsSchema,
  };
}

export function describePrice(price: Price): NonNullable<ModelInfo['price']> {
  return {
    inputUsdPerMillion: formatUsd(price.input),
    outputUsdPerMillion: formatUsd(price.output),
    ...(price.cacheRead === undefined ? {} : { cacheReadUsdPerMillion: formatUsd(price.cacheRead) }),
    ...(price.cacheWrite === undefined ? {} : { cacheWriteUsdPerMillion: formatUsd(price.cacheWrite) }),
  };
}
