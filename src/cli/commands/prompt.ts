import type { Delta } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import type { PromptOutcome, PromptRequest } from '../../engine/promptRequest.ts';
import { runPrompt } from '../../engine/runPrompt.ts';
import { toPromptRequest, toPromptResult } from '../../session/promptTranslation.ts';
import { createAnswerWriter, hasBegun } from '../answerWriter.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { catchInterrupt, type Interrupt } from '../interrupt.ts';
import { parseWords, takeOptionPairs } from '../parseWords.ts';
import { commonOptions, readSchema, readTimeout, toAttachment } from '../promptOptions.ts';
import { readInput } from '../readInput.ts';
import { wireError } from '../showFailure.ts';
import { endNote, usageLine } from '../summaries.ts';
import { cleanError, withCheckedApp } from '../withApp.ts';

const help = `Ask a model. The answer is written as it arrives.

Usage:
  llm-sidecar prompt [TEXT…] [options]
  some-command | llm-sidecar prompt [TEXT…]     what is piped in comes first, then TEXT

Options:
  -m, --model MODEL        the model; else the one of the purpose, else the default
  -s, --system TEXT        the system prompt
      --purpose NAME       why the model is called: the configuration decides by it
      --actor ID           on whose behalf
  -o, --option NAME VALUE  an option of the model; can be given again
  -a, --attachment PLACE   a file or an https:// address; can be given again
      --schema SCHEMA      the answer is JSON with these fields: 'name, age int, bio: one sentence'; or a JSON
                           Schema, or a file that holds one
      --schema-multi SCHEMA  the same for a list of them, in the member items
      --json               one JSON document in place of the text: answer, usage, cost, messages
      --usage              tokens, cost and time, on stderr at the end
      --no-stream          ask for the answer in one piece
      --timeout SECONDS    give up after this long
  -c, --config FILE        the configuration

Exit code: 0 answered, 1 failed, 2 not understood, 130 cancelled with Ctrl-C.

Examples:
  llm-sidecar prompt 'Three names for a pet pelican'
  llm-sidecar prompt -m claude-sonnet-4.6 -o temperature 0 'Say hello'
  git diff | llm-sidecar prompt -s 'Write a commit message' --usage
  llm-sidecar prompt 'What is in this picture?' -a photo.jpg --json
  llm-sidecar prompt 'Invent two dogs' --schema-multi 'name, age int, bio: one sentence'
`;

export const prompt: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context;
  const asked = read(words);
  using interrupt = catchInterrupt();
  try {
    const request = await toRequest(asked, await readInput(terminal, interrupt.signal));
    return await withCheckedApp(context, asked.values.config, async (app) =>
      asked.values.json
        ? answerAsJson(app, request, context, interrupt)
        : answerAsText(app, request, { ...context, interrupt, usage: asked.values.usage === true }),
    );
  } catch (error) {
    if (interrupt.signal.aborted) return interrupt.exitCode;
    throw error;
  }
}

type Asked = ReturnType<typeof read>;

function read(words: readonly string[]) {
  const { rest, options } = takeOptionPairs(words);
  const { values, positionals } = parseWords(rest, {
    ...commonOptions,
    attachment: { type: 'string', short: 'a', multiple: true },
    schema: { type: 'string' },
    'schema-multi': { type: 'string' },
    json: { type: 'boolean' },
    usage: { type: 'boolean' },
    'no-stream': { type: 'boolean' },
    timeout: { type: 'string' },
  });
  return { values, options, text: positionals.join(' '), timeoutMs: readTimeout(values.timeout) };
}

async function toRequest({ values, options, text, timeoutMs }: Asked, piped: string): Promise<PromptRequest> {
  const input = piped.trim() === '' ? '' : piped;
  const prompt = input !== '' && text !== '' ? `${input.trimEnd()}\n\n${text}` : input || text;
  const attachments = (values.attachment ?? []).map(toAttachment);
  if (prompt === '' && attachments.length === 0) throw new UsageError('there is no prompt: give it as TEXT, or pipe it in');
  const promptId = crypto.randomUUID();
  return toPromptRequest({
    promptId,
    model: values.model,
    purpose: values.purpose,
    actor: values.actor === undefined ? undefined : { id: values.actor },
    prompt: prompt === '' ? undefined : prompt,
    system: values.system,
    attachments,
    options,
    schema: await readSchema(values),
    stream: values['no-stream'] ? undefined : {},
    timeoutMs,
  });
}

async function answerAsText(
  app: App,
  request: PromptRequest,
  { terminal, interrupt, usage }: CommandContext & { interrupt: Interrupt; usage: boolean },
): Promise<number> {
  const { err, closed } = terminal;
  const writer = createAnswerWriter(terminal);
  let outcome: PromptOutcome;
  using waiting = terminal.progress.start(`waiting for ${request.model ?? 'the model'}`);
  const take = (delta: Delta): void => {
    if (hasBegun(delta)) waiting.stop();
    writer.take(delta);
  };
  try {
    outcome = await runPrompt(app.engine, request, take, { cancels: [interrupt.signal, closed] });
  } finally {
    writer.end();
  }
  if (closed.aborted) return 0;
  const note = endNote(outcome);
  if (note !== undefined) err.write(`${err.paint('yellow', note)}\n`);
  if (usage) err.write(`${err.paint('dim', usageLine(outcome))}\n`);
  return exitCodeOf(outcome, interrupt);
}

async function answerAsJson(app: App, request: PromptRequest, { terminal }: CommandContext, interrupt: Interrupt): Promise<number> {
  const show = (document: object): void => terminal.out.write(`${JSON.stringify(document, null, 2)}\n`);
  try {
    const outcome = await runPrompt(app.engine, request, () => {}, { cancels: [interrupt.signal, terminal.closed] });
    show(toPromptResult(request.promptId, outcome, { pump: undefined, omitContent: false }));
    return exitCodeOf(outcome, interrupt);
  } catch (error) {
    show({ error: wireError(cleanError(app, error), terminal) });
    return 1;
  }
}

function exitCodeOf({ stopReason }: PromptOutcome, interrupt: Interrupt): number {
  if (stopReason === 'cancelled') return interrupt.signal.aborted ? interrupt.exitCode : 0;
  return stopReason === 'interrupted' ? 1 : 0;
}
