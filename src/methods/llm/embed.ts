import { embed as embedTexts } from '../../engine/embed.ts';
import { depthOf } from '../../session/depth.ts';
import { openPrompt } from '../../session/openPrompt.ts';
import { toEmbedResult } from '../../session/embedTranslation.ts';
import type { Session } from '../../session/session.ts';
import { traceContextOf } from '../../session/traceContext.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function embed(session: Session, params: Params<'llm/embed'>, context: Context): Promise<Result<'llm/embed'>> {
  const { model, purpose, actor, groupId, input, options = {}, timeoutMs, metadata } = params;
  const embedId = crypto.randomUUID();
  const request = {
    embedId,
    model,
    purpose,
    actor,
    groupId,
    input,
    options,
    timeoutMs,
    metadata,
    depth: depthOf(params),
    traceContext: traceContextOf(params),
  };
  const cancels = [context.signal, session.stopping.signal];
  return openPrompt(session, { groupId, _meta: params._meta }, { promptId: embedId, ...context }, async (_, takePlace) =>
    toEmbedResult(await embedTexts(session.engine, request, { cancels, takePlace })),
  );
}
