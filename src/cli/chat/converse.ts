import type { Message } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { listModels } from '../../engine/listModels.ts';
import { readLines } from '../readLines.ts';
import { showFailure } from '../showFailure.ts';
import type { Terminal } from '../terminal.ts';
import { cleanError } from '../withApp.ts';
import { answerTurn, type About, type Spent } from './answerTurn.ts';
import type { ChatHistory } from './chatHistory.ts';
import { chatHelp, completeChatLine, parseChatCommand, type ChatCommand } from './chatCommands.ts';
import { modelOf } from './modelOf.ts';
import { spentLine } from './spentLine.ts';

/** What goes on in a chat. */
interface Chat {
  about: About;
  messages: readonly Message[];
  readonly spent: Spent[];
}

/** Exit code 1 when a message that was piped in was not answered; a person has seen it and went on. */
export async function converse(
  app: App,
  terminal: Terminal,
  { about, markdown, history }: { readonly about: About; readonly markdown: boolean; readonly history: ChatHistory },
): Promise<number> {
  const { out, err, input, closed } = terminal;
  const person = input.isTTY && err.isTerminal;
  const chat: Chat = { about, messages: [], spent: [] };
  using waiting = terminal.progress.start('asking providers for their models');
  const names = person ? await namesOf(app, about) : { models: [], purposes: [] };
  waiting.stop();
  const rendered = markdown && person && out.isTerminal;
  if (person) greet(terminal, about);
  let code = 0;
  const lines = readLines(terminal, {
    prompt: err.paint('cyan', '> '),
    continuation: err.paint('cyan', '… '),
    leaveHint: err.paint('dim', 'Ctrl-C once more ends the chat, as does Ctrl-D.'),
    history: person ? await history.load() : [],
    complete: (line) => completeChatLine(line, names),
  });
  for await (const text of lines) {
    if (text.trim() === '') continue;
    if (person) await history.add(app.redactor.mask(text));
    const command = person ? parseChatCommand(text) : /^(exit|quit)$/i.test(text.trim()) ? ({ name: 'exit' } as const) : undefined;
    if (command?.name === 'exit') break;
    if (command !== undefined) {
      await obey(app, terminal, chat, command);
      continue;
    }
    const said = person ? text.replace(/^\/\//, '/') : text;
    const turn = await answerTurn(app, terminal, { about: chat.about, messages: chat.messages, prompt: said, rendered });
    if (closed.aborted) return 0;
    if (turn.spent !== undefined) chat.spent.push(turn.spent);
    if (turn.messages !== undefined) chat.messages = turn.messages;
    else if (!person) code = turn.code;
    if (!person && code > 1) return code;
    if (person) out.write('\n');
  }
  return code;
}

function greet({ err }: Terminal, { model }: About): void {
  err.write(`${err.paint('bold', err.safe(model))} ${err.paint('dim', '· /help · Ctrl-C ends an answer, Ctrl-D the chat')}\n`);
}

async function namesOf({ engine }: App, { purpose, actor }: About): Promise<{ models: string[]; purposes: string[] }> {
  const scope = { purpose, actor, includeUnavailable: false, depth: 0 };
  const listed = await listModels(engine, scope, new AbortController().signal).catch(() => ({ models: [] }));
  return { models: listed.models.map(({ id }) => id), purposes: [...engine.snapshot().rules.purposes.keys()] };
}

async function obey(app: App, terminal: Terminal, chat: Chat, command: ChatCommand): Promise<void> {
  const { err } = terminal;
  const say = (text: string): void => err.write(`${err.paint('dim', err.safe(text))}\n`);
  const { about } = chat;
  const change = async (model: string | undefined, more: Partial<About>): Promise<void> => {
    try {
      const next = { ...about, ...more };
      chat.about = { ...next, model: await modelOf(app, model, next) };
      const why = chat.about.purpose === undefined ? '' : ` for ${chat.about.purpose}`;
      say(`${chat.about.model}${why}`);
    } catch (error) {
      showFailure(terminal, cleanError(app, error), 'chat');
    }
  };
  switch (command.name) {
    case 'help':
      return err.write(chatHelp);
    case 'model':
      return command.value === '' ? say(about.model) : change(command.value, {});
    case 'purpose':
      return change(undefined, { purpose: command.value === '' ? undefined : command.value });
    case 'system':
      chat.about = { ...about, system: command.value === '' ? undefined : command.value };
      return say(command.value === '' ? 'no system prompt' : 'the system prompt from the next message on');
    case 'usage':
      return say(spentLine(chat.spent));
    case 'clear':
      chat.messages = [];
      return say('forgotten');
    default:
      return say(
        `There is no ${command.name === 'unknown' ? command.word : command.name}. /help says what there is; // begins a message with /.`,
      );
  }
}
