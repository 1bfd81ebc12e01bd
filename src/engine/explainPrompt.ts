import type { ExplainResult } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import { judgeModel } from '../policy/allowedModels.ts';
import { decide, refusal } from './chooseModel.ts';
import { continueFrom } from './conversation.ts';
import type { Engine } from './engine.ts';
import { explainFallbacks } from './explainFallbacks.ts';
import { explainMoney } from './explainMoney.ts';
import { describePrice, keyFinder } from './modelFacts.ts';
import type { Hook, HookPoint, Hooks, HookScope, ToolBox } from './ports.ts';
import { optionsInForce, preparePrompt, splitSystem } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import { promptTools } from './promptTools.ts';
import { scopeOf } from './runPrompt.ts';
import type { Snapshot } from './snapshot.ts';
import { joinToolMessages } from './toolMessages.ts';

type Explanation = Omit<ExplainResult, '_meta'>;

/**
 * What `runPrompt` would do with this request, found out by the same code, without a provider being called, a secret being
 * used or a server being started. A prompt that would fail has a `failure`.
 */
export async function explainPrompt(engine: Engine, request: PromptRequest, signal: AbortSignal): Promise<Explanation> {
  const told: Explanation = { model: null, considered: [], hooks: [] };
  try {
    told.model = await explain(engine, request, signal, told);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    told.failure = { kind: error.kind, message: error.message };
  }
  return told;
}

/** Adds to `told` what is found, as far as it comes. */
async function explain(engine: Engine, request: PromptRequest, signal: AbortSignal, told: Explanation): Promise<string> {
  const group = request.groupId === undefined ? undefined : engine.groups.scope(request.groupId);
  const before = request.conversationId === undefined ? null : await engine.conversations.store.read(request.conversationId);
  const continued = request.conversationId === undefined ? request : continueFrom(request, before);
  const scope = scopeOf(continued, group && { scope: group }, signal);
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const asked = continued.model ?? group?.model ?? undefined;
  const { listening, leftBy } = listenTo(now.hooks);
  told.hooks = partakers(now.hooks, scope, ['filterModels', ...(asked === undefined ? (['defaultModel'] as const) : [])]);
  const decision = await decide(engine, { ...now, hooks: listening }, asked, scope);
  if (decision.verdict !== 'noDefault') {
    const byAsker = request.model !== undefined ? 'asked' : before !== null ? 'conversation' : 'group';
    told.reason = decision.reason === 'asked' ? byAsker : decision.reason;
  }
  if (!('model' in decision)) throw refusal(decision, now.snapshot, scope.purpose);
  const { model } = decision;
  told.wanted = model.id;
  await addFacts(engine, { model, continued, scope, ...now, leftBy }, told);
  told.hooks.push(
    ...partakers(now.hooks, { ...scope, model: model.id }, ['prompt', ...(group === undefined ? [] : (['groupExit'] as const))]),
  );
  if (decision.verdict === 'notAllowed') throw refusal(decision, now.snapshot, scope.purpose);
  const quiet = { ...now, hooks: { ...now.hooks, list: () => [] } };
  const prepared = await preparePrompt(onlyLooking(engine), quiet, { ...continued, model: model.id }, { ...scope, groupModel: null });
  const { specs } = promptTools(continued, prepared.tools);
  if (specs.length > 0) told.tools = specs.map(({ name }) => name);
  const fallbacks = await explainFallbacks(onlyLooking(engine), now, continued, { model: model.id, scope });
  if (fallbacks.length > 0) told.fallbacks = fallbacks;
  const { system, options } = prepared;
  const sent = { system, messages: joinToolMessages(prepared.loaded), tools: specs, schema: continued.schema, options };
  await explainMoney(engine, { money: now.snapshot.money, model, scope, sent, draws: group?.reservation !== undefined }, told);
  return model.id;
}

