import type { ExplainResult } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { fallbackModels } from '../policy/fallbackModels.ts';
import type { Engine } from './engine.ts';
import type { Hooks, HookScope } from './ports.ts';
import { preparePrompt } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import type { Snapshot } from './snapshot.ts';

/** Which models would be asked if `model` failed, and why others would not. Money and hooks of prompts are not asked. */
export async function explainFallbacks(
  engine: Engine,
  now: { readonly snapshot: Snapshot; readonly hooks: Hooks },
  request: PromptRequest,
  { model, scope }: { readonly model: string; readonly scope: HookScope },
): Promise<NonNullable<ExplainResult['fallbacks']>> {
  const told: NonNullable<ExplainResult['fallbacks']> = [];
  for (const name of fallbackModels(now.snapshot.reliability.fallbacks, model, scope.purpose)) {
    try {
      const prepared = await preparePrompt(engine, now, { ...request, model: name }, { ...scope, groupModel: null });
      told.push({ model: prepared.model.id });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      told.push({ model: name, failure: { kind: error.kind, message: error.message } });
    }
  }
  return told;
}
