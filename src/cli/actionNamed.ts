import { looksLikeKey } from '../config/looksLikeKey.ts';
import { nearest } from '../config/nearest.ts';
import { UsageError } from './command.ts';

/** The one of a command's actions that its first word names, such as `check` of `config`. Throws a UsageError. */
export function actionNamed<Action>(command: string, actions: Readonly<Record<string, Action>>, word: string): Action {
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action !== undefined) return action;
  const known = Object.keys(actions);
  if (word === '' || word.startsWith('-') || looksLikeKey(word)) throw new UsageError(`${command} needs one of ${known.join(', ')}`);
  const [similar] = nearest(word, known);
  throw new UsageError(
    `${command} does not know ${word}.${similar === undefined ? ` It knows ${known.join(', ')}.` : ` Did you mean ${command} ${similar}?`}`,
  );
}
