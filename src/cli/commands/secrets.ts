import { chmod, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretListResult } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { looksLikeKey } from '../../config/looksLikeKey.ts';
import { deleteSecret, importSecrets, listSecrets, setSecret } from '../../engine/secrets.ts';
import { generateFernetKey } from '../../keys/fernet.ts';
import { Failure } from '../../lib/failure.ts';
import { actionNamed } from '../actionNamed.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords } from '../parseWords.ts';
import { readImport } from '../readImport.ts';
import { readSecret } from '../readSecret.ts';
import { renderTable, type Column } from '../table.ts';
import type { Channel } from '../terminal.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `Look after the encrypted store of secrets.

Usage:
  llm-sidecar secrets generate-key [--file PATH]  make an encryption key, and print it or write it to a file
  llm-sidecar secrets list [--json]               secrets that are known or set; never a value
  llm-sidecar secrets set NAME [--note TEXT]      store a value: it is asked for and not shown, or piped in
  llm-sidecar secrets delete NAME                 unset it
  llm-sidecar secrets rollback NAME               delete its last version: the one before is in use again
  llm-sidecar secrets rotate                      encrypt everything anew with the first encryption key
  llm-sidecar secrets import [--from-env-file FILE]
                                                  store the keys of keys.json, or lines NAME=value; - is stdin

Options:
      --actor ID      who does it, for the records of set, delete, rollback and import
  -c, --config FILE   the configuration, which names the encryption keys

NAME is as configurations use it, such as OPENAI_API_KEY. A value is never taken from the command line, where
other programs and the history of the shell could read it. A blank value with --note changes the note alone.
An environment variable DATASETTE_SECRETS_NAME comes before the store.

Examples:
  llm-sidecar secrets generate-key --file secrets.key
  llm-sidecar secrets set OPENAI_API_KEY --note 'of the team'
  llm-sidecar secrets set OPENAI_API_KEY < key.txt
  llm-sidecar secrets import --from-env-file .env
