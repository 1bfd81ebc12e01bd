import { readCommands, readHelp, type HelpWords } from './helpWords.ts';

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What only the configuration knows; each is asked for when it is needed. */
export interface KnownNames {
  models(): Promise<readonly Candidate[]>;
  purposes(): Promise<readonly Candidate[]>;
  secrets(): Promise<readonly Candidate[]>;
  providers(): Promise<readonly Candidate[]>;
}

/** `files`: the shell completes the name of a file. */
export type Candidates = readonly Candidate[] | 'files';

const shells = ['bash', 'zsh', 'fish'];
const fixed: Readonly<Record<string, readonly string[]>> = {
  '--by': ['day', 'model', 'purpose', 'actor', 'group', 'none'],
  '--framing': ['auto', 'content-length', 'ndjson'],
  '--log-format': ['text', 'json'],
  '--log-level': ['error', 'warn', 'info', 'debug'],
};

/** What may stand where the last of the words stands, which is what was typed of it. */
export async function candidatesFor(
  words: readonly string[],
  { mainHelp, helpOf, names }: { readonly mainHelp: string; helpOf(command: string): Promise<string>; readonly names: KnownNames },
): Promise<Candidates> {
  const typed = words.at(-1) ?? '';
  const [command = '', ...rest] = words.slice(0, -1);
  const commands = readCommands(mainHelp).map(({ name, description }) => ({ word: name, description }));
  const serves = command === '' || command.startsWith('-');
  if (serves && words.length <= 1 && !typed.startsWith('-')) return startingWith(typed, commands);
  if (command === 'help') return startingWith(typed, commands);
  if (command === 'completion') return startingWith(typed, wordsOf(shells));
  const help = readHelp(serves ? mainHelp : await helpOf(command), serves ? '' : command);
  const before = serves ? words.slice(0, -1) : rest;
  const option = help.options.find(({ names: known, value }) => value !== undefined && known.includes(before.at(-1) ?? ''));
  if (option !== undefined) return within(typed, await valuesOf(option.names.at(-1) ?? '', option.value ?? '', names));
  if (typed.startsWith('-')) return startingWith(typed, help.options.flatMap(asCandidates));
  return within(typed, await positionals(command, before, help, names));
}

async function positionals(command: string, before: readonly string[], { actions }: HelpWords, names: KnownNames): Promise<Candidates> {
  const chosen = actions.find(({ name }) => before.includes(name));
  if (chosen === undefined && actions.length > 0) return actions.map(({ name, description }) => ({ word: name, description }));
  if (chosen?.value === 'FILE') return 'files';
  if (chosen?.value === 'NAME') return command === 'keys' ? names.providers() : names.secrets();
  return [];
}

async function valuesOf(option: string, value: string, names: KnownNames): Promise<Candidates> {
  if (['FILE', 'PATH', 'PLACE', 'SCHEMA'].includes(value)) return 'files';
  if (value === 'MODEL') return names.models();
  return option === '--purpose' ? names.purposes() : wordsOf(fixed[option] ?? []);
}

function asCandidates({ names, description }: HelpWords['options'][number]): Candidate[] {
  const word = names.at(-1);
  return word === undefined ? [] : [{ word, description }];
}

function wordsOf(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, description: '' }));
}

function within(typed: string, candidates: Candidates): Candidates {
  return candidates === 'files' ? candidates : startingWith(typed, candidates);
}

function startingWith(typed: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(typed));
}
