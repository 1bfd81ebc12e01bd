import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { llmFiles } from '../../config/llmFolder.ts';
import { looksLikeKey } from '../../config/looksLikeKey.ts';
import { nearest } from '../../config/nearest.ts';
import { keyNameProblem, keyNames, removeKey, setKey } from '../../keys/writeKeysFile.ts';
import { Failure } from '../../lib/failure.ts';
import { actionNamed } from '../actionNamed.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords } from '../parseWords.ts';
import { readSecret } from '../readSecret.ts';

const help = `Look after keys.json, the keys that the command llm keeps and that this one reads as well.

Usage:
  llm-sidecar keys set NAME       keep a key: it is asked for and not shown, or piped in
  llm-sidecar keys list [--json]  the names of the keys that are kept
  llm-sidecar keys remove NAME    forget a key
  llm-sidecar keys path           where keys.json is

NAME is that of a provider, such as openai, anthropic or gemini; llm-sidecar models --all names the one that
a model needs. The key itself is never taken from the command line, where other programs and the history of
the shell could read it. The file is in $LLM_USER_PATH, else in the folder of llm.

Examples:
  llm-sidecar keys set openai
  llm-sidecar keys set anthropic < key.txt
  llm-sidecar keys list
`;

export const keys: Command = { help, run };

const actions = { path, list, set, remove } as const;

async function run([action = '', ...words]: readonly string[], context: CommandContext): Promise<number> {
  return actionNamed('keys', actions, action)(words, context);
}

async function path(words: readonly string[], context: CommandContext): Promise<number> {
  if (parseWords(words, {}).positionals.length > 0) throw new UsageError('keys path takes no words');
  context.terminal.out.write(`${keysFile(context)}\n`);
  return 0;
}

async function list(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean' } });
  if (positionals.length > 0) throw new UsageError('keys list takes no words');
  const { out, err } = context.terminal;
  const file = keysFile(context);
  const names = await keyNames(file);
  if (values.json) out.write(`${JSON.stringify({ path: file, names }, null, 2)}\n`);
  else for (const name of names) out.write(`${out.safe(name)}\n`);
  if (names.length === 0 && err.isTerminal) err.write(err.paint('dim', 'There are none yet: llm-sidecar keys set NAME\n'));
  return 0;
}

async function set(words: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) throw new UsageError('keys set needs a NAME, such as openai');
  // What is there instead may be a key, so that no message may repeat it.
  if (rest.length > 0 || name.startsWith('-')) throw new UsageError(`keys set takes a NAME and nothing more: ${keyIsTyped}`);
  if (looksLikeKey(name)) throw new UsageError(`the NAME looks like a key itself; name it, such as openai: ${keyIsTyped}`);
  const problem = keyNameProblem(name);
  if (problem !== null) throw new UsageError(`the NAME ${problem}: ${keyIsTyped}`);
  const { err } = context.terminal;
  const file = keysFile(context);
  // A file that cannot be read is a reason not to ask at all.
  await keyNames(file);
  await setKey(file, name, await readSecret(context.terminal, `Key for ${name} (it is not shown): `));
  if (err.isTerminal) err.write(err.paint('dim', `${name} is set in ${err.safe(file)}\n`));
  return 0;
}

const keyIsTyped = 'the key is typed when it is asked for, or piped in, since the command line is not secret';

async function remove(words: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = parseWords(words, {}).positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('keys remove needs one NAME');
  const file = keysFile(context);
  if (await removeKey(file, name)) return 0;
  const what = looksLikeKey(name) ? 'of this name' : JSON.stringify(name);
  const [similar] = nearest(name, await keyNames(file));
  throw new Failure('secretNotFound', `There is no key ${what} in ${file}.${similar === undefined ? '' : ` Did you mean ${similar}?`}`);
}

function keysFile({ env, cwd }: CommandContext): string {
  return resolve(cwd, llmFiles({ env, cwd, home: homedir(), platform: process.platform }).keys);
}