`;

export const secrets: Command = { help, run };

const actions = { 'generate-key': generateKey, list, set, delete: remove, rollback, rotate, import: takeOver } as const;

async function run([action = '', ...words]: readonly string[], context: CommandContext): Promise<number> {
  return actionNamed('secrets', actions, action)(words, context);
}

const configOption = { config: { type: 'string', short: 'c' } } as const;
const actorOption = { actor: { type: 'string' } } as const;

async function generateKey(words: readonly string[], { terminal, cwd }: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { file: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError('secrets generate-key takes no words; --file PATH writes it to a file');
  const { out, err } = terminal;
  const key = generateFernetKey();
  if (values.file === undefined) {
    out.write(`${key}\n`);
    if (err.isTerminal) err.write(err.paint('dim', 'Keep it safe: what was encrypted with it is lost without it.\n'));
    return 0;
  }
  const path = resolve(cwd, values.file);
  try {
    await writeFile(path, `${key}\n`, { flag: 'wx', mode: 0o600 });
    // The mask of the process may have taken more than is right.
    await chmod(path, 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'EEXIST' ? 'it is there already, and what it may hold is not replaced' : code;
    throw new Failure('invalidParams', `The key was not written to ${path}: ${why}.`);
  }
  err.write(
    err.paint(
      'dim',
      `Only you may read ${err.safe(path)}. Keep a copy: what was encrypted with it is lost without it. In the configuration:\n`,
    ),
  );
  out.write(`secrets:\n  encryption_keys:\n    - name: main\n      file: ${JSON.stringify(path)}\n`);
  return 0;
}

async function list(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean' }, ...configOption });
  if (positionals.length > 0) throw new UsageError('secrets list takes no words');
  const { out, err } = context.terminal;
  return withCheckedApp(context, values.config, async (app) => {
    const listed = await listSecrets(app.secrets);
    if (values.json) {
      out.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    const lines = renderTable(listed.secrets, columns(out), { width: out.width, paintTitle: (text) => out.paint('dim', text) });
    out.write(`${lines.join('\n')}\n`);
    if (listed.store?.message !== undefined) err.write(`${err.paint('yellow', 'note:')} ${err.safe(listed.store.message)}\n`);
    return 0;
  });
}

async function set(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { note: { type: 'string' }, ...actorOption, ...configOption });
  const name = oneName('set', positionals);
  const { note } = values;
  if (note !== undefined && note.length > 100) throw new UsageError('--note takes 100 characters at most');
  const { err } = context.terminal;
  return withCheckedApp(context, values.config, async (app) => {
    await checkStore(app);
    const value = await readSecret(context.terminal, `Value of ${name} (it is not shown): `);
    if (value.trim() === '' && note === undefined)
      throw new Failure('invalidParams', `Nothing was changed: the value for ${name} is blank.`);
    const { version } = await setSecret(app.secrets, { name, value, note, actor: actorOf(values) }, asking());
    if (err.isTerminal) err.write(err.paint('dim', `${err.safe(name)} is set, version ${version}\n`));
    const variable = app.secrets.variableOf(name);
    if (variable !== null) context.terminal.warn(`the environment variable ${variable} comes before what was stored`);
    return 0;
  });
}

async function remove(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { ...actorOption, ...configOption });
  const name = oneName('delete', positionals);
  return withCheckedApp(context, values.config, async (app) => {
    await deleteSecret(app.secrets, name, actorOf(values));
    return 0;
  });
}

async function rollback(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { ...actorOption, ...configOption });
  const name = oneName('rollback', positionals);
  const { out } = context.terminal;
  return withCheckedApp(context, values.config, async (app) => {
    const { version } = await app.secrets.store.rollBack(name, actorOf(values));
    out.write(`${out.safe(name)} is version ${version} again\n`);
    return 0;
  });
}

async function rotate(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, configOption);
  if (positionals.length > 0) throw new UsageError('secrets rotate takes no words: the configuration names the keys');
  const { out, progress } = context.terminal;
  return withCheckedApp(context, values.config, async (app) => {
    using waiting = progress.start('encrypting anew');
    const { rows, keyName } = await app.secrets.store.rotate(asking());
    waiting.stop();
    out.write(`${rows} ${rows === 1 ? 'row is' : 'rows are'} encrypted with the key ${out.safe(keyName)} now\n`);
    return 0;
  });
}

async function takeOver(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { 'from-env-file': { type: 'string' }, ...actorOption, ...configOption });
  if (positionals.length > 0) throw new UsageError('secrets import takes no words; --from-env-file FILE names the file, - is stdin');
  const { out, progress } = context.terminal;
  return withCheckedApp(context, values.config, async (app) => {
    await checkStore(app);
    const found = await readImport(values['from-env-file'], app.secrets.keysFile, context);
    using waiting = progress.start('storing secrets');
    const imported = await importSecrets(app.secrets, found, { actor: actorOf(values), asking: asking() });
    waiting.stop();
    const columnsOfImport: Column<(typeof imported)[number]>[] = [
      { title: '', text: ({ name }) => out.safe(name) },
      { title: '', text: ({ version, changed }) => (changed ? `set, version ${version}` : `unchanged, version ${version}`) },
    ];
    const [, ...lines] = renderTable(imported, columnsOfImport, { width: out.width });
    out.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  });
}

/** Before anything is asked for. */
async function checkStore({ secrets: { store } }: App): Promise<void> {
  const { state, message = 'There is no store of secrets.' } = await store.list();
  if (state === 'on') return;
  throw new Failure(state === 'off' ? 'secretsUnavailable' : 'storageUnavailable', message);
}

/** What stands beside the name may be the value, so that no message may repeat it. */
function oneName(action: string, [name, ...rest]: readonly string[]): string {
  if (name === undefined) throw new UsageError(`secrets ${action} needs a NAME, such as OPENAI_API_KEY`);
  const typed = 'a value is typed when it is asked for, or piped in, since the command line is not secret';
  if (rest.length > 0) throw new UsageError(`secrets ${action} takes a NAME and nothing more: ${typed}`);
  if (looksLikeKey(name) || name.includes('='))
    throw new UsageError(`the NAME looks like a value; name it, such as OPENAI_API_KEY: ${typed}`);
  return name;
}

function actorOf({ actor }: { readonly actor?: string | undefined }): { id: string } | null {
  return actor === undefined ? null : { id: actor };
}

function asking(): { signal: AbortSignal; depth: number } {
  return { signal: new AbortController().signal, depth: 0 };
}

type Listed = SecretListResult['secrets'][number];

function columns(out: Channel): Column<Listed>[] {
  const dim = (text: string): string => out.paint('dim', text);
  return [
    { title: 'NAME', text: ({ name }) => out.safe(name), leastWidth: 18 },
    { title: 'STATE', text: ({ state }) => state, paint: (text, { state }) => (state === 'unset' ? dim(text) : out.paint('green', text)) },
    { title: 'VERSION', text: ({ version }) => String(version ?? ''), align: 'right', dropOrder: 1 },
    { title: 'UPDATED', text: ({ updatedAt }) => day(updatedAt), dropOrder: 2 },
    { title: 'BY', text: ({ updatedBy = '' }) => out.safe(updatedBy), dropOrder: 4 },
    { title: 'USED', text: ({ lastUsedAt }) => day(lastUsedAt), dropOrder: 3 },
    {
      title: 'NOTE',
      text: ({ note, description, state }) => out.safe(note ?? (state === 'unset' ? (description ?? '') : '')),
      paint: dim,
      dropOrder: 5,
      leastWidth: 14,
    },
    { title: 'OBTAIN', text: ({ obtainUrl = '', state }) => (state === 'unset' ? out.safe(obtainUrl) : ''), paint: dim, dropOrder: 6 },
  ];
}

function day(time: string | undefined): string {
  return time?.slice(0, 10) ?? '';
}
