import type { Actor, Cost, JsonObject, Message, Usage } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { runPrompt } from '../../engine/runPrompt.ts';
import { Failure } from '../../lib/failure.ts';
import { toPromptRequest } from '../../session/promptTranslation.ts';
import { createAnswerWriter, hasBegun } from '../answerWriter.ts';
import { catchInterrupt } from '../interrupt.ts';
import { showFailure } from '../showFailure.ts';
import { endNote } from '../summaries.ts';
import type { Terminal } from '../terminal.ts';
import { cleanError } from '../withApp.ts';

/** What every message of a chat goes with. */
export interface About {
  readonly model: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly system: string | undefined;
  readonly options: JsonObject;
}

export interface Spent {
  readonly usage: Usage;
  readonly cost: Cost;
}

export interface Turn {
  readonly about: About;
  readonly messages: readonly Message[];
  readonly prompt: string;
  /** Markdown is shown as it looks. */
  readonly rendered: boolean;
}

/** One message and its answer. `messages`: what was said by now; undefined: it was not answered, and is not remembered. */
export async function answerTurn(
  app: App,
  terminal: Terminal,
  { about, messages, prompt, rendered }: Turn,
): Promise<{ messages?: readonly Message[]; spent?: Spent; code: number }> {
  const { err, out, closed } = terminal;
  using interrupt = catchInterrupt();
  const markdown = rendered ? (await import('../markdown/markdownWriter.ts')).createMarkdownWriter(out) : undefined;
  const writer = createAnswerWriter(terminal, markdown);
  const request = toPromptRequest({ ...about, messages: [...messages], prompt, promptId: crypto.randomUUID(), stream: {} });
  using waiting = terminal.progress.start(`waiting for ${about.model}`);
  try {
    const outcome = await runPrompt(
      app.engine,
      request,
      (delta) => {
        if (hasBegun(delta)) waiting.stop();
        writer.take(delta);
      },
      { cancels: [interrupt.signal, closed] },
    );
    writer.end();
    const note = endNote(outcome);
    if (note !== undefined && !closed.aborted) err.write(`${err.paint('yellow', note)}\n`);
    const spent = { usage: outcome.usage, cost: outcome.cost };
    if (outcome.stopReason === 'cancelled') return { spent, code: interrupt.exitCode };
    return outcome.stopReason === 'interrupted' ? { spent, code: 1 } : { messages: outcome.messages, spent, code: 0 };
  } catch (error) {
    waiting.stop();
    writer.end();
    const partial = error instanceof Failure ? error.detail.partial : undefined;
    const code = showFailure(terminal, cleanError(app, error), 'chat');
    return partial === undefined ? { code } : { spent: { usage: partial.usage, cost: partial.cost }, code };
  }
}
