import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';
import type { App } from '../app.ts';
import { Failure } from '../lib/failure.ts';
import { UsageError, type CommandContext } from './command.ts';

/** How the variables of Datasette begin; what follows is the name of the secret. */
const prefix = 'DATASETTE_SECRETS_';

/** What opens the store does not go into it. */
const encryptionKey = `${prefix}ENCRYPTION_KEY`;

/** Secrets by name: of keys.json, or of lines NAME=value in a file (`-`: stdin). There is at least one. */
export async function readImport(
  envFile: string | undefined,
  keysFile: App['secrets']['keysFile'],
  context: CommandContext,
): Promise<ReadonlyMap<string, string>> {
  if (envFile !== undefined) return ofEnvFile(await readEnvFile(envFile, context), envFile);
  const problems = await keysFile.problems();
  const entries = await keysFile.entries();
  const problem = entries.size === 0 ? problems[0] : problems.find(({ code }) => code !== 'keysFileReadable');
  if (problem !== undefined) throw new Failure('invalidParams', `${problem.source}: ${problem.message}`);
  if (entries.size > 0) return entries;
  throw new Failure('invalidParams', 'There is no key in keys.json. Lines NAME=value are taken with --from-env-file FILE.');
}

async function readEnvFile(file: string, { cwd, terminal: { input } }: CommandContext): Promise<string> {
  if (file === '-') {
    if (input.isTTY) throw new UsageError('--from-env-file - takes what is piped in');
    return text(input);
  }
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Failure('invalidParams', `${file} cannot be read (${code}).`);
  }
}

function ofEnvFile(lines: string, file: string): ReadonlyMap<string, string> {
  const found = Object.entries(parseEnv(lines)).flatMap(([name, value = '']): [string, string][] =>
    value.trim() === '' || name === encryptionKey ? [] : [[name.startsWith(prefix) ? name.slice(prefix.length) : name, value]],
  );
  if (found.length > 0) return new Map(found.toSorted());
  throw new Failure('invalidParams', `There is no line NAME=value in ${file === '-' ? 'what was piped in' : file}.`);
}
