import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { nearest } from '../config/nearest.ts';
import { UsageError } from './command.ts';

/** `parseArgs` with its complaints in our words; throws a UsageError. */
export function parseWords<const Options extends ParseArgsOptionsConfig>(words: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(inOurWords(error as Error & { code?: string }, Object.keys(options)));
  }
}

/** Takes every `-o KEY VALUE` out. A value is JSON where it parses as such, else text. */
export function takeOptionPairs(words: readonly string[]): { rest: string[]; options: JsonObject } {
  const rest: string[] = [];
  const options: JsonObject = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') return { rest: [...rest, ...words.slice(index)], options };
    if (word !== '-o' && word !== '--option') {
      rest.push(word);
      continue;
    }
    const [key, value] = words.slice(index + 1, index + 3);
    if (key === undefined || value === undefined) throw new UsageError(`${word} takes a name and a value, such as ${word} temperature 0.2`);
    options[key] = jsonOrText(value);
    index += 2;
  }
  return { rest, options };
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function inOurWords({ code, message }: Error & { code?: string }, known: readonly string[]): string {
  const option = /'(--?[^' =]*)/.exec(message)?.[1] ?? '';
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return message.split('\n')[0] ?? message;
  const [similar] = nearest(option, known);
  return `there is no option ${option}.${similar === undefined ? '' : ` Did you mean --${similar}?`}`;
}
