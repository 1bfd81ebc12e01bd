import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { withFileLock } from '../lib/fileLock.ts';
import { inFileWords, replaceFile, stampOf, targetOf } from '../lib/replaceFile.ts';
import { editText, type ConfigEdit } from './editText.ts';
import { ownPlace, parseConfig, type ParseOptions } from './parse.ts';
import { readText } from './readText.ts';
import { readYaml } from './yamlDocument.ts';

export interface SaveOptions extends Omit<ParseOptions, 'source'> {
  /** The file, which is made if `seen` says that there was none. */
  readonly path: string;
  /** What `configHash` said of the text that whoever edits has seen. */
  readonly seen: string;
}

export type Saved =
  | { readonly state: 'saved'; readonly hash: string }
  /** The file is another one by now, so nothing was written. */
  | { readonly state: 'changed' }
  /** It would have errors, so nothing was written. */
  | { readonly state: 'refused'; readonly problems: readonly Diagnostic[] };

/**
 * Writes one value into the file, whole or not at all, if it is still what was seen and would be without errors. Throws
 * invalidParams for what has to be changed by hand, storageUnavailable where the file cannot be read or written.
 */
export async function saveEdit(edit: ConfigEdit, { path, seen, ...context }: SaveOptions): Promise<Saved> {
  return inFileWords(path, 'storageUnavailable', async () => {
    const file = await targetOf(path);
    await mkdir(dirname(file), { recursive: true });
    return withFileLock(file, async (checkHeld) => replace(edit, file, { path, seen, ...context }, checkHeld));
  });
}

async function replace(
  edit: ConfigEdit,
  file: string,
  { path, seen, ...context }: SaveOptions,
  checkHeld: () => Promise<void>,
): Promise<Saved> {
  const stamp = await stampOf(file);
  const text = await textOf(file);
  if (configHash(text) !== seen) return { state: 'changed' };
  const after = editText(text ?? '', edit, ownPlace(readYaml(text ?? '', path).value));
  const problems = parseConfig(after, { source: path, ...context }).problems.filter(({ severity }) => severity === 'error');
  if (problems.length > 0) return { state: 'refused', problems };
  const written = await replaceFile(file, after, { stamp, beforeRename: checkHeld });
  return written ? { state: 'saved', hash: configHash(after) } : { state: 'changed' };
}

/** Of the text as it is now. Throws storageUnavailable where it cannot be read. */
export async function readConfigHash(path: string): Promise<string> {
  return configHash(await textOf(path));
}

/** null: there is no file. */
function configHash(text: string | null): string {
  return text === null ? '' : hash('sha256', text);
}

async function textOf(path: string): Promise<string | null> {
  const { text, trouble } = await readText(path);
  if (trouble === null) return text;
  throw new Failure('storageUnavailable', `${path} cannot be read: ${trouble}. Nothing was changed.`);
}
