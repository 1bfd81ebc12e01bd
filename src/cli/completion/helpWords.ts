/** What a command understands, as its help says: so there is one list of it. */
export interface HelpWords {
  readonly options: readonly HelpOption[];
  readonly actions: readonly HelpAction[];
}

export interface HelpOption {
  readonly names: readonly string[];
  /** What it takes, such as MODEL; undefined: nothing. */
  readonly value: string | undefined;
  readonly description: string;
}

export interface HelpAction {
  readonly name: string;
  /** What stands behind it, such as NAME; undefined: nothing. */
  readonly value: string | undefined;
  readonly description: string;
}

export function readHelp(help: string, command: string): HelpWords {
  const options: HelpOption[] = [];
  const actions: HelpAction[] = [];
  // What goes on in the next line belongs to the one before.
  for (const line of help.replaceAll(/\n {20,}(?=\S)/g, '  ').split('\n')) {
    const option = /^ {2,6}(?:(-\w), )?(--[\w-]+)(?:[ =]([A-Z]+)(?: [A-Z]+)*)? {2,}(\S.*)$/.exec(line);
    if (option !== null) {
      const [, short, long = '', value, description = ''] = option;
      options.push({ names: short === undefined ? [long] : [short, long], value, description });
      continue;
    }
    const [, words = '', description = ''] = new RegExp(`^  llm-sidecar ${command} (.*?)(?:  +(.*))?$`).exec(line) ?? [];
    const name = /^[a-z][a-z-]*(?= |$)/.exec(words)?.[0];
    if (command === '' || name === undefined || description === '') continue;
    const value = /\[?([A-Z]+)\]?/.exec(words.replaceAll(/\[--[^\]]*\]/g, ''))?.[1];
    actions.push({ name, value, description });
    for (const [, long = '', taken] of words.matchAll(/\[(--[\w-]+)(?: ([A-Z]+))?\]/g)) {
      if (!options.some(({ names }) => names.includes(long))) options.push({ names: [long], value: taken, description: `of ${name}` });
    }
  }
  return { options, actions };
}

/** The commands that the main help lists, with what it says of each. */
export function readCommands(help: string): { readonly name: string; readonly description: string }[] {
  const list = /\nCommands:\n([^]*?)\n\n/.exec(help)?.[1] ?? '';
  return list.split('\n').flatMap((line) => {
    const [, name = '', description = ''] = /^ {2}([a-z]+).*?  +(\S.*)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, description }];
  });
}
