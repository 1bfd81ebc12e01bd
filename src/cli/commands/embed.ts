import { embed as embedTexts } from '../../engine/embed.ts';
import { toEmbedResult } from '../../session/embedTranslation.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { catchInterrupt } from '../interrupt.ts';
import { parseWords, takeOptionPairs } from '../parseWords.ts';
import { readTimeout } from '../promptOptions.ts';
import { readInput } from '../readInput.ts';
import { wireError } from '../showFailure.ts';
import { usageLine } from '../summaries.ts';
import { cleanError, withCheckedApp } from '../withApp.ts';

const help = `Turn texts into vectors. Each is written as a JSON array on a line of its own.

Usage:
  llm-sidecar embed [TEXT…] [options]
  some-command | llm-sidecar embed              what is piped in is one text
  some-command | llm-sidecar embed --lines      each line is one

Options:
  -m, --model MODEL        the model; else the one of the purpose, else the default
      --lines              each line that is piped in is a text of its own; empty ones are left out
      --purpose NAME       why the model is called: the configuration decides by it
      --actor ID           on whose behalf
  -o, --option NAME VALUE  an option of the model, such as dimensions; can be given again
      --json               one JSON document in place of the lines: vectors, usage, cost
      --usage              tokens and cost, on stderr at the end
      --timeout SECONDS    give up after this long
  -c, --config FILE        the configuration

Exit code: 0 done, 1 failed, 2 not understood, 130 cancelled with Ctrl-C.

Examples:
  llm-sidecar embed -m text-embedding-3-small 'A pelican'
  llm-sidecar embed -m 3-small -o dimensions 256 --lines --usage < titles.txt > vectors.jsonl
`;

export const embed: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context;
  const { values, options, text, timeoutMs } = read(words);
  using interrupt = catchInterrupt();
  try {
    const input = toTexts(text, await readInput(terminal, interrupt.signal), values.lines === true);
    const { model, purpose } = values;
    const actor = values.actor === undefined ? undefined : { id: values.actor };
    const scope = { model, purpose, actor, groupId: undefined, metadata: undefined, depth: 0 };
    const request = { embedId: crypto.randomUUID(), ...scope, input, options, timeoutMs };
    return await withCheckedApp(context, values.config, async (app) => {
      const { out, err, closed } = terminal;
      try {
        using waiting = terminal.progress.start(`waiting for ${model ?? 'the model'}`);
        const outcome = await embedTexts(app.engine, request, { cancels: [interrupt.signal, closed] });
        waiting.stop();
        if (values.json) out.write(`${JSON.stringify(toEmbedResult(outcome), null, 2)}\n`);
        else for (const vector of outcome.embeddings) out.write(`${JSON.stringify(vector)}\n`);
        if (values.usage) err.write(`${err.paint('dim', usageLine(outcome))}\n`);
        return 0;
      } catch (error) {
        if (interrupt.signal.aborted || !values.json) throw error;
        out.write(`${JSON.stringify({ error: wireError(cleanError(app, error), terminal) }, null, 2)}\n`);
        return 1;
      }
    });
  } catch (error) {
    if (interrupt.signal.aborted) return interrupt.exitCode;
    if (terminal.closed.aborted) return 0;
    throw error;
  }
}

function read(words: readonly string[]) {
  const { rest, options } = takeOptionPairs(words);
  const { values, positionals } = parseWords(rest, {
    model: { type: 'string', short: 'm' },
    lines: { type: 'boolean' },
    purpose: { type: 'string' },
    actor: { type: 'string' },
    json: { type: 'boolean' },
    usage: { type: 'boolean' },
    timeout: { type: 'string' },
    config: { type: 'string', short: 'c' },
  });
  return { values, options, text: positionals.join(' '), timeoutMs: readTimeout(values.timeout) };
}

/** TEXT and what is piped in, each a text of its own. */
function toTexts(text: string, piped: string, lines: boolean): string[] {
  const given = lines ? piped.split(/\r?\n/) : [piped.trimEnd()];
  const texts = [text, ...given].filter((one) => one.trim() !== '');
  if (texts.length === 0) throw new UsageError('there is no text: give it as TEXT, or pipe it in');
  return texts;
}
