/** What a person may say in a chat that is not for the model. */
export type ChatCommand =
  | { readonly name: 'help' | 'usage' | 'clear' | 'exit' }
  | { readonly name: 'model' | 'purpose' | 'system'; readonly value: string }
  | { readonly name: 'unknown'; readonly word: string };

const withValue = ['model', 'purpose', 'system'] as const;
const alone = ['help', 'usage', 'clear', 'exit'] as const;

const typed = [...alone.map((name) => `/${name}`), ...withValue.map((name) => `/${name} `)].toSorted();

export const chatHelp = `/model [NAME]     another model, from the next message on; alone: which it is
/purpose [NAME]   another purpose, with its model; alone: none
/system [TEXT]    another system prompt; alone: none
/usage            what this chat has used and cost
/clear            forget what was said
/exit             end the chat; so do Ctrl-D, and Ctrl-C twice at an empty prompt

A line that ends with \\, or with Alt-Return, goes on in the next, and what stands between
""" and """ is one message. What is pasted is sent with Return. Tab completes, Arrow-Up brings
back what was said before.
`;

/** undefined: it is a message. A message that begins with / is written with two. */
export function parseChatCommand(text: string): ChatCommand | undefined {
  if (/^(exit|quit)$/i.test(text.trim())) return { name: 'exit' };
  const [, word = '', value = ''] = /^\/(\w+)(?:\s+([^]*))?$/.exec(text.trim()) ?? [];
  if (word === '') return undefined;
  if (word === 'quit') return { name: 'exit' };
  const plain = alone.find((name) => name === word);
  if (plain !== undefined) return { name: plain };
  const valued = withValue.find((name) => name === word);
  return valued === undefined ? { name: 'unknown', word: `/${word}` } : { name: valued, value: value.trim() };
}

/** For the Tab key: what may stand where the line ends, and the part that it takes the place of. */
export function completeChatLine(
  line: string,
  names: { readonly models: readonly string[]; readonly purposes: readonly string[] },
): [string[], string] {
  const [, command = '', part = ''] = /^\/(model|purpose) +(.*)$/.exec(line) ?? [];
  if (command !== '') return [(command === 'model' ? names.models : names.purposes).filter((name) => name.startsWith(part)), part];
  return line.startsWith('/') ? [typed.filter((name) => name.startsWith(line)), line] : [[], line];
}
