import type { Actor, ModelInfo } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { allowedModels, orderModels } from '../policy/allowedModels.ts';
import { decideModel } from '../policy/decideModel.ts';
import type { Engine } from './engine.ts';
import { describeModel, keyFinder } from './modelFacts.ts';
import type { Hooks, HookScope } from './ports.ts';
import type { Snapshot } from './snapshot.ts';

export interface ListRequest {
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly includeUnavailable: boolean;
  readonly depth: number;
}

/** The models an actor may use for a purpose, the default first. behaviour 3. */
export async function listModels(
  engine: Engine,
  request: ListRequest,
  signal: AbortSignal,
): Promise<{ models: ModelInfo[]; default: string | null }> {
  await engine.askServers();
  const snapshot = engine.snapshot();
  const hooks = engine.hooks();
  const { purpose, actor } = request;
  const scope: HookScope = { purpose, actor, metadata: undefined, depth: request.depth, signal };
  const looked = await lookAtAll(engine, snapshot, scope);
  const available = looked.filter((info) => info.available);
  const left = await hooks.filterModels(available, scope);
  const leftIds = new Set(left.map((info) => info.id));
  const hookDefault = await hooks.defaultModel(
    left.filter((info) => info.features.embed === undefined).map((info) => info.id),
    scope,
  );
  const picked = pickDefault(snapshot, purpose, hookDefault, leftIds);
  for (const info of looked) {
    info.isDefault = info.id === picked;
    if (info.available && !leftIds.has(info.id)) Object.assign(info, { available: false, unavailableReason: 'filtered' });
  }
  const shown = request.includeUnavailable ? looked : looked.filter((info) => info.available);
  const byId = new Map(shown.map((info) => [info.id, info]));
  const models = orderModels(snapshot.rules, purpose, picked, [...byId.keys()]).flatMap((id) => byId.get(id) ?? []);
  return { models, default: picked !== null && leftIds.has(picked) ? picked : null };
}

export interface ModelHookAnswers {
  readonly hookDefault: string | null;
  readonly filtered: ReadonlySet<string> | null;
}

type AskingScope = HookScope & { readonly wantDefault: boolean; readonly embeds?: boolean };

/** What a prompt that names no model may use and what the hooks say of it; nothing is asked when there are no hooks. */
export function askModelHooks(
  engine: Engine,
  snapshot: Snapshot,
  hooks: Hooks,
  scope: AskingScope,
): ModelHookAnswers | Promise<ModelHookAnswers> {
  const filters = hooks.list('filterModels', scope).length > 0;
  const defaults = scope.wantDefault && hooks.list('defaultModel', scope).length > 0;
  return filters || defaults ? askThem(engine, snapshot, hooks, { ...scope, filters, defaults }) : nothingAsked;
}

const nothingAsked: ModelHookAnswers = { hookDefault: null, filtered: null };

async function askThem(
  engine: Engine,
  snapshot: Snapshot,
  hooks: Hooks,
  { filters, defaults, ...scope }: AskingScope & { readonly filters: boolean; readonly defaults: boolean },
): Promise<ModelHookAnswers> {
  const looked = await lookAtAll(engine, snapshot, scope);
  const kept = await hooks.filterModels(
    looked.filter((info) => info.available),
    scope,
  );
  const left = kept.map((info) => info.id);
  // What makes embeddings is no choice for a prompt, and the other way round.
  const choices = kept.filter((info) => (info.features.embed !== undefined) === (scope.embeds ?? false)).map((info) => info.id);
  return {
    hookDefault: defaults ? await hooks.defaultModel(choices, scope) : null,
    // A model without a key was not shown to the filters: that it has none is the more useful answer.
    filtered: filters ? new Set([...left, ...looked.filter((info) => info.unavailableReason === 'noKey').map((info) => info.id)]) : null,
  };
}

/** Every model of the catalogue, with what the keys and the configuration say of it. */
async function lookAtAll(engine: Engine, { catalogue, rules, providers }: Snapshot, scope: HookScope): Promise<ModelInfo[]> {
  const allowed = allowedModels(rules, scope.purpose);
  const findKey = keyFinder(engine.keys, rules, scope);
  const listing = {};
  return Promise.all(
    catalogue.models.map(async (model: Model) => {
      const [key, price] = await Promise.all([findKey(model, listing), engine.prices.price(model)]);
      const info = describeModel(model, key, price);
      if (model.features.tools && !model.features.schema && providers.get(model.provider)?.schemaByTool)
        info.features.schema = { by: 'tool' };
      if (rules.requireKeys && model.key !== null && key.value === null)
        Object.assign(info, { available: false, unavailableReason: 'noKey' });
      else if (!allowed(model.id)) Object.assign(info, { available: false, unavailableReason: 'notAllowed' });
      return info;
    }),
  );
}

function pickDefault(
  { rules, catalogue }: Snapshot,
  purpose: string | undefined,
  hookDefault: string | null,
  left: ReadonlySet<string>,
): string | null {
  const decision = decideModel({ rules, purpose, asked: undefined, hookDefault, filtered: left, find: (name) => catalogue.find(name) });
  return decision.verdict === 'use' || decision.verdict === 'notAllowed' ? decision.model.id : null;
}
