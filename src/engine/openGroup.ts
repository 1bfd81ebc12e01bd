import type { Actor, JsonObject } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { chooseModel } from './chooseModel.ts';
import type { Engine } from './engine.ts';
import type { GroupScope } from './groups.ts';

export interface OpenGroupRequest {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly metadata: JsonObject | undefined;
  readonly depth: number;
}

/** Opens a group; the default rules apply to its model. Without any default its prompts have to name theirs. behaviour 6.1. */
export async function openGroup(engine: Engine, request: OpenGroupRequest, signal: AbortSignal): Promise<GroupScope> {
  const { purpose, actor, metadata } = request;
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const model = await chooseModel(engine, now, request.model, { purpose, actor, metadata, depth: request.depth, signal }).catch(
    (error: unknown) => {
      if (error instanceof Failure && error.kind === 'noDefaultModel') return null;
      throw error;
    },
  );
  signal.throwIfAborted();
  return engine.groups.open({ id: request.id, model: model?.id ?? null, purpose, actor, metadata, depth: request.depth });
}