interface Found {
  readonly model: Model;
  readonly continued: PromptRequest;
  readonly scope: HookScope;
  readonly snapshot: Snapshot;
  readonly hooks: Hooks;
  readonly leftBy: ReadonlyMap<Hook, ReadonlySet<string>>;
}

async function addFacts(engine: Engine, { model, continued, scope, snapshot, hooks, leftBy }: Found, told: Explanation): Promise<void> {
  const { rules } = snapshot;
  const key = await keyFinder(engine.keys, rules, scope)(model, {});
  const price = await engine.prices.price(model);
  const purpose = scope.purpose === undefined ? undefined : rules.purposes.get(scope.purpose);
  const { system } = splitSystem(continued, purpose?.system);
  const hasNoKey = rules.requireKeys && model.key !== null && key.value === null;
  if (hasNoKey) told.considered.push({ by: 'config', verdict: 'noKey', detail: 'require_keys' });
  const verdict = judgeModel(rules, scope.purpose, model.id);
  told.considered.push({
    by: 'config',
    ...verdict,
    detail: rules.enforceModels ? verdict.detail : `${verdict.detail}; advice only, since enforce_models is false`,
  });
  let shown = !hasNoKey && verdict.verdict === 'allowed';
  for (const hook of hooks.list('filterModels', scope)) {
    const kept = leftBy.get(hook)?.has(model.id) === true;
    told.considered.push({ by: hook.id, verdict: shown ? (kept ? 'allowed' : 'filtered') : 'notAsked' });
    shown &&= kept;
  }
  told.key = { needed: model.key !== null, ...('source' in key ? { source: key.source, name: key.name } : {}), missed: [...key.missed] };
  told.price = price === undefined ? null : { priceId: price.id, ...describePrice(price) };
  const limits = snapshot.reliability.limits.get(model.provider);
  if (limits?.maxConcurrent ?? limits?.requestsPerMinute ?? limits?.tokensPerMinute) told.limits = { provider: model.provider, ...limits };
  told.options = optionsInForce(rules, model, purpose, continued);
  if (system !== undefined) told.system = system;
}

/** The hooks, with what each filter left over. */
function listenTo(hooks: Hooks): { listening: Hooks; leftBy: ReadonlyMap<Hook, ReadonlySet<string>> } {
  const leftBy = new Map<Hook, ReadonlySet<string>>();
  const heard = (hook: Hook, left: readonly { id: string }[]): void => void leftBy.set(hook, new Set(left.map(({ id }) => id)));
  return { listening: { ...hooks, filterModels: async (models, scope) => hooks.filterModels(models, scope, heard) }, leftBy };
}

function partakers(hooks: Hooks, scope: Parameters<Hooks['list']>[1], points: readonly HookPoint[]): ExplainResult['hooks'] {
  return points.flatMap((point) => hooks.list(point, scope).map(({ id, registeredBy }) => ({ id, point, registeredBy })));
}

function onlyLooking(engine: Engine): Engine {
  return {
    ...engine,
    keys: { find: async (request) => engine.keys.find({ ...request, use: false }) },
    tools: withoutStarting(engine.tools),
    log: () => {},
  };
}

/** Tools of servers by the names that were given, since nothing but the server could say what they are. */
function withoutStarting(tools: ToolBox): ToolBox {
  const servers = tools.list().flatMap(({ name }) => (name.endsWith('/*') ? [name.slice(0, -1)] : []));
  return {
    ...tools,
    async pick(names, signal) {
      const ofServers = names.filter((name) => servers.some((prefix) => name.startsWith(prefix)));
      const others = await tools.pick(
        names.filter((name) => !ofServers.includes(name)),
        signal,
      );
      const answer = async (): Promise<never> => Promise.reject(new Error('a tool that is only looked at was called'));
      return [...others, ...[...new Set(ofServers)].map((name) => ({ spec: { name, inputSchema: {} }, registeredBy: name, answer }))];
    },
  };
}
