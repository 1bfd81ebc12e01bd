import type { Model } from '../catalogue/model.ts';
import { suggest } from '../catalogue/suggest.ts';
import { Failure } from '../lib/failure.ts';
import { decideModel, type ModelDecision } from '../policy/decideModel.ts';
import type { Engine } from './engine.ts';
import { askModelHooks, type ModelHookAnswers } from './listModels.ts';
import type { Hooks, HookScope } from './ports.ts';
import type { Snapshot } from './snapshot.ts';

/** The model that answers a call, enforced: behaviour 2. Throws noDefaultModel, modelNotFound or modelNotAllowed. */
export async function chooseModel(
  engine: Engine,
  { snapshot, hooks }: { readonly snapshot: Snapshot; readonly hooks: Hooks },
  asked: string | undefined,
  scope: HookScope & { readonly embeds?: boolean },
): Promise<Model> {
  const decision = await decide(engine, { snapshot, hooks }, asked, scope);
  if (decision.verdict === 'use') return decision.model;
  throw refusal(decision, snapshot, scope.purpose);
}

/** The same, as a value. */
export async function decide(
  engine: Engine,
  { snapshot, hooks }: { readonly snapshot: Snapshot; readonly hooks: Hooks },
  asked: string | undefined,
  scope: HookScope & { readonly embeds?: boolean },
): Promise<ModelDecision> {
  const wanted = { ...scope, wantDefault: asked === undefined };
  const decideBy = ({ catalogue, rules }: Snapshot, answers: ModelHookAnswers): ModelDecision =>
    decideModel({ rules, purpose: scope.purpose, asked, ...answers, find: (name) => catalogue.find(name) });
  const decision = decideBy(snapshot, await askModelHooks(engine, snapshot, hooks, wanted));
  if (decision.verdict !== 'unknown') return decision;
  // A server that has not been asked for its models yet may have it; the hooks are then asked of the longer list.
  await engine.askServers();
  const longer = { ...snapshot, catalogue: engine.snapshot().catalogue };
  return decideBy(longer, await askModelHooks(engine, longer, hooks, wanted));
}

export function refusal(
  decision: Exclude<ModelDecision, { verdict: 'use' }>,
  { catalogue }: Snapshot,
  purpose: string | undefined,
): Failure {
  const forPurpose = purpose === undefined ? '' : ` for the purpose "${purpose}"`;
  switch (decision.verdict) {
    case 'noDefault': {
      const also = purpose === undefined ? '' : `, or purposes.${purpose}.model`;
      return new Failure(
        'noDefaultModel',
        `No model was named and no default is configured: name one in the request, or set default_model${also} in the configuration.`,
      );
    }
    case 'unknown': {
      const suggestions = suggest(decision.name, catalogue);
      const hint = suggestions.length > 0 ? ` Did you mean ${suggestions.join(' or ')}?` : '';
      const origin =
        decision.reason === 'asked'
          ? ''
          : decision.reason === 'hook'
            ? ' (the answer of a defaultModel hook)'
            : ' (from the configuration)';
      return new Failure('modelNotFound', `There is no model "${decision.name}"${origin}.${hint}`, { suggestions });
    }
    case 'notAllowed': {
      const by = decision.by === 'config' ? 'the configuration does not allow it' : 'a filterModels hook removed it';
      return new Failure(
        'modelNotAllowed',
        `The model ${decision.model.id} may not be used${forPurpose}: ${by}. llm/models lists those that may.`,
      );
    }
  }
}
