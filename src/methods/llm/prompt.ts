import { runPrompt } from '../../engine/runPrompt.ts';
import type { Session } from '../../session/session.ts';
import { hostTools } from '../../session/hostTools.ts';
import { openPrompt } from '../../session/openPrompt.ts';
import { toPromptRequest, toPromptResult, withLastSeq } from '../../session/promptTranslation.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function prompt(session: Session, params: Params<'llm/prompt'>, context: Context): Promise<Result<'llm/prompt'>> {
  const request = toPromptRequest(params, hostTools(session, context.peer));
  const cancels = [context.signal, session.stopping.signal];
  return openPrompt(session, params, { promptId: request.promptId, ...context }, async (pump, takePlace) => {
    try {
      // The prompt of a hook waits for no place: its hook's prompt has one and waits for it.
      const place = request.depth > 0 ? undefined : takePlace;
      const outcome = await runPrompt(session.engine, request, (delta, written) => pump?.push(delta, written), {
        cancels,
        takePlace: place,
      });
      await pump?.finish();
      return toPromptResult(request.promptId, outcome, { pump, omitContent: params.omitContent === true });
    } catch (error) {
      await pump?.finish();
      throw withLastSeq(error, pump);
    }
  });
}
