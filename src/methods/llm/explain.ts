import { explainPrompt } from '../../engine/explainPrompt.ts';
import { hostTools } from '../../session/hostTools.ts';
import { toPromptRequest } from '../../session/promptTranslation.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function explain(session: Session, params: Params<'llm/explain'>, { signal, peer }: Context): Promise<Result<'llm/explain'>> {
  const { stream: _, prompt, ...rest } = params;
  // What does not depend on the text can be asked without one.
  const isBare = !rest.messages?.length && !rest.attachments?.length && rest.conversationId === undefined;
  return explainPrompt(
    session.engine,
    toPromptRequest({ ...rest, prompt: prompt ?? (isBare ? '' : undefined) }, hostTools(session, peer)),
    signal,
  );
}
