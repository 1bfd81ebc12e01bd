import type { Message } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { chooseModel } from '../../engine/chooseModel.ts';
import { runPrompt } from '../../engine/runPrompt.ts';
import { toPromptRequest } from '../../session/promptTranslation.ts';
import { createAnswerWriter } from '../answerWriter.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { catchInterrupt } from '../interrupt.ts';
import { parseWords, takeOptionPairs } from '../parseWords.ts';
import { commonOptions } from '../promptOptions.ts';
import { readLines } from '../readLines.ts';
import { showFailure } from '../showFailure.ts';
import { endNote } from '../summaries.ts';
import type { Terminal } from '../terminal.ts';
import { cleanError, withCheckedApp } from '../withApp.ts';

const help = `Talk with a model: each message goes with what was said before.

Usage:
  llm-sidecar chat [options]

Options:
  -m, --model MODEL        the model; else the one of the purpose, else the default
  -s, --system TEXT        the system prompt
      --purpose NAME       why the model is called: the configuration decides by it
      --actor ID           on whose behalf
  -o, --option NAME VALUE  an option of the model; can be given again
  -c, --config FILE        the configuration

Ctrl-C ends an answer that is being written; at the prompt it ends the chat, as do Ctrl-D, exit and quit.
An answer that failed or was ended is not remembered. Without a terminal every line of the input is a message.

Examples:
  llm-sidecar chat -m gpt-5.4-mini
  llm-sidecar chat -s 'Answer in French'
  printf 'My name is Ann\\nWhat is my name?\\n' | llm-sidecar chat
`;

export const chat: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { rest, options } = takeOptionPairs(words);
  const { values, positionals } = parseWords(rest, commonOptions);
  if (positionals.length > 0) throw new UsageError('chat takes no TEXT: say it when the chat has begun, or use prompt');
  const scope = { purpose: values.purpose, actor: values.actor === undefined ? null : { id: values.actor } };
  return withCheckedApp(context, values.config, async (app) => {
    const model = await modelOf(app, values.model, scope);
    return converse(app, context.terminal, { ...scope, model, system: values.system, options });
  });
}

type Fixed = Pick<Parameters<typeof toPromptRequest>[0], 'model' | 'purpose' | 'actor' | 'system' | 'options'>;

/** Known before the first message, so that a mistake is too. */
async function modelOf(
  { engine }: App,
  model: string | undefined,
  scope: { purpose: string | undefined; actor: { id: string } | null },
): Promise<string> {
  const asking = { ...scope, metadata: undefined, signal: new AbortController().signal, depth: 0 };
  const chosen = await chooseModel(engine, { snapshot: engine.snapshot(), hooks: engine.hooks() }, model, asking);
  return chosen.id;
}

/** Exit code 1 when a message that was piped in was not answered; a person has seen it and went on. */
async function converse(app: App, terminal: Terminal, fixed: Fixed): Promise<number> {
  const { err, input, closed } = terminal;
  const person = input.isTTY && err.isTerminal;
  if (person)
    err.write(`${err.paint('bold', fixed.model ?? '')} ${err.paint('dim', '· exit or Ctrl-D ends the chat, Ctrl-C an answer')}\n`);
  let messages: Message[] = [];
  let code = 0;
  for await (const text of readLines(terminal, err.paint('cyan', '> '))) {
    if (text.trim() === '') continue;
    if (/^(exit|quit)$/i.test(text.trim())) break;
    const turn = await answer(app, terminal, { ...fixed, messages, prompt: text });
    if (closed.aborted) return 0;
    if (turn.messages) ({ messages } = turn as { messages: Message[] });
    else if (!person) code = turn.code;
    if (!person && code > 1) return code;
    if (person) terminal.out.write('\n');
  }
  return code;
}

async function answer(
  app: App,
  terminal: Terminal,
  params: Fixed & { messages: Message[]; prompt: string },
): Promise<{ messages?: Message[]; code: number }> {
  const { err, closed } = terminal;
  using interrupt = catchInterrupt();
  const writer = createAnswerWriter(terminal);
  const request = toPromptRequest({ ...params, promptId: crypto.randomUUID(), stream: {} });
  try {
    const outcome = await runPrompt(app.engine, request, writer.take, { cancels: [interrupt.signal, closed] });
    writer.end();
    const note = endNote(outcome);
    if (note !== undefined && !closed.aborted) err.write(`${err.paint('yellow', note)}\n`);
    if (outcome.stopReason === 'cancelled') return { code: interrupt.exitCode };
    return outcome.stopReason === 'interrupted' ? { code: 1 } : { messages: outcome.messages, code: 0 };
  } catch (error) {
    writer.end();
    return { code: showFailure(terminal, cleanError(app, error), 'chat') };
  }
}
