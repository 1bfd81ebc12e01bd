import type { Actor, ModelInfo } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import { namedSecrets } from '../policy/keyName.ts';
import type { Rules } from '../policy/rules.ts';
import { formatUsd } from '../pricing/price.ts';
import type { FoundKey, KeyRing } from './ports.ts';

export type FindKey = (model: Model, use: boolean) => ReturnType<KeyRing['find']>;

/** The key of a model in a purpose, where the configuration and the provider say it may be. behaviour 4. */
export function keyFinder(keys: KeyRing, rules: Rules, purpose: string | undefined, actor: Actor): FindKey {
  return async (model, use) => {
    if (model.key === null) return { value: null, missed: [] };
    const named = namedSecrets(rules, purpose, model.id);
    return keys.find({ named, need: model.key, actor, purpose, strict: rules.strictKeys, use });
  };
}

/** The same, with one look-up for all models whose key would be in the same places. behaviour 3.5. */
export function lookOnce(find: FindKey, rules: Rules, purpose: string | undefined): (model: Model) => ReturnType<FindKey> {
  const looked = new Map<string, ReturnType<FindKey>>();
  return async (model) => {
    const places = JSON.stringify([namedSecrets(rules, purpose, model.id).map((named) => named.secret), model.key?.secret, model.key?.name]);
    const earlier = looked.get(places);
    if (earlier) return earlier;
    const looking = find(model, false);
    looked.set(places, looking);
    return looking;
  };
}

/** A model as the wire describes it. */
export function describeModel(model: Model, key: { value: string | null } | FoundKey, price: Price | undefined): ModelInfo {
  const { stream, tools, schema, reasoning, attachments } = model.features;
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
      ...(attachments.length > 0 ? { attachments: [...attachments] } : {}),
    },
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    ...(model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
    ...(price === undefined ? {} : { price: describePrice(price) }),
    optionsSchema: model.optionsSchema,
  };
}

function describePrice(price: Price): NonNullable<ModelInfo['price']> {
  return {
    inputUsdPerMillion: formatUsd(price.input),
    outputUsdPerMillion: formatUsd(price.output),
    ...(price.cacheRead === undefined ? {} : { cacheReadUsdPerMillion: formatUsd(price.cacheRead) }),
    ...(price.cacheWrite === undefined ? {} : { cacheWriteUsdPerMillion: formatUsd(price.cacheWrite) }),
  };
}
