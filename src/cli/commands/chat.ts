import { homedir } from 'node:os';
import type { App } from '../../app.ts';
import { chatHistoryPath, createChatHistory } from '../chat/chatHistory.ts';
import { converse } from '../chat/converse.ts';
import { modelOf } from '../chat/modelOf.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords, takeOptionPairs } from '../parseWords.ts';
import { commonOptions } from '../promptOptions.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `Talk with a model: each message goes with what was said before.

Usage:
  llm-sidecar chat [options]

Options:
  -m, --model MODEL        the model; else the one of the purpose, else the default
  -s, --system TEXT        the system prompt
      --purpose NAME       why the model is called: the configuration decides by it
      --actor ID           on whose behalf
  -o, --option NAME VALUE  an option of the model; can be given again
      --no-history         remember nothing of what is typed
      --no-markdown        write answers as they come, also in a terminal
  -c, --config FILE        the configuration

In the chat, /help says what else can be said: /model, /purpose, /system, /usage, /clear, messages of several
lines. Ctrl-C ends an answer that is being written, or empties what was typed; twice at an empty prompt it
ends the chat, as do Ctrl-D, exit and quit. What was typed can be had again with Arrow-Up, also in the next
chat: it is kept in ~/.local/state/llm-sidecar/chat-history or its like on other systems, or in the file that
$LLM_SIDECAR_CHAT_HISTORY names. An answer that failed or was ended is not remembered. Without a terminal
every line of the input is a message.

Examples:
  llm-sidecar chat -m gpt-5.4-mini
  llm-sidecar chat -s 'Answer in French'
  printf 'My name is Ann\\nWhat is my name?\\n' | llm-sidecar chat
`;

export const chat: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { rest, options } = takeOptionPairs(words);
  const { values, positionals } = parseWords(rest, {
    ...commonOptions,
    'no-history': { type: 'boolean' },
    'no-markdown': { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError('chat takes no TEXT: say it when the chat has begun, or use prompt');
  const scope = { purpose: values.purpose, actor: values.actor === undefined ? null : { id: values.actor } };
  return withCheckedApp(context, values.config, async (app: App) => {
    const model = await modelOf(app, values.model, scope);
    const about = { ...scope, model, system: values.system, options };
    const path = values['no-history'] === true ? null : chatHistoryPath(context.env, homedir(), process.platform);
    return converse(app, context.terminal, { about, markdown: values['no-markdown'] !== true, history: createChatHistory(path) });
  });
}
